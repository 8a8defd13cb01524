//! The texts that are damaged: those of the conformance corpus and of the contracts in use.

use std::path::Path;
use std::sync::LazyLock;

use deed::Contract;
use deed::policy::Policies;

use super::choices::Bytes;
use super::mutate::Seed;

const EARLY_HELP: &str = include_str!("../../../docs/deed/examples/early_help.deed");
const HELP_POLICIES: &str = include_str!("../../../docs/deed/examples/early_help.policies");
const HELP_SCENARIOS: &str =
    include_str!("../../../docs/deed/examples/scenarios/early_help_policies.scenario");
const BUDGET: &str = include_str!("../../../services/public-money/budget.deed");
const FUNDING: &str = include_str!("../../../services/public-money/scenarios/funding.scenario");
/// Contracts of the size that people write.
const IN_USE: [&str; 6] = [
    include_str!("../../../docs/deed/examples/land_transfer.deed"),
    include_str!("../../../docs/deed/examples/cash.deed"),
    include_str!("../../../docs/deed/examples/safeguarding.deed"),
    EARLY_HELP,
    BUDGET,
    include_str!("../../../docs/deed/examples/universal_credit.deed"),
];
/// Longer cases of the corpus stand at limits: thousands of like lines.
const CASE_BYTES_MAX: usize = 4_000;

/// A text about a contract, and the policies that it may speak of.
pub struct About {
    pub contract: Contract,
    pub policies: Vec<Policies>,
    pub text: Seed,
}

pub struct Seeds {
    /// Contracts that have form, also such as are refused.
    pub contracts: Vec<Seed>,
    /// Contracts that lack form.
    pub formless: Vec<Seed>,
    /// The contracts in use, which load.
    pub in_use: Vec<(Contract, Seed)>,
    pub scenarios: Vec<About>,
    pub policies: Vec<About>,
}

impl Seeds {
    /// A contract's text: often one of those in use, seldom one without form.
    pub fn contract(&self, bytes: &mut Bytes<'_>) -> &Seed {
        match bytes.below(16) {
            0..2 => &bytes.one_of(&self.in_use).1,
            2 => bytes.one_of(&self.formless),
            _ => bytes.one_of(&self.contracts),
        }
    }
}

pub static SEEDS: LazyLock<Seeds> = LazyLock::new(|| {
    let mut seeds = Seeds {
        contracts: Vec::new(),
        formless: Vec::new(),
        in_use: IN_USE
            .map(|text| (Contract::load(text).unwrap(), Seed::new(text)))
            .into(),
        scenarios: vec![
            about(BUDGET, None, FUNDING),
            about(EARLY_HELP, Some(HELP_POLICIES), HELP_SCENARIOS),
        ],
        policies: vec![about(EARLY_HELP, None, HELP_POLICIES)],
    };
    for case in cases() {
        let section = |name: &str| {
            let mut parts = case.split("=== ");
            parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('\n'))
        };
        let Some(contract) = section("contract") else {
            continue;
        };
        match deed::format(contract) {
            Ok(_) => seeds.contracts.push(Seed::new(contract)),
            Err(_) => seeds.formless.push(Seed::new(contract)),
        }
        let Ok(loaded) = Contract::load(contract) else {
            continue;
        };
        let policies = section("policies").filter(|text| Policies::load(&loaded, text).is_ok());
        let scenarios = section("scenarios").map(|text| about(contract, policies, text));
        seeds.scenarios.extend(scenarios);
        let policies = policies.map(|text| about(contract, None, text));
        seeds.policies.extend(policies);
    }
    assert!(seeds.contracts.len() > 300, "the corpus is found");
    seeds
});

fn about(contract: &str, policies: Option<&str>, text: &str) -> About {
    let contract = Contract::load(contract).unwrap();
    let policies = policies.map(|text| Policies::load(&contract, text).unwrap());
    About {
        policies: policies.into_iter().collect(),
        contract,
        text: Seed::new(text),
    }
}

/// The cases of the corpus, in the order of their names, seen from here or from `crates/deed`.
fn cases() -> Vec<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["tests/corpus", "../crates/deed/tests/corpus"].map(|f| here.join(f));
    let files = folders.iter().filter_map(|f| f.read_dir().ok()).flatten();
    let mut files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let texts = files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap());
    texts.filter(|text| text.len() <= CASE_BYTES_MAX).collect()
}
