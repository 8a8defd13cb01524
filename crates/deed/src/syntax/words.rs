//! The words of the language, in the order of the alphabet. The parser, the format and editors read them here.

/// A word of the language.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// The word.
    pub word: &'static str,
    /// What it says.
    pub says: &'static str,
    /// In which texts it can stand.
    pub(crate) texts: Texts,
    /// It cannot name anything, because a sentence could then be read in two ways.
    pub(crate) reserved: bool,
    /// A value follows it, so that a minus sign there is a sign and not a subtraction.
    pub(crate) before_a_value: bool,
}

/// In which texts a word can stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts {
    pub(crate) contracts: bool,
    pub(crate) policies: bool,
    pub(crate) scenarios: bool,
}

/// A policy says what a contract can say too.
const CONTRACTS: Texts = Texts {
    contracts: true,
    policies: true,
    scenarios: false,
};
const POLICIES: Texts = Texts {
    contracts: false,
    ..CONTRACTS
};
/// What a policy proposes, which a scenario repeats.
const PROPOSALS: Texts = Texts {
    scenarios: true,
    ..POLICIES
};
const SCENARIOS: Texts = Texts {
    policies: false,
    ..PROPOSALS
};
const ALL: Texts = Texts {
    scenarios: true,
    ..CONTRACTS
};

const fn word(word: &'static str, texts: Texts, says: &'static str) -> Word {
    Word {
        word,
        says,
        texts,
        reserved: false,
        before_a_value: false,
    }
}

impl Word {
    const fn reserved(self) -> Self {
        Self {
            reserved: true,
            ..self
        }
    }

    const fn before_a_value(self) -> Self {
        Self {
            before_a_value: true,
            ..self
        }
    }
}

/// The word of the language that a name is.
pub(crate) fn find(name: &str) -> Option<&'static Word> {
    let at = WORDS.binary_search_by_key(&name, |word| word.word).ok()?;
    WORDS.get(at)
}

