//! Which money is picked for what is due.

use deed::{Due, FactValue, Money, Party};

use crate::fixtures::{CASH, cash, issued, load, party, show};

fn due(payee: &str, pence: i64) -> Due {
    Due {
        money: 0,
        payer: Party::new("alice").unwrap(),
        payee: Party::new(payee).unwrap(),
        amount: Money::gbp(pence),
        from: Some(vec![party("GB-BOE")]),
        to: vec![party("GB-BOE")],
        law: Some("the law".to_owned()),
    }
}

/// The indices consumed and the facts created, or the refusal.
fn draft(dues: &[Due], held: &[FactValue]) -> String {
    match load(CASH).draft_move(0, dues, held) {
        Ok(draft) => {
            let created = draft.create.iter().map(|(f, d)| match d {
                Some(i) => format!("{} for due {i}", show(f)),
                None => format!("{} as change", show(f)),
            });
            format!(
                "{:?} -> {}",
                draft.consume,
                created.collect::<Vec<_>>().join("; ")
            )
        }
        Err(refusal) => format!("[{}] {refusal}", refusal.rule),
    }
}

#[test]
fn few_facts_are_picked() {
    let alice = |amounts: &[&str]| amounts.iter().map(|a| cash("alice", a)).collect::<Vec<_>>();
    let mixed = || {
        let mut held = vec![cash("bob", "£100"), issued("monopoly", "alice", "£100")];
        held.extend(alice(&["£1"]));
        held
    };
    let other_bank = Due {
        from: Some(vec![party("monopoly")]),
        to: vec![party("monopoly")],
        ..due("bob", 100)
    };
    let issue = Due {
        from: None,
        ..due("bob", 500)
    };
    let cases = [
        (
            "the exact fact",
            vec![due("bob", 500)],
            alice(&["£9", "£5", "£2"]),
        ),
        (
            "the smallest that suffices",
            vec![due("bob", 500)],
            alice(&["£9", "£2", "£7"]),
        ),
        (
            "the earlier of two alike",
            vec![due("bob", 500)],
            alice(&["£7", "£7"]),
        ),
        (
            "the largest first",
            vec![due("bob", 1000)],
            alice(&["£1", "£6", "£5", "£2"]),
        ),
        (
            "two dues from one fact",
            vec![due("bob", 100), due("carol", 200)],
            alice(&["£5"]),
        ),
        (
            "two dues of one payee stay apart",
            vec![due("bob", 100), due("bob", 100)],
            alice(&["£2"]),
        ),
        (
            "each attribute from its own",
            vec![due("bob", 50), other_bank],
            mixed(),
        ),
        ("issued money consumes nothing", vec![issue.clone()], vec![]),
        (
            "issued beside paid",
            vec![issue, due("bob", 100)],
            alice(&["£1"]),
        ),
        ("nothing is due", vec![], alice(&["£1"])),
        ("too little", vec![due("bob", 1001)], alice(&["£6", "£4"])),
        (
            "others' and other money does not count",
            vec![due("bob", 101)],
            mixed(),
        ),
        (
            "too many pieces",
            vec![due("bob", 24100)],
            vec![cash("alice", "£1"); 241],
        ),
        (
            "just few enough pieces",
            vec![due("bob", 240)],
            vec![cash("alice", "£0.01"); 241],
        ),
        (
            "sums beyond 64 bits",
            vec![due("bob", i64::MAX), due("bob", 1)],
            vec![],
        ),
        (
            "two payers",
            vec![
                due("bob", 1),
                Due {
                    payer: Party::new("bob").unwrap(),
                    ..due("bob", 1)
                },
            ],
            vec![],
        ),
    ];
    let drafts: Vec<String> = cases
        .into_iter()
        .map(|(what, dues, held)| format!("{what}: {}", shortened(draft(&dues, &held))))
        .collect();
    insta::assert_snapshot!(drafts.join("\n"));
}

/// A long list of indices by its ends.
fn shortened(draft: String) -> String {
    match draft.split_once("] -> ") {
        Some((indices, rest)) if indices.len() > 40 => {
            let count = indices.split(',').count();
            format!("{count} facts -> {rest}")
        }
        _ => draft,
    }
}

#[test]
fn a_kind_that_is_not_money_cannot_move() {
    let contract = load(crate::fixtures::LAND);
    let title = contract.kind("Title").unwrap();
    assert_eq!(
        contract.draft_move(title, &[], &[]).unwrap_err().rule,
        "money_of_one_kind"
    );
    assert_eq!(
        contract.draft_move(99, &[], &[]).unwrap_err().rule,
        "money_of_one_kind"
    );
}
