//! Notes that a P-256 and an ML-DSA-65 key sign together.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, ML_DSA_65_SIGNING, PqdsaKeyPair,
};
use tlog::hybrid::{
    self, KEY_BYTES, ML_DSA_SIGNATURE_BYTES, P256_KEY_BYTES, P256_SIGNATURE_BYTES, SIGNATURE_BYTES,
};
use tlog::{
    KeyName, Note, NoteSignature, NoteSigner, NoteText, NoteVerifyError, PublicKeyError,
    SignatureType, VerifierKey,
};

/// Keys made anew in each run: nothing below depends on which.
struct Pair {
    p256: EcdsaKeyPair,
    ml_dsa: PqdsaKeyPair,
    key: VerifierKey,
}

fn name() -> KeyName {
    KeyName::new("log.example").unwrap()
}

fn key_of(p256: &[u8], ml_dsa: &[u8]) -> Result<VerifierKey, PublicKeyError> {
    VerifierKey::new(name(), SignatureType::Hybrid, &[p256, ml_dsa].concat())
}

fn pair() -> Pair {
    let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let ml_dsa = PqdsaKeyPair::generate(&ML_DSA_65_SIGNING).unwrap();
    let key = key_of(p256.public_key().as_ref(), ml_dsa.public_key().as_ref()).unwrap();
    Pair { p256, ml_dsa, key }
}

impl Pair {
    fn halves(&self, message: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let p256 = self.p256.sign(&SystemRandom::new(), message).unwrap();
        let mut ml_dsa = vec![0; ML_DSA_SIGNATURE_BYTES];
        let length = self.ml_dsa.sign(message, &mut ml_dsa).unwrap();
        assert_eq!(length, ML_DSA_SIGNATURE_BYTES);
        (p256.as_ref().to_vec(), ml_dsa)
    }

    fn line(&self, text: &NoteText) -> NoteSignature {
        let (p256, ml_dsa) = self.halves(&hybrid::message(text));
        hybrid::line(&self.key, text, &p256, &ml_dsa).expect("the halves verify")
    }
}

fn text() -> NoteText {
    NoteText::new("log.example\n3\nroot\n".to_owned()).unwrap()
}

/// A note whose one line holds these bytes in the name of the key.
fn note(key: &VerifierKey, signature: &[u8]) -> Note {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let bytes = [&key.id().0[..], signature].concat();
    let line = format!("\u{2014} {} {}", key.name(), STANDARD.encode(bytes));
    Note::new(text(), NoteSignature::parse(&line).unwrap())
}

fn is_valid(key: &VerifierKey, signature: &[u8]) -> bool {
    note(key, signature)
        .verify_exact(std::slice::from_ref(key))
        .is_ok()
}

#[test]
fn a_hybrid_key_has_one_text_and_signs_notes() {
    let pair = pair();
    let vkey = pair.key.to_string();
    assert_eq!(VerifierKey::parse(&vkey).as_ref(), Ok(&pair.key));
    assert_eq!(pair.key.public_key().bytes().len(), KEY_BYTES);
    let line = pair.line(&text());
    assert_eq!(line.signature().len(), SIGNATURE_BYTES);
    let note = Note::new(text(), line);
    let read = Note::parse(note.to_string().as_bytes()).unwrap();
    let trusted = [pair.key.clone()];
    assert_eq!(read.verify_exact(&trusted).unwrap().signatures.len(), 1);
    let other = [self::pair().key];
    let refused = read.verify_any(&other).unwrap_err();
    assert_eq!(refused, NoteVerifyError::NoTrustedSignature);
}

#[test]
fn no_byte_of_a_signature_can_change_and_neither_half_can_be_left_out() {
    let pair = pair();
    let signature = pair.line(&text()).signature().to_vec();
    assert!(is_valid(&pair.key, &signature));
    for at in (0..P256_SIGNATURE_BYTES).chain((P256_SIGNATURE_BYTES..SIGNATURE_BYTES).step_by(7)) {
        let mut changed = signature.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(!is_valid(&pair.key, &changed), "byte {at}");
    }
    let (p256, ml_dsa) = signature.split_at(P256_SIGNATURE_BYTES);
    let longer = [&signature[..], &[0]].concat();
    for cut in [
        p256,
        ml_dsa,
        &signature[1..],
        &longer,
        &signature[..SIGNATURE_BYTES - 1],
    ] {
        assert!(!is_valid(&pair.key, cut), "{} bytes", cut.len());
    }
}

