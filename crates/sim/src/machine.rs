//! Machines: they step, die at the worst moment, and start again from their disks.

use protocol::node::{Input, Node, Output};
use protocol::store::{Fault, StoreError};

use crate::event::Event;
use crate::world::{Violation, World};

/// After so long without acknowledgement, a durable message is sent again.
const RESEND_MS: u64 = 2_000;
const TICK_MS: u64 = 1_000;

/// Where a machine dies in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Death {
    /// The commit fails and nothing is written.
    UnwrittenCommit,
    /// The commit fails although everything is written.
    WrittenCommit,
    /// All is written, and nothing has left the machine.
    BeforeOutputs,
    /// Some of the outputs have left.
    BetweenOutputs,
}

impl World {
    /// What a machine's clock shows.
    pub(crate) fn clock(&self, at: usize) -> u64 {
        self.now_ms
            .saturating_add_signed(self.machines[at].ahead_ms)
    }

    fn death(&mut self) -> Option<Death> {
        if !self.stormy || !self.rng.percent(self.options.faults.crash) {
            return None;
        }
        let deaths = [
            Death::UnwrittenCommit,
            Death::WrittenCommit,
            Death::BeforeOutputs,
            Death::BetweenOutputs,
        ];
        self.rng.pick(&deaths).copied()
    }

    /// One step of a machine that is up. Whether it took the input over and lives on.
    pub(crate) fn step(&mut self, at: usize, input: Input) -> Result<bool, Violation> {
        let (now_ms, entropy) = (self.clock(at), self.rng.digest());
        let death = self.death();
        let fault = || StoreError::Io("the disk failed".to_owned());
        match death {
            Some(Death::UnwrittenCommit) => {
                self.machines[at].disk.fail_next(Fault::Before(fault()));
            }
            Some(Death::WrittenCommit) => self.machines[at].disk.fail_next(Fault::After(fault())),
            _ => {}
        }
        let Some(node) = self.machines[at].node.as_mut() else {
            return Ok(false);
        };
        match node.step(now_ms, entropy, vec![input]) {
            Err(error) => {
                self.crash(at, &format!("dies: {error}"));
                Ok(false)
            }
            Ok(outputs) => match death {
                Some(Death::BeforeOutputs) => {
                    self.crash(at, "dies before anything leaves it");
                    Ok(false)
                }
                Some(Death::BetweenOutputs) => {
                    let some = outputs.len() / 2;
                    self.emit(at, outputs.into_iter().take(some).collect());
                    self.crash(at, "dies while sending");
                    Ok(false)
                }
                _ => {
                    self.emit(at, outputs);
                    Ok(true)
                }
            },
        }
    }

    /// Kills a machine, which starts again some time later.
    pub(crate) fn crash(&mut self, at: usize, how: &str) {
        if self.machines[at].node.take().is_none() {
            return;
        }
        self.machines[at].unacknowledged.clear();
        self.report.crashes += 1;
        let line = format!("{} {how}", self.machines[at].me);
        self.trace.add(self.now_ms, line);
        let longest_ms = if self.rng.percent(15) { 70_000 } else { 9_000 };
        let up_ms = self.now_ms + self.rng.between(100, longest_ms);
        self.agenda.add(up_ms, Event::Restart(at));
    }

    /// Starts a machine from its disk.
    pub(crate) fn restart(&mut self, at: usize) -> Result<(), Violation> {
        if self.machines[at].node.is_some() {
            return Ok(());
        }
        let now_ms = self.clock(at);
        let setup = self.town.setup(at);
        let machine = &mut self.machines[at];
        machine.unacknowledged.clear();
        let opened = Node::open(setup, machine.members.clone(), machine.disk.clone(), now_ms);
        let line = format!("{} starts", machine.me);
        self.trace.add(self.now_ms, line);
        match opened {
            Ok((node, outputs)) => {
                self.machines[at].node = Some(node);
                self.emit(at, outputs);
                Ok(())
            }
            Err(error) => Err(Violation {
                invariant: "flow_ends_or_resumes",
                found: format!("{} does not start: {error}", self.machines[at].me),
            }),
        }
    }

    fn emit(&mut self, at: usize, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Send {
                    to,
                    sequence,
                    bytes,
                } => self.send(at, &to, sequence, bytes),
                Output::Notarise { id, request } => self.ask(at, id, request),
                Output::Progress { key, state } => {
                    self.trace
                        .add(self.now_ms, format!("{key}: {}", in_words(&state)));
                    self.progress.insert(key, state);
                }
            }
        }
    }

    /// A second has passed on a machine's clock; what was not acknowledged goes out again.
    pub(crate) fn tick(&mut self, at: usize) -> Result<(), Violation> {
        self.agenda.add(self.now_ms + TICK_MS, Event::Tick(at));
        if at == 0 {
            self.weather();
        }
        if at == self.town.mallory() && !self.stormy {
            self.honest_end();
        }
        if self.machines[at].node.is_none() || !self.step(at, Input::Tick)? {
            return Ok(());
        }
        let now_ms = self.now_ms;
        let stale: Vec<u64> = self.machines[at]
            .unacknowledged
            .iter()
            .filter(|(_, (_, _, sent_ms))| now_ms >= sent_ms + RESEND_MS)
            .map(|(sequence, _)| *sequence)
            .collect();
        for sequence in stale {
            self.resend(at, sequence);
        }
        Ok(())
    }

    fn weather(&mut self) {
        if self.stormy && self.apart.is_none() && self.rng.percent(self.options.faults.split) {
            let everybody = self.machines.len() + 2;
            let side = (0..everybody).filter(|_| self.rng.percent(40)).collect();
            self.agenda.add(self.now_ms, Event::Split(side));
        }
    }
}

/// The state of an instruction, for the trace.
fn in_words(state: &protocol::node::records::InstructionState) -> String {
    use protocol::node::records::InstructionState::{Done, InFlight, Queued, Refused};
    match state {
        Queued => "queued".to_owned(),
        InFlight(id) => format!("in flight as {}", crate::wires::short(id)),
        Done(id) => format!("done by {}", crate::wires::short(id)),
        Refused(code, reason) => format!("refused, {code}: {reason}"),
    }
}
