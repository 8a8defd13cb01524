//! Entries of the log: each has its place in the tree, and is found by its hash, as soon as it is durable.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use ledger::Digest;
use ledger::validity::Home as Belongs;
use ledger::{Lineage, NetworkId};
use node::roles::random_32;
use node::store::{DataFolder, FjallNotaryStore};
use protocol::notary::Notary;
use tlog::{KeyName, NoteSigner, Origin};

const ORIGIN: &str = "bench.example/log";
/// Entries that become durable together.
const TOGETHER: u64 = 8_192;

/// Statements entered a second.
pub(super) fn entries_per_second(folder: &Path, span: Duration) -> Result<f64, Box<dyn Error>> {
    let folder = folder.join(format!("log-{}", Digest(random_32()?).hex()));
    node::files::create_folder(&folder)?;
    let data = DataFolder::take(&folder)?;
    let store = FjallNotaryStore::open(&data)?;
    let belongs = Belongs {
        network: NetworkId(Digest::of(&[b"network"])),
        notary: Lineage::of_origin(ORIGIN),
    };
    let signer = NoteSigner::from_seed(KeyName::new(ORIGIN)?, &[7; 32])?;
    let mut notary = Notary::open(belongs, signer, Origin::new(ORIGIN)?, store)?;
    let began = Instant::now();
    let mut entries = 0u64;
    while began.elapsed() < span {
        let batch = entries..entries + TOGETHER;
        let statements: Vec<Digest> = batch.map(|n| Digest::of(&[&n.to_be_bytes()])).collect();
        notary.enter(1, &statements)?;
        entries += TOGETHER;
        if notary.size() != entries {
            return Err("not every statement has its entry".into());
        }
    }
    let rate = entries as f64 / began.elapsed().as_secs_f64();
    drop(notary);
    std::fs::remove_dir_all(&folder)?;
    Ok(rate)
}
