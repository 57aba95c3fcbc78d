//! generate-distance-connections: which cell makes each synapse.
//!
//! Every synapse of a cell gets one source of a presynaptic population that makes synapses of its type in its place;
//! near sources are likelier (a normal density over the arc distances between the somata), and synapses near to each
//! other on the tree tend to share a source. All that is drawn is seeded by the cell, so results depend neither on
//! threads nor on the order of work.

mod cell;
mod error;
pub(crate) mod order;
mod rules;

use std::path::Path;

use indexmap::IndexMap;
use model::config::Config;
use neuroh5::{AttributeRows, Chunks, EdgeAttribute, EdgeTable, Edges, Numbers, PopulationRange, Store, Types};
use rayon::prelude::*;

use cell::{Cell, Connector, Seeds, Somata, Synapses};
pub use error::ConnectionError;
use rules::Rules;

/// Cells that are worked on at a time; what is held in memory is these and what is to be written next.
const BATCH: usize = 64;

/// What to connect and where to write it.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// NeuroH5 file with the synapses of the destination cells.
    pub forest: &'a Path,
    /// NeuroH5 file with the somata's arc distances, and the population types.
    pub coordinates: &'a Path,
    /// NeuroH5 file to make or to add to.
    pub output: &'a Path,
    /// Destination populations; all of the forest if empty.
    pub include: &'a [String],
    /// Namespace of the somata's coordinates: it must be there, its values are not needed.
    pub coordinates_namespace: &'a str,
    /// Namespace of the arc distances.
    pub distances_namespace: &'a str,
    /// Namespace of the synapses.
    pub synapses_namespace: &'a str,
    /// Cells in a block of the order of work.
    pub cache_size: usize,
    /// Cells in a portion of the file; 0 is all.
    pub write_size: usize,
    /// Elements in a chunk of the datasets.
    pub chunk_size: usize,
    /// Connect, and write nothing.
    pub dry_run: bool,
}

/// What was made of one projection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    /// Postsynaptic population.
    pub destination: String,
    /// Presynaptic population.
    pub source: String,
    /// Number of postsynaptic cells.
    pub cells: usize,
    /// Number of connections.
    pub edges: usize,
}

/// Cells done of a population.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// Postsynaptic population.
    pub population: &'a str,
    /// Cells connected.
    pub done: usize,
    /// Cells in all.
    pub cells: usize,
}

/// Connects the cells of a forest and writes their projections.
///
/// # Errors
/// A file, the configuration or a cell is not as it must be; the output is then as it was before.
pub fn generate(
    config: &Config,
    request: &Request<'_>,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Vec<Projection>, ConnectionError> {
    let coordinates = Store::open(request.coordinates)?;
    let forest = Store::open(request.forest)?;
    let types = coordinates.types()?;
    let seeds = seeds(config)?;
    let mut destinations = Vec::new();
    for name in destination_names(&forest, request.include)? {
        destinations.push(Destination::new(config, request, &forest, &types, &name)?);
    }
    let mut somata = IndexMap::new();
    for destination in &destinations {
        let names = destination.rules.sources.iter().map(|source| source.name.as_str());
        for name in names.chain([destination.range.name.as_str()]) {
            if !somata.contains_key(name) {
                somata.insert(name.to_owned(), read_somata(&coordinates, request, range(&types, name, request)?)?);
            }
        }
    }
    let mut run = |store: Option<&Store>| -> Result<Vec<Projection>, ConnectionError> {
        let mut made = Vec::new();
        for destination in &destinations {
            let sources = destination.rules.sources.iter().map(|source| &somata[&source.name]).collect();
            let definitions = &config.definitions;
            let connector = Connector { rules: &destination.rules, somata: sources, seeds, definitions };
            let here = &somata[&destination.range.name];
            made.extend(destination.run(request, &connector, here, &types, store, progress)?);
        }
        Ok(made)
    };
    if request.dry_run {
        return run(None);
    }
    if request.output.exists() {
        check_output(request, &types, &destinations)?;
    }
    neuroh5::append_whole(request.output, |store| {
        if !store.has("/H5Types") {
            store.copy_types(&coordinates)?;
        }
        run(Some(store))
    })
}

/// Postsynaptic populations: those of the forest that are asked for, by name.
fn destination_names(forest: &Store, include: &[String]) -> Result<Vec<String>, ConnectionError> {
    let mut known = forest.populations()?;
    known.sort();
    if let Some(name) = include.iter().find(|name| !known.contains(name)) {
        return Err(ConnectionError::Population {
            name: name.clone(),
            place: forest.path().display().to_string(),
            remedy: format!("correct --include or --forest-path (populations there: {})", known.join(", ")),
        });
    }
    known.retain(|name| include.is_empty() || include.contains(name));
    if known.is_empty() {
        return Err(ConnectionError::Population {
            name: "of any name".to_owned(),
            place: forest.path().display().to_string(),
            remedy: "give a file that distribute-synapse-locs wrote as --forest-path".to_owned(),
        });
    }
    Ok(known)
}

