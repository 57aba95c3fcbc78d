//! distribute-synapse-locs: places synapses on the sections of every cell of a forest.
//!
//! The template of a population makes sections of the tree of each cell; the densities of the configuration, in
//! synapses per um, and a stream of random numbers seeded by the cell say where on them synapses are. Results depend
//! neither on threads nor on the order of work.

mod density;
mod error;
mod pchip;
mod place;
mod shape;
mod template;
mod walk;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diag::Sources;
use indexmap::IndexMap;
use mech_abi::Catalogue;
use model::config::Config;
use model::numpy::RandomState;
use neuroh5::{AttributeValues, Chunks, PopulationRange, Store, Tree, Trees, Types};
use rayon::prelude::*;

use density::Densities;
pub use error::SynapseError;
pub use place::Distribution;
use place::{NoDraw, Synapses};
use shape::Shape;
use template::Template;

/// Cells that are worked on at a time; what is held in memory is these and what is to be written next.
const BATCH: usize = 16;

/// Namespace of the synapses.
const NAMESPACE: &str = "Synapse Attributes";

/// What to distribute and where to write it.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// NeuroH5 file with trees and population types.
    pub forest: &'a Path,
    /// NeuroH5 file to make or to add to; may be the forest.
    pub output: &'a Path,
    /// Populations, in the order of work.
    pub populations: &'a [String],
    /// Directories with templates.
    pub templates: &'a [PathBuf],
    /// How synapses lie along a section.
    pub distribution: Distribution,
    /// Elements in chunks of new datasets.
    pub chunks: Chunks,
    /// Cells in a portion of the file; 0 is all.
    pub write_size: usize,
    /// Distribute, and write nothing.
    pub dry_run: bool,
}

/// What was made for one population.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distributed {
    /// Its name.
    pub population: String,
    /// Number of cells.
    pub cells: usize,
    /// Number of synapses by section type and synapse type, in the order of the configuration.
    pub synapses: IndexMap<(String, String), usize>,
}

/// Cells done of a population.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// Population.
    pub population: &'a str,
    /// Cells done.
    pub done: usize,
    /// Cells in all.
    pub cells: usize,
}

/// Distributes the synapses of all cells of the populations.
///
/// # Errors
/// A file, the configuration, a template or a cell is not as it must be; the output is then as it was before.
pub fn distribute(
    config: &Config,
    catalogue: &Arc<Catalogue>,
    request: &Request<'_>,
    sources: &mut Sources,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Vec<Distributed>, SynapseError> {
    let forest = Store::open(request.forest)?;
    let types = forest.types()?;
    let seed = seed(config)?;
    let mut found = Vec::new();
    for name in request.populations {
        let range = population(&forest, &types, request, name)?.clone();
        let densities = Densities::new(config, name)?;
        found.push((range, densities, template::find(config, name, request.templates, sources)?));
    }
    let mut populations = Vec::new();
    for (range, densities, found) in found {
        let template = Template::new(config, &range.name, found, sources, catalogue.clone())?;
        let trees = forest.trees(&range.name, range.gids.start)?;
        let rows = forest.attribute_rows(&range.name, "Trees", "Section", range.gids.start)?;
        let gids: Vec<u32> = rows.rows().iter().map(|(gid, _)| *gid).collect();
        check_gids(&gids, &range, request)?;
        populations.push(Population { range, densities, template, trees, gids, seed, request });
    }
    let mut run = |store: Option<&Store>| -> Result<Vec<Distributed>, SynapseError> {
        populations.iter().map(|one| one.run(store, progress)).collect()
    };
    if request.dry_run {
        return run(None);
    }
    if request.output.exists() {
        check_output(request, &types, &populations)?;
    }
    neuroh5::append_whole(request.output, |store| {
        if !store.has("/H5Types") {
            store.copy_types(&forest)?;
        }
        run(Some(store))
    })
}

fn seed(config: &Config) -> Result<i64, SynapseError> {
    match config.random_seeds.get("Synapse Locations") {
        // The original cuts it to a whole number, too.
        Some(seed) => Ok(seed.trunc() as i64),
        None => Err(SynapseError::Config {
            key: "Random Seeds".to_owned(),
            what: "there is no `Synapse Locations`".to_owned(),
            remedy: "add `Synapse Locations: 0`".to_owned(),
        }),
    }
}

/// A population that has types and trees.
fn population<'a>(
    forest: &Store,
    types: &'a Types,
    request: &Request<'_>,
    name: &str,
) -> Result<&'a PopulationRange, SynapseError> {
    let path = request.forest.display();
    let Some(range) = types.population(name) else {
        let known: Vec<&str> = types.populations.iter().map(|one| one.name.as_str()).collect();
        return Err(SynapseError::Population {
            name: name.to_owned(),
            place: format!("/H5Types of {path}"),
            remedy: format!("correct --populations or --forest-path (populations there: {})", known.join(", ")),
        });
    };
    if !forest.has_trees(name) {
        let mut known = forest.populations()?;
        known.retain(|name| forest.has_trees(name));
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        return Err(SynapseError::Population {
            name: name.to_owned(),
            place: format!("/Populations of {path} with Trees"),
            remedy: format!(
                "make them with neurotrees_import and neurotrees_copy, or correct --populations or --forest-path \
                 (populations with trees there: {known})"
            ),
        });
    }
    Ok(range)
}

