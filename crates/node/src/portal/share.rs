//! Rounded shares that add up.

/// Splits a hundred in proportion to the parts, by the method of the largest remainder, so that the
/// rounded shares add up to exactly 100. Parts below zero count as zero. All zero if there is nothing to share.
#[must_use]
pub(super) fn hundredths(parts: &[i64]) -> Vec<u32> {
    let parts: Vec<u128> = parts
        .iter()
        .map(|part| u128::from(part.max(&0).unsigned_abs()))
        .collect();
    let whole: u128 = parts.iter().sum();
    if whole == 0 {
        return vec![0; parts.len()];
    }
    let mut shares: Vec<u32> = parts
        .iter()
        .map(|part| (part * 100 / whole) as u32)
        .collect();
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by_key(|&at| (std::cmp::Reverse(parts[at] * 100 % whole), at));
    let missing = 100 - shares.iter().sum::<u32>() as usize;
    for &at in by_remainder.iter().take(missing) {
        shares[at] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_a_hundred() {
        let cases: [(&[i64], &[u32]); 7] = [
            (&[1, 1, 1], &[34, 33, 33]),
            (
                &[10_565_929_151, 17_856_964_422, 5_568_981_306],
                &[31, 53, 16],
            ),
            (&[1, 999], &[0, 100]),
            (&[-5, 5], &[0, 100]),
            (&[0, 0], &[0, 0]),
            (&[], &[]),
            (&[i64::MAX, i64::MAX, i64::MAX], &[34, 33, 33]),
        ];
        for (parts, shares) in cases {
            assert_eq!(hundredths(parts), shares, "{parts:?}");
        }
    }
}
