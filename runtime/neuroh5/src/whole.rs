//! Files that are complete or not there: a file is written beside its place and takes it when it is done.
//!
//! Whatever stops a writer, what stood at the place before still stands there whole.

use std::path::{Path, PathBuf};

use crate::{Error, Store};

/// Makes a file anew. `target` holds its old content, or nothing, until everything is written.
pub fn write_whole<T, E: From<Error>>(target: &Path, write: impl FnOnce(&Store) -> Result<T, E>) -> Result<T, E> {
    let partial = beside(target);
    begin(&partial, target, Store::create(&partial), write)
}

/// Adds to a file that may exist already; on failure it stays as it was.
pub fn append_whole<T, E: From<Error>>(target: &Path, write: impl FnOnce(&Store) -> Result<T, E>) -> Result<T, E> {
    if !target.exists() {
        return write_whole(target, write);
    }
    // A damaged file, or one of another kind, is not continued.
    drop(Store::open(target)?);
    let partial = beside(target);
    let copied = std::fs::copy(target, &partial).map(drop).map_err(|error| unwritten(target, &error));
    let store = copied.and_then(|()| Store::append(&partial));
    begin(&partial, target, store, write)
}

fn begin<T, E: From<Error>>(
    partial: &Path,
    target: &Path,
    store: Result<Store, Error>,
    write: impl FnOnce(&Store) -> Result<T, E>,
) -> Result<T, E> {
    let named = |error: Error| Error { path: target.to_owned(), ..error };
    let written = store.map_err(|error| E::from(named(error))).and_then(|store| {
        // Messages name the file that the user asked for.
        let store = Store { path: target.to_owned(), ..store };
        let value = write(&store)?;
        store.flush()?;
        Ok(value)
    });
    let done = written.and_then(|value| match std::fs::rename(partial, target) {
        Ok(()) => Ok(value),
        Err(error) => Err(E::from(unwritten(target, &error))),
    });
    if done.is_err() {
        // What could not be completed is of no use; if nothing was begun there is nothing to remove.
        let _ = std::fs::remove_file(partial);
    }
    done
}

fn beside(target: &Path) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

fn unwritten(target: &Path, error: &std::io::Error) -> Error {
    Error {
        path: target.to_owned(),
        at: String::new(),
        what: format!("cannot be written ({error})"),
        remedy: "check that the directory exists, can be written to and has room".to_owned(),
    }
}
