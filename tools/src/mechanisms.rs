//! From .mod files, directories and libraries to a catalogue.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diag::{FileId, Sources};
use mech_abi::Catalogue;
use nmodl_compiler::backend::{KernelBackend, Strips};
use nmodl_compiler::library::{self, Stored};

use crate::cli::Failure;
use crate::commands::read_text;

/// Files in the order in which NEURON's nrnivmodl takes them: names in byte order, directories in their place.
pub fn find(inputs: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut all = Vec::new();
    for input in inputs {
        if input.is_dir() {
            let before = all.len();
            walk(input, &mut all)?;
            if all.len() == before {
                return Err(Failure::Message(format!(
                    "there is no .mod file in {}; give another directory",
                    input.display()
                )));
            }
        } else if input.is_file() {
            all.push(input.clone());
        } else {
            return Err(Failure::Message(format!("there is no file or directory {}; check the path", input.display())));
        }
    }
    Ok(all)
}

fn walk(directory: &Path, all: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::Message(format!("cannot read {}: {error}; check its permissions", directory.display()))
    };
    let entries = std::fs::read_dir(directory).map_err(failed)?;
    let mut paths =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    paths.sort();
    for path in paths {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden {
            walk(&path, all)?;
        } else if path.extension().is_some_and(|extension| extension == "mod") {
            all.push(path);
        }
    }
    Ok(())
}

/// Reads texts with the files they INCLUDE; one that is not found is reported where it is included.
pub fn read_sources(paths: &[PathBuf], sources: &mut Sources) -> Result<Vec<FileId>, Failure> {
    let search = std::env::var_os("MODL_INCLUDE");
    let search: Vec<PathBuf> = search.iter().flat_map(std::env::split_paths).collect();
    let mut ids = Vec::new();
    for path in paths {
        let id = sources.add(path.display().to_string(), read_text(path, "the mechanism")?);
        nmodl_compiler::add_includes(id, sources, &search, &mut |path| std::fs::read_to_string(path).ok());
        ids.push(id);
    }
    Ok(ids)
}

/// Compiles all files; problems are shown, errors end it.
fn compile(paths: &[PathBuf]) -> Result<Vec<Stored>, Failure> {
    let mut sources = Sources::new();
    let ids = read_sources(paths, &mut sources)?;
    let mut problems = diag::Problems::new();
    let mut stored = Vec::new();
    for id in ids {
        let (one, found) = nmodl_compiler::compile(id, &sources);
        problems.append(found);
        stored.extend(one.map(|one| Stored { layout: one.layout, kernels: one.kernels }));
    }
    if problems.has_errors() {
        crate::commands::show(&problems, &sources);
        return Err(Failure::Told);
    }
    Ok(stored)
}

/// NEURON's own mechanisms.
fn builtin() -> Result<Vec<Stored>, Failure> {
    let mut sources = Sources::new();
    let mut stored = Vec::new();
    for (name, text) in nmodl_compiler::builtin::SOURCES {
        let id = sources.add(*name, *text);
        let (one, problems) = nmodl_compiler::compile(id, &sources);
        match one {
            Some(one) => stored.push(Stored { layout: one.layout, kernels: one.kernels }),
            None => {
                return Err(Failure::Message(format!(
                    "built-in {name}; please report:\n{}",
                    problems.render(&sources, false)
                )));
            }
        }
    }
    Ok(stored)
}

/// Built-in mechanisms, then those given, ready to run.
pub fn catalogue(stored: &[Stored]) -> Result<Catalogue, Failure> {
    let all = builtin()?;
    let mut compiled = Vec::new();
    for one in all.iter().chain(stored) {
        compiled.push(Strips.compile(Arc::new(one.layout.clone()), &one.kernels)?);
    }
    Ok(Catalogue::new(compiled)?)
}

/// The catalogue of a library file, or of a directory or file compiled in memory.
pub fn load(path: &Path) -> Result<Catalogue, Failure> {
    if path.is_file() {
        let bytes = std::fs::read(path).map_err(|error| {
            Failure::Message(format!("cannot read {}: {error}; check its permissions", path.display()))
        })?;
        if path.extension().is_none_or(|extension| extension != "mod") {
            let stored =
                library::read(&bytes).map_err(|error| Failure::Message(format!("{}: {error}", path.display())))?;
            return catalogue(&stored);
        }
    }
    catalogue(&compile(&find(&[path.to_owned()])?)?)
}
