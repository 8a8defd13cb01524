use node::config::{Config, Fault, Problem};

use super::{NODE, NOTARY, PORTAL, REGISTRAR, folder, parse};

/// What is said of a file, without its name.
fn complaints(text: &str) -> String {
    let folder = folder();
    let error = parse(text, folder.path()).unwrap_err();
    let prefix = folder.path().join("pvn.toml");
    let lines = error.to_string();
    let lines: Vec<String> = lines
        .lines()
        .map(|line| line.replace(&format!("{}", prefix.display()), "pvn.toml"))
        .map(|line| line.replace(&format!("{}/", folder.path().display()), ""))
        .collect();
    lines.join("\n")
}

#[test]
fn every_mistake_is_named_with_its_line_and_what_to_do() {
    let cases: [(&str, String, &str); 34] = [
        (
            "a typo",
            NODE.replace("peer_listen", "peer_lisen"),
            "pvn.toml:2: there is no setting `peer_lisen`: did you mean `peer_listen`?",
        ),
        (
            "a typo in the limits",
            format!("{NODE}[limits]\nconections = 3\n"),
            "pvn.toml:7: there is no setting `conections`: did you mean `connections`?",
        ),
        (
            "files fetched in an unknown way",
            format!("{NODE}[files]\nfetch = 'some'\n"),
            "pvn.toml:7: `fetch` is \"some\": either \"asked\" or \"all\"",
        ),
        (
            "files in two places",
            format!("{NODE}[files]\nfolder = 'files'\n[files.s3]\nbucket = 'files'\n"),
            "pvn.toml:7: `folder` is \"files\": files are kept in a folder or in a bucket, not in both",
        ),
        (
            "half a bucket",
            format!("{NODE}[files.s3]\nendpoint = 'https://s3.example'\nbucket = 'files'\n"),
            "pvn.toml: `region` is missing: the region that the service expects requests to be signed for\n\
             pvn.toml: `credentials` is missing: a file of two lines, the access key's id and its secret",
        ),
        (
            "a bucket in the clear",
            format!(
                "{NODE}[files.s3]\nendpoint = 'http://s3.example'\nbucket = 'files'\nregion = 'here'\ncredentials = 'one.deed'\n"
            ),
            "pvn.toml:7: `endpoint` is \"http://s3.example\": a URL that begins with https:// (http:// only for this machine)",
        ),
        (
            "credentials that are not there",
            format!(
                "{NODE}[files.s3]\nendpoint = 'http://127.0.0.1:9000'\nbucket = 'files'\nregion = 'here'\ncredentials = 'key'\n"
            ),
            "pvn.toml:10: `credentials` names key, where there is no file",
        ),
        (
            "files of a notary",
            format!("{NOTARY}[files]\nfetch = 'all'\n"),
            "pvn.toml:5: `files` has no meaning for a notary: remove it",
        ),
        (
            "an invention",
            format!("{NODE}colour = 'blue'\n"),
            "pvn.toml:6: there is no setting `colour`; there are: role, data, network, party, peer_listen, \
             endpoint, http_listen, registrar, hosts, contracts, service, window_ms, \
             certificate_days, files, signatures, keys, log, limits",
        ),
        (
            "an unknown role",
            NODE.replace("\"node\"", "\"nod\""),
            "pvn.toml:1: there is no role `nod`: did you mean `node`?",
        ),
        (
            "no role",
            NODE.replace("role = \"node\"", ""),
            "pvn.toml: `role` is missing: registrar, notary, node or portal",
        ),
        (
            "nowhere to listen",
            NODE.replace("peer_listen = \"127.0.0.1:7400\"", ""),
            "pvn.toml: `peer_listen` is missing: the address and port where peers connect, such as \
             \"127.0.0.1:7400\"",
        ),
        (
            "a missing quote",
            NODE.replace("7400\"", "7400"),
            "pvn.toml:2: invalid basic string, expected `\"`",
        ),
        (
            "a number for a text",
            NODE.replace("\"127.0.0.1:7400\"", "7400"),
            "pvn.toml:2: invalid type: integer `7400`, expected a string",
        ),
        (
            "a setting twice",
            format!("{NODE}role = \"node\"\n"),
            "pvn.toml:6: duplicate key",
        ),
        (
            "an address without a port",
            NODE.replace(":7400", ""),
            "pvn.toml:2: `peer_listen` is \"127.0.0.1\": an IP address and a port, such as \
             \"127.0.0.1:7400\" or \"[::1]:7400\"",
        ),
        (
            "clients from elsewhere",
            NODE.replace("127.0.0.1:7480", "0.0.0.0:7480"),
            "pvn.toml:3: `http_listen` is \"0.0.0.0:7480\": clients speak plain HTTP: listen on \
             127.0.0.1 and put a proxy with TLS before it",
        ),
        (
            "one port for two",
            NODE.replace("7480", "7400"),
            "pvn.toml:3: `http_listen` is \"127.0.0.1:7400\": the same as `peer_listen`; it needs a \
             port of its own",
        ),
        (
            "listening everywhere without saying where",
            PORTAL.replace("endpoint = \"portal.example:7600\"", ""),
            "pvn.toml: `endpoint` is missing: peers need an address to connect to, and `peer_listen` \
             is not one",
        ),
        (
            "a registrar without a port",
            NODE.replace("https://127.0.0.1:7300/", "https://127.0.0.1"),
            "pvn.toml:4: `registrar` is \"https://127.0.0.1\": a host and a port, such as \
             \"registrar.example:7300\" or \"127.0.0.1:7300\"",
        ),
        (
            "a registrar with a path",
            NODE.replace("7300/", "7300/join"),
            "pvn.toml:4: `registrar` is \"https://127.0.0.1:7300/join\": a host and a port, such as \
             \"registrar.example:7300\" or \"127.0.0.1:7300\"",
        ),
        (
            "a contract that is not there",
            NODE.replace("one.deed", "none.deed"),
            "pvn.toml:5: `contracts` names none.deed, where there is no file",
        ),
        (
            "a contract twice",
            NODE.replace("[\"one.deed\"]", "[\"one.deed\",\n\"one.deed\"]"),
            "pvn.toml:6: `contracts` has \"one.deed\" twice: remove one",
        ),
        (
            "no contracts",
            NODE.replace("\"one.deed\"", ""),
            "pvn.toml: `contracts` is missing: the files of the contracts that this process accepts",
        ),
        (
            "a service that is not there",
            PORTAL.replace("\"service\"", "\"one.deed\""),
            "pvn.toml:7: `service` names one.deed, where there is no folder",
        ),
        (
            "a file for the data folder",
            format!("data = \"one.deed\"\n{REGISTRAR}"),
            "pvn.toml:1: `data` names one.deed, which is a file: name a folder",
        ),
        (
            "parties that are none, or twice",
            format!("party = \"GB-1\"\nhosts = [\"GB-2\", \"GB-2\", \"GB-1\"]\n{NODE}"),
            "pvn.toml:2: `hosts` has \"GB-2\" twice: remove one\n\
             pvn.toml: `hosts` has \"GB-1\" twice: remove one",
        ),
        (
            "a name that is not a party's",
            format!("party = \"Great Britain\"\n{NODE}"),
            "pvn.toml:1: `party` is \"Great Britain\": an identifier has 1 to 64 of the characters \
             A-Z a-z 0-9 . _ -",
        ),
        (
            "numbers out of range",
            format!("{NODE}window_ms = 999\n[limits]\nstore_mib = 0\n"),
            "pvn.toml:6: `window_ms` is 999: it goes from 1000 to 450000\n\
             pvn.toml:8: `store_mib` is 0: it goes from 1 to 16777216",
        ),
        (
            "keys in a module that is not there",
            format!("{NODE}[keys]\nmodule = \"none.so\"\nlabel = \"\"\n"),
            "pvn.toml:7: `module` names none.so, where there is no file\n\
             pvn.toml:8: `label` is \"\": it takes 1 to 200 characters on one line\n\
             pvn.toml: `token` is missing: the label of the token that holds the keys\n\
             pvn.toml: `pin_file` is missing: the file with the token's PIN, readable by its owner alone",
        ),
        (
            "a suite that nobody knows",
            format!("{NODE}signatures = \"rsa\"\n"),
            "pvn.toml:6: `signatures` is \"rsa\": it is \"p256\", \"both\" or \"hybrid\"",
        ),
        (
            "keys in nothing",
            format!("{NODE}[keys]\npin = \"1234\"\n"),
            "pvn.toml:7: there is no setting `pin`; there are: module, token, pin_file, label",
        ),
        (
            "settings of other roles",
            format!(
                "{REGISTRAR}registrar = \"a:1\"\nhosts = []\nwindow_ms = 5000\nservice = \"x\"\n"
            ),
            "pvn.toml:3: `registrar` has no meaning for a registrar: remove it\n\
             pvn.toml:4: `hosts` has no meaning for a registrar: remove it\n\
             pvn.toml:5: `window_ms` has no meaning for a registrar: remove it\n\
             pvn.toml:6: `service` has no meaning for a registrar: remove it",
        ),
        (
            "everything that a notary needs",
            "role = \"notary\"\npeer_listen = \"127.0.0.1:1\"\nnetwork = \"\"\n".to_owned(),
            "pvn.toml:3: `network` is \"\": it takes 1 to 200 characters on one line\n\
             pvn.toml: `registrar` is missing: the host and port where the registrar listens, such as \
             \"127.0.0.1:7300\"\n\
             pvn.toml: `http_listen` is missing: the address and port where clients connect, such as \
             \"127.0.0.1:7480\"",
        ),
    ];
    for (case, text, expected) in cases {
        assert_eq!(complaints(&text), expected, "{case}");
    }
}

