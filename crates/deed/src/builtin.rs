//! The rules that no contract writes itself, with the codes that their refusals carry.

/// Declares the rules, each with what it asks for and its code, so that none is left out of [`BuiltInRule::ALL`].
macro_rules! built_in_rules {
    ($($(#[$asks:meta])* $rule:ident = $code:literal,)*) => {
        /// A rule that no contract writes itself.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum BuiltInRule {
            $($(#[$asks])* $rule,)*
        }

        impl BuiltInRule {
            /// Every built-in rule.
            pub const ALL: &[Self] = &[$(Self::$rule),*];

            /// The code of its refusals.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$rule => $code,)*
                }
            }
        }
    };
}

built_in_rules! {
    /// The call names an action that the contract has.
    ActionIsOfTheContract = "action_is_of_the_contract",
    /// One argument of the declared type for every parameter.
    ArgumentsFitTheAction = "arguments_fit_the_action",
    /// One fact of the declared kind for every fact consumed or referenced.
    FactsFitTheAction = "facts_fit_the_action",
    /// Every field has a value of its declared type.
    FactFitsItsKind = "fact_fits_its_kind",
    /// Evaluation meets only values of the checked types.
    ContractIsWellTyped = "contract_is_well_typed",
    /// A choice of attestors is among as many different parties as must sign.
    AttestorsAreDistinct = "attestors_are_distinct",
    /// As many different parties as are asked for sign, all of them among those who may.
    EnoughOfThemSign = "enough_of_them_sign",
    /// An action creates at most one fact of a business key (`one per`).
    OnePerBusinessKey = "one_per_business_key",
    /// An action has at least one signer.
    SomebodySigns = "somebody_signs",
    /// A scale or parameter says something about the effective date.
    RateInForce = "rate_in_force",
    /// Nothing less than nothing is owed or rated.
    AmountBelowZero = "amount_below_zero",
    /// A percentage is taken out of a whole above zero.
    ShareOfNothing = "share_of_nothing",
    /// A period counts from nothing up to a limit.
    PeriodWithinLimits = "period_within_limits",
    /// Dates lie between the years -9999 and 9999.
    DateWithinCalendar = "date_within_calendar",
    /// A calendar of working days speaks of the day.
    CalendarKnowsTheDay = "calendar_knows_the_day",
    /// Exceptions that hold together say the same, or one goes over the other.
    ExceptionsDoNotConflict = "exceptions_do_not_conflict",
    /// A policy looks at a limited number of known facts for one subject.
    KnownFactsWithinLimits = "known_facts_within_limits",
    /// Numbers and amounts stay within 64 bits.
    AmountOverflow = "amount_overflow",
    /// A money view consumes, creates and discharges a limited number.
    MoneyViewWithinLimits = "money_view_within_limits",
    /// A money view is about one kind of money.
    MoneyOfOneKind = "money_of_one_kind",
    /// No money fact is of nothing or less.
    MoneyIsAboveZero = "money_is_above_zero",
    /// What goes in comes out, for each set of attributes.
    MoneyIsConserved = "money_is_conserved",
    /// Money appears only from money of the same attributes, or when it is issued.
    MoneyIsNotForged = "money_is_not_forged",
    /// All money of a view comes from one holder.
    OnePayerPerMoneyView = "one_payer_per_money_view",
    /// What discharges no due goes back to the payer.
    ChangeReturnsToThePayer = "change_returns_to_the_payer",
    /// Each due is discharged by exactly one created fact.
    DueDischargedExactlyOnce = "due_discharged_exactly_once",
    /// The fact that discharges a due is held by its payee.
    DueReachesItsPayee = "due_reaches_its_payee",
    /// The fact that discharges a due has exactly its amount.
    DuePaidInFull = "due_paid_in_full",
    /// The fact that discharges a due has exactly its attributes.
    DuePaidInKind = "due_paid_in_kind",
    /// The payer holds at least what is due.
    PayerHoldsEnoughMoney = "payer_holds_enough_money",
    /// A payment needs no more facts than one view may consume.
    MoneyInTooManyPieces = "money_in_too_many_pieces",
}
