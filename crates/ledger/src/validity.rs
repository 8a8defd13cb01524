//! Validity, view by view, as each party checks it on what it sees.
//!
//! A party that signs runs [`check`] on its tear-off and signs exactly the scopes that it returns; a party that relies on
//! a transaction runs it too and then requires the signatures that it lists.

use std::collections::{BTreeMap, BTreeSet};

use deed::{Allocated, Call, Contract, Due, FactRoles, FactValue, MoneyMove, Party, Refusal};

use crate::address::Voucher;
use crate::codec;
use crate::control::{Control, Shape};
use crate::digest::{ContractId, Digest, Lineage, NetworkId, Token, TransactionId, ViewRoot};
use crate::envelope::{self, Envelope, EnvelopeError, EnvelopeKey};
use crate::fact::{DueRef, Fact, FactRef, Opening};
use crate::limits::{FACTS_PER_VIEW_MAX, OBSERVERS_MAX, TOKENS_MAX, VIEWS_MAX, WINDOW_MS_MAX};
use crate::public::PublicPart;
use crate::signature::{PublicKey, Role, Scope, ScopedSignature};
use crate::tearoff::{Audience, SeenOutputs, SeenView, ShownOutput, TearOff};
use crate::token::token;
use crate::transaction::{FORMAT, Header, IdOpening, Transaction};
use crate::trust::ContractBook;
use crate::view::{Command, Input, View};

/// The keys of the members in force, as the network map has them.
pub trait Directory {
    /// The party's signing key.
    fn signing_key(&self, party: &Party) -> Option<PublicKey>;
    /// The party's key for sealed envelopes.
    fn envelope_key(&self, party: &Party) -> Option<EnvelopeKey>;
}

/// Why a transaction, as far as it is seen, isn't valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// A rule of the contract, or of money itself, says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Another network, notary or format.
    #[error("the transaction is for another {what}")]
    Foreign {
        /// What differs: `network`, `notary` or `format`.
        what: &'static str,
    },
    /// More of something than a limit allows, or none where one is needed.
    #[error("{what}: {count} where 1 to {limit} are allowed")]
    Limit {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// The limit.
        limit: usize,
    },
    /// The window is empty or longer than allowed, or the effective date lies outside.
    #[error(
        "the time window is empty, longer than {WINDOW_MS_MAX} ms or does not contain the effective date"
    )]
    Window,
    /// Nobody here accepts this contract.
    #[error("the contract {0} is not accepted here")]
    UnknownContract(Digest),
    /// A view stands at another place than it says.
    #[error("view {ordinal} stands at another place than it says")]
    Misplaced {
        /// The place.
        ordinal: u32,
    },
    /// Something in the view doesn't follow from the contract.
    #[error("view {ordinal}: {what} does not follow from the contract")]
    NotComputed {
        /// The view.
        ordinal: u32,
        /// What differs.
        what: &'static str,
    },
    /// What the header commits isn't what the view gives.
    #[error("view {ordinal}: the header commits other {what} than the view gives")]
    Uncommitted {
        /// The view.
        ordinal: u32,
        /// What differs: `tokens`, `public part` or `envelopes`.
        what: &'static str,
    },
    /// Shown outputs that don't hang together.
    #[error("view {ordinal}: the shown facts are not the view's")]
    ShownApart {
        /// The view.
        ordinal: u32,
    },
    /// A due whose discharge isn't shown, or shown twice.
    #[error("view {}: due {} is discharged {times} times in what is shown, not once", .due.view, .due.position)]
    DueNotDischarged {
        /// The due.
        due: DueRef,
        /// How often a discharge is claimed.
        times: usize,
    },
    /// A created fact's key that its controller hasn't vouched for.
    #[error("view {view}, output {output}: nobody vouches that its key belongs to {party}")]
    HijackedController {
        /// The view.
        view: u32,
        /// The output.
        output: u32,
        /// Whose key it should be.
        party: Party,
    },
    /// A party that has to be in the network map isn't.
    #[error("{party} is not in the network map")]
    NotAMember {
        /// The party.
        party: Party,
    },
    /// A signature that is needed is missing or covers less.
    #[error("{} has not signed view {view} as needed", .parties.iter().map(Party::as_str).collect::<Vec<_>>().join(" or "))]
    NotSigned {
        /// Who could.
        parties: Vec<Party>,
        /// The view.
        view: u32,
    },
    /// A signature doesn't verify.
    #[error("the signature of {party} does not verify")]
    BadSignature {
        /// Whose.
        party: Party,
    },
    /// An envelope can't be sealed or opened.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
}

