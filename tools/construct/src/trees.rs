//! Trees of cells: import of SWC morphologies, copies for all cells of a population, selections.

mod copy;
mod import;
mod sections;
mod select;

use std::path::PathBuf;

use diag::Problems;
use neuroh5::Store;

pub use copy::{CopyOptions, copy};
pub use import::{ImportFile, import, tree};
pub use sections::{Classes, Sections, split};
pub use select::{SelectOptions, Selected, select};

/// Why there are no trees.
#[derive(Debug, thiserror::Error)]
pub enum TreesError {
    /// A morphology is not as it must be; the problems show where.
    #[error("the morphology cannot be imported")]
    Text(Problems),
    /// A morphology cannot be read.
    #[error("cannot read the morphology {}: {error}; check the path and its permissions", path.display())]
    Unreadable {
        /// File.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A NeuroH5 file is not as it must be, or cannot be written.
    #[error(transparent)]
    File(#[from] neuroh5::Error),
}

impl From<Problems> for TreesError {
    fn from(problems: Problems) -> TreesError {
        TreesError::Text(problems)
    }
}

/// A problem of a place in a file.
fn wrong(store: &Store, at: &str, what: String, remedy: &str) -> TreesError {
    TreesError::File(neuroh5::Error {
        path: store.path().to_owned(),
        at: at.to_owned(),
        what,
        remedy: remedy.to_owned(),
    })
}

/// Group of a population's trees.
fn trees_path(population: &str) -> String {
    format!("/Populations/{population}/Trees")
}

/// Appending a second tree for a cell would join the two: readers add up what they find.
fn refuse_double(store: &Store, population: &str, start: u32, gids: &[u32]) -> Result<(), TreesError> {
    if !store.has_trees(population) {
        return Ok(());
    }
    let present: std::collections::BTreeSet<u32> = store.trees(population, start)?.gids().into_iter().collect();
    match gids.iter().find(|gid| present.contains(gid)) {
        None => Ok(()),
        Some(gid) => {
            let what = format!("gid {gid} of {population} has a tree already");
            let remedy = "a second one would be joined to it: remove the file first, or write to another";
            Err(wrong(store, &trees_path(population), what, remedy))
        }
    }
}
