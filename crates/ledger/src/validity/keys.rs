//! Whose keys stand in a created fact: in its policy one for each who controls it, and beside it one for whoever shows it.

use std::collections::BTreeMap;

use deed::{FactRoles, Party};

use crate::address::Purpose;
use crate::control::{Control, OneTimeKey, Shape};
use crate::digest::ViewRoot;
use crate::fact::Fact;
use crate::presentation::on_sheet;
use crate::signature::Role;
use crate::tearoff::{TearOff, Vouched};

use super::Directory;
use super::checked::Requirement;
use super::refusal::Invalid;
use super::standing::Home;

/// A key in a created fact.
struct Key<'a> {
    owner: &'a Party,
    purpose: Purpose,
    /// As it would stand on a sheet of its owner's; none for one of a suite that sheets don't have.
    key: Option<OneTimeKey>,
}

/// The keys in a fact, after checking that it has just those that the contract asks for.
fn keys<'a>(ordinal: u32, fact: &Fact, roles: &'a FactRoles) -> Result<Vec<Key<'a>>, Invalid> {
    let not_computed = |what| Invalid::NotComputed { ordinal, what };
    let fits = match &fact.control {
        // No contract asks for a way back. Whoever drafted one could use the fact up with a key of its own.
        Control {
            recovery: Some(_), ..
        } => false,
        Control {
            shape: Shape::Nobody,
            ..
        } => roles.controllers.is_empty(),
        Control {
            shape: Shape::All(keys),
            ..
        } => keys.len() == roles.controllers.len() && !keys.is_empty(),
    };
    if !fits {
        return Err(not_computed("a control policy"));
    }
    let controls = roles.controllers.iter().zip(fact.control.keys());
    let controls = controls.map(|(owner, key)| Key {
        owner,
        purpose: Purpose::Control,
        key: Some(*key),
    });
    let shows = match (&roles.shown_by, &fact.holder) {
        (Some(owner), Some(key)) => Some(Key {
            owner,
            purpose: Purpose::Holder,
            key: on_sheet(key),
        }),
        (None, None) => None,
        _ => return Err(not_computed("a holder's key")),
    };
    Ok(controls.chain(shows).collect())
}

/// The facts of one view, by those who must say of the keys in them that they are their own.
pub(super) struct Received<'a> {
    seen: &'a TearOff,
    home: &'a Home,
    directory: &'a dyn Directory,
    ordinal: u32,
    outputs: BTreeMap<Party, Vec<u32>>,
}

impl<'a> Received<'a> {
    pub(super) fn new(
        seen: &'a TearOff,
        home: &'a Home,
        directory: &'a dyn Directory,
        ordinal: u32,
    ) -> Self {
        Self {
            seen,
            home,
            directory,
            ordinal,
            outputs: BTreeMap::new(),
        }
    }

    /// Looks at a created fact. Who `signs` its view agrees to its own keys by that.
    pub(super) fn look(
        &mut self,
        output: u32,
        fact: &Fact,
        roles: &FactRoles,
        signs: impl Fn(&Party) -> bool,
    ) -> Result<(), Invalid> {
        for key in keys(self.ordinal, fact, roles)? {
            if signs(key.owner) || self.is_vouched_for(output, &key)? {
                continue;
            }
            let outputs = self.outputs.entry(key.owner.clone()).or_default();
            if outputs.last() != Some(&output) {
                outputs.push(output);
            }
        }
        Ok(())
    }

    /// Whether its owner gave the key out for this purpose; refused if it gave out another.
    fn is_vouched_for(&self, output: u32, key: &Key<'_>) -> Result<bool, Invalid> {
        let (view, party) = (self.ordinal, key.owner);
        let theirs = |v: &&Vouched| {
            let voucher = &v.voucher;
            (v.view, v.output) == (view, output)
                && voucher.party == *party
                && voucher.purpose == key.purpose
        };
        let Some(Vouched { voucher, .. }) = self.seen.vouchers.iter().find(theirs) else {
            return Ok(false);
        };
        let owner = self.directory.key(party, voucher.suite);
        let owner = owner.ok_or_else(|| Invalid::NotAMember {
            party: party.clone(),
        })?;
        let verifies = |key| voucher.verifies(&key, &owner, &self.home.network);
        if key.key.is_some_and(verifies) {
            Ok(true)
        } else {
            Err(Invalid::HijackedKey {
                view,
                output,
                party: party.clone(),
                purpose: key.purpose,
            })
        }
    }

    /// Their signatures, which the view needs.
    pub(super) fn requirements(self, view: ViewRoot) -> impl Iterator<Item = Requirement> {
        let ordinal = self.ordinal;
        self.outputs
            .into_iter()
            .map(move |(party, outputs)| Requirement {
                ordinal,
                view,
                role: Role::Receiver(outputs),
                parties: vec![party],
                needed: 1,
            })
    }
}