impl Invalid {
    /// A stable code: the rule's name, or the check's.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(refusal) => &refusal.rule,
            Self::Foreign { .. } => "other_network_notary_or_format",
            Self::Limit { .. } => "limit_exceeded",
            Self::Window => "window_not_allowed",
            Self::UnknownContract(_) => "contract_not_accepted",
            Self::Misplaced { .. } => "view_out_of_place",
            Self::NotComputed { .. } => "does_not_follow_from_contract",
            Self::Uncommitted { .. } => "header_commits_otherwise",
            Self::ShownApart { .. } => "shown_facts_not_in_view",
            Self::DueNotDischarged { .. } => "due_discharged_exactly_once",
            Self::HijackedController { .. } => "controller_not_vouched_for",
            Self::NotAMember { .. } => "not_a_member",
            Self::NotSigned { .. } => "signature_missing",
            Self::BadSignature { .. } => "signature_wrong",
            Self::Envelope(_) => "envelope_unusable",
        }
    }
}

/// Signatures of which `needed` must be there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Requirement {
    /// The view, by ordinal.
    pub ordinal: u32,
    /// Its root.
    pub view: ViewRoot,
    /// In what capacity.
    pub role: Role,
    /// Who can.
    pub parties: Vec<Party>,
    /// How many of them must.
    pub needed: u16,
}

/// What a view means once its contract has been applied.
#[derive(Debug, Clone)]
pub struct Meaning {
    /// Who must sign.
    pub signers: Vec<Party>,
    /// What is owed.
    pub dues: Vec<Due>,
    /// Parts that parties have in the created facts, by output.
    pub created: Vec<FactRoles>,
    /// Parts that parties have in the consumed facts.
    pub consumed: Vec<FactRoles>,
    /// Whether it moves money: then `seen by` opens single facts, not the view with everybody else's money and change.
    pub moves_money: bool,
}

impl Meaning {
    fn roles(&self) -> impl Iterator<Item = &FactRoles> {
        self.created.iter().chain(&self.consumed)
    }

    /// Observers of the view, in order of identifier. Whoever signs or attests sees it anyway.
    #[must_use]
    pub fn observers(&self) -> BTreeSet<Party> {
        self.roles()
            .flat_map(|r| &r.observed_by)
            .filter(|p| !self.insiders().contains(*p))
            .cloned()
            .collect()
    }

    /// Parties that the contract names as observers and that have a part in the view besides.
    #[must_use]
    pub fn observers_inside(&self) -> BTreeSet<Party> {
        let insiders = self.insiders();
        let observers = self.roles().flat_map(|r| &r.observed_by);
        observers
            .filter(|p| insiders.contains(*p))
            .cloned()
            .collect()
    }

    /// Those who see the view whole because they have a part in it.
    #[must_use]
    pub fn insiders(&self) -> BTreeSet<Party> {
        let seen_by = |r: &FactRoles| if self.moves_money { 0 } else { r.seen_by.len() };
        let parts = self
            .roles()
            .flat_map(|r| r.attestors.iter().chain(&r.seen_by[..seen_by(r)]));
        self.signers.iter().chain(parts).cloned().collect()
    }

    /// Those who see the created fact at `output` whole, if not the view.
    #[must_use]
    pub fn owners(&self, output: usize) -> BTreeSet<Party> {
        let roles = self.created.get(output);
        let parts = roles.map(|r| r.controllers.iter().chain(&r.seen_by));
        parts.into_iter().flatten().cloned().collect()
    }
}

/// The fact as its contract sees it.
#[must_use]
pub fn fact_value(fact: &Fact) -> FactValue {
    FactValue {
        kind: fact.kind,
        fields: fact.fields.clone(),
    }
}

/// The token of an input whose home is `notary`.
#[must_use]
pub fn input_token(input: &Input, notary: &Lineage) -> Token {
    token(
        &input.fact.control.hash(),
        &input.fact.token_key().rho(notary, &input.at),
    )
}

fn contract_of<'a>(book: &'a ContractBook, view: &View) -> Result<&'a Contract, Invalid> {
    let contract = book
        .get(&view.contract)
        .ok_or(Invalid::UnknownContract(view.contract.0))?;
    let foreign = |fact: &Fact| fact.contract != view.contract;
    let not_computed = |what| Invalid::NotComputed {
        ordinal: view.ordinal,
        what,
    };
    if view
        .consumed
        .iter()
        .chain(&view.referenced)
        .any(|input| foreign(&input.fact))
    {
        return Err(not_computed("a fact of another contract"));
    }
    if view.created.iter().any(foreign) {
        return Err(not_computed("a created fact of another contract"));
    }
    Ok(contract)
}

