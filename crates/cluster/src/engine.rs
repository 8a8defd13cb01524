//! One validator: the engine that orders, put together the same way on a real runtime and on a simulated one.

use std::num::{NonZeroU16, NonZeroU64, NonZeroUsize};
use std::sync::Arc;

use commonware_broadcast::buffered;
use commonware_consensus::marshal::core::Actor as Marshal;
use commonware_consensus::marshal::resolver::p2p as backfill;
use commonware_consensus::marshal::standard::{Deferred, Standard};
use commonware_consensus::marshal::{self, Start};
use commonware_consensus::simplex::config::{Floor, ForwardPolicy, SkipPolicy};
use commonware_consensus::simplex::elector::RoundRobin;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::{self, SkipBudget};
use commonware_consensus::types::{Epoch, FixedEpocher, Height, ViewDelta};
use commonware_cryptography::certificate::{ConstantProvider, Verifier as _};
use commonware_cryptography::ed25519::PublicKey;
use commonware_cryptography::sha256::Sha256;
use commonware_cryptography::{Digested, Digestible as _, Signer as _};
use commonware_p2p::{Blocker, Provider, Receiver, Sender};
use commonware_parallel::Sequential;
use commonware_runtime::buffer::paged::CacheRef;
use commonware_runtime::{Clock, Handle, Metrics, Spawner, Storage};
use commonware_storage::archive::prunable;
use commonware_storage::translator::EightCap;
use commonware_utils::{NZU16, NZU64, NZUsize, NonZeroDuration};
use ledger::log_keys::LogKeys;
use protocol::notary::store::NotaryStore;
use protocol::notary::{Machine, Published};
use rand_core::CryptoRng;
use tlog::Cosigner;
use tokio::sync::{mpsc, watch};

use crate::applier::{Applier, Delivery, Status, Stopped, Voices};
use crate::block::Block;
use crate::committee::{Committee, CommitteeError, ConsensusKey};
use crate::limits::{
    BLOCKS_AHEAD, BLOCKS_KEPT, BLOCKS_PER_SECTION, CERTIFICATION_TIMEOUT, FETCH_TIMEOUT,
    LEADER_TIMEOUT, MAILBOX, RETRY, SKIP_TIMEOUT, VIEWS_KEPT,
};
use crate::orderer::Orderer;
use crate::pool::{Answers, AskError, Asking, Pool};

const PAGE_BYTES: NonZeroU16 = NZU16!(4_084);
const PAGES: NonZeroUsize = NZUsize!(2_048);
const BUFFER_BYTES: NonZeroUsize = NZUsize!(1024 * 1024);
/// The engine knows one epoch: each of ours has an engine of its own, with folders and a namespace of its own.
const EPOCH: Epoch = Epoch::zero();
const HEIGHTS: NonZeroU64 = NZU64!(u64::MAX);

/// What a validator needs.
pub struct Setup<S> {
    /// What it votes with.
    pub key: ConsensusKey,
    /// What it cosigns with.
    pub cosigner: Cosigner,
    /// Who signs the network map.
    pub registrar: LogKeys,
    /// What it decides with.
    pub machine: Machine<S>,
    /// The last checkpoint that was published, by those before or by these.
    pub published: Published,
    /// Under what name the engine keeps its votes and blocks: one validator, one name.
    pub store: String,
    /// The newest checkpoint of the network map that it has, as the registrar signed it; empty as long as there is none.
    pub maps: watch::Receiver<String>,
}

/// What validators say to each other, each on a channel of its own.
pub struct Channels<S, R> {
    /// Votes.
    pub votes: (S, R),
    /// What was voted enough for.
    pub certificates: (S, R),
    /// Asking for what was voted enough for.
    pub resolver: (S, R),
    /// Asking for blocks.
    pub backfill: (S, R),
    /// Blocks.
    pub blocks: (S, R),
    /// Cosigned checkpoints.
    pub checkpoints: (S, R),
}

/// Why a validator isn't started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// Nobody can validate this log.
    #[error(transparent)]
    Committee(#[from] CommitteeError),
    /// It is none of them.
    #[error("this validator's consensus key is not among the epoch's")]
    NotOne,
    /// Its cosigner's key is another's.
    #[error("this validator's cosigning key is not the one that the epoch knows")]
    OtherCosigner,
    /// The engine's own store.
    #[error("the engine's store: {0}")]
    Storage(String),
}

/// A running validator.
pub struct Validating {
    asks: Asks,
    engine: Handle<()>,
    applier: Handle<Stopped>,
}

