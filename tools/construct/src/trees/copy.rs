//! `neurotrees_copy`: one cell's tree for many.

use std::path::Path;

use neuroh5::{Chunks, Store, Tree};

use super::{TreesError, refuse_double, trees_path, wrong};

/// What to copy, and how it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyOptions {
    /// Population.
    pub population: String,
    /// gid of the cell whose tree is copied.
    pub source: u32,
    /// gids that get it; none for every gid of the population.
    pub destinations: Option<Vec<u32>>,
    /// Trees in an append; 0 all.
    pub write_size: usize,
    /// Chunks of new datasets.
    pub chunks: Chunks,
}

/// Copies a tree. Without `output` the copies go into the input file. Returns the gids that got it.
pub fn copy(input: &Path, output: Option<&Path>, options: &CopyOptions) -> Result<Vec<u32>, TreesError> {
    let population = options.population.as_str();
    let (tree, gids, start) = read(input, output.is_none(), options)?;
    neuroh5::append_whole(output.unwrap_or(input), |store| {
        if !store.has("/H5Types") {
            store.copy_types(&Store::open(input)?)?;
        } else if store.types()?.population(population).is_none_or(|one| one.gids.start != start) {
            let what = format!("{population} does not begin at gid {start} as in {}", input.display());
            return Err(wrong(store, "/H5Types/Populations", what, "write to a file with the same /H5Types"));
        }
        refuse_double(store, population, start, &gids)?;
        for portion in portions(&gids, options.write_size) {
            let rows: Vec<(u32, &Tree)> = portion.iter().rev().map(|gid| (*gid, &tree)).collect();
            store.write_trees_chunked(population, start, &rows, Some(options.chunks))?;
        }
        Ok(())
    })?;
    Ok(gids)
}

/// The tree, its destinations ascending, and the first gid of the population. The file is closed before it is changed.
fn read(input: &Path, in_place: bool, options: &CopyOptions) -> Result<(Tree, Vec<u32>, u32), TreesError> {
    let store = Store::open(input)?;
    let population = options.population.as_str();
    let types = store.types()?;
    let range = types.population(population).ok_or_else(|| {
        let known: Vec<&str> = types.populations.iter().map(|one| one.name.as_str()).collect();
        let remedy = format!("give one of {}", known.join(", "));
        wrong(&store, "/H5Types/Populations", format!("there is no population {population}"), &remedy)
    })?;
    let range = range.gids.clone();
    let at = trees_path(population);
    let trees = store.trees(population, range.start)?;
    let present = trees.gids();
    if !present.contains(&options.source) {
        let known: Vec<String> = present.iter().take(10).map(u32::to_string).collect();
        let what = format!("gid {} of {population} has no tree", options.source);
        let remedy = format!("{population} begins at gid {}; gids with trees are {}", range.start, known.join(", "));
        return Err(wrong(&store, &at, what, &remedy));
    }
    let tree = trees.tree(options.source)?;
    let mut gids = match &options.destinations {
        Some(gids) => gids.clone(),
        None => range.clone().filter(|gid| !in_place || *gid != options.source).collect(),
    };
    gids.sort_unstable();
    gids.dedup();
    if let Some(gid) = gids.iter().find(|gid| !range.contains(gid)) {
        let what = format!("gid {gid} is not of {population}, which has {}..{}", range.start, range.end);
        return Err(wrong(&store, "/H5Types/Populations", what, "give gids of the population"));
    }
    Ok((tree, gids, range.start))
}

/// Portions that are appended at a time: the first has one more than asked for, as the original's.
fn portions(gids: &[u32], write_size: usize) -> Vec<&[u32]> {
    if write_size == 0 || gids.len() <= write_size {
        return vec![gids];
    }
    let (first, rest) = gids.split_at(write_size + 1);
    std::iter::once(first).chain(rest.chunks(write_size)).collect()
}

#[cfg(test)]
mod tests {
    use super::portions;

    #[test]
    fn the_first_portion_has_one_more() {
        let gids = [0, 1, 2, 3, 4, 5, 6, 7];
        assert_eq!(portions(&gids, 3), [&[0, 1, 2, 3][..], &[4, 5, 6], &[7]]);
        assert_eq!(portions(&gids, 0), [&gids[..]]);
        assert_eq!(portions(&gids, 7), [&gids[..]]);
        assert_eq!(portions(&gids, 8), [&gids[..]]);
        assert_eq!(portions(&[], 3), [&[] as &[u32]]);
    }
}