fn roles_of<'a>(
    contract: &Contract,
    facts: impl Iterator<Item = &'a Fact>,
) -> Result<Vec<FactRoles>, Refusal> {
    facts
        .map(|fact| contract.roles_of(&fact_value(fact)))
        .collect()
}

/// Applies an action's contract to its view.
fn action_meaning(
    view: &View,
    contract: &Contract,
    effective: jiff::civil::Date,
) -> Result<Meaning, Invalid> {
    let Command::Action(action, args) = &view.command else {
        return Err(Invalid::NotComputed {
            ordinal: view.ordinal,
            what: "the command",
        });
    };
    let values = |inputs: &[Input]| {
        inputs
            .iter()
            .map(|i| fact_value(&i.fact))
            .collect::<Vec<_>>()
    };
    let outcome = contract.apply(&Call {
        action: *action,
        args,
        effective,
        consumed: &values(&view.consumed),
        referenced: &values(&view.referenced),
    })?;
    let same = outcome.created.len() == view.created.len()
        && outcome
            .created
            .iter()
            .zip(&view.created)
            .all(|(value, fact)| {
                value.kind == fact.kind && value.fields == fact.fields && fact.due.is_none()
            });
    if !same {
        return Err(Invalid::NotComputed {
            ordinal: view.ordinal,
            what: "a created fact",
        });
    }
    Ok(Meaning {
        signers: outcome.signers,
        dues: outcome.dues,
        created: roles_of(contract, view.created.iter())?,
        consumed: roles_of(contract, view.consumed.iter().map(|i| &i.fact))?,
        moves_money: false,
    })
}

/// Dues that are seen, by reference.
type SeenDues<'a> = BTreeMap<DueRef, (&'a View, &'a Due)>;

/// Applies the built-in rules of money to a money view.
fn money_meaning(
    view: &View,
    contract: &Contract,
    seen: &SeenDues<'_>,
) -> Result<Meaning, Invalid> {
    let Command::Move(money) = view.command else {
        return Err(Invalid::NotComputed {
            ordinal: view.ordinal,
            what: "the command",
        });
    };
    let consumed: Vec<FactValue> = view.consumed.iter().map(|i| fact_value(&i.fact)).collect();
    let created: Vec<FactValue> = view.created.iter().map(fact_value).collect();
    let refs: Vec<DueRef> = seen
        .iter()
        .filter(|(_, (stated, due))| stated.contract == view.contract && due.money == money)
        .map(|(at, _)| *at)
        .collect();
    let dues: Vec<Due> = refs.iter().map(|at| seen[at].1.clone()).collect();
    let mut allocated = Vec::with_capacity(created.len());
    for (fact, value) in view.created.iter().zip(&created) {
        let due = match fact.due {
            None => None,
            Some(at) => Some(
                refs.binary_search(&at)
                    .map_err(|_| Invalid::DueNotDischarged { due: at, times: 0 })?,
            ),
        };
        allocated.push(Allocated { fact: value, due });
    }
    let settled = contract.settle(&MoneyMove {
        money,
        dues: &dues,
        consumed: &consumed,
        created: &allocated,
    })?;
    Ok(Meaning {
        signers: settled.signers,
        dues: Vec::new(),
        created: roles_of(contract, view.created.iter())?,
        consumed: roles_of(contract, view.consumed.iter().map(|i| &i.fact))?,
        moves_money: true,
    })
}

/// An observer that sees the money but not the dues still checks that nothing appears or disappears; what each amount
/// was for, it takes from the attestor's signature.
fn observed_money(view: &View, contract: &Contract) -> Result<Meaning, Invalid> {
    let total = |facts: &mut dyn Iterator<Item = &Fact>| -> i128 {
        facts
            .filter_map(|fact| {
                let shape = contract.kinds().get(usize::from(fact.kind))?.money?;
                match fact.fields.get(usize::from(shape.amount)) {
                    Some(deed::Value::Money(money)) => Some(i128::from(money.minor)),
                    _ => None,
                }
            })
            .sum()
    };
    let consumed = total(&mut view.consumed.iter().map(|i| &i.fact));
    let created = total(&mut view.created.iter());
    let issued = view.consumed.is_empty() && view.created.iter().all(|fact| fact.due.is_some());
    if consumed != created && !issued {
        return Err(Refusal {
            rule: "money_is_conserved".to_owned(),
            message: format!("{consumed} minor units go in and {created} come out"),
            law: None,
        }
        .into());
    }
    Ok(Meaning {
        signers: Vec::new(),
        dues: Vec::new(),
        created: roles_of(contract, view.created.iter())?,
        consumed: roles_of(contract, view.consumed.iter().map(|i| &i.fact))?,
        moves_money: true,
    })
}

