//! What is fuzzed: each body takes any bytes, and panics when a promise of the language is broken. cargo-fuzz chooses the
//! bytes with care, the seeded test of `crates/deed` at random.

#![allow(clippy::unwrap_used, reason = "a broken promise stops the run")]

use deed::{Allocated, Call, Contract, FactValue, Kind, MoneyMove, Party, Type, Value, editor};
use jiff::civil::{Date, date};

const SEEDS: [&str; 4] = [
    include_str!("../../docs/deed/examples/land_transfer.deed"),
    include_str!("../../docs/deed/examples/cash.deed"),
    include_str!("../../docs/deed/examples/safeguarding.deed"),
    include_str!("../../services/public-money/budget.deed"),
];

/// What a damaged contract gets in.
const SNIPPETS: [&str; 40] = [
    "(",
    ")",
    "[",
    "]",
    "\"",
    ":",
    ",",
    ".",
    "=",
    "!=",
    "<",
    "-",
    "*",
    "\n",
    "\n  ",
    "\n    ",
    " and ",
    " not ",
    " or none",
    " every x in ",
    " sum x in ",
    "£",
    "£9,999,999.99",
    "%",
    "none",
    " of ",
    " at most ",
    "9223372036854775807",
    "#",
    "\u{202E}",
    "é",
    " with ",
    " in ",
    " law ",
    "if ",
    " then ",
    " else ",
    "rule \"r\" ",
    " becoming ",
    " from ",
];

/// Any text: an answer or a report, a format that is kept, and an editor that is answered.
pub(crate) fn parser(bytes: &[u8]) {
    text(&String::from_utf8_lossy(bytes), bytes.len() / 2);
}

/// A contract with a few edits, told by the bytes.
pub(crate) fn checker(bytes: &[u8]) {
    let mut bytes = Bytes(bytes);
    let mut chars: Vec<char> = SEEDS[bytes.below(SEEDS.len())].chars().collect();
    for _ in 0..=bytes.below(4) {
        let at = bytes.below(chars.len() + 1);
        match bytes.below(4) {
            0 => drop(chars.drain(at..(at + bytes.below(40)).min(chars.len()))),
            1 => drop(chars.splice(at..at, SNIPPETS[bytes.below(SNIPPETS.len())].chars())),
            2 => {
                let from = bytes.below(chars.len() + 1);
                let copied: Vec<char> = chars[from..]
                    .iter()
                    .take(bytes.below(80))
                    .copied()
                    .collect();
                drop(chars.splice(at..at, copied));
            }
            _ => {
                let other = char::from_u32(bytes.below(0x3000) as u32).unwrap_or('x');
                chars.insert(at, other);
            }
        }
    }
    let at = bytes.below(chars.len() + 1);
    text(&chars.into_iter().collect::<String>(), at);
}

/// Every action of a contract with any arguments and facts: a verdict, always the same, and one that can be explained.
pub(crate) fn evaluator(bytes: &[u8]) {
    let mut bytes = Bytes(bytes);
    let contract = Contract::load(SEEDS[bytes.below(SEEDS.len())]).unwrap();
    evaluate(&contract, &mut bytes);
}

fn text(source: &str, at: usize) {
    let at = source.floor_char_boundary(at.min(source.len()));
    let texts = editor::Texts::of(source);
    let _ = editor::hover(&texts, at);
    let _ = editor::definition(&texts, at);
    let _ = editor::complete(&texts, at);
    if let Ok(formatted) = deed::format(source) {
        assert_eq!(deed::format(&formatted).as_deref(), Ok(formatted.as_str()));
        let accepted = |text| {
            Contract::load(text)
                .map(|c| format!("{:?}{:?}{:?}", c.kinds(), c.actions(), c.parties()))
        };
        assert_eq!(accepted(source).ok(), accepted(&formatted).ok());
    }
    match Contract::load(source) {
        Ok(contract) => {
            assert!(contract.cost_bound() <= deed::limits::COST_MAX);
            let _ = contract.warnings().render("a.deed");
            let _ = deed::render(&contract, &[], None);
            evaluate(&contract, &mut Bytes(source.as_bytes()));
        }
        Err(error) => {
            assert!(!error.diagnostics().is_empty());
            assert!(error.diagnostics().len() <= deed::limits::DIAGNOSTICS_MAX);
            assert!(!error.to_string().is_empty());
        }
    }
}

