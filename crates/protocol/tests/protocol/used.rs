//! A token that comes a second time is answered with a proof of the first.

use ledger::Digest;
use ledger::certificate::spent_on;
use ledger::codec;
use protocol::notary::{Request, Verdict};

use crate::notary::{Coin, Disk, ask, ask_at, certify, code, coin, open, submission, used};
use crate::support::NOON_MS;

#[test]
fn a_double_spend_is_answered_with_a_proof_of_the_first_whenever_it_was() {
    let coins: Vec<Coin> = (0..5).map(|n| coin(&format!("coin {n}"))).collect();
    let all: Vec<&Coin> = coins.iter().collect();
    let first = submission("first", &all);
    let on = spent_on(&first.opening.id(), &first.r);
    let again: Vec<_> = coins
        .iter()
        .map(|coin| submission("second", &[coin]))
        .collect();
    let asked: Vec<Request> = again.iter().map(certify).collect();

    let disk = Disk::default();
    let mut notary = open(&disk);
    // In the block that uses them up, in a later one, and after a restart.
    let together: Vec<Request> = [certify(&first)].into_iter().chain(asked.clone()).collect();
    let answers = ask_at(&mut notary, NOON_MS, &together);
    assert_eq!(code(&answers[0]), "certified");
    let later = ask_at(&mut notary, NOON_MS, &asked);
    drop(notary);
    let mut notary = open(&disk);
    notary.keep_current(NOON_MS).expect("enters a root");
    let restarted = ask_at(&mut notary, NOON_MS, &asked);
    for answers in [&answers[1..], &later, &restarted] {
        for (coin, answer) in coins.iter().zip(answers) {
            assert_eq!(used(answer, &coin.token()), on);
        }
    }
    assert_eq!(
        code(&ask(&mut notary, &Request::Status(again[0].opening.id()))),
        "unknown"
    );
}

#[test]
fn the_proof_says_nothing_of_who_used_it_for_what() {
    let (coin, other) = (coin("coin"), coin("other"));
    let first = submission("first", &[&coin, &other]);
    let mut notary = open(&Disk::default());
    ask(&mut notary, &certify(&first));
    let refused = ask(&mut notary, &certify(&submission("second", &[&coin])));
    used(&refused, &coin.token());
    let said = codec::encode(&refused);
    let id = first.opening.id();
    let secrets: [(&str, &Digest); 3] = [
        ("the id", &id.0),
        ("its blinding", &first.r),
        ("another token that it used up", &other.token().0),
    ];
    for (what, secret) in secrets {
        assert!(!said.windows(32).any(|bytes| bytes == secret.0), "{what}");
    }
    assert!(matches!(refused, Verdict::Refused(_)));
}
