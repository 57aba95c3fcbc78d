//! generate-input-features and generate-input-spike-trains: what the input cells respond to, and when they fire.
//!
//! Input cells have a selectivity; the one kind there is, `constant`, fires at its peak rate wherever the animal is.
//! Spike trains are drawn along each trajectory of an arena.

mod error;
mod features;
mod rate;
mod spike_trains;
mod trajectory;

use std::path::Path;

use model::config::Config;
use neuroh5::{Chunks, PopulationRange, Store, Types};
use serde_json::Value;

pub use error::InputError;
pub use features::{FeatureRequest, generate_features};
pub use spike_trains::{SpikeTrainRequest, generate_spike_trains};

/// How cells are read and written.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Cells in a block of the order of work.
    pub cache_size: usize,
    /// Cells in a portion of the file; 0 is all.
    pub write_size: usize,
    /// Elements in a chunk of the datasets.
    pub chunks: Chunks,
    /// At most so many cells of each population.
    pub limit: Option<usize>,
}

/// What was made for one population.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Population.
    pub population: String,
    /// Namespace in the file.
    pub namespace: String,
    /// Number of cells.
    pub cells: usize,
    /// Number of spikes of all trials; none for features.
    pub spikes: usize,
}

/// A section of `Stimulus`.
fn section<'a>(config: &'a Config, name: &str, example: &str) -> Result<&'a Value, InputError> {
    let missing = || InputError::config("Stimulus", format!("there is no `{name}`"), format!("add `{example}`"));
    config.stimulus.other.get(name).ok_or_else(missing)
}

/// The arena of a name.
fn arena<'a>(config: &'a Config, name: &str) -> Result<&'a Value, InputError> {
    let arenas = section(config, "Arena", "Arena: {A: …}")?;
    arenas.get(name).ok_or_else(|| {
        let known = keys(arenas);
        InputError::config(
            "Stimulus: Arena",
            format!("there is no arena {name}"),
            format!("--arena-id is one of {known}"),
        )
    })
}

fn keys(table: &Value) -> String {
    let names: Vec<&str> = table.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn range<'a>(types: &'a Types, name: &str, file: &Path) -> Result<&'a PopulationRange, InputError> {
    types.population(name).ok_or_else(|| {
        let known: Vec<&str> = types.populations.iter().map(|one| one.name.as_str()).collect();
        InputError::Population {
            name: name.to_owned(),
            place: format!("/H5Types of {}", file.display()),
            remedy: format!("correct -p (populations there: {})", known.join(", ")),
        }
    })
}

/// A file that exists can be added to if it is of the same model and has no such data.
fn check_output(output: &Path, types: &Types, made: &[(String, String)]) -> Result<(), InputError> {
    if !output.exists() {
        return Ok(());
    }
    let store = Store::open(output)?;
    let present = |what: String| InputError::Present { path: output.to_owned(), what };
    if store.has("/H5Types") && store.types()?.populations != types.populations {
        return Err(present("population types of another model".to_owned()));
    }
    match made.iter().find(|(population, namespace)| store.has(&format!("/Populations/{population}/{namespace}"))) {
        Some((population, namespace)) => Err(present(format!("`{namespace}` of {population}"))),
        None => Ok(()),
    }
}
