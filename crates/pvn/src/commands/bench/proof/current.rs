//! What it costs more to show that a fact is still current, among as many used tokens as a busy network has after years.

use std::error::Error;
use std::time::Instant;

use ledger::bundle::ProofBundle;
use ledger::certificate::Certificate;
use ledger::current::{CurrentProof, Standing, TOKEN_LEAVES, Unused};
use ledger::fact::{FIXED_LEAVES, FactRef};
use ledger::token::token;
use ledger::transaction::FORMAT;
use ledger::{Digest, Token, codec, presentation};
use protocol::limits::BATCH_REQUESTS_MAX;
use protocol::notary::store::{Mark, MemoryNotaryStore, NotaryBatch, NotaryStore as _};
use protocol::notary::{Known, MarksRoot, Notary};
use serde_json::json;
use tlog::Origin;

use super::chain::Certified;
use super::making::{Shown, median, proof};
use super::town::{NOON_MS, Town};

/// A word's most bytes, and everything else beyond the bundle.
const BYTES_GOAL: usize = 2_000;
/// The most microseconds to verify it.
const MICROS_GOAL: f64 = 100.0;
/// Marks of which the words are made, to find the longest.
const ASKED: u64 = 20_000;
/// Of how many of the longest the time is taken.
const LONGEST: usize = 8;
/// Marks that are put into the store at once.
const TOGETHER: u64 = 100_000;

/// What was measured.
pub(super) struct Current {
    tokens: u64,
    entries: u64,
    bytes_max: usize,
    word_bytes_mean: usize,
    micros_max: f64,
    whole_micros: f64,
    loaded_seconds: f64,
}

/// A notary that has used up so many tokens.
fn notary(town: &Town, tokens: u64) -> Result<Notary<MemoryNotaryStore>, Box<dyn Error>> {
    let mut store = MemoryNotaryStore::new();
    for from in (0..tokens).step_by(TOGETHER as usize) {
        let marks = (from..tokens.min(from + TOGETHER)).map(|n| Mark {
            mark: mark("used", n),
            height: 0,
        });
        store.commit(NotaryBatch {
            marks: marks.collect(),
            ..NotaryBatch::new()
        })?;
    }
    let name = town.notary.verifier_key().name().as_str();
    let origin = Origin::new(name)?;
    Ok(Notary::open(town.home, town.notary.clone(), origin, store)?)
}

/// Statements, until there are at least so many entries more in the log.
fn grow(notary: &mut Notary<MemoryNotaryStore>, entries: u64) -> Result<(), Box<dyn Error>> {
    let (begin, at_once) = (notary.size(), BATCH_REQUESTS_MAX as u64);
    for from in (begin..begin + entries).step_by(BATCH_REQUESTS_MAX) {
        let statements = (from..from + at_once).map(|n| Digest::of(&[&n.to_be_bytes()]));
        notary.register(NOON_MS, &statements.collect::<Vec<_>>())?;
    }
    Ok(())
}

fn mark(label: &str, n: u64) -> Token {
    Token(Digest::of(&[label.as_bytes(), &n.to_be_bytes()]))
}

fn word(
    notary: &Notary<MemoryNotaryStore>,
    root: &MarksRoot,
    mark: &Token,
) -> Result<Unused, Box<dyn Error>> {
    let store = notary.store();
    let known = root.of(
        mark,
        (notary.checkpoint(), notary.size()),
        |like, bits| store.marks(like, bits),
        |level, index| store.node(level, index),
    );
    match known? {
        Known::Unused(unused) => Ok(*unused),
        Known::Used => Err("a token that was never made is used up".into()),
    }
}

/// Measures a proof of the money that was paid last.
pub(super) fn measure(
    town: &Town,
    last: &Certified,
    certificate: Certificate,
    (tokens, entries): (u64, u64),
    rounds: u32,
) -> Result<Current, Box<dyn Error>> {
    let mut notary = notary(town, tokens)?;
    grow(&mut notary, entries / 2)?;
    let start = Instant::now();
    notary.keep_current(NOON_MS)?;
    let loaded_seconds = start.elapsed().as_secs_f64();
    // So that the root lies in the middle of the log, and its path is as long as any.
    grow(&mut notary, entries / 2)?;
    let root = notary.marks_root().ok_or("no root was entered")?;
    let mut words = (0..ASKED)
        .map(|n| {
            let mark = mark("unused", n);
            Ok((mark, codec::encode(&word(&notary, root, &mark)?)))
        })
        .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    words.sort_by_key(|(_, bytes)| std::cmp::Reverse(bytes.len()));
    let mut micros_max: f64 = 0.0;
    for (mark, bytes) in words.iter().take(LONGEST) {
        let micros = median(rounds, || {
            let word = codec::decode::<Unused>(bytes);
            word.is_ok_and(|word| word.verify(mark, &town.trust.notary).is_ok())
        })?;
        micros_max = micros_max.max(micros);
    }
    let bundle = proof(town, last, Shown::Money, certificate)?;
    let without = codec::encode(&bundle).len();
    let whole = whole(town, last, bundle, &notary, root)?;
    let bytes = codec::encode(&whole);
    let own_word = codec::encode(&whole.standing.unused).len();
    let longest = words.first().map_or(0, |(_, bytes)| bytes.len());
    let whole_micros = median(rounds, || {
        presentation::verify(&bytes, &town.trust, None).is_ok()
    })?;
    let all: usize = words.iter().map(|(_, bytes)| bytes.len()).sum();
    Ok(Current {
        tokens,
        entries: notary.size(),
        bytes_max: bytes.len() - without - own_word + longest,
        word_bytes_mean: all / words.len().max(1),
        micros_max,
        whole_micros,
        loaded_seconds,
    })
}

/// The money that was paid, shown to be still current.
fn whole(
    town: &Town,
    last: &Certified,
    mut bundle: ProofBundle,
    notary: &Notary<MemoryNotaryStore>,
    root: &MarksRoot,
) -> Result<CurrentProof, Box<dyn Error>> {
    let coin = &last.transaction.views[1].created[0];
    let shown = |leaf| leaf == 0 || leaf >= FIXED_LEAVES || TOKEN_LEAVES.contains(&leaf);
    bundle.fact = coin.open(shown);
    let at = FactRef {
        transaction: last.transaction.opening().id(),
        view: 1,
        output: 0,
    };
    let key = coin.token_key();
    let mark = token(&coin.control.hash(), &key.rho(&town.home.notary, &at));
    Ok(CurrentProof {
        format: FORMAT,
        standing: Standing {
            key: Digest(key.0),
            unused: word(notary, root, &mark)?,
        },
        bundle,
    })
}

impl Current {
    /// For programs, into the object with everything else.
    pub(super) fn tell(&self, all: &mut serde_json::Value) {
        all["current_proof_bytes_max"] = json!(self.bytes_max);
        all["goal_current_proof_bytes_max"] = json!(BYTES_GOAL);
        all["current_verify_us_max"] = json!(self.micros_max);
        all["goal_current_verify_us_max"] = json!(MICROS_GOAL);
        all["current"] = json!({
            "tokens": self.tokens, "log_entries": self.entries, "word_bytes_mean": self.word_bytes_mean,
            "whole_verify_us": self.whole_micros, "set_loaded_seconds": self.loaded_seconds, "asked": ASKED,
        });
    }
}

impl std::fmt::Display for Current {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} bytes more to show that it is current among {} used tokens  (goal: at most {BYTES_GOAL})\n{:.0} µs more to verify that, median of the longest  (goal: at most {MICROS_GOAL})",
            self.bytes_max, self.tokens, self.micros_max
        )
    }
}
