//! The real thing: sockets, a thread pool, and the vote journal in the data folder.

use std::net::SocketAddr;
use std::path::PathBuf;

use commonware_consensus::marshal::standard::Standard;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::{marshal, simplex};
use commonware_cryptography::ChaCha20Poly1305;
use commonware_cryptography::ed25519::{PrivateKey, PublicKey};
use commonware_cryptography::sha256::Digest;
use commonware_p2p::authenticated::lookup;
use commonware_p2p::{Address, AddressableManager as _, max_message_size};
use commonware_runtime::{Quota, Runner as _, Supervisor as _, tokio as runtime};
use commonware_stream::cups::{self, Cups};
use commonware_stream::sake::{self, Sake};
use commonware_utils::ordered::Map;
use commonware_utils::{NZU32, NZUsize};
use ledger::limits::VALIDATORS_MAX;
use protocol::notary::store::NotaryStore;

use crate::applier::Stopped;
use crate::block::Block;
use crate::committee::{Committee, public_key};
use crate::engine::{Asks, Channels, Setup, StartError, start};
use crate::limits::{LINE_BYTES_MAX, MAILBOX, MESSAGES_PER_SECOND};

const NAMESPACE: &[u8] = b"pvn-validators/1";
/// How far the clocks of two validators may be apart for them to talk.
const CLOCKS_APART: std::time::Duration =
    std::time::Duration::from_millis(protocol::limits::CLOCK_SKEW_MS);
/// Threads of the engine: it waits for the network and the disk most of the time.
const THREADS: usize = 2;

/// Where a validator and the others are.
pub struct Network {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where each validator, itself among them, is reached, by its consensus key.
    pub addresses: Vec<([u8; 32], SocketAddr)>,
    /// Where the engine keeps its votes and blocks. Votes that are lost can be cast again, differently: a validator must never
    /// run without those that it cast, nor with an older copy of them.
    pub folder: PathBuf,
}

/// Why a validator didn't start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// An address is missing, given twice, or nobody's.
    #[error("each validator needs one address, and nobody else one")]
    Addresses,
    /// It can't start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// It stopped.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Bytes of the largest message that validators send each other: alike at all of them.
fn message_bytes_max(committee: &Committee) -> u32 {
    let validators = committee.validators().len() as u32;
    max_message_size(&[
        simplex::max_payload_size::<Scheme, Digest>(validators),
        marshal::max_payload_size::<Standard<Block>, Scheme>(validators, &()),
        LINE_BYTES_MAX + 1,
    ])
}

/// Runs a validator on this thread until something is wrong or `until` says that it shall stop. Once it is up, `up` is told.
///
/// # Errors
/// [`NetworkError`].
pub fn run<S: NotaryStore + Send + 'static>(
    network: Network,
    setup: Setup<S>,
    up: impl FnOnce(Asks),
    until: impl Future<Output = ()>,
) -> Result<(), NetworkError> {
    let mut addresses: Vec<(PublicKey, Address)> = Vec::new();
    for (key, address) in &network.addresses {
        let key = public_key(key).ok_or(NetworkError::Addresses)?;
        addresses.push((key, Address::Symmetric(*address)));
    }
    let addresses: Map<PublicKey, Address> =
        addresses.try_into().map_err(|_| NetworkError::Addresses)?;
    let committee = Committee::of(setup.machine.keys()).map_err(StartError::from)?;
    if addresses.keys() != committee.keys() {
        return Err(NetworkError::Addresses);
    }
    let config = runtime::Config::new()
        .with_worker_threads(THREADS)
        .with_storage_directory(network.folder)
        .with_tcp_nodelay(Some(true));
    runtime::Runner::new(config).start(async move |context| {
        let handshake = Cups::<Sake<PrivateKey>, ChaCha20Poly1305>::new(
            Sake {
                signer: setup.key.signer().clone(),
                synchrony_bound: CLOCKS_APART,
                max_handshake_age: CLOCKS_APART,
                version: sake::Version::V1,
            },
            cups::Version::V1,
        );
        let mut config = lookup::Config::local(
            handshake,
            NAMESPACE,
            network.listen,
            NZUsize!(VALIDATORS_MAX),
            message_bytes_max(&committee),
            NZUsize!(MAILBOX),
        );
        // Addresses come from the directory, and who is who is known by keys.
        config.bypass_ip_check = true;
        config.tracked_peer_sets = NZUsize!(1);
        let (mut lookup, mut oracle) = lookup::Network::new(context.child("network"), config);
        oracle.track(0, addresses);
        let quota = Quota::per_second(NZU32!(MESSAGES_PER_SECOND));
        let channels = Channels {
            votes: lookup.register(0, quota),
            certificates: lookup.register(1, quota),
            resolver: lookup.register(2, quota),
            backfill: lookup.register(3, quota),
            blocks: lookup.register(4, quota),
            checkpoints: lookup.register(5, quota),
        };
        let running = lookup.start();
        let validating = start(
            context.child("validator"),
            setup,
            channels,
            oracle.clone(),
            oracle,
        )
        .await?;
        up(validating.asks());
        tokio::select! {
            stopped = validating.stopped() => Err(stopped.into()),
            _ = running => Err(Stopped::Engine.into()),
            () = until => Ok(()),
        }
    })
}
