//! The one true format: nothing changes twice, and nothing that a contract means.

use std::path::{Path, PathBuf};

use deed::{Contract, format};
use proptest::prelude::*;

use crate::fixtures::{BUDGET, CASH, LAND, SAFEGUARDING, UNIVERSAL_CREDIT, load};

/// Every contract of the repository that loads, with its path.
fn contracts() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, out: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !matches!(name.as_str(), "target" | "node_modules" | ".git") {
                walk(&path, out);
            } else if name.ends_with(".deed") {
                let text = std::fs::read_to_string(&path).unwrap();
                if Contract::load(&text).is_ok() {
                    out.push((path, text));
                }
            }
        }
    }
    let mut out = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for folder in ["crates", "services", "docs"] {
        walk(&root.join(folder), &mut out);
    }
    out.sort();
    out
}

/// Everything that a contract declares, as text.
fn schema(contract: &Contract) -> String {
    format!(
        "{} {} {:?} {:?} {:#?} {:#?} {:#?} {:#?} {}",
        contract.name(),
        contract.version(),
        contract.title(),
        contract.law(),
        contract.parties(),
        contract.records(),
        contract.kinds(),
        contract.actions(),
        contract.cost_bound()
    )
}

fn formatted(source: &str) -> String {
    format(source).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn every_contract_keeps_its_meaning_and_is_formatted_once() {
    let contracts = contracts();
    assert!(contracts.len() >= 6, "{}", contracts.len());
    for (path, text) in contracts {
        let once = formatted(&text);
        assert_eq!(formatted(&once), once, "{}", path.display());
        assert_eq!(
            schema(&load(&once)),
            schema(&load(&text)),
            "{}",
            path.display()
        );
        let comments = |t: &str| t.matches('#').count();
        assert_eq!(comments(&once), comments(&text), "{}", path.display());
    }
}

#[test]
fn contracts_in_use_stand_in_the_one_true_format() {
    for source in [BUDGET, CASH, LAND, UNIVERSAL_CREDIT] {
        assert_eq!(formatted(source), source);
    }
}

#[test]
fn a_careless_layout_is_put_right() {
    let careless = "\
# before all

contract   x version 1
   \"Title\"   law \"Some Act\"


party a =\"A\"    #  the first
party longer=\"B\"
fact Cash is money

      amount : money GBP
      owner:party \"who has it\"
      # what comes next
      series: int  \"which\" \"one\"
      controlled   by owner
      keep 1 year after consumed law \"Some Act s.1\"
        # the end of the fact
# about the table
scale duty for GBP, rounded down to GBP   1
 from 1 April 2025
  up to £1,000 0%
  above   12.5%
parameter most: money GBP
    from 1 April 2025 £5
    from 10 April 2026 £5.50
action Move
  payer:party
  amount: money   GBP
  rule \"it moves\" law \"Some Act s.2\"
     ( amount>-£5 or - amount<most )and duty( amount )   >=£0
  signed by payer
  payer pays longer amount-£0.01 in Cash with   series=1
# the end of all
";
    insta::assert_snapshot!(formatted(careless));
}

#[test]
fn a_text_with_errors_of_form_is_not_touched() {
    let error = format("contract x version 1\n  \"T\"\n\nfacts A\n  a: int\n").unwrap_err();
    insta::assert_snapshot!(error.to_string());
}

/// The same contract in another layout: indents and spaces are multiplied, line ends get spaces, blank lines are repeated.
fn laid_out(source: &str, indent: usize, gaps: &[usize], blanks: usize) -> String {
    let mut out = String::new();
    let mut gap = gaps.iter().cycle();
    for line in source.lines() {
        let code = line.trim_start_matches(' ');
        let mut quoted = false;
        out.push_str(&" ".repeat((line.len() - code.len()) * indent));
        for c in code.chars() {
            quoted ^= c == '"';
            let times = if c == ' ' && !quoted && !line.contains('#') {
                *gap.next().unwrap()
            } else {
                1
            };
            out.extend(std::iter::repeat_n(c, times));
        }
        out.push_str(&" ".repeat(*gap.next().unwrap() - 1));
        out.push('\n');
        if line.is_empty() {
            out.push_str(&"\n".repeat(blanks));
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn there_is_one_format_for_all_layouts(
        which in 0..4_usize,
        indent in 1..4_usize,
        gaps in prop::collection::vec(1..4_usize, 1..12),
        blanks in 0..3_usize,
    ) {
        let source = [BUDGET, CASH, LAND, SAFEGUARDING][which];
        let layout = laid_out(source, indent, &gaps, blanks);
        prop_assert_eq!(format(&layout).unwrap(), format(source).unwrap());
    }
}