/// There are cells, each once and of its population.
fn check_gids(gids: &[u32], range: &PopulationRange, request: &Request<'_>) -> Result<(), SynapseError> {
    if gids.is_empty() {
        return Err(SynapseError::Population {
            name: range.name.clone(),
            place: format!("the trees of {}: it has no cells there", request.forest.display()),
            remedy: "make its trees with neurotrees_copy".to_owned(),
        });
    }
    let mut seen = std::collections::HashSet::new();
    for gid in gids {
        let what = if !range.gids.contains(gid) {
            format!("is outside its population's gids {:?}", range.gids)
        } else if !seen.insert(*gid) {
            "has two trees".to_owned()
        } else {
            continue;
        };
        return Err(SynapseError::Cell {
            path: request.forest.to_owned(),
            population: range.name.clone(),
            gid: *gid,
            what,
            remedy: "copy the trees again, into a new file".to_owned(),
        });
    }
    Ok(())
}

/// A file that exists can be added to if it is of the same model and has no synapses of these populations.
fn check_output(request: &Request<'_>, types: &Types, populations: &[Population<'_>]) -> Result<(), SynapseError> {
    let store = Store::open(request.output)?;
    let present = |what: String, remedy: &str| SynapseError::Present {
        path: request.output.to_owned(),
        what,
        remedy: remedy.to_owned(),
    };
    if store.has("/H5Types") && store.types()?.populations != types.populations {
        return Err(present(
            "population types of another model".to_owned(),
            "give another --output-path, or remove that file",
        ));
    }
    for one in populations {
        if store.namespaces(&one.range.name)?.iter().any(|name| name == NAMESPACE) {
            let remedy = "give another --output-path, or start from a forest without";
            return Err(present(format!("synapses of population {}", one.range.name), remedy));
        }
    }
    Ok(())
}

/// A population to distribute synapses in.
struct Population<'a> {
    range: PopulationRange,
    densities: Densities,
    template: Template<'a>,
    trees: Trees<'a>,
    /// In the order of the forest, which becomes that of the output.
    gids: Vec<u32>,
    seed: i64,
    request: &'a Request<'a>,
}

