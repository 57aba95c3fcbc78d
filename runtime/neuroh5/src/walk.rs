//! What is in a file, whatever it is: groups, datasets, their numbers, and copies of them.

use std::ffi::CString;
use std::os::raw::c_int;

use hdf5::{Group, LocationType};

use crate::store::Numbers;
use crate::{Error, Store};

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A group.
    Group,
    /// A dataset.
    Dataset,
    /// A committed type.
    Type,
}

impl Store {
    /// Everything below a group, with its path, in the order of names.
    pub fn walk(&self, at: &str) -> Result<Vec<(String, Kind)>, Error> {
        let mut out = Vec::new();
        self.walk_into(at, &mut out)?;
        Ok(out)
    }

    fn walk_into(&self, at: &str, out: &mut Vec<(String, Kind)>) -> Result<(), Error> {
        let group = self.file.group(at).map_err(|error| self.damaged(at, &error))?;
        for name in group.member_names().map_err(|error| self.damaged(at, &error))? {
            let path = format!("{}/{name}", at.trim_end_matches('/'));
            let kind = group.loc_type_by_name(&name).map_err(|error| self.damaged(&path, &error))?;
            let kind = match kind {
                LocationType::Group => Kind::Group,
                LocationType::Dataset => Kind::Dataset,
                LocationType::NamedDatatype => Kind::Type,
            };
            out.push((path.clone(), kind));
            if kind == Kind::Group {
                self.walk_into(&path, out)?;
            }
        }
        Ok(())
    }

    /// All elements of a dataset in their own type, whatever its shape.
    pub fn numbers(&self, at: &str) -> Result<Numbers, Error> {
        let dataset = self.dataset(at)?;
        if dataset.ndim() != 1 {
            let found = format!("a dataset of {} dimensions", dataset.ndim());
            return Err(self.error(at, found, "NeuroH5 data have one: make the file again"));
        }
        self.read_numbers(at, 0..dataset.size())
    }

    /// HDF5 attributes of a group that hold one number each, by name.
    pub fn group_attributes(&self, at: &str) -> Result<Vec<(String, f64)>, Error> {
        let fail = |error: hdf5::Error| self.damaged(at, &error);
        let group = self.file.group(at).map_err(fail)?;
        let mut out = Vec::new();
        for name in group.attr_names().map_err(fail)? {
            let value = group.attr(&name).and_then(|attribute| attribute.read_scalar::<f64>()).map_err(fail)?;
            out.push((name, value));
        }
        Ok(out)
    }

    /// Sets an HDF5 attribute of a group, made if need be: one float64.
    pub fn set_group_attribute(&self, at: &str, name: &str, value: f64) -> Result<(), Error> {
        let group: Group = self.make_group(at)?;
        let fail = |error: hdf5::Error| self.unwritten(at, &error);
        let known = group.attr_names().map_err(fail)?.iter().any(|one| one == name);
        let attribute = if known { group.attr(name) } else { group.new_attr::<f64>().create(name) };
        attribute.and_then(|attribute| attribute.write_scalar(&value)).map_err(fail)
    }

    /// Copies an object with all that is in it; links that share an object inside it still share it. There must be
    /// nothing at `to` yet.
    pub fn copy_object(&self, from: &Store, path: &str, to: &str) -> Result<(), Error> {
        if !from.has(path) {
            return Err(from.error(
                path,
                "there is no such object",
                "check that the file is the right one and complete",
            ));
        }
        if self.has(to) {
            return Err(self.error(to, "there is such an object already", "write to a new file"));
        }
        self.check_room(from, path)?;
        let parent = to.rsplit_once('/').map_or("", |(parent, _)| parent);
        self.make_group(parent)?;
        let name = |text: &str| {
            CString::new(text).map_err(|_| self.error(text, "a name with a zero byte", "use another name"))
        };
        let (source, target) = (name(path)?, name(to)?);
        // HDF5 is not made for several threads: a raw call needs the lock that the library's own calls take.
        // SAFETY: both identifiers are of open files, the names are valid C strings, and the lists are HDF5's defaults;
        // no other thread is in HDF5.
        let status: c_int = hdf5::sync::sync(|| unsafe {
            hdf5_sys::h5o::H5Ocopy(
                from.file.id(),
                source.as_ptr(),
                self.file.id(),
                target.as_ptr(),
                hdf5_sys::h5p::H5P_DEFAULT,
                hdf5_sys::h5p::H5P_DEFAULT,
            )
        });
        if status < 0 { Err(self.error(to, "cannot be copied", "check that the disk has room")) } else { Ok(()) }
    }
}
