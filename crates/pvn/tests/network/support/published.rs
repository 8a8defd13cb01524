//! Files as a publisher writes them.

pub(crate) const LEEDS: &str = "GB-LAE-LDS";
pub(crate) const SOURCE: &str = "leeds-city-council-spend";
pub(crate) const TITLES: &str = "Effective Date,Payment Date,Transaction Number,Beneficiary Name,Amount,Service Division Label,Purpose,\
                      Organisational Unit,Category Internal Name";

/// Rows of a small file; the first two are lines of one invoice.
pub(crate) const ROWS: [&str; 3] = [
    "2021-05-31,2021-05-04,2105-1,A BAKERY,12.34,Bins,Bread,Adults and Health,Third Party Payments",
    "2021-05-31,2021-05-05,2105-1,A BAKERY,12.34,Bins,Bread,Adults and Health,Third Party Payments",
    "2021-05-31,2021-05-06,2105-2,A BREWERY,1.00,Bins,Beer,Adults and Health,Third Party Payments",
];

/// A file as Leeds publishes them.
pub(crate) fn published(rows: &[&str]) -> String {
    let mut text = format!("{TITLES}\r\n");
    for row in rows {
        text += &format!("{row}\r\n");
    }
    text
}
