//! Need-to-know, proven on the data folders: what two bodies agree on is in the files of those who may know it, and of nobody
//! else.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use api::Instruction;
use ledger::ContractId;

use crate::support::client::instruction;
use crate::support::joining::Newcomer;
use crate::support::process::{run, text};
use crate::support::seed::Seed;
use crate::support::town::Town;
use crate::support::traces::{Found, Trace, search};
use crate::support::{alone, fixture};

const NOTARY: &str = "T-NOTARY";
const PORTAL: &str = "T-PORTAL";
const A: &str = "T-ALDER";
const B: &str = "T-BIRCH";
/// Attests.
const C: &str = "T-CEDAR";
/// Observes.
const D: &str = "T-DAISY";
/// Has no part in anything.
const E: &str = "T-ELM";
/// Joins when the others are at work.
const F: &str = "T-FIR";

const BODIES: [Newcomer<'_>; 5] = [
    Newcomer {
        role: "node",
        party: A,
        name: "Alder Council",
    },
    Newcomer {
        role: "node",
        party: B,
        name: "Birch Council",
    },
    Newcomer {
        role: "node",
        party: C,
        name: "Cedar Registry",
    },
    Newcomer {
        role: "node",
        party: D,
        name: "Daisy Inspectorate",
    },
    Newcomer {
        role: "node",
        party: E,
        name: "Elm Council",
    },
];

/// An agreement with what is secret about it.
struct Agreement {
    instruction: Instruction,
    traces: Vec<Trace>,
}

impl Agreement {
    fn new(seed: &mut Seed, number: i64, second: &str) -> Self {
        let (secret, key) = (seed.word(), seed.word());
        // More pence than 32 bits hold, so that no other number is like it by chance.
        let minor = 4_400_000_000 + i64::try_from(seed.below(900_000_000)).expect("pence");
        let price = format!("{}.{:02}", minor / 100, minor % 100);
        let args = [
            ("first", A.into()),
            ("second", second.into()),
            ("secret", secret.clone().into()),
            ("price", price.into()),
            ("number", number.into()),
        ];
        Self {
            instruction: instruction(&key, A, "private_matters", "Agree", args),
            traces: vec![
                Trace::secret(&format!("secret {number}"), &secret),
                Trace::amount(&format!("price {number}"), minor),
                Trace::secret(&format!("key {number}"), &key),
            ],
        }
    }
}

/// By party, the traces that its files hold. The notary's copy of the directory is left out: who is a member is public.
fn holders(town: &Town, traces: &[Trace]) -> BTreeMap<String, BTreeSet<String>> {
    let except = |role: &str| {
        if role == "notary" {
            ["directory"].as_slice()
        } else {
            &[]
        }
    };
    let held = |found: Vec<Found>| found.into_iter().map(|f| f.trace).collect();
    town.places
        .iter()
        .map(|p| {
            (
                p.party.clone(),
                held(search(&p.data, traces, except(&p.role))),
            )
        })
        .collect()
}

fn found(town: &mut Town, second: &str, number: i64, seed: &mut Seed) -> Vec<Trace> {
    let mut agreement = Agreement::new(seed, number, second);
    let id = town.client(A).settle(&[agreement.instruction]).remove(0);
    agreement
        .traces
        .push(Trace::hash(&format!("id {number}"), &id));
    agreement.traces
}

#[test]
fn what_two_agree_on_is_in_the_files_of_those_who_may_know_it_alone() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let mut seed = Seed::new(u64::from(std::process::id()));
    let contract = fixture("private.deed");
    let mut members = vec![Newcomer {
        role: "notary",
        party: NOTARY,
        name: "Notary",
    }];
    members.push(Newcomer {
        role: "portal",
        party: PORTAL,
        name: "Portal",
    });
    members.extend(BODIES);
    let mut town = Town::found(folder.path(), &contract, &members);
    let give = |key: &str, action: &str, to: Option<&str>| {
        let mut given = instruction(
            key,
            C,
            "private_matters",
            action,
            [("amount", "900000000.00".into())],
        );
        given
            .args
            .extend(to.map(|to| ("receiver".to_owned(), to.into())));
        given
    };
    town.client(C).settle(&[give("endow", "Endow", None)]);
    town.client(C).settle(&[give("fund", "Fund", Some(A))]);
    town.wait_until_quiet();
    let mut traces = found(&mut town, B, 1, &mut seed);
    traces.extend(found(&mut town, B, 2, &mut seed));

    // A body joins while the network runs, and takes part at once.
    town.let_in(&Newcomer {
        role: "node",
        party: F,
        name: "Fir Council",
    });
    town.wait_until_known();
    traces.extend(found(&mut town, F, 3, &mut seed));
    town.wait_until_quiet();
    town.assert_clean();

    let all = |kinds: &[&str], numbers: &[i64]| -> BTreeSet<String> {
        kinds
            .iter()
            .flat_map(|kind| numbers.iter().map(move |number| format!("{kind} {number}")))
            .collect()
    };
    let whole = ["secret", "price", "id"];
    let expected = BTreeMap::from([
        (
            A.to_owned(),
            all(&["secret", "price", "id", "key"], &[1, 2, 3]),
        ),
        (B.to_owned(), all(&whole, &[1, 2])),
        (C.to_owned(), all(&whole, &[1, 2, 3])),
        (D.to_owned(), all(&whole, &[1, 2, 3])),
        (E.to_owned(), BTreeSet::new()),
        (F.to_owned(), all(&whole, &[3])),
        // That the search sees into the notary's store: the ids are there, and they are all that is.
        (NOTARY.to_owned(), all(&["id"], &[1, 2, 3])),
        (PORTAL.to_owned(), BTreeSet::new()),
        (Town::REGISTRAR.to_owned(), BTreeSet::new()),
    ]);
    let mut deep = traces.clone();
    let id =
        ContractId::of_text(&std::fs::read_to_string(&contract).expect("a contract")).to_string();
    deep.push(Trace::hash("contract", &id));
    deep.push(Trace::text("contract's name", "private_matters"));
    for body in &BODIES {
        deep.extend([
            Trace::text(body.party, body.party),
            Trace::text(body.name, body.name),
        ]);
    }
    let of_notary = |town: &Town| holders(town, &deep).remove(NOTARY);

    assert_eq!(holders(&town, &traces), expected, "while the processes run");
    assert_eq!(
        of_notary(&town),
        Some(all(&["id"], &[1, 2, 3])),
        "no amounts, names or contract ids"
    );
    for body in [A, B, C, D, E, F] {
        let said = run(["doctor", "--json", "--data", text(&town.place(body).data)]);
        assert_eq!(
            (said.code, said.json()["clean"].as_bool()),
            (0, Some(true)),
            "{}",
            said.out
        );
    }
    town.stop_all();
    assert_eq!(
        holders(&town, &traces),
        expected,
        "after the processes have ended"
    );
    assert_eq!(of_notary(&town), Some(all(&["id"], &[1, 2, 3])));

    // A search that finds nothing is worth something only if it would have found it.
    let log = town.place(E).log();
    let mut file = std::fs::File::options()
        .append(true)
        .open(&log)
        .expect("a log");
    writeln!(file, "{}", traces[0].example()).expect("a line in the log");
    let planted = search(&town.place(E).data, &traces, &[]);
    let expected = vec![Found {
        trace: "secret 1".to_owned(),
        file: Path::new("process.log").to_owned(),
    }];
    assert_eq!(planted, expected);
}
