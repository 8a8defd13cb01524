//! Delivering messages to one peer: in batches, for as long as it takes.
//!
//! The durable copy of each message is in the store; here is the queue in memory, filled again from there on start.
//! Delivery is at least once and keeps no order, so messages are idempotent and carry what order they need.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use deed::Party;
use hyper::StatusCode;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::backoff::Backoff;
use super::batch::{Batch, MESSAGES_PATH};
use super::call_error::CallError;
use super::client::PeerClient;
use super::counters::Counters;
use super::reach::Reach;
use crate::limits::{BATCHES_IN_FLIGHT, HEARD_AGAIN_MS, MESSAGE_BYTES_MAX};

/// Why a message was not queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// No peer would take it.
    #[error("a message of {bytes} bytes, at most {MESSAGE_BYTES_MAX} are taken")]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// There is nothing to say.
    #[error("an empty message")]
    Empty,
    /// The outbox has been shut down.
    #[error("the outbox has been shut down")]
    Closed,
}

/// What an outbox is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxStatus {
    /// Whom it sends to.
    pub party: Party,
    /// Messages not yet acknowledged, those on their way included.
    pub queued: u64,
    /// Their bytes.
    pub queued_bytes: u64,
    /// Messages acknowledged since the start.
    pub delivered: u64,
    /// How reachable the peer has been.
    pub reach: Reach,
    /// The last answer that was not an acknowledgement, since the last one that was.
    pub refused: Option<StatusCode>,
}

/// The sender of one peer's messages.
#[derive(Debug)]
pub struct Outbox {
    client: Arc<PeerClient>,
    queue: mpsc::UnboundedSender<Message>,
    shared: Arc<Shared>,
    heard: Mutex<Option<Instant>>,
    stop: watch::Sender<bool>,
    sending: JoinHandle<()>,
}

#[derive(Clone, Debug)]
struct Message {
    seq: u64,
    bytes: Bytes,
}

#[derive(Debug, Default)]
struct Shared {
    queued: AtomicU64,
    queued_bytes: AtomicU64,
    delivered: AtomicU64,
    refused: AtomicU64,
    nudge: Notify,
}

impl Outbox {
    /// Starts sending. `acknowledged` is called with the sequence numbers of each batch that the peer has taken.
    pub fn start(
        client: Arc<PeerClient>,
        counters: Arc<Counters>,
        acknowledged: impl FnMut(Vec<u64>) + Send + 'static,
    ) -> Outbox {
        let (queue, incoming) = mpsc::unbounded_channel();
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::new(Shared::default());
        let sender = Sender {
            client: Arc::clone(&client),
            counters,
            shared: Arc::clone(&shared),
            waiting: VecDeque::new(),
            posts: JoinSet::new(),
            backoff: Backoff::default(),
            paused_until: None,
        };
        Outbox {
            client,
            queue,
            shared,
            heard: Mutex::new(None),
            stop,
            sending: tokio::spawn(sender.run(incoming, stopped, acknowledged)),
        }
    }

    /// Queues a message. The queue has no bound of its own: it is a copy of what the store already holds, and its
    /// length is on the health page.
    pub fn push(&self, seq: u64, bytes: impl Into<Bytes>) -> Result<(), PushError> {
        let bytes = bytes.into();
        let length = bytes.len();
        match length {
            0 => return Err(PushError::Empty),
            _ if length > MESSAGE_BYTES_MAX => return Err(PushError::TooLarge { bytes: length }),
            _ => {}
        }
        self.shared.queued.fetch_add(1, Ordering::Relaxed);
        self.shared
            .queued_bytes
            .fetch_add(length as u64, Ordering::Relaxed);
        self.queue.send(Message { seq, bytes }).map_err(|_| {
            self.shared.taken(1, length as u64);
            PushError::Closed
        })
    }

    /// Whether the peer could not be reached when last called.
    pub fn is_out_of_reach(&self) -> bool {
        self.client.reach().failures > 0
    }

    /// The peer was heard of: if it could not be reached, it is tried again at once instead of after the pause, though not
    /// with everything that it says. Whoever refuses messages is reached, and waited for.
    pub async fn heard_of(&self) {
        if !self.is_out_of_reach() {
            return;
        }
        let again = Duration::from_millis(HEARD_AGAIN_MS);
        {
            let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
            if heard.is_some_and(|at| at.elapsed() < again) {
                return;
            }
            *heard = Some(Instant::now());
        }
        self.client.retry_now().await;
        self.shared.nudge.notify_one();
    }

    /// What it is doing.
    pub fn status(&self) -> OutboxStatus {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        OutboxStatus {
            party: self.client.party().clone(),
            queued: read(&self.shared.queued),
            queued_bytes: read(&self.shared.queued_bytes),
            delivered: read(&self.shared.delivered),
            reach: self.client.reach(),
            refused: u16::try_from(read(&self.shared.refused))
                .ok()
                .and_then(|status| StatusCode::from_u16(status).ok()),
        }
    }