/// Every word of the language, one to a line.
#[rustfmt::skip]
pub static WORDS: [Word; 135] = [
    word("about", CONTRACTS, "`about child`: whom a fact is about, so whose personal data it is."),
    word("above", CONTRACTS, "`above 12%`: the last slice of a scale."),
    word("accepted", SCENARIOS, "`is accepted`: what a scenario expects."),
    word("action", CONTRACTS, "`action Move`: something that can be done."),
    word("after", CONTRACTS, "`keep 6 years after consumed`."),
    word("all", CONTRACTS, "`public all`; `controlled by all of a, b`."),
    word("also", SCENARIOS, "`also knowing Visit with ...`: one more fact, in a scenario of a policy."),
    word("and", CONTRACTS, "Both conditions hold.").reserved().before_a_value(),
    word("any", CONTRACTS, "`attested by any 2 of a, b, c`."),
    word("as", CONTRACTS, "`consumes one Title as old`: the name of a fact inside the action.").reserved(),
    word("asked", SCENARIOS, "`asked on 1 June 2026`: the policies have been asked before, in a scenario."),
    word("at", CONTRACTS, "`list of party at most 20`."),
    word("attested", CONTRACTS, "`attested by issuer`: whose signatures vouch for a fact."),
    word("because", PROPOSALS, "`is refused because \"the rule in words\"`; on what ground a policy proposes."),
    word("becoming", CONTRACTS, "`keeps ... becoming state = spent`: what changes in the money on its way.").reserved().before_a_value(),
    word("before", CONTRACTS, "`within 90 days before effective`: a window that ends there."),
    word("bool", CONTRACTS, "True or false."),
    word("but", SCENARIOS, "`but \"she pays nothing\"`: a change of a scenario's transaction."),
    word("by", ALL, "`signed by`, `controlled by`, `attested by`, `seen by`, `observed by`, `shown by`.").before_a_value(),
    word("calendar", CONTRACTS, "`calendar england`: the days on which work is done, by a law."),
    word("consumed", CONTRACTS, "`keep 6 years after consumed`: since the fact was used up."),
    word("consumes", CONTRACTS, "`consumes one Title as old`: a fact that the action uses up."),
    word("consuming", SCENARIOS, "`consuming Title with ...`: the facts that a scenario's action uses up."),
    word("contract", CONTRACTS, "`contract name version 1`: how a contract begins."),
    word("contracts", CONTRACTS, "`payable in other contracts`."),
    word("controlled", CONTRACTS, "`controlled by owner`: who can use a fact up; `nobody` when it stays as it is."),
    word("count", CONTRACTS, "`count v in visits: v >= since`: how many hold.").reserved(),
    word("created", CONTRACTS, "`keep 6 years after created`: since the fact was made."),
    word("creates", CONTRACTS, "`creates Payment with payer, amount`: a fact that comes into being.").reserved(),
    word("creating", SCENARIOS, "`creating Title with ...`: what an accepted scenario makes."),
    word("credential", CONTRACTS, "`credential \"https://...\" until expires`: as what its holder can take a fact elsewhere."),
    word("date", CONTRACTS, "A day, written `1 April 2025`."),
    word("day", CONTRACTS, "`d is working day in england`."),
    word("days", CONTRACTS, "`due + 10 working days in england`."),
    word("decimal", CONTRACTS, "`factor: decimal 4`: an exact number with so many decimal places."),
    word("down", CONTRACTS, "`rounded down to £1`."),
    word("each", CONTRACTS, "`seen by lender of each charges`: the field in each record of a list.").reserved(),
    word("effective", CONTRACTS, "The date on which the transaction takes effect.").reserved(),
    word("else", CONTRACTS, "`if a then b else c`.").reserved().before_a_value(),
    word("empty", CONTRACTS, "`is empty`: a text of spaces alone, or a list without items."),
    word("every", CONTRACTS, "`every c in charges: c.lender in lenders`: the condition holds for all items.").reserved().before_a_value(),
    word("exception", CONTRACTS, "`exception \"hardship\" when ... then ...`: another value than the base case."),
    word("fact", CONTRACTS, "`fact Title`: a kind of fact."),
    word("false", ALL, "Not so.").reserved(),
    word("file", CONTRACTS, "A file that stands elsewhere, by its hash and its bytes."),
    word("financial_year", CONTRACTS, "`financial_year(date)`: the year in which the United Kingdom's financial year starts (1 April)."),
    word("flag", PROPOSALS, "`flag child.born to child.school because \"...\"`: a policy points a party to a subject."),
    word("for", ALL, "`scale duty for GBP`.").reserved(),
    word("forever", CONTRACTS, "`keep forever`."),
    word("forgetting", SCENARIOS, "`forgetting Visit with arrived = 2 June 2026`: facts that are no longer known, in a scenario of a policy."),
    word("from", CONTRACTS, "`from 1 April 2025`: since when a rate or value is in force."),
    word("grouped", CONTRACTS, "`every g in lines grouped by year: ...`: each group once."),
    word("holding", SCENARIOS, "`holding Cash with ...`: the money there is in a scenario."),
    word("holidays", CONTRACTS, "The days of a calendar that are not worked."),
    word("host", CONTRACTS, "`host iban version 1`: a function beside the language's own, in the version that the contract means."),
    word("if", CONTRACTS, "`if a then b else c`.").reserved().before_a_value(),
    word("in", CONTRACTS, "`state in [held, spent]`; `pays ... in Cash`; `every c in charges: ...`.").reserved().before_a_value(),
    word("int", CONTRACTS, "A whole number of 64 bits."),
    word("is", ALL, "`is money`, `is positive`, `is not empty`.").reserved().before_a_value(),
    word("issues", CONTRACTS, "`bank issues amount to owner in Cash`: money comes into being.").reserved().before_a_value(),
    word("keep", CONTRACTS, "`keep 6 years after consumed law \"...\"`: how long a fact is kept, and on what ground."),
    word("keeps", CONTRACTS, "`payer keeps amount in Pound ... becoming ...`: money changes in its holder's hands.").reserved().before_a_value(),
    word("knowing", SCENARIOS, "`knowing Visit with ...`: a fact that the node knows, in a scenario of a policy."),
    word("known", POLICIES, "`count v in known Visit where ...`: what a node has seen; in policies only."),
    word("law", CONTRACTS, "`law \"Finance Act 2003 s.55\"`: the law that something rests on.").reserved(),
    word("leaving", SCENARIOS, "`leaving Cash with ...`: the money that comes out of an accepted scenario."),
    word("length", CONTRACTS, "`length of reason`: characters of a text, items of a list.").reserved(),
    word("let", CONTRACTS, "`let duty = stamp_duty(price)`: a name for a value.").reserved(),
    word("list", CONTRACTS, "`list of Charge at most 20`."),
    word("money", CONTRACTS, "`money GBP`: an exact amount in a currency; `fact Cash is money`."),
    word("month", CONTRACTS, "`keep 1 month after created`."),
    word("months", CONTRACTS, "`keep 18 months after created`."),
    word("most", CONTRACTS, "`list of party at most 20`."),
    word("nearest", CONTRACTS, "`rounded nearest to £1`: halves away from nought."),
    word("negative", CONTRACTS, "`is negative`: below zero."),
    word("nobody", CONTRACTS, "`controlled by nobody`: the fact is never used up."),
    word("none", ALL, "`party or none`: the value may be missing; `is none`.").reserved(),
    word("not", CONTRACTS, "The condition doesn't hold.").reserved().before_a_value(),
    word("nothing", SCENARIOS, "`holding nothing`: no money in a scenario."),
    word("observed", CONTRACTS, "`observed by auditor`: who is shown a fact, without any power."),
    word("of", CONTRACTS, "`list of`, `length of`, `any 2 of`, `lender of each charges`.").reserved().before_a_value(),
    word("on", SCENARIOS, "`Move on 24 June 2026`: when a scenario's transaction takes effect."),
    word("one", CONTRACTS, "`one per title_no`: what there is only one of; `consumes one Title as old`."),
    word("only", CONTRACTS, "`seen by auditor only in cost`: who sees those fields and no others."),
    word("or", CONTRACTS, "One condition holds, or both; the alternatives of an enumeration.").reserved().before_a_value(),
    word("other", CONTRACTS, "`payable in other contracts`."),
    word("otherwise", CONTRACTS, "`guardian otherwise school`: the second when the first is missing.").reserved().before_a_value(),
    word("out", CONTRACTS, "`missed out of held`: a share, as a percentage."),
    word("over", CONTRACTS, "`exception \"a\" over \"b\"`: which goes before which."),
    word("parameter", CONTRACTS, "`parameter threshold: money GBP`: a value with dates."),
    word("party", ALL, "A legal identity; `party bank = \"GB-BOE\"` names one."),
    word("payable", CONTRACTS, "`payable in other contracts with state = held`: which money other contracts may say is paid."),
    word("pays", CONTRACTS, "`buyer pays seller price in Cash`: what is owed.").reserved().before_a_value(),
    word("per", CONTRACTS, "`one per title_no`."),
    word("percent", CONTRACTS, "A percentage, exact to four places: `12.5%`."),
    word("policies", POLICIES, "`policies for early_help`: how a text of policies begins."),
    word("policy", PROPOSALS, "`policy costly for each Child as child`: what a node proposes; `policy costly on 24 June 2026` in a scenario."),
    word("positive", CONTRACTS, "`is positive`: above zero."),
    word("proposes", SCENARIOS, "`proposes nothing`, or `proposes` and under it what is shared and flagged, in a scenario of a policy."),
    word("public", CONTRACTS, "`public title_no`: what everyone may read."),
    word("record", CONTRACTS, "`record Charge`: values that belong together inside a fact."),
    word("references", CONTRACTS, "`references one Licence as licence`: a fact that the action reads."),
    word("referencing", SCENARIOS, "`referencing Licence with ...`: the facts that a scenario's action reads."),
    word("refused", SCENARIOS, "`is refused because \"the rule in words\"`."),
    word("replaces", CONTRACTS, "`replaces name version 1 sha256 \"...\"`: the version before this one."),
    word("rounded", CONTRACTS, "`rounded down to £1`: once, at the end."),
    word("rule", CONTRACTS, "`rule \"in words\"`, and under it the condition that must hold.").reserved(),
    word("scale", CONTRACTS, "`scale duty for GBP, rounded down to £1`: rates, each for its own slice."),
    word("scenario", SCENARIOS, "`scenario \"ann pays ben\"`: a transaction and small changes of it."),
    word("scenarios", SCENARIOS, "`scenarios for cash`: how a text of scenarios begins."),
    word("seen", CONTRACTS, "`seen by owner`: who sees a fact whole."),
    word("sha256", CONTRACTS, "The hash of another contract's exact text."),
    word("share", PROPOSALS, "`share visits with social_services because \"...\"`; `share s in known Session where ...: not s.attended`."),
    word("shown", CONTRACTS, "`shown by holder`: who alone can show a proof of a fact."),
    word("signed", ALL, "`signed by buyer, seller`: who must agree."),
    word("some", CONTRACTS, "`some c in charges: ...`: the condition holds for an item.").reserved().before_a_value(),
    word("sum", CONTRACTS, "`sum c in charges: c.amount`.").reserved(),
    word("text", CONTRACTS, "Text."),
    word("then", CONTRACTS, "`if a then b else c`.").reserved().before_a_value(),
    word("to", ALL, "`issues amount to owner`; `rounded down to £1`; `up to £250,000`.").before_a_value(),
    word("today", POLICIES, "The day on which a policy is asked."),
    word("true", ALL, "So.").reserved(),
    word("until", CONTRACTS, "`credential \"https://...\" until expires`: the field with the last day."),
    word("up", CONTRACTS, "`up to £250,000 2%`: a slice of a scale; `rounded up to £1`."),
    word("uses", CONTRACTS, "`uses cash sha256 \"...\"`: another contract, by name and hash."),
    word("version", CONTRACTS, "`contract name version 1`."),
    word("weekend", CONTRACTS, "The days of the week that a calendar leaves free."),
    word("when", CONTRACTS, "`pays ... when fee > £10`: owed only then.").reserved().before_a_value(),
    word("where", POLICIES, "`count v in known Visit where v.child = child.child`: which known facts are meant."),
    word("with", ALL, "`with payer, amount = price`: what the fields or attributes are.").reserved().before_a_value(),
    word("within", CONTRACTS, "`on within 90 days before today`: not earlier, not later."),
    word("working", CONTRACTS, "`10 working days in england`: days that a calendar counts."),
    word("year", CONTRACTS, "`keep 1 year after created`."),
    word("years", CONTRACTS, "`keep 6 years after created`."),
    word("zero", CONTRACTS, "`is zero`."),
];
