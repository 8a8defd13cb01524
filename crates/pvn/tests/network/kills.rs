//! Processes are killed at random moments while payments play; afterwards nothing is lost, doubled or stuck.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use api::Instruction;
use serde_json::{Value as Json, json};

use crate::support::alone;
use crate::support::books::{issued, open_year};
use crate::support::client::{Client, instruction};
use crate::support::demo::Demo;
use crate::support::patience::{LONG, until};
use crate::support::process::{run, text};
use crate::support::seed::Seed;
use crate::support::town::Town;

/// Processes killed in a normal run.
const KILLS: usize = 6;
/// Rows of each file that the demonstration plays first.
const ROWS: usize = 1;
/// Instructions in one request.
const BATCH: u64 = 10;
const TREASURY: &str = "GB-GOR-D15";
const PAYERS: [&str; 3] = ["GB-LAE-LDS", "GB-GOR-D2", TREASURY];
/// Who receives transfers: members on nodes of their own.
const PAYEE: &str = "GB-GOR-D16";
/// How long a process may stay down, at most.
const DOWN_MS_MAX: usize = 1_500;

/// What a payer's instructions come to, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    payments: u64,
    spent: i64,
    transferred: i64,
    back: i64,
}

/// A payer's instruction of a number: mostly spending, some to another member, and sometimes a refund of what was spent long
/// before.
fn nth(payer: &str, number: u64, sums: &mut Sums) -> Instruction {
    let pence = i64::try_from(number % 9_000).expect("pence") + 101;
    let (action, pence) = match number % 10 {
        3 | 7 => ("Transfer", pence),
        9 if number > 50 => ("Refund", 11),
        _ => ("Spend", pence),
    };
    sums.payments += 1;
    match action {
        "Transfer" => sums.transferred += pence,
        "Refund" => sums.back += pence,
        _ => sums.spent += pence,
    }
    let args = [
        ("payer", json!(payer)),
        ("payee", json!(format!("Supplier {}", number % 7))),
        (
            "amount",
            json!(format!("{}.{:02}", pence / 100, pence % 100)),
        ),
        ("published", json!("2025-04-02")),
        ("purpose", json!("Played while processes are killed")),
        ("function", json!("")),
        ("service_line", json!("unclassified")),
        ("source", json!("kills")),
        ("period", json!("2025-04")),
        ("ordinal", json!(number)),
        ("reference", json!("")),
        ("year", json!(open_year())),
    ];
    let mut given = instruction(
        &format!("kills/{payer}/{number}"),
        payer,
        "public_money",
        action,
        args,
    );
    if action == "Transfer" {
        given.args.insert("member".to_owned(), json!(PAYEE));
    }
    given
}

/// Pays until told to stop, through everything that happens; gives what it paid.
fn pay(
    payer: &str,
    node: &Client,
    done: &AtomicU64,
    enough: &AtomicBool,
) -> (Vec<Instruction>, Vec<String>, Sums) {
    let (mut all, mut ids, mut sums) = (Vec::new(), Vec::new(), Sums::default());
    while !enough.load(Ordering::Relaxed) {
        let first = sums.payments + 1;
        let batch: Vec<Instruction> = (first..first + BATCH)
            .map(|number| nth(payer, number, &mut sums))
            .collect();
        ids.extend(node.settle(&batch));
        done.fetch_add(BATCH, Ordering::Relaxed);
        all.extend(batch);
    }
    (all, ids, sums)
}

/// Who is killed, how much is done before that, and for how long it is down.
fn kill(town: &mut Town, done: &AtomicU64, seed: &mut Seed, party: &str) {
    let more = seed.below(40) as u64;
    let goal = done.load(Ordering::Relaxed) + more;
    until("payments to go on", LONG, || {
        (done.load(Ordering::Relaxed) >= goal).then_some(())
    });
    // A moment that no batch chooses.
    std::thread::sleep(Duration::from_millis(seed.below(300) as u64));
    town.kill(party);
    let down = seed.below(DOWN_MS_MAX);
    println!(
        "killed {party} after {} payments, for {down} ms",
        done.load(Ordering::Relaxed)
    );
    std::thread::sleep(Duration::from_millis(down as u64));
    town.start(party);
}

/// By holder and state, what all nodes hold together.
fn held(town: &Town) -> BTreeMap<(String, String), i64> {
    let mut held = BTreeMap::new();
    for node in town.nodes() {
        for holding in node.client().status().holdings {
            let state = holding.attributes["state"]
                .as_str()
                .expect("a state")
                .to_owned();
            *held.entry((holding.holder, state)).or_insert(0) +=
                holding.free_minor + holding.locked_minor;
        }
    }
    held
}

fn number_from(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name}={text} is a number"))
    })
}

