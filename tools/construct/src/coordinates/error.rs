//! What can go wrong while somata are placed.

use std::path::PathBuf;

/// Why no somata were placed.
#[derive(Debug, thiserror::Error)]
pub enum CoordinatesError {
    /// A file that is not as it must be.
    #[error(transparent)]
    File(#[from] neuroh5::Error),
    /// `Geometry` is missing or not of its form; the text has the remedy.
    #[error("{0}")]
    Geometry(String),
    /// A value in the configuration.
    #[error("configuration, {key}: {what}; {remedy}")]
    Config {
        /// Keys from the top of the configuration.
        key: String,
        /// What was found.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// A population that the types do not know.
    #[error(
        "population {name} is not in /H5Types of {}; correct -i (populations there: {})",
        path.display(),
        known.join(", ")
    )]
    Population {
        /// Its name.
        name: String,
        /// File of the types.
        path: PathBuf,
        /// Populations of the types.
        known: Vec<String>,
    },
    /// A population that is asked for and has no cells.
    #[error("population {0} has no cells (all counts in `Geometry: Cell Distribution` are 0); leave it out of -i")]
    NoCells(String),
    /// No population has cells.
    #[error("no population has cells: there is nothing to place; give counts in `Geometry: Cell Distribution`")]
    Nothing,
    /// The types have another number of cells than the configuration.
    #[error(
        "population {name} has {in_types} cells in /H5Types of {} and {in_config} in `Geometry: Cell Distribution`; \
         make the types again with make-h5types",
        path.display()
    )]
    Count {
        /// Population.
        name: String,
        /// File of the types.
        path: PathBuf,
        /// Number of gids in the types.
        in_types: usize,
        /// Sum of the counts of its layers.
        in_config: u64,
    },
    /// A layer that a Python function fills.
    #[error(
        "population {population}, layer {layer}: a layer whose name begins with @ is filled by a Python function, \
         which mivc cannot call; rename the layer to have its cells spread evenly, or place {population} with \
         MiV-Simulator's generate-soma-coordinates and the others with -i"
    )]
    Callback {
        /// Population.
        population: String,
        /// Layer.
        layer: String,
    },
    /// A layer that is too small for its cells.
    #[error(
        "population {population}, layer {layer}: {cells} cells do not fit into {volume} um3 (1 um3 each at least); \
         reduce `Geometry: Cell Distribution` or enlarge the layer or its constraint"
    )]
    NoRoom {
        /// Population.
        population: String,
        /// Layer.
        layer: String,
        /// Cells of the population in the layer.
        cells: u32,
        /// Volume of the part of the layer that the population may use, um3.
        volume: f64,
    },
    /// A number that was asked for and is out of range.
    #[error("{what}; {remedy}")]
    Request {
        /// What was asked for.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// Data that are there already.
    #[error("{} has {what} already; remove the file to make it again, or give another {option}", path.display())]
    Present {
        /// File.
        path: PathBuf,
        /// What it has.
        what: String,
        /// Option that avoids it.
        option: &'static str,
    },
}

impl CoordinatesError {
    pub(super) fn config(key: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        CoordinatesError::Config { key: key.into(), what: what.into(), remedy: remedy.into() }
    }
}