fn evaluate(contract: &Contract, bytes: &mut Bytes<'_>) {
    for (index, action) in (0_u16..).zip(contract.actions()) {
        let args: Vec<Value> = action
            .params
            .iter()
            .map(|p| value(&p.ty, contract, bytes))
            .collect();
        let mut facts = |inputs: &[deed::Input]| -> Vec<FactValue> {
            inputs
                .iter()
                .map(|i| fact(i.kind, contract, bytes))
                .collect()
        };
        let (consumed, referenced) = (facts(&action.consumes), facts(&action.references));
        let call = Call {
            action: index,
            args: &args,
            effective: day(bytes),
            consumed: &consumed,
            referenced: &referenced,
        };
        let verdict = contract.apply(&call);
        assert_eq!(verdict, contract.apply(&call));
        assert_eq!(
            contract.explain(&call, None).verdict.is_ok(),
            explained(contract, &verdict)
        );
        let Ok(outcome) = verdict else { continue };
        for due in &outcome.dues {
            let dues = std::slice::from_ref(due);
            let held: Vec<FactValue> = (0..bytes.below(4))
                .map(|_| fact(due.money, contract, bytes))
                .collect();
            if let Ok(draft) = contract.draft_move(due.money, dues, &held) {
                let consumed: Vec<FactValue> =
                    draft.consume.iter().map(|i| held[*i].clone()).collect();
                let created: Vec<Allocated<'_>> = draft
                    .create
                    .iter()
                    .map(|(fact, due)| Allocated { fact, due: *due })
                    .collect();
                let view = MoneyMove {
                    money: due.money,
                    dues,
                    consumed: &consumed,
                    created: &created,
                };
                contract.settle(&view).unwrap();
            }
        }
    }
}

/// Explaining also asks for the parts in what is created, which may be refused where nobody can vouch.
fn explained(contract: &Contract, verdict: &Result<deed::Outcome, deed::Refusal>) -> bool {
    verdict.as_ref().is_ok_and(|outcome| {
        outcome
            .created
            .iter()
            .all(|fact| contract.roles_of(fact).is_ok())
    })
}

fn day(bytes: &mut Bytes<'_>) -> Date {
    date(
        2020 + bytes.below(10) as i16,
        1 + bytes.below(12) as i8,
        1 + bytes.below(28) as i8,
    )
}

fn fact(kind: u16, contract: &Contract, bytes: &mut Bytes<'_>) -> FactValue {
    let declared: &Kind = &contract.kinds()[usize::from(kind)];
    let fields = declared
        .fields
        .iter()
        .map(|f| value(&f.ty, contract, bytes))
        .collect();
    FactValue { kind, fields }
}

fn value(ty: &Type, contract: &Contract, bytes: &mut Bytes<'_>) -> Value {
    match ty {
        Type::Bool => Value::Bool(bytes.below(2) == 0),
        Type::Int => Value::Int(number(bytes)),
        Type::Text => Value::text(["", " ", "a", "a longer text, with £ and é"][bytes.below(4)]),
        Type::Money(currency) => Value::Money(deed::Money {
            currency: *currency,
            minor: number(bytes),
        }),
        Type::Date => Value::Date(day(bytes)),
        Type::Party => {
            let known: Vec<&Party> = contract.parties().values().collect();
            match known.get(bytes.below(known.len() + 2)) {
                Some(party) => Value::Party((*party).clone()),
                None => Value::Party(Party::new(["ann", "ben"][bytes.below(2)]).unwrap()),
            }
        }
        Type::Choice(names) => Value::Choice(names[bytes.below(names.len())].clone()),
        Type::Optional(of) => match bytes.below(3) {
            0 => Value::Absent,
            _ => value(of, contract, bytes),
        },
        Type::List { of, at_most } => {
            let length = bytes.below((*at_most as usize + 2).min(5));
            Value::List((0..length).map(|_| value(of, contract, bytes)).collect())
        }
        Type::Record(index) => {
            let fields = contract.records()[usize::from(*index)].fields.iter();
            Value::Record(fields.map(|f| value(&f.ty, contract, bytes)).collect())
        }
        #[allow(
            unreachable_patterns,
            reason = "types that are yet to come are left to their own tests"
        )]
        _ => Value::Absent,
    }
}

fn number(bytes: &mut Bytes<'_>) -> i64 {
    match bytes.below(8) {
        0 => i64::MAX,
        1 => i64::MIN,
        2 => 0,
        3 => 2026,
        4 => -1,
        _ => bytes.below(1 << 20) as i64,
    }
}

/// Choices out of bytes; nothing but noughts when they are used up.
struct Bytes<'b>(&'b [u8]);

impl Bytes<'_> {
    fn below(&mut self, end: usize) -> usize {
        let mut number = 0;
        let mut reach = 1;
        while reach < end {
            let Some((first, rest)) = self.0.split_first() else {
                break;
            };
            self.0 = rest;
            number = number * 256 + usize::from(*first);
            reach *= 256;
        }
        number % end.max(1)
    }
}
