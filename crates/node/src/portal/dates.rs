//! Dates and times in words.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// `2026-11-20` as `20 November 2026`; what is not a date is shown as it is.
#[must_use]
pub(super) fn day(iso: &str) -> String {
    iso.parse::<Date>().map_or_else(
        |_| iso.to_owned(),
        |date| date.strftime("%-d %B %Y").to_string(),
    )
}

/// `2020-06` as `June 2020`; any other name of a period is shown as it is.
#[must_use]
pub(super) fn period(name: &str) -> String {
    let first = format!("{name}-01").parse::<Date>();
    first.map_or_else(
        |_| name.to_owned(),
        |date| date.strftime("%B %Y").to_string(),
    )
}

/// Unix milliseconds as `9:41am on 20 November 2026`.
#[must_use]
pub(super) fn moment(unix_ms: i64, zone: &TimeZone) -> String {
    in_zone(unix_ms, zone, "%-I:%M%P on %-d %B %Y")
}

/// Unix milliseconds as `2026-11-20T09:41:03Z`, for machines.
#[must_use]
pub(super) fn machine(unix_ms: i64) -> String {
    in_zone(unix_ms, &TimeZone::UTC, "%Y-%m-%dT%H:%M:%SZ")
}

fn in_zone(unix_ms: i64, zone: &TimeZone, format: &str) -> String {
    let at = Timestamp::from_millisecond(unix_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(zone.clone()).strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_in_words() {
        let uk = TimeZone::posix("GMT0BST,M3.5.0/1,M10.5.0").unwrap();
        assert_eq!(day("2026-11-20"), "20 November 2026");
        assert_eq!(day("soon"), "soon");
        assert_eq!(period("2020-06"), "June 2020");
        assert_eq!(period("Quarter 1"), "Quarter 1");
        assert_eq!(moment(1_795_167_660_000, &uk), "9:41am on 20 November 2026");
        assert_eq!(moment(1_782_000_000_000, &uk), "1:00am on 21 June 2026");
        assert_eq!(machine(1_795_167_660_000), "2026-11-20T09:41:00Z");
    }
}
