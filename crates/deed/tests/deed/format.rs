//! The one true format: nothing changes twice, and nothing that a contract means.

use std::path::Path;

use deed::{Contract, format};
use proptest::prelude::*;

use crate::fixtures::{BUDGET, CASH, HELP_POLICIES, LAND, SAFEGUARDING, UNIVERSAL_CREDIT};

/// Every text of the repository and every text of the corpus that is of good form, with where it stands.
fn texts() -> Vec<(String, String)> {
    fn walk(folder: &Path, out: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !matches!(name.as_str(), "target" | "node_modules" | ".git") {
                walk(&path, out);
            } else if [".deed", ".policies", ".scenario"]
                .iter()
                .any(|e| name.ends_with(e))
            {
                out.push((
                    path.display().to_string(),
                    std::fs::read_to_string(&path).unwrap(),
                ));
            }
        }
    }
    let mut out = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for folder in ["crates", "services", "docs"] {
        walk(&root.join(folder), &mut out);
    }
    for case in crate::corpus::cases() {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let case = std::fs::read_to_string(&case).unwrap();
        for part in case.split("=== ").skip(1) {
            let (section, text) = part.split_once('\n').unwrap_or((part, ""));
            let is_text = matches!(section, "contract" | "policies" | "scenarios");
            if (is_text || section.starts_with("given")) && format(text).is_ok() {
                out.push((format!("{name}: {section}"), text.to_owned()));
            }
        }
    }
    out.sort();
    out
}

/// The words of a text without the space between them, and its comments: what a format may not touch.
fn bare(text: &str) -> (Vec<String>, Vec<String>) {
    let (mut code, mut comments) = (Vec::new(), Vec::new());
    for line in text.lines() {
        let (mut quoted, mut kept, mut rest) = (false, String::new(), line);
        while let Some(c) = rest.chars().next() {
            if c == '#' && !quoted {
                comments.push(rest.trim().to_owned());
                break;
            }
            quoted ^= c == '"';
            if quoted || c != ' ' {
                kept.push(c);
            }
            rest = &rest[c.len_utf8()..];
        }
        if !kept.is_empty() {
            code.push(kept);
        }
    }
    (code, comments)
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
fn every_text_keeps_its_words_and_is_formatted_once() {
    let texts = texts();
    let (mut loaded, mut changed) = (0, 0);
    for (place, text) in &texts {
        let once = formatted(text);
        assert_eq!(formatted(&once), once, "{place}");
        assert_eq!(bare(&once), bare(text), "{place}");
        changed += usize::from(once != *text);
        if let (Ok(before), Ok(after)) = (Contract::load(text), Contract::load(&once)) {
            assert_eq!(schema(&after), schema(&before), "{place}");
            loaded += 1;
        }
    }
    println!(
        "{} texts are formatted once and keep their words ({changed} were laid out otherwise); {loaded} contracts keep their meaning",
        texts.len()
    );
    assert!(
        texts.len() > 500 && loaded > 150,
        "{} {loaded}",
        texts.len()
    );
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

const LAYOUTS: [&str; 8] = [
    BUDGET,
    CASH,
    LAND,
    SAFEGUARDING,
    HELP_POLICIES,
    include_str!("../../../../docs/deed/examples/scenarios/early_help_policies.scenario"),
    include_str!("../../../../docs/deed/examples/scenarios/land_transfer.scenario"),
    include_str!("../../../../services/public-money/scenarios/payments.scenario"),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn there_is_one_format_for_all_layouts(
        which in 0..8_usize,
        indent in 1..4_usize,
        gaps in prop::collection::vec(1..4_usize, 1..12),
        blanks in 0..3_usize,
    ) {
        let source = LAYOUTS[which];
        let layout = laid_out(source, indent, &gaps, blanks);
        prop_assert_eq!(format(&layout).unwrap(), format(source).unwrap());
    }

    /// Whatever is laid out, with comments put in anywhere: the words, the comments and their order stay.
    #[test]
    fn words_and_comments_stay(
        which in 0..8_usize,
        indent in 1..4_usize,
        gaps in prop::collection::vec(1..4_usize, 1..12),
        comments in prop::collection::vec((0..400_usize, 0..9_usize, any::<bool>()), 0..12),
    ) {
        let mut lines: Vec<String> = laid_out(LAYOUTS[which], indent, &gaps, 0)
            .lines()
            .map(str::to_owned)
            .collect();
        for (i, (at, column, behind)) in comments.into_iter().enumerate() {
            let at = at % lines.len();
            match behind && !lines[at].contains('#') {
                true => lines[at].push_str(&format!("{}# {i} \"£\"", " ".repeat(column))),
                false => lines.insert(at, format!("{}#{i}  has spaces", " ".repeat(column))),
            }
        }
        let layout = lines.join("\n");
        let once = format(&layout).unwrap();
        prop_assert_eq!(bare(&once), bare(&layout));
        prop_assert_eq!(format(&once).unwrap(), once);
    }
}
