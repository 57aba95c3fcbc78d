//! What can go wrong while input is made.

use std::path::PathBuf;

use model::numpy::Invalid;

/// Why no input was made.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// A file that is not as it must be.
    #[error(transparent)]
    File(#[from] neuroh5::Error),
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
    #[error("population {name} is not in {place}; {remedy}")]
    Population {
        /// Its name.
        name: String,
        /// Where it is missing.
        place: String,
        /// What to do.
        remedy: String,
    },
    /// A cell whose features are not as they must be.
    #[error("{}: cell {gid} of {population} {what}; {remedy}", path.display())]
    Cell {
        /// File.
        path: PathBuf,
        /// Population.
        population: String,
        /// Cell.
        gid: u32,
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// numpy's generator refuses a seed.
    #[error("cell {gid} of {population}: {invalid}; correct `Random Seeds: {seed}`")]
    Random {
        /// Population of the cell.
        population: String,
        /// Cell.
        gid: u32,
        /// What is refused.
        invalid: Invalid,
        /// Name of the seed.
        seed: &'static str,
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
    #[error("{} has {what} already; remove the file to make it again, or give another --output-path", path.display())]
    Present {
        /// File.
        path: PathBuf,
        /// What it has.
        what: String,
    },
}

impl InputError {
    pub(super) fn config(key: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) -> InputError {
        InputError::Config { key: key.into(), what: what.into(), remedy: remedy.into() }
    }
}
