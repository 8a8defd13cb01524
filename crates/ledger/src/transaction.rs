//! Transactions: a header and one view per command, under one id.

use jiff::civil::Date;
use minicbor::{Decode, Encode};

use crate::codec;
use crate::digest::{Digest, Lineage, NetworkId, Token, TransactionId, ViewRoot};
use crate::token::Sort;
use crate::tree::root;
use crate::view::View;

/// The format that this crate writes and reads.
pub const FORMAT: u8 = 2;

/// When a transaction may be notarised, both ends included, milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Window {
    /// Not before.
    #[n(0)]
    pub from_ms: u64,
    /// Not after.
    #[n(1)]
    pub until_ms: u64,
}

impl Window {
    /// Whether the moment lies inside.
    #[must_use]
    pub fn contains(&self, at_ms: u64) -> bool {
        (self.from_ms..=self.until_ms).contains(&at_ms)
    }

    /// Whether the date is that (UTC) of a moment inside.
    #[must_use]
    pub fn touches(&self, date: Date) -> bool {
        const DAY_MS: u64 = 24 * 60 * 60 * 1000;
        let day = i64::from(codec::date::days(date));
        let (first, last) = (self.from_ms / DAY_MS, self.until_ms / DAY_MS);
        i64::try_from(first).is_ok_and(|f| f <= day) && i64::try_from(last).is_ok_and(|l| day <= l)
    }
}

/// What the header commits for one view.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ViewHeader {
    /// Tokens of the consumed facts, in the view's order.
    #[cbor(n(0), with = "codec::list")]
    pub consumed: Vec<Token>,
    /// Tokens of the referenced facts, in the view's order: the notary checks that they are unused.
    #[cbor(n(1), with = "codec::list")]
    pub referenced: Vec<Token>,
    /// Tokens of the business keys that created facts take, in the order of the facts: one for each who keeps a key.
    #[cbor(n(2), with = "codec::list")]
    pub keys: Vec<Token>,
    /// Hash of the public part, where the contract publishes anything.
    #[n(3)]
    pub public: Option<Digest>,
    /// Hash of each observer's sealed envelope, observers in order of identifier.
    #[cbor(n(4), with = "codec::list")]
    pub envelopes: Vec<Digest>,
}

/// What a transaction says of itself, apart from its tokens: a few fixed fields, so that proofs stay small.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Terms {
    /// The format, [`FORMAT`].
    #[n(0)]
    pub format: u8,
    /// The network it belongs to.
    #[n(1)]
    pub network: NetworkId,
    /// The notary that is to certify it.
    #[n(2)]
    pub notary: Lineage,
    /// When it may be notarised.
    #[n(3)]
    pub window: Window,
    /// Entries in the map's log by which its signers are known: the batch that certifies it must pin as many at least, or
    /// nobody else could tell whose signatures they are.
    #[n(4)]
    pub map_size: u64,
    /// The date that picks rates and periods; must lie inside the window.
    #[cbor(n(5), with = "codec::date")]
    pub effective: Date,
    /// Number of views.
    #[n(6)]
    pub views: u32,
}

/// What a transaction shows the notary: its terms, and its tokens and commitments for each view.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Header {
    /// The fixed fields.
    #[n(0)]
    pub terms: Terms,
    /// One entry a view.
    #[cbor(n(1), with = "codec::list")]
    pub views: Vec<ViewHeader>,
    /// One cancel token a signer.
    #[cbor(n(2), with = "codec::list")]
    pub cancel: Vec<Token>,
}

impl Header {
    /// Hash over the tokens and commitments of every view.
    #[must_use]
    pub fn load(&self) -> Digest {
        Digest::of(&[&[0x34], &codec::encode(&(&self.views, &self.cancel))])
    }

    /// Every token that certifying uses up, with what it is: consumed, keys and cancel tokens, in the header's order.
    pub fn spent(&self) -> impl Iterator<Item = (Sort, &Token)> {
        fn all(sort: Sort, tokens: &[Token]) -> impl Iterator<Item = (Sort, &Token)> {
            tokens.iter().map(move |token| (sort, token))
        }
        self.views
            .iter()
            .flat_map(|view| all(Sort::Fact, &view.consumed).chain(all(Sort::Key, &view.keys)))
            .chain(all(Sort::Cancel, &self.cancel))
    }

    /// Every token that must still be unused.
    pub fn referenced(&self) -> impl Iterator<Item = &Token> {
        self.views.iter().flat_map(|view| &view.referenced)
    }
}

/// What opens a transaction id: the header and the roots of the views.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct IdOpening {
    /// The header.
    #[n(0)]
    pub header: Header,
    /// The views' roots, in order.
    #[cbor(n(1), with = "codec::list")]
    pub roots: Vec<ViewRoot>,
}

impl IdOpening {
    /// The transaction's id.
    #[must_use]
    pub fn id(&self) -> TransactionId {
        let roots: Vec<Digest> = self.roots.iter().map(|r| r.0).collect();
        self.header
            .terms
            .id(&self.header.load(), &root(VIEWS, &roots))
    }
}

/// Tag of the level of view roots.
pub(crate) const VIEWS: u8 = 0x31;

impl Terms {
    /// The id of the transaction with these terms, this hash of tokens and this root over its views.
    #[must_use]
    pub fn id(&self, load: &Digest, views: &Digest) -> TransactionId {
        let terms = Digest::of(&[&[0x32], &codec::encode(self)]);
        TransactionId(Digest::of(&[&[0x30], &terms.0, &load.0, &views.0]))
    }
}

/// A whole transaction, as its drafter holds it.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Transaction {
    /// The header.
    #[n(0)]
    pub header: Header,
    /// The views, in order.
    #[cbor(n(1), with = "codec::list")]
    pub views: Vec<View>,
}

impl Transaction {
    /// Header and view roots.
    #[must_use]
    pub fn opening(&self) -> IdOpening {
        IdOpening {
            header: self.header.clone(),
            roots: self.views.iter().map(View::root).collect(),
        }
    }
}
