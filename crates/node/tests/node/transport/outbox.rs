use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use node::limits::{BATCH_MESSAGES_MAX, MESSAGE_BYTES_MAX};
use node::transport::{
    Admit, Counters, MESSAGES_PATH, Outbox, PeerClient, PeerReply, PeerRequest, PeerServer,
    PushError, ServerLimits, StatusCode, decode_batch,
};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::reconnect::listen_at;
use super::serve;
use crate::network::{Network, party};

const WAIT: Duration = Duration::from_secs(20);

/// What a peer has received, and what it answers.
#[derive(Clone, Default)]
struct Inbox {
    received: Arc<Mutex<Vec<Vec<u8>>>>,
    posts: Arc<AtomicUsize>,
    refusals: Arc<AtomicUsize>,
}

impl Inbox {
    fn take(&self, request: &PeerRequest) -> PeerReply {
        assert_eq!(request.path, MESSAGES_PATH);
        self.posts.fetch_add(1, Ordering::Relaxed);
        let refused = self
            .refusals
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            });
        if refused.is_ok() {
            return PeerReply::new(StatusCode::SERVICE_UNAVAILABLE, "");
        }
        let messages = decode_batch(request.body.clone()).unwrap();
        let mut received = self.received.lock().unwrap();
        received.extend(messages.iter().map(|message| message.to_vec()));
        PeerReply::ok("")
    }

    async fn serve(&self, network: &Network) -> PeerServer {
        let inbox = self.clone();
        serve(&network.credentials("B"), move |request| {
            let answer = inbox.take(&request);
            async move { answer }
        })
        .await
    }

    fn received(&self) -> BTreeSet<Vec<u8>> {
        self.received.lock().unwrap().iter().cloned().collect()
    }
}

struct Sending {
    outbox: Outbox,
    acknowledged: mpsc::UnboundedReceiver<Vec<u64>>,
    counters: Arc<Counters>,
}

impl Sending {
    fn to(address: String, network: &Network) -> Sending {
        let counters = Arc::new(Counters::default());
        let credentials = network.credentials("A");
        let client = PeerClient::new(party("B"), address, credentials, Arc::clone(&counters));
        let (acknowledge, acknowledged) = mpsc::unbounded_channel();
        let outbox = Outbox::start(Arc::new(client), Arc::clone(&counters), move |seqs| {
            acknowledge.send(seqs).unwrap();
        });
        Sending {
            outbox,
            acknowledged,
            counters,
        }
    }

    /// Waits until `count` messages have been acknowledged and says which.
    async fn acknowledged(&mut self, count: usize) -> BTreeSet<u64> {
        let mut seqs = BTreeSet::new();
        while seqs.len() < count {
            let next = timeout(WAIT, self.acknowledged.recv()).await;
            for seq in next.unwrap().unwrap() {
                assert!(seqs.insert(seq), "{seq} was acknowledged twice");
            }
        }
        seqs
    }
}

#[tokio::test]
async fn every_message_arrives_and_is_acknowledged_in_few_posts() {
    const MESSAGES: u64 = 3_000;
    let network = Network::new();
    let inbox = Inbox::default();
    let server = inbox.serve(&network).await;
    let mut sending = Sending::to(server.address().to_string(), &network);
    for seq in 0..MESSAGES {
        sending
            .outbox
            .push(seq, seq.to_be_bytes().to_vec())
            .unwrap();
    }
    assert_eq!(
        sending.acknowledged(MESSAGES as usize).await,
        (0..MESSAGES).collect()
    );
    let expected = (0..MESSAGES).map(|seq| seq.to_be_bytes().to_vec());
    assert_eq!(inbox.received(), expected.collect());
    assert_eq!(inbox.received.lock().unwrap().len(), MESSAGES as usize);
    let status = sending.outbox.status();
    assert_eq!(
        (
            status.queued,
            status.queued_bytes,
            status.delivered,
            status.refused
        ),
        (0, 0, MESSAGES, None)
    );
    let posts = inbox.posts.load(Ordering::Relaxed);
    let fewest = (MESSAGES as usize).div_ceil(BATCH_MESSAGES_MAX);
    assert!((fewest..fewest + 6).contains(&posts), "{posts} posts");
    assert_eq!(sending.counters.figures().messages_sent, MESSAGES);
}

