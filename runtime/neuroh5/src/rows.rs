//! Cell attributes read some cells at a time, in the order of the file.

use std::ops::Range;

use crate::attributes::namespace_path;
use crate::{Error, Numbers, Store};

/// The index of one attribute; values are read as they are asked for.
#[derive(Debug)]
pub struct AttributeRows<'a> {
    store: &'a Store,
    at: String,
    rows: Vec<(u32, Range<usize>)>,
}

impl Store {
    /// Reads the index of one attribute of a population whose first gid is `start`.
    pub fn attribute_rows(
        &self,
        population: &str,
        namespace: &str,
        attribute: &str,
        start: u32,
    ) -> Result<AttributeRows<'_>, Error> {
        self.require_namespace(population, namespace)?;
        let at = format!("{}/{attribute}", namespace_path(population, namespace));
        if !self.has(&at) {
            let known = list(self.attribute_names(population, namespace)?);
            let remedy = format!("check that the file is of the right kind (attributes there: {known})");
            return Err(self.error(&at, "there is no such attribute", &remedy));
        }
        let remedy = "the file is damaged: make it again";
        let index: Vec<u32> = self.read(&format!("{at}/Cell Index"))?;
        let pointer: Vec<u64> = self.read(&format!("{at}/Attribute Pointer"))?;
        let size = self.dataset(&format!("{at}/Attribute Value"))?.size();
        if pointer.len() != index.len() + 1 && !(index.is_empty() && pointer.is_empty()) {
            let found = format!("{} pointers for {} cells", pointer.len(), index.len());
            return Err(self.error(&format!("{at}/Attribute Pointer"), found, remedy));
        }
        let mut rows = Vec::with_capacity(index.len());
        for (cell, ends) in index.iter().zip(pointer.windows(2)) {
            let (from, to) = (ends[0], ends[1]);
            if from > to || to > size as u64 {
                let found = format!("cell {cell} has values {from}..{to} of {size}");
                return Err(self.error(&format!("{at}/Attribute Pointer"), found, remedy));
            }
            let gid = start.checked_add(*cell).ok_or_else(|| self.error(&at, "a cell index beyond 32 bits", remedy))?;
            rows.push((gid, from as usize..to as usize));
        }
        Ok(AttributeRows { store: self, at, rows })
    }

    /// An error that says what there is instead, if the file has no such population or the population no such namespace.
    pub fn require_namespace(&self, population: &str, namespace: &str) -> Result<(), Error> {
        let group = format!("/Populations/{population}");
        if !self.has(&group) {
            let remedy = format!("check its name (populations there: {})", list(self.populations()?));
            return Err(self.error(&group, "there is no such population", &remedy));
        }
        let at = namespace_path(population, namespace);
        if !self.has(&at) {
            let remedy = format!("check its name (namespaces there: {})", list(self.namespaces(population)?));
            return Err(self.error(&at, "there is no such namespace", &remedy));
        }
        Ok(())
    }
}

fn list(names: Vec<String>) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

impl AttributeRows<'_> {
    /// gid of each row and its range of values, in the order of the file.
    pub fn rows(&self) -> &[(u32, Range<usize>)] {
        &self.rows
    }

    /// Values of row `row` in the type of the file.
    pub fn values(&self, row: usize) -> Result<Numbers, Error> {
        self.store.read_numbers(&format!("{}/Attribute Value", self.at), self.rows[row].1.clone())
    }

    /// Its path in the file.
    pub fn path(&self) -> &str {
        &self.at
    }
}
