//! The notary's log goes over from its founder to four authorities, and one of these is replaced.

use ledger::Digest;
use ledger::authorities::{DecisionRefusal, History};
use ledger::certificate::{Certificate, MapPin};
use ledger::codec;
use ledger::log_keys::{LogKeys, NotBelieved, verify_checkpoint};
use protocol::notary::store::NotaryStore as _;
use protocol::notary::{
    Block, Change, Decided, Machine, Notary, NotaryError, Proposal, Published, Request, Verdict,
};
use tlog::{Checkpoint, Origin};

use crate::bodies::{LOG, approvals, authorities, cosigned, founder, note};
use crate::notary::{Disk, ask, ask_at, certify, home, submission};
use crate::support::{NOON_MS, noise};

fn origin() -> Origin {
    Origin::new(LOG).expect("an origin")
}

/// The notary that founded the log.
fn alone(disk: &Disk) -> Result<Notary<Disk>, NotaryError> {
    Notary::open(home(), founder(), origin(), disk.clone())
}

fn from_the_founder() -> LogKeys {
    LogKeys::from(founder().verifier_key().clone())
}

/// What a validator of a later epoch has.
fn together(disk: &Disk) -> Machine<Disk> {
    Machine::open(home(), from_the_founder(), disk.clone()).expect("opens")
}

/// The founder hands over to four.
fn first() -> String {
    let text = authorities(1, &[1, 2, 3, 4]).to_string();
    note(&text, &[vec![founder()], approvals(&[1, 2, 3, 4])].concat())
}

/// The fourth is replaced.
fn second() -> String {
    let text = authorities(2, &[1, 2, 3, 5]).to_string();
    note(&text, &approvals(&[1, 2, 3, 5]))
}

fn signed(size: u64, root: Digest, by: &[u8]) -> String {
    let checkpoint = Checkpoint::new(origin(), size, root.into()).expect("a checkpoint");
    cosigned(&checkpoint, by)
}

/// Decides the next block.
fn decide(machine: &mut Machine<Disk>, requests: Vec<Request>, decision: &str) -> Decided {
    let proposal = Proposal {
        requests,
        decision: decision.to_owned(),
        ..Proposal::default()
    };
    let map = MapPin {
        size: 1,
        root: noise("map"),
    };
    let agreed = machine.agreed().alone(NOON_MS, map);
    // Roots over the used marks would stand between the entries.
    let block = Block {
        keeps_current: false,
        ..proposal.block(machine.blocks() + 1, agreed)
    };
    machine.decide(&block).expect("decides").expect("new")
}

/// Decides the next block, and publishes its checkpoint as these bodies sign it.
fn publish(
    machine: &mut Machine<Disk>,
    by: &[u8],
    requests: Vec<Request>,
    decision: &str,
) -> (Decided, Vec<Verdict>) {
    let decided = decide(machine, requests, decision);
    let published = Published {
        size: decided.size,
        root: decided.root,
        note: signed(decided.size, decided.root, by),
    };
    machine.keep_handover(&published.note).expect("kept");
    let verdicts = machine.verdicts(&decided, &published).expect("answers");
    (decided, verdicts)
}

fn certificate(verdict: &Verdict) -> Certificate {
    match verdict {
        Verdict::Certified(certificate) => certificate.clone(),
        other => panic!("{other:?}"),
    }
}

/// What became of a certificate.
fn holds(certificate: &Certificate, label: &str, keys: &LogKeys) -> Result<(), NotBelieved> {
    let checkpoint = verify_checkpoint(&certificate.checkpoint, keys)?;
    let id = submission(label, &[]).opening.id();
    let (size, root) = (checkpoint.size(), checkpoint.root().into());
    assert_eq!(certificate.check_paths(&id, size, &root), Ok(()), "{label}");
    Ok(())
}

