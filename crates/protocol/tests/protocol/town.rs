//! A town of four nodes, a notary and a portal: messages arrive at once and in order, and machines that fail start again.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use deed::{Contract, Value};
use ledger::address::Purpose;
use ledger::fact::FactRef;
use ledger::log_keys::LogKeys;
use ledger::map::{MemberDetails, MemberKeys, MemberRecord, MemberRole};
use ledger::signature::{Role, ScopedSignature, ToSign};
use ledger::tearoff::{SeenView, ShownOutput, TearOff};
use ledger::trust::{ContractBook, Trust};
use ledger::validity::{Home, Standing, check};
use ledger::{ContractId, Digest, Lineage, NetworkId, TransactionId, codec, envelope};
use protocol::directory::Members;
use protocol::log_signer::LogSigner;
use protocol::message::Message;
use protocol::message::Vouching;
use protocol::node::records::{Instruction, InstructionState};
use protocol::node::{Hosted, Input, Node, Output, Setup, envelope_secret};
use protocol::notary::store::MemoryNotaryStore;
use protocol::notary::{Notary, Request, Verdict};
use protocol::registrar::Registrar;
use protocol::store::{
    Fault, FaultyStore, MemoryStore, Pair, Store, StoreError, Table, WriteBatch,
};
use tlog::Origin;

use crate::support::{
    NOON_MS, args, contract, hybrid_key, log_hybrid, market, noise, note_signer, papers, party,
    registers, signing_key,
};

pub(crate) const BANK: &str = "TOWN-BANK";
pub(crate) const AUDITOR: &str = "TOWN-AUDITOR";
pub(crate) const ALICE: &str = "ALICE";
pub(crate) const BOB: &str = "BOB";
pub(crate) const NODES: [&str; 4] = [BANK, AUDITOR, ALICE, BOB];
pub(crate) const PORTAL: &str = "PORTAL";
pub(crate) const NOTARY: &str = "NOTARY";

/// A disk that outlives its node.
#[derive(Clone)]
pub(crate) struct Disk(Rc<RefCell<FaultyStore<MemoryStore>>>);

impl Disk {
    pub(crate) fn commits(&self) -> u64 {
        self.0.borrow().commits_seen()
    }

    /// A disk with the same on it.
    pub(crate) fn copy(&self) -> Self {
        let store = self.0.borrow().inner().clone();
        Self(Rc::new(RefCell::new(FaultyStore::new(
            store,
            BTreeMap::new(),
        ))))
    }

    pub(crate) fn pairs(&self, table: Table) -> Vec<Pair> {
        let store = self.0.borrow();
        let pairs = store.inner().pairs(table);
        pairs.map(|(k, v)| (k.to_vec(), v.to_vec())).collect()
    }
}

impl Store for Disk {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.borrow().get(table, key)
    }

    fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Pair>, StoreError> {
        self.0.borrow().scan(table, prefix, after, limit)
    }

    fn commit(&mut self, batch: WriteBatch) -> Result<(), StoreError> {
        self.0.borrow_mut().commit(batch)
    }
}

/// What is on its way.
#[derive(Clone)]
pub(crate) enum Mail {
    Message {
        from: String,
        to: String,
        sequence: Option<u64>,
        message: Box<Message>,
    },
    Request {
        from: String,
        id: TransactionId,
        request: Box<Request>,
    },
}

pub(crate) struct Town {
    pub(crate) contract: Contract,
    pub(crate) contract_id: ContractId,
    pub(crate) book: Arc<ContractBook>,
    home: Home,
    pub(crate) registrar: Registrar<MemoryStore>,
    /// The directory that each machine has, and the notary.
    pub(crate) directories: BTreeMap<String, Members>,
    pub(crate) disks: BTreeMap<String, Disk>,
    pub(crate) nodes: BTreeMap<String, Node<Disk>>,
    pub(crate) notary: Notary<MemoryNotaryStore>,
    pub(crate) mail: VecDeque<Mail>,
    /// Machines that get no messages and take no steps.
    pub(crate) asleep: BTreeSet<String>,
    /// Milliseconds by which a machine's clock is ahead.
    pub(crate) ahead_ms: BTreeMap<String, i64>,
    pub(crate) now_ms: u64,
    steps: u64,
    /// The names that tests give to transactions, for the log.
    names: BTreeMap<TransactionId, String>,
    pub(crate) log: Vec<String>,
    pub(crate) restarts: u32,
    /// Commitments of the facts that were published.
    pub(crate) published: BTreeSet<Digest>,
}

