//! A permit that is shown to be still current, until it is withdrawn, each by command; and what the notary tells strangers.

use api::Problem;
use ledger::current::{CurrentProof, Unused};
use ledger::digest::hmac_sha256;
use ledger::fact::LeafContent;
use ledger::token::token;
use ledger::{Digest, codec};
use serde_json::{Value as Json, json};

use crate::support::client::instruction;
use crate::support::joining::Newcomer;
use crate::support::patience::{LONG, until};
use crate::support::process::{Said, pvn, text};
use crate::support::town::Town;
use crate::support::{alone, fixture};

const NOTARY: &str = "T-NOTARY";
const PORTAL: &str = "T-PORTAL";
const A: &str = "T-ALDER";
/// Keeps the permits.
const C: &str = "T-CEDAR";

const MEMBERS: [Newcomer<'_>; 4] = [
    Newcomer {
        role: "notary",
        party: NOTARY,
        name: "Notary",
    },
    Newcomer {
        role: "portal",
        party: PORTAL,
        name: "Portal",
    },
    Newcomer {
        role: "node",
        party: A,
        name: "Alder Works",
    },
    Newcomer {
        role: "node",
        party: C,
        name: "Cedar Registry",
    },
];

fn entered(town: &Town, key: &str, action: &str, args: [(&str, Json); 2]) -> String {
    let asked = instruction(key, C, "permits", action, args);
    let id = town.client(C).settle(&[asked]).remove(0);
    format!("{id}-0-0")
}

/// The proof that a node gives, or the code with which it refuses.
fn asked(town: &Town, fact: &str) -> Result<Vec<u8>, String> {
    let request = json!({ "fact": fact, "current": true });
    let answer = town.client(C).try_post("/v1/proofs", &request.to_string());
    let answer = answer.expect("an answer");
    match answer.status {
        200 => Ok(answer.body),
        _ => Err(json!(answer.read::<Problem>().code)
            .as_str()
            .expect("a code")
            .to_owned()),
    }
}

/// The mark that using the fact up would leave, as whoever was shown the proof can compute it.
fn mark(proof: &CurrentProof) -> Digest {
    let shown = |position: u32| {
        let mut leaves = proof.bundle.fact.shown.iter();
        let leaf = leaves.find(|leaf| leaf.position == position);
        leaf.map(|leaf| leaf.content.clone())
    };
    let Some(LeafContent::Control(control)) = shown(1) else {
        panic!("the control is hidden");
    };
    let place = &proof.bundle.place;
    let commitment = proof.bundle.fact.commitment().expect("an opening");
    let (_, id) = place.resolve(commitment).expect("a place");
    let rho = hmac_sha256(
        &proof.standing.key.0,
        &[
            b"rho/v1",
            place.terms.notary.bytes(),
            id.bytes(),
            &place.view.to_be_bytes(),
            &place.output.to_be_bytes(),
        ],
    );
    token(&control, &rho).0
}

#[test]
fn a_permit_is_shown_to_be_current_until_it_is_withdrawn() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let town = Town::found(folder.path(), &fixture("permits.deed"), &MEMBERS);
    let args = [("body", json!(A)), ("purpose", json!("draw water"))];
    let permit = entered(&town, "permit", "Grant", args);
    let args = [("holder", json!(A)), ("door", json!("north"))];
    let pass = entered(&town, "pass", "Admit", args);

    let bytes = until("a root over what is used up", LONG, || {
        match asked(&town, &permit) {
            Ok(proof) => Some(proof),
            Err(code) => {
                assert_eq!(code, "unavailable");
                None
            }
        }
    });
    let proof: CurrentProof = codec::decode(&bytes).expect("a current proof");
    // What only its holder can show has no token to be shown.
    assert_eq!(asked(&town, &pass), Err("not_provable".to_owned()));

    let trust = town.client(PORTAL).get("/network.trust");
    std::fs::write(path("network.trust"), trust.body).expect("a file");
    let data = town.place(C).data.clone();
    let prove = |more: &[&str], to: &str| {
        let output = path(to);
        let to = ["--data", text(&data), "--output", text(&output)];
        Said::by(pvn().args(["prove", &permit]).args(more).args(to))
    };
    prove(&["--current"], "permit.proof").done();
    prove(&[], "bare.proof").done();
    let verify = |proof: &str, more: &[&str]| {
        let (proof, trust) = (path(proof), path("network.trust"));
        let whole = ["verify", text(&proof), "--trust", text(&trust), "--json"];
        let said = Said::by(pvn().args(whole).args(more));
        (said.code, said.json())
    };
    let (code, said) = verify("permit.proof", &["--current"]);
    assert_eq!(
        (code, &said["valid"], &said["fields"]["purpose"]),
        (0, &json!(true), &json!("draw water"))
    );
    assert!(said["current"]["log_index"].is_u64(), "{said}");
    let step = |proof: &str, more: &[&str]| {
        let (code, said) = verify(proof, more);
        (code, said["step"].as_str().map(str::to_owned))
    };
    let stale = (1, Some("current".to_owned()));
    assert_eq!(step("permit.proof", &[]), (0, None));
    assert_eq!(
        step("permit.proof", &["--current", "--max-age", "1h"]),
        (0, None)
    );
    assert_eq!(
        step("permit.proof", &["--current", "--max-age", "0s"]),
        stale
    );
    assert_eq!(step("bare.proof", &[]), (0, None));
    assert_eq!(step("bare.proof", &["--current"]), stale);

    // Whoever was shown it can ask again, and so can anybody.
    let log = town.place(NOTARY).client();
    let own = mark(&proof);
    let word = log.get(&format!("/current/{own}"));
    let word: Unused = codec::decode(&word.body).expect("the notary's word");
    assert!(word.entry.covered >= proof.standing.unused.entry.covered);
    for (asked, status) in [
        ("0".repeat(64), 200),
        ("nonsense".to_owned(), 404),
        (own.hex().to_uppercase(), 404),
    ] {
        let answer = log
            .try_get(&format!("/current/{asked}"))
            .expect("an answer");
        assert_eq!(answer.status, status, "{asked}");
    }

    let mut withdraw = instruction("withdraw", C, "permits", "Withdraw", []);
    withdraw.consumes = vec![permit.clone()];
    town.client(C).settle(&[withdraw]);
    assert_eq!(asked(&town, &permit), Err("used_up".to_owned()));
    let answer = log.try_get(&format!("/current/{own}")).expect("an answer");
    assert_eq!(answer.status, 410);
    // What was shown before still says what was true then.
    assert_eq!(step("permit.proof", &[]), (0, None));
    town.assert_clean();
}
