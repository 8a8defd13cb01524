//! Everything that Mallory can try, in good weather and bad: nobody honest is harmed.

use sim::{Economy, Faults, Options, Trick, World};

fn world(trick: Trick, seed: u64, faults: Faults) -> Options {
    Options {
        faults,
        mallory: true,
        orders: 10,
        ..Options::calm(seed + trick as u64, Economy::Coins)
    }
}

#[test]
fn every_trick_is_tried_and_harms_nobody() {
    let storm = Faults {
        loss: 10,
        twice: 20,
        slow: 10,
        crash: 2,
        notary_crash: 3,
        split: 1,
        skew_ms: 5_000,
    };
    let mut in_storms = 0;
    for trick in Trick::ALL {
        for (seed, faults) in [(100, Faults::none()), (200, storm), (300, storm)] {
            let options = world(trick, seed, faults);
            match World::new(options).with_trick(trick).run() {
                Ok(report) if faults == storm => in_storms += report.plots,
                Ok(report) => assert!(report.plots > 0, "{trick:?} was not tried"),
                Err(failure) => panic!("{trick:?}: {failure}"),
            }
        }
    }
    assert!(
        in_storms > 20,
        "Mallory got {in_storms} tries in bad weather"
    );
}

/// The notary can't tell a false token from a true one: what keeps it worthless is that nobody relies on it, which the
/// invariants say of every such world.
#[test]
fn a_second_token_is_certified_and_worth_nothing() {
    let options = world(Trick::SecondToken, 100, Faults::none());
    match World::new(options).with_trick(Trick::SecondToken).run() {
        // The payment under the coin's own token, and the one under another.
        Ok(report) => assert_eq!(report.plots_certified, 2 * report.plots),
        Err(failure) => panic!("{failure}"),
    }
}