/// The meaning of every whole view, in order; `None` for those that aren't seen whole.
fn meanings(
    views: &[Option<&View>],
    book: &ContractBook,
    effective: jiff::civil::Date,
    standing: Standing,
) -> Result<Vec<Option<Meaning>>, Invalid> {
    let mut meanings: Vec<Option<Meaning>> = vec![None; views.len()];
    for (slot, view) in meanings.iter_mut().zip(views) {
        if let Some(view) = view.filter(|v| matches!(v.command, Command::Action(..))) {
            *slot = Some(action_meaning(view, contract_of(book, view)?, effective)?);
        }
    }
    let dues: Vec<(DueRef, &View, Due)> = views
        .iter()
        .zip(&meanings)
        .filter_map(|(view, meaning)| Some(((*view)?, meaning.as_ref()?)))
        .flat_map(|(view, meaning)| {
            (0u32..).zip(&meaning.dues).map(move |(position, due)| {
                (
                    DueRef {
                        view: view.ordinal,
                        position,
                    },
                    view,
                    due.clone(),
                )
            })
        })
        .collect();
    let seen: SeenDues<'_> = dues
        .iter()
        .map(|(at, view, due)| (*at, (*view, due)))
        .collect();
    let mut moved = BTreeSet::new();
    for (slot, view) in meanings.iter_mut().zip(views) {
        let Some(view) = view else { continue };
        let Command::Move(money) = view.command else {
            continue;
        };
        if !moved.insert((view.contract, money)) {
            return Err(Invalid::NotComputed {
                ordinal: view.ordinal,
                what: "a second view of the same money",
            });
        }
        let contract = contract_of(book, view)?;
        let hidden = |fact: &Fact| {
            fact.due
                .is_some_and(|due| views.get(due.view as usize).is_some_and(Option::is_none))
        };
        *slot = Some(
            if standing == Standing::Observer && view.created.iter().any(hidden) {
                observed_money(view, contract)?
            } else {
                money_meaning(view, contract, &seen)?
            },
        );
    }
    Ok(meanings)
}

/// Who sees what of a transaction, as its drafter knows it.
///
/// # Errors
/// [`Invalid`] if the transaction isn't valid.
pub fn audiences(transaction: &Transaction, book: &ContractBook) -> Result<Vec<Audience>, Invalid> {
    let views: Vec<Option<&View>> = transaction.views.iter().map(Some).collect();
    let meanings = meanings(
        &views,
        book,
        transaction.header.terms.effective,
        Standing::Party,
    )?;
    Ok(transaction
        .views
        .iter()
        .zip(&meanings)
        .map(|(view, meaning)| {
            let Some(meaning) = meaning else {
                return Audience::default();
            };
            let output = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
            let owners = (0..meaning.created.len())
                .map(|i| (output(i), meaning.owners(i)))
                .collect();
            let creditors = view
                .created
                .iter()
                .enumerate()
                .filter_map(|(i, fact)| {
                    let stating = meanings.get(fact.due?.view as usize)?.as_ref()?;
                    Some((output(i), stating.insiders()))
                })
                .collect();
            Audience {
                whole: meaning.insiders(),
                observers: meaning.observers(),
                owners,
                creditors,
            }
        })
        .collect())
}

/// The sealed envelopes of a view, observers in order of identifier.
///
/// # Errors
/// [`Invalid::NotAMember`], [`Invalid::Envelope`].
pub fn envelopes(
    view: &View,
    observers: &BTreeSet<Party>,
    directory: &dyn Directory,
) -> Result<Vec<(Party, Envelope)>, Invalid> {
    if observers.is_empty() {
        return Ok(Vec::new());
    }
    let plain = codec::encode(view);
    observers
        .iter()
        .map(|observer| {
            let key = directory
                .envelope_key(observer)
                .ok_or_else(|| Invalid::NotAMember {
                    party: observer.clone(),
                })?;
            let ephemeral = envelope::ephemeral(&view.salt, observer);
            Ok((
                observer.clone(),
                envelope::seal(
                    &key,
                    &ephemeral,
                    ENVELOPE_INFO,
                    observer.as_str().as_bytes(),
                    &plain,
                )?,
            ))
        })
        .collect()
}

/// HPKE's `info` for envelopes.
pub const ENVELOPE_INFO: &[u8] = b"pvn envelope/1";

