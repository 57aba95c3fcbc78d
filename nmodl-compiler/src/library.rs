//! The mechanism library: compiled mechanisms in one portable file.
//!
//! A header line, then one JSON object a mechanism: its layout, the text of its optimised kernels, and a hash of both.
//! The file holds no machine code: it is the same on every machine, and the same sources give the same bytes. Kernels
//! are read back, validated, and compiled when the library is loaded.

use mech_abi::MechanismLayout;
use serde::{Deserialize, Serialize};

use crate::kir::{self, Kernel};

/// First words of every library.
const MAGIC: &str = "mivc mechanism library";
/// Version of the form; a reader takes only its own.
const VERSION: u32 = 1;

/// A file that is not a library this version reads.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// Not a library at all.
    #[error("this is not a mechanism library; make one with `mivc compile DIR -o FILE`")]
    NotALibrary,
    /// Of another version.
    #[error("this mechanism library has version {found}, this mivc reads version {VERSION}; compile the mechanisms again")]
    Version {
        /// Version of the file.
        found: String,
    },
    /// Ends early.
    #[error("this mechanism library ends after {found} of {expected} mechanisms; compile the mechanisms again")]
    Truncated {
        /// Mechanisms found.
        found: usize,
        /// Mechanisms announced.
        expected: usize,
    },
    /// Damaged.
    #[error("this mechanism library is damaged at mechanism {mechanism} ({why}); compile the mechanisms again")]
    Damaged {
        /// Position or name.
        mechanism: String,
        /// What is wrong.
        why: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Entry {
    layout: MechanismLayout,
    kernels: Vec<String>,
    hash: String,
}

/// A mechanism as the library holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Its variables.
    pub layout: MechanismLayout,
    /// Its kernels, in the order of `layout.kernels`.
    pub kernels: Vec<Kernel>,
}

fn hash(layout: &MechanismLayout, kernels: &[String]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(serde_json::to_string(layout).unwrap_or_default().as_bytes());
    for kernel in kernels {
        hasher.update(kernel.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// The bytes of a library.
pub fn write(mechanisms: &[Stored]) -> Vec<u8> {
    let mut out = format!("{MAGIC} {VERSION} {}\n", mechanisms.len());
    for one in mechanisms {
        let kernels: Vec<String> = one.kernels.iter().map(|kernel| kir::print(kernel, &one.layout)).collect();
        let hash = hash(&one.layout, &kernels);
        let entry = Entry { layout: one.layout.clone(), kernels, hash };
        out.push_str(&serde_json::to_string(&entry).unwrap_or_default());
        out.push('\n');
    }
    out.into_bytes()
}

/// Whether a file begins as a library does.
pub fn is_library(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC.as_bytes())
}

/// Reads and validates a library.
pub fn read(bytes: &[u8]) -> Result<Vec<Stored>, LibraryError> {
    let text = std::str::from_utf8(bytes).map_err(|_| LibraryError::NotALibrary)?;
    let (header, rest) = text.split_once('\n').ok_or(LibraryError::NotALibrary)?;
    let header = header.strip_prefix(MAGIC).ok_or(LibraryError::NotALibrary)?;
    let mut words = header.split_whitespace();
    let version = words.next().unwrap_or("");
    if version != VERSION.to_string() {
        return Err(LibraryError::Version { found: version.to_owned() });
    }
    let expected: usize = words.next().and_then(|word| word.parse().ok()).ok_or(LibraryError::NotALibrary)?;
    let mut all = Vec::new();
    let mut lines = rest.split_inclusive('\n');
    while all.len() < expected {
        let found = all.len();
        let line = lines.next().filter(|line| line.ends_with('\n'));
        let line = line.ok_or(LibraryError::Truncated { found, expected })?;
        all.push(entry(line, found + 1)?);
    }
    Ok(all)
}

fn entry(line: &str, number: usize) -> Result<Stored, LibraryError> {
    let damaged = |mechanism: String, why: String| LibraryError::Damaged { mechanism, why };
    let entry: Entry =
        serde_json::from_str(line).map_err(|error| damaged(number.to_string(), error.to_string()))?;
    let layout = entry.layout;
    let name = layout.name.clone();
    if hash(&layout, &entry.kernels) != entry.hash {
        return Err(damaged(name, "its hash does not match".to_owned()));
    }
    let mut kernels = Vec::new();
    for text in &entry.kernels {
        let kernel = kir::read(text, &layout).map_err(|error| damaged(name.clone(), error.to_string()))?;
        kir::validate(&kernel, &layout).map_err(|error| damaged(name.clone(), error.to_string()))?;
        kernels.push(kernel);
    }
    Ok(Stored { layout, kernels })
}
