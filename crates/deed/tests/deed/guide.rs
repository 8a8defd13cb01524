//! The author's guide: what it shows is accepted.

use deed::policy::Policies;
use deed::scenario;

use crate::fixtures::load;

/// The texts of the guide, in its order.
struct Guide<'g> {
    contract: &'g str,
    exceptions: &'g str,
    dues: &'g str,
    rates: &'g str,
    calendar: &'g str,
    policies: &'g str,
    scenarios: &'g str,
    scenarios_of_policies: &'g str,
}

fn guide() -> Guide<'static> {
    let page = include_str!("../../../../docs/deed/language.md");
    let blocks = page.split("```deed\n").skip(1);
    let blocks: Vec<&str> = blocks.filter_map(|b| b.split("```").next()).collect();
    // What uses another contract names it by a hash that is only hinted at.
    let [
        contract,
        exceptions,
        dues,
        _,
        rates,
        calendar,
        policies,
        scenarios,
        scenarios_of_policies,
    ] = blocks[..]
    else {
        panic!("the guide has another number of examples")
    };
    Guide {
        contract,
        exceptions,
        dues,
        rates,
        calendar,
        policies,
        scenarios,
        scenarios_of_policies,
    }
}

/// Lines as they stand under a declaration.
fn under(lines: &str) -> String {
    lines.lines().map(|line| format!("  {line}\n")).collect()
}

#[test]
fn the_contract_of_the_guide_passes_its_scenarios() {
    let guide = guide();
    let cash = load(guide.contract);
    let report = scenario::run(&cash, guide.scenarios).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(report.failures().count(), 0, "{report}");
    assert_eq!(report.missing.len(), 1, "{report}");
}

#[test]
fn the_policies_of_the_guide_pass_their_scenarios() {
    let guide = guide();
    let contract = load(include_str!(
        "../../../../docs/deed/examples/early_help.deed"
    ));
    let policies = Policies::load(&contract, guide.policies).unwrap_or_else(|e| panic!("{e}"));
    let report = scenario::run_with(&contract, &[policies], guide.scenarios_of_policies);
    let report = report.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(report.failures().count(), 0, "{report}");
}

#[test]
fn the_fragments_of_the_guide_load_in_a_contract() {
    let Guide {
        dues,
        rates,
        calendar,
        exceptions,
        ..
    } = guide();
    let trial = format!(
        "contract trial version 1\n  \"The guide's lines together.\"\n{rates}{calendar}\
         party treasury = \"T\"\nparty levy = \"L\"\n\
         fact Cash is money\n  amount: money GBP\n  issuer: party\n  owner: party\n  controlled by owner\n\
         fact Pound is money\n  amount: money GBP\n  holder: party\n  year: int\n  state: held or spent\n  controlled by holder\n\
         action Try\n  buyer: party\n  seller: party\n  payer: party\n  bank: party\n  issuer: party\n  year: int\n\
         \x20 price: money GBP\n  amount: money GBP\n  fee: money GBP\n\
         \x20 rule \"it is due\" stamp_duty(price) > threshold\n\
         \x20 rule \"people work\" effective + 2 working days in england > effective\n\
         \x20 signed by buyer, treasury, payer\n{}\
         action Apply\n  applicant: party\n  age: int\n  hardship: bool\n  guardian: party or none\n\
         {}  rule \"it costs little\" fee < £200\n  signed by applicant\n",
        under(dues),
        under(exceptions),
    );
    assert_eq!(load(&trial).actions()[0].moves, [0, 1]);
}
