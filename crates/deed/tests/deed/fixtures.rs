//! Contracts and facts that the tests share.

use std::sync::LazyLock;

use deed::{Contract, Currency, FactValue, Money, Party, Value};

pub(crate) const CASH: &str = include_str!("../../../../docs/deed/examples/cash.deed");
pub(crate) const LAND: &str = include_str!("../../../../docs/deed/examples/land_transfer.deed");
pub(crate) const SAFEGUARDING: &str =
    include_str!("../../../../docs/deed/examples/safeguarding.deed");
pub(crate) const EARLY_HELP: &str = include_str!("../../../../docs/deed/examples/early_help.deed");
pub(crate) const HELP_POLICIES: &str =
    include_str!("../../../../docs/deed/examples/early_help.policies");
pub(crate) const BUDGET: &str = include_str!("../../../../services/public-money/budget.deed");

pub(crate) const UNIVERSAL_CREDIT: &str =
    include_str!("../../../../docs/deed/examples/universal_credit.deed");

/// The cash contract, loaded once.
pub(crate) fn cash_contract() -> &'static Contract {
    static CONTRACT: LazyLock<Contract> = LazyLock::new(|| load(CASH));
    &CONTRACT
}

pub(crate) fn load(source: &str) -> Contract {
    Contract::load(source).unwrap_or_else(|e| panic!("{e}"))
}

pub(crate) fn party(id: &str) -> Value {
    Value::Party(Party::new(id).unwrap())
}

/// An amount as a person writes it.
pub(crate) fn gbp(amount: &str) -> Value {
    Value::Money(Money::parse(amount, Currency::GBP).unwrap())
}

/// Cash issued by the Bank of England.
pub(crate) fn cash(owner: &str, amount: &str) -> FactValue {
    issued("GB-BOE", owner, amount)
}

pub(crate) fn issued(issuer: &str, owner: &str, amount: &str) -> FactValue {
    FactValue {
        kind: 0,
        fields: vec![gbp(amount), party(issuer), party(owner)],
    }
}

/// The fact without noise, for comparisons.
pub(crate) fn show(fact: &FactValue) -> String {
    Value::Record(fact.fields.clone()).to_string()
}
