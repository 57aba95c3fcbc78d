//! `neurotrees_select`: trees and attributes of the cells that a selection names.

use std::collections::BTreeMap;
use std::path::Path;

use neuroh5::{AttributeValues, Chunks, Numbers, Store, Tree};

use super::{TreesError, refuse_double, trees_path, wrong};

/// Attribute that is looked for if none is named.
const NEW_INDEX: &str = "New Cell Index";

/// What to select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectOptions {
    /// Population.
    pub population: String,
    /// Namespace of the selection, with `/` and an attribute if it is not `New Cell Index`.
    pub selection: String,
    /// Whether the values of the selection become the gids.
    pub reindex: bool,
    /// Namespaces that are selected besides the trees.
    pub namespaces: Vec<String>,
    /// Chunks of new datasets of attributes.
    pub chunks: Chunks,
}

/// What was selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Old and new gid of each cell.
    pub gids: Vec<(u32, u32)>,
}

/// Trees of the library have these chunks, whatever is asked for the attributes.
const TREE_CHUNKS: Chunks = Chunks { pointers: 4000, values: 4000 };

/// Copies the trees, and attributes, of the cells that have the selection's attribute.
pub fn select(input: &Path, output: &Path, options: &SelectOptions) -> Result<Selected, TreesError> {
    let store = Store::open(input)?;
    let population = options.population.as_str();
    let types = store.types()?;
    let range = types.population(population).ok_or_else(|| {
        let known: Vec<&str> = types.populations.iter().map(|one| one.name.as_str()).collect();
        let what = format!("there is no population {population}");
        wrong(&store, "/H5Types/Populations", what, &format!("give one of {} with -p", known.join(", ")))
    })?;
    let range = range.gids.clone();
    let (namespace, attribute) = options.selection.split_once('/').unwrap_or((&options.selection, NEW_INDEX));
    let at = format!("/Populations/{population}/{namespace}/{attribute}");
    let selection = store.attributes(population, namespace, attribute, range.start)?;
    let mut gids: Vec<(u32, u32)> = Vec::new();
    for gid in selection.gids() {
        let new = match selection.values(gid) {
            Numbers::U32(values) if values.len() == 1 => values[0],
            other => {
                let what = format!("{} values of {} for gid {gid}", other.len(), other.kind());
                return Err(wrong(&store, &at, what, "a selection has one uint32 for each cell: the new gid"));
            }
        };
        gids.push((gid, if options.reindex { new } else { gid }));
    }
    gids.sort_by_key(|(_, new)| *new);
    if let Some(pair) = gids.windows(2).find(|pair| pair[0].1 == pair[1].1) {
        let what = format!("gids {} and {} both become {}", pair[0].0, pair[1].0, pair[0].1);
        return Err(wrong(&store, &at, what, "give each cell a gid of its own"));
    }
    if let Some((old, new)) = gids.iter().find(|(_, new)| !range.contains(new)) {
        let what = format!("gid {old} becomes {new}, which is not of {population} ({}..{})", range.start, range.end);
        return Err(wrong(&store, &at, what, "new gids must be in the range of the population"));
    }
    if gids.is_empty() {
        return Err(wrong(&store, &at, "it selects no cells".to_owned(), "give the attribute to some cells"));
    }
    let trees = store.trees(population, range.start)?;
    let mut selected: Vec<(u32, Tree)> = Vec::with_capacity(gids.len());
    let present = trees.gids();
    for (old, new) in &gids {
        if present.binary_search(old).is_err() {
            let what = format!("gid {old} is selected and has no tree");
            return Err(wrong(&store, &trees_path(population), what, "select cells with trees"));
        }
        selected.push((*new, trees.tree(*old)?));
    }
    let mut tables: BTreeMap<(&str, String), Vec<(u32, AttributeValues)>> = BTreeMap::new();
    for name in &options.namespaces {
        let attributes = store.attribute_names(population, name)?;
        if attributes.is_empty() {
            let at = format!("/Populations/{population}/{name}");
            return Err(wrong(&store, &at, "there is no such namespace".to_owned(), "check the name after -n"));
        }
        for attribute in attributes {
            let all = store.attributes(population, name, &attribute, range.start)?;
            let at = format!("/Populations/{population}/{name}/{attribute}");
            let mut rows = Vec::new();
            for (old, new) in gids.iter().filter(|(old, _)| all.has(*old)) {
                let values = all.values(*old);
                let kind = values.kind();
                let values = AttributeValues::try_from(values).map_err(|_| {
                    wrong(&store, &at, format!("values of {kind}"), "NeuroH5 attributes have at most 32 bits")
                })?;
                rows.push((*new, values));
            }
            tables.insert((name, attribute), rows);
        }
    }
    let new: Vec<u32> = gids.iter().map(|(_, new)| *new).collect();
    neuroh5::append_whole(output, |target| {
        if !target.has("/H5Types") {
            target.copy_types(&store)?;
        }
        refuse_double(target, population, range.start, &new)?;
        let rows: Vec<(u32, &Tree)> = selected.iter().map(|(gid, tree)| (*gid, tree)).collect();
        target.write_trees_chunked(population, range.start, &rows, Some(TREE_CHUNKS))?;
        for ((namespace, attribute), rows) in &tables {
            let chunks = Some(options.chunks);
            target.write_attribute_chunked(population, namespace, attribute, range.start, rows, chunks)?;
        }
        Ok::<(), TreesError>(())
    })?;
    Ok(Selected { gids })
}
