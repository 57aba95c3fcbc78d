//! What was made from what: the file `build.json` beside the data, with a key for each target (a hash of its commands
//! and of everything they read) and the hashes of its files.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use blake3::Hasher;
use serde::{Deserialize, Serialize};

use super::meter::Cost;
use super::targets::Target;
use crate::cli::Failure;
use crate::commands::write_whole;

/// A file as it was when it was complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    hash: String,
    /// Bytes; another length needs no hash to be seen.
    length: u64,
}

/// A target as it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// Hash of what it was made from.
    pub key: String,
    /// What it cost.
    pub cost: Cost,
    /// Its files by path.
    pub files: BTreeMap<PathBuf, Finished>,
}

/// All targets that were made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    targets: BTreeMap<String, Made>,
}

const NAME: &str = "build.json";

impl State {
    /// What is known of a directory; nothing if its file is missing or damaged: then all is made anew.
    pub fn read(directory: &Path) -> State {
        let text = std::fs::read_to_string(directory.join(NAME)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Writes it, whole or not at all.
    pub fn write(&self, directory: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self)?;
        write_whole(&directory.join(NAME), text.as_bytes())
    }

    /// Whether a target was made with this key and its files are what they were.
    pub fn up_to_date(&self, target: &Target, key: &str) -> bool {
        let Some(made) = self.targets.get(&target.name()) else { return false };
        made.key == key
            && target.outputs.iter().all(|path| {
                let same = |known: &Finished| finished_file(path).is_ok_and(|now| now == *known);
                made.files.get(path).is_some_and(same)
            })
    }

    /// What a target cost when it was made.
    pub fn cost(&self, target: &Target) -> Option<Cost> {
        self.targets.get(&target.name()).map(|made| made.cost)
    }

    /// A target was made.
    pub fn remember(&mut self, target: &Target, made: Made) {
        self.targets.insert(target.name(), made);
    }

    /// A target will be made anew.
    pub fn forget(&mut self, target: &Target) {
        self.targets.remove(&target.name());
    }

    /// Hash of a file that a target made.
    fn hash_of(&self, path: &Path) -> Option<&str> {
        self.targets.values().find_map(|made| made.files.get(path)).map(|file| file.hash.as_str())
    }
}

/// One build at a time in a directory.
pub fn lock(directory: &Path) -> Result<File, Failure> {
    let path = directory.join("build.lock");
    let file =
        File::create(&path).map_err(|error| Failure::Message(format!("cannot write {}: {error}", path.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => Err(Failure::Message(format!(
            "another `mivc build` is at work in {}; wait for it to end",
            directory.display()
        ))),
    }
}

/// The texts of a configuration, as one hash.
pub fn settings(sources: &diag::Sources) -> String {
    let mut hasher = Hasher::new();
    for file in sources.files() {
        part(&mut hasher, file.text.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// Hash of all that a target is made from: this version, its commands, the configuration and its inputs.
pub fn key(target: &Target, settings: &str, state: &State) -> Result<String, Failure> {
    let mut hasher = Hasher::new();
    part(&mut hasher, env!("CARGO_PKG_VERSION").as_bytes());
    part(&mut hasher, settings.as_bytes());
    for action in &target.actions {
        part(&mut hasher, action.to_string().as_bytes());
    }
    for path in &target.inputs {
        for file in files(path)? {
            part(&mut hasher, file.to_string_lossy().as_bytes());
            match state.hash_of(&file) {
                Some(hash) => part(&mut hasher, hash.as_bytes()),
                None => part(&mut hasher, finished_file(&file)?.hash.as_bytes()),
            }
        }
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// One part of a hash, so that no two lists of parts are alike.
fn part(hasher: &mut Hasher, bytes: &[u8]) {
    hasher.update(&(bytes.len() as u64).to_le_bytes());
    hasher.update(bytes);
}

/// A file, or all files below a directory in order of their names. What a target of this build will make need not be
/// there yet.
fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(if path.exists() { vec![path.to_owned()] } else { Vec::new() });
    }
    let unreadable =
        |error: std::io::Error| Failure::Message(format!("cannot read the directory {}: {error}", path.display()));
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        entries.push(entry.map_err(unreadable)?.path());
    }
    entries.sort();
    let mut all = Vec::new();
    for entry in entries {
        all.extend(files(&entry)?);
    }
    Ok(all)
}

/// The files of a target that was just made.
pub fn finished(target: &Target) -> Result<BTreeMap<PathBuf, Finished>, Failure> {
    target.outputs.iter().map(|path| Ok((path.clone(), finished_file(path)?))).collect()
}

fn finished_file(path: &Path) -> Result<Finished, Failure> {
    let unreadable = |error: std::io::Error| Failure::Message(format!("cannot read {}: {error}", path.display()));
    let mut file = File::open(path).map_err(unreadable)?;
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; 1 << 20];
    let mut length = 0;
    loop {
        let n = file.read(&mut buffer).map_err(unreadable)?;
        if n == 0 {
            break;
        }
        hasher.update(&buffer[..n]);
        length += n as u64;
    }
    Ok(Finished { hash: hasher.finalize().to_hex().to_string(), length })
}
