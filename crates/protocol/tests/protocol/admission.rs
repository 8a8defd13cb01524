//! Whom an invitation lets in: one that holds, the smallest change to it, and the refusal.

use deed::Party;
use ledger::Digest;
use ledger::map::{MemberDetails, MemberRecord, MemberRole};
use protocol::limits::{
    DIRECTORY_BYTES_MAX, ENDPOINT_BYTES_MAX, ENDPOINT_CHANGE_MS, MEMBERS_MAX, NAME_BYTES_MAX,
    SERVICE_BYTES_MAX, SERVICES_MAX, WEBSITE_BYTES_MAX,
};
use protocol::registrar::{AdmissionRefusal, Claim, Invitation, Registrar, RegistrarError};
use protocol::store::{Fault, FaultyStore, MemoryStore, Store};
use tlog::Origin;

use crate::support::{note_signer, party};
use crate::town::record;

const NOW: u64 = 1_000;
const UNTIL: u64 = 2_000;

fn registrar_on<S: Store>(store: S) -> Registrar<S> {
    let origin = Origin::new("registrar.town").expect("an origin");
    Registrar::open(store, note_signer("registrar.town"), origin).expect("opens")
}

fn registrar() -> Registrar<MemoryStore> {
    registrar_on(MemoryStore::new())
}

fn invitation(role: MemberRole, party_name: &str, hosts: &[&str]) -> Invitation {
    Invitation {
        party: party(party_name),
        hosts: hosts.iter().map(|host| party(host)).collect(),
        role,
        until_ms: UNTIL,
    }
}

fn hosted(name: &str, host: &str) -> MemberRecord {
    let mut record = record(name, MemberRole::Body);
    record.details.host = party(host);
    record
}

/// What a claim consists of, to be changed a little.
#[derive(Clone)]
struct Request {
    now_ms: u64,
    party: Party,
    code: &'static str,
    keys: &'static str,
    records: Vec<MemberRecord>,
    log_key: Option<String>,
}

impl Request {
    /// The treasury with the department that it hosts.
    fn good() -> Self {
        Self {
            now_ms: NOW,
            party: party("treasury"),
            code: "code",
            keys: "keys",
            records: vec![
                record("treasury", MemberRole::Body),
                hosted("department", "treasury"),
            ],
            log_key: None,
        }
    }

    fn put<S: Store>(
        &self,
        registrar: &mut Registrar<S>,
        invitation: &Invitation,
    ) -> Result<(), AdmissionRefusal> {
        let claim = Claim {
            invitation,
            code: Digest::of(&[self.code.as_bytes()]),
            keys: Digest::of(&[self.keys.as_bytes()]),
            party: &self.party,
            records: self.records.clone(),
            log_key: self.log_key.clone(),
            log_hybrid: None,
        };
        registrar.admit_invited(claim, self.now_ms)
    }
}

fn treasury() -> Invitation {
    invitation(MemberRole::Body, "treasury", &["department"])
}

fn names<S: Store>(registrar: &Registrar<S>) -> Vec<String> {
    let listed = registrar.latest().map(|s| s.records.clone());
    let listed = listed.unwrap_or_default();
    listed.iter().map(|r| r.party.to_string()).collect()
}

