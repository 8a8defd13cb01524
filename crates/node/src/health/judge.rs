//! What is wrong with a process, and how badly.

use jiff::SignedDuration;
use serde::Serialize;

use super::Signs;
use crate::limits::{CLOCK_AHEAD_NOTED_SECONDS, DISK_LOW_BYTES, NOTARY_DISK_RESERVE_BYTES};

/// Health in one word, worse ones last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// All is well.
    Ok,
    /// It works, but somebody should look.
    Degraded,
    /// It does not do its work.
    Failing,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) state: State,
    pub(super) sentence: String,
}

/// Everything that is wrong, the worst first; among equals, what stops more comes first.
pub(super) fn findings(signs: &Signs, clock_ahead: Option<SignedDuration>) -> Vec<Finding> {
    let found = [
        store(signs),
        disk(signs),
        clock(clock_ahead),
        notary_clock(signs, clock_ahead),
        certificate(signs),
        peers(signs),
    ];
    let mut findings: Vec<Finding> = found.into_iter().flatten().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.state));
    findings
}

fn finding(state: State, sentence: String) -> Option<Finding> {
    Some(Finding { state, sentence })
}

fn store(signs: &Signs) -> Option<Finding> {
    let failure = signs.store_failure.as_ref()?;
    let sentence =
        format!("The store cannot be written ({failure}): see to the disk and start again.");
    finding(State::Failing, sentence)
}

fn disk(signs: &Signs) -> Option<Finding> {
    let free = signs.disk?.free_bytes;
    let mib = free >> 20;
    if free < NOTARY_DISK_RESERVE_BYTES {
        let sentence = format!("The disk is full ({mib} MiB left): make room.");
        return finding(State::Failing, sentence);
    }
    if free < DISK_LOW_BYTES {
        let sentence = format!("The disk is nearly full ({mib} MiB left): make room.");
        return finding(State::Degraded, sentence);
    }
    None
}

/// Beyond the protocol's tolerance other nodes refuse what this one drafts.
fn clock(ahead: Option<SignedDuration>) -> Option<Finding> {
    let ahead = ahead?;
    let off = ahead.abs();
    let refused = SignedDuration::from_millis_i128(protocol::limits::CLOCK_SKEW_MS.into());
    let noted = SignedDuration::from_secs(CLOCK_AHEAD_NOTED_SECONDS);
    let direction = if ahead.is_negative() {
        "behind"
    } else {
        "ahead of"
    };
    let sentence = format!(
        "This machine's clock is {} s {direction} its peers': set it.",
        off.as_secs()
    );
    match off {
        off if off > refused => finding(State::Failing, sentence),
        off if off > noted => finding(State::Degraded, sentence),
        _ => None,
    }
}

/// Where this machine and its peers agree, it is the notary whose clock is wrong.
fn notary_clock(signs: &Signs, ahead: Option<SignedDuration>) -> Option<Finding> {
    let refused = SignedDuration::from_millis_i128(protocol::limits::CLOCK_SKEW_MS.into());
    let theirs = signs.notary.as_ref()?.clock_ahead?;
    if theirs.abs() <= refused || ahead.is_some_and(|ahead| ahead.abs() > refused) {
        return None;
    }
    let direction = if theirs.is_negative() {
        "behind"
    } else {
        "ahead"
    };
    let sentence = format!(
        "The notary's clock is {} s {direction}: nothing is certified until its operator sets it.",
        theirs.abs().as_secs()
    );
    finding(State::Degraded, sentence)
}

fn certificate(signs: &Signs) -> Option<Finding> {
    let leaf = signs.certificate.as_ref()?;
    let expires = leaf.not_after;
    if signs.now >= expires {
        let sentence = format!("The certificate expired at {expires}: join again.");
        return finding(State::Failing, sentence);
    }
    // Renewal starts at two thirds of the life; half-way from there to the end it should long be done.
    let late = leaf.life_left(signs.now) < expires.duration_since(leaf.renew_at()) / 2;
    if late {
        let sentence = format!(
            "The certificate expires at {expires} and has not been renewed: see to the registrar."
        );
        return finding(State::Degraded, sentence);
    }
    None
}

fn peers(signs: &Signs) -> Option<Finding> {
    let silent = signs.outboxes.iter();
    let silent = silent.filter(|outbox| {
        outbox.queued > 0 && (outbox.reach.last_failure.is_some() || outbox.refused.is_some())
    });
    let silent: Vec<_> = silent.collect();
    let waiting: u64 = silent.iter().map(|outbox| outbox.queued).sum();
    let messages = match waiting {
        1 => "1 message waits".to_owned(),
        waiting => format!("{waiting} messages wait"),
    };
    let names: Vec<&str> = silent.iter().map(|outbox| outbox.party.as_str()).collect();
    let sentence = match names.as_slice() {
        [] => return None,
        [one] => format!("{one} cannot be reached; {messages} for it."),
        [first, second] => format!("{first} and {second} cannot be reached; {messages} for them."),
        [first, second, others @ ..] => format!(
            "{first}, {second} and {} more cannot be reached; {messages} for them.",
            others.len()
        ),
    };
    finding(State::Degraded, sentence)
}