/// What a check found: what may be signed, and what must be signed before it can be relied on.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The transaction.
    pub id: TransactionId,
    /// Header and view roots.
    pub opening: IdOpening,
    /// The signatures that must be there before anybody who sees this much relies on it.
    pub required: Vec<Requirement>,
    /// The meaning of the views seen whole.
    pub meanings: Vec<Option<Meaning>>,
    /// The sealed envelopes of the views seen whole (empty when they were not checked).
    pub envelopes: Vec<Vec<(Party, Envelope)>>,
}

impl Checked {
    /// The scopes that `party` can sign after this check.
    #[must_use]
    pub fn scopes(&self, party: &Party) -> Vec<Scope> {
        let mine = self.required.iter().filter(|r| r.parties.contains(party));
        mine.map(|r| Scope {
            view: r.view,
            role: r.role.clone(),
        })
        .collect()
    }

    /// Everyone whose signature may be needed.
    #[must_use]
    pub fn signatories(&self) -> BTreeSet<Party> {
        self.required
            .iter()
            .flat_map(|r| r.parties.iter().cloned())
            .collect()
    }

    /// Checks that every required signature is there, verifies and covers the view; others are not looked at.
    /// Those in `known` were verified before.
    ///
    /// # Errors
    /// [`Invalid::NotSigned`], [`Invalid::BadSignature`], [`Invalid::NotAMember`].
    pub fn signed(
        &self,
        network: &NetworkId,
        signatures: &[ScopedSignature],
        known: &[ScopedSignature],
        directory: &dyn Directory,
    ) -> Result<(), Invalid> {
        self.covered(signatures)?;
        let signatories = self.signatories();
        let relied_on = signatures
            .iter()
            .filter(|s| signatories.contains(&s.party) && !known.contains(s));
        for signature in relied_on {
            self.verify(network, signature, directory)?;
        }
        Ok(())
    }

    /// Checks one signature.
    ///
    /// # Errors
    /// [`Invalid::BadSignature`], [`Invalid::NotAMember`].
    pub fn verify(
        &self,
        network: &NetworkId,
        signature: &ScopedSignature,
        directory: &dyn Directory,
    ) -> Result<(), Invalid> {
        let party = || signature.party.clone();
        let key = directory
            .signing_key(&signature.party)
            .ok_or_else(|| Invalid::NotAMember { party: party() })?;
        let verifies = signature.verifies(&key, network, &self.id);
        if verifies {
            Ok(())
        } else {
            Err(Invalid::BadSignature { party: party() })
        }
    }

    /// Checks that the signatures, should they verify, are all that is required.
    ///
    /// # Errors
    /// [`Invalid::NotSigned`].
    pub fn covered(&self, signatures: &[ScopedSignature]) -> Result<(), Invalid> {
        for requirement in &self.required {
            let signers: BTreeSet<&Party> = signatures
                .iter()
                .filter(|s| {
                    requirement.parties.contains(&s.party)
                        && s.covers(&requirement.view, &requirement.role)
                })
                .map(|s| &s.party)
                .collect();
            if signers.len() < usize::from(requirement.needed) {
                return Err(Invalid::NotSigned {
                    parties: requirement.parties.clone(),
                    view: requirement.ordinal,
                });
            }
        }
        Ok(())
    }
}

/// In what capacity somebody checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Takes part, and may sign what it checked.
    Party,
    /// Was shown views through sealed envelopes, and never signs: dues may be hidden from it, and the envelopes are not
    /// sealed again.
    Observer,
}

/// Where a transaction must belong.
#[derive(Debug, Clone, Copy)]
pub struct Home {
    /// The network.
    pub network: NetworkId,
    /// The notary.
    pub notary: Lineage,
}

fn limit(what: &'static str, count: usize, limit: usize) -> Result<(), Invalid> {
    if count <= limit {
        Ok(())
    } else {
        Err(Invalid::Limit { what, count, limit })
    }
}