pub(crate) fn record(name: &str, role: MemberRole) -> MemberRecord {
    let secret = envelope_secret(&noise(&format!("secret of {name}")).0, &party(name));
    MemberRecord {
        party: party(name),
        name: format!("The {name}"),
        role,
        keys: MemberKeys::one(signing_key(name).public().clone()),
        admitted_ms: 1,
        revoked_ms: None,
        details: MemberDetails {
            host: party(name),
            endpoint: "127.0.0.1:1".to_owned(),
            envelope_key: envelope::public_key(&secret).expect("a key"),
            services: Vec::new(),
            website: String::new(),
        },
    }
}

fn admit(registrar: &mut Registrar<MemoryStore>, records: Vec<MemberRecord>) -> Members {
    registrar.admit(records, 1).expect("admitted");
    let snapshot = registrar.latest().expect("a directory").clone();
    let trusted = note_signer("registrar.town").verifier_key().clone();
    Members::accept(snapshot, &trusted.into()).expect("the registrar's")
}

/// The keys of the notary's log, of which the second begins to sign some day.
fn notary_keys() -> LogKeys {
    let own = note_signer("notary.town").verifier_key().clone();
    LogKeys::new(vec![own, log_hybrid("notary.town").0]).expect("keys of a log")
}

impl Town {
    pub(crate) fn new() -> Self {
        Self::with_faults(&[])
    }

    /// A town in which these commits fail: whose, which (from 0), how.
    pub(crate) fn with_faults(faults: &[(&str, u64, Fault)]) -> Self {
        let contract = contract();
        let mut book = ContractBook::default();
        let contract_id = book.insert(contract.clone());
        book.insert(market(&contract, &contract_id));
        book.insert(papers());
        book.insert(registers());
        let registrar = note_signer("registrar.town");
        let network = NetworkId::of("town", &registrar.verifier_key().to_string());
        let home = Home {
            network,
            notary: Lineage::of_origin("notary.town"),
        };
        let origin = Origin::new("registrar.town").expect("an origin");
        let mut registrar = Registrar::open(MemoryStore::new(), registrar, origin).expect("opens");
        let mut records: Vec<MemberRecord> =
            NODES.map(|name| record(name, MemberRole::Body)).to_vec();
        records.push(record(PORTAL, MemberRole::Portal));
        let members = admit(&mut registrar, records);
        let everybody = NODES.iter().copied().chain([NOTARY]);
        let directories = everybody.map(|name| (name.to_owned(), members.clone()));
        let directories = directories.collect();
        let disks = NODES
            .map(|name| {
                let mine = faults.iter().filter(|(whose, ..)| *whose == name);
                let plan = mine
                    .map(|(_, commit, fault)| (*commit, fault.clone()))
                    .collect();
                let store = FaultyStore::new(MemoryStore::new(), plan);
                (name.to_owned(), Disk(Rc::new(RefCell::new(store))))
            })
            .into();
        let signer = note_signer("notary.town");
        let origin = Origin::new("notary.town").expect("an origin");
        let notary = Notary::open(home, signer, origin, MemoryNotaryStore::new()).expect("opens");
        let mut town = Self {
            contract,
            contract_id,
            book: Arc::new(book),
            home,
            registrar,
            directories,
            disks,
            nodes: BTreeMap::new(),
            notary,
            mail: VecDeque::new(),
            asleep: BTreeSet::new(),
            ahead_ms: BTreeMap::new(),
            now_ms: NOON_MS,
            steps: 0,
            names: BTreeMap::new(),
            log: Vec::new(),
            restarts: 0,
            published: BTreeSet::new(),
        };
        for name in NODES {
            town.open(name);
        }
        town
    }

    /// What a stranger starts from.
    pub(crate) fn trust(&self) -> Trust {
        Trust {
            network: self.home.network,
            registrar: note_signer("registrar.town").verifier_key().clone().into(),
            notary: note_signer("notary.town").verifier_key().clone().into(),
            contracts: (*self.book).clone(),
        }
    }

    /// The notary signs its log with both of its keys from now on.
    pub(crate) fn notary_signs_with_both(&mut self) {
        let beside = log_hybrid("notary.town").1;
        let signer = LogSigner::new(note_signer("notary.town"), Some(beside));
        let origin = Origin::new("notary.town").expect("an origin");
        let store = self.notary.store().clone();
        self.notary = Notary::open(self.home, signer, origin, store).expect("opens");
    }

