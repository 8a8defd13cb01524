//! Tokens listed by who has no right to use them up.

use std::collections::BTreeSet;

use ledger::fact::FactRef;
use ledger::transaction::{FORMAT, Header, IdOpening, Terms, ViewHeader, Window};
use ledger::validity::input_token;
use ledger::view::Input;
use ledger::{Digest, Token, ViewRoot};
use protocol::notary::{Request, Submission};

use crate::world::World;

impl World {
    /// Every token that she has seen or can compute, listed where no authority is asked for, and as business keys.
    pub(super) fn burn(&mut self) -> Option<()> {
        let mut tokens: BTreeSet<Token> = self.mallory.tokens.clone();
        let notary = self.town.home.notary;
        for plot in self.mallory.plots.values() {
            let id = plot.craft.transaction.opening().id();
            for view in &plot.craft.transaction.views {
                for (output, fact) in (0u32..).zip(&view.created) {
                    let at = FactRef {
                        transaction: id,
                        view: view.ordinal,
                        output,
                    };
                    let fact = fact.clone();
                    tokens.insert(input_token(&Input { at, fact }, &notary));
                }
            }
        }
        let tokens: Vec<Token> = tokens.into_iter().take(200).collect();
        if tokens.is_empty() {
            return None;
        }
        self.list(Vec::new(), tokens.clone());
        self.list(tokens, Vec::new());
        Some(())
    }

    /// Asks the notary to certify nothing but these tokens.
    fn list(&mut self, keys: Vec<Token>, cancel: Vec<Token>) {
        let guess = self.rng.digest();
        let secrets = vec![guess; keys.len()];
        let header = Header {
            terms: Terms {
                format: FORMAT,
                network: self.town.home.network,
                notary: self.town.home.notary,
                window: Window {
                    from_ms: self.now_ms - 30_000,
                    until_ms: self.now_ms + 60_000,
                },
                map_size: self.town.directories[0].size(),
                effective: jiff::civil::date(2026, 11, 20),
                views: 1,
            },
            views: vec![ViewHeader {
                consumed: Vec::new(),
                referenced: Vec::new(),
                keys,
                public: None,
                envelopes: Vec::new(),
            }],
            cancel,
        };
        let opening = IdOpening {
            header,
            roots: vec![ViewRoot(self.rng.digest())],
        };
        let id = opening.id();
        self.oracles.poisoned.insert(id, BTreeSet::new());
        let request = Request::Certify(Submission {
            opening,
            authorities: vec![Vec::new()],
            public: vec![None],
            r: Digest::default(),
            keys: secrets,
        });
        let mallory = self.town.mallory();
        self.ask(mallory, id, request);
    }
}