/// Checks a header by itself: network, notary, format, window, limits.
///
/// # Errors
/// [`Invalid`].
pub fn check_header(header: &Header, home: &Home) -> Result<(), Invalid> {
    let terms = &header.terms;
    for (what, same) in [
        ("format", terms.format == FORMAT),
        ("network", terms.network == home.network),
        ("notary", terms.notary == home.notary),
    ] {
        if !same {
            return Err(Invalid::Foreign { what });
        }
    }
    let window = terms.window;
    let length = window.until_ms.checked_sub(window.from_ms);
    if length.is_none_or(|ms| ms > WINDOW_MS_MAX) || !window.touches(terms.effective) {
        return Err(Invalid::Window);
    }
    limit("views", header.views.len(), VIEWS_MAX)?;
    if header.views.is_empty() || terms.views as usize != header.views.len() {
        return Err(Invalid::Limit {
            what: "views",
            count: header.views.len(),
            limit: VIEWS_MAX,
        });
    }
    let spent = header.spent().count();
    limit("tokens", spent + header.referenced().count(), TOKENS_MAX)?;
    if spent == 0 {
        return Err(Invalid::Limit {
            what: "tokens used up",
            count: 0,
            limit: TOKENS_MAX,
        });
    }
    header
        .views
        .iter()
        .try_for_each(|view| limit("observers", view.envelopes.len(), OBSERVERS_MAX))
}

/// Checks a transaction as far as it is seen. Signatures are checked apart, with [`Checked::signed`]: those who sign
/// check first.
///
/// # Errors
/// [`Invalid`], the first thing found.
pub fn check(
    seen: &TearOff,
    standing: Standing,
    book: &ContractBook,
    home: &Home,
    directory: &dyn Directory,
) -> Result<Checked, Invalid> {
    check_opened(seen, seen.opening(), standing, book, home, directory)
}

/// [`check`] with the opening that `seen` gives, for those who have computed it already.
///
/// # Errors
/// [`Invalid`], the first thing found.
pub fn check_opened(
    seen: &TearOff,
    opening: IdOpening,
    standing: Standing,
    book: &ContractBook,
    home: &Home,
    directory: &dyn Directory,
) -> Result<Checked, Invalid> {
    check_header(&seen.header, home)?;
    if seen.views.len() != seen.header.views.len() {
        return Err(Invalid::Limit {
            what: "views",
            count: seen.views.len(),
            limit: seen.header.views.len(),
        });
    }
    let whole: Vec<Option<&View>> = (0..seen.views.len() as u32)
        .map(|o| seen.whole(o))
        .collect();
    for (ordinal, view) in (0u32..).zip(&whole) {
        let Some(view) = view else { continue };
        if view.ordinal != ordinal {
            return Err(Invalid::Misplaced { ordinal });
        }
        for (what, count) in [
            ("facts consumed", view.consumed.len()),
            ("facts created", view.created.len()),
            ("facts referenced", view.referenced.len()),
        ] {
            limit(what, count, FACTS_PER_VIEW_MAX)?;
        }
    }
    let meanings = meanings(&whole, book, seen.header.terms.effective, standing)?;
    let mut checked = Checked {
        id: opening.id(),
        opening,
        required: Vec::new(),
        meanings,
        envelopes: Vec::new(),
    };
    for (ordinal, view) in (0u32..).zip(&seen.views) {
        let root = checked.opening.roots[ordinal as usize];
        match (view, &checked.meanings[ordinal as usize]) {
            (SeenView::Whole(view), Some(meaning)) => {
                let sealed =
                    check_commitments(seen, standing, view, meaning, book, home, directory)?;
                checked.envelopes.push(sealed);
                let required = match standing {
                    Standing::Party => {
                        whole_requirements(seen, view, meaning, root, home, directory)?
                    }
                    // Whose keys the facts are under is between their owners and those who vouch for the view.
                    Standing::Observer => agreed(view.ordinal, meaning, root),
                };
                checked.required.extend(required);
            }
            (SeenView::Outputs(outputs), _) => {
                checked.envelopes.push(Vec::new());
                checked.required.extend(output_requirements(
                    seen, ordinal, outputs, root, book, home, directory,
                )?);
            }
            _ => checked.envelopes.push(Vec::new()),
        }
    }
    if standing == Standing::Party {
        check_discharged(seen, &checked.meanings, book)?;
    }
    checked.required.sort();
    checked.required.dedup();
    Ok(checked)
}

fn check_commitments(
    seen: &TearOff,
    standing: Standing,
    view: &View,
    meaning: &Meaning,
    book: &ContractBook,
    home: &Home,
    directory: &dyn Directory,
) -> Result<Vec<(Party, Envelope)>, Invalid> {
    let header = &seen.header.views[view.ordinal as usize];
    let uncommitted = |what| Invalid::Uncommitted {
        ordinal: view.ordinal,
        what,
    };
    let tokens = |inputs: &[Input]| {
        inputs
            .iter()
            .map(|i| input_token(i, &home.notary))
            .collect::<Vec<_>>()
    };
    if tokens(&view.consumed) != header.consumed || tokens(&view.referenced) != header.referenced {
        return Err(uncommitted("tokens"));
    }
    let public = PublicPart::of(view, contract_of(book, view)?).map(|p| p.hash());
    if public != header.public {
        return Err(uncommitted("public part"));
    }
    if standing == Standing::Observer {
        return Ok(Vec::new());
    }
    let sealed = envelopes(view, &meaning.observers(), directory)?;
    if !sealed
        .iter()
        .map(|(_, e)| e.hash())
        .eq(header.envelopes.iter().copied())
    {
        return Err(uncommitted("envelopes"));
    }
    Ok(sealed)
}