    /// A node begins with nothing, under the directory that is in force.
    pub(crate) fn begin_again(&mut self, name: &str, members: &Members) {
        let store = FaultyStore::new(MemoryStore::new(), BTreeMap::new());
        let disk = Disk(Rc::new(RefCell::new(store)));
        self.disks.insert(name.to_owned(), disk);
        self.directories.insert(name.to_owned(), members.clone());
        self.open(name);
    }

    /// Delivers everything but messages to somebody of which this is true, and gives those.
    pub(crate) fn deliver_all_but(
        &mut self,
        whom: &str,
        held: impl Fn(&Message) -> bool,
    ) -> Vec<Mail> {
        let mut back = Vec::new();
        while let Some(mail) = self.mail.pop_front() {
            match &mail {
                Mail::Message { to, message, .. } if to == whom && held(message) => back.push(mail),
                _ => self.deliver(mail),
            }
        }
        back
    }

    fn clock(&self, name: &str) -> u64 {
        self.now_ms
            .saturating_add_signed(self.ahead_ms.get(name).copied().unwrap_or(0))
    }

    /// Opens a node from its disk, in place of whatever ran there.
    pub(crate) fn open(&mut self, name: &str) {
        let setup = Setup {
            me: party(name),
            hosted: vec![Hosted {
                party: party(name),
                keys: vec![signing_key(name), hybrid_key(name)],
            }],
            secret: noise(&format!("secret of {name}")).0,
            home: self.home,
            notary: notary_keys().own_is_enough(),
            registrar: None,
            book: Arc::clone(&self.book),
            window_ms: protocol::limits::WINDOW_MS,
        };
        let (disk, now_ms) = (self.disks[name].clone(), self.clock(name));
        let members = self.directories[name].clone();
        let (node, outputs) = Node::open(setup, members, disk, now_ms).expect("the node opens");
        self.nodes.insert(name.to_owned(), node);
        self.post(name, outputs);
    }

