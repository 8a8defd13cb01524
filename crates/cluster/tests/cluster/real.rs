//! The same validators on real sockets, threads and files.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cluster::{Asking, Asks, Network, NetworkError, Setup};
use ledger::codec;
use ledger::log_keys::LogKeys;
use protocol::notary::{Machine, Request};
use tokio::sync::{oneshot, watch};

use crate::asked::{certify, claim_at, code, home};
use crate::bodies::{Disk, Founded, cosigner, found, founders_key, signer};

struct Real {
    asks: Asks,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<(), NetworkError>>,
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("after 1970").as_millis() as u64
}

/// Addresses that were free just now.
fn addresses(count: usize) -> Vec<SocketAddr> {
    let held: Vec<TcpListener> = (0..count)
        .map(|_| TcpListener::bind(("127.0.0.1", 0)).expect("an address"))
        .collect();
    held.iter()
        .map(|one| one.local_addr().expect("bound"))
        .collect()
}

fn start(founded: &Founded, place: usize, disk: &Disk, at: &[SocketAddr], folder: &Path) -> Real {
    let one = &founded.committee.validators()[place];
    let own = &founded.keys[&one.consensus];
    let validators = founded.committee.validators().iter();
    let network = Network {
        listen: at[place],
        addresses: validators
            .map(|one| one.consensus)
            .zip(at.iter().copied())
            .collect(),
        folder: folder.join(one.party.as_str()),
    };
    let (_, maps) = watch::channel(String::new());
    let setup = Setup {
        key: own.consensus.clone(),
        cosigner: cosigner(one.party.as_str(), &own.cosigner_seed),
        registrar: LogKeys::from(signer("registrar.town").verifier_key().clone()),
        machine: Machine::open(home(), founders_key(), disk.clone()).expect("opens"),
        published: founded.handed_over.clone(),
        store: "validator".to_owned(),
        maps,
    };
    let (up, is_up) = mpsc::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let thread = std::thread::spawn(move || {
        cluster::run(
            network,
            setup,
            move |asks| up.send(asks).expect("is waited for"),
            async {
                // Going away means the same as saying so.
                let _ = stopped.await;
            },
        )
    });
    let asks = is_up.recv_timeout(Duration::from_secs(60)).expect("is up");
    Real { asks, stop, thread }
}

fn asking(requests: Vec<Request>) -> Asking {
    Asking {
        bytes: requests.iter().map(|one| codec::encode(one).len()).sum(),
        requests,
        ..Asking::default()
    }
}

#[tokio::test]
async fn validators_with_sockets_and_journals_keep_one_log_over_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let founded = found(4);
    let disks: Vec<Disk> = (0..4).map(|_| founded.first.copy()).collect();
    let at = addresses(4);
    let mut running: Vec<Option<Real>> = (0..4)
        .map(|place| Some(start(&founded, place, &disks[place], &at, folder.path())))
        .collect();
    let (mut times, mut said) = (Vec::new(), Vec::new());
    for round in 0..24usize {
        let place = round % 4;
        if round == 12 {
            let gone = running[3].take().expect("runs");
            drop(gone.stop);
            let ended = tokio::task::spawn_blocking(|| gone.thread.join()).await;
            ended.expect("joins").expect("joins").expect("stops");
            running[3] = Some(start(&founded, 3, &disks[3], &at, folder.path()));
        }
        let label = format!("claim {round}");
        let claims: Vec<Request> = (0..50)
            .map(|n| {
                certify(&claim_at(
                    now_ms(),
                    &format!("{label} {n}"),
                    &[&format!("{label} {n}")],
                ))
            })
            .collect();
        let asks = &running[place].as_ref().expect("runs").asks;
        let begun = Instant::now();
        let answers = asks.ask(asking(claims)).await.expect("is asked");
        times.push(begun.elapsed());
        let answers = answers.expect("is answered");
        said.extend(answers.verdicts.iter().map(code));
    }
    assert_eq!(said, vec!["certified"; 24 * 50]);
    times.sort();
    println!(
        "an answer took {:?} in the middle, {:?} at most",
        times[12], times[23]
    );
    let mut logs = Vec::new();
    for (one, disk) in running.into_iter().flatten().zip(&disks) {
        drop(one.stop);
        let ended = tokio::task::spawn_blocking(|| one.thread.join()).await;
        ended.expect("joins").expect("joins").expect("stops");
        logs.push(disk.entries());
    }
    let shortest = logs.iter().map(Vec::len).min().unwrap_or_default();
    assert!(shortest > 1);
    for log in &logs {
        assert_eq!(log[..shortest], logs[0][..shortest]);
    }
}
