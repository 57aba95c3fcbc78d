//! The results file of run-network.
//!
//! It is written under a name of its own and renamed after each whole portion: what stands under the final name is
//! always complete to its last checkpoint.

use std::path::{Path, PathBuf};

use crate::{Error, Store};

fn field_path(label: &str) -> String {
    format!("/Local Field Potential {label}")
}

/// A results file under construction.
#[derive(Debug)]
pub struct ResultsFile {
    target: PathBuf,
    partial: PathBuf,
}

impl ResultsFile {
    /// Begins a results file beside `target`; an existing file is continued, as the original does.
    pub fn begin(target: &Path, cells: &Store) -> Result<ResultsFile, Error> {
        let mut partial = target.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let results = ResultsFile { target: target.to_owned(), partial };
        if target.exists() {
            // A damaged file must not be continued.
            let remedy = "results of another run cannot be added to it: move it away, or write elsewhere".to_owned();
            Store::open(target).map_err(|error| Error { remedy, ..error })?;
            results.copy(target, &results.partial)?;
        } else {
            let store = Store::create(&results.partial)?;
            store.copy_types(cells)?;
            store.flush()?;
        }
        Ok(results)
    }

    fn copy(&self, from: &Path, to: &Path) -> Result<(), Error> {
        std::fs::copy(from, to).map(drop).map_err(|error| self.error(error))
    }

    fn error(&self, error: std::io::Error) -> Error {
        Error {
            path: self.target.clone(),
            at: String::new(),
            what: format!("cannot be written ({error})"),
            remedy: "check that the directory can be written to and has room".to_owned(),
        }
    }

    /// Writes a portion; afterwards the file under the final name holds all portions so far.
    pub fn write(&self, portion: impl FnOnce(&Store) -> Result<(), Error>) -> Result<(), Error> {
        let store = Store::append(&self.partial)?;
        portion(&store)?;
        store.flush()?;
        drop(store);
        let mut ready = self.target.as_os_str().to_owned();
        ready.push(".ready");
        let ready = PathBuf::from(ready);
        self.copy(&self.partial, &ready)?;
        std::fs::rename(&ready, &self.target).map_err(|error| self.error(error))
    }

    /// Path of the complete file.
    pub fn path(&self) -> &Path {
        &self.target
    }
}

impl Drop for ResultsFile {
    fn drop(&mut self) {
        // Best effort: the partial file is of no use to anyone.
        let _ = std::fs::remove_file(&self.partial);
    }
}

impl Store {
    /// Writes `/Local Field Potential <label>`: times (ms) and potentials (mV), whole. There must be none yet.
    pub fn write_field(&self, label: &str, times: &[f32], values: &[f32]) -> Result<(), Error> {
        let at = field_path(label);
        let group = self.make_group(&at)?;
        for (name, values) in [("t", times), ("v", values)] {
            let dataset = group.new_dataset::<f32>().shape(values.len()).create(name);
            let written = dataset.and_then(|dataset| dataset.write_raw(values));
            written.map_err(|error| self.unwritten(&format!("{at}/{name}"), &error))?;
        }
        Ok(())
    }

    /// Times and potentials of an electrode.
    pub fn field(&self, label: &str) -> Result<(Vec<f32>, Vec<f32>), Error> {
        let at = field_path(label);
        Ok((self.read(&format!("{at}/t"))?, self.read(&format!("{at}/v"))?))
    }

    /// Whether the file has potentials of an electrode.
    pub fn has_field(&self, label: &str) -> bool {
        self.has(&field_path(label))
    }

    /// Copies `/H5Types` whole, committed types included.
    pub fn copy_types(&self, from: &Store) -> Result<(), Error> {
        self.copy_object(from, "/H5Types", "/H5Types")
    }
}