    fn post(&mut self, from: &str, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Send {
                    to,
                    sequence,
                    bytes,
                } => self.mail.push_back(Mail::Message {
                    from: from.to_owned(),
                    to: to.to_string(),
                    sequence,
                    message: Box::new(codec::decode(&bytes).expect("canonical")),
                }),
                Output::Notarise { id, request } => self.mail.push_back(Mail::Request {
                    from: from.to_owned(),
                    id,
                    request: Box::new(request),
                }),
                Output::Progress { key, state } => {
                    let state = match state {
                        InstructionState::Queued => "queued".to_owned(),
                        InstructionState::InFlight(id) => {
                            let name = self.names.entry(id).or_insert_with(|| key.clone());
                            format!("in flight as {name}")
                        }
                        InstructionState::Done(id) => format!("done by {}", self.name(&id)),
                        InstructionState::Refused(code, reason) => {
                            format!("refused, {code}: {reason}")
                        }
                    };
                    self.log.push(format!("{from}: {key} is {state}"));
                }
            }
        }
    }

    fn name(&self, id: &TransactionId) -> String {
        self.names
            .get(id)
            .cloned()
            .unwrap_or_else(|| "something unknown".to_owned())
    }

    /// One step of a node; a node whose store fails starts again, and has not taken the input over.
    pub(crate) fn step(&mut self, name: &str, input: Input) -> bool {
        self.steps += 1;
        let entropy = noise(&format!("step {}", self.steps));
        let now_ms = self.clock(name);
        let node = self.nodes.get_mut(name).expect("a node");
        match node.step(now_ms, entropy, vec![input]) {
            Ok(outputs) => {
                self.post(name, outputs);
                true
            }
            Err(_) => {
                self.restarts += 1;
                self.open(name);
                false
            }
        }
    }

    /// Delivers everything that is on its way, and what follows from it.
    pub(crate) fn deliver_all(&mut self) {
        while let Some(mail) = self.mail.pop_front() {
            self.deliver(mail);
        }
    }

    /// Delivers what is said about business keys, so that proposals leave.
    pub(crate) fn deliver_business_keys(&mut self) {
        let about_keys = |mail: &Mail| match mail {
            Mail::Message { message, .. } => {
                matches!(**message, Message::WantKeys(_) | Message::Keys(_))
            }
            Mail::Request { .. } => false,
        };
        while let Some(at) = self.mail.iter().position(about_keys) {
            let mail = self.mail.remove(at).expect("it is there");
            self.deliver(mail);
        }
    }

    /// Delivers one thing. What arrives at a machine asleep is lost; durable messages stay in their sender's outbox.
    pub(crate) fn deliver(&mut self, mail: Mail) {
        match mail {
            Mail::Message {
                from,
                to,
                sequence,
                message,
            } => {
                if self.asleep.contains(&to) {
                    return;
                }
                self.log
                    .push(format!("{from} to {to}: {}", self.in_words(&message)));
                let taken = if to == PORTAL {
                    if let Message::Disclose(disclosure) = &*message {
                        let facts = disclosure.facts.iter();
                        self.published
                            .extend(facts.filter_map(|f| f.fact.commitment()));
                    }
                    true
                } else {
                    self.step(&to, Input::Message(party(&from), *message))
                };
                if let Some(sequence) = sequence.filter(|_| taken) {
                    self.step(&from, Input::Acknowledged(vec![sequence]));
                }
            }
            Mail::Request { from, id, request } => {
                let verdict = self.notarise(&request);
                self.log.push(format!(
                    "{from} asks the notary {}",
                    self.asked(&id, &request)
                ));
                self.log
                    .push(format!("the notary to {from}: {}", said(&verdict)));
                if !self.asleep.contains(&from) {
                    self.step(&from, Input::Verdict(id, verdict));
                }
            }
        }
    }

    pub(crate) fn notarise(&mut self, request: &Request) -> Verdict {
        let pin = self.directories[NOTARY].pin();
        let mut verdicts = self
            .notary
            .apply(self.now_ms, pin, std::slice::from_ref(request))
            .expect("the notary decides");
        verdicts.remove(0)
    }

    /// Time passes; every machine that is awake ticks, and what was not acknowledged is sent again.
    pub(crate) fn pass(&mut self, ms: u64) {
        self.now_ms += ms;
        for name in NODES {
            if self.asleep.contains(name) {
                continue;
            }
            self.step(name, Input::Tick);
            for (key, bytes) in self.disks[name].pairs(Table::Outbox) {
                let stored: protocol::node::records::StoredMessage =
                    minicbor::decode(&bytes).expect("a message");
                let sequence = key.try_into().map(u64::from_be_bytes).expect("a number");
                self.mail.push_back(Mail::Message {
                    from: name.to_owned(),
                    to: stored.to.to_string(),
                    sequence: Some(sequence),
                    message: Box::new(codec::decode(&stored.bytes).expect("canonical")),
                });
            }
        }
        self.deliver_all();
    }

    /// Admits somebody; the machines learn of it one by one.
    pub(crate) fn admit(&mut self, name: &str) -> Members {
        admit(&mut self.registrar, vec![record(name, MemberRole::Body)])
    }

    /// A machine, or the notary, gets a directory.
    pub(crate) fn learn(&mut self, name: &str, members: &Members) {
        self.directories.insert(name.to_owned(), members.clone());
        if name != NOTARY {
            self.step(name, Input::Members(members.clone()));
        }
    }

    /// An instruction by its action and arguments.
    pub(crate) fn instruction(
        &self,
        key: &str,
        by: &str,
        action: &str,
        given: &[(&str, Value)],
    ) -> Instruction {
        let (action, args) = args(&self.contract, action, given);
        Instruction {
            key: key.to_owned(),
            party: party(by),
            contract: self.contract_id,
            action,
            args,
            consumes: Vec::new(),
            references: Vec::new(),
        }
    }

    /// A client gives an instruction until its node has taken it over.
    pub(crate) fn instruct(&mut self, instruction: &Instruction) {
        let at = instruction.party.to_string();
        for _ in 0..9 {
            if self.step(&at, Input::Instruct(instruction.clone())) {
                return;
            }
        }
        panic!("{at} never takes {} over", instruction.key);
    }

    /// The state of an instruction, by the node's own store.
    pub(crate) fn state(&self, at: &str, key: &str) -> String {
        let stored = self.nodes[at].instruction(key).expect("a store");
        match stored.map(|stored| stored.state) {
            None => "unknown".to_owned(),
            Some(InstructionState::Queued) => "queued".to_owned(),
            Some(InstructionState::InFlight(_)) => "in flight".to_owned(),
            Some(InstructionState::Done(_)) => "done".to_owned(),
            Some(InstructionState::Refused(code, _)) => code,
        }
    }

    /// Free and locked pence in somebody's hands.
    pub(crate) fn holds(&self, name: &str) -> (i128, i128) {
        let holdings = self.nodes[name].holdings();
        let mine = holdings
            .iter()
            .filter(|holding| holding.key.holder == party(name));
        mine.fold((0, 0), |(free, locked), h| {
            (free + h.free_minor, locked + h.locked_minor)
        })
    }

    /// Current facts of a node.
    pub(crate) fn facts(&self, name: &str) -> Vec<FactRef> {
        let pairs = self.disks[name].pairs(Table::Facts);
        let refs = pairs
            .iter()
            .filter_map(|(key, _)| protocol::node::records::fact_of_key(key));
        refs.collect()
    }

    /// Nothing is open anywhere, and every node finds its store in order.
    pub(crate) fn assert_settled(&mut self) {
        for name in NODES {
            let node = self.nodes.get_mut(name).expect("a node");
            assert_eq!(node.open_counts(), (0, 0, 0), "{name} has ended all flows");
            assert_eq!(node.audit().expect("a store"), [], "{name} is in order");
            assert_eq!(
                self.disks[name].pairs(Table::Flows),
                [],
                "{name} has forgotten its flows"
            );
            assert_eq!(
                self.disks[name].pairs(Table::Outbox),
                [],
                "{name} has sent everything"
            );
        }
    }

    fn asked(&self, id: &TransactionId, request: &Request) -> String {
        match request {
            Request::Certify(submission) => {
                let header = &submission.opening.header;
                let coins: usize = header.views.iter().map(|view| view.consumed.len()).sum();
                let public = submission.public.iter().flatten().count();
                format!(
                    "to certify {}: {} views, {coins} consumed, {} business keys, {} cancel tokens, {public} public parts",
                    self.name(id),
                    header.views.len(),
                    submission.keys.len(),
                    header.cancel.len()
                )
            }
            Request::Cancel(..) => format!("to cancel {}", self.name(id)),
            Request::Status(_) => format!("about {}", self.name(id)),
        }
    }

    fn in_words(&self, message: &Message) -> String {
        match message {
            Message::WantAddresses(owner, Purpose::Control) => {
                format!("please give me keys of {owner}")
            }
            Message::WantAddresses(owner, Purpose::Holder) => {
                format!("please give me keys of {owner} to show facts with")
            }
            Message::Addresses(sheet) => format!("{} keys of {}", sheet.keys.len(), sheet.party),
            Message::WantKeys(wanted) => {
                let (keys, keeper) = (wanted.keys.len(), &wanted.keeper);
                format!("please give me the secrets of {keys} business keys of {keeper}")
            }
            Message::Keys(given) => {
                let secrets = given.keys.iter().filter(|key| key.secret.is_some());
                let (count, keeper) = (secrets.count(), &given.keeper);
                format!("the secrets of {count} business keys of {keeper}")
            }
            Message::Propose(proposal) => {
                let id = proposal.seen.id();
                format!(
                    "please sign {}, showing {}",
                    self.name(&id),
                    shown(&proposal.seen)
                )
            }
            Message::Signed(id, signatures) => {
                let roots = self.roots(id);
                let all: Vec<String> = signatures.iter().map(|s| scopes(s, &roots)).collect();
                format!("{}: {}", self.name(id), all.join("; "))
            }
            Message::Declined(id, code, ..) => format!("{} is declined, {code}", self.name(id)),
            Message::Final(finality) => {
                let names = signers(&finality.signatures);
                let seen = finality
                    .seen
                    .as_ref()
                    .map_or("as proposed".to_owned(), shown);
                format!(
                    "{} is certified, {seen}, signed by {names}",
                    self.name(&finality.id)
                )
            }
            Message::Disclose(disclosure) => format!(
                "publish {} fact, vouched for by {}",
                disclosure.facts.len(),
                vouching(&disclosure.vouching)
            ),
            Message::Observe(observation) => {
                let views = observation.envelopes.iter();
                let views: Vec<String> = views
                    .map(|e| format!("view {} for {}", e.view, e.observer))
                    .collect();
                let id = observation.opening.id();
                format!(
                    "{} sealed in an envelope: {}",
                    self.name(&id),
                    views.join(", ")
                )
            }
        }
    }

    /// The view roots of a transaction that some driver has in its store.
    fn roots(&self, id: &TransactionId) -> Vec<ledger::ViewRoot> {
        let flows = self
            .disks
            .values()
            .flat_map(|disk| disk.pairs(Table::Flows));
        flows
            .filter(|(key, _)| key.ends_with(id.bytes()) && key.starts_with(b"driven/"))
            .find_map(|(_, bytes)| {
                let flow: protocol::node::records::StoredFlow = minicbor::decode(&bytes).ok()?;
                Some(flow.transaction.opening().roots)
            })
            .unwrap_or_default()
    }
}

