//! How reachable a peer has been: what health pages show.

use hyper::header::HeaderValue;
use jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};
use jiff::{SignedDuration, Timestamp};

/// What is known of a peer from the calls made to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// When it last answered.
    pub last_answer: Option<Timestamp>,
    /// The last failure, with what went wrong, since it last answered.
    pub last_failure: Option<(Timestamp, String)>,
    /// Failures in a row since it last answered.
    pub failures: u64,
    /// How far its clock is ahead of ours (negative: behind), to a second or so.
    pub clock_ahead: Option<SignedDuration>,
}

impl Reach {
    pub(super) fn answered(&mut self, now: Timestamp) {
        self.last_answer = Some(now);
        self.last_failure = None;
        self.failures = 0;
    }

    pub(super) fn failed(&mut self, now: Timestamp, error: &(dyn std::error::Error + 'static)) {
        self.last_failure = Some((now, with_causes(error)));
        self.failures += 1;
    }

    /// Takes the time that the peer wrote on its answer, in whole seconds (RFC 9110 §6.6.1).
    pub(super) fn dated(&mut self, date: &str, asked: Timestamp, answered: Timestamp) {
        let middle = asked + answered.duration_since(asked) / 2;
        self.clock_ahead = ahead(date, middle).or(self.clock_ahead);
    }
}

/// How far a clock is ahead that shows this date, in whole seconds, when ours shows `now`.
pub(super) fn ahead(date: &str, now: Timestamp) -> Option<SignedDuration> {
    let theirs = DateTimeParser::new().parse_timestamp(date).ok()?;
    Some(theirs.duration_since(now) + SignedDuration::from_millis(500))
}

/// A moment as it stands in a header (RFC 9110 §5.6.7).
pub(super) fn http_date(at: Timestamp) -> Option<HeaderValue> {
    let text = DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&at)
        .ok()?;
    HeaderValue::from_str(&text).ok()
}

/// An error and its causes in one line.
pub(crate) fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line += ": ";
        line += &error.to_string();
        cause = error.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_compared_at_the_middle_of_the_call() {
        let asked: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let answered = asked + SignedDuration::from_secs(2);
        let cases = [
            ("Fri, 20 Nov 2026 10:00:01 GMT", Some(500)),
            ("Fri, 20 Nov 2026 11:00:00 GMT", Some(3_599_500)),
            ("Fri, 20 Nov 2026 09:00:00 GMT", Some(-3_600_500)),
            ("yesterday", None),
        ];
        for (date, ahead_ms) in cases {
            let mut reach = Reach::default();
            reach.dated(date, asked, answered);
            let expected = ahead_ms.map(SignedDuration::from_millis);
            assert_eq!(reach.clock_ahead, expected, "{date}");
        }
    }
}
