//! Files that facts name: who gets them, and that large ones pass through small processes.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use deed::{FileAddress, Party};
use ledger::file::{FileBuilder, chunks};
use ledger::limits::CHUNK_BYTES;
use ledger::{Digest, codec};
use node::pki::TlsIdentity;
use node::transport::{Counters, Credentials, PeerClient};

use crate::support::client::instruction;
use crate::support::joining::Newcomer;
use crate::support::noise::Noise;
use crate::support::patience::{LONG, until};
use crate::support::process::{run, text};
use crate::support::town::{Place, Town};
use crate::support::{alone, fixture};

/// Attests what it has surveyed.
const SURVEYOR: &str = "T-CEDAR";
const OWNER: &str = "T-ASH";
/// Sees every survey, and fetches every report as soon as it hears of it.
const INSURER: &str = "T-FIR";
/// Has no part in anything.
const STRANGER: &str = "T-ELM";

const MIB: u64 = 1 << 20;

fn found(folder: &Path, bodies: &[&str]) -> Town {
    let newcomer = |role, party| Newcomer {
        role,
        party,
        name: party,
    };
    let notary = newcomer("notary", "T-NOTARY");
    let bodies = bodies.iter().map(|party| newcomer("node", party));
    let members: Vec<Newcomer<'_>> = [notary].into_iter().chain(bodies).collect();
    Town::found(folder, &fixture("surveys.deed"), &members)
}

/// The surveyor hands in a report.
fn report(town: &Town, address: FileAddress) {
    let args = [
        ("owner", OWNER.into()),
        ("number", 1.into()),
        ("report", address.to_string().into()),
    ];
    let key = format!("report {address}");
    let given = instruction(&key, SURVEYOR, "surveys", "Report", args);
    town.client(SURVEYOR).settle(&[given]);
    town.wait_until_quiet();
}

/// Status and words with which a node answers another member that asks for a piece of a file.
fn asked(by: &Place, of: &Place, path: &str, address: FileAddress) -> (u16, Vec<u8>) {
    let identity = TlsIdentity::load(&by.data.join("keys/tls")).expect("readable");
    let identity = identity.expect("an identity");
    let credentials = Arc::new(Credentials::new(&identity).expect("credentials"));
    let party = Party::new(&of.party).expect("a party");
    let asked = codec::encode(&(Digest(address.root), address.bytes, 0_u64));
    let answer = async {
        let counters = Arc::new(Counters::default());
        let client = PeerClient::new(party, of.peer.to_string(), credentials, counters);
        client.post(path, asked).await.expect("an answer")
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let answer = runtime.expect("a runtime").block_on(answer);
    (answer.status.as_u16(), answer.body.to_vec())
}

#[test]
fn a_file_goes_to_those_with_a_part_in_its_fact_and_to_nobody_else() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let mut town = found(folder.path(), &[SURVEYOR, OWNER, INSURER, STRANGER]);
    let config = town.place(INSURER).config();
    let settings = std::fs::read_to_string(&config).expect("a configuration");
    std::fs::write(&config, settings + "[files]\nfetch = \"all\"\n").expect("it is written");
    town.stop(INSURER);
    town.start(INSURER);

    let noise = Noise {
        seed: 7,
        bytes: 3 * MIB + 17,
    };
    let file = folder.path().join("report.pdf");
    std::fs::write(&file, noise.whole()).expect("a file");
    let surveyor = town.place(SURVEYOR).clone();
    let said = run(["attach", text(&file), "--data", text(&surveyor.data)]).done();
    let address: FileAddress = said.trim().parse().expect("an address");
    assert_eq!(address, noise.tree().address());
    let nowhere = FileAddress {
        root: [7; 32],
        ..address
    };
    let nothing = (404, b"nothing here".to_vec());
    let refused = |by: &str, of: &str| {
        for path in ["/peer/v1/files/tree", "/peer/v1/files/chunk"] {
            for address in [address, nowhere] {
                let answer = asked(town.place(by), town.place(of), path, address);
                assert_eq!(answer, nothing, "{by} of {of}, {path} of {address}");
            }
        }
    };
    // No fact names it yet: nobody has a part in it.
    for other in [OWNER, INSURER, STRANGER] {
        refused(other, SURVEYOR);
    }
    report(&town, address);

    let output = folder.path().join("fetched.pdf");
    let fetch = |by: &str| {
        let (address, data) = (address.to_string(), town.place(by).data.clone());
        run([
            "fetch",
            &address,
            "-o",
            text(&output),
            "--data",
            text(&data),
        ])
    };
    assert_eq!(
        fetch(OWNER).done(),
        format!("Fetched {} bytes into {}.\n", noise.bytes, output.display())
    );
    assert!(std::fs::read(&output).expect("the file") == noise.whole());
    let tree = asked(
        town.place(OWNER),
        town.place(SURVEYOR),
        "/peer/v1/files/tree",
        address,
    );
    assert_eq!(tree, (200, noise.tree().hashes()));
    // Nobody has asked for it there.
    let name = format!("{}-{}", Digest(address.root), address.bytes);
    let kept = town.place(INSURER).data.join("files/files").join(name);
    until("the insurer to have the file", LONG, || {
        kept.exists().then_some(())
    });

    for of in [SURVEYOR, OWNER, INSURER] {
        refused(STRANGER, of);
    }
    let stranger = fetch(STRANGER);
    assert_eq!(stranger.code, 1);
    let url = format!(
        "http://{}/v1/files/{address}",
        town.place(STRANGER).http.expect("a server")
    );
    assert_eq!(
        stranger.err,
        format!(
            "Give the same command again to go on where it stopped.\npvn: {url} answers: no such file is known here\n"
        )
    );
    town.stop_all();
}

