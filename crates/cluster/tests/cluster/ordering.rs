//! Four validators order, decide and cosign the same log.

use std::time::Duration;

use protocol::notary::Verdict;

use crate::asked::{certify, claim, code};
use crate::town::in_town;

const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn validators_keep_one_log_and_certify_each_claim_once() {
    in_town(1, 4, async |mut town| {
        let mut certified = Vec::new();
        for round in 0..8usize {
            // Nobody waits for another's heartbeat, whoever leads.
            town.wait(Duration::from_millis(1_700)).await;
            let begun = town.now();
            let claim = claim(&format!("claim {round}"), &[&format!("key {}", round / 2)]);
            let answers = town.ask(round % 4, vec![certify(&claim)], PATIENCE).await;
            let answers = answers.expect("answered");
            let took = town.now().duration_since(begun).expect("time goes on");
            if round > 0 {
                assert!(took < Duration::from_millis(400), "{took:?}");
            }
            town.check();
            certified.push(code(&answers.verdicts[0]));
            if let Verdict::Certified(certificate) = &answers.verdicts[0] {
                let published = town.published(round % 4).expect("published");
                let checked =
                    certificate.check_paths(&claim.opening.id(), published.size, &published.root);
                assert_eq!(checked, Ok(()));
                assert_eq!(certificate.checkpoint, published.note);
            }
        }
        let expected = ["certified", "token_used"].repeat(4);
        assert_eq!(certified, expected);
        assert_eq!(town.settle().await, 4);
    });
}
