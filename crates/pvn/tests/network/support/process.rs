//! Processes of the `pvn` command.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value as Json;

use super::patience::until;

/// How long a process may take to stop when it is told to.
const STOP: Duration = Duration::from_secs(30);

/// The command that is tested.
pub(crate) fn pvn() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pvn"));
    command.stdin(Stdio::null()).env_remove("PVN_LOG");
    command
}

/// What a command that ended has said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Runs a command to its end.
    pub(crate) fn by(command: &mut Command) -> Self {
        let output = command.output().expect("the command starts");
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("output in UTF-8"),
            err: String::from_utf8(output.stderr).expect("errors in UTF-8"),
        }
    }

    /// What it said, if it did what it was asked for.
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }

    /// The JSON that it printed.
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// `pvn` with arguments, run to its end.
pub(crate) fn run<const N: usize>(args: [&str; N]) -> Said {
    Said::by(pvn().args(args))
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// A process that ends with its test, by its id.
pub(crate) struct Running(Child);

impl Running {
    /// Starts a command whose output goes to a file.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Self {
        let out = File::options()
            .create(true)
            .append(true)
            .open(log)
            .expect("a log");
        let err = out.try_clone().expect("a log");
        Self(
            command
                .stdout(out)
                .stderr(err)
                .spawn()
                .expect("the command starts"),
        )
    }

    /// Takes over a process that was started otherwise.
    pub(crate) fn of(child: Child) -> Self {
        Self(child)
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// Whether it has ended, and how.
    pub(crate) fn ended(&mut self) -> Option<Option<i32>> {
        self.0
            .try_wait()
            .expect("a child")
            .map(|status| status.code())
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.0.kill().expect("it runs");
        self.0.wait().expect("a child");
    }

    /// Tells it to stop, and waits until it has.
    pub(crate) fn stop(mut self) -> Option<i32> {
        signal(self.id(), Signal::TERM);
        until("a process to stop", STOP, || self.ended())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended().is_none() {
            // Ended between the question and the answer is as good.
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

/// Sends a signal to one process.
pub(crate) fn signal(id: u32, what: Signal) {
    let pid = i32::try_from(id)
        .ok()
        .and_then(Pid::from_raw)
        .expect("a process id");
    // Gone already is as good.
    let _ = kill_process(pid, what);
}

/// The arguments with which a process was started; none when there is no such process.
pub(crate) fn command_line(id: u32) -> Vec<String> {
    let bytes = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    bytes
        .split(|b| *b == 0)
        .filter(|a| !a.is_empty())
        .map(|a| String::from_utf8_lossy(a).into_owned())
        .collect()
}
