//! The author's guide: what it shows is accepted.

use deed::scenario;

use crate::fixtures::load;

fn examples() -> Vec<&'static str> {
    let guide = include_str!("../../../../docs/deed/language.md");
    guide.split("```\n").skip(1).step_by(2).collect()
}

#[test]
fn the_examples_of_the_guide_load_and_pass() {
    let [contract, dues, rates, scenarios] = examples()[..] else {
        panic!("the guide has another number of examples")
    };
    let cash = load(contract);
    let report = scenario::run(&cash, scenarios).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(report.failures().count(), 0, "{report}");
    assert_eq!(report.missing.len(), 1, "{report}");

    let trial = format!(
        "contract trial version 1\n  \"The guide's lines together.\"\n{rates}\
         party treasury = \"T\"\nparty levy = \"L\"\n\
         fact Cash is money\n  amount: money GBP\n  issuer: party\n  owner: party\n  controlled by owner\n\
         fact Pound is money\n  amount: money GBP\n  holder: party\n  year: int\n  state: held or spent\n  controlled by holder\n\
         action Try\n  buyer: party\n  seller: party\n  payer: party\n  bank: party\n  issuer: party\n  year: int\n\
         \x20 price: money GBP\n  amount: money GBP\n  fee: money GBP\n\
         \x20 rule \"it is due\" stamp_duty(price) > threshold\n\
         \x20 signed by buyer, treasury, payer\n{}",
        dues.lines()
            .map(|line| format!("  {line}\n"))
            .collect::<String>(),
    );
    assert_eq!(load(&trial).actions()[0].moves, [0, 1]);
}
