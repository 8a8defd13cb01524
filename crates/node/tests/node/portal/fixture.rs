//! A portal with a few hundred payments, the same every time: real lines of funding from the
//! service's own table, invented payees, and payees' names that are out to do harm.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use node::portal::{
    Coverage, Description, Organisation, Portal, PortalStore, PublishedFact, PublishedValue,
};

/// 20 November 2026, 9:41am in the United Kingdom.
pub(crate) const NOW: i64 = 1_795_167_660_000;
pub(crate) const ISSUER: (&str, &str) = ("GB-GOR-D15", "HM Treasury");
pub(crate) const GRANTOR: (&str, &str) = (
    "GB-GOR-D4",
    "Ministry of Housing, Communities and Local Government",
);
pub(crate) const OFFICE: (&str, &str) = ("GB-GOR-D2", "Cabinet Office");
pub(crate) const POLICE: (&str, &str) = ("GB-GOR-D16", "Home Office");
pub(crate) const HEALTH: (&str, &str) = ("GB-GOR-D12", "Department of Health and Social Care");
pub(crate) const COUNCIL: (&str, &str) = ("GB-LAE-LDS", "Leeds City Council");
pub(crate) const AUDITOR: (&str, &str) = ("PVN-NAO", "National Audit Office");

/// Names that a page, a file or a search could take for something else than a name.
pub(crate) const HOSTILE: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "=HYPERLINK(\"https://example.org\",\"Click\")",
    "O'Brien & Sons \"Builders\" Ltd",
    "{{ 7 * 7 }} Ltd, Leeds",
    "Pneumonoultramicroscopicsilicovolcanoconiosis-Research-Partnership-Incorporated",
    "Łódź Café – «Zażółć» 山田 株式会社",
    "-2+3+cmd|' /C calc'!A0",
];

pub(crate) fn service(file: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../services/public-money");
    root.join(file)
}

pub(crate) fn description() -> Arc<Description> {
    let read = |name: &str| std::fs::read_to_string(service(name)).ok();
    Arc::new(Description::read(read).unwrap())
}

pub(crate) fn store(folder: &Path) -> Arc<PortalStore> {
    Arc::new(PortalStore::open(&folder.join("portal.db"), description()).unwrap())
}

/// A portal over all facts of the fixture.
pub(crate) fn portal(folder: &Path) -> Portal {
    let store = store(folder);
    store.ingest(&facts()).unwrap();
    Portal::new(store, coverage(), Some(trust()))
}

/// The trust file of the ledger's vectors.
pub(crate) fn trust() -> String {
    include_str!("../../../../../docs/protocol/vectors/trust/town.json").to_owned()
}

pub(crate) fn coverage() -> Coverage {
    let member = |(id, name): (&str, &str), role: &str, reports: bool| Organisation {
        id: id.to_owned(),
        name: name.to_owned(),
        role: role.to_owned(),
        reports,
    };
    Coverage {
        organisations: vec![
            member(
                ISSUER,
                "Plans public spending and gives each department its money for the year.",
                true,
            ),
            member(
                GRANTOR,
                "Funds councils in England and looks after housing, planning and communities.",
                false,
            ),
            member(
                OFFICE,
                "Supports the Prime Minister and Cabinet; with its agencies runs government's buildings, buying and digital services.",
                true,
            ),
            member(
                HEALTH,
                "Funds and steers health and adult social care in England.",
                true,
            ),
            member(
                POLICE,
                "Immigration and passports, policing, fire and counter-terrorism in England and Wales.",
                false,
            ),
            member(
                COUNCIL,
                "Social care, schools, roads, waste, housing, libraries and parks for the people of Leeds.",
                true,
            ),
            member(AUDITOR, "Audits government for Parliament.", false),
        ],
        log_size: 460,
        log_read_at: Some(NOW),
        unreachable_since: None,
    }
}

/// Funding first, then payments.
pub(crate) fn facts() -> Vec<PublishedFact> {
    let mut facts = funding();
    let first = facts.len() as u64;
    facts.extend((0..420).map(|number| payment(first, number)));
    facts
}