fn seeds(config: &Config) -> Result<Seeds, ConnectionError> {
    let seed = |name: &str| match config.random_seeds.get(name) {
        // The original cuts them to whole numbers, too.
        Some(seed) => Ok(seed.trunc() as i64),
        None => Err(ConnectionError::Config {
            key: "Random Seeds".to_owned(),
            what: format!("there is no `{name}`"),
            remedy: format!("add `{name}: 1000000`"),
        }),
    };
    Ok(Seeds {
        partition: seed("Synapse Projection Partitions")?,
        choice: seed("Distance-Dependent Connectivity")?,
        clustering: seed("Connectivity Clustering")?,
    })
}

fn range<'a>(types: &'a Types, name: &str, request: &Request<'_>) -> Result<&'a PopulationRange, ConnectionError> {
    types.population(name).ok_or_else(|| ConnectionError::Population {
        name: name.to_owned(),
        place: format!("/H5Types of {}", request.coordinates.display()),
        remedy: "make that file again with make-h5types and this configuration".to_owned(),
    })
}

fn read_somata(coordinates: &Store, request: &Request<'_>, range: &PopulationRange) -> Result<Somata, ConnectionError> {
    let (name, start) = (&range.name, range.gids.start);
    coordinates.require_namespace(name, request.coordinates_namespace)?;
    coordinates.require_namespace(name, request.distances_namespace)?;
    let u = coordinates.attributes(name, request.distances_namespace, "U Distance", start)?;
    let v = coordinates.attributes(name, request.distances_namespace, "V Distance", start)?;
    let mut somata = Somata::default();
    for gid in u.gids() {
        let (&[one], &[other]) = (u.as_f64(gid).as_slice(), v.as_f64(gid).as_slice()) else {
            return Err(ConnectionError::Cell {
                path: request.coordinates.to_owned(),
                population: name.clone(),
                gid,
                what: format!("has not one arc distance along u and one along v in `{}`", request.distances_namespace),
                remedy: "measure the distances again".to_owned(),
            });
        };
        somata.gid.push(gid);
        somata.place.push([one, other]);
    }
    Ok(somata)
}

/// A file that exists can be added to if it is of the same model and has no such projections.
fn check_output(request: &Request<'_>, types: &Types, destinations: &[Destination<'_>]) -> Result<(), ConnectionError> {
    let store = Store::open(request.output)?;
    let present = |what: String, remedy: &str| ConnectionError::Present {
        path: request.output.to_owned(),
        what,
        remedy: remedy.to_owned(),
    };
    if store.has("/H5Types") && store.types()?.populations != types.populations {
        let remedy = "give another --connectivity-path, or remove that file";
        return Err(present("population types of another model".to_owned(), remedy));
    }
    for (destination, source) in store.projection_names()? {
        let made = destinations.iter().find(|one| one.range.name == destination);
        if made.is_some_and(|one| one.rules.sources.iter().any(|one| one.name == source)) {
            let remedy = "remove the file to make them again, or give another --connectivity-path";
            return Err(present(format!("connections from {source} to {destination}"), remedy));
        }
    }
    Ok(())
}

/// A postsynaptic population with the index of its synapses.
struct Destination<'a> {
    range: PopulationRange,
    rules: Rules,
    path: &'a Path,
    /// `syn_ids`, `syn_cdists`, `syn_types`, `swc_types`, `syn_layers`.
    attributes: [AttributeRows<'a>; 5],
}

