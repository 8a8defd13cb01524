//! A witness as a service: what it cosigns, what it keeps, and what it never does.

use std::path::Path;

use node::watch::{Alarm, Source, WitnessError, WitnessHome, run_witness};
use tlog::witness::AddCheckpoint;
use tlog::{Hash, KeyName, Note, NoteSignature, NoteSigner, VerifierKey, leaf_hash};
use tokio::sync::oneshot;

use super::logs::{checkpoint, entries, forked, keys, signed};

/// A witness that runs, and how to stop it.
struct Running {
    url: String,
    key: VerifierKey,
    stop: oneshot::Sender<()>,
    served: tokio::task::JoinHandle<()>,
}

async fn start(data: &Path) -> Running {
    let home = match WitnessHome::open(data) {
        Err(WitnessError::None(_)) => WitnessHome::make(data, "witness.example/w1"),
        opened => opened,
    };
    let home = home.expect("a witness");
    let key = VerifierKey::parse(&home.verifier_key()).expect("a key");
    // A port that is free now, and nobody else's in a test's lifetime.
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let listen = free.local_addr().expect("an address");
    drop(free);
    let (stop, stopped) = oneshot::channel();
    let served = tokio::spawn(async move {
        let until = async move { drop(stopped.await) };
        run_witness(&home, vec![keys()], listen, until)
            .await
            .expect("runs");
    });
    let url = format!("http://{listen}");
    let source = Source::open(&url).expect("a place");
    while source.read("up").await.is_err() {
        tokio::task::yield_now().await;
    }
    Running {
        url,
        key,
        stop,
        served,
    }
}

impl Running {
    async fn stop(self) {
        self.stop.send(()).expect("it runs");
        self.served.await.expect("it ends");
    }

    async fn add(&self, old: u64, proof: Vec<Hash>, note: &Note) -> (u16, String) {
        let request = AddCheckpoint {
            old,
            proof,
            note: note.clone(),
        };
        self.post(&request.to_string()).await
    }

    async fn post(&self, body: &str) -> (u16, String) {
        let (url, body) = (format!("{}/add-checkpoint", self.url), body.to_owned());
        let client = reqwest::Client::new();
        let answer = client.post(url).body(body).send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.text().await.expect("a text"))
    }

    /// Whether an answer is a valid cosignature of this checkpoint.
    fn cosigned(&self, note: &Note, (status, text): &(u16, String)) -> bool {
        let line = NoteSignature::parse(text.trim_end_matches('\n'));
        let line = line.expect("a line");
        let cosigned = Note::new(note.unverified_text().clone(), line);
        *status == 200
            && cosigned
                .verify_exact(std::slice::from_ref(&self.key))
                .is_ok()
    }
}

fn proof(entries: &[Vec<u8>], old: u64) -> Vec<Hash> {
    let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let tiles: std::collections::BTreeMap<_, _> = tlog::build_tiles(&leaves).into_iter().collect();
    let mut reader = tlog::TileReader::new(entries.len() as u64, |tile| {
        Ok::<_, ()>(tlog::Tile::encode(&tiles[&tile]))
    });
    tlog::prove_consistency(old, entries.len() as u64, |node| reader.read(node)).expect("a proof")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_continues_is_cosigned_also_after_a_restart_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let all = entries(30, "honest");
    let (ten, thirty) = (checkpoint(&all[..10]), checkpoint(&all));
    let witness = start(folder.path()).await;
    assert!(witness.cosigned(&ten, &witness.add(0, Vec::new(), &ten).await));
    // Twice is harmless.
    assert!(witness.cosigned(&ten, &witness.add(10, Vec::new(), &ten).await));
    assert_eq!(
        witness.add(0, Vec::new(), &thirty).await,
        (409, "10\n".to_owned())
    );
    witness.stop().await;

    let witness = start(folder.path()).await;
    let fork = forked(5, 30);
    let forked = checkpoint(&fork);
    let unproven = "the proof does not lead from the checkpoint cosigned last to this one\n";
    assert_eq!(
        witness.add(10, proof(&fork, 10), &forked).await,
        (422, unproven.to_owned())
    );
    let split = checkpoint(&fork[..10]);
    assert_eq!(
        witness.add(10, Vec::new(), &split).await,
        (409, "10\n".to_owned())
    );
    assert!(witness.cosigned(&thirty, &witness.add(10, proof(&all, 10), &thirty).await));
    assert_eq!(witness.add(30, Vec::new(), &ten).await.0, 400);
    // What a monitor reads is what was cosigned last, by log and witness.
    let place = folder.path().join("logs");
    let log = std::fs::read_dir(&place)
        .expect("reads")
        .next()
        .expect("one")
        .expect("a folder");
    let hash = log.file_name().into_string().expect("text");
    let shown = Source::open(&format!("{}/{hash}", witness.url)).expect("a place");
    let shown = shown
        .read("checkpoint")
        .await
        .expect("reads")
        .expect("there");
    let shown = Note::parse(&shown).expect("a note");
    assert_eq!(shown.unverified_text(), thirty.unverified_text());
    let both = [keys().own().clone(), witness.key.clone()];
    assert!(shown.verify_enough(&both, both.len()).is_ok());
    // The two roots for ten entries are kept, and convince.
    let kept = std::fs::read(log.path().join("split-10.json")).expect("kept");
    let kept: Alarm = serde_json::from_slice(&kept).expect("an alarm");
    assert!(kept.evidence.expect("evidence").check(&keys()).is_ok());
    witness.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_of_a_known_log_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let witness = start(folder.path()).await;
    let note = checkpoint(&entries(3, "honest"));
    let stranger = NoteSigner::from_seed(
        KeyName::new("notary.example/log").expect("a name"),
        &[8; 32],
    );
    let foreign = signed(3, Hash([1; 32]), &stranger.expect("a key"));
    assert_eq!(witness.add(0, Vec::new(), &foreign).await.0, 403);
    let elsewhere = note
        .to_string()
        .replace("notary.example/log\n3", "other.example/log\n3");
    let elsewhere = Note::parse(elsewhere.as_bytes()).expect("a note");
    assert_eq!(witness.add(0, Vec::new(), &elsewhere).await.0, 404);
    assert_eq!(witness.post("old x\n\n").await.0, 400);
    assert_eq!(witness.post(&"x".repeat(1 << 20)).await.0, 413);
    witness.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_histories_that_race_one_is_cosigned() {
    for _ in 0..8 {
        let folder = tempfile::tempdir().expect("a folder");
        let witness = start(folder.path()).await;
        let (ours, theirs) = (checkpoint(&entries(9, "honest")), checkpoint(&forked(4, 9)));
        let (first, second) = tokio::join!(
            witness.add(0, Vec::new(), &ours),
            witness.add(0, Vec::new(), &theirs)
        );
        let mut statuses = [first.0, second.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        witness.stop().await;
    }
}

#[test]
fn a_witness_never_begins_anew_under_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = WitnessHome::make(folder.path(), "witness.example/w1").expect("made");
    let key = made.verifier_key();
    drop(made);
    let again = WitnessHome::make(folder.path(), "witness.example/w1");
    assert!(matches!(again, Err(WitnessError::There(_))));
    assert_eq!(
        WitnessHome::open(folder.path())
            .expect("opens")
            .verifier_key(),
        key
    );
    let empty = tempfile::tempdir().expect("a folder");
    assert!(matches!(
        WitnessHome::open(empty.path()),
        Err(WitnessError::None(_))
    ));
}
