//! The mechanism library: compiled mechanisms in one portable file.
//!
//! A header line (what it is, version of the form, number of mechanisms, version of the compiler), then one JSON
//! object a mechanism: its layout, the text of its optimised kernels, and a fingerprint of both. The file holds no
//! machine code: it is the same on every machine, and the same sources give the same bytes. Kernels are read back,
//! validated, and compiled when the library is loaded.

use mech_abi::MechanismLayout;
use serde::{Deserialize, Serialize};

use crate::kir::{self, Kernel};

/// First words of every library.
const MAGIC: &str = "mivc mechanism library";
/// Version of the form; a reader takes only its own.
const VERSION: u32 = 2;

/// A file that is not a library this version reads.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// Not a library at all.
    #[error("this is not a mechanism library; make one with `mivc compile DIR -o FILE`")]
    NotALibrary,
    /// Of a version that this reader does not know.
    #[error(
        "this mechanism library has version {found} (of mivc {compiler}), this mivc reads version {VERSION}; compile the mechanisms again"
    )]
    Version {
        /// Version of the file.
        found: String,
        /// Version of the compiler that wrote it.
        compiler: String,
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
    fingerprint: String,
}

/// A mechanism as the library holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Its variables.
    pub layout: MechanismLayout,
    /// Its kernels, in the order of `layout.kernels`.
    pub kernels: Vec<Kernel>,
}

impl Stored {
    /// BLAKE3 of layout and kernels, in hexadecimal: the same for the same mechanism on every machine.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.layout, &self.texts())
    }

    fn texts(&self) -> Vec<String> {
        self.kernels.iter().map(|kernel| kir::print(kernel, &self.layout)).collect()
    }
}

fn fingerprint(layout: &MechanismLayout, kernels: &[String]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(json(layout).as_bytes());
    for kernel in kernels {
        hasher.update(&(kernel.len() as u64).to_le_bytes());
        hasher.update(kernel.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// Plain data with names for keys has always a JSON form.
fn json(data: &impl Serialize) -> String {
    serde_json::to_string(data).unwrap_or_default()
}

/// The bytes of a library. Kernels must be valid, and numbered as [`crate::opt::run`] leaves them to come back equal.
pub fn write(mechanisms: &[Stored]) -> Vec<u8> {
    let compiler = env!("CARGO_PKG_VERSION");
    let mut out = format!("{MAGIC} {VERSION} {} {compiler}\n", mechanisms.len());
    for one in mechanisms {
        let kernels = one.texts();
        let fingerprint = fingerprint(&one.layout, &kernels);
        out.push_str(&json(&Entry { layout: one.layout.clone(), kernels, fingerprint }));
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
    let body = bytes.strip_prefix(MAGIC.as_bytes()).ok_or(LibraryError::NotALibrary)?;
    let mut lines = body.split_inclusive(|byte| *byte == b'\n');
    let header = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let mut words = header.split_whitespace();
    let (version, count) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if version != VERSION.to_string() {
        let compiler = words.next().unwrap_or("unknown").to_owned();
        return Err(LibraryError::Version { found: version.to_owned(), compiler });
    }
    let damaged = |why: &str| LibraryError::Damaged { mechanism: "header".to_owned(), why: why.to_owned() };
    if !header.ends_with('\n') {
        return Err(damaged("it ends early"));
    }
    let expected: usize = count.parse().map_err(|_| damaged("the number of mechanisms is missing"))?;
    let mut all = Vec::new();
    while all.len() < expected {
        let found = all.len();
        let line = lines.next().filter(|line| line.ends_with(b"\n"));
        let line = line.ok_or(LibraryError::Truncated { found, expected })?;
        all.push(entry(line, found + 1)?);
    }
    if lines.next().is_some() {
        return Err(damaged("there is more than the announced mechanisms"));
    }
    Ok(all)
}

fn entry(line: &[u8], number: usize) -> Result<Stored, LibraryError> {
    let damaged = |mechanism: String, why: String| LibraryError::Damaged { mechanism, why };
    let entry: Entry = serde_json::from_slice(line).map_err(|error| damaged(number.to_string(), error.to_string()))?;
    let layout = entry.layout;
    let name = layout.name.clone();
    if fingerprint(&layout, &entry.kernels) != entry.fingerprint {
        return Err(damaged(name, "its fingerprint does not match".to_owned()));
    }
    let mut kernels = Vec::new();
    for text in &entry.kernels {
        let kernel = kir::read(text, &layout).map_err(|error| damaged(name.clone(), error.to_string()))?;
        kir::validate(&kernel, &layout).map_err(|error| damaged(name.clone(), error.to_string()))?;
        kernels.push(kernel);
    }
    if kernels.iter().map(|kernel| kernel.kind).ne(layout.kernels.iter().copied()) {
        return Err(damaged(name, "its kernels are not those of its layout".to_owned()));
    }
    Ok(Stored { layout, kernels })
}

#[cfg(test)]
mod tests;
