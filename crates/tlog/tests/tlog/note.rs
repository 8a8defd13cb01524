//! Signed notes: reading, writing, signing.

use proptest::prelude::*;
use tlog::limits::{NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX};
use tlog::{
    AddSignatureError, KeyNameError, Note, NoteParseError, NoteSigner, NoteText, NoteTextError,
    SignatureLineError, VerifiedSignature, VerifierKey,
};

use crate::support::{log_key, signed, signer, text};

/// The example in the documentation of Go's golang.org/x/mod/sumdb/note.
const GO_TEXT: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const GO_LINE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
const GO_SKEY: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

/// The example of C2SP signed-note's test vectors.
const C2SP_NOTE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
const C2SP_VKEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

#[test]
fn signing_gives_byte_for_byte_the_published_note() {
    let signer = NoteSigner::parse(GO_SKEY).unwrap();
    let note = signed(GO_TEXT, &[&signer]);
    assert_eq!(note.to_string(), format!("{GO_TEXT}\n{GO_LINE}\n"));
    let key = signer.verifier_key().clone();
    let trusted = [key.clone()];
    let verified = note.verify_exact(&trusted).unwrap();
    assert_eq!(verified.text, &text(GO_TEXT));
    assert_eq!(
        verified.signatures,
        [VerifiedSignature {
            key: &key,
            cosigned_at_unix_s: None
        }]
    );
}

#[test]
fn the_note_of_the_specification_verifies() {
    let note = Note::parse(C2SP_NOTE.as_bytes()).unwrap();
    let trusted = [VerifierKey::parse(C2SP_VKEY).unwrap()];
    assert_eq!(
        note.verify_exact(&trusted).unwrap().text.as_str(),
        "This is an example message.\n"
    );
    assert_eq!(note.to_string(), C2SP_NOTE);
}

#[test]
fn the_last_empty_line_separates_text_and_signatures() {
    let log = log_key();
    for message in [
        "\n",
        "one\n",
        "one\n\ntwo\n",
        "one\n\n",
        "\n\n\n",
        "one\n\n— looks like a signature\n",
    ] {
        let note = signed(message, &[&log]);
        let bytes = note.to_string();
        let again = Note::parse(bytes.as_bytes()).unwrap();
        assert_eq!((again.unverified_text().as_str(), &again), (message, &note));
        assert!(again.verify_exact(&[log.verifier_key().clone()]).is_ok());
    }
}

#[test]
fn other_bytes_are_not_a_note() {
    let good = format!("text\n\n{GO_LINE}\n");
    assert!(Note::parse(good.as_bytes()).is_ok());
    let line = |source| NoteParseError::Signature { line: 1, source };
    let lines = |count: usize| format!("text\n\n{}", format!("{GO_LINE}\n").repeat(count));
    assert!(Note::parse(lines(NOTE_SIGNATURES_MAX).as_bytes()).is_ok());
    let control = |at, found| NoteParseError::Text(NoteTextError::ControlCharacter { at, found });
    for (note, refusal) in [
        (String::new(), NoteParseError::NoSeparator),
        (format!("text\n{GO_LINE}\n"), NoteParseError::NoSeparator),
        ("text\n\n".to_owned(), NoteParseError::NoSignature),
        (format!("{good}\n"), NoteParseError::NoSignature),
        (format!("text\n\n{GO_LINE}"), NoteParseError::NoFinalNewline),
        (lines(65), NoteParseError::TooManySignatures { got: 65 }),
        (
            " ".repeat(NOTE_BYTES_MAX + 1),
            NoteParseError::TooLong {
                got: NOTE_BYTES_MAX + 1,
            },
        ),
        (good.replace("text", "te\txt"), control(2, b'\t')),
        (good.replace('\n', "\r\n"), control(4, b'\r')),
        (good.replace("— ", "- "), line(SignatureLineError::Form)),
        (
            good.replace("— ", "—  "),
            line(SignatureLineError::Name(KeyNameError::Empty)),
        ),
        (
            good.replace("PeterNeumann ", "PeterNeumann"),
            line(SignatureLineError::Form),
        ),
        (
            good.replace("PeterNeumann", "Peter+Neumann"),
            line(SignatureLineError::Name(KeyNameError::Character {
                found: '+',
            })),
        ),
        (
            good.replace("JnAM=", "JnAM"),
            line(SignatureLineError::Base64),
        ),
        (
            good.replace("JnAM=", "JnAN="),
            line(SignatureLineError::Base64),
        ),
        (
            good.replace("JnAM=", "JnAM= "),
            line(SignatureLineError::Base64),
        ),
        (
            "text\n\n— n x08goA==\n".to_owned(),
            NoteParseError::Signature {
                line: 1,
                source: SignatureLineError::TooShort { got: 4 },
            },
        ),
        (
            "text\n\n— n x08g\n".to_owned(),
            line(SignatureLineError::TooShort { got: 3 }),
        ),
        (
            format!("{good}?\n"),
            NoteParseError::Signature {
                line: 2,
                source: SignatureLineError::Form,
            },
        ),
    ] {
        assert_eq!(Note::parse(note.as_bytes()), Err(refusal), "{note:.200}");
    }
    assert_eq!(
        Note::parse(b"te\xffxt\n\n"),
        Err(NoteParseError::NotUtf8 { at: 2 })
    );
}

#[test]
fn texts_that_can_not_be_signed_are_refused() {
    for (bad, refusal) in [
        (String::new(), NoteTextError::NoFinalNewline),
        ("no newline".to_owned(), NoteTextError::NoFinalNewline),
        (
            "nul\0\n".to_owned(),
            NoteTextError::ControlCharacter { at: 3, found: 0 },
        ),
        (
            "n".repeat(NOTE_BYTES_MAX) + "\n",
            NoteTextError::TooLong {
                got: NOTE_BYTES_MAX + 1,
            },
        ),
    ] {
        assert_eq!(NoteText::new(bad), Err(refusal));
    }
}

#[test]
fn a_key_signs_a_note_once_and_not_too_many_keys_do() {
    let message = text("text\n");
    let mut note = signed("text\n", &[&signer(1)]);
    assert_eq!(
        note.add(signer(1).sign(&message).unwrap()),
        Err(AddSignatureError::Duplicate)
    );
    for number in 2..=NOTE_SIGNATURES_MAX as u8 {
        note.add(signer(number).sign(&message).unwrap()).unwrap();
    }
    assert_eq!(
        note.add(signer(100).sign(&message).unwrap()),
        Err(AddSignatureError::TooMany)
    );
    assert_eq!(Note::parse(note.to_string().as_bytes()), Ok(note));
}

proptest! {
    #[test]
    fn what_is_read_is_written_back(bytes in "(\\PC|\n){0,30}\n\n(— [a-z]{1,5} [A-Za-z0-9+/]{8,12}\n){0,3}") {
        if let Ok(note) = Note::parse(bytes.as_bytes()) {
            prop_assert_eq!(note.to_string(), bytes);
        }
    }

    #[test]
    fn no_bytes_upset_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(note) = Note::parse(&bytes) {
            prop_assert_eq!(note.to_string().into_bytes(), bytes);
        }
    }
}