#[test]
fn an_invitation_admits_whom_it_names_and_nobody_else() {
    let text = |field, reason: &str| AdmissionRefusal::Text {
        party: party("treasury"),
        field,
        reason: reason.to_owned(),
    };
    let words =
        |max: usize| format!("it takes 1 to {max} bytes on one line, without control characters");
    let name = text("name", &words(NAME_BYTES_MAX));
    let service = text("service", &words(SERVICE_BYTES_MAX));
    let website = text(
        "website",
        &format!("an https:// or http:// address of up to {WEBSITE_BYTES_MAX} bytes, or nothing"),
    );
    let endpoint = text(
        "endpoint",
        &format!(
            "a host and a port, such as node.example:7480, of up to {ENDPOINT_BYTES_MAX} bytes"
        ),
    );
    let parties = |asked: &[&str]| AdmissionRefusal::Parties {
        invited: vec![party("treasury"), party("department")],
        asked: asked.iter().map(|name| party(name)).collect(),
    };
    type Change = Box<dyn Fn(&mut Request)>;
    let own = |change: fn(&mut MemberRecord)| -> Change {
        Box::new(move |request| change(&mut request.records[0]))
    };
    let table: Vec<(&str, Change, AdmissionRefusal, &str)> = vec![
        (
            "a certificate for another",
            Box::new(|r| r.party = party("mallory")),
            AdmissionRefusal::NotInvited,
            "not_invited",
        ),
        (
            "too late",
            Box::new(|r| r.now_ms = UNTIL + 1),
            AdmissionRefusal::Expired,
            "invitation_expired",
        ),
        (
            "a party more",
            Box::new(|r| r.records.push(hosted("mallory", "treasury"))),
            parties(&["treasury", "department", "mallory"]),
            "parties_not_invited",
        ),
        (
            "a party less",
            Box::new(|r| drop(r.records.pop())),
            parties(&["treasury"]),
            "parties_not_invited",
        ),
        (
            "a party twice",
            Box::new(|r| r.records[1] = r.records[0].clone()),
            parties(&["treasury", "treasury"]),
            "parties_not_invited",
        ),
        (
            "the hosted first",
            Box::new(|r| r.records.reverse()),
            parties(&["department", "treasury"]),
            "parties_not_invited",
        ),
        (
            "nobody",
            Box::new(|r| r.records.clear()),
            parties(&[]),
            "parties_not_invited",
        ),
        (
            "another role",
            own(|r| r.role = MemberRole::Notary),
            AdmissionRefusal::Role {
                invited: "body",
                asked: "notary",
            },
            "role_not_invited",
        ),
        (
            "another role of the hosted",
            Box::new(|r| r.records[1].role = MemberRole::Portal),
            AdmissionRefusal::Role {
                invited: "body",
                asked: "portal",
            },
            "role_not_invited",
        ),
        (
            "another host",
            Box::new(|r| r.records[1].details.host = party("department")),
            AdmissionRefusal::Host {
                party: party("department"),
                host: party("department"),
            },
            "host_is_not_the_body",
        ),
        (
            "no name",
            own(|r| r.name = " ".to_owned()),
            name.clone(),
            "text_not_acceptable",
        ),
        (
            "a name of two lines",
            own(|r| r.name = "The\nTreasury".to_owned()),
            name.clone(),
            "text_not_acceptable",
        ),
        (
            "a name written backwards",
            own(|r| r.name = "The \u{202e}Treasury".to_owned()),
            name.clone(),
            "text_not_acceptable",
        ),
        (
            "a long name",
            own(|r| r.name = "x".repeat(NAME_BYTES_MAX + 1)),
            name,
            "text_not_acceptable",
        ),
        (
            "a long service",
            own(|r| r.details.services = vec!["x".repeat(SERVICE_BYTES_MAX + 1)]),
            service,
            "text_not_acceptable",
        ),
        (
            "many services",
            own(|r| r.details.services = vec!["Roads".to_owned(); SERVICES_MAX + 1]),
            AdmissionRefusal::Services {
                party: party("treasury"),
                found: SERVICES_MAX + 1,
            },
            "too_many_services",
        ),
        (
            "a script for a website",
            own(|r| r.details.website = "javascript:alert(1)".to_owned()),
            website.clone(),
            "text_not_acceptable",
        ),
        (
            "a long website",
            own(|r| r.details.website = format!("https://{}", "x".repeat(WEBSITE_BYTES_MAX))),
            website,
            "text_not_acceptable",
        ),
        (
            "an endpoint without a port",
            own(|r| r.details.endpoint = "node.example".to_owned()),
            endpoint.clone(),
            "text_not_acceptable",
        ),
        (
            "an endpoint with a path",
            own(|r| r.details.endpoint = "node.example/x:1".to_owned()),
            endpoint.clone(),
            "text_not_acceptable",
        ),
        (
            "a long endpoint",
            own(|r| r.details.endpoint = format!("{}:1", "x".repeat(ENDPOINT_BYTES_MAX))),
            endpoint,
            "text_not_acceptable",
        ),
    ];
    for (case, change, expected, code) in table {
        let mut request = Request::good();
        change(&mut request);
        let mut registrar = registrar();
        let refused = request.put(&mut registrar, &treasury()).expect_err(case);
        assert_eq!((refused.code(), &refused), (code, &expected), "{case}");
        assert!(registrar.latest().is_none(), "{case}");
        // Nothing was used up by the refusal.
        assert_eq!(
            Request::good().put(&mut registrar, &treasury()),
            Ok(()),
            "{case}"
        );
        assert_eq!(names(&registrar), ["department", "treasury"], "{case}");
    }
}

