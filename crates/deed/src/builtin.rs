//! The codes of the refusals that no contract writes itself.

/// Every built-in rule, with what it asks for.
pub const BUILT_IN_RULES: [(&str, &str); 31] = [
    (
        "action_is_of_the_contract",
        "the call names an action that the contract has",
    ),
    (
        "arguments_fit_the_action",
        "one argument of the declared type for every parameter",
    ),
    (
        "facts_fit_the_action",
        "one fact of the declared kind for every fact consumed or referenced",
    ),
    (
        "fact_fits_its_kind",
        "every field has a value of its declared type",
    ),
    (
        "contract_is_well_typed",
        "evaluation meets only values of the checked types",
    ),
    (
        "attestors_are_distinct",
        "a choice of attestors is among as many different parties as must sign",
    ),
    (
        "enough_of_them_sign",
        "as many different parties as are asked for sign, all of them among those who may",
    ),
    (
        "one_per_business_key",
        "an action creates at most one fact of a business key (`one per`)",
    ),
    ("somebody_signs", "an action has at least one signer"),
    (
        "rate_in_force",
        "a scale or parameter says something about the effective date",
    ),
    (
        "amount_below_zero",
        "nothing less than nothing is owed or rated",
    ),
    (
        "share_of_nothing",
        "a percentage is taken out of a whole above zero",
    ),
    (
        "period_within_limits",
        "a period counts from nothing up to a limit",
    ),
    (
        "date_within_calendar",
        "dates lie between the years -9999 and 9999",
    ),
    (
        "calendar_knows_the_day",
        "a calendar of working days speaks of the day",
    ),
    (
        "exceptions_do_not_conflict",
        "exceptions that hold together say the same, or one goes over the other",
    ),
    (
        "known_facts_within_limits",
        "a policy looks at a limited number of known facts for one subject",
    ),
    ("amount_overflow", "numbers and amounts stay within 64 bits"),
    (
        "money_view_within_limits",
        "a money view consumes, creates and discharges a limited number",
    ),
    (
        "money_of_one_kind",
        "a money view is about one kind of money",
    ),
    ("money_is_above_zero", "no money fact is of nothing or less"),
    (
        "money_is_conserved",
        "what goes in comes out, for each set of attributes",
    ),
    (
        "money_is_not_forged",
        "money appears only from money of the same attributes, or when it is issued",
    ),
    (
        "one_payer_per_money_view",
        "all money of a view comes from one holder",
    ),
    (
        "change_returns_to_the_payer",
        "what discharges no due goes back to the payer",
    ),
    (
        "due_discharged_exactly_once",
        "each due is discharged by exactly one created fact",
    ),
    (
        "due_reaches_its_payee",
        "the fact that discharges a due is held by its payee",
    ),
    (
        "due_paid_in_full",
        "the fact that discharges a due has exactly its amount",
    ),
    (
        "due_paid_in_kind",
        "the fact that discharges a due has exactly its attributes",
    ),
    (
        "payer_holds_enough_money",
        "the payer holds at least what is due",
    ),
    (
        "money_in_too_many_pieces",
        "a payment needs no more facts than one view may consume",
    ),
];