/// The lines of the published table, issued; given to departments; one grant to the council.
fn funding() -> Vec<PublishedFact> {
    let table = std::fs::read_to_string(service("data/pesa-2025-table-1-5.csv")).unwrap();
    let members: toml::Table = std::fs::read_to_string(service("members.toml"))
        .unwrap()
        .parse()
        .unwrap();
    let mut lines = csv::Reader::from_reader(table.as_bytes());
    let lines: Vec<(String, i64)> = lines.deserialize().map(Result::unwrap).collect();
    let positive = || {
        (1..)
            .zip(&lines)
            .filter(|(_, (name, minor))| *minor > 0 && name != "=")
    };
    let mut facts = Vec::new();
    for (line, (name, minor)) in positive() {
        let at = facts.len() as u64;
        facts.push(flow(at, "issued", ISSUER, ISSUER, *minor, name, line));
    }
    for (line, (name, minor)) in positive() {
        let member = members["member"].as_array().unwrap().iter().find(|member| {
            let names = member.get("funding_names").and_then(toml::Value::as_array);
            names.is_some_and(|names| names.iter().any(|one| one.as_str() == Some(name)))
        });
        let text = |key: &str| member.unwrap()[key].as_str().unwrap();
        if text("id") != ISSUER.0 {
            let at = facts.len() as u64;
            facts.push(flow(
                at,
                "allocated",
                ISSUER,
                (text("id"), text("name")),
                *minor,
                name,
                line,
            ));
        }
    }
    let at = facts.len() as u64;
    facts.push(flow(
        at,
        "granted",
        GRANTOR,
        COUNCIL,
        25_000_000_000,
        "Local government grants",
        9,
    ));
    facts
}

fn flow(
    at: u64,
    step: &str,
    giver: (&str, &str),
    receiver: (&str, &str),
    minor: i64,
    purpose: &str,
    line: i64,
) -> PublishedFact {
    let fields = [
        ("kind", PublishedValue::Choice(step.to_owned())),
        ("giver", party(giver)),
        ("receiver", party(receiver)),
        ("amount", money(minor)),
        ("year", PublishedValue::Int(2026)),
        ("purpose", text(purpose)),
        ("source", text("pesa-2025-table-1-5")),
        ("line", PublishedValue::Int(line)),
    ];
    let second = if step == "issued" { AUDITOR } else { giver };
    fact(at, "Funding", fields, &[ISSUER, second])
}

/// What is paid for: function, line, words of the publisher.
const COUNCIL_WORK: [(&str, &str, &str); 10] = [
    ("10.2", "front_line", "Residential care"),
    ("10.4", "front_line", "Fostering"),
    ("09.1", "front_line", "School meals"),
    ("04.5", "front_line", "Road repairs"),
    ("05.1", "front_line", "Waste collection"),
    ("06.1", "front_line", "Home adaptations"),
    ("08.2", "front_line", "Libraries"),
    ("01.3", "back_office", "Building maintenance"),
    ("01.3", "back_office", "Computer software"),
    (
        "",
        "unclassified",
        "Services rendered by other organisations",
    ),
];
const OFFICE_WORK: [(&str, &str, &str); 6] = [
    ("01.3", "back_office", "Government property"),
    ("01.3", "back_office", "Procurement services"),
    ("01.1", "unclassified", "International summit"),
    ("03.6", "front_line", "Resilience and emergencies"),
    ("08.3", "back_office", "Public information campaign"),
    ("", "unclassified", "Professional services"),
];
const ISSUER_WORK: [(&str, &str, &str); 4] = [
    ("01.1", "back_office", "Financial services policy"),
    ("06.1", "front_line", "Help to buy"),
    ("01.2", "unclassified", "Sanctions and illicit finance"),
    ("", "unclassified", "Legal costs"),
];
const FIRST: [&str; 12] = [
    "Aire Valley",
    "Northern",
    "Beacon",
    "Calder",
    "Whitfield",
    "Harbour",
    "Elmete",
    "Kestrel",
    "Roundhay",
    "St Martin's",
    "Meridian",
    "Tern",
];
const SECOND: [&str; 10] = [
    "Care Homes Ltd",
    "Software Ltd",
    "Highways plc",
    "Housing Association",
    "Catering Services Ltd",
    "Consulting LLP",
    "School Trust",
    "Foundation",
    "Recycling Ltd",
    "Property Services Ltd",
];

