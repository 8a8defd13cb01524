//! A small service's folder, and files to read with it.

use std::fs;
use std::path::{Path, PathBuf};

use pvn::import::{Folder, Funding, ImportError, Report, Rows, SettingsError};
use tempfile::TempDir;

/// The council pays; the county is a member too; anybody else is not.
pub(crate) const MEMBERS: &str = r#"
[[member]]
id = "T-COUNCIL"
name = "Borough Council"
website = "https://council.example"
service = "Bins"
payee_names = ["BOROUGH COUNCIL"]

[[member]]
id = "T-COUNTY"
name = "County Council"
website = "https://county.example"
service = "Roads"
payee_names = ["County  Council", "COUNTY COUNCIL"]
funding_names = ["Roads", "Bridges"]
"#;
pub(crate) const FUNCTIONS: &str = "code,name\n04.5,Transport\n05.1,Waste management\n";
pub(crate) const MAPPING: &str = "\
Service,Kind,function,service_line,note
,Levy,,unclassified,passed on
Roads,,04.5,front_line,
Bins,Computers,,back_office,before the next line
Bins,,05.1,front_line,
";
pub(crate) const CSV_IMPORTER: &str = r#"
kind = "spending"
source = "spend"
payer = "T-COUNCIL"
mapping = "spend.csv"
date_formats = ["%d/%m/%Y", "%Y-%m-%d"]
absent = ["None"]
[provenance]
title = "Borough Council: payments"
publisher = "Borough Council"
published_at = "council.example"
licence = "OGL"
attribution = "Contains."
files = []
[format]
kind = "delimited"
[columns]
period = "Month"
published = "Date"
payee = "Payee"
amount = "Amount"
reference = "Number"
purpose = ["Service", "Kind"]
[amounts]
currency = "GBP"
"#;
pub(crate) const TITLES: &str = "Month,Date,Payee,Amount,Number,Service,Kind";

/// A folder on disk with one importer named `spend`.
pub(crate) struct Fixture {
    dir: TempDir,
}

impl Fixture {
    pub(crate) fn new(importer: &str) -> Self {
        let fixture = Self {
            dir: tempfile::tempdir().expect("a temporary folder"),
        };
        fixture.put("members.toml", MEMBERS.as_bytes());
        fixture.put("portal-functions.csv", FUNCTIONS.as_bytes());
        fixture.put("mappings/spend.csv", MAPPING.as_bytes());
        fixture.put("importers/spend.toml", importer.as_bytes());
        fixture
    }

    pub(crate) fn csv() -> Self {
        Self::new(CSV_IMPORTER)
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, bytes).expect("a file");
        path
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn folder(&self) -> Result<Folder, SettingsError> {
        Folder::open(self.dir.path())
    }

    pub(crate) fn read(&self, name: &str, bytes: &[u8]) -> Result<Rows, ImportError> {
        let path = self.put(name, bytes);
        self.read_path(&path)
    }

    pub(crate) fn read_path(&self, path: &Path) -> Result<Rows, ImportError> {
        let folder = self.folder().expect("a folder that opens");
        folder.spending["spend"].read(path, &folder.members)
    }

    pub(crate) fn read_funding(&self, path: &Path) -> Result<Funding, ImportError> {
        let folder = self.folder().expect("a folder that opens");
        folder.funding["plans"].read(path, &folder.members)
    }

    pub(crate) fn report(&self, rows: &Rows) -> Report {
        Report::of(&rows.rows, rows.skipped).expect("rows")
    }
}

/// A file of one row for each amount.
pub(crate) fn with_amounts(amounts: &[&str]) -> String {
    let mut file = format!("{TITLES}\n");
    for amount in amounts {
        file.push_str(&format!(
            "2024-06-30,01/06/2024,A Ltd,\"{amount}\",1,Bins,Lorries\n"
        ));
    }
    file
}

/// The code of the refusal and its line.
pub(crate) fn refusal<T: std::fmt::Debug>(
    read: Result<T, ImportError>,
) -> (&'static str, Option<u64>) {
    let error = read.expect_err("a refusal");
    (error.problem.code(), error.place.line)
}

/// The figures that tests with the publishers' own files read, when they are there.
pub(crate) fn originals() -> Option<PathBuf> {
    std::env::var_os("PVN_DATA").map(|dir| PathBuf::from(dir).join("public-money"))
}

/// The service's folder of the project.
pub(crate) fn public_money() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../services/public-money")
}