impl Population<'_> {
    fn run(&self, store: Option<&Store>, progress: &mut dyn FnMut(Progress<'_>)) -> Result<Distributed, SynapseError> {
        let mut made = Distributed { population: self.range.name.clone(), cells: 0, synapses: IndexMap::new() };
        for kind in &self.densities.kinds {
            for one in &kind.synapses {
                made.synapses.insert((kind.kind.name().to_owned(), one.name.clone()), 0);
            }
        }
        let mut ready = Vec::new();
        for batch in self.gids.chunks(BATCH) {
            let trees = batch.iter().map(|gid| Ok((*gid, self.trees.tree(*gid)?)));
            let trees = trees.collect::<Result<Vec<(u32, Tree)>, neuroh5::Error>>()?;
            let placed: Vec<Result<Synapses, SynapseError>> = trees
                .par_iter()
                .map_init(
                    || self.template.interpreter(),
                    |interpreter, (gid, tree)| {
                        let shape = self.template.shape(interpreter, *gid, tree, self.request.forest)?;
                        self.place(*gid, &shape)
                    },
                )
                .collect();
            for ((gid, _), synapses) in trees.iter().zip(placed) {
                let synapses = synapses?;
                made.cells += 1;
                self.count(&synapses, &mut made);
                if let Some(store) = store {
                    ready.push((*gid, synapses));
                    if self.request.write_size > 0 && ready.len() >= self.request.write_size {
                        self.write(store, std::mem::take(&mut ready))?;
                    }
                }
                progress(Progress { population: &self.range.name, done: made.cells, cells: self.gids.len() });
            }
        }
        if let Some(store) = store.filter(|_| !ready.is_empty()) {
            self.write(store, ready)?;
        }
        Ok(made)
    }

    fn place(&self, gid: u32, shape: &Shape) -> Result<Synapses, SynapseError> {
        let population = || self.range.name.clone();
        let mut random = RandomState::with_seed(i64::from(gid) + self.seed).map_err(|invalid| SynapseError::Seed {
            population: population(),
            gid,
            invalid,
        })?;
        let placed = place::place(shape, &self.densities, self.request.distribution, &mut random);
        placed.map_err(|NoDraw { what, kind, synapse_type, tries }| {
            let kind = &self.densities.kinds[kind];
            SynapseError::NoDraw {
                population: population(),
                gid,
                what,
                kind: kind.synapses[synapse_type].name.clone(),
                section: kind.kind.name(),
                tries,
            }
        })
    }

    fn count(&self, synapses: &Synapses, made: &mut Distributed) {
        let numbers = self
            .densities
            .kinds
            .iter()
            .flat_map(|kind| kind.synapses.iter().map(|one| (kind.swc_type, one.synapse_type)));
        for (place, count) in numbers.zip(made.synapses.values_mut()) {
            let all = synapses.swc_type.iter().zip(&synapses.synapse_type);
            *count += all.filter(|(section, kind)| (**section, **kind) == place).count();
        }
    }

    fn write(&self, store: &Store, cells: Vec<(u32, Synapses)>) -> Result<(), SynapseError> {
        let name = |name: &str, rows: Vec<(u32, AttributeValues)>| {
            let (population, start) = (&self.range.name, self.range.gids.start);
            store.write_attribute_chunked(population, NAMESPACE, name, start, &rows, Some(self.request.chunks))
        };
        macro_rules! write {
            ($($name:literal $variant:ident $values:expr;)*) => {
                $(
                    let values: fn(&Synapses) -> Vec<_> = $values;
                    let rows = cells.iter().map(|(gid, one)| (*gid, AttributeValues::$variant(values(one))));
                    name($name, rows.collect())?;
                )*
            };
        }
        write! {
            "syn_ids" U32 |one| (0..one.len() as u32).collect();
            "syn_locs" F32 |one| one.loc.clone();
            "syn_secs" U32 |one| one.section.clone();
            "syn_layers" I8 |one| one.layer.clone();
            "syn_types" U8 |one| one.synapse_type.clone();
            "swc_types" U8 |one| one.swc_type.clone();
            "syn_cdists" F32 |one| one.distance.clone();
        }
        Ok(())
    }
}
