//! `prepare-data`: collects what the construction made into the two files of a simulation, cells and connections.
//!
//! The cells file has, for each population, the coordinates and distances, and the trees and synapses or the input
//! spikes; populations without trees have their coordinates also under the name that run-network looks for. Nothing
//! is changed on the way; what is missing, there twice, or made for other populations is an error.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use model::config::Config;
use neuroh5::{PopulationRange, Store};

use crate::h5types;

/// Files and the names of what is in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inputs {
    /// File with types; the coordinates' own if there is none.
    pub types: Option<PathBuf>,
    /// Coordinates and distances of all populations.
    pub coordinates: PathBuf,
    /// Trees and synapses; together of all populations that have any.
    pub forests: Vec<PathBuf>,
    /// Projections, each destination in one of the files.
    pub connections: Vec<PathBuf>,
    /// Input spikes.
    pub spikes: Vec<PathBuf>,
    /// Namespace of the coordinates.
    pub coordinates_namespace: String,
    /// Namespace of the distances.
    pub distances_namespace: String,
    /// Namespace of the synapses.
    pub synapses_namespace: String,
    /// Namespaces of the input spikes; if there are none, those that begin as the configuration's `spike train`.
    pub spike_namespaces: Vec<String>,
    /// Namespace under which populations without trees have their coordinates too.
    pub places_namespace: String,
}

/// What a population of the cells file has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collected {
    /// Population.
    pub population: String,
    /// Number of cells.
    pub n_cells: usize,
    /// Namespaces in the cells file.
    pub namespaces: Vec<String>,
    /// Sources of its projections in the connections file.
    pub sources: Vec<String>,
}

/// Why there are no files.
#[derive(Debug, thiserror::Error)]
pub enum CollapseError {
    /// A file is not as it must be, or cannot be written.
    #[error(transparent)]
    File(#[from] neuroh5::Error),
    /// The configuration has no types.
    #[error(transparent)]
    Types(#[from] h5types::H5TypesError),
    /// A file was made for other populations.
    #[error(
        "{} at /H5Types/Populations: {found} where {expected}; make the file again with the types of this \
         configuration",
        path.display()
    )]
    OtherPopulations {
        /// File.
        path: PathBuf,
        /// What the configuration has.
        expected: String,
        /// What the file has.
        found: String,
    },
    /// Two files have the same.
    #[error("{at} is both in {} and in {}; leave one of the files out", first.display(), second.display())]
    Twice {
        /// Path in the files.
        at: String,
        /// One file.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// No file has it.
    #[error("no file has {at}; {remedy}")]
    Missing {
        /// Path in a file.
        at: String,
        /// What to do.
        remedy: String,
    },
}

/// Where the namespaces of one population are.
type Places<'a> = BTreeMap<String, &'a Store>;

/// Writes both files, each whole, and their directories; nothing if anything is missing.
pub fn collapse(
    config: &Config,
    inputs: &Inputs,
    cells: &Path,
    connections: &Path,
) -> Result<Vec<Collected>, CollapseError> {
    let expected = h5types::types(config, false)?.populations;
    let open = |path: &PathBuf| -> Result<Store, CollapseError> {
        let store = Store::open(path)?;
        check_populations(&store, &expected)?;
        Ok(store)
    };
    let open_all = |paths: &[PathBuf]| paths.iter().map(open).collect::<Result<Vec<_>, _>>();
    let coordinates = open(&inputs.coordinates)?;
    let types = inputs.types.as_ref().map(open).transpose()?;
    let types = types.as_ref().unwrap_or(&coordinates);
    let forests = open_all(&inputs.forests)?;
    let spikes = open_all(&inputs.spikes)?;
    let edges = open_all(&inputs.connections)?;

    let mut collected = Vec::new();
    for population in &expected {
        let namespaces = namespaces(config, inputs, population, &coordinates, &forests, &spikes)?;
        collected.push((population, namespaces, sources(config, population, &edges)?));
    }
    for directory in [cells, connections].into_iter().filter_map(Path::parent) {
        std::fs::create_dir_all(directory).map_err(|error| neuroh5::Error {
            path: directory.to_owned(),
            at: String::new(),
            what: format!("the directory cannot be made ({error})"),
            remedy: "check the path and its permissions".to_owned(),
        })?;
    }
    neuroh5::write_whole(cells, |store| {
        store.copy_types(types)?;
        for (population, namespaces, _) in &collected {
            for (namespace, from) in namespaces {
                // Only the coordinates of populations without trees have another name than before.
                let is_copy = *namespace == inputs.places_namespace && std::ptr::eq(*from, &coordinates);
                let old = if is_copy { &inputs.coordinates_namespace } else { namespace };
                let path = |name: &str| format!("/Populations/{}/{name}", population.name);
                store.copy_object(from, &path(old), &path(namespace))?;
            }
        }
        Ok::<(), CollapseError>(())
    })?;
    neuroh5::write_whole(connections, |store| {
        store.copy_types(types)?;
        for (population, _, from) in &collected {
            if let Some((from, _)) = from {
                let at = format!("/Projections/{}", population.name);
                store.copy_object(from, &at, &at)?;
            }
        }
        Ok::<(), CollapseError>(())
    })?;
    let told =
        |(population, namespaces, from): (&PopulationRange, Places<'_>, Option<(&Store, Vec<String>)>)| Collected {
            population: population.name.clone(),
            n_cells: population.gids.len(),
            namespaces: namespaces.into_keys().collect(),
            sources: from.map(|(_, sources)| sources).unwrap_or_default(),
        };
    Ok(collected.into_iter().map(told).collect())
}

fn check_populations(store: &Store, expected: &[PopulationRange]) -> Result<(), CollapseError> {
    let found = store.types()?.populations;
    if found == expected {
        return Ok(());
    }
    let text = |all: &[PopulationRange]| -> Vec<String> {
        all.iter().map(|one| format!("{} = {} {}..{}", one.name, one.number, one.gids.start, one.gids.end)).collect()
    };
    Err(CollapseError::OtherPopulations {
        path: store.path().to_owned(),
        expected: format!("the configuration has {}", text(expected).join(", ")),
        found: format!("the file has {}", text(&found).join(", ")),
    })
}

/// Namespaces of a population, with the files to take them from.
fn namespaces<'a>(
    config: &Config,
    inputs: &Inputs,
    population: &PopulationRange,
    coordinates: &'a Store,
    forests: &'a [Store],
    spikes: &'a [Store],
) -> Result<Places<'a>, CollapseError> {
    let name = population.name.as_str();
    let path = |namespace: &str| format!("/Populations/{name}/{namespace}");
    let missing =
        |namespace: &str, remedy: &str| CollapseError::Missing { at: path(namespace), remedy: remedy.to_owned() };
    let mut places = Places::new();
    if population.gids.is_empty() {
        return Ok(places);
    }
    for (namespace, remedy) in [
        (&inputs.coordinates_namespace, "run generate-soma-coordinates, or name its namespace with --coords-namespace"),
        (&inputs.distances_namespace, "run measure-distances for this population too"),
    ] {
        if !coordinates.has(&path(namespace)) {
            return Err(missing(namespace, remedy));
        }
        places.insert(namespace.clone(), coordinates);
    }
    for (namespace, files) in [("Trees", forests), (&inputs.synapses_namespace, forests)] {
        if let Some(store) = only(&path(namespace), files)? {
            places.insert(namespace.to_owned(), store);
        }
    }
    let has_trees = places.contains_key("Trees");
    if has_trees {
        if !places.contains_key(&inputs.synapses_namespace) {
            return Err(missing(&inputs.synapses_namespace, "run distribute-synapse-locs on the file of the trees"));
        }
        complete(places["Trees"], population)?;
    } else if config.connection_generator.synapses.contains_key(name) {
        return Err(missing("Trees", "its cells have synapses: give the file of its trees with --forest-path"));
    } else {
        places.insert(inputs.places_namespace.clone(), coordinates);
    }
    let train = config.cell_types.get(name).and_then(|kind| kind.value.spike_train.as_ref());
    let train = train.map_or("", |train| train.namespace.as_str());
    for namespace in spike_namespaces(inputs, name, train, spikes)? {
        if let Some(store) = only(&path(&namespace), spikes)? {
            places.insert(namespace, store);
        }
    }
    Ok(places)
}

