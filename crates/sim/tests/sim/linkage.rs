//! The notary's whole store, its log and all that it was asked, in an analyst's hands: the bytes link nothing. And faults
//! put in on purpose, to show that the analyst would have seen them.

use std::collections::BTreeSet;
use std::path::Path;

use ledger::codec;
use minicbor::Decoder;
use minicbor::data::Type;
use minicbor::decode::Error;
use sim::analyst::{Belief, Evidence, Leak, Learnt, Lore, Marks, Question, strings_shown, watch};

/// Towns whose truth the analyst is told, and towns in which it answers. `PVN_SEEDS=100` gives it so many of each.
const KNOWN: u64 = 9;
const UNKNOWN: u64 = 13;

fn seeds() -> Option<u64> {
    std::env::var("PVN_SEEDS").ok()?.parse().ok()
}

fn towns(seeds: std::ops::Range<u64>) -> Vec<Evidence> {
    match watch(seeds) {
        Ok(towns) => towns,
        Err(failure) => panic!("{failure}"),
    }
}

/// Every domain tag of the specification, and those that only the code has; and no tag at all.
fn tags() -> Vec<Vec<u8>> {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/protocol");
    let mut tags = BTreeSet::from([
        Vec::new(),
        b"certified/v1".to_vec(),
        b"key/v1".to_vec(),
        b"pvn one-time key/1\0".to_vec(),
        b"step/v1".to_vec(),
    ]);
    for page in std::fs::read_dir(pages).expect("the specification") {
        let path = page.expect("a page").path();
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let text = std::fs::read_to_string(path).expect("a page");
        let quoted = text.split('"').skip(1).step_by(2);
        let words = quoted.filter(|word| word.contains('/') && word.len() < 40);
        tags.extend(words.map(|word| word.replace("\\0", "\0").into_bytes()));
        let numbers = text.split("0x").skip(1);
        let numbers = numbers.filter_map(|rest| u8::from_str_radix(rest.get(..2)?, 16).ok());
        tags.extend(numbers.map(|number| vec![number]));
    }
    tags.into_iter().collect()
}

fn percent(share: f64) -> f64 {
    share * 100.0
}

fn print(what: &str, marks: &Marks) {
    let ((without, with), (gain, half)) = (marks.means(), marks.advantage());
    println!(
        "{what:18} {:6} tokens, {:3} towns: {:5.1}% without the bytes, {:5.1}% with them: {:+.1}% ± {:.1}%",
        marks.tokens,
        marks.worlds.len(),
        percent(without),
        percent(with),
        percent(gain),
        percent(half)
    );
}

#[test]
fn the_bytes_at_the_notary_link_nothing() {
    let (known, unknown) = seeds().map_or((KNOWN, UNKNOWN), |n| (n, n));
    let all = towns(0..known + unknown);
    let (known, unknown) = all.split_at(known as usize);
    let lore = Lore {
        tags: tags(),
        pairs: 6,
    };
    let questions = [
        Question::StoreSpentBy,
        Question::StoreCreatedBy,
        Question::AskedCreatedBy,
        Question::SendersCreatedBy,
    ];
    for question in questions {
        let learnt = Learnt::from(question, &lore, known);
        let marks = Marks::of(&learnt, unknown, Belief::Proven);
        print(&format!("{question:?}"), &marks);
        let credulous = Marks::of(&learnt, unknown, Belief::All);
        print("  chance believed", &credulous);
        let (gain, half) = marks.advantage();
        assert!(
            gain - half <= 0.0 || gain < 0.01,
            "{question:?}: the bytes give {gain} more right answers"
        );
        assert!(
            marks.tokens > 20 * marks.worlds.len(),
            "{question:?}: too few tokens to tell"
        );
    }
}

#[test]
fn a_leak_is_found() {
    let all = towns(0..7);
    let lore = Lore {
        tags: tags(),
        pairs: 2,
    };
    let cases = [
        (Leak::RhoWithoutKey, Question::AskedCreatedBy),
        (Leak::KeyIsViewRoot, Question::AskedCreatedBy),
        (Leak::KeyAgain, Question::AskedCreatedBy),
        (Leak::TokenOfPlace, Question::StoreCreatedBy),
        (Leak::TokenLikeId, Question::StoreCreatedBy),
        (Leak::TokenInOrder, Question::StoreCreatedBy),
        (Leak::NoBlinding, Question::StoreSpentBy),
    ];
    for (leak, question) in cases {
        let leaky: Vec<Evidence> = all.iter().map(|town| town.with(leak)).collect();
        let (known, unknown) = leaky.split_at(4);
        let learnt = Learnt::from(question, &lore, known);
        let marks = Marks::of(&learnt, unknown, Belief::Proven);
        print(&format!("{leak:?}"), &marks);
        let (gain, half) = marks.advantage();
        assert!(gain - half > 0.5, "{leak:?} gives only {gain} ± {half}");
    }
}

fn byte_strings(decoder: &mut Decoder<'_>, found: &mut Vec<Vec<u8>>) -> Result<(), Error> {
    match decoder.datatype()? {
        Type::Bytes => found.push(decoder.bytes()?.to_vec()),
        Type::Array => {
            for _ in 0..decoder.array()?.unwrap_or(0) {
                byte_strings(decoder, found)?;
            }
        }
        _ => decoder.skip()?,
    }
    Ok(())
}

/// A field that is added to the request can't escape the analyst.
#[test]
fn the_analyst_looks_at_every_byte_string_of_a_request() {
    for asked in towns(0..1).iter().flat_map(|town| &town.asked) {
        let looked_at: BTreeSet<Vec<u8>> = strings_shown(asked)
            .into_iter()
            .map(|digest| digest.0.to_vec())
            .collect();
        let bytes = codec::encode(&asked.submission);
        let mut shown = Vec::new();
        byte_strings(&mut Decoder::new(&bytes), &mut shown).expect("canonical");
        for part in shown.iter().flat_map(|shown| shown.chunks(32)) {
            assert!(looked_at.contains(part), "{part:02x?} is not looked at");
        }
    }
}

#[test]
fn the_specification_names_its_tags() {
    let tags = tags();
    for tag in [b"rho/v1".as_slice(), b"pvn control/1\0", &[0x30], &[0x53]] {
        assert!(tags.iter().any(|one| one == tag), "{tag:?} is not there");
    }
    println!("{} tags", tags.len());
}

#[test]
fn an_advantage_comes_with_its_interval() {
    // Gains of 10%, 20% and 30%: mean 20%, standard error 10%/√3, Student's t with two degrees of freedom 4.30.
    let marks = Marks {
        tokens: 3,
        worlds: vec![(0.5, 0.6), (0.2, 0.4), (0.3, 0.6)],
    };
    let (gain, half) = marks.advantage();
    assert!((gain - 0.2).abs() < 1e-9);
    assert!((half - 4.30 * 0.1 / 3f64.sqrt()).abs() < 0.01, "{half}");
}
