//! Those who keep a log in turn, with their keys: also for the tests of `protocol`.

use deed::Party;
use ledger::authorities::{Authorities, Validator};
use tlog::{Checkpoint, Cosigner, KeyName, Note, NoteSigner, NoteText, Origin};

use crate::support::noise;

pub(crate) const LOG: &str = "notary.town";

pub(crate) fn name(name: &str) -> KeyName {
    KeyName::new(name).expect("a name")
}

pub(crate) fn founder() -> NoteSigner {
    NoteSigner::from_seed(name(LOG), &noise("founder").0).expect("a key")
}

/// The n-th authority, and what it has.
pub(crate) struct Body(pub(crate) u8);

impl Body {
    pub(crate) fn seed(&self, purpose: &str) -> [u8; 32] {
        noise(&format!("{purpose} of {}", self.0)).0
    }

    pub(crate) fn cosigner(&self) -> Cosigner {
        let name = name(&format!("body{}.town/log", self.0));
        Cosigner::from_seed(name, &self.seed("cosigner")).expect("a key")
    }

    pub(crate) fn authority(&self) -> NoteSigner {
        let name = name(&format!("body{}.town/authority", self.0));
        NoteSigner::from_seed(name, &self.seed("authority")).expect("a key")
    }

    pub(crate) fn validator(&self) -> Validator {
        let consensus = NoteSigner::from_seed(name("c"), &self.seed("consensus")).expect("a key");
        let consensus = consensus.verifier_key().public_key().bytes();
        Validator {
            party: Party::new(&format!("GB-TOWN-{}", self.0)).expect("a party"),
            cosigner: self.cosigner().verifier_key().clone(),
            authority: self.authority().verifier_key().clone(),
            consensus: consensus.try_into().expect("32 bytes"),
        }
    }
}

pub(crate) fn validators(bodies: &[u8]) -> Vec<Validator> {
    bodies.iter().map(|n| Body(*n).validator()).collect()
}

pub(crate) fn authorities(epoch: u32, bodies: &[u8]) -> Authorities {
    let origin = Origin::new(LOG).expect("an origin");
    Authorities::new(origin, epoch, validators(bodies)).expect("authorities")
}

pub(crate) fn note(text: &str, signers: &[NoteSigner]) -> String {
    let text = NoteText::new(text).expect("a text");
    let mut lines = signers
        .iter()
        .map(|signer| signer.sign(&text).expect("signs"));
    let mut note = Note::new(text.clone(), lines.next().expect("a signer"));
    lines.for_each(|line| note.add(line).expect("a line"));
    note.to_string()
}

pub(crate) fn approvals(bodies: &[u8]) -> Vec<NoteSigner> {
    bodies.iter().map(|n| Body(*n).authority()).collect()
}

/// A checkpoint, signed by the founder or by these bodies.
pub(crate) fn cosigned(checkpoint: &Checkpoint, by: &[u8]) -> String {
    let mut lines = by
        .iter()
        .map(|n| Body(*n).cosigner().cosign(checkpoint, 7).expect("signs"));
    let Some(first) = lines.next() else {
        return checkpoint.sign(&founder()).expect("signs").to_string();
    };
    let mut note = Note::new(checkpoint.note_text(), first);
    lines.for_each(|line| note.add(line).expect("a line"));
    note.to_string()
}
