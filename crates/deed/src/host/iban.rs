//! International bank account numbers (ISO 13616-1), by their check digits (ISO 7064, MOD 97-10).

/// Characters of an account number, country and check digits included.
const LENGTHS: std::ops::RangeInclusive<usize> = 15..=34;

/// Whether a text is a country's two capitals, two check digits, and then digits and capitals, without spaces, such that
/// the whole, its first four moved to the end and letters read as 10 to 35, leaves 1 modulo 97. What a country's numbers
/// look like beyond that is not tested: such lists change.
pub(super) fn is_valid(text: &str) -> bool {
    let bytes = text.as_bytes();
    let [a, b, c, d, rest @ ..] = bytes else {
        return false;
    };
    let well_formed = LENGTHS.contains(&bytes.len())
        && [a, b].iter().all(|c| c.is_ascii_uppercase())
        && [c, d].iter().all(|c| c.is_ascii_digit())
        && rest
            .iter()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let moved = rest.iter().chain([a, b, c, d]);
    let remainder = moved.fold(0_u32, |so_far, c| {
        match char::from(*c).to_digit(36).unwrap_or(0) {
            digit @ 0..10 => (so_far * 10 + digit) % 97,
            letter => (so_far * 100 + letter) % 97,
        }
    });
    well_formed && remainder == 1
}
