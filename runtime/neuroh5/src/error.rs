//! What can be wrong with a file.

use std::path::PathBuf;

/// A file, or a place in it, that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {what}; {remedy}", path.display(), place(at))]
pub struct Error {
    /// File.
    pub path: PathBuf,
    /// Path inside the file; empty for the file itself.
    pub at: String,
    /// What was found.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

fn place(at: &str) -> String {
    if at.is_empty() { String::new() } else { format!(" at {at}") }
}
