//! Bugs put into a world on purpose: each makes one invariant fail, or the invariant is no use.

use ledger::codec;
use ledger::signature::{Role, Scope};
use ledger::tearoff::SeenView;
use ledger::validity::input_token;
use ledger::view::Input;
use protocol::message::Message;
use protocol::node::records::{StoredFact, StoredTransaction, fact_of_key};
use protocol::notary::Notary;
use protocol::notary::store::{NotaryBatch, NotaryStore as _};
use protocol::store::{Table, WriteBatch};

use crate::keys::{signed, signing_key};
use crate::world::World;

/// One bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// The notary forgets which tokens were used.
    ForgetfulNotary,
    /// The notary's disk is replaced by an earlier copy.
    NotaryFromBackup,
    /// A node writes a certificate that the log doesn't hold.
    InventedCertificate,
    /// A node keeps a transaction without one of its signatures.
    SignatureLost,
    /// A fact disappears from a vault, behind the node's back.
    FactLost,
    /// The notary takes a token for used that nobody used.
    TokenInvented,
    /// A node's copy of what it may see goes to another.
    Leak,
    /// A value is written into the notary's store.
    LeakToNotary,
    /// A message to the auditor is swallowed and acknowledged.
    AuditorDeaf,
    /// Messages to the portal are swallowed and acknowledged.
    PortalDeaf,
    /// The word that a transaction is certified is swallowed at its payee, and acknowledged.
    PayeeDeaf,
    /// A node signs whatever Mallory proposes.
    SignsAnything,
    /// The institution's books are changed.
    BooksCooked,
    /// The notary forgets which tokens were used, and what Mallory drafts is known to nobody: only the tokens show it.
    TokenTwice,
    /// The institution loses its list of business keys, and the secret from which their tokens follow: nobody is left who knows
    /// them.
    KeysForgotten,
}

impl World {
    /// Puts a bug into this world.
    #[must_use]
    pub fn sabotaged(mut self, sabotage: Sabotage) -> Self {
        match sabotage {
            Sabotage::ForgetfulNotary | Sabotage::TokenTwice => self.notary.disk.forget_tokens(),
            _ => {}
        }
        self.saboteur = Some(sabotage);
        self
    }

    fn is(&self, sabotage: Sabotage) -> bool {
        self.saboteur == Some(sabotage)
    }

    /// An institution that signs whatever Mallory proposes.
    pub(crate) fn sign_anything(&mut self, at: usize, from: usize, message: &Message) {
        let bank = self.town.bank.clone();
        let gullible = self.is(Sabotage::SignsAnything) && from == self.town.mallory();
        let Message::Propose(proposal) = message else {
            return;
        };
        if !gullible || self.town.machine_of(&bank) != Some(at) {
            return;
        }
        let id = proposal.seen.id();
        let scopes = proposal.seen.views.iter().map(|view| Scope {
            view: view.root(),
            role: Role::Attestor,
        });
        let key = signing_key(bank.as_str());
        let network = &self.town.home.network;
        if let Some(signature) = signed(&key, &bank, network, &id, scopes.collect()) {
            let bytes = codec::encode(&Message::Signed(id, vec![signature]));
            self.put_on_the_wire(at, from, None, bytes);
        }
    }

    /// Whether a saboteur keeps a message from its receiver.
    pub(crate) fn withheld(&self, to: usize, message: &Message) -> bool {
        let auditor = self.town.machine_of(&self.town.auditor);
        let bank = self.town.machine_of(&self.town.bank);
        match message {
            Message::Observe(_) => self.is(Sabotage::AuditorDeaf) && Some(to) == auditor,
            Message::Disclose(_) => self.is(Sabotage::PortalDeaf),
            Message::Final(_) => self.is(Sabotage::PayeeDeaf) && Some(to) != bank,
            _ => false,
        }
    }

    /// What a saboteur does to what was just written and sent.
    pub(crate) fn sabotage(&mut self) {
        match self.saboteur {
            Some(Sabotage::InventedCertificate) => self.change_kept(|stored| {
                stored.certificate.entry.time_ms += 1;
            }),
            Some(Sabotage::SignatureLost) => self.change_kept(|stored| {
                stored.signatures.pop();
            }),
            Some(Sabotage::FactLost) => self.lose(Table::Facts, b""),
            Some(Sabotage::KeysForgotten) => {
                self.lose(Table::Index, b"unique/");
                self.replace_secret();
            }
            Some(Sabotage::Leak) => self.leak(),
            Some(Sabotage::LeakToNotary) => {
                let meta = vec![("note".to_owned(), b"CANARY-000003-".to_vec())];
                let batch = NotaryBatch {
                    meta,
                    ..Default::default()
                };
                self.news.push(crate::news::News::Logged { batch });
                self.saboteur = None;
            }
            Some(Sabotage::NotaryFromBackup) => self.put_backup_back(),
            _ => {}
        }
    }