/// What the rest of a process sees of its validator.
#[derive(Clone)]
pub struct Asks {
    pool: Arc<Pool>,
    published: watch::Receiver<Published>,
    status: watch::Receiver<Status>,
}

impl Asks {
    /// Asks, and waits until the answer is durable here and under a checkpoint that enough validators have cosigned.
    ///
    /// # Errors
    /// [`AskError`]; nothing if the validator stops meanwhile.
    pub async fn ask(&self, asking: Asking) -> Result<Option<Answers>, AskError> {
        Ok(self.pool.ask(asking)?.await.ok())
    }

    /// The latest checkpoint with enough signatures.
    #[must_use]
    pub fn published(&self) -> watch::Receiver<Published> {
        self.published.clone()
    }

    /// How the validator stands.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status.borrow().clone()
    }
}

impl Validating {
    /// What the rest of the process sees of it.
    #[must_use]
    pub fn asks(&self) -> Asks {
        self.asks.clone()
    }

    /// Waits until it stops, which it does only when something is wrong.
    pub async fn stopped(self) -> Stopped {
        let engine = self.engine;
        tokio::select! {
            stopped = self.applier => stopped.unwrap_or(Stopped::Engine),
            _ = engine => Stopped::Engine,
        }
    }
}

/// Starts a validator.
///
/// # Errors
/// [`StartError`].
pub async fn start<E, S, Sn, Rc, B, P>(
    runtime: E,
    setup: Setup<S>,
    channels: Channels<Sn, Rc>,
    blocker: B,
    peers: P,
) -> Result<Validating, StartError>
where
    E: Clock + CryptoRng + Spawner + Storage + Metrics,
    S: NotaryStore + Send + 'static,
    Sn: Sender<PublicKey = PublicKey>,
    Rc: Receiver<PublicKey = PublicKey>,
    B: Blocker<PublicKey = PublicKey>,
    P: Provider<PublicKey = PublicKey>,
{
    let committee = Arc::new(Committee::of(setup.machine.keys())?);
    let me = setup.key.signer().public_key();
    let place = committee.place_of(&me).ok_or(StartError::NotOne)?;
    let known = committee.validators().get(place).map(|one| &one.cosigner);
    if known != Some(setup.cosigner.verifier_key()) {
        return Err(StartError::OtherCosigner);
    }
    let scheme = Scheme::signer(
        &committee.namespace(),
        committee.keys().clone(),
        setup.key.signer().clone(),
    );
    let scheme = scheme.ok_or(StartError::NotOne)?;
    let prefix = format!("{}-epoch-{}", setup.store, committee.epoch());
    let pages = CacheRef::new(PAGE_BYTES, PAGES);
    let mailbox = NZUsize!(MAILBOX);
    let fetch_timeout = NonZeroDuration::new_panic(FETCH_TIMEOUT);

    let pool = Arc::new(Pool::default());
    let (published, hear_published) = watch::channel(setup.published.clone());
    let (agreed, hear_agreed) = watch::channel(setup.machine.agreed().clone());
    let (status, hear_status) = watch::channel(Status::default());
    let orderer = Orderer {
        pool: Arc::clone(&pool),
        committee: Arc::clone(&committee),
        registrar: Arc::new(setup.registrar),
        maps: setup.maps,
        agreed: hear_agreed,
    };

    let resolver = backfill::init(
        runtime.child("backfill"),
        backfill::Config {
            public_key: me.clone(),
            peer_provider: peers.clone(),
            blocker: blocker.clone(),
            mailbox_size: mailbox,
            fetch_timeout,
            fetch_retry_delay: RETRY,
            priority_requests: false,
            priority_responses: false,
        },
        channels.backfill,
    );
    let (broadcast, buffer) = buffered::Engine::new(
        runtime.child("blocks"),
        buffered::Config {
            public_key: me.clone(),
            mailbox_size: mailbox,
            deque_size: BLOCKS_AHEAD,
            priority: true,
            codec_config: (),
            peer_provider: peers,
            strategy: Sequential,
        },
    );
    broadcast.start(channels.blocks);

    let archive = |name: &str| Parts {
        prefix: format!("{prefix}-{name}"),
        pages: pages.clone(),
    };
    let storage =
        |error: commonware_storage::archive::Error| StartError::Storage(error.to_string());
    let finalizations = prunable::Archive::init(
        runtime.child("finalizations"),
        archive("finalizations").config(Scheme::certificate_codec_config_unbounded()),
    );
    let finalizations = finalizations.await.map_err(storage)?;
    let blocks = prunable::Archive::init(runtime.child("final"), archive("final").config(()));
    let blocks = blocks.await.map_err(storage)?;
    let genesis = Block::genesis(&committee, EPOCH);
    let genesis_digest = genesis.digest();
    let epocher = FixedEpocher::new(HEIGHTS);
    let (marshal, marshalled, _) = Marshal::<_, Standard<Block>, _, _, _, _, _>::init(
        runtime.child("marshal"),
        finalizations,
        blocks,
        marshal::Config {
            provider: ConstantProvider::<_, Epoch>::new(scheme.clone()),
            epocher: epocher.clone(),
            start: Start::Genesis(Digested::precomputed(genesis, genesis_digest)),
            partition_prefix: prefix.clone(),
            mailbox_size: mailbox,
            view_retention: ViewDelta::new(VIEWS_KEPT),
            prunable_items_per_section: NZU64!(BLOCKS_PER_SECTION),
            page_cache: pages.clone(),
            replay_buffer: BUFFER_BYTES,
            key_write_buffer: BUFFER_BYTES,
            value_write_buffer: BUFFER_BYTES,
            block_codec_config: (),
            max_repair: NZUsize!(BLOCKS_AHEAD),
            max_pending_acks: NZUsize!(BLOCKS_AHEAD),
            strategy: Sequential,
        },
    )
    .await;

    let (deliver, delivered) = mpsc::unbounded_channel();
    marshal.start(Delivery(deliver), buffer, resolver);

    let forget = marshalled.clone();
    let applier = Applier::new(
        setup.machine,
        orderer.clone(),
        Arc::new(setup.cosigner),
        Voices {
            published,
            agreed,
            status,
        },
        setup.published,
        Box::new(move |height: u64| {
            if height.is_multiple_of(BLOCKS_PER_SECTION) && height > BLOCKS_KEPT {
                forget.prune(Height::new(height - BLOCKS_KEPT));
            }
        }),
    );
    // It waits for the disk: no other task waits with it.
    let applier = runtime
        .child("applier")
        .dedicated()
        .spawn(move |runtime| applier.run(runtime, delivered, channels.checkpoints));

    let deferred = Deferred::new(runtime.child("orderer"), orderer, marshalled, epocher);
    let engine = simplex::Engine::new(
        runtime.child("simplex"),
        simplex::Config {
            scheme,
            elector: RoundRobin::<Sha256>::default(),
            blocker,
            automaton: deferred.clone(),
            relay: deferred.clone(),
            reporter: deferred,
            strategy: Sequential,
            partition: format!("{prefix}-votes"),
            mailbox_size: mailbox,
            epoch: EPOCH,
            floor: Floor::Genesis(genesis_digest),
            replay_buffer: BUFFER_BYTES,
            write_buffer: BUFFER_BYTES,
            page_cache: pages,
            leader_timeout: LEADER_TIMEOUT,
            certification_timeout: CERTIFICATION_TIMEOUT,
            timeout_retry: RETRY,
            view_retention: ViewDelta::new(VIEWS_KEPT),
            skip: SkipPolicy::Enabled {
                timeout: SKIP_TIMEOUT,
                budget: SkipBudget::Participants,
            },
            fetch_timeout,
            fetch_retry_delay: RETRY,
            forward: ForwardPolicy::SilentLeader,
            track_historical_votes: false,
        },
    );
    let engine = engine.start(channels.votes, channels.certificates, channels.resolver);
    Ok(Validating {
        asks: Asks {
            pool,
            published: hear_published,
            status: hear_status,
        },
        engine,
        applier,
    })
}

/// Where an archive keeps its parts.
struct Parts {
    prefix: String,
    pages: CacheRef,
}

impl Parts {
    fn config<C>(self, codec_config: C) -> prunable::Config<EightCap, C> {
        let Self { prefix, pages } = self;
        prunable::Config {
            translator: EightCap,
            metadata_partition: format!("{prefix}-metadata"),
            key_partition: format!("{prefix}-keys"),
            key_page_cache: pages,
            value_partition: format!("{prefix}-values"),
            compression: None,
            codec_config,
            items_per_section: NZU64!(BLOCKS_PER_SECTION),
            key_write_buffer: BUFFER_BYTES,
            value_write_buffer: BUFFER_BYTES,
            replay_buffer: BUFFER_BYTES,
        }
    }
}