/// A log that its founder, four, and four others kept: a certificate of each time, and one from the very change, in order.
fn kept_by_three(disk: &Disk) -> Vec<(&'static str, Certificate)> {
    let one = |label: &str| vec![certify(&submission(label, &[]))];
    let mut notary = alone(disk).expect("opens");
    let alone = ask(&mut notary, &one("alone")[0]);
    let change = notary.hand_over(NOON_MS, &first()).expect("decided");
    assert_eq!(change, Ok(Change { epoch: 1, index: 1 }));

    let mut machine = together(disk);
    let (_, four) = publish(&mut machine, &[1, 2, 4], one("four"), "");
    let (decided, changing) = publish(&mut machine, &[1, 3, 4], one("changing"), &second());
    assert_eq!(decided.change, Some(Ok(Change { epoch: 2, index: 4 })));
    let (_, others) = publish(&mut machine, &[1, 3, 5], one("others"), "");
    let verdicts = [
        ("alone", alone),
        ("four", four[0].clone()),
        ("changing", changing[0].clone()),
        ("others", others[0].clone()),
    ];
    verdicts
        .map(|(label, verdict)| (label, certificate(&verdict)))
        .to_vec()
}

#[test]
fn a_certificate_holds_after_two_changes_of_authorities_from_either_end() {
    let disk = Disk::default();
    let certificates = kept_by_three(&disk);
    let history = together(&disk).history().expect("a history");
    let history = History::read(&codec::encode(&history)).expect("reads");

    let old = from_the_founder();
    let verdicts: Vec<bool> = certificates
        .iter()
        .map(|(label, c)| holds(c, label, &old).is_ok())
        .collect();
    assert_eq!(
        verdicts,
        [true, false, false, false],
        "an old trust file alone"
    );
    let followed = old.follow(&history).expect("follows");
    let new = old.clone().with_epoch(3, authorities(1, &[1, 2, 3, 4]));
    let new = new.and_then(|keys| keys.with_epoch(6, authorities(2, &[1, 2, 3, 5])));
    assert_eq!(
        new,
        Ok(followed.clone()),
        "a new trust file says what the old one leads to"
    );
    for (label, certificate) in &certificates {
        assert_eq!(holds(certificate, label, &followed), Ok(()), "{label}");
    }
    let (label, latest) = &certificates[3];
    let unknown = holds(latest, label, &old).expect_err("unknown");
    assert!(unknown.may_be_of_later_authorities(), "{unknown}");
}

#[test]
fn who_handed_over_signs_nothing_that_is_believed() {
    let disk = Disk::default();
    let mut notary = alone(&disk).expect("opens");
    let before = certify(&submission("before", &[]));
    let certified = ask(&mut notary, &before);
    let change = notary.hand_over(NOON_MS, &first());
    assert_eq!(change, Ok(Ok(Change { epoch: 1, index: 1 })));
    let handed_over = || NotaryError::HandedOver { epoch: 1 };
    let next = [certify(&submission("next", &[]))];
    let pinned = certificate(&certified).entry.map;
    // What is in the log is answered still; over a restart too.
    for mut notary in [notary, alone(&disk).expect("opens once more")] {
        assert_eq!(notary.apply(NOON_MS, pinned, &next), Err(handed_over()));
        assert_eq!(notary.register(NOON_MS, &[noise("x")]), Err(handed_over()));
        assert_eq!(notary.hand_over(NOON_MS, &first()), change);
        let again = ask_at(&mut notary, NOON_MS, std::slice::from_ref(&before)).remove(0);
        assert_eq!(
            holds(&certificate(&again), "before", &from_the_founder()),
            Ok(())
        );
        assert_eq!(notary.size(), 2);
        assert_eq!(notary.history().map(|history| history.links().len()), Ok(1));
    }
    // Had it another copy of its store and of its mind, nobody who follows would believe it.
    let mut machine = together(&disk);
    decide(&mut machine, next.to_vec(), "");
    assert_eq!(alone(&disk).map(drop), Err(handed_over()));
    let forged = signed(machine.size(), machine.root(), &[]);
    let keys = from_the_founder();
    assert!(
        verify_checkpoint(&forged, &keys).is_ok(),
        "who knows nothing of it"
    );
    let refusal = verify_checkpoint(&forged, machine.keys()).expect_err("refused");
    assert_eq!(
        refusal.to_string(),
        "at size 3, epoch 1 of the log's authorities signs: no trusted key signed the note"
    );
}