    /// What a saboteur does when all is quiet.
    pub(crate) fn sabotage_at_rest(&mut self) {
        match self.saboteur {
            Some(Sabotage::TokenInvented) => self.invent_token(),
            Some(Sabotage::BooksCooked) => {
                self.lose(Table::Index, b"total/attested/");
                // The node reads its books when it starts.
                self.machines[0].node = None;
                let started = self.restart(0);
                assert_eq!(started, Ok(()), "cooked books can be read");
            }
            _ => {}
        }
    }

    /// The institution's node starts again with another secret, once some payments have been made.
    fn replace_secret(&mut self) {
        let made = self.notary.notary.as_ref().map_or(0, Notary::size);
        let bank = self.town.machine_of(&self.town.bank);
        if let Some(bank) = bank.filter(|bank| made > 4 && self.town.other_secret != Some(*bank)) {
            self.town.other_secret = Some(bank);
            self.machines[bank].node = None;
            let started = self.restart(bank);
            assert_eq!(started, Ok(()), "a node needs no certain secret");
        }
    }

    /// Removes the first record under a prefix from the institution's disk, or from whichever has one.
    fn lose(&mut self, table: Table, prefix: &[u8]) {
        for machine in &self.machines {
            let pairs = machine.disk.pairs(table);
            if let Some((key, _)) = pairs.iter().find(|(key, _)| key.starts_with(prefix)) {
                let mut batch = WriteBatch::new();
                batch.delete(table, key.clone());
                machine.disk.tamper(batch);
                return;
            }
        }
    }

    /// Rewrites the first transaction that any machine keeps.
    fn change_kept(&mut self, change: impl Fn(&mut StoredTransaction)) {
        for machine in &self.machines {
            let pairs = machine.disk.pairs(Table::Transactions);
            let Some((key, bytes)) = pairs.first() else {
                continue;
            };
            let Ok(mut stored) = minicbor::decode::<StoredTransaction>(bytes) else {
                continue;
            };
            change(&mut stored);
            let mut batch = WriteBatch::new();
            batch.put(Table::Transactions, key.clone(), codec::encode(&stored));
            machine.disk.tamper(batch);
            self.saboteur = None;
            return;
        }
    }

    /// Copies what the institution keeps of a payment to a machine that has no part in it.
    fn leak(&mut self) {
        let Some(bank) = self.town.machine_of(&self.town.bank) else {
            return;
        };
        let auditor = self.town.machine_of(&self.town.auditor);
        for (key, bytes) in self.machines[bank].disk.pairs(Table::Transactions) {
            let Ok(stored) = minicbor::decode::<StoredTransaction>(&bytes) else {
                continue;
            };
            let secret = stored
                .seen
                .views
                .iter()
                .any(|view| matches!(view, SeenView::Whole(_)));
            let strangers = (0..self.machines.len()).find(|at| {
                let told = self.machines[*at].disk.has(Table::Transactions, &key);
                *at != bank && Some(*at) != auditor && !told && *at != self.town.mallory()
            });
            if let Some(stranger) = strangers.filter(|_| secret) {
                let mut batch = WriteBatch::new();
                batch.put(Table::Meta, key, bytes);
                self.machines[stranger].disk.tamper(batch);
                self.saboteur = None;
                return;
            }
        }
    }

    /// Marks the token of somebody's current fact as used.
    fn invent_token(&mut self) {
        let Some((key, bytes)) = self
            .machines
            .iter()
            .find_map(|machine| machine.disk.pairs(Table::Facts).into_iter().next())
        else {
            return;
        };
        let (Ok(stored), Some(at)) = (minicbor::decode::<StoredFact>(&bytes), fact_of_key(&key))
        else {
            return;
        };
        let fact = stored.fact;
        let token = input_token(&Input { at, fact }, &self.town.home.notary);
        let mut store = self.notary.disk.snapshot();
        let batch = NotaryBatch {
            tokens: vec![(*token.bytes(), [7; 32])],
            ..NotaryBatch::default()
        };
        let written = store.commit(batch);
        assert_eq!(written, Ok(()), "a saboteur meets no faults");
        self.notary.disk.restore(store);
    }

    fn put_backup_back(&mut self) {
        let size = self.notary.notary.as_ref().map_or(0, Notary::size);
        match (size, self.backup.take()) {
            (1, None) => self.backup = Some(self.notary.disk.snapshot()),
            (3.., Some(backup)) => {
                self.notary.disk.restore(backup);
                self.open_notary();
                self.saboteur = None;
            }
            (_, kept) => self.backup = kept,
        }
    }
}
