//! Versions: old facts stay readable, and only under the text that was checked against theirs. Contracts that use others are
//! in the corpus.

use deed::{Contract, FactValue, Given, Value};

use crate::fixtures::{cash, cash_contract, load, party};

#[test]
fn a_fact_of_an_old_version_reads_with_new_fields_absent() {
    let old = load(
        "contract licences version 1\n  \"L.\"\nfact Licence\n  holder: party\n  trade: text\n  controlled by holder\n",
    );
    let hash = "0".repeat(64);
    let source = format!(
        "contract licences version 2\n  \"L.\"\nreplaces licences version 1 sha256 \"{hash}\"\nfact Fee\n  paid: bool\n  \
         controlled by nobody\nfact Licence\n  until: date or none\n  holder: party\n  trade: text or none\n  controlled by holder\n"
    );
    let given = [Given {
        sha256: &hash,
        contract: &old,
    }];
    let new = Contract::load_with(&source, &given).unwrap_or_else(|e| panic!("{e}"));
    let fact = |kind, fields| FactValue { kind, fields };
    let before = fact(0, vec![party("ann"), Value::text("baker")]);
    let after = fact(1, vec![Value::Absent, party("ann"), Value::text("baker")]);
    assert_eq!(new.read_old(given[0], &before), Ok(after));
    let misfit = fact(0, vec![party("ann")]);
    let refused = new.read_old(given[0], &misfit).map_err(|r| r.rule);
    assert_eq!(refused, Err("fact_fits_its_kind".to_owned()));
    let stranger = Given {
        sha256: &hash,
        contract: cash_contract(),
    };
    let refused = new
        .read_old(stranger, &cash("ann", "£1"))
        .map_err(|r| r.rule);
    assert_eq!(refused, Err("fact_fits_its_kind".to_owned()));
    let unchecked = Contract::load(&source).unwrap();
    let refused = unchecked.read_old(given[0], &before).map_err(|r| r.rule);
    assert_eq!(refused, Err("fact_fits_its_kind".to_owned()));
}
