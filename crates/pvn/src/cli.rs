//! The command line.

mod deed;
mod logs;
mod proofs;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use logs::{Log, LogWhat, Monitor, MonitorRun, MonitorWhat, Witness, WitnessWhat};
pub(crate) use proofs::{Challenge, Export, Form, Proof, Prove, Refresh, Show, Verify};

pub(crate) use deed::{Deed, DeedCheck, DeedExplain, DeedFmt, DeedRender, DeedTest, DeedWhat};

/// A network of public bodies that share facts and move public value with proof.
#[derive(Debug, Parser)]
#[command(
    name = "pvn",
    version,
    about,
    after_help = "Start with `pvn demo`: a whole network on this machine, playing published figures."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "one command line is parsed once")]
pub(crate) enum Command {
    /// Found a network: make its registrar's keys and configuration.
    Init(Init),
    /// Let a body join: print the invitation that it needs.
    Invite(Invite),
    /// Join a network with an invitation: make keys here, get a certificate, write a configuration.
    Join(Join),
    /// Run the process that a configuration file describes.
    Run(Run),
    /// Start a whole network on this machine and play published figures through it.
    Demo(Demo),
    /// Read a publisher's file: report what it adds up to, send its rows to a node, or make the tables that are shipped.
    Import(Import),
    /// Send a file to a node, so that a fact can name it; prints the file's address.
    Attach(Attach),
    /// Fetch a file that a fact names.
    Fetch(Fetch),
    /// Verify a proof offline, from a trust file.
    Verify(Verify),
    /// Prove a fact that a node holds, or chosen fields of it, to somebody else.
    Prove(Prove),
    /// Look after proofs that you have.
    #[command(subcommand)]
    Proof(Proof),
    /// Make a nonce for whoever is to show you a proof.
    Challenge(Challenge),
    /// Take a fact elsewhere: as a credential, or as a statement with the notary's receipt.
    Export(Export),
    /// Show such a credential to a verifier, with the fields that you choose.
    Show(Show),
    /// Check a running network: what each node keeps, all over again, and the totals of all against each other.
    Doctor(Doctor),
    /// Show what a running network holds.
    Status(Status),
    /// Take a copy of a node's data while it runs.
    Backup(Backup),
    /// Put a copy taken by `pvn backup` into an empty data folder.
    Restore(Restore),
    /// Cosign a log's checkpoints, independently of whoever runs the log.
    Witness(Witness),
    /// Watch a notary's log for two histories, broken rules and unknown signers, and raise an alarm with evidence.
    Monitor(Monitor),
    /// Copy a notary's log as static files, and verify such a copy.
    Log(Log),
    /// Measure.
    Bench(Bench),
    /// Check, test, format, explain and show contracts.
    Deed(Deed),
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Name of the network, such as `example.network`.
    #[arg(long)]
    pub(crate) network: String,
    /// Identifier of the body that keeps the directory.
    #[arg(long)]
    pub(crate) party: String,
    /// Data folder of the registrar.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// Where members connect.
    #[arg(long, default_value = "127.0.0.1:7401")]
    pub(crate) listen: SocketAddr,
    /// The host and port that members are told to connect to, if that is not where it listens: needed with 0.0.0.0.
    #[arg(long)]
    pub(crate) endpoint: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
An invitation is for one body, in one role, with the parties that it hosts and no others. It is used up when the body
joins; joining again with the same keys, after a lost answer, is answered in the same way. Where a member's node is
reached is in its own configuration: changing it needs no new invitation.

