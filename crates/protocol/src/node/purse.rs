//! The money that parties hosted here hold, by sort and amount: what is free, and what open flows have locked.
//!
//! An index over the facts, rebuilt when the node opens.

use std::collections::{BTreeMap, BTreeSet};

use deed::{Contract, Party, Value};
use ledger::codec;
use ledger::fact::{Fact, FactRef};
use ledger::{ContractId, TransactionId};

use crate::limits::CANDIDATES_MAX;

/// A sort of money in one holder's hands: contract, kind, holder, attributes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PurseKey {
    /// The contract.
    pub contract: ContractId,
    /// The kind of money.
    pub kind: u16,
    /// The holder.
    pub holder: Party,
    /// The canonical bytes of the attributes, in the kind's order.
    pub attributes: Vec<u8>,
}

impl PurseKey {
    /// The key for given attribute values.
    #[must_use]
    pub fn new(contract: ContractId, kind: u16, holder: Party, attributes: &[Value]) -> Self {
        Self {
            contract,
            kind,
            holder,
            attributes: encode_values(attributes),
        }
    }

    /// The attribute values that [`Self::attributes`] encodes; none if they aren't an encoding of our own.
    #[must_use]
    pub fn attributes_of(attributes: &[u8]) -> Vec<Value> {
        let mut decoder = minicbor::Decoder::new(attributes);
        codec::values::decode(&mut decoder, &mut ()).unwrap_or_default()
    }

    /// The key and amount in minor units of a money fact; `None` for other facts.
    #[must_use]
    pub fn of(fact: &Fact, contract: &Contract) -> Option<(Self, i64)> {
        let kind = contract.kinds().get(usize::from(fact.kind))?;
        let shape = kind.money?;
        let field = |index: u16| fact.fields.get(usize::from(index));
        let (Some(Value::Money(amount)), Some(Value::Party(holder))) =
            (field(shape.amount), field(shape.holder))
        else {
            return None;
        };
        let attributes: Vec<Value> = kind.attributes().filter_map(field).cloned().collect();
        Some((
            Self::new(fact.contract, fact.kind, holder.clone(), &attributes),
            amount.minor,
        ))
    }
}

/// The canonical bytes of a list of values.
pub(crate) fn encode_values(values: &[Value]) -> Vec<u8> {
    #[derive(minicbor::Encode)]
    #[cbor(transparent)]
    struct Values<'a>(#[cbor(n(0), with = "codec::values")] &'a [Value]);
    codec::encode(&Values(values))
}

/// What one holder has of one sort of money.
#[derive(Debug, Default)]
struct Pocket {
    free: BTreeSet<(i64, FactRef)>,
    free_minor: i128,
    locked: usize,
    locked_minor: i128,
}

/// All money held here.
#[derive(Debug, Default)]
pub struct Purse {
    pockets: BTreeMap<PurseKey, Pocket>,
    locked: BTreeMap<FactRef, (PurseKey, i64)>,
}

impl Purse {
    /// Adds a money fact that became current.
    pub fn add(&mut self, key: PurseKey, minor: i64, at: FactRef) {
        let pocket = self.pockets.entry(key).or_default();
        if pocket.free.insert((minor, at)) {
            pocket.free_minor += i128::from(minor);
        }
    }

    /// Removes a money fact that was used up.
    pub fn remove(&mut self, key: &PurseKey, minor: i64, at: &FactRef) {
        self.unlock(at);
        if let Some(pocket) = self.pockets.get_mut(key)
            && pocket.free.remove(&(minor, *at))
        {
            pocket.free_minor -= i128::from(minor);
        }
    }

    /// Locks a fact for a flow.
    pub fn lock(&mut self, key: &PurseKey, minor: i64, at: FactRef) {
        if let Some(pocket) = self
            .pockets
            .get_mut(key)
            .filter(|p| p.free.contains(&(minor, at)))
        {
            pocket.free.remove(&(minor, at));
            pocket.free_minor -= i128::from(minor);
            pocket.locked += 1;
            pocket.locked_minor += i128::from(minor);
            self.locked.insert(at, (key.clone(), minor));
        }
    }

    /// Frees a locked fact again, and says of which sort it is.
    pub fn unlock(&mut self, at: &FactRef) -> Option<PurseKey> {
        let (key, minor) = self.locked.remove(at)?;
        let pocket = self.pockets.entry(key.clone()).or_default();
        pocket.locked -= 1;
        pocket.locked_minor -= i128::from(minor);
        pocket.free_minor += i128::from(minor);
        pocket.free.insert((minor, *at));
        Some(key)
    }

    /// Free facts that together can give `minor`: the smallest single one that suffices, else the largest ones. Empty when
    /// even all together don't suffice; then [`Self::held`] tells whether waiting may help.
    #[must_use]
    pub fn candidates(&self, key: &PurseKey, minor: i64) -> Vec<FactRef> {
        let Some(pocket) = self.pockets.get(key) else {
            return Vec::new();
        };
        let zero = ledger::Digest([0; 32]);
        let from = (
            minor,
            FactRef {
                transaction: TransactionId(zero),
                view: 0,
                output: 0,
            },
        );
        if let Some((_, at)) = pocket.free.range(from..).next() {
            return vec![*at];
        }
        let mut sum = 0i128;
        let mut chosen = Vec::new();
        for (amount, at) in pocket.free.iter().rev().take(CANDIDATES_MAX) {
            sum += i128::from(*amount);
            chosen.push(*at);
            if sum >= i128::from(minor) {
                return chosen;
            }
        }
        Vec::new()
    }

    /// Free and locked minor units, and the number of free facts.
    #[must_use]
    pub fn held(&self, key: &PurseKey) -> (i128, i128, usize) {
        self.pockets.get(key).map_or((0, 0, 0), |pocket| {
            (pocket.free_minor, pocket.locked_minor, pocket.free.len())
        })
    }

    /// How many facts there are, free and locked.
    #[must_use]
    pub fn count(&self, key: &PurseKey) -> usize {
        self.pockets
            .get(key)
            .map_or(0, |pocket| pocket.free.len() + pocket.locked)
    }

    /// Every sort of money held, with free and locked minor units and the number of free facts.
    pub fn sorts(&self) -> impl Iterator<Item = (&PurseKey, (i128, i128, usize))> {
        self.pockets.keys().map(|key| (key, self.held(key)))
    }
}
