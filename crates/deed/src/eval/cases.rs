//! A base case and its exceptions, as legislation writes them.

use crate::builtin::BuiltInRule;
use crate::ir::{ExceptionIr, Ir};
use crate::outcome::Refusal;

use super::expr::{Evaluated, Machine};

impl<'a> Machine<'a> {
    /// The value of the exceptions that hold and that no other that holds goes before; of the base case when none does.
    /// Exceptions that disagree are a conflict, which no reader may resolve for the author.
    pub(super) fn cases(&mut self, base: &'a Ir, exceptions: &'a [ExceptionIr]) -> Evaluated<'a> {
        let mut standing = self.standing(exceptions)?.into_iter();
        let Some(first) = standing.next() else {
            return self.eval(base);
        };
        let value = self.eval(&first.value)?;
        for other in standing {
            if *self.eval(&other.value)? != *value {
                let message = format!(
                    "\"{}\" and \"{}\" both hold and say different things",
                    first.name, other.name
                );
                return Err(Refusal::new(BuiltInRule::ExceptionsDoNotConflict, message));
            }
        }
        Ok(value)
    }

    /// The exceptions that hold and that no other that holds goes before, in the order of the text.
    pub(super) fn standing(
        &mut self,
        exceptions: &'a [ExceptionIr],
    ) -> Result<Vec<&'a ExceptionIr>, Refusal> {
        let mut holding = Vec::new();
        for (i, exception) in exceptions.iter().enumerate() {
            if self.test(&exception.when)? {
                holding.push((i, exception));
            }
        }
        let beaten = |i: usize| holding.iter().any(|(_, e)| e.over.contains(&i));
        let standing = holding.iter().filter(|(i, _)| !beaten(*i));
        Ok(standing.map(|(_, exception)| *exception).collect())
    }
}
