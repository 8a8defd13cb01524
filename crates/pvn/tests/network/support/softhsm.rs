//! A security module in software: SoftHSM2, with a folder of tokens of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::{Said, pvn, text};

/// Where distributions put the library.
const LIBRARIES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];

/// A module with its tokens.
pub(crate) struct SoftHsm {
    folder: PathBuf,
    pub(crate) library: PathBuf,
}

impl SoftHsm {
    /// A module without tokens; none where SoftHSM2 isn't installed, which is a failure where `PVN_NEEDS_SOFTHSM` is set.
    pub(crate) fn new(folder: &Path) -> Option<Self> {
        let library = LIBRARIES
            .map(PathBuf::from)
            .into_iter()
            .find(|l| l.exists());
        let tool = Command::new("softhsm2-util").arg("--version").output();
        let (Some(library), Ok(_)) = (library, tool) else {
            assert!(
                std::env::var_os("PVN_NEEDS_SOFTHSM").is_none(),
                "SoftHSM2 is not installed, and PVN_NEEDS_SOFTHSM is set: apt install softhsm2"
            );
            println!(
                "NOT TESTED: keys in a security module, because SoftHSM2 is not installed (Debian, Ubuntu: apt install softhsm2)"
            );
            return None;
        };
        let module = Self {
            folder: folder.to_owned(),
            library: fs::canonicalize(library).expect("a file"),
        };
        fs::create_dir_all(module.tokens()).expect("a folder");
        let settings = format!("directories.tokendir = {}\n", module.tokens().display());
        fs::write(module.settings(), settings).expect("a file");
        Some(module)
    }

    fn settings(&self) -> PathBuf {
        self.folder.join("softhsm2.conf")
    }

    /// The folder with the tokens: without it, the module is an empty reader.
    pub(crate) fn tokens(&self) -> PathBuf {
        self.folder.join("tokens")
    }

    /// A new token with this PIN.
    pub(crate) fn token(&self, label: &str, pin: &str) {
        let mut tool = Command::new("softhsm2-util");
        tool.env("SOFTHSM2_CONF", self.settings())
            .args(["--init-token", "--free", "--so-pin", "87654321"])
            .args(["--label", label, "--pin", pin]);
        Said::by(&mut tool).done();
    }

    /// A file with a PIN.
    pub(crate) fn pin(&self, name: &str, pin: &str, mode: u32) -> PathBuf {
        let path = self.folder.join(name);
        fs::write(&path, format!("{pin}\n")).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("ours");
        path
    }

    /// The command that is tested, which finds the module's tokens.
    pub(crate) fn pvn(&self) -> Command {
        let mut command = pvn();
        command.env("SOFTHSM2_CONF", self.settings());
        command
    }

    /// What is stored of each object in the tokens, as SoftHSM's own tool reads it.
    pub(crate) fn objects(&self) -> Vec<String> {
        let tokens = fs::read_dir(self.tokens()).expect("a folder");
        let files = tokens.flat_map(|token| {
            let token = token.expect("an entry").path();
            let files = fs::read_dir(token).expect("a folder");
            files.map(|file| file.expect("an entry").path())
        });
        let objects = files.filter(|file| {
            let is_object = file.extension().is_some_and(|e| e == "object");
            is_object && file.file_name().is_some_and(|n| n != "token.object")
        });
        objects
            .map(|file| Said::by(Command::new("softhsm2-dump-file").arg(text(&file))).out)
            .collect()
    }
}