fn said(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Certified(certificate) => {
            format!("certified in batch {}", certificate.entry.height)
        }
        Verdict::Refused(refusal) => format!("refused, {}", refusal.code()),
        Verdict::Cancelled => "cancelled".to_owned(),
        Verdict::Unknown(_) => "not certified".to_owned(),
    }
}

fn signers(signatures: &[ScopedSignature]) -> String {
    let names: Vec<&str> = signatures.iter().map(|s| s.party.as_str()).collect();
    names.join(", ")
}

fn vouching(vouching: &[Vouching]) -> String {
    let names: Vec<&str> = vouching.iter().map(|v| v.party.as_str()).collect();
    names.join(", ")
}

fn scopes(signature: &ScopedSignature, roots: &[ledger::ViewRoot]) -> String {
    let mut scopes: Vec<String> = signature
        .scope
        .iter()
        .map(|scope| {
            let view = roots.iter().position(|root| *root == scope.view);
            let view = view.map_or("an unknown view".to_owned(), |view| format!("view {view}"));
            match &scope.role {
                Role::Signer => format!("agrees to {view}"),
                Role::Attestor => format!("vouches for {view}"),
                Role::Receiver(outputs) => format!("received {outputs:?} of {view}"),
            }
        })
        .collect();
    scopes.sort();
    format!("{} {}", signature.party, scopes.join(", "))
}

