//! "Did you mean": the nearest of the known names.

/// The candidate nearest to `name`, if it is near enough to be a slip of the pen.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let allowed = (name.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .filter(|c| *c != name)
        .map(|c| (distance(&name.to_lowercase(), &c.to_lowercase()), c))
        // Who makes two slips seldom makes one of them in the first letter.
        .filter(|(d, c)| *d <= allowed && (*d <= 1 || begin_alike(name, c)))
        .min()
        .map(|(_, c)| c)
}

fn begin_alike(a: &str, b: &str) -> bool {
    let first = |name: &str| name.chars().next().map(|c| c.to_ascii_lowercase());
    first(a) == first(b)
}

/// A help line for words joined by `_`: the nearest, or else one that has most words in common.
pub(crate) fn did_you_mean_words<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str> + Clone,
) -> Option<String> {
    let common = |candidate: &str| {
        let words = candidate.split('_');
        words.filter(|w| name.split('_').any(|n| n == *w)).count()
    };
    let of = |name: &str| name.split('_').count();
    did_you_mean(name, candidates.clone()).or_else(|| {
        let scored = candidates.map(|c| (common(c), c));
        // Two words in three, of both.
        let near = scored.filter(|(n, c)| n * 3 >= 2 * of(c).max(of(name)));
        let found = near.max_by_key(|(n, _)| *n)?.1;
        Some(format!("did you mean \"{}\"?", found.replace('_', " ")))
    })
}

/// A help line for an unknown name.
pub(crate) fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(name, candidates).map(|c| format!("did you mean `{c}`?"))
}

/// Optimal string alignment: insertions, deletions, substitutions and swapped neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 3 {
        return usize::MAX;
    }
    let mut before = vec![0; b.len() + 1];
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let substituted = previous[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = substituted.min(previous[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut previous, row);
    }
    previous[b.len()]
}