#[test]
fn an_invitation_is_used_up_and_answers_the_same_newcomer_again() {
    let mut registrar = registrar();
    let good = Request::good();
    assert_eq!(good.put(&mut registrar, &treasury()), Ok(()));
    let first = registrar.latest().cloned();
    // Whatever else it says the second time: only its own TLS changes an entry.
    let mut again = good.clone();
    again.records[0].details.endpoint = "elsewhere.example:1".to_owned();
    assert_eq!(again.put(&mut registrar, &treasury()), Ok(()));
    assert_eq!(registrar.latest().cloned(), first);
    let other = Request {
        keys: "other keys",
        ..good
    };
    let refused = other.put(&mut registrar, &treasury()).expect_err("used");
    assert_eq!(
        (refused.code(), refused),
        ("invitation_used", AdmissionRefusal::Used)
    );
    // A new invitation doesn't let anybody take a member's place either.
    let mut taker = Request {
        code: "new code",
        ..other
    };
    taker.records[0].keys = record("mallory", MemberRole::Body).keys;
    let refused = taker.put(&mut registrar, &treasury()).expect_err("taken");
    let expected = AdmissionRefusal::Taken(party("treasury"));
    assert_eq!((refused.code(), refused), ("party_taken", expected));
    assert_eq!(registrar.latest().cloned(), first);
}

#[test]
fn an_invitation_is_used_up_if_and_only_if_its_newcomer_is_in_the_directory() {
    let full = || protocol::store::StoreError::Full;
    let cases = [
        (Fault::Before(full()), Err("not_a_member"), Ok(())),
        (Fault::After(full()), Ok(()), Err("invitation_used")),
    ];
    for (fault, moves, another) in cases {
        let store = FaultyStore::new(MemoryStore::new(), [(0, fault.clone())].into());
        let mut registrar = registrar_on(store);
        let good = Request::good();
        let refused = good
            .put(&mut registrar, &treasury())
            .expect_err("the commit fails");
        assert_eq!(refused.code(), "registrar_failed");
        let moved = registrar.move_endpoint(&party("treasury"), "new.example:1", NOW);
        assert_eq!(moved.map_err(|refusal| refusal.code()), moves);
        let other = Request {
            keys: "other keys",
            ..good
        };
        let done = other.put(&mut registrar, &treasury());
        assert_eq!(done.map_err(|refusal| refusal.code()), another, "{fault:?}");
        assert_eq!(names(&registrar), ["department", "treasury"], "{fault:?}");
    }
}