/// The signatures of those who agree to a view and of those who vouch for what it creates.
fn agreed(ordinal: u32, meaning: &Meaning, root: ViewRoot) -> Vec<Requirement> {
    let signers = meaning.signers.iter().map(|party| Requirement {
        ordinal,
        view: root,
        role: Role::Signer,
        parties: vec![party.clone()],
        needed: 1,
    });
    let created = meaning.created.iter();
    let attested = created.filter_map(|roles| attestation(ordinal, root, roles));
    signers.chain(attested).collect()
}

fn whole_requirements(
    seen: &TearOff,
    view: &View,
    meaning: &Meaning,
    root: ViewRoot,
    home: &Home,
    directory: &dyn Directory,
) -> Result<Vec<Requirement>, Invalid> {
    let ordinal = view.ordinal;
    let mut required = agreed(ordinal, meaning, root);
    let mut received: BTreeMap<Party, Vec<u32>> = BTreeMap::new();
    for ((output, fact), roles) in (0u32..).zip(&view.created).zip(&meaning.created) {
        for party in controllers(ordinal, fact, roles)? {
            let signs = meaning.signers.contains(party);
            if !signs && !vouched(seen, ordinal, output, fact, roles, party, home, directory)? {
                received.entry(party.clone()).or_default().push(output);
            }
        }
    }
    required.extend(receptions(ordinal, root, received));
    Ok(required)
}

fn output_requirements(
    seen: &TearOff,
    ordinal: u32,
    outputs: &SeenOutputs,
    root: ViewRoot,
    book: &ContractBook,
    home: &Home,
    directory: &dyn Directory,
) -> Result<Vec<Requirement>, Invalid> {
    if !outputs.hangs_together() {
        return Err(Invalid::ShownApart { ordinal });
    }
    let mut required = Vec::new();
    let mut received: BTreeMap<Party, Vec<u32>> = BTreeMap::new();
    for (output, shown) in &outputs.shown {
        let (contract, value) = shown_value(shown).ok_or(Invalid::ShownApart { ordinal })?;
        let contract = book
            .get(&contract)
            .ok_or(Invalid::UnknownContract(contract.0))?;
        let roles = contract.roles_of(&value)?;
        required.extend(attestation(ordinal, root, &roles));
        if let ShownOutput::Whole(fact) = shown {
            for party in controllers(ordinal, fact, &roles)? {
                if !vouched(seen, ordinal, *output, fact, &roles, party, home, directory)? {
                    received.entry(party.clone()).or_default().push(*output);
                }
            }
        }
    }
    required.extend(receptions(ordinal, root, received));
    Ok(required)
}

fn attestation(ordinal: u32, view: ViewRoot, roles: &FactRoles) -> Option<Requirement> {
    (!roles.attestors.is_empty()).then(|| Requirement {
        ordinal,
        view,
        role: Role::Attestor,
        parties: roles.attestors.clone(),
        needed: roles.attestors_needed,
    })
}

fn receptions(
    ordinal: u32,
    view: ViewRoot,
    received: BTreeMap<Party, Vec<u32>>,
) -> impl Iterator<Item = Requirement> {
    received
        .into_iter()
        .map(move |(party, outputs)| Requirement {
            ordinal,
            view,
            role: Role::Receiver(outputs),
            parties: vec![party],
            needed: 1,
        })
}

