//! An open file.

use std::path::{Path, PathBuf};
use std::sync::Once;

use hdf5::plist::dataset_create::{AllocTime, FillTime};
use hdf5::types::{FloatSize, IntSize, TypeDescriptor};
use hdf5::{Dataset, File, Group, H5Type};

use crate::Error;

/// An open NeuroH5 file.
#[derive(Debug)]
pub struct Store {
    pub(crate) file: File,
    pub(crate) path: PathBuf,
}

/// Deflate, the strongest filter there is in NeuroH5 files, makes data at most this much smaller.
const MAX_COMPRESSION: u64 = 1100;

/// Numbers of a dataset whatever their stored width.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "the names are the types' own")]
pub enum Numbers {
    F32(Vec<f32>),
    U8(Vec<u8>),
    I8(Vec<i8>),
    U16(Vec<u16>),
    I16(Vec<i16>),
    U32(Vec<u32>),
    I32(Vec<i32>),
    U64(Vec<u64>),
    I64(Vec<i64>),
    F64(Vec<f64>),
}

/// Does the same with the values of every type.
macro_rules! each_type {
    ($numbers:expr, $values:ident => $body:expr) => {
        match $numbers {
            $crate::store::Numbers::F32($values) => $body,
            $crate::store::Numbers::U8($values) => $body,
            $crate::store::Numbers::I8($values) => $body,
            $crate::store::Numbers::U16($values) => $body,
            $crate::store::Numbers::I16($values) => $body,
            $crate::store::Numbers::U32($values) => $body,
            $crate::store::Numbers::I32($values) => $body,
            $crate::store::Numbers::U64($values) => $body,
            $crate::store::Numbers::I64($values) => $body,
            $crate::store::Numbers::F64($values) => $body,
        }
    };
}
pub(crate) use each_type;

impl Numbers {
    /// How many.
    pub fn len(&self) -> usize {
        each_type!(self, values => values.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Name of the type as NeuroH5 calls it: `float32`, `uint8`, ….
    pub fn kind(&self) -> &'static str {
        match self {
            Numbers::F32(_) => "float32",
            Numbers::U8(_) => "uint8",
            Numbers::I8(_) => "int8",
            Numbers::U16(_) => "uint16",
            Numbers::I16(_) => "int16",
            Numbers::U32(_) => "uint32",
            Numbers::I32(_) => "int32",
            Numbers::U64(_) => "uint64",
            Numbers::I64(_) => "int64",
            Numbers::F64(_) => "float64",
        }
    }

    /// Values of several ranges one after the other, in their own type. Ranges must lie within.
    pub fn select(&self, ranges: &[std::ops::Range<usize>]) -> Numbers {
        macro_rules! select {
            ($($variant:ident)*) => {
                match self {
                    $(Numbers::$variant(values) => Numbers::$variant(
                        ranges.iter().flat_map(|range| values[range.clone()].iter().copied()).collect()
                    ),)*
                }
            };
        }
        select!(F32 U8 I8 U16 I16 U32 I32 U64 I64 F64)
    }

    /// Values as float64; 64-bit integers beyond 2^53 are rounded.
    pub fn to_f64(&self) -> Vec<f64> {
        match self {
            Numbers::F64(values) => values.clone(),
            Numbers::U64(values) => values.iter().map(|one| *one as f64).collect(),
            Numbers::I64(values) => values.iter().map(|one| *one as f64).collect(),
            Numbers::F32(values) => values.iter().map(|one| f64::from(*one)).collect(),
            Numbers::U8(values) => values.iter().map(|one| f64::from(*one)).collect(),
            Numbers::I8(values) => values.iter().map(|one| f64::from(*one)).collect(),
            Numbers::U16(values) => values.iter().map(|one| f64::from(*one)).collect(),
            Numbers::I16(values) => values.iter().map(|one| f64::from(*one)).collect(),
            Numbers::U32(values) => values.iter().map(|one| f64::from(*one)).collect(),
            Numbers::I32(values) => values.iter().map(|one| f64::from(*one)).collect(),
        }
    }
}

/// Elements in a chunk of the datasets that are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunks {
    /// Of indices and pointers.
    pub pointers: usize,
    /// Of values.
    pub values: usize,
}

impl Chunks {
    /// Chunk of an index or pointer of `n` elements, chosen if none is given.
    pub(crate) fn pointers(chunks: Option<Chunks>, n: usize) -> usize {
        chunks.map_or_else(|| crate::attributes::chunk(n), |chunks| chunks.pointers)
    }

    /// Chunk of `n` values, chosen if none is given.
    pub(crate) fn values(chunks: Option<Chunks>, n: usize) -> usize {
        chunks.map_or_else(|| crate::attributes::chunk(n), |chunks| chunks.values)
    }
}

/// The HDF5 library prints every error itself unless told not to; ours are told to the user once.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| hdf5::silence_errors(true));
}

