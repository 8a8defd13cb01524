//! What further signatures on the two notes of a proof would cost: a hybrid line on each, and 31 cosigners on the notary's.

use std::error::Error;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, ML_DSA_65_SIGNING, PqdsaKeyPair,
};
use ledger::bundle::ProofBundle;
use ledger::codec;
use tlog::hybrid::{self, ML_DSA_SIGNATURE_BYTES};
use tlog::{
    Checkpoint, Cosigner, KeyName, Note, NoteSignature, NoteSigner, SignatureType, VerifierKey,
};

use super::making::{Measured, median};
use super::town::{NOON_MS, Town, noise};

const COSIGNERS: usize = 31;

/// A note with further lines, and those lines by themselves with the keys that made them.
struct Extended {
    whole: String,
    added: String,
    keys: Vec<VerifierKey>,
}

/// Both notes of the proof signed by a hybrid key too.
pub(super) fn hybrid(
    town: &Town,
    bundle: &ProofBundle,
    rounds: u32,
) -> Result<Measured, Box<dyn Error>> {
    let notary = hybrid_line(&bundle.certificate.checkpoint, &town.notary)?;
    let registrar = hybrid_line(&bundle.map.checkpoint, &town.registrar)?;
    let mut longer = bundle.clone();
    longer.certificate.checkpoint = notary.whole.clone();
    longer.map.checkpoint = registrar.whole.clone();
    measured(town, bundle, &longer, &[notary, registrar], rounds)
}

/// The notary's note cosigned by 31 witnesses.
pub(super) fn cosigned(
    town: &Town,
    bundle: &ProofBundle,
    rounds: u32,
) -> Result<Measured, Box<dyn Error>> {
    let note = &bundle.certificate.checkpoint;
    let checkpoint = Checkpoint::parse(Note::parse(note.as_bytes())?.unverified_text().as_str())?;
    let mut lines = Vec::new();
    for n in 0..COSIGNERS {
        let name = KeyName::new(&format!("witness-{n:02}.bench.example"))?;
        let cosigner = Cosigner::from_seed(name, &noise(&format!("witness {n}")).0)?;
        let line = cosigner.cosign(&checkpoint, NOON_MS / 1_000)?;
        lines.push((line, cosigner.verifier_key().clone()));
    }
    let extended = extended(note, lines)?;
    let mut longer = bundle.clone();
    longer.certificate.checkpoint = extended.whole.clone();
    measured(town, bundle, &longer, &[extended], rounds)
}

fn hybrid_line(note: &str, log: &NoteSigner) -> Result<Extended, Box<dyn Error>> {
    let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
    let ml_dsa = PqdsaKeyPair::generate(&ML_DSA_65_SIGNING)?;
    let public = [p256.public_key().as_ref(), ml_dsa.public_key().as_ref()].concat();
    let name = log.verifier_key().name().clone();
    let key = VerifierKey::new(name, SignatureType::Hybrid, &public)?;
    let parsed = Note::parse(note.as_bytes())?;
    let text = parsed.unverified_text();
    let message = hybrid::message(text);
    let first = p256.sign(&SystemRandom::new(), &message)?;
    let mut second = vec![0; ML_DSA_SIGNATURE_BYTES];
    ml_dsa.sign(&message, &mut second)?;
    let line = hybrid::line(&key, text, first.as_ref(), &second);
    extended(note, vec![(line.ok_or("the hybrid line is wrong")?, key)])
}

fn extended(
    note: &str,
    lines: Vec<(NoteSignature, VerifierKey)>,
) -> Result<Extended, Box<dyn Error>> {
    let mut whole = Note::parse(note.as_bytes())?;
    let mut added: Option<Note> = None;
    let mut keys = Vec::new();
    for (line, key) in lines {
        whole.add(line.clone())?;
        match &mut added {
            Some(added) => added.add(line)?,
            None => added = Some(Note::new(whole.unverified_text().clone(), line)),
        }
        keys.push(key);
    }
    Ok(Extended {
        whole: whole.to_string(),
        added: added.ok_or("no lines")?.to_string(),
        keys,
    })
}

/// The size of the longer proof; the time of the proof without those lines and of the lines.
fn measured(
    town: &Town,
    bundle: &ProofBundle,
    longer: &ProofBundle,
    notes: &[Extended],
    rounds: u32,
) -> Result<Measured, Box<dyn Error>> {
    let bytes = codec::encode(bundle);
    let added = |note: &Extended| {
        let lines = Note::parse(note.added.as_bytes());
        lines.is_ok_and(|lines| lines.verify_enough(&note.keys, note.keys.len()).is_ok())
    };
    let micros = median(rounds, || {
        ledger::presentation::verify(&bytes, &town.trust, None).is_ok() && notes.iter().all(added)
    })?;
    Ok(Measured::with(longer, micros))
}
