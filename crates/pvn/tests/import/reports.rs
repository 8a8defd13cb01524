//! Treatments and the reconciliation of a file.

use pvn::import::{ReportText, Treatment};

use crate::fixture::{Fixture, TITLES};

const FILE: &str = "\
2024-06-30,03/06/2024,A Ltd,1000.00,1,Roads,Salt
2024-06-30,02/06/2024,A Ltd,-200.00,1,Roads,Salt
2024-06-30,03/06/2024,COUNTY COUNCIL,500.00,2,Roads,Levy
2024-06-30,03/06/2024,County Council,-50.00,3,Roads,Levy
2024-06-30,04/06/2024,BOROUGH COUNCIL,70.00,4,Bins,Lorries
2024-06-30,04/06/2024,BOROUGH COUNCIL,-20.00,5,Bins,Lorries
2024-06-30,05/06/2024,A Ltd,0.00,6,Bins,Computers
2024-06-30,05/06/2024,COUNTY COUNCIL,0.00,7,Parks,Grass
,,,,,,
2024-06-30,30/06/2024,county council,9.99,8,Parks,Grass
";

fn file() -> String {
    format!("{TITLES}\n{FILE}")
}

#[test]
fn each_row_has_one_treatment() {
    use Treatment::{Internal, Listed, Refund, Spent, Transfer};
    let rows = Fixture::csv()
        .read("a.csv", file().as_bytes())
        .expect("rows")
        .rows;
    let read: Vec<_> = rows
        .iter()
        .map(|row| (row.treatment, row.member.as_ref().map(|id| id.as_str())))
        .collect();
    let (council, county) = (Some("T-COUNCIL"), Some("T-COUNTY"));
    let expected = [
        (Spent, None),
        (Refund, None),
        (Transfer, county),
        (Refund, county),
        (Internal, council),
        (Internal, council),
        (Listed, None),
        (Listed, county),
        // A member's name in other letters is not one of the listed names.
        (Spent, None),
    ];
    assert_eq!(read, expected);
}

#[test]
fn the_report_adds_up_to_the_penny() {
    let fixture = Fixture::csv();
    let report = fixture.report(&fixture.read("a.csv", file().as_bytes()).expect("rows"));
    let figures = [
        report.total.minor,
        report.spent().minor,
        report.to_members().minor,
        report.treated(Treatment::Internal).minor,
        report.treated(Treatment::Refund).minor,
        report.without_function().minor,
        report.unclassified().minor,
        report.difference_minor(),
    ];
    assert_eq!(
        figures,
        [130_999, 80_999, 45_000, 5_000, -25_000, 999, 45_999, 0]
    );
}

#[test]
fn the_report_reads_well_and_is_complete_as_json() {
    let fixture = Fixture::csv();
    let folder = fixture.folder().expect("a folder");
    let report = fixture.report(&fixture.read("a.csv", file().as_bytes()).expect("rows"));
    let text = ReportText::new(&report, &folder);
    insta::assert_snapshot!("report_text", text.to_string());
    let json = serde_json::to_string_pretty(&text.json()).expect("JSON");
    insta::assert_snapshot!("report_json", json);
}