#[test]
fn there_is_one_notary_and_it_comes_with_its_log() {
    let mut registrar = registrar();
    let request = |name: &str, code, log: Option<&str>| Request {
        party: party(name),
        code,
        records: vec![record(name, MemberRole::Notary)],
        log_key: log.map(|name| note_signer(name).verifier_key().to_string()),
        ..Request::good()
    };
    let invited = |name: &str| invitation(MemberRole::Notary, name, &[]);
    let cases = [
        (request("first", "a", None), Err("log_key_missing")),
        (request("first", "a", Some("notary.town")), Ok(())),
        (
            request("second", "b", Some("other.town")),
            Err("second_notary"),
        ),
        (
            request("second", "b", Some("notary.town")),
            Err("second_notary"),
        ),
    ];
    for (case, expected) in cases {
        let done = case.put(&mut registrar, &invited(case.party.as_str()));
        assert_eq!(done.map_err(|refusal| refusal.code()), expected);
    }
    assert_eq!(names(&registrar), ["first"]);
}

#[test]
fn a_member_moves_with_whom_it_hosts_and_not_too_often() {
    let mut registrar = registrar();
    Request::good()
        .put(&mut registrar, &treasury())
        .expect("admitted");
    let endpoints = |registrar: &Registrar<MemoryStore>| -> Vec<String> {
        let records = &registrar.latest().expect("a directory").records;
        records.iter().map(|r| r.details.endpoint.clone()).collect()
    };
    let host = party("treasury");
    registrar
        .move_endpoint(&host, "new.example:1", NOW)
        .expect("moves");
    assert_eq!(endpoints(&registrar), ["new.example:1", "new.example:1"]);
    let latest = registrar.latest().expect("a directory").clone();
    registrar
        .move_endpoint(&host, "new.example:1", NOW)
        .expect("is there");
    assert_eq!(registrar.latest(), Some(&latest));
    let table = [
        (
            "treasury",
            "newer.example:1",
            NOW + ENDPOINT_CHANGE_MS - 1,
            "changed_too_soon",
        ),
        (
            "treasury",
            "nowhere",
            NOW + ENDPOINT_CHANGE_MS,
            "text_not_acceptable",
        ),
        ("mallory", "new.example:1", NOW, "not_a_member"),
    ];
    for (who, endpoint, now_ms, code) in table {
        let refused = registrar.move_endpoint(&party(who), endpoint, now_ms);
        assert_eq!(
            refused.map_err(|refusal| refusal.code()),
            Err(code),
            "{who} {endpoint}"
        );
    }
    let later = NOW + ENDPOINT_CHANGE_MS;
    registrar
        .move_endpoint(&host, "newer.example:1", later)
        .expect("moves");
}

#[test]
fn a_directory_that_members_could_not_read_is_refused_before_it_is_written() {
    let long = |index: usize, bytes: usize| MemberRecord {
        party: party(&format!("P{index}")),
        details: MemberDetails {
            website: "x".repeat(bytes),
            ..record("anybody", MemberRole::Body).details
        },
        ..record("anybody", MemberRole::Body)
    };
    let cases = [
        (1, DIRECTORY_BYTES_MAX, "one too large"),
        (600, 7_500, "too large together"),
        (MEMBERS_MAX + 1, 0, "too many"),
    ];
    for (count, bytes, case) in cases {
        let mut registrar = registrar();
        registrar
            .admit(vec![record("first", MemberRole::Body)], NOW)
            .expect("admitted");
        let records = (0..count).map(|index| long(index, bytes)).collect();
        let refused = registrar.admit(records, NOW).expect_err(case);
        let RegistrarError::Full { members, .. } = refused else {
            panic!("{case}: {refused}");
        };
        assert_eq!(members, count + 1, "{case}");
        let code = AdmissionRefusal::from(refused).code();
        assert_eq!(
            (code, names(&registrar)),
            ("directory_full", vec!["first".to_owned()])
        );
        registrar
            .admit(vec![record("second", MemberRole::Body)], NOW)
            .expect("goes on");
        let reopened = registrar.at(2).expect("reads").expect("is there");
        assert_eq!(reopened.records.len(), 2, "{case}");
    }
}
