//! `inspect`: what a NeuroH5 file has, as tables.

use std::collections::BTreeMap;
use std::ops::Range;

use neuroh5::{Error, Kind, Numbers, Store, Types};

/// Values of one place in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    /// Name of their type.
    pub kind: &'static str,
    /// How many.
    pub n: usize,
    /// Least and greatest of those that are numbers, if there are any.
    pub range: Option<(f64, f64)>,
    /// How many are no numbers, or infinite.
    pub not_finite: usize,
}

impl Values {
    fn of(values: &Numbers) -> Values {
        let all = values.to_f64();
        let finite = || all.iter().copied().filter(|one| one.is_finite());
        let range = finite().fold(None, |range: Option<(f64, f64)>, one| {
            Some(range.map_or((one, one), |(low, high)| (low.min(one), high.max(one))))
        });
        Values { kind: values.kind(), n: all.len(), range, not_finite: all.len() - finite().count() }
    }
}

/// One attribute of the cells of a population.
#[derive(Debug, Clone, PartialEq)]
pub struct CellAttribute {
    /// Population.
    pub population: String,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Number of cells that have it.
    pub n_cells: usize,
    /// How many of these cells are in the file several times; readers join their values.
    pub repeated: usize,
    /// Least and greatest number of values of a cell.
    pub lengths: (usize, usize),
    /// Its values.
    pub values: Values,
}

/// One projection.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectionSummary {
    /// Destination population.
    pub destination: String,
    /// Source population.
    pub source: String,
    /// Number of edges.
    pub n_edges: usize,
    /// Number of cells that get any.
    pub n_destinations: usize,
    /// Number of cells that give any.
    pub n_sources: usize,
    /// Least, mean and greatest number of edges onto a cell that gets any.
    pub in_degree: (usize, f64, usize),
    /// Attributes of the edges: namespace/name and values.
    pub attributes: Vec<(String, Values)>,
}

/// What a file has.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Contents {
    /// Its types, if it has any. Without, indices of cells are counted from 0 in each population.
    pub types: Option<Types>,
    /// Attributes of cells, trees among them.
    pub attributes: Vec<CellAttribute>,
    /// HDF5 attributes of groups of cell attributes.
    pub group_attributes: Vec<(String, f64)>,
    /// Projections.
    pub projections: Vec<ProjectionSummary>,
    /// Datasets outside of types, populations and projections.
    pub other: Vec<(String, Values)>,
}

/// Reads all of a file and sums it up.
pub fn inspect(store: &Store) -> Result<Contents, Error> {
    let types = if store.has("/H5Types") { Some(store.types()?) } else { None };
    let gids = |name: &str| -> Range<u32> {
        let known = types.as_ref().and_then(|types| types.population(name));
        known.map_or(0..u32::MAX, |one| one.gids.clone())
    };
    let mut contents = Contents::default();
    for population in store.populations()? {
        for namespace in store.namespaces(&population)? {
            let at = format!("/Populations/{population}/{namespace}");
            for (name, value) in store.group_attributes(&at)? {
                contents.group_attributes.push((format!("{at}: {name}"), value));
            }
            for name in store.attribute_names(&population, &namespace)? {
                let all = store.attributes(&population, &namespace, &name, gids(&population).start)?;
                let lengths: Vec<usize> = all.gids().map(|gid| all.len(gid)).collect();
                let bound = |of: Option<&usize>| of.copied().unwrap_or(0);
                contents.attributes.push(CellAttribute {
                    population: population.clone(),
                    namespace: namespace.clone(),
                    name,
                    n_cells: lengths.len(),
                    repeated: all.gids().filter(|gid| all.n_rows(*gid) > 1).count(),
                    lengths: (bound(lengths.iter().min()), bound(lengths.iter().max())),
                    values: Values::of(all.all()),
                });
            }
        }
    }
    for (destination, source) in store.projection_names()? {
        let table = store.edge_table(&destination, &source, gids(&destination), gids(&source))?;
        let mut degrees: BTreeMap<u32, usize> = BTreeMap::new();
        for (gid, range) in &table.rows {
            *degrees.entry(*gid).or_default() += range.len();
        }
        let n_edges = table.source.len();
        let mut sources = table.source;
        sources.sort_unstable();
        sources.dedup();
        let mean = n_edges as f64 / degrees.len().max(1) as f64;
        let (low, high) = (degrees.values().min(), degrees.values().max());
        let label = |one: &neuroh5::EdgeAttribute| format!("{}/{}", one.namespace, one.name);
        contents.projections.push(ProjectionSummary {
            destination,
            source,
            n_edges,
            n_destinations: degrees.len(),
            n_sources: sources.len(),
            in_degree: (low.copied().unwrap_or(0), mean, high.copied().unwrap_or(0)),
            attributes: table.attributes.iter().map(|one| (label(one), Values::of(&one.values))).collect(),
        });
    }
    let known = ["/H5Types/", "/Populations/", "/Projections/"];
    for (path, kind) in store.walk("/")? {
        if kind == Kind::Dataset && !known.iter().any(|one| path.starts_with(one)) {
            let values = Values::of(&store.numbers(&path)?);
            contents.other.push((path, values));
        }
    }
    contents.types = types;
    Ok(contents)
}