fn size_of_log(town: &Town) -> String {
    let notary = town
        .places
        .iter()
        .find(|p| p.role == "notary")
        .expect("a notary");
    let note = String::from_utf8(notary.client().get("/checkpoint").body).expect("a checkpoint");
    note.lines().nth(1).expect("a size").to_owned()
}

#[test]
fn no_pound_is_lost_doubled_or_stuck_when_processes_are_killed() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::play(&folder.path().join("demo"), ROWS);
    let rows = u64::try_from(5 * ROWS).expect("rows");
    demo.wait_until_quiet(rows);
    demo.stop();
    let mut town = Town::adopt(&folder.path().join("demo"));
    let parties: Vec<String> = town.places.iter().map(|p| p.party.clone()).collect();
    for party in &parties {
        town.start(party);
    }
    town.wait_until_quiet();
    let before = held(&town);
    let (kills, number) = (number_from("PVN_KILLS", KILLS), number_from("PVN_SEED", 1));
    let mut seed = Seed::new(number as u64);
    let done = AtomicU64::new(0);
    let enough = AtomicBool::new(false);
    let nodes: Vec<(&str, Client)> = PAYERS
        .into_iter()
        .map(|payer| (payer, town.client(payer)))
        .collect();
    let paid = std::thread::scope(|scope| {
        let pay = |(payer, node): &'_ (&'static str, Client)| pay(payer, node, &done, &enough);
        let payers: Vec<_> = nodes
            .iter()
            .map(|payer| scope.spawn(move || pay(payer)))
            .collect();
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for nth in 0..kills {
                // The first kills in turn meet every kind of process: notary, portal, registrar, attestor, payers.
                let turns = [
                    "PVN-NOTARY",
                    TREASURY,
                    "GB-LAE-LDS",
                    "PVN-PORTAL",
                    "PVN-NAO",
                    "PVN-REGISTRAR",
                ];
                let party = turns.get(nth).map_or_else(
                    || parties[seed.below(parties.len())].clone(),
                    |p| (*p).to_owned(),
                );
                kill(&mut town, &done, &mut seed, &party);
            }
        }));
        enough.store(true, Ordering::Relaxed);
        let paid: Vec<_> = payers
            .into_iter()
            .map(|payer| payer.join().expect("a payer"))
            .collect();
        if let Err(panic) = ended {
            std::panic::resume_unwind(panic);
        }
        paid
    });
    town.wait_until_quiet();

    let size = size_of_log(&town);
    for ((_, node), (instructions, ids, _)) in nodes.iter().zip(&paid) {
        for (instructions, ids) in instructions.chunks(250).zip(ids.chunks(250)) {
            assert_eq!(
                node.settle(instructions),
                ids,
                "sent again they are the same transactions"
            );
        }
    }
    assert_eq!(size_of_log(&town), size, "sending again adds nothing");
    town.assert_clean();
    let doctor = run(["doctor", "--json", "--data", text(&town.folder)]);
    assert_eq!(
        (doctor.code, &doctor.json()["clean"]),
        (0, &json!(true)),
        "{}",
        doctor.out
    );

    let mut expected = before;
    let mut all = Sums::default();
    for (payer, (_, _, sums)) in PAYERS.into_iter().zip(&paid) {
        let mut add = |holder: &str, state: &str, minor: i64| {
            *expected
                .entry((holder.to_owned(), state.to_owned()))
                .or_insert(0) += minor;
        };
        add(payer, "held", sums.back - sums.spent - sums.transferred);
        add(payer, "spent", sums.spent - sums.back);
        add(PAYEE, "held", sums.transferred);
        all.payments += sums.payments;
    }
    expected.retain(|_, minor| *minor != 0);
    let mut now = held(&town);
    now.retain(|_, minor| *minor != 0);
    assert_eq!(now, expected, "to the penny, holder by holder");
    assert_eq!(now.values().sum::<i64>(), issued());
    let portal = town.client("PVN-PORTAL");
    let totals = until("the portal to have every payment", LONG, || {
        let totals: Json = portal.json("/api/totals");
        (totals["payments"]["count"].as_u64() == Some(rows + all.payments)).then_some(totals)
    });
    for (payer, (_, _, sums)) in PAYERS.into_iter().zip(&paid) {
        let files = totals["files"].as_array().expect("files");
        let file = files
            .iter()
            .find(|f| f["source"] == "kills" && f["payer"] == payer)
            .expect("the payer's file");
        let figures = ["rows", "spent_minor", "to_members_minor", "refunds_minor"]
            .map(|name| file[name].as_i64());
        let rows = i64::try_from(sums.payments).expect("rows");
        assert_eq!(
            figures,
            [
                Some(rows),
                Some(sums.spent),
                Some(sums.transferred),
                Some(-sums.back)
            ],
            "{payer}"
        );
    }
    println!(
        "{kills} kills from seed {number}, {} payments, log of {size} entries",
        all.payments
    );
    town.stop_all();
}