  pvn invite --data registrar --party GB-NOTARY --role notary
  pvn invite --data registrar --party GB-COUNTY --hosts GB-PARISH-1 --hosts GB-PARISH-2")]
pub(crate) struct Invite {
    /// Data folder of the registrar, or of a demonstration.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// Identifier of the body that is to join.
    #[arg(long)]
    pub(crate) party: String,
    /// What its process will do.
    #[arg(long, value_enum, default_value = "node")]
    pub(crate) role: JoinRole,
    /// Identifier of a party without a node of its own, whose account the body's node will keep; may be given several
    /// times. Nobody, when left out.
    #[arg(long = "hosts", value_name = "ID")]
    pub(crate) hosts: Vec<String>,
    /// How many days the invitation is good for.
    #[arg(long, default_value_t = 7)]
    pub(crate) days: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum JoinRole {
    /// Holds facts and signs.
    Node,
    /// Certifies.
    Notary,
    /// Publishes disclosures.
    Portal,
}

#[derive(Debug, Args)]
pub(crate) struct Join {
    /// Where the registrar listens.
    #[arg(long)]
    pub(crate) registrar: String,
    /// Fingerprint of the registrar's root, as `pvn invite` printed it.
    #[arg(long)]
    pub(crate) fingerprint: String,
    /// The invitation's code.
    #[arg(long)]
    pub(crate) code: String,
    /// The body's identifier.
    #[arg(long)]
    pub(crate) party: String,
    /// The body's name.
    #[arg(long)]
    pub(crate) name: String,
    /// What the process will do.
    #[arg(long, value_enum, default_value = "node")]
    pub(crate) role: JoinRole,
    /// A party whose account this node will keep, as in the invitation: its identifier, `=`, its name. May be given
    /// several times.
    #[arg(long = "hosts", value_name = "ID=NAME")]
    pub(crate) hosts: Vec<String>,
    /// Data folder to be made.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// Where peers connect.
    #[arg(long)]
    pub(crate) peer_listen: SocketAddr,
    /// The host and port that peers are told to connect to, if that is not where it listens: needed with 0.0.0.0.
    #[arg(long)]
    pub(crate) endpoint: Option<String>,
    /// Where clients, or the public, connect.
    #[arg(long)]
    pub(crate) http_listen: SocketAddr,
    /// Contract files to accept.
    #[arg(long = "contract")]
    pub(crate) contracts: Vec<PathBuf>,
    /// The folder that describes a portal's service.
    #[arg(long)]
    pub(crate) service: Option<PathBuf>,
    /// The PKCS#11 library of the security module in which the ledger keys are to be made; without it they are made in the
    /// data folder.
    #[arg(long, requires_all = ["key_token", "key_pin_file"])]
    pub(crate) key_module: Option<PathBuf>,
    /// The label of the security module's token.
    #[arg(long, requires = "key_module")]
    pub(crate) key_token: Option<String>,
    /// The file with the token's PIN.
    #[arg(long, requires = "key_module")]
    pub(crate) key_pin_file: Option<PathBuf>,
    /// What the keys' labels in the token begin with.
    #[arg(long, requires = "key_module", default_value = "ledger")]
    pub(crate) key_label: String,
    /// A public service that the body offers, in one line; may be given several times.
    #[arg(long = "offers")]
    pub(crate) services: Vec<String>,
    /// The body's website.
    #[arg(long, default_value = "")]
    pub(crate) website: String,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The configuration file.
    #[arg(long)]
    pub(crate) config: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Folder for the demonstration's data: one folder a process in it.
    #[arg(long, default_value = "demo-data")]
    pub(crate) data: PathBuf,
    /// Begin again from nothing, deleting an earlier demonstration's data.
    #[arg(long, conflicts_with = "resume")]
    pub(crate) clean: bool,
    /// Go on where an earlier demonstration stopped: what happens anyway, if there is one.
    #[arg(long)]
    pub(crate) resume: bool,
    /// First port to try; ports in use are named and stepped around.
    #[arg(long, default_value_t = 7400)]
    pub(crate) port: u16,
    /// The folder of the service to play.
    #[arg(long)]
    pub(crate) service: Option<PathBuf>,
    /// Stop when everything is played instead of staying up.
    #[arg(long)]
    pub(crate) once: bool,
    /// Play only so many rows of each file.
    #[arg(long)]
    pub(crate) rows: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The publisher's file; with --ship, the folder with all files that the service's importers name.
    pub(crate) file: PathBuf,
    /// Which of the service's importers reads it, such as `pesa-2025-table-1-5`.
    #[arg(long, required_unless_present = "ship")]
    pub(crate) source: Option<String>,
    /// Make the tables in the service's `data` folder, and their manifest, again from the publishers' files.
    #[arg(long, conflicts_with_all = ["source", "dry_run", "node"])]
    pub(crate) ship: bool,
    /// The service's folder.
    #[arg(long)]
    pub(crate) service: Option<PathBuf>,
    /// Only report what would be imported and what it adds up to.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Data folder of the payer's node, whose API gets the rows.
    #[arg(long, required_unless_present_any = ["dry_run", "ship"])]
    pub(crate) node: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
The address goes where the contract asks for a file. A file that no fact names a day later is removed. Sending that breaks
off goes on where it stopped when the command is given again.

  pvn attach survey.pdf --data county-data")]
pub(crate) struct Attach {
    /// The file.
    pub(crate) file: PathBuf,
    /// Data folder of the body's node.
    #[arg(long)]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "\
What the node doesn't have yet it fetches from the nodes of those who share the fact. Fetching that breaks off goes on where
it stopped when the command is given again; the file gets its name when it is whole.

