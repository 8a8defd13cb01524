//! Of when the figures are: two times, each said as what it is.
//!
//! What was certified is disclosed to the portal by those who took part, each in its own time. So the newest disclosure in the
//! index, and the last look at the log, are known; that everything up to some time is here, is not.

use jiff::tz::TimeZone;

use super::dates::moment;

/// Of when the figures are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AsOf {
    /// When the newest transaction in the index was certified, Unix milliseconds.
    pub(crate) newest_at: Option<i64>,
    /// When the log was last looked at with success, Unix milliseconds.
    pub(crate) log_read_at: Option<i64>,
}

impl AsOf {
    /// For people: sentences, as far as there is something to say.
    pub(crate) fn words(&self, zone: &TimeZone) -> Option<String> {
        let newest = self
            .newest_at
            .map(|at| format!("Newest transaction shown: {}.", moment(at, zone)));
        let read = self
            .log_read_at
            .map(|at| format!("List of transactions last read: {}.", moment(at, zone)));
        let sentences: Vec<String> = newest.into_iter().chain(read).collect();
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_time_is_said_as_what_it_is() {
        const MINUTE: i64 = 60_000;
        let table = [
            (None, None, None),
            (
                Some(0),
                None,
                Some("Newest transaction shown: 12:00am on 1 January 1970."),
            ),
            (
                None,
                Some(MINUTE),
                Some("List of transactions last read: 12:01am on 1 January 1970."),
            ),
            (
                Some(0),
                Some(MINUTE),
                Some(
                    "Newest transaction shown: 12:00am on 1 January 1970. List of transactions last read: 12:01am on 1 January 1970.",
                ),
            ),
        ];
        for (newest_at, log_read_at, expected) in table {
            let as_of = AsOf {
                newest_at,
                log_read_at,
            };
            assert_eq!(as_of.words(&TimeZone::UTC).as_deref(), expected);
        }
    }
}
