//! Validators that crash, are parted, lose messages or have bad disks: the log stays one, and goes on as soon as enough are there.

use std::time::Duration;

use cluster::Stopped;
use commonware_p2p::simulated::Link;
use commonware_utils::probability;
use protocol::notary::NotaryError;
use protocol::store::{Fault, StoreError};

use crate::asked::{certify, claim, code};
use crate::town::{NEAR, Town, in_town};

const PATIENCE: Duration = Duration::from_secs(60);

/// Asks a validator to certify a claim to a key, and says what it answered.
async fn ask(town: &Town, place: usize, label: &str, key: &str) -> Option<&'static str> {
    let claim = claim(label, &[key]);
    let answers = town.ask(place, vec![certify(&claim)], PATIENCE).await?;
    answers.verdicts.first().map(code)
}

#[test]
fn one_validator_that_is_gone_delays_and_does_not_stop_the_others_and_catches_up() {
    in_town(2, 4, async |mut town| {
        assert_eq!(ask(&town, 0, "before", "a").await, Some("certified"));
        town.crash(3).await;
        for round in 0..4usize {
            let label = format!("without {round}");
            let said = ask(&town, round % 3, &label, &label).await;
            assert_eq!(said, Some("certified"));
            town.check();
        }
        town.start(3).await;
        assert_eq!(ask(&town, 3, "twice", "a").await, Some("token_used"));
        assert_eq!(town.settle().await, 5);
    });
}

#[test]
fn nothing_is_certified_by_half_and_all_of_it_goes_on_when_the_halves_meet() {
    in_town(3, 4, async |mut town| {
        town.part(&[0, 1], None).await;
        let short = Duration::from_secs(20);
        for place in [0, 2] {
            let claim = claim(&format!("half {place}"), &["contested"]);
            let answers = town.ask(place, vec![certify(&claim)], short).await;
            assert_eq!(answers, None, "half of them can't publish");
            town.check();
        }
        town.part(&[0, 1], Some(NEAR)).await;
        let one = ask(&town, 0, "half 0", "contested").await;
        let other = ask(&town, 2, "half 2", "contested").await;
        let mut said = [one, other];
        said.sort();
        assert_eq!(said, [Some("certified"), Some("token_used")]);
        assert_eq!(town.settle().await, 1);
    });
}

#[test]
fn messages_that_get_lost_or_late_are_made_up_for() {
    in_town(4, 4, async |mut town| {
        let bad = Link {
            latency: Duration::from_millis(80),
            jitter: Duration::from_millis(60),
            success_rate: probability!(0.8),
        };
        for from in 0..4 {
            for to in 0..4 {
                town.link(from, to, Some(bad.clone())).await;
            }
        }
        for round in 0..6usize {
            let label = format!("claim {round}");
            let said = ask(&town, round % 4, &label, &label).await;
            assert_eq!(said, Some("certified"), "{label}");
            town.check();
        }
        assert_eq!(town.settle().await, 6);
    });
}

#[test]
fn all_of_them_going_at_once_lose_nothing_that_was_answered() {
    in_town(5, 4, async |mut town| {
        assert_eq!(ask(&town, 1, "before", "a").await, Some("certified"));
        for place in 0..4 {
            town.crash(place).await;
        }
        town.check();
        for place in 0..4 {
            town.start(place).await;
        }
        assert_eq!(ask(&town, 2, "after", "a").await, Some("token_used"));
        assert_eq!(ask(&town, 3, "another", "b").await, Some("certified"));
        assert_eq!(town.settle().await, 2);
    });
}

#[test]
fn a_disk_that_fails_stops_its_validator_which_goes_on_from_what_is_there() {
    let error = || StoreError::Io("the disk failed".to_owned());
    for (seed, fault) in [(6, Fault::Before(error())), (7, Fault::After(error()))] {
        in_town(seed, 4, async |mut town| {
            town.disks[2].fail_next(fault);
            let said = ask(&town, 0, "one", "a").await;
            assert_eq!(said, Some("certified"));
            let stopped = town.stopped(2).await;
            let expected = Stopped::Notary(NotaryError::Store(error()));
            assert_eq!(stopped.to_string(), expected.to_string());
            town.check();
            town.start(2).await;
            assert_eq!(ask(&town, 2, "two", "a").await, Some("token_used"));
            assert_eq!(town.settle().await, 1);
        });
    }
}

#[test]
fn a_validator_whose_store_says_otherwise_than_enough_others_stops_with_evidence() {
    in_town(8, 4, async |mut town| {
        assert_eq!(ask(&town, 0, "one", "a").await, Some("certified"));
        town.settle().await;
        town.crash(1).await;
        town.disks[1].forge("another entry");
        town.start(1).await;
        assert_eq!(ask(&town, 0, "two", "b").await, Some("certified"));
        match town.stopped(1).await {
            Stopped::Forked(forked) => {
                assert_eq!(forked.theirs.len(), 3);
                assert!(forked.theirs.iter().all(|note| *note != forked.ours));
            }
            other => panic!("{other}"),
        }
    });
}