  pvn fetch sha256-tree:3b5d...:52428800 -o survey.pdf --data county-data")]
pub(crate) struct Fetch {
    /// The file's address, as the fact names it.
    pub(crate) address: ::deed::FileAddress,
    /// The file to write.
    #[arg(short, long)]
    pub(crate) output: PathBuf,
    /// Data folder of the body's node.
    #[arg(long)]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// The network's folder, as `pvn demo` makes it, or one node's data folder.
    #[arg(long, default_value = "demo-data")]
    pub(crate) data: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// The network's folder, as `pvn demo` makes it, or one node's data folder.
    #[arg(long, default_value = "demo-data")]
    pub(crate) data: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The node's data folder.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// The file to write.
    #[arg(long)]
    pub(crate) to: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The copy.
    #[arg(long)]
    pub(crate) from: PathBuf,
    /// The node's data folder, whose store must not be there any more.
    #[arg(long)]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Bench {
    #[command(subcommand)]
    pub(crate) what: BenchWhat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BenchWhat {
    /// Agreed two-party transactions through a whole network on this machine.
    Flow(BenchFlow),
    /// Checking transactions with the contract engine, beside the same rules in Rust, on one core.
    Deed(BenchDeed),
    /// Policies as facts arrive: many subjects known, one new fact at a time, on one core.
    Policies(BenchPolicies),
    /// Size of proofs and time to verify them, for facts with a short and with a long history, on one core.
    Verify(BenchVerify),
    /// Signed requests, batches and log entries that a notary takes on, over the wire and in process.
    Notary(BenchNotary),
    /// Signed requests that a notary of several validators takes on, each with sockets and a disk of its own.
    Cluster(BenchCluster),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Microseconds for each transaction, median of the repeats. A release build is what counts.

  pvn bench deed --json")]
pub(crate) struct BenchDeed {
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// How often everything is measured.
    #[arg(long, default_value_t = 11)]
    pub(crate) repeats: u32,
    /// Transactions in one measurement.
    #[arg(long, default_value_t = 20_000)]
    pub(crate) rounds: u32,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Twenty facts are known about each child, then new ones come one by one; each is looked at as it comes. Everything is held in
memory: a million children take some gigabytes. A release build is what counts.

  pvn bench policies --json
  pvn bench policies --children 10000")]
pub(crate) struct BenchPolicies {
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// Children of whom something is known.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) children: u64,
    /// New facts.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) facts: u64,
}

#[derive(Debug, Args)]
#[command(after_help = "\
A chain of 100,000 payments is made, and facts with 1, 10, 1,000 and 100,000 predecessors in it are proven under the same
checkpoint. A release build is what counts.

  pvn bench verify --json
  pvn bench verify --plot proofs.svg")]
pub(crate) struct BenchVerify {
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// Draw the series into this SVG file.
    #[arg(long)]
    pub(crate) plot: Option<PathBuf>,
    /// How often each proof is verified; the median counts.
    #[arg(long, default_value_t = 1_000)]
    pub(crate) rounds: u32,
    /// Tokens that the notary has used up, for proofs that a fact is still current.
    #[arg(long, default_value_t = 10_000_000)]
    pub(crate) tokens: u64,
}

#[derive(Debug, Args)]
#[command(after_help = "\
A registrar and a notary run as processes of their own, with a store in the current folder; clients in this process ask over
mutual TLS, each waiting for its answer before it asks again. A release build is what counts.

  pvn bench notary --json
  pvn bench notary --rounds 0 --tokens 100000000   only the growth; allow 20 GB of disk")]
pub(crate) struct BenchNotary {
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 3)]
    pub(crate) seconds: u64,
    /// How often everything is measured, by turns; medians count.
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: u32,
    /// Requests under way at once.
    #[arg(long, default_value_t = 256)]
    pub(crate) clients: usize,
    /// Used tokens up to which the store is grown, tenfold at a time from a million.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) tokens: u64,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Validators run in this process, each with its own threads, sockets on the loopback, vote journal and store in the current folder;
clients ask them directly, each waiting for its answer before it asks again. A release build is what counts.")]
pub(crate) struct BenchCluster {
    /// Validators: four or more.
    #[arg(long, default_value_t = 4)]
    pub(crate) validators: usize,
    /// Seconds that are measured.
    #[arg(long, default_value_t = 10)]
    pub(crate) seconds: u64,
    /// Clients that ask at once.
    #[arg(long, default_value_t = 64)]
    pub(crate) clients: usize,
    /// Requests that a client asks together.
    #[arg(long, default_value_t = 1)]
    pub(crate) requests: usize,
}

#[derive(Debug, Args)]
pub(crate) struct BenchFlow {
    /// Print one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
    /// Seconds of sustained load.
    #[arg(long, default_value_t = 15)]
    pub(crate) seconds: u64,
    /// Instructions under way at once.
    #[arg(long, default_value_t = 256)]
    pub(crate) clients: usize,
}

pub(crate) fn parse() -> Cli {
    Cli::parse()
}