impl<'a> Destination<'a> {
    fn new(
        config: &Config,
        request: &Request<'_>,
        forest: &'a Store,
        types: &Types,
        name: &str,
    ) -> Result<Destination<'a>, ConnectionError> {
        let rules = Rules::new(config, name)?;
        let range = range(types, name, request)?.clone();
        let read = |attribute| forest.attribute_rows(name, request.synapses_namespace, attribute, range.gids.start);
        let attributes =
            [read("syn_ids")?, read("syn_cdists")?, read("syn_types")?, read("swc_types")?, read("syn_layers")?];
        let destination = Destination { range, rules, path: forest.path(), attributes };
        destination.check()?;
        Ok(destination)
    }

    /// All attributes must have the same rows, and each cell one.
    fn check(&self) -> Result<(), ConnectionError> {
        let [ids, others @ ..] = &self.attributes;
        let mut seen = std::collections::HashSet::new();
        for (row, (gid, values)) in ids.rows().iter().enumerate() {
            let wrong = |what: String| ConnectionError::Cell {
                path: self.path.to_owned(),
                population: self.range.name.clone(),
                gid: *gid,
                what,
                remedy: "distribute its synapses again, into a new file".to_owned(),
            };
            if !self.range.gids.contains(gid) {
                return Err(wrong(format!("is outside its population's gids {:?}", self.range.gids)));
            }
            if !seen.insert(*gid) {
                return Err(wrong(format!("has synapses twice at {}", ids.path())));
            }
            for other in others {
                if other.rows().get(row).is_none_or(|one| one.0 != *gid || one.1.len() != values.len()) {
                    return Err(wrong(format!("has not the same synapses at {} as at {}", other.path(), ids.path())));
                }
            }
        }
        Ok(())
    }

    fn read(&self, row: usize, somata: &Somata) -> Result<Cell, ConnectionError> {
        let [ids, distances, kinds, sections, layers] = &self.attributes;
        let gid = ids.rows()[row].0;
        let place = somata.place(gid).ok_or_else(|| ConnectionError::Cell {
            path: self.path.to_owned(),
            population: self.range.name.clone(),
            gid,
            what: "has synapses here, and no arc distances".to_owned(),
            remedy: "measure the distances of its population, or give the --coords-path of this forest".to_owned(),
        })?;
        let whole = |rows: &AttributeRows<'_>| -> Result<Vec<i64>, ConnectionError> {
            Ok(rows.values(row)?.to_f64().into_iter().map(|one| one as i64).collect())
        };
        let places = whole(kinds)?.into_iter().zip(whole(sections)?).zip(whole(layers)?);
        let synapses = Synapses {
            id: whole(ids)?.into_iter().map(|one| one as u32).collect(),
            distance: distances.values(row)?.to_f64().into_iter().map(|one| one as f32).collect(),
            place: places.map(|((kind, section), layer)| (kind, section, layer)).collect(),
        };
        Ok(Cell { gid, place, synapses })
    }

    fn run(
        &self,
        request: &Request<'_>,
        connector: &Connector<'_>,
        somata: &Somata,
        types: &Types,
        store: Option<&Store>,
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Vec<Projection>, ConnectionError> {
        let gids: Vec<u32> = self.attributes[0].rows().iter().map(|(gid, _)| *gid).collect();
        let order = order::rows_in_order(&gids, request.cache_size);
        let mut portions = order::portions(order.len(), request.write_size).into_iter();
        let mut made: Vec<Projection> = self.rules.sources.iter().map(|source| self.projection(&source.name)).collect();
        let mut portion = portions.next();
        let mut ready: Vec<(u32, Vec<Edges>)> = Vec::new();
        let mut done = 0;
        for batch in order.chunks(BATCH) {
            let mut cells = Vec::with_capacity(batch.len());
            for row in batch {
                cells.push(self.read(*row, somata)?);
            }
            let connected: Vec<_> = cells.par_iter().map(|cell| connector.connect(cell)).collect();
            for (cell, edges) in cells.iter().zip(connected) {
                let edges = edges?;
                for (projection, edges) in made.iter_mut().zip(&edges) {
                    projection.cells += 1;
                    projection.edges += edges.source.len();
                }
                if store.is_some() {
                    ready.push((cell.gid, edges));
                }
                done += 1;
                if portion.as_ref().is_some_and(|portion| portion.end == done) {
                    if let Some(store) = store {
                        self.write(request, types, store, std::mem::take(&mut ready))?;
                    }
                    portion = portions.next();
                }
                progress(Progress { population: &self.range.name, done, cells: order.len() });
            }
        }
        Ok(made)
    }

    fn projection(&self, source: &str) -> Projection {
        Projection { destination: self.range.name.clone(), source: source.to_owned(), cells: 0, edges: 0 }
    }

    /// Writes a portion of cells, ascending by gid.
    fn write(
        &self,
        request: &Request<'_>,
        types: &Types,
        store: &Store,
        mut cells: Vec<(u32, Vec<Edges>)>,
    ) -> Result<(), ConnectionError> {
        cells.sort_by_key(|(gid, _)| *gid);
        let chunks = Chunks { pointers: request.chunk_size, values: request.chunk_size };
        for (at, source) in self.rules.sources.iter().enumerate() {
            let mut table = EdgeTable::default();
            let (mut synapses, mut distances) = (Vec::new(), Vec::new());
            for (gid, edges) in &mut cells {
                let edges = std::mem::take(&mut edges[at]);
                let from = table.source.len();
                table.source.extend(edges.source);
                synapses.extend(edges.synapse);
                distances.extend(edges.distance);
                table.rows.push((*gid, from..table.source.len()));
            }
            let attribute = |namespace: &str, name: &str, values: Numbers| EdgeAttribute {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                values,
            };
            table.attributes = vec![
                attribute("Connections", "distance", Numbers::F32(distances)),
                attribute("Synapses", "syn_id", Numbers::U32(synapses)),
            ];
            let sources = range(types, &source.name, request)?;
            let (to, from) = (self.range.gids.start, sources.gids.start);
            store.write_edges(&self.range.name, &source.name, to, from, &table, Some(chunks))?;
        }
        Ok(())
    }
}