impl Store {
    /// Opens for reading.
    pub fn open(path: &Path) -> Result<Store, Error> {
        quiet();
        let fail = |what: String, remedy: &str| Error {
            path: path.to_owned(),
            at: String::new(),
            what,
            remedy: remedy.to_owned(),
        };
        match std::fs::metadata(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(fail("there is no such file".to_owned(), "check the path, or make the file first"));
            }
            Err(error) => return Err(fail(error.to_string(), "check the permissions")),
            Ok(found) if !found.is_file() => {
                return Err(fail("this is not a file".to_owned(), "give the path of an HDF5 file"));
            }
            Ok(_) => {}
        }
        match File::open(path) {
            Ok(file) => Ok(Store { file, path: path.to_owned() }),
            Err(error) if short(&error).contains("unable to lock file") => Err(fail(
                "another program is writing it".to_owned(),
                "wait until it is done, or, on a file system without locks, set HDF5_USE_FILE_LOCKING=FALSE",
            )),
            Err(error) => Err(fail(
                format!("not a complete HDF5 file ({})", short(&error)),
                "it may be truncated or of another kind: make it or copy it again",
            )),
        }
    }

    /// Makes a new file, in place of an old one.
    pub fn create(path: &Path) -> Result<Store, Error> {
        quiet();
        let file = File::create(path).map_err(|error| Error {
            path: path.to_owned(),
            at: String::new(),
            what: format!("cannot be made ({})", short(&error)),
            remedy: "check that the directory exists, can be written to and has room".to_owned(),
        })?;
        Ok(Store { file, path: path.to_owned() })
    }

    /// Opens for appending.
    pub fn append(path: &Path) -> Result<Store, Error> {
        let readable = Store::open(path)?;
        drop(readable);
        let file = File::open_rw(path).map_err(|error| Error {
            path: path.to_owned(),
            at: String::new(),
            what: format!("cannot be opened for writing ({})", short(&error)),
            remedy: "check the permissions, and that no other program has it open".to_owned(),
        })?;
        Ok(Store { file, path: path.to_owned() })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn error(&self, at: &str, what: impl Into<String>, remedy: &str) -> Error {
        Error { path: self.path.clone(), at: at.to_owned(), what: what.into(), remedy: remedy.to_owned() }
    }

    pub(crate) fn damaged(&self, at: &str, error: &hdf5::Error) -> Error {
        let text = short(error);
        let remedy = match text.contains("bad version number") {
            true => "a newer HDF5 wrote it in its own format: write it again without `libver=\"latest\"`",
            false => "the file may be damaged: make it or copy it again",
        };
        self.error(at, format!("cannot be read ({text})"), remedy)
    }

    pub(crate) fn unwritten(&self, at: &str, error: &hdf5::Error) -> Error {
        self.error(at, format!("cannot be written ({})", short(error)), "check that the disk has room")
    }

    /// Whether there is a link at this path.
    pub fn has(&self, at: &str) -> bool {
        let mut group: Group = match self.file.group("/") {
            Ok(group) => group,
            Err(_) => return false,
        };
        let mut parts = at.split('/').filter(|part| !part.is_empty()).peekable();
        while let Some(part) = parts.next() {
            if !group.link_exists(part) {
                return false;
            }
            if parts.peek().is_some() {
                match group.group(part) {
                    Ok(next) => group = next,
                    Err(_) => return false,
                }
            }
        }
        true
    }

    /// Names below a group; none if the group does not exist.
    pub fn members(&self, at: &str) -> Result<Vec<String>, Error> {
        if !self.has(at) {
            return Ok(Vec::new());
        }
        let group = self.file.group(at).map_err(|error| self.damaged(at, &error))?;
        group.member_names().map_err(|error| self.damaged(at, &error))
    }

    pub(crate) fn dataset(&self, at: &str) -> Result<Dataset, Error> {
        if !self.has(at) {
            return Err(self.error(
                at,
                "there is no such dataset",
                "check that the file is of the right kind and complete",
            ));
        }
        let dataset = self.file.dataset(at).map_err(|error| self.damaged(at, &error))?;
        let width = dataset.dtype().map_err(|error| self.damaged(at, &error))?.size();
        // Room for such a length must never be asked for: the library would end the program.
        if dataset.size() as u64 > self.file.size().saturating_mul(MAX_COMPRESSION) / width.max(1) as u64 {
            let found = format!("{} elements in a file of {} bytes", dataset.size(), self.file.size());
            return Err(self.error(at, found, "the file is damaged: make it or copy it again"));
        }
        Ok(dataset)
    }

    /// All elements of a dataset of whole numbers or floats, converted to `T`.
    pub(crate) fn read<T: H5Type>(&self, at: &str) -> Result<Vec<T>, Error> {
        let dataset = self.dataset(at)?;
        dataset.read_raw::<T>().map_err(|error| self.damaged(at, &error))
    }

    /// Elements `range` of a 1-D dataset.
    pub(crate) fn read_range<T: H5Type>(&self, at: &str, range: std::ops::Range<usize>) -> Result<Vec<T>, Error> {
        let dataset = self.dataset(at)?;
        if range.end > dataset.size() || range.start > range.end {
            let found = format!("elements {}..{} are asked of {}", range.start, range.end, dataset.size());
            return Err(self.error(at, found, "its pointers are damaged: make the file again"));
        }
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let read = dataset.read_slice_1d::<T, _>(range).map_err(|error| self.damaged(at, &error))?;
        Ok(read.into_iter().collect())
    }

    /// Elements `range` in their own type.
    pub(crate) fn read_numbers(&self, at: &str, range: std::ops::Range<usize>) -> Result<Numbers, Error> {
        let dataset = self.dataset(at)?;
        let kind = dataset.dtype().and_then(|kind| kind.to_descriptor()).map_err(|error| self.damaged(at, &error))?;
        match kind {
            TypeDescriptor::Float(FloatSize::U4) => self.read_range(at, range).map(Numbers::F32),
            TypeDescriptor::Float(FloatSize::U8) => self.read_range(at, range).map(Numbers::F64),
            TypeDescriptor::Unsigned(IntSize::U1) | TypeDescriptor::Enum(_) | TypeDescriptor::Boolean => {
                self.read_range(at, range).map(Numbers::U8)
            }
            TypeDescriptor::Integer(IntSize::U1) => self.read_range(at, range).map(Numbers::I8),
            TypeDescriptor::Unsigned(IntSize::U2) => self.read_range(at, range).map(Numbers::U16),
            TypeDescriptor::Integer(IntSize::U2) => self.read_range(at, range).map(Numbers::I16),
            TypeDescriptor::Unsigned(IntSize::U4) => self.read_range(at, range).map(Numbers::U32),
            TypeDescriptor::Integer(IntSize::U4) => self.read_range(at, range).map(Numbers::I32),
            TypeDescriptor::Unsigned(IntSize::U8) => self.read_range(at, range).map(Numbers::U64),
            TypeDescriptor::Integer(IntSize::U8) => self.read_range(at, range).map(Numbers::I64),
            other => Err(self.error(
                at,
                format!("values of type {other}"),
                "attributes are float32 or whole numbers of at most 32 bits: write them so",
            )),
        }
    }

    /// Makes groups along a path as needed.
    pub(crate) fn make_group(&self, at: &str) -> Result<Group, Error> {
        let fail = |error: hdf5::Error| self.unwritten(at, &error);
        let mut group = self.file.group("/").map_err(fail)?;
        for part in at.split('/').filter(|part| !part.is_empty()) {
            group = if group.link_exists(part) {
                group.group(part).map_err(fail)?
            } else {
                group.create_group(part).map_err(fail)?
            };
        }
        Ok(group)
    }

    /// Writes a growable 1-D dataset, or appends to it.
    pub(crate) fn write_growing<T: H5Type>(
        &self,
        group: &Group,
        name: &str,
        values: &[T],
        chunk: usize,
    ) -> Result<(), Error> {
        let at = format!("{}/{name}", group.name());
        let fail = |error: hdf5::Error| self.unwritten(&at, &error);
        if group.link_exists(name) {
            let dataset = group.dataset(name).map_err(fail)?;
            let old = dataset.size();
            dataset.resize(old + values.len()).map_err(fail)?;
            if !values.is_empty() {
                dataset.write_slice(values, old..old + values.len()).map_err(fail)?;
            }
            return Ok(());
        }
        // Storage as the original library asks for it.
        let builder = group.new_dataset_builder().alloc_time(Some(AllocTime::Early)).fill_time(FillTime::IfSet);
        let builder = builder.chunk(chunk.max(1)).empty::<T>().shape(values.len()..);
        let dataset = builder.create(name).map_err(fail)?;
        if !values.is_empty() {
            dataset.write_raw(values).map_err(fail)?;
        }
        Ok(())
    }

    /// [`Store::write_growing`] for pointers: the old last element is replaced by the first new one.
    pub(crate) fn write_over_last(&self, group: &Group, name: &str, values: &[u64], chunk: usize) -> Result<(), Error> {
        if group.link_exists(name) {
            let fail = |error: hdf5::Error| self.unwritten(&format!("{}/{name}", group.name()), &error);
            let dataset = group.dataset(name).map_err(fail)?;
            dataset.resize(dataset.size().saturating_sub(1)).map_err(fail)?;
        }
        self.write_growing(group, name, values, chunk)
    }

    /// [`Store::write_growing`] in the values' own type.
    pub(crate) fn write_numbers(&self, group: &Group, name: &str, all: &Numbers, chunk: usize) -> Result<(), Error> {
        each_type!(all, values => self.write_growing(group, name, values, chunk))
    }

    /// Brings everything to the disk.
    pub fn flush(&self) -> Result<(), Error> {
        self.file.flush().map_err(|error| self.unwritten("", &error))
    }
}

/// HDF5's message without its stack.
fn short(error: &hdf5::Error) -> String {
    error.to_string().lines().next().unwrap_or("unknown error").trim().to_owned()
}
