//! Every due is discharged, once.

use deed::{Contract, Due, FactValue};

use crate::fact::DueRef;
use crate::tearoff::{SeenView, ShownOutput, TearOff};
use crate::trust::ContractBook;

use super::meaning::Meaning;
use super::origin::Owed;
use super::refusal::Invalid;
use super::requirements::shown_value;

/// Every due of a whole view must be seen discharged, once: in a whole money view, which settles it, or by shown outputs.
pub(super) fn check_discharged(
    seen: &TearOff,
    meanings: &[Option<Meaning>],
    book: &ContractBook,
) -> Result<(), Invalid> {
    for (ordinal, meaning) in (0u32..).zip(meanings) {
        let Some(meaning) = meaning else { continue };
        for (position, owed) in (0u32..).zip(&meaning.dues) {
            let at = DueRef {
                view: ordinal,
                position,
            };
            let views = seen.views.iter();
            let times = views.map(|view| discharges(view, at, owed, book)).sum();
            if times != 1 {
                return Err(Invalid::DueNotDischarged { due: at, times });
            }
        }
    }
    Ok(())
}

pub(super) fn discharges(view: &SeenView, at: DueRef, owed: &Owed, book: &ContractBook) -> usize {
    match view {
        // Settling has compared the amounts already, in the view of the money that is owed.
        SeenView::Whole(view) => view
            .created
            .iter()
            .filter(|fact| fact.due == Some(at))
            .count(),
        SeenView::Outputs(outputs) => outputs
            .shown
            .values()
            .filter(|shown| match shown {
                ShownOutput::Whole(fact) => fact.due == Some(at),
                ShownOutput::Part(opening) => opening.due() == Some(Some(at)),
            })
            .filter(|shown| {
                // Money of another contract that the parties accept as well is no payment, however alike it looks.
                shown_value(shown).is_some_and(|(id, value)| {
                    let pays = |contract: &Contract| pays(contract, &value, &owed.due);
                    id == owed.contract && book.get(&id).is_some_and(|c| pays(c))
                })
            })
            .count(),
        SeenView::Hidden(_) => 0,
    }
}

/// Whether a money fact's values are those that the due asks for.
pub(super) fn pays(contract: &Contract, value: &FactValue, due: &Due) -> bool {
    let Some(kind) = contract.kinds().get(usize::from(value.kind)) else {
        return false;
    };
    let Some(shape) = kind.money else {
        return false;
    };
    let field = |index: u16| value.fields.get(usize::from(index));
    value.kind == due.money
        && field(shape.amount) == Some(&deed::Value::Money(due.amount))
        && field(shape.holder) == Some(&deed::Value::Party(due.payee.clone()))
        && kind.attributes().map(field).eq(due.to.iter().map(Some))
}
