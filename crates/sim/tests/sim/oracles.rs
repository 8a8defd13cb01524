//! The oracles themselves: each is shown a world with a bug in it, and must say so.

use std::collections::BTreeSet;

use sim::{Economy, Options, Sabotage, Trick, World};

/// A world with this bug, and the invariant that should fail.
fn found(sabotage: Sabotage, options: Options, trick: Option<Trick>) -> Option<&'static str> {
    let world = World::new(options).sabotaged(sabotage);
    let world = match trick {
        Some(trick) => world.with_trick(trick),
        None => world,
    };
    world.run().err().map(|failure| failure.violation.invariant)
}

#[test]
fn every_oracle_fires() {
    let calm = |seed| Options {
        orders: 12,
        ..Options::calm(seed, Economy::Coins)
    };
    let coins = calm(5);
    let repetitive = Options {
        repeats: 60,
        ..coins
    };
    let tricky = Options {
        mallory: true,
        ..calm(2)
    };
    let cases = [
        (
            Sabotage::ForgetfulNotary,
            tricky,
            Some(Trick::DoubleSpend),
            "fact_consumed_once",
        ),
        (
            Sabotage::TokenTwice,
            tricky,
            Some(Trick::DoubleSpend),
            "one_token_one_input",
        ),
        (Sabotage::NotaryFromBackup, coins, None, "log_append_only"),
        (
            Sabotage::InventedCertificate,
            coins,
            None,
            "every_certificate_in_the_log",
        ),
        (
            Sabotage::SignatureLost,
            coins,
            None,
            "signature_relied_on_was_shown",
        ),
        (
            Sabotage::SignsAnything,
            tricky,
            Some(Trick::ForgedChange),
            "signed_only_what_was_verified",
        ),
        (
            Sabotage::FactLost,
            coins,
            None,
            "vault_equals_replay_of_own_transactions",
        ),
        (
            Sabotage::KeysForgotten,
            repetitive,
            None,
            "one_fact_per_business_key",
        ),
        (Sabotage::Leak, coins, None, "nothing_seen_without_right"),
        (
            Sabotage::LeakToNotary,
            coins,
            None,
            "nothing_seen_without_right",
        ),
        (
            Sabotage::BooksCooked,
            coins,
            None,
            "value_conserved_per_issuer_and_currency",
        ),
        (
            Sabotage::TokenInvented,
            coins,
            None,
            "honest_verdicts_agree",
        ),
        (
            Sabotage::AuditorDeaf,
            coins,
            None,
            "value_conserved_per_issuer_and_currency",
        ),
        (
            Sabotage::PortalDeaf,
            coins,
            None,
            "observer_sees_all_it_must",
        ),
        (Sabotage::PayeeDeaf, coins, None, "flow_ends_or_resumes"),
    ];
    let mut fired = BTreeSet::new();
    for (sabotage, options, trick, expected) in cases {
        assert_eq!(
            found(sabotage, options, trick),
            Some(expected),
            "{sabotage:?}"
        );
        fired.insert(expected);
    }
    assert_eq!(
        fired,
        sim::oracle::invariants(),
        "every invariant has a bug that it finds"
    );
}

/// Whoever keeps business keys can be restored from an old copy: the notary remembers their tokens.
#[test]
fn lists_of_business_keys_from_old_copies_let_none_be_used_twice() {
    for economy in [Economy::Coins, Economy::PublicMoney] {
        let options = Options {
            orders: 16,
            repeats: 60,
            old_lists: true,
            ..Options::calm(5, economy)
        };
        match World::new(options).run() {
            Ok(report) => assert!(
                report.refused.contains_key("token_used"),
                "{economy:?}: {report:?}"
            ),
            Err(failure) => panic!("{failure}"),
        }
    }
}
