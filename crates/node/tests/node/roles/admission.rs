use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use deed::Party;
use ledger::map::MemberRole;
use node::config::Config;
use node::pki::Fingerprint;
use node::roles::{Application, Home, JoinError, Network, RunError, found_network, invite, join};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::network::party;

const DAY: Duration = Duration::from_hours(24);
const WAIT: Duration = Duration::from_secs(20);

/// A registrar at work.
struct Registrar {
    folder: tempfile::TempDir,
    address: String,
    fingerprint: Fingerprint,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), RunError>>,
}

impl Registrar {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("registrar");
        let fingerprint =
            found_network(&data, "town.example", &party("T-REGISTRAR")).expect("founded");
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address").to_string();
        drop(free);
        let text = format!(
            "role = \"registrar\"\npeer_listen = \"{address}\"\ndata = \"registrar\"\ncertificate_days = 3\n"
        );
        let config = Config::parse(&text, &folder.path().join("pvn.toml")).expect("settings");
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(async move {
            let stopped = async move { drop(stopped.await) };
            node::roles::run(&config, stopped).await
        });
        let up = async {
            while tokio::net::TcpStream::connect(&address).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(WAIT, up).await.expect("it comes up");
        Self {
            folder,
            address,
            fingerprint,
            stop,
            running,
        }
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("registrar")
    }

    fn invite(&self, role: MemberRole, who: &str, hosts: &[&str]) -> Result<String, RunError> {
        let hosts: Vec<Party> = hosts.iter().map(|host| party(host)).collect();
        invite(&self.data(), &party(who), role, &hosts, DAY)
    }

    /// An application of a body and those it hosts, with keys in a folder.
    fn application(&self, folder: &str, code: &str, parties: &[&str]) -> Application {
        let described = |id: &&str| {
            let services = vec!["Roads".to_owned()];
            (party(id), format!("The {id}"), services, String::new())
        };
        Application {
            data: self.folder.path().join(folder),
            registrar: self.address.clone(),
            fingerprint: self.fingerprint,
            code: code.to_owned(),
            parties: parties.iter().map(described).collect(),
            role: MemberRole::Body,
            endpoint: "node.example:7480".to_owned(),
            keys: None,
            log_origin: None,
        }
    }

    async fn stop(self) {
        self.stop.send(()).expect("it runs");
        self.running.await.expect("ends").expect("well");
    }
}

/// What the registrar says when it refuses.
fn refused(joined: Result<Network, JoinError>) -> String {
    match joined {
        Err(JoinError::Refused(said)) => said,
        other => panic!("{other:?}"),
    }
}

fn certificate_of(folder: &Path) -> node::pki::Leaf {
    Home::at(folder)
        .expect("a folder")
        .identity()
        .expect("joined")
        .leaf
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_lets_in_whom_it_names_once() {
    let registrar = Registrar::start().await;
    let code = registrar
        .invite(MemberRole::Body, "T-COUNTY", &["T-PARISH"])
        .expect("an invitation");
    let parties = ["T-COUNTY", "T-PARISH"];
    let good = registrar.application("county", &code, &parties);
    let another_code = Application {
        code: "0".repeat(32),
        ..good.clone()
    };
    let more = registrar.application("county", &code, &["T-COUNTY", "T-PARISH", "T-OTHER"]);
    let another_role = Application {
        role: MemberRole::Portal,
        ..good.clone()
    };
    let mut another_name = good.clone();
    another_name.parties[1].1 = "The\u{0}Parish".to_owned();
    let table = [
        (
            another_code,
            "the invitation is unknown or for another party: ask the registrar for a new one",
        ),
        (
            more,
            "the invitation is for T-COUNTY, T-PARISH and the request for T-COUNTY, T-PARISH, T-OTHER: join for exactly the parties invited, or ask the registrar for another invitation",
        ),
        (
            another_role,
            "the invitation is for a body and the request for a portal: join in the role invited, or ask the registrar for another invitation",
        ),
        (
            another_name,
            "the name of T-PARISH is not acceptable: it takes 1 to 200 bytes on one line, without control characters",
        ),
    ];
    for (application, expected) in table {
        assert_eq!(refused(join(&application).await), expected);
    }
    let network = join(&good).await.expect("admitted");
    assert_eq!(join(&good).await.expect("the same answer"), network);
    let leaf = certificate_of(&good.data);
    let life = leaf.not_after.duration_since(leaf.not_before);
    // As configured, and the skew of clocks that is tolerated.
    assert_eq!((leaf.party, life.as_hours() / 24), (party("T-COUNTY"), 3));
    // Whoever finds the code later has other keys.
    let thief = registrar.application("thief", &code, &parties);
    assert_eq!(
        refused(join(&thief).await),
        "the invitation has been used already, with other keys: ask the registrar for a new one"
    );
    registrar.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_given_an_invitation_that_nobody_could_use() {
    let registrar = Registrar::start().await;
    let table = [
        (
            registrar.invite(MemberRole::Body, "T-COUNTY", &["T-PARISH", "T-PARISH"]),
            "an invitation names each party once, and at most 4096 of them",
        ),
        (
            registrar.invite(MemberRole::Body, "T-COUNTY", &["T-COUNTY"]),
            "an invitation names each party once, and at most 4096 of them",
        ),
        (
            registrar.invite(MemberRole::Notary, "T-NOTARY", &["T-PARISH"]),
            "only a body's node hosts other parties: leave them out, or invite T-NOTARY as a body",
        ),
    ];
    for (invited, expected) in table {
        assert_eq!(invited.expect_err("refused").to_string(), expected);
    }
    registrar.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_tells_members_where_it_is_reached_now() {
    let registrar = Registrar::start().await;
    let code = registrar
        .invite(MemberRole::Notary, "T-NOTARY", &[])
        .expect("an invitation");
    let application = Application {
        role: MemberRole::Notary,
        log_origin: Some("town.example/log".to_owned()),
        ..registrar.application("notary", &code, &["T-NOTARY"])
    };
    join(&application).await.expect("admitted");
    // Any free ports do: the notary itself says where it is.
    let text = format!(
        "role = \"notary\"\npeer_listen = \"0.0.0.0:0\"\nendpoint = \"moved.example:7480\"\nhttp_listen = \"127.0.0.1:0\"\ndata = \"notary\"\nregistrar = \"{}\"\n",
        registrar.address
    );
    let file = registrar.folder.path().join("pvn.toml");
    let config = Config::parse(&text, &file).expect("settings");
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(async move {
        let stopped = async move { drop(stopped.await) };
        node::roles::run(&config, stopped).await
    });
    let home = Home::at(&application.data).expect("a folder");
    let told = async {
        loop {
            let directory = home.directory().expect("readable");
            let records = directory
                .map(|snapshot| snapshot.records)
                .unwrap_or_default();
            if records
                .iter()
                .any(|r| r.details.endpoint == "moved.example:7480")
            {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(WAIT, told)
        .await
        .expect("the directory says so");
    stop.send(()).expect("it runs");
    running.await.expect("ends").expect("well");
    registrar.stop().await;
}
