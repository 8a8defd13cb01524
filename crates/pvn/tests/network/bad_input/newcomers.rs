//! Newcomers that the registrar refuses.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use crate::support::demo::Demo;
use crate::support::joining::{Invitation, Newcomer};
use crate::support::process::{Said, run, text};
use crate::support::published::LEEDS;
use crate::support::{first_port, public_money};

/// Newcomers that are refused; each can join with the right words afterwards.
pub(super) fn newcomers_that_are_refused(folder: &Path, demo: &Demo) {
    let invite = |party: &str| {
        Invitation::of(&run(["invite", "--data", text(&demo.folder), "--party", party]).done())
    };
    let join_with = |invitation: &Invitation, contract: &Path| {
        let ann = Newcomer {
            role: "node",
            party: "PVN-ANN",
            name: "Ann",
        };
        let (data, first) = (folder.join(ann.party), first_port());
        let [peer, http] = [first, first + 1].map(|port| (Ipv4Addr::LOCALHOST, port).into());
        Said::by(&mut invitation.join(&ann, &data, peer, http, contract))
    };
    let join = |invitation: &Invitation| join_with(invitation, &public_money().join("budget.deed"));
    let (ann, ben) = (invite("PVN-ANN"), invite("PVN-BEN"));
    let wrong = "0123456789abcdef".repeat(4);
    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|l| l.local_addr())
        .expect("a port")
        .to_string();
    let refusal = "pvn: the registrar refuses: the invitation is unknown or for another party: ask the registrar for a new one\n";
    let unreachable = |fingerprint: &str, at: &str| {
        format!(
            "pvn: no registrar with the root {fingerprint} answers at {at}: check both with the registrar's operator\n"
        )
    };
    let table = [
        (
            "a wrong fingerprint",
            wrong.as_str(),
            ann.code.as_str(),
            ann.registrar.as_str(),
            unreachable(&wrong, &ann.registrar),
        ),
        (
            "another's invitation",
            &ann.fingerprint,
            &ben.code,
            &ann.registrar,
            refusal.to_owned(),
        ),
        (
            "an invented code",
            &ann.fingerprint,
            &wrong[..32],
            &ann.registrar,
            refusal.to_owned(),
        ),
        (
            "nobody there",
            &ann.fingerprint,
            &ann.code,
            &nobody,
            unreachable(&ann.fingerprint, &nobody),
        ),
    ];
    for (what, fingerprint, code, registrar, expected) in table {
        let said = join(&Invitation {
            registrar: registrar.to_owned(),
            fingerprint: fingerprint.to_owned(),
            code: code.to_owned(),
        });
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{what}: {said:?}");
        assert!(said.err.starts_with(&expected), "{what}: {said:?}");
    }
    let members = || {
        demo.of(LEEDS)
            .client()
            .members()
            .into_iter()
            .map(|m| m.party)
            .collect::<Vec<_>>()
    };
    // A contract that could not be loaded later does not use the invitation up.
    let alone = folder.join("alone.deed");
    let uses = format!(
        "contract alone version 1\n  \"A.\"\nuses cash sha256 \"{}\"\n",
        "0".repeat(64)
    );
    fs::write(&alone, uses).expect("a file");
    let said = join_with(&ann, &alone);
    let expected = format!(
        "pvn: {at} does not hold what it should: \nerror: the text of cash with this hash is not given\n --> {at}:3:18\n  |\n3 | uses cash sha256 \"{}\"\n  |                  {} not given\n\n\
         Accept the contract cash too, in the text of this hash: its file belongs to the contracts as well\n",
        "0".repeat(64),
        "^".repeat(66),
        at = alone.display()
    );
    assert_eq!((said.code, said.err), (1, expected));
    assert!(!members().contains(&"PVN-ANN".to_owned()));
    join(&ann).done();
    // Whoever got hold of the code later can't become Ann with keys of their own.
    fs::rename(folder.join("PVN-ANN"), folder.join("real")).expect("a folder");
    let said = join(&ann);
    let expected = "pvn: the registrar refuses: the invitation has been used already, with other keys: ask the registrar for a new one\n";
    assert_eq!((said.code, said.err.as_str()), (1, expected));
}