/// The most memory that a process has had, in KiB.
fn most_kib(town: &Town, party: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", town.id(party)));
    let status = status.expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.parse().ok()).expect("a number")
}

/// Kills a process and starts it again; gives the most memory that it had.
fn kill(town: &mut Town, party: &str) -> u64 {
    let most = most_kib(town, party);
    town.kill(party);
    town.start(party);
    most
}

/// Sends a file to the surveyor's node, which is killed on the way; gives the most memory that it had.
fn send(town: &mut Town, noise: Noise) -> (FileAddress, u64) {
    let tree = noise.tree();
    let (address, hashes) = (tree.address(), tree.hashes());
    let path = format!("/v1/files/{address}");
    let count = chunks(noise.bytes);
    let (mut killed, mut most) = (None, 0);
    loop {
        let client = town.client(SURVEYOR);
        let state: api::FileState = client.put(&path, &hashes).expect("an answer").read();
        let missing = state.missing.iter().map(|range| range.end - range.start);
        let missing: u64 = missing.sum();
        // What was acknowledged before the kill need not be sent again.
        assert!(
            missing <= count - killed.unwrap_or(0),
            "{missing} of {count}"
        );
        if missing == 0 {
            return (address, most);
        }
        let all = state.missing.into_iter().flat_map(|r| r.start..r.end);
        for (nth, index) in all.enumerate() {
            let at = format!("{path}/chunks/{index}");
            let answer = client.put(&at, &noise.chunk(index)).expect("an answer");
            assert_eq!(answer.status, 204, "{index}");
            if killed.is_none() && nth as u64 == count * 2 / 5 {
                killed = Some(nth as u64 + 1);
                most = kill(town, SURVEYOR);
                break;
            }
        }
    }
}