    /// Sends nothing more, waits up to `grace` for what is on its way, and returns how many messages are left for
    /// the next start.
    pub async fn shutdown(mut self, grace: Duration) -> u64 {
        // An error only says that the task has ended already.
        let _ = self.stop.send(true);
        let ended = tokio::time::timeout(grace, &mut self.sending).await;
        tracing::debug!(party = %self.client.party(), in_time = ended.is_ok(), "outbox closed");
        self.shared.queued.load(Ordering::Relaxed)
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.sending.abort();
    }
}

impl Shared {
    fn taken(&self, messages: u64, bytes: u64) {
        self.queued.fetch_sub(messages, Ordering::Relaxed);
        self.queued_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// How a batch fared.
enum Fate {
    Taken,
    Refused(StatusCode),
    Lost(CallError),
}

struct Sender {
    client: Arc<PeerClient>,
    counters: Arc<Counters>,
    shared: Arc<Shared>,
    waiting: VecDeque<Message>,
    posts: JoinSet<(Vec<Message>, Fate)>,
    backoff: Backoff,
    paused_until: Option<Instant>,
}

impl Sender {
    async fn run(
        mut self,
        mut incoming: mpsc::UnboundedReceiver<Message>,
        mut stopped: watch::Receiver<bool>,
        mut acknowledged: impl FnMut(Vec<u64>) + Send + 'static,
    ) {
        let shared = Arc::clone(&self.shared);
        loop {
            while let Ok(message) = incoming.try_recv() {
                self.waiting.push_back(message);
            }
            self.post_what_is_due();
            let due = self.paused_until;
            tokio::select! {
                _ = stopped.wait_for(|stop| *stop) => break,
                Some(message) = incoming.recv() => self.waiting.push_back(message),
                Some(post) = self.posts.join_next() => self.settle(post, &mut acknowledged),
                () = wait_until(due) => self.paused_until = None,
                () = shared.nudge.notified() => self.paused_until = None,
            }
        }
        while let Some(post) = self.posts.join_next().await {
            self.settle(post, &mut acknowledged);
        }
    }

    fn post_what_is_due(&mut self) {
        while self.paused_until.is_none()
            && self.posts.len() < BATCHES_IN_FLIGHT
            && !self.waiting.is_empty()
        {
            let mut batch = Batch::new();
            let mut messages = Vec::new();
            while let Some(message) = self.waiting.front()
                && batch.push(&message.bytes)
            {
                messages.extend(self.waiting.pop_front());
            }
            let client = Arc::clone(&self.client);
            self.posts.spawn(async move {
                let fate = match client.post(MESSAGES_PATH, batch.into_bytes()).await {
                    Ok(reply) if reply.status.is_success() => Fate::Taken,
                    Ok(reply) => Fate::Refused(reply.status),
                    Err(error) => Fate::Lost(error),
                };
                (messages, fate)
            });
        }
    }

    fn settle(
        &mut self,
        post: Result<(Vec<Message>, Fate), tokio::task::JoinError>,
        acknowledged: &mut impl FnMut(Vec<u64>),
    ) {
        let (messages, fate) = match post {
            Ok(settled) => settled,
            // Only on shutdown of the runtime; the store still has the messages.
            Err(error) => return tracing::warn!(%error, "a batch was not followed to its end"),
        };
        let party = self.client.party();
        match fate {
            Fate::Taken => {
                self.backoff.succeeded();
                self.paused_until = None;
                self.shared.refused.store(0, Ordering::Relaxed);
                let bytes = messages.iter().map(|message| message.bytes.len() as u64);
                self.shared.taken(messages.len() as u64, bytes.sum());
                let count = messages.len();
                self.shared
                    .delivered
                    .fetch_add(count as u64, Ordering::Relaxed);
                self.counters.messages_sent(count);
                return acknowledged(messages.iter().map(|message| message.seq).collect());
            }
            Fate::Refused(status) => {
                tracing::warn!(%party, %status, "a batch was refused; it will be sent again");
                let status = status.as_u16().into();
                self.shared.refused.store(status, Ordering::Relaxed);
            }
            Fate::Lost(error) => {
                tracing::debug!(%party, %error, "a batch was not delivered; it will be sent again");
                if let CallError::Paused { retry_in, .. } = error {
                    self.paused_until = Some(Instant::now() + retry_in);
                }
            }
        }
        // Several batches on the way fail together; that is one failure.
        if self.paused_until.is_none() {
            self.paused_until = Some(Instant::now() + self.backoff.failed());
        }
        for message in messages.into_iter().rev() {
            self.waiting.push_front(message);
        }
    }
}

async fn wait_until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}