#[test]
fn a_decision_that_is_none_is_refused_and_changes_nothing() {
    let disk = Disk::default();
    let mut machine = together(&disk);
    let decided = decide(&mut machine, Vec::new(), &first());
    assert_eq!(decided.change, Some(Ok(Change { epoch: 1, index: 0 })));
    let another = note(&authorities(1, &[1, 2, 3, 6]).to_string(), &[founder()]);
    let approved_by = |bodies: &[u8]| {
        note(
            &authorities(2, &[1, 2, 3, 5]).to_string(),
            &approvals(bodies),
        )
    };
    for (decision, expected) in [
        (another, "wrong_epoch"),
        (approved_by(&[1, 2, 5]), "not_enough_approvals"),
        (approved_by(&[1, 2, 3, 4]), "validator_not_agreed"),
        (approved_by(&[1, 2, 3, 5, 6]), "approval_not_valid"),
        ("a decision".to_owned(), "decision_unreadable"),
    ] {
        let decided = decide(&mut machine, Vec::new(), &decision);
        let code = decided
            .change
            .map(|change| change.map_err(|refusal| refusal.code()));
        assert_eq!(code, Some(Err(expected)));
        assert_eq!((machine.size(), machine.keys().epoch()), (1, 1));
    }
    // One that was carried out is no new one.
    for decision in [first(), second(), first(), second()] {
        let epoch = if decision == first() { 1 } else { 2 };
        let decided = decide(&mut machine, Vec::new(), &decision);
        let index = u64::from(epoch) - 1;
        assert_eq!(decided.change, Some(Ok(Change { epoch, index })));
    }
    assert_eq!((machine.size(), machine.keys().epoch()), (2, 2));
    assert_eq!(together(&disk).keys(), machine.keys(), "over a restart");
}

#[test]
fn a_decision_is_the_last_of_its_block_and_a_history_ends_where_nothing_is_published() {
    let disk = Disk::default();
    let mut machine = together(&disk);
    let requests = vec![certify(&submission("one", &[]))];
    let decided = decide(&mut machine, requests, &first());
    assert_eq!(decided.change, Some(Ok(Change { epoch: 1, index: 1 })));
    let links = |machine: &Machine<Disk>| machine.history().map(|h| h.links().len());
    assert_eq!(links(&machine), Ok(0));
    // Neither those who come nor others make a checkpoint of those who go.
    for by in [&[1, 2, 4][..], &[1]] {
        let note = signed(decided.size, decided.root, by);
        machine.keep_handover(&note).expect("nothing to keep");
        assert_eq!(links(&machine), Ok(0));
    }
    let note = signed(decided.size, decided.root, &[]);
    machine.keep_handover(&note).expect("kept");
    assert_eq!(links(&machine), Ok(1));
    assert!(disk.meta("handover/1").expect("reads").is_some());
}

#[test]
fn a_refusal_says_what_is_missing() {
    let approvals = approvals(&[1, 2, 5]);
    let decision = note(&authorities(2, &[1, 2, 3, 5]).to_string(), &approvals);
    let four = from_the_founder().with_epoch(2, authorities(1, &[1, 2, 3, 4]));
    let refusal = four.expect("an epoch").change(5, &decision);
    let (epoch, needed, found) = (1, 3, 2);
    let expected = DecisionRefusal::Approvals {
        epoch,
        needed,
        found,
    };
    assert_eq!(refusal.as_ref().err(), Some(&expected));
    assert_eq!(
        expected.to_string(),
        "2 of the 3 needed authorities of epoch 1 have approved"
    );
}
