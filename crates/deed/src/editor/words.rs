//! The words of the language.

use crate::heading::Form;

/// Words of scenarios that no other text holds.
const ONLY_IN_SCENARIOS: [&str; 17] = [
    "accepted",
    "also",
    "asked",
    "but",
    "consuming",
    "creating",
    "forgetting",
    "holding",
    "knowing",
    "leaving",
    "nothing",
    "on",
    "proposes",
    "referencing",
    "refused",
    "scenario",
    "scenarios",
];
/// Words of policies that no contract holds.
const NOT_IN_CONTRACTS: [&str; 8] = [
    "because", "flag", "known", "policies", "policy", "share", "today", "where",
];
/// What scenarios share with contracts.
const ALSO_IN_SCENARIOS: [&str; 14] = [
    "because", "by", "false", "flag", "for", "is", "none", "party", "policy", "share", "signed",
    "to", "true", "with",
];

/// The words that can stand in a text of this form.
pub(super) fn words_of(form: Form) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    WORDS.iter().filter(move |(word, _)| {
        let only_there = ONLY_IN_SCENARIOS.contains(word);
        match form {
            Form::Scenarios => only_there || ALSO_IN_SCENARIOS.contains(word),
            Form::Policies => !only_there,
            Form::Contract => !only_there && !NOT_IN_CONTRACTS.contains(word),
        }
    })
}

