//! What would take a file of hundreds of megabytes to show from outside.

use std::path::Path;

use super::*;
use crate::import::Folder;

#[test]
fn rows_beyond_the_limit_are_refused() {
    let service = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../services/public-money");
    let folder = Folder::open(&service).expect("the shipped service");
    let spending = folder.spending.values().next().expect("an importer");
    let values = vec!["2020-06-30".to_owned(); spending.columns.names.len()];
    let record = Record { line: 7, values };
    let mut reading = Reading::new(spending, &folder.members, |_| {});
    reading.ordinal = ROWS_MAX - 1;
    assert_eq!(
        reading.next_id(&record).expect("the last row").ordinal,
        ROWS_MAX
    );
    let refused = reading.next_id(&record).expect_err("one too many");
    assert_eq!(refused.code(), "too_many_rows");
}