/// Namespaces of input spikes that a population has in any of the files: those asked for, or those whose names begin
/// as the configuration says, for they go on with arena and trajectory.
fn spike_namespaces(
    inputs: &Inputs,
    population: &str,
    beginning: &str,
    files: &[Store],
) -> Result<Vec<String>, CollapseError> {
    let mut names = Vec::new();
    for store in files {
        names.extend(store.namespaces(population)?);
    }
    names.sort();
    names.dedup();
    let asked = &inputs.spike_namespaces;
    names.retain(|name| if asked.is_empty() { name.starts_with(beginning) } else { asked.contains(name) });
    Ok(names)
}

/// The one file that has this, if any.
fn only<'a>(at: &str, files: &'a [Store]) -> Result<Option<&'a Store>, CollapseError> {
    let mut found: Option<&Store> = None;
    for store in files.iter().filter(|store| store.has(at)) {
        if let Some(first) = found {
            return Err(CollapseError::Twice {
                at: at.to_owned(),
                first: first.path().to_owned(),
                second: store.path().to_owned(),
            });
        }
        found = Some(store);
    }
    Ok(found)
}

/// Every cell must have a tree.
fn complete(store: &Store, population: &PopulationRange) -> Result<(), CollapseError> {
    let present = store.trees(&population.name, population.gids.start)?.gids();
    match population.gids.clone().find(|gid| present.binary_search(gid).is_err()) {
        None => Ok(()),
        Some(gid) => Err(CollapseError::File(neuroh5::Error {
            path: store.path().to_owned(),
            at: format!("/Populations/{}/Trees", population.name),
            what: format!("gid {gid} has no tree; {} of {} cells have", present.len(), population.gids.len()),
            remedy: "copy trees to all cells: neurotrees_copy --fill".to_owned(),
        })),
    }
}

/// The file with a population's projections, and their sources.
fn sources<'a>(
    config: &Config,
    population: &PopulationRange,
    files: &'a [Store],
) -> Result<Option<(&'a Store, Vec<String>)>, CollapseError> {
    let name = population.name.as_str();
    let at = format!("/Projections/{name}");
    if let Some(store) = only(&at, files)? {
        return Ok(Some((store, store.members(&at)?)));
    }
    if config.connection_generator.synapses.contains_key(name) && !population.gids.is_empty() {
        let remedy = "run generate-distance-connections for it and give the file with --connectivity-path".to_owned();
        return Err(CollapseError::Missing { at, remedy });
    }
    Ok(None)
}
