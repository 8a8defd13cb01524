//! What commands print. Whoever reads it may go away before the end, as `head` does: that ends the command, and is no fault.

use std::fmt;
use std::io::{self, Write};

/// Why a command could not print.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    /// Nobody reads any more, so that nothing is left to say.
    #[error("whoever read this has gone away")]
    ReaderGone,
    /// The operating system refused.
    #[error("the output can't be written")]
    Unwritable(#[source] io::Error),
}

/// Exit code of a command whose reader has gone away: what shells report of a program that SIGPIPE ends (128 + 13). Not
/// nought: who reads only the beginning has not heard the verdict.
pub(crate) const READER_GONE: u8 = 141;

/// Prints a line; by way of [`say!`].
pub(crate) fn line(text: fmt::Arguments<'_>) -> Result<(), OutputError> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(OutputError::ReaderGone),
        written => written.map_err(OutputError::Unwritable),
    }
}

/// Tells the operator what is wrong; by way of [`complain!`].
pub(crate) fn complaint(text: fmt::Arguments<'_>) {
    // There is no third place where one could complain that nobody listens.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Prints a line, formatted as by `println!`.
macro_rules! say {
    ($($text:tt)*) => { $crate::output::line(format_args!($($text)*)) };
}

/// Prints a line for the operator, formatted as by `eprintln!`.
macro_rules! complain {
    ($($text:tt)*) => { $crate::output::complaint(format_args!($($text)*)) };
}

pub(crate) use {complain, say};

/// Somebody else's text as a terminal can be shown it: on one line, with control characters, and characters that are not
/// seen or reorder others, written out (`\u{1b}`).
pub(crate) fn printable(text: &str) -> String {
    let escaped = text.escape_debug().to_string();
    escaped.replace("\\\"", "\"").replace("\\'", "'")
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_would_steer_a_terminal_is_written_out_and_names_stay_as_they_are() {
        let table = [
            ("HM Treasury", "HM Treasury"),
            ("O'Hara & \"Söhne\", £5", "O'Hara & \"Söhne\", £5"),
            ("a\u{1b}[2Jb", r"a\u{1b}[2Jb"),
            ("two\nlines\r", r"two\nlines\r"),
            ("pay\u{202e}eeb", r"pay\u{202e}eeb"),
            ("zero\u{200b}width", r"zero\u{200b}width"),
            (r"C:\new", r"C:\\new"),
            (r#"\""#, r#"\\""#),
        ];
        for (text, shown) in table {
            assert_eq!(printable(text), shown);
        }
    }
}