#[test]
fn the_halves_are_over_this_text_under_this_algorithms_name() {
    let pair = pair();
    let text = text();
    let (p256, ml_dsa) = pair.halves(&hybrid::message(&text));
    let (plain_p256, plain_ml_dsa) = pair.halves(text.as_str().as_bytes());
    let other = self::pair();
    let cases = [
        ("both as they should be", &pair.key, &p256, &ml_dsa, true),
        (
            "P-256 over the bare text",
            &pair.key,
            &plain_p256,
            &ml_dsa,
            false,
        ),
        (
            "ML-DSA over the bare text",
            &pair.key,
            &p256,
            &plain_ml_dsa,
            false,
        ),
        ("another's key", &other.key, &p256, &ml_dsa, false),
    ];
    for (what, key, p256, ml_dsa, valid) in cases {
        let line = hybrid::line(key, &text, p256, ml_dsa);
        assert_eq!(line.is_some(), valid, "{what}");
    }
    let ed25519 = NoteSigner::from_seed(name(), &[1; 32]).unwrap();
    let line = hybrid::line(ed25519.verifier_key(), &text, &p256, &ml_dsa);
    assert_eq!(line, None, "no hybrid key");
}

/// The order of P-256's group less s.
fn other_s(s: &[u8]) -> Vec<u8> {
    let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let order = tlog::Hash::from_hex(order).unwrap().0;
    let mut borrow = 0;
    let mut out: Vec<u8> = Vec::new();
    for (o, s) in order.iter().zip(s).rev() {
        let difference = i16::from(*o) - i16::from(*s) - borrow;
        borrow = i16::from(difference < 0);
        out.insert(0, u8::try_from(difference.rem_euclid(256)).unwrap());
    }
    out
}

#[test]
fn of_the_two_s_only_the_smaller_is_accepted() {
    let pair = pair();
    let mut met = [false; 2];
    // Each of the two comes up in half of all signatures.
    for _ in 0..64 {
        let (p256, ml_dsa) = pair.halves(&hybrid::message(&text()));
        let line = hybrid::line(&pair.key, &text(), &p256, &ml_dsa).unwrap();
        let signature = line.signature();
        let changed = signature[32..64] != p256[32..];
        met[usize::from(changed)] = true;
        let altered = [&signature[..32], &other_s(&signature[32..64]), &ml_dsa].concat();
        assert!(is_valid(&pair.key, signature));
        assert!(!is_valid(&pair.key, &altered));
    }
    assert_eq!(met, [true, true]);
}

#[test]
fn a_key_has_one_form() {
    let pair = pair();
    let (p256, ml_dsa) = pair.key.public_key().bytes().split_at(P256_KEY_BYTES);
    let mut off_the_curve = p256.to_vec();
    off_the_curve[64] ^= 1;
    let mut compressed = vec![2 + (p256[64] & 1)];
    compressed.extend_from_slice(&p256[1..33]);
    let hybrid_form = [&[6 + (p256[64] & 1)], &p256[1..]].concat();
    let length = |got| PublicKeyError::Length {
        expected: KEY_BYTES,
        got,
    };
    let cases = [
        ("as it should be", p256, ml_dsa, None),
        (
            "compressed",
            &compressed,
            ml_dsa,
            Some(length(KEY_BYTES - 32)),
        ),
        (
            "off the curve",
            &off_the_curve,
            ml_dsa,
            Some(PublicKeyError::Form),
        ),
        (
            "X9.62's hybrid form",
            &hybrid_form,
            ml_dsa,
            Some(PublicKeyError::Form),
        ),
        (
            "one byte short",
            p256,
            &ml_dsa[1..],
            Some(length(KEY_BYTES - 1)),
        ),
        ("nothing", &[], &[], Some(length(0))),
    ];
    for (what, p256, ml_dsa, refusal) in cases {
        assert_eq!(key_of(p256, ml_dsa).err(), refusal, "{what}");
    }
}

#[test]
fn a_log_with_two_keys_is_believed_when_both_sign() {
    let pair = pair();
    let ed25519 = NoteSigner::from_seed(name(), &[1; 32]).unwrap();
    let required = [ed25519.verifier_key().clone(), pair.key.clone()];
    let mut both = Note::new(text(), ed25519.sign(&text()).unwrap());
    let one = both.clone();
    both.add(pair.line(&text())).unwrap();
    let count = |note: &Note, keys: &[VerifierKey]| {
        let verified = note.verify_enough(keys, keys.len());
        verified.map(|verified| verified.signatures.len())
    };
    assert_eq!(count(&both, &required), Ok(2));
    let without = |key: &VerifierKey| NoteVerifyError::TooFew {
        needed: 2,
        signed: 1,
        missing: vec![(name(), key.id())],
    };
    assert_eq!(count(&one, &required), Err(without(&pair.key)));
    let other = Note::new(text(), pair.line(&text()));
    assert_eq!(count(&other, &required), Err(without(&required[0])));
    let unknown = NoteVerifyError::UnknownKey {
        name: name(),
        id: pair.key.id(),
    };
    assert_eq!(count(&both, &required[..1]), Err(unknown));
    assert_eq!(count(&one, &required[..1]), Ok(1));
}
