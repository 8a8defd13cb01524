//! NHS numbers (NHS Data Dictionary, NHS NUMBER; Information Standard ISB 0149).

/// Whether a text is ten digits of which the last is the check digit: 11 less the remainder modulo 11 of the first nine,
/// weighted 10 down to 2; 11 counts as 0, and a number for which it is 10 is never issued.
pub(super) fn is_valid(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let [first @ .., check] = digits.as_slice() else {
        return false;
    };
    if text.len() != 10 || first.len() != 9 {
        return false;
    }
    let weighted = first.iter().zip((2..=10).rev()).map(|(d, w)| d * w);
    match 11 - weighted.sum::<u32>() % 11 {
        11 => *check == 0,
        due => *check == due,
    }
}
