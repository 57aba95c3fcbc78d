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

/// Number of inserted, removed, changed or swapped letters; the case of letters does not count.
fn distance(a: &str, b: &str) -> usize {
    strsim::damerau_levenshtein(&a.to_lowercase(), &b.to_lowercase())
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
