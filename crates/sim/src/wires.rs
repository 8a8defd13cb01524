//! The network: late, lossy, repetitive, and sometimes in two halves.

use deed::Party;
use ledger::address::Purpose;
use ledger::{TransactionId, codec};
use protocol::message::Message;
use protocol::node::Input;

use crate::event::Event;
use crate::news::News;
use crate::world::{Violation, World};

impl World {
    /// The number under which the portal is on the network.
    pub(crate) fn portal_place(&self) -> usize {
        self.machines.len()
    }

    /// The number under which the notary is on the network.
    pub(crate) fn notary_place(&self) -> usize {
        self.machines.len() + 1
    }

    pub(crate) fn name_of(&self, place: usize) -> String {
        match self.machines.get(place) {
            Some(machine) => machine.me.to_string(),
            None if place == self.portal_place() => "portal".to_owned(),
            None => "notary".to_owned(),
        }
    }

    fn place_of(&self, party: &Party) -> usize {
        let machine = self
            .machines
            .iter()
            .position(|machine| machine.me == *party);
        machine.unwrap_or_else(|| self.portal_place())
    }

    fn apart(&self, a: usize, b: usize) -> bool {
        let sides = self.apart.as_ref();
        sides.is_some_and(|side| side.contains(&a) != side.contains(&b))
    }

    /// How long something takes between two places; none if it never arrives.
    pub(crate) fn delay(&mut self, from: usize, to: usize) -> Option<u64> {
        let faults = self.options.faults;
        if self.stormy && (self.apart(from, to) || self.rng.percent(faults.loss)) {
            self.report.lost += 1;
            return None;
        }
        if self.stormy && self.rng.percent(faults.slow) {
            return Some(self.rng.between(50, 20_000));
        }
        Some(self.rng.between(1, 40))
    }

    pub(crate) fn send(&mut self, from: usize, to: &Party, sequence: Option<u64>, bytes: Vec<u8>) {
        let to = self.place_of(to);
        if let Some(sequence) = sequence {
            let kept = (to, bytes.clone(), self.now_ms);
            self.machines[from].unacknowledged.insert(sequence, kept);
        }
        self.put_on_the_wire(from, to, sequence, bytes);
    }

    pub(crate) fn resend(&mut self, from: usize, sequence: u64) {
        let now_ms = self.now_ms;
        if let Some((to, bytes, sent_ms)) = self.machines[from].unacknowledged.get_mut(&sequence) {
            *sent_ms = now_ms;
            let (to, bytes) = (*to, bytes.clone());
            self.put_on_the_wire(from, to, Some(sequence), bytes);
        }
    }

    pub(crate) fn put_on_the_wire(
        &mut self,
        from: usize,
        to: usize,
        durable: Option<u64>,
        bytes: Vec<u8>,
    ) {
        if let Ok(message) = codec::decode::<Message>(&bytes) {
            let line = format!(
                "{} > {}: {}",
                self.name_of(from),
                self.name_of(to),
                said(&message)
            );
            self.trace.add(self.now_ms, line);
            self.news.push(News::Sent {
                from,
                to,
                bytes: bytes.clone(),
                message: Box::new(message),
            });
        }
        let twice = self.stormy && self.rng.percent(self.options.faults.twice);
        for _ in 0..=u8::from(twice) {
            if let Some(delay_ms) = self.delay(from, to) {
                let event = Event::Deliver {
                    from,
                    to,
                    durable,
                    bytes: bytes.clone(),
                };
                self.agenda.add(self.now_ms + delay_ms, event);
            }
        }
    }

    pub(crate) fn deliver(
        &mut self,
        from: usize,
        to: usize,
        durable: Option<u64>,
        bytes: &[u8],
    ) -> Result<(), Violation> {
        let violation = |invariant, found: String| Violation { invariant, found };
        let message: Message = match codec::decode(bytes) {
            Ok(message) => message,
            Err(error) => {
                let found = format!("a message of {} can't be read: {error}", self.name_of(from));
                return Err(violation("flow_ends_or_resumes", found));
            }
        };
        if self.withheld(to, &message) {
            return self.acknowledged(from, to, durable);
        }
        if to == self.portal_place() {
            let Message::Disclose(disclosure) = message else {
                return Ok(());
            };
            self.portal.receive(&disclosure).map_err(|found| {
                violation(
                    "observer_sees_all_it_must",
                    format!("the portal refuses: {found}"),
                )
            })?;
            return self.acknowledged(from, to, durable);
        }
        if self.machines[to].node.is_none() {
            return Ok(());
        }
        if to == self.town.mallory() {
            self.overhear(from, &message);
        }
        self.news.push(News::Received {
            at: to,
            message: Box::new(message.clone()),
        });
        self.sign_anything(to, from, &message);
        let sender = self.machines[from].me.clone();
        if self.step(to, Input::Message(sender, message))? {
            self.acknowledged(from, to, durable)?;
        }
        Ok(())
    }

    fn acknowledged(
        &mut self,
        from: usize,
        to: usize,
        durable: Option<u64>,
    ) -> Result<(), Violation> {
        if let Some(durable) = durable
            && let Some(delay_ms) = self.delay(to, from)
        {
            let event = Event::Acknowledge { at: from, durable };
            self.agenda.add(self.now_ms + delay_ms, event);
        }
        Ok(())
    }
}

/// The first eight digits of an id.
pub(crate) fn short(id: &TransactionId) -> String {
    id.0.hex()[..8].to_owned()
}

/// A message, for the trace.
fn said(message: &Message) -> String {
    match message {
        Message::WantAddresses(party, Purpose::Control) => format!("give me keys of {party}"),
        Message::WantAddresses(party, Purpose::Holder) => {
            format!("give me keys of {party} to show facts with")
        }
        Message::Addresses(sheet) => format!("{} keys of {}", sheet.keys.len(), sheet.party),
        Message::WantKeys(wanted) => format!("give me secrets of {} keys", wanted.keys.len()),
        Message::Keys(given) => format!("secrets of {} keys", given.keys.len()),
        Message::Propose(proposal) => format!("please sign {}", short(&proposal.seen.id())),
        Message::Signed(id, signatures) => {
            let names: Vec<&str> = signatures.iter().map(|s| s.party.as_str()).collect();
            format!("signed {} as {}", short(id), names.join(", "))
        }
        Message::Declined(id, code, ..) => format!("declined {}: {code}", short(id)),
        Message::Final(finality) => format!("{} is certified", short(&finality.id)),
        Message::Disclose(disclosure) => format!("publish {} facts", disclosure.facts.len()),
        Message::Observe(observation) => {
            let views: Vec<u32> = observation.envelopes.iter().map(|e| e.view).collect();
            format!(
                "observe {} views {views:?}",
                short(&observation.opening.id())
            )
        }
    }
}