fn shown(seen: &TearOff) -> String {
    let views = seen.views.iter().enumerate().map(|(i, view)| match view {
        SeenView::Whole(_) => format!("view {i} whole"),
        SeenView::Hidden(_) => format!("view {i} not"),
        SeenView::Outputs(outputs) => {
            let facts: Vec<String> = outputs
                .shown
                .iter()
                .map(|(output, shown)| match shown {
                    ShownOutput::Whole(_) => format!("{output} whole"),
                    ShownOutput::Part(_) => format!("{output} in part"),
                })
                .collect();
            format!("view {i} only fact {}", facts.join(", "))
        }
    });
    views.collect::<Vec<_>>().join(", ")
}

impl Town {
    /// The signature that a member gives after checking what it is shown.
    pub(crate) fn signed_by(&self, name: &str, seen: &TearOff) -> ScopedSignature {
        let members = &self.directories[name];
        let checked = check(seen, Standing::Party, &self.book, &self.home, members);
        let checked = checked.expect("valid");
        let (who, network) = (party(name), &self.home.network);
        let one = ToSign {
            id: checked.id,
            scope: checked.scopes(&who),
            salt: noise("scopes"),
        };
        let signed = signing_key(name).sign(&who, network, vec![one]);
        signed.expect("signed").remove(0)
    }

    pub(crate) fn forget_log(&mut self) {
        self.log.clear();
    }

    /// Alice has 12 pence from the bank, which has issued 20.
    pub(crate) fn endow(&mut self) {
        let issue = self.issue("issue", 1, 20);
        self.instruct(&issue);
        self.deliver_all();
        let endow = self.pay("endowment", BANK, ALICE, 12, 2);
        self.instruct(&endow);
        self.deliver_all();
    }

    pub(crate) fn issue(&self, key: &str, number: i64, amount: i64) -> Instruction {
        use crate::support::{pence, text};
        let given = [
            ("amount", pence(amount)),
            ("note", text("in confidence")),
            ("number", Value::Int(number)),
        ];
        self.instruction(key, BANK, "Issue", &given)
    }

    pub(crate) fn pay(
        &self,
        key: &str,
        payer: &str,
        member: &str,
        amount: i64,
        number: i64,
    ) -> Instruction {
        use crate::support::{pence, text, who};
        let given = [
            ("payer", who(payer)),
            ("member", who(member)),
            ("payee", text("a member")),
            ("amount", pence(amount)),
            ("purpose", text("goods")),
            ("note", text("in confidence")),
            ("number", Value::Int(number)),
        ];
        self.instruction(key, payer, "Pay", &given)
    }
}
