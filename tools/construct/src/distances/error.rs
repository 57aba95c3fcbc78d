//! What can go wrong while distances are measured.

use std::path::PathBuf;

/// Why no distances were measured.
#[derive(Debug, thiserror::Error)]
pub enum DistanceError {
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
    /// A population that the file does not have, has no cells of, or has measured already.
    #[error("{}: population {name} {what}; {remedy}", path.display())]
    Population {
        /// File.
        path: PathBuf,
        /// Its name.
        name: String,
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// A soma without a place in the tissue.
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
}