/// Fetches a file from the owner's node while both nodes are killed, one after the other; gives the most memory that each had.
fn fetch(town: &mut Town, address: FileAddress) -> [u64; 2] {
    let path = format!("/v1/files/{address}");
    let count = chunks(address.bytes);
    let mut kills = vec![(count * 3 / 5, OWNER), (count / 5, SURVEYOR)];
    let (mut builder, mut there, mut most) = (FileBuilder::default(), 0_u64, [0; 2]);
    let mut chunk = Vec::new();
    while there < count {
        let client = town.client(OWNER);
        let range = format!("bytes={}-", there * CHUNK_BYTES as u64);
        let mut body = until("the file to be given", LONG, || client.part(&path, &range));
        loop {
            chunk.clear();
            let read = body
                .by_ref()
                .take(CHUNK_BYTES as u64)
                .read_to_end(&mut chunk);
            // Cut off where a node died: what follows the last whole chunk comes again.
            if read.is_err() || chunk.is_empty() {
                break;
            }
            builder.add(&chunk).expect("a chunk");
            there += 1;
            if let Some((_, party)) = kills.pop_if(|(at, _)| *at <= there) {
                let nth = usize::from(party == OWNER);
                most[nth] = most[nth].max(kill(town, party));
            }
        }
    }
    assert_eq!(builder.finish().address(), address);
    assert_eq!(kills, []);
    most
}

/// Sends one node as much as another member can, at once: the largest bodies, of no use, over as many connections as it may
/// have, and for every piece of a file that it may not have.
fn flood(by: &Place, of: &Place, address: FileAddress) {
    const CONNECTIONS: usize = 8;
    const REQUESTS: usize = 24;
    let identity = TlsIdentity::load(&by.data.join("keys/tls")).expect("readable");
    let identity = identity.expect("an identity");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let mut requests = tokio::task::JoinSet::new();
        let useless = vec![0xff_u8; 4 << 20];
        for _ in 0..CONNECTIONS {
            let credentials = Arc::new(Credentials::new(&identity).expect("credentials"));
            let party = Party::new(&of.party).expect("a party");
            let counters = Arc::new(Counters::default());
            let client = PeerClient::new(party, of.peer.to_string(), credentials, counters);
            let client = Arc::new(client);
            for nth in 0..REQUESTS {
                let client = Arc::clone(&client);
                let (path, body) = match nth % 4 {
                    0 => {
                        let asked = (Digest(address.root), address.bytes, nth as u64);
                        ("/peer/v1/files/chunk", codec::encode(&asked))
                    }
                    _ => ("/peer/v1/messages", useless.clone()),
                };
                // Whether it is refused or comes too late is all the same.
                requests.spawn(async move { client.post(path, body).await.is_ok() });
            }
        }
        let answered = requests.join_all().await;
        assert!(answered.contains(&true), "nothing arrived");
    });
}

#[test]
fn a_large_file_passes_through_small_processes() {
    let _alone = alone();
    let folder = tempfile::tempdir().expect("a folder");
    let mut town = found(folder.path(), &[SURVEYOR, OWNER, INSURER]);
    let is_full = std::env::var_os("PVN_FULL").is_some();
    let (bytes, most_mib) = if is_full {
        (5 << 30, 256)
    } else {
        (256 * MIB + 1, 160)
    };
    let idle = [SURVEYOR, OWNER].map(|party| most_kib(&town, party));
    let begun = Instant::now();
    let (address, sending) = send(&mut town, Noise { seed: 11, bytes });
    let sent = begun.elapsed();
    report(&town, address);
    let begun = Instant::now();
    let [surveyor, owner] = fetch(&mut town, address);
    let fetched = begun.elapsed();
    let quiet = most_kib(&town, SURVEYOR);
    flood(town.place(INSURER), town.place(SURVEYOR), address);
    let flooded = most_kib(&town, SURVEYOR);
    let surveyor = surveyor.max(sending).max(flooded);
    let owner = owner.max(most_kib(&town, OWNER));
    println!(
        "{} MiB: sent in {sent:.1?}, fetched through two nodes in {fetched:.1?}; idle {idle:?} KiB, at most {surveyor} and {owner} KiB; {quiet} KiB before a flood, {flooded} KiB after",
        bytes / MIB
    );
    for (most, most_mib) in [(surveyor, 256), (owner, most_mib), (quiet, most_mib)] {
        assert!(most < most_mib * 1024, "{most} KiB of {most_mib} MiB");
    }
    town.stop_all();
}