#[test]
fn a_setting_of_another_role_is_refused_in_every_role() {
    for (text, setting) in [
        (NODE, "service = \"service\""),
        (NODE, "certificate_days = 3"),
        (NOTARY, "contracts = [\"one.deed\"]"),
        (NOTARY, "hosts = [\"GB-1\"]"),
        (PORTAL, "window_ms = 5000"),
        (REGISTRAR, "http_listen = \"127.0.0.1:1\""),
        (NOTARY, "limits = { store_mib = 64 }"),
        (PORTAL, "limits = { store_mib = 64 }"),
        (NOTARY, "keys = { token = \"a\" }"),
        (NOTARY, "signatures = \"both\""),
        (NODE, "log = { hybrid = true }"),
        (PORTAL, "log = {}"),
    ] {
        let folder = folder();
        let text = format!("{setting}\n{text}");
        let error = parse(&text, folder.path()).unwrap_err();
        match &error.problems[..] {
            [
                Problem {
                    line: Some(1),
                    fault: Fault::NotForRole { key, .. },
                },
            ] => {
                assert!(setting.contains(key), "{setting}: {key}");
            }
            other => panic!("{setting}: {other:?}"),
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = folder();
    let path = folder.path().join("pvn.toml");
    let error = Config::load(&path).unwrap_err();
    assert_eq!(error.file, path);
    assert!(matches!(
        &error.problems[..],
        [Problem {
            line: None,
            fault: Fault::Unreadable(_)
        }]
    ));
}
