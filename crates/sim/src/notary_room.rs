//! The notary's machine: it gathers requests into batches, and dies in the middle of them.

use ledger::TransactionId;
use protocol::node::Input;
use protocol::notary::{Notary, Request, Verdict};
use protocol::store::{Fault, StoreError};

use crate::analyst::Asked;
use crate::event::Event;
use crate::news::News;
use crate::wires::short;
use crate::world::{Violation, World};

/// How long the notary waits for a batch to fill, where nobody says otherwise.
pub(crate) const GATHER_MS: u64 = 10;

impl World {
    pub(crate) fn open_notary(&mut self) {
        let (signer, origin) = self.town.notary();
        let disk = self.notary.disk.clone();
        let opened = Notary::open(self.town.home, signer, origin, disk);
        self.trace.add(self.now_ms, "the notary starts");
        self.notary.notary = opened.ok();
        assert!(self.notary.notary.is_some(), "the notary opens");
    }

    /// A machine asks the notary.
    pub(crate) fn ask(&mut self, from: usize, id: TransactionId, request: Request) {
        let place = self.notary_place();
        let twice = self.stormy && self.rng.percent(self.options.faults.twice);
        for _ in 0..=u8::from(twice) {
            if let Some(delay_ms) = self.delay(from, place) {
                let request = Box::new(request.clone());
                let event = Event::Ask { from, id, request };
                self.agenda.add(self.now_ms + delay_ms, event);
            }
        }
    }

    pub(crate) fn asked(&mut self, from: usize, id: TransactionId, request: Request) {
        if self.notary.notary.is_none() {
            return;
        }
        if self.notary.waiting.is_empty() {
            let at_ms = self.now_ms + self.notary.gather_ms;
            self.agenda.add(at_ms, Event::Decide);
        }
        self.notary.waiting.push((from, id, request));
    }

    pub(crate) fn decide(&mut self) -> Result<(), Violation> {
        let waiting = std::mem::take(&mut self.notary.waiting);
        let pin = self.notary.members.pin();
        let dies = self.stormy && self.rng.percent(self.options.faults.notary_crash);
        if dies {
            let error = || StoreError::Io("the notary's disk failed".to_owned());
            let fault = match self.rng.percent(50) {
                true => Fault::Before(error()),
                false => Fault::After(error()),
            };
            self.notary.disk.fail_next(fault);
        }
        let Some(notary) = self.notary.notary.as_mut() else {
            return Ok(());
        };
        let requests: Vec<Request> = waiting
            .iter()
            .map(|(.., request)| request.clone())
            .collect();
        let verdicts = match notary.apply(self.now_ms, pin, &requests) {
            Ok(verdicts) if verdicts.len() == requests.len() => verdicts,
            Ok(_) => {
                return Err(Violation {
                    invariant: "flow_ends_or_resumes",
                    found: "the notary did not answer every request".to_owned(),
                });
            }
            Err(error) => {
                self.trace
                    .add(self.now_ms, format!("the notary dies: {error}"));
                self.notary.notary = None;
                let up_ms = self.now_ms + self.rng.between(100, 5_000);
                self.agenda.add(up_ms, Event::RestartNotary);
                return Ok(());
            }
        };
        for ((from, id, request), verdict) in waiting.into_iter().zip(verdicts) {
            let line = format!(
                "notary to {} on {}: {}",
                self.name_of(from),
                short(&id),
                said(&verdict)
            );
            self.trace.add(self.now_ms, line);
            if let (Request::Certify(submission), Verdict::Certified(certificate)) =
                (request, &verdict)
            {
                if let Some(kept) = &mut self.notary.kept {
                    kept.push(Asked {
                        from,
                        at_ms: self.now_ms,
                        submission: submission.clone(),
                    });
                }
                self.news.push(News::Certified {
                    id,
                    submission: Box::new(submission),
                    certificate: Box::new(certificate.clone()),
                });
            }
            let place = self.notary_place();
            if let Some(delay_ms) = self.delay(place, from) {
                let verdict = Box::new(verdict);
                let event = Event::Answer {
                    to: from,
                    id,
                    verdict,
                };
                self.agenda.add(self.now_ms + delay_ms, event);
            }
        }
        Ok(())
    }

    pub(crate) fn answered(
        &mut self,
        to: usize,
        id: TransactionId,
        verdict: Verdict,
    ) -> Result<(), Violation> {
        if to == self.town.mallory() {
            self.plot_answered(&id, &verdict);
        }
        if self.machines[to].node.is_none() {
            return Ok(());
        }
        self.step(to, Input::Verdict(id, verdict)).map(|_| ())
    }
}

/// A verdict, for the trace.
fn said(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Certified(certificate) => {
            format!("certified in batch {}", certificate.entry.height)
        }
        Verdict::Refused(refusal) => format!("refused, {}", refusal.code()),
        Verdict::Cancelled => "cancelled".to_owned(),
        Verdict::Unknown(_) => "unknown".to_owned(),
    }
}