/// Every word of the language, with what it says.
pub const WORDS: [(&str, &str); 131] = [
    (
        "about",
        "`about child`: whom a fact is about, so whose personal data it is.",
    ),
    ("above", "`above 12%`: the last slice of a scale."),
    ("action", "`action Move`: something that can be done."),
    ("after", "`keep 6 years after consumed`."),
    ("all", "`public all`; `controlled by all of a, b`."),
    ("and", "Both conditions hold."),
    ("any", "`attested by any 2 of a, b, c`."),
    (
        "as",
        "`consumes one Title as old`: the name of a fact inside the action.",
    ),
    ("at", "`list of party at most 20`."),
    (
        "attested",
        "`attested by issuer`: whose signatures vouch for a fact.",
    ),
    (
        "becoming",
        "`keeps ... becoming state = spent`: what changes in the money on its way.",
    ),
    ("bool", "True or false."),
    (
        "by",
        "`signed by`, `controlled by`, `attested by`, `seen by`, `observed by`.",
    ),
    (
        "consumed",
        "`keep 6 years after consumed`: since the fact was used up.",
    ),
    (
        "consumes",
        "`consumes one Title as old`: a fact that the action uses up.",
    ),
    (
        "contract",
        "`contract name version 1`: how a contract begins.",
    ),
    ("contracts", "`payable in other contracts`."),
    (
        "controlled",
        "`controlled by owner`: who can use a fact up; `nobody` when it stays as it is.",
    ),
    ("count", "`count v in visits: v >= since`: how many hold."),
    (
        "created",
        "`keep 6 years after created`: since the fact was made.",
    ),
    (
        "creates",
        "`creates Payment with payer, amount`: a fact that comes into being.",
    ),
    ("date", "A day, written `1 April 2025`."),
    ("down", "`rounded down to £1`."),
    (
        "each",
        "`seen by lender of each charges`: the field in each record of a list.",
    ),
    (
        "effective",
        "The date on which the transaction takes effect.",
    ),
    ("else", "`if a then b else c`."),
    (
        "empty",
        "`is empty`: a text of spaces alone, or a list without items.",
    ),
    (
        "every",
        "`every c in charges: c.lender in lenders`: the condition holds for all items.",
    ),
    ("fact", "`fact Title`: a kind of fact."),
    ("false", "Not so."),
    (
        "financial_year",
        "`financial_year(date)`: the year in which the United Kingdom's financial year starts (1 April).",
    ),
    ("for", "`scale duty for GBP`."),
    ("forever", "`keep forever`."),
    (
        "from",
        "`from 1 April 2025`: since when a rate or value is in force.",
    ),
    ("if", "`if a then b else c`."),
    (
        "in",
        "`state in [held, spent]`; `pays ... in Cash`; `every c in charges: ...`.",
    ),
    ("int", "A whole number of 64 bits."),
    ("is", "`is money`, `is positive`, `is not empty`."),
    (
        "issues",
        "`bank issues amount to owner in Cash`: money comes into being.",
    ),
    (
        "keep",
        "`keep 6 years after consumed law \"...\"`: how long a fact is kept, and on what ground.",
    ),
    (
        "keeps",
        "`payer keeps amount in Pound ... becoming ...`: money changes in its holder's hands.",
    ),
    (
        "law",
        "`law \"Finance Act 2003 s.55\"`: the law that something rests on.",
    ),
    (
        "length",
        "`length of reason`: characters of a text, items of a list.",
    ),
    ("let", "`let duty = stamp_duty(price)`: a name for a value."),
    ("list", "`list of Charge at most 20`."),
    (
        "money",
        "`money GBP`: an exact amount in a currency; `fact Cash is money`.",
    ),
    ("month", "`keep 1 month after created`."),
    ("months", "`keep 18 months after created`."),
    ("most", "`list of party at most 20`."),
    (
        "nearest",
        "`rounded nearest to £1`: halves away from nought.",
    ),
    ("negative", "`is negative`: below zero."),
    ("no", "Reserved."),
    (
        "nobody",
        "`controlled by nobody`: the fact is never used up.",
    ),
    (
        "none",
        "`party or none`: the value may be missing; `is none`.",
    ),
    ("not", "The condition doesn't hold."),
    (
        "observed",
        "`observed by auditor`: who is shown a fact, without any power.",
    ),
    (
        "of",
        "`list of`, `length of`, `any 2 of`, `lender of each charges`.",
    ),
    (
        "one",
        "`one per title_no`: what there is only one of; `consumes one Title as old`.",
    ),
    (
        "or",
        "One condition holds, or both; the alternatives of an enumeration.",
    ),
    (
        "otherwise",
        "`guardian otherwise school`: the second when the first is missing.",
    ),
    (
        "parameter",
        "`parameter threshold: money GBP`: a value with dates.",
    ),
    (
        "party",
        "A legal identity; `party bank = \"GB-BOE\"` names one.",
    ),
    (
        "payable",
        "`payable in other contracts with state = held`: which money other contracts may say is paid.",
    ),
    ("pays", "`buyer pays seller price in Cash`: what is owed."),
    ("per", "`one per title_no`."),
    ("positive", "`is positive`: above zero."),
    ("public", "`public title_no`: what everyone may read."),
    (
        "record",
        "`record Charge`: values that belong together inside a fact.",
    ),
    (
        "references",
        "`references one Licence as licence`: a fact that the action reads.",
    ),
    ("rounded", "`rounded down to £1`: once, at the end."),
    (
        "rule",
        "`rule \"in words\"`, and under it the condition that must hold.",
    ),
    (
        "scale",
        "`scale duty for GBP, rounded down to £1`: rates, each for its own slice.",
    ),
    (
        "scenario",
        "`scenario \"ann pays ben\"`: a transaction and small changes of it.",
    ),
    (
        "scenarios",
        "`scenarios for cash`: how a text of scenarios begins.",
    ),
    ("seen", "`seen by owner`: who sees a fact whole."),
    ("signed", "`signed by buyer, seller`: who must agree."),
    (
        "some",
        "`some c in charges: ...`: the condition holds for an item.",
    ),
    ("sum", "`sum c in charges: c.amount`."),
    ("text", "Text."),
    ("then", "`if a then b else c`."),
    (
        "to",
        "`issues amount to owner`; `rounded down to £1`; `up to £250,000`.",
    ),
    ("true", "So."),
    (
        "up",
        "`up to £250,000 2%`: a slice of a scale; `rounded up to £1`.",
    ),
    ("version", "`contract name version 1`."),
    ("when", "`pays ... when fee > £10`: owed only then."),
    (
        "with",
        "`with payer, amount = price`: what the fields or attributes are.",
    ),
    ("year", "`keep 1 year after created`."),
    ("years", "`keep 6 years after created`."),
    ("zero", "`is zero`."),
    (
        "before",
        "`within 90 days before effective`: a window that ends there.",
    ),
    (
        "calendar",
        "`calendar england`: the days on which work is done, by a law.",
    ),
    ("day", "`d is working day in england`."),
    ("days", "`due + 10 working days in england`."),
    (
        "decimal",
        "`factor: decimal 4`: an exact number with so many decimal places.",
    ),
    (
        "exception",
        "`exception \"hardship\" when ... then ...`: another value than the base case.",
    ),
    (
        "grouped",
        "`every g in lines grouped by year: ...`: each group once.",
    ),
    (
        "host",
        "`host iban version 1`: a function beside the language's own, in the version that the contract means.",
    ),
    ("holidays", "The days of a calendar that are not worked."),
    (
        "known",
        "`count v in known Visit where ...`: what a node has seen; in policies only.",
    ),
    (
        "only",
        "`seen by auditor only in cost`: who sees those fields and no others.",
    ),
    ("other", "`payable in other contracts`."),
    ("out", "`missed out of held`: a share, as a percentage."),
    (
        "over",
        "`exception \"a\" over \"b\"`: which goes before which.",
    ),
    (
        "replaces",
        "`replaces name version 1 sha256 \"...\"`: the version before this one.",
    ),
    ("sha256", "The hash of another contract's exact text."),
    (
        "uses",
        "`uses cash sha256 \"...\"`: another contract, by name and hash.",
    ),
    (
        "weekend",
        "The days of the week that a calendar leaves free.",
    ),
    (
        "within",
        "`on within 90 days before today`: not earlier, not later.",
    ),
    (
        "working",
        "`10 working days in england`: days that a calendar counts.",
    ),
    ("accepted", "`is accepted`: what a scenario expects."),
    (
        "because",
        "`is refused because \"the rule in words\"`; on what ground a policy proposes.",
    ),
    (
        "but",
        "`but \"she pays nothing\"`: a change of a scenario's transaction.",
    ),
    (
        "holding",
        "`holding Cash with ...`: the money there is in a scenario.",
    ),
    ("refused", "`is refused because \"the rule in words\"`."),
    (
        "consuming",
        "`consuming Title with ...`: the facts that a scenario's action uses up.",
    ),
    (
        "creating",
        "`creating Title with ...`: what an accepted scenario makes.",
    ),
    (
        "leaving",
        "`leaving Cash with ...`: the money that comes out of an accepted scenario.",
    ),
    ("nothing", "`holding nothing`: no money in a scenario."),
    (
        "on",
        "`Move on 24 June 2026`: when a scenario's transaction takes effect.",
    ),
    (
        "referencing",
        "`referencing Licence with ...`: the facts that a scenario's action reads.",
    ),
    (
        "also",
        "`also knowing Visit with ...`: one more fact, in a scenario of a policy.",
    ),
    (
        "asked",
        "`asked on 1 June 2026`: the policies have been asked before, in a scenario.",
    ),
    (
        "flag",
        "`flag child.born to child.school because \"...\"`: a policy points a party to a subject.",
    ),
    (
        "forgetting",
        "`forgetting Visit with arrived = 2 June 2026`: facts that are no longer known, in a scenario of a policy.",
    ),
    (
        "knowing",
        "`knowing Visit with ...`: a fact that the node knows, in a scenario of a policy.",
    ),
    (
        "policies",
        "`policies for early_help`: how a text of policies begins.",
    ),
    (
        "policy",
        "`policy costly for each Child as child`: what a node proposes; `policy costly on 24 June 2026` in a scenario.",
    ),
    (
        "proposes",
        "`proposes nothing`, or `proposes` and under it what is shared and flagged, in a scenario of a policy.",
    ),
    (
        "share",
        "`share visits with social_services because \"...\"`; `share s in known Session where ...: not s.attended`.",
    ),
    ("today", "The day on which a policy is asked."),
    (
        "where",
        "`count v in known Visit where v.child = child.child`: which known facts are meant.",
    ),
];