/// A payment by its number; any number has one.
pub(crate) fn payment(first: u64, number: u64) -> PublishedFact {
    let mut dice = Dice(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66);
    let (payer, works, source, period): (_, &[_], _, _) = match number % 10 {
        0..=5 => (
            COUNCIL,
            &COUNCIL_WORK,
            "leeds-city-council-spend",
            "2020-06",
        ),
        6..=8 => (OFFICE, &OFFICE_WORK, "cabinet-office-spend", "2022-03"),
        _ => (
            ISSUER,
            &ISSUER_WORK,
            "hm-treasury-spend",
            ["2025-01", "2025-02", "2025-03"][number as usize % 3],
        ),
    };
    let (function, line, purpose) = works[dice.below(works.len() as u64) as usize];
    let (mut treatment, mut member) = ("spent", None);
    let large = 10_i64.pow(dice.below(4) as u32 + 4);
    let mut minor = dice.below(9_000) as i64 * large / 1_000 + dice.below(100) as i64 + 1;
    let mut payee = format!(
        "{} {}",
        FIRST[dice.below(12) as usize],
        SECOND[dice.below(10) as usize]
    );
    match number {
        66 => {
            (treatment, member, payee, minor) = (
                "transfer",
                Some(POLICE),
                "HOME OFFICE".to_owned(),
                1_874_912_900,
            )
        }
        77 => {
            (treatment, member, payee) = (
                "internal",
                Some(payer),
                "GOVERNMENT PROPERTY AGENCY".to_owned(),
            )
        }
        45 | 52 => (treatment, minor) = ("refund", -minor),
        50 | 51 => (treatment, minor) = ("listed", 0),
        100..=107 => payee = HOSTILE[number as usize - 100].to_owned(),
        108 => payee = String::new(),
        _ => {}
    }
    let fields = [
        ("payer", party(payer)),
        ("payee", text(&payee)),
        ("member", member.map_or(PublishedValue::Absent, party)),
        ("amount", money(minor)),
        (
            "published",
            PublishedValue::Date(format!("{period}-{:02}", dice.below(28) + 1)),
        ),
        ("purpose", text(purpose)),
        ("function", text(function)),
        ("service_line", PublishedValue::Choice(line.to_owned())),
        ("treatment", PublishedValue::Choice(treatment.to_owned())),
        ("source", text(source)),
        ("period", text(period)),
        ("ordinal", PublishedValue::Int(number as i64 + 1)),
        (
            "reference",
            text(&format!("{}-{:05}", &period[2..], number / 2 + 1)),
        ),
        ("year", PublishedValue::Int(2026)),
    ];
    fact(first + number, "Payment", fields, &[ISSUER, payer])
}

fn fact<const N: usize>(
    at: u64,
    kind: &str,
    fields: [(&str, PublishedValue); N],
    attested_by: &[(&str, &str)],
) -> PublishedFact {
    let transaction: String = (0..4)
        .map(|part| format!("{:016x}", Dice(at * 4 + part).next()))
        .collect();
    let mut attested_by: Vec<_> = attested_by
        .iter()
        .map(|(id, name)| ((*id).to_owned(), (*name).to_owned()))
        .collect();
    attested_by.dedup();
    PublishedFact {
        id: format!("{transaction}-0-0"),
        transaction,
        contract: "public_money".to_owned(),
        kind: kind.to_owned(),
        log_index: at,
        notarised_at: NOW - 600_000 + at as i64 * 1_000,
        fields: fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<BTreeMap<_, _>>(),
        attested_by,
        proof: (0..1_500)
            .map(|byte| (at as usize * 31 + byte) as u8)
            .collect(),
    }
}

fn party((id, name): (&str, &str)) -> PublishedValue {
    PublishedValue::Party {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

fn text(text: &str) -> PublishedValue {
    PublishedValue::Text(text.to_owned())
}

fn money(minor: i64) -> PublishedValue {
    PublishedValue::Money {
        currency: "GBP".to_owned(),
        minor,
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): numbers that look random and are always the same.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}
