//! Messages that are told once, and what it takes to judge them: a directory that is new enough, the keys of those who signed,
//! and all signatures of the notary. What is missing is asked for; as long as it can't be had, the message is to come again.

use ledger::signature::ScopedSignature;
use ledger::validity::Directory as _;
use protocol::message::{Finality, Message};
use protocol::node::Input;

use super::engine::Engine;
use super::link::Link;

/// Those of a peer's messages that can be judged now, and why the others are to come again, if there are any.
pub(super) async fn readable(
    engine: &Engine,
    link: &Link,
    messages: Vec<Message>,
) -> (Vec<Message>, Option<String>) {
    let newest = messages.iter().filter_map(Message::map_size).max();
    if let Some(size) = newest.filter(|size| *size > link.members().size()) {
        link.reach(size).await;
    }
    let (mut now, mut later) = (Vec::with_capacity(messages.len()), None);
    for mut message in messages {
        match make_readable(engine, link, &mut message).await {
            Ok(()) => now.push(message),
            Err(reason) => later = Some(reason),
        }
    }
    (now, later)
}

/// Whether one of these messages was certified without all keys of the notary's log, which the engine has just begun to ask for.
pub(super) fn lacks_a_key(link: &Link, messages: &[Message]) -> bool {
    let lacks = |note: &str| link.notary().is_ok_and(|(_, keys)| keys.is_missed_by(note));
    messages.iter().any(|message| match message {
        Message::Final(finality) => lacks(&finality.certificate.checkpoint),
        Message::Observe(observation) => lacks(&observation.certificate.checkpoint),
        _ => false,
    })
}

async fn make_readable(engine: &Engine, link: &Link, message: &mut Message) -> Result<(), String> {
    let needed = message.map_size();
    let (id, certificate, signatures) = match message {
        Message::Final(finality) => {
            let Finality {
                id,
                certificate,
                signatures,
                ..
            } = finality;
            (*id, certificate, signatures)
        }
        Message::Observe(observation) => {
            let id = observation.opening.id();
            (
                id,
                &mut observation.certificate,
                &mut observation.signatures,
            )
        }
        // Whatever else there is, whoever sent it asks again.
        _ => return Ok(()),
    };
    let members = link.members();
    if needed.is_some_and(|size| size > members.size()) {
        return Err("a newer network map is needed than is known here yet".to_owned());
    }
    let size = certificate.entry.map.size;
    let unknown = |s: &ScopedSignature| members.key(&s.party, s.suite).is_none();
    if size < members.size() && signatures.iter().any(unknown) {
        let earlier = link.directory_at(size).await?;
        let earlier = Input::Earlier((*earlier).clone());
        engine
            .tell(vec![earlier])
            .map_err(|error| error.to_string())?;
    }
    if engine.needs_all_log_keys() {
        let (_, keys) = link.notary().map_err(|error| error.to_string())?;
        if keys.is_missed_by(&certificate.checkpoint) {
            *certificate = link.certificate(id).await?;
        }
    }
    Ok(())
}
