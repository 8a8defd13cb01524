//! Who keeps a log: the authorities of an epoch, as a text that people read, how they are decided, and how one follows another.
//!
//! Epoch 0 is the log's founder, whose own key signs. Later ones are validators, each with keys of its own, of which so many
//! must sign (docs/protocol/authorities.md).

mod decision;
mod history;

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use deed::Party;
use tlog::{Origin, SignatureType, VerifierKey};

pub use decision::DecisionRefusal;
pub(crate) use decision::decided;
pub(crate) use history::first_size;
pub use history::{History, HistoryError, Link};

use crate::limits::{VALIDATORS_MAX, VALIDATORS_MIN};

/// First line of the text: no log has this for its origin, so that no checkpoint reads as a decision.
const HEAD: &str = "pvn authorities/1";

/// One authority that keeps the log with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validator {
    /// The body, as the directory knows it.
    pub party: Party,
    /// Cosigns checkpoints (C2SP cosignature/v1).
    pub cosigner: VerifierKey,
    /// Signs decisions on who comes next.
    pub authority: VerifierKey,
    /// Agrees on the order of entries: an Ed25519 key, which no verifier asks for.
    pub consensus: [u8; tlog::KEY_BYTES],
}

/// The authorities of an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorities {
    origin: Origin,
    epoch: u32,
    validators: Vec<Validator>,
}

/// How many of so many validators must agree: all but those that may fail or lie, of whom 3f + 1 bear f. Two such majorities
/// always share an honest one, and those that fail keep nobody from reaching it.
#[must_use]
pub fn needed_of(validators: usize) -> usize {
    validators - validators.saturating_sub(1) / 3
}

impl Authorities {
    /// The authorities of an epoch of a log, one or 4 to 31 of them.
    ///
    /// # Errors
    /// [`DecisionRefusal`]: how many they are, and what stands there twice.
    pub fn new(
        origin: Origin,
        epoch: u32,
        mut validators: Vec<Validator>,
    ) -> Result<Self, DecisionRefusal> {
        validators.sort_by(|a, b| a.party.cmp(&b.party));
        Self::in_order(origin, epoch, validators)
    }

    fn in_order(
        origin: Origin,
        epoch: u32,
        validators: Vec<Validator>,
    ) -> Result<Self, DecisionRefusal> {
        let found = validators.len();
        if found != 1 && !(VALIDATORS_MIN..=VALIDATORS_MAX).contains(&found) {
            return Err(DecisionRefusal::Validators { found });
        }
        if let Some(pair) = validators.windows(2).find(|w| w[0].party >= w[1].party) {
            let party = pair[1].party.clone();
            return Err(match pair[0].party == party {
                true => DecisionRefusal::PartyTwice { party },
                false => DecisionRefusal::Unreadable {
                    reason: format!("{party} stands out of order"),
                },
            });
        }
        let mut keys = BTreeSet::new();
        for validator in &validators {
            for (_, key) in validator.keys() {
                if !keys.insert(key) {
                    let party = validator.party.clone();
                    return Err(DecisionRefusal::KeyTwice { party });
                }
            }
        }
        Ok(Self {
            origin,
            epoch,
            validators,
        })
    }

    /// Reads the text, of which there is one for the same authorities: what `Display` writes.
    ///
    /// # Errors
    /// [`DecisionRefusal`].
    pub fn parse(text: &str) -> Result<Self, DecisionRefusal> {
        let unreadable = |reason: &str| DecisionRefusal::Unreadable {
            reason: reason.to_owned(),
        };
        let mut lines = text.split_terminator('\n');
        if lines.next() != Some(HEAD) {
            return Err(unreadable("its first line is not that of a decision"));
        }
        let origin = lines.next().and_then(|line| Origin::new(line).ok());
        let origin = origin.ok_or_else(|| unreadable("its second line names no log"))?;
        let mut number = |word: &str| {
            let line = lines.next()?.strip_prefix(word)?;
            line.parse::<u32>().ok()
        };
        let epoch = number("epoch ").filter(|epoch| *epoch > 0);
        let epoch =
            epoch.ok_or_else(|| unreadable("its third line is not `epoch` and a number"))?;
        let needed = number("needed ");
        let needed =
            needed.ok_or_else(|| unreadable("its fourth line is not `needed` and a number"))?;
        let validators = lines.map(|line| Validator::parse(line).ok_or(line));
        let validators = validators.collect::<Result<Vec<_>, _>>();
        let validators =
            validators.map_err(|line| unreadable(&format!("it has the line {line:?}")))?;
        let read = Self::in_order(origin, epoch, validators)?;
        if needed as usize != read.needed() {
            return Err(DecisionRefusal::Needed {
                expected: read.needed(),
                found: needed,
            });
        }
        match read.to_string() == text {
            true => Ok(read),
            false => Err(unreadable("it is not written in its one form")),
        }
    }

    /// The log.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Number of the epoch, from 1.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// How many must sign a checkpoint, or a decision on who comes next.
    #[must_use]
    pub fn needed(&self) -> usize {
        needed_of(self.validators.len())
    }

    /// The validators, in order of their parties.
    #[must_use]
    pub fn validators(&self) -> &[Validator] {
        &self.validators
    }

    /// The keys that cosign checkpoints.
    #[must_use]
    pub fn cosigners(&self) -> Vec<VerifierKey> {
        let validators = self.validators.iter();
        validators.map(|v| v.cosigner.clone()).collect()
    }
}

/// What a public key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    Cosigns,
    Decides,
    Orders,
}

impl Validator {
    /// Reads a line `validator <party> <cosignature key> <authority key> <consensus key>`.
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix("validator ")?.split(' ');
        let mut next = || words.next();
        let party = Party::new(next()?).ok()?;
        let cosigner = VerifierKey::parse(next()?).ok()?;
        let authority = VerifierKey::parse(next()?).ok()?;
        let consensus = BASE64.decode(next()?).ok()?.try_into().ok()?;
        let are_of_their_sorts = cosigner.signature_type() == SignatureType::CosignatureV1
            && authority.signature_type() == SignatureType::Ed25519
            && !tlog::has_small_order(&consensus);
        (next().is_none() && are_of_their_sorts).then_some(Self {
            party,
            cosigner,
            authority,
            consensus,
        })
    }

    /// Its public keys, each with what it is for.
    pub(crate) fn keys(&self) -> [(Purpose, &[u8]); 3] {
        [
            (Purpose::Cosigns, self.cosigner.public_key().bytes()),
            (Purpose::Decides, self.authority.public_key().bytes()),
            (Purpose::Orders, &self.consensus),
        ]
    }
}

impl fmt::Display for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "validator {} {} {} {}",
            self.party,
            self.cosigner,
            self.authority,
            BASE64.encode(self.consensus)
        )
    }
}

impl fmt::Display for Authorities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}\n{}", self.origin)?;
        writeln!(f, "epoch {}\nneeded {}", self.epoch, self.needed())?;
        let mut validators = self.validators.iter();
        validators.try_for_each(|validator| writeln!(f, "{validator}"))
    }
}
