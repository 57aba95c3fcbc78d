//! The name that was probably meant.

/// The known name nearest to `name`, if it is near enough to be a slip of the finger.
pub(crate) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    let allowed = if name.len() <= 2 { 1 } else { name.len() / 3 };
    known
        .filter(|other| *other != name)
        .map(|other| (distance(name, other), other))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, other)| other.to_owned())
}

/// Number of inserted, removed, changed or swapped letters; a letter in the other case counts nothing extra.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i];
        for j in 1..=b.len() {
            let change = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = change.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_nothing_else() {
        let known = ["gmax", "minf", "mtau", "v"];
        let near = |name| nearest(name, known.into_iter());
        assert_eq!(near("gmx").as_deref(), Some("gmax"));
        assert_eq!(near("mtua").as_deref(), Some("mtau"));
        assert_eq!(near("V").as_deref(), Some("v"));
        assert_eq!(near("conductance"), None);
    }
}
