//! A base case and its exceptions.

use crate::cost;
use crate::ir::{ExceptionIr, Ir};
use crate::limits::EXCEPTIONS_MAX;
use crate::near::did_you_mean;
use crate::schema::Type;
use crate::syntax::Problem;
use crate::syntax::ast::{Exception, Text};
use crate::value::Value;

use super::context::Context;

impl Context<'_> {
    /// The base case with its exceptions; `lifts` is what an exception without a value says, when it may.
    pub(super) fn cases(
        &mut self,
        base: Ir,
        ty: &Type,
        exceptions: &[Exception],
        lifts: Option<&Value>,
    ) -> Result<Ir, Problem> {
        let mut out: Vec<ExceptionIr> = Vec::with_capacity(exceptions.len());
        for (i, exception) in exceptions.iter().enumerate() {
            let above = &exceptions[..i];
            let name = &exception.name;
            if i >= EXCEPTIONS_MAX {
                let message = format!("there are at most {EXCEPTIONS_MAX} exceptions");
                return Err(Problem::new(name.span, message, "one too many"));
            }
            if above.iter().any(|e| e.name.text == name.text) {
                let message = format!("the exception \"{}\" stands here twice", name.text);
                return Err(Problem::new(name.span, message, "said before"));
            }
            let when = self.expect(&exception.when, &Type::Bool)?;
            if let Ir::Const(Value::Bool(_)) = when {
                let message = "an exception holds sometimes, not always or never";
                return Err(Problem::new(exception.when.span, message, "a constant"));
            }
            let value = match (&exception.value, lifts) {
                (Some(value), _) => self.expect(value, ty)?,
                (None, Some(lifts)) => Ir::Const(lifts.clone()),
                (None, None) => {
                    let problem = Problem::new(
                        name.span,
                        "the exception does not say what then applies",
                        "no `then`",
                    );
                    return Err(problem.help("write `when ... then` and the value".to_owned()));
                }
            };
            let over = exception.over.iter().map(|text| over(text, above));
            let over = over.collect::<Result<Vec<usize>, _>>()?;
            if let Some(twin) = conflict(&out, &over, &when, &value) {
                let message = format!(
                    "\"{}\" holds whenever \"{}\" does, and says something else",
                    name.text, out[twin].name
                );
                let help = format!("say which goes first, as in `over \"{}\"`", out[twin].name);
                return Err(Problem::new(name.span, message, "they conflict").help(help));
            }
            out.push(ExceptionIr {
                name: name.text.clone(),
                over,
                when,
                value,
                law: exception.law.clone(),
            });
        }
        if out.is_empty() {
            return Ok(base);
        }
        Ok(Ir::Cases {
            base: Box::new(base),
            exceptions: out,
            weight: cost::of_type(ty, &self.program.sizes),
        })
    }
}

/// The index of an exception that stands above.
fn over(text: &Text, above: &[Exception]) -> Result<usize, Problem> {
    let found = above.iter().position(|e| e.name.text == text.text);
    found.ok_or_else(|| {
        let message = format!("no exception \"{}\" stands above", text.text);
        let known = above.iter().map(|e| e.name.text.as_str());
        Problem::new(text.span, message, "not said before").help(did_you_mean(&text.text, known))
    })
}

/// An exception above of the same condition and another value, over which this one does not go.
fn conflict(above: &[ExceptionIr], over: &[usize], when: &Ir, value: &Ir) -> Option<usize> {
    let disagree = |e: &ExceptionIr| e.when == *when && e.value != *value;
    let found = above
        .iter()
        .enumerate()
        .find(|(i, e)| disagree(e) && !over.contains(i));
    found.map(|(i, _)| i)
}