/// The parties whose keys the fact's policy must hold, after checking that it has one key for each.
fn controllers<'a>(
    ordinal: u32,
    fact: &Fact,
    roles: &'a FactRoles,
) -> Result<&'a [Party], Invalid> {
    let fits = match &fact.control {
        Control {
            shape: Shape::Nobody,
            recovery: None,
        } => roles.controllers.is_empty(),
        Control {
            shape: Shape::All(keys),
            ..
        } => keys.len() == roles.controllers.len() && !keys.is_empty(),
        Control {
            shape: Shape::Nobody,
            ..
        } => false,
    };
    if fits {
        Ok(&roles.controllers)
    } else {
        Err(Invalid::NotComputed {
            ordinal,
            what: "a control policy",
        })
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "one output of one view of one transaction, in one directory"
)]
fn vouched(
    seen: &TearOff,
    view: u32,
    output: u32,
    fact: &Fact,
    roles: &FactRoles,
    party: &Party,
    home: &Home,
    directory: &dyn Directory,
) -> Result<bool, Invalid> {
    let Some(key) = roles
        .controllers
        .iter()
        .zip(fact.control.keys())
        .find(|(p, _)| *p == party)
        .map(|(_, k)| k)
    else {
        return Ok(false);
    };
    let mut vouchers = seen
        .vouchers
        .iter()
        .filter(|v| v.view == view && v.output == output);
    let Some(Voucher { .. }) = vouchers
        .clone()
        .map(|v| &v.voucher)
        .find(|v| v.party == *party)
    else {
        return Ok(false);
    };
    let owner = directory
        .signing_key(party)
        .ok_or_else(|| Invalid::NotAMember {
            party: party.clone(),
        })?;
    if vouchers.any(|v| v.voucher.party == *party && v.voucher.verifies(key, &owner, &home.network))
    {
        Ok(true)
    } else {
        Err(Invalid::HijackedController {
            view,
            output,
            party: party.clone(),
        })
    }
}

/// The contract and the values of a shown output, all fields of which must be shown.
fn shown_value(shown: &ShownOutput) -> Option<(ContractId, FactValue)> {
    match shown {
        ShownOutput::Whole(fact) => Some((fact.contract, fact_value(fact))),
        ShownOutput::Part(opening) => opened_value(opening),
    }
}

/// Contract and values of an opening that shows every field.
#[must_use]
pub fn opened_value(opening: &Opening) -> Option<(ContractId, FactValue)> {
    let (contract, kind, fields) = opening.head()?;
    let fields = (0..fields as usize)
        .map(|i| opening.field(i).cloned())
        .collect::<Option<Vec<_>>>()?;
    Some((contract, FactValue { kind, fields }))
}

/// Every due of a whole view must be seen discharged, once: in a whole money view, which settles it, or by shown outputs.
fn check_discharged(
    seen: &TearOff,
    meanings: &[Option<Meaning>],
    book: &ContractBook,
) -> Result<(), Invalid> {
    for (ordinal, meaning) in (0u32..).zip(meanings) {
        let Some(meaning) = meaning else { continue };
        for (position, due) in (0u32..).zip(&meaning.dues) {
            let at = DueRef {
                view: ordinal,
                position,
            };
            // Money of another contract that the parties accept as well is no payment, however alike it looks.
            let stated = seen.whole(ordinal).map(|view| view.contract);
            let times = seen
                .views
                .iter()
                .map(|view| stated.map_or(0, |contract| discharges(view, at, due, &contract, book)))
                .sum();
            if times != 1 {
                return Err(Invalid::DueNotDischarged { due: at, times });
            }
        }
    }
    Ok(())
}

fn discharges(
    view: &SeenView,
    at: DueRef,
    due: &Due,
    contract: &ContractId,
    book: &ContractBook,
) -> usize {
    match view {
        // Settling has compared the amounts already.
        SeenView::Whole(view) => view
            .created
            .iter()
            .filter(|fact| fact.due == Some(at))
            .count(),
        SeenView::Outputs(outputs) => outputs
            .shown
            .values()
            .filter(|shown| match shown {
                ShownOutput::Whole(fact) => fact.due == Some(at),
                ShownOutput::Part(opening) => opening.due() == Some(Some(at)),
            })
            .filter(|shown| {
                shown_value(shown).is_some_and(|(id, value)| {
                    id == *contract && book.get(&id).is_some_and(|c| pays(c, &value, due))
                })
            })
            .count(),
        SeenView::Hidden(_) => 0,
    }
}

/// Whether a money fact's values are those that the due asks for.
fn pays(contract: &Contract, value: &FactValue, due: &Due) -> bool {
    let Some(kind) = contract.kinds().get(usize::from(value.kind)) else {
        return false;
    };
    let Some(shape) = kind.money else {
        return false;
    };
    let field = |index: u16| value.fields.get(usize::from(index));
    value.kind == due.money
        && field(shape.amount) == Some(&deed::Value::Money(due.amount))
        && field(shape.holder) == Some(&deed::Value::Party(due.payee.clone()))
        && kind.attributes().map(field).eq(due.to.iter().map(Some))
}

/// Where an output will be found.
#[must_use]
pub fn output_ref(transaction: TransactionId, view: u32, output: u32) -> FactRef {
    FactRef {
        transaction,
        view,
        output,
    }
}