#[tokio::test]
async fn large_messages_go_each_on_its_own() {
    let network = Network::new();
    let inbox = Inbox::default();
    let server = inbox.serve(&network).await;
    let mut sending = Sending::to(server.address().to_string(), &network);
    for seq in 0..3 {
        sending
            .outbox
            .push(seq, vec![seq as u8; MESSAGE_BYTES_MAX])
            .unwrap();
    }
    sending.acknowledged(3).await;
    assert_eq!(inbox.posts.load(Ordering::Relaxed), 3);
    let too_large = sending.outbox.push(4, vec![0; MESSAGE_BYTES_MAX + 1]);
    let bytes = MESSAGE_BYTES_MAX + 1;
    assert_eq!(too_large, Err(PushError::TooLarge { bytes }));
    assert_eq!(sending.outbox.push(5, ""), Err(PushError::Empty));
    assert_eq!(sending.outbox.status().queued, 0);
}

#[tokio::test]
async fn messages_for_a_peer_that_is_down_wait_for_it() {
    let network = Network::new();
    let inbox = Inbox::default();
    let placeholder = inbox.serve(&network).await;
    let address = placeholder.address();
    placeholder.shutdown(WAIT).await;

    let mut sending = Sending::to(address.to_string(), &network);
    for seq in 0..10 {
        sending.outbox.push(seq, "message").unwrap();
    }
    let failed = async {
        while sending.outbox.status().reach.failures < 5 {
            tokio::task::yield_now().await;
        }
    };
    timeout(WAIT, failed).await.unwrap();
    let status = sending.outbox.status();
    assert_eq!(
        (status.queued, status.queued_bytes, status.delivered),
        (10, 70, 0)
    );
    assert_eq!(status.reach.last_answer, None);

    let back = inbox.clone();
    let server = PeerServer::start(
        listen_at(address),
        &network.credentials("B"),
        Admit::Members,
        ServerLimits::default(),
        Arc::new(Counters::default()),
        move |request| {
            let answer = back.take(&request);
            async move { answer }
        },
    )
    .unwrap();
    // So many failures are followed by a pause of seconds.
    sending.outbox.heard_of().await;
    assert_eq!(sending.acknowledged(10).await, (0..10).collect());
    let status = sending.outbox.status();
    assert_eq!((status.queued, status.reach.failures), (0, 0));
    drop(server);
}

#[tokio::test]
async fn a_peer_that_refuses_is_asked_again_and_shown() {
    let network = Network::new();
    let inbox = Inbox::default();
    inbox.refusals.store(3, Ordering::Relaxed);
    let server = inbox.serve(&network).await;
    let mut sending = Sending::to(server.address().to_string(), &network);
    sending.outbox.push(7, "message").unwrap();
    let refused = async {
        while sending.outbox.status().refused.is_none() {
            tokio::task::yield_now().await;
        }
    };
    timeout(WAIT, refused).await.unwrap();
    let status = sending.outbox.status();
    assert_eq!(status.refused, Some(StatusCode::SERVICE_UNAVAILABLE));
    // It was reached: hearing of it is no reason to press it.
    for _ in 0..100 {
        sending.outbox.heard_of().await;
    }
    assert_eq!(sending.acknowledged(1).await, [7].into());
    assert_eq!(sending.outbox.status().refused, None);
    assert_eq!(inbox.posts.load(Ordering::Relaxed), 4);
}

#[tokio::test]
async fn what_is_left_at_shutdown_is_counted() {
    let network = Network::new();
    let inbox = Inbox::default();
    let server = inbox.serve(&network).await;
    let address = server.address().to_string();
    server.shutdown(WAIT).await;
    let sending = Sending::to(address, &network);
    for seq in 0..5 {
        sending.outbox.push(seq, "message").unwrap();
    }
    assert_eq!(sending.outbox.shutdown(WAIT).await, 5);
}
