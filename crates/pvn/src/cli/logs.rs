//! The command line of watching logs: witnesses, monitors, copies.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use jiff::SignedDuration;

#[derive(Debug, Args)]
#[command(after_help = "\
A witness sees to it that a log shows everybody one history: it cosigns a checkpoint only if it continues the one that it
cosigned before (C2SP tlog-witness). It needs no admission to the network; the less it has to do with the log, the better.

  pvn witness init --data witness --name witness.example/w1
  pvn witness run --data witness --log network.trust --listen 127.0.0.1:7480

The notary's operator adds the key that `init` prints to the notary's configuration: [log] witnesses = [\"URL KEY\"].")]
pub(crate) struct Witness {
    #[command(subcommand)]
    pub(crate) what: WitnessWhat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WitnessWhat {
    /// Make a witness: a data folder with a fresh key; prints its public key.
    Init {
        /// Data folder to be made. A witness whose folder is lost must not go on under its name.
        #[arg(long)]
        data: PathBuf,
        /// The witness's name, such as `witness.example/w1`.
        #[arg(long)]
        name: String,
    },
    /// Print a witness's public key.
    Key {
        /// Data folder of the witness.
        #[arg(long)]
        data: PathBuf,
    },
    /// Cosign until told to stop.
    Run {
        /// Data folder of the witness.
        #[arg(long)]
        data: PathBuf,
        /// A trust file of a network whose notary's log it follows; may be given several times.
        #[arg(long = "log", value_name = "TRUST", required = true)]
        logs: Vec<PathBuf>,
        /// Where it listens: plain HTTP, behind a proxy if others are to reach it.
        #[arg(long, default_value = "127.0.0.1:7480")]
        listen: SocketAddr,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "\
A monitor compares what a notary's log shows to different people, and keeps its own verified copy. It raises an alarm, with
evidence that convinces anybody who has the trust file, when the log showed two histories, or signed what breaks its rules.

  pvn monitor run --data watch --trust network.trust --source https://notary.example --witness https://witness.example
  pvn monitor check watch/alarms/….json --trust network.trust

Exit codes: 0 all is well, 1 it can't work, 2 an alarm was raised (with --once).")]
pub(crate) struct Monitor {
    #[command(subcommand)]
    pub(crate) what: MonitorWhat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MonitorWhat {
    /// Watch until told to stop.
    Run(MonitorRun),
    /// Check evidence offline.
    Check {
        /// An alarm, as a monitor or a witness kept it.
        alarm: PathBuf,
        /// The network's trust file.
        #[arg(long)]
        trust: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct MonitorRun {
    /// Data folder: the monitor's own copy of the log, and the alarms that it raised.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// The network's trust file.
    #[arg(long)]
    pub(crate) trust: PathBuf,
    /// Where the log's files are shown: a URL, a folder or s3://bucket/prefix; may be given several times.
    #[arg(long = "source", required = true)]
    pub(crate) sources: Vec<String>,
    /// A witness of the log, by its URL; may be given several times.
    #[arg(long = "witness")]
    pub(crate) witnesses: Vec<String>,
    /// How often to look: 1s, 10s, 5m.
    #[arg(long, default_value = "10s", value_parser = pause)]
    pub(crate) every: Duration,
    /// Look once, say what was found, and stop.
    #[arg(long)]
    pub(crate) once: bool,
    /// Where each alarm is sent as JSON, by POST.
    #[arg(long)]
    pub(crate) webhook: Option<String>,
    /// Print JSON: one line for each look.
    #[arg(long)]
    pub(crate) json: bool,
}

fn pause(text: &str) -> Result<Duration, String> {
    let pause: Option<SignedDuration> = text.parse().ok();
    let pause = pause.and_then(|pause| Duration::try_from(pause).ok());
    pause
        .filter(|pause| !pause.is_zero())
        .ok_or_else(|| "a time like 1s, 10s or 5m is needed".to_owned())
}

#[derive(Debug, Args)]
#[command(after_help = "\
A log's files are static (C2SP tlog-tiles): any web server can show a copy, and no byte of it needs to be trusted.

  pvn log export --from https://notary.example --to copy --trust network.trust
  pvn log verify copy --trust network.trust")]
pub(crate) struct Log {
    #[command(subcommand)]
    pub(crate) what: LogWhat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LogWhat {
    /// Copy a notary's log to a folder or a bucket, verified; goes on where an earlier copy stopped.
    Export {
        /// Where the log's files are shown: a URL, a folder or s3://bucket/prefix.
        #[arg(long)]
        from: String,
        /// The folder or s3://bucket/prefix to write to.
        #[arg(long)]
        to: String,
        /// The network's trust file.
        #[arg(long)]
        trust: PathBuf,
    },
    /// Check every entry and tile of a copy against its signed checkpoint, and the entries against the notary's rules.
    Verify {
        /// The copy: a folder, a URL or s3://bucket/prefix.
        place: String,
        /// The network's trust file.
        #[arg(long)]
        trust: PathBuf,
    },
}
