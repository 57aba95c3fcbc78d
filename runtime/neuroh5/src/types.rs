//! `/H5Types`: populations, their numbers and ranges, and which projections are allowed.

use std::ops::Range;
use std::os::raw::c_void;

use hdf5::datatype::ByteOrder;
use hdf5::plist::dataset_create::FillTime;
use hdf5::types::{CompoundField, CompoundType, EnumMember, EnumType, IntSize, TypeDescriptor};
use hdf5::{Dataset, Datatype, Group, H5Type};
use indexmap::IndexMap;

use crate::{Error, Store};

/// One row of `/H5Types/Populations`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PopulationRange {
    /// Name.
    pub name: String,
    /// Number in the file's enumeration.
    pub number: u16,
    /// Its gids.
    pub gids: Range<u32>,
}

/// What `/H5Types` says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Types {
    /// Populations in the order of their gids.
    pub populations: Vec<PopulationRange>,
    /// Allowed projections as (source, destination), in file order.
    pub projections: Vec<(String, String)>,
}

impl Types {
    /// A population by name.
    pub fn population(&self, name: &str) -> Option<&PopulationRange> {
        self.populations.iter().find(|one| one.name == name)
    }

    /// The population of a gid.
    pub fn population_of(&self, gid: u32) -> Option<&PopulationRange> {
        self.populations.iter().find(|one| one.gids.contains(&gid))
    }
}

/// As stored, read through conversion.
#[derive(H5Type, Clone, Copy, Debug)]
#[repr(C)]
struct RawRange {
    #[hdf5(rename = "Start")]
    start: u64,
    #[hdf5(rename = "Count")]
    count: u32,
    #[hdf5(rename = "Population")]
    population: u16,
}

#[derive(H5Type, Clone, Copy, Debug)]
#[repr(C)]
struct RawProjection {
    #[hdf5(rename = "Source")]
    source: u16,
    #[hdf5(rename = "Destination")]
    destination: u16,
}

/// Rows in a chunk, as h5py guesses them for rows of 14 and of 4 bytes.
const POPULATIONS_CHUNK: usize = 512;
const PROJECTIONS_CHUNK: usize = 1024;

const TYPES: &str = "/H5Types";
const POPULATIONS: &str = "/H5Types/Populations";
const PROJECTIONS: &str = "/H5Types/Valid population projections";

impl Store {
    /// Reads `/H5Types`.
    pub fn types(&self) -> Result<Types, Error> {
        let remedy = "copy /H5Types from the file that make-h5types wrote";
        if !self.has(POPULATIONS) {
            return Err(self.error(POPULATIONS, "there are no population types", remedy));
        }
        let labels = self.labels(remedy)?;
        let name = |number: u16| labels.get(&number).cloned();
        let mut populations = Vec::new();
        for row in self.read::<RawRange>(POPULATIONS)? {
            let known = name(row.population);
            let missing =
                || self.error(POPULATIONS, format!("population number {} has no label", row.population), remedy);
            let start =
                u32::try_from(row.start).map_err(|_| self.error(POPULATIONS, "a start beyond 32 bits", remedy))?;
            let end = start
                .checked_add(row.count)
                .ok_or_else(|| self.error(POPULATIONS, "a range beyond 32 bits", remedy))?;
            populations.push(PopulationRange {
                name: known.ok_or_else(missing)?,
                number: row.population,
                gids: start..end,
            });
        }
        populations.sort_by_key(|one| one.gids.start);
        let mut projections = Vec::new();
        if self.has(PROJECTIONS) {
            for row in self.read::<RawProjection>(PROJECTIONS)? {
                if let (Some(source), Some(destination)) = (name(row.source), name(row.destination)) {
                    projections.push((source, destination));
                }
            }
        }
        Ok(Types { populations, projections })
    }

    /// Number to name: from the committed enumeration, or from the one inside the compound (files copied by h5py).
    fn labels(&self, remedy: &str) -> Result<IndexMap<u16, String>, Error> {
        let kind = self.dataset(POPULATIONS)?.dtype().map_err(|error| self.damaged(POPULATIONS, &error))?;
        // The library gives members' values in the byte order of the file.
        let swapped = kind.byte_order() == ByteOrder::BigEndian;
        let kind = kind.to_descriptor().map_err(|error| self.damaged(POPULATIONS, &error))?;
        let TypeDescriptor::Compound(compound) = kind else {
            return Err(self.error(POPULATIONS, "the rows are not compounds", remedy));
        };
        let member = compound.fields.iter().find(|field| field.name == "Population").map(|field| &field.ty);
        let Some(TypeDescriptor::Enum(labels)) = member else {
            return Err(self.error(POPULATIONS, "`Population` is not an enumeration", remedy));
        };
        let number = |value: u64| if swapped { (value as u16).swap_bytes() } else { value as u16 };
        Ok(labels.members.iter().map(|one| (number(one.value), one.name.clone())).collect())
    }

    /// Writes `/H5Types` as make-h5types does: committed types, datasets of committed types.
    pub fn write_types(&self, types: &Types) -> Result<(), Error> {
        let group = self.make_group(TYPES)?;
        let fail = |error: hdf5::Error| self.unwritten(TYPES, &error);
        let member = |one: &PopulationRange| EnumMember { name: one.name.clone(), value: u64::from(one.number) };
        let mut members: Vec<EnumMember> = types.populations.iter().map(member).collect();
        members.sort_by(|a, b| a.name.cmp(&b.name));
        let labels = TypeDescriptor::Enum(EnumType { size: IntSize::U2, signed: false, members });
        let field = |name: &str, ty: TypeDescriptor, offset: usize, index: usize| CompoundField {
            name: name.to_owned(),
            ty,
            offset,
            index,
        };
        let range = TypeDescriptor::Compound(CompoundType {
            fields: vec![
                field("Start", TypeDescriptor::Unsigned(IntSize::U8), 0, 0),
                field("Count", TypeDescriptor::Unsigned(IntSize::U4), 8, 1),
                field("Population", labels.clone(), 12, 2),
            ],
            size: 14,
        });
        let pair = TypeDescriptor::Compound(CompoundType {
            fields: vec![field("Source", labels.clone(), 0, 0), field("Destination", labels.clone(), 2, 1)],
            size: 4,
        });
        for (name, kind) in
            [("Population labels", &labels), ("Population range", &range), ("Population projections", &pair)]
        {
            let kind = Datatype::from_descriptor(kind).map_err(fail)?;
            group.commit_datatype(name, &kind).map_err(fail)?;
        }
        let mut rows = Vec::new();
        for one in &types.populations {
            rows.extend_from_slice(&u64::from(one.gids.start).to_le_bytes());
            rows.extend_from_slice(&(one.gids.end - one.gids.start).to_le_bytes());
            rows.extend_from_slice(&one.number.to_le_bytes());
        }
        let n = types.populations.len();
        // As h5py makes the two: the first of a type of its own, the second of the committed one.
        let range = Datatype::from_descriptor(&range).map_err(fail)?;
        let dataset = self.rows_dataset(&group, "Populations", &range, POPULATIONS_CHUNK, n)?;
        self.write_packed(&dataset, &rows, 14 * n)?;
        let number = |name: &str| types.population(name).map_or(0, |one| one.number);
        let mut rows = Vec::new();
        for (source, destination) in &types.projections {
            rows.extend_from_slice(&number(source).to_le_bytes());
            rows.extend_from_slice(&number(destination).to_le_bytes());
        }
        let n = types.projections.len();
        let pair = group.committed_datatype("Population projections").map_err(fail)?;
        let name = "Valid population projections";
        let dataset = self.rows_dataset(&group, name, pair.as_datatype(), PROJECTIONS_CHUNK, n)?;
        self.write_packed(&dataset, &rows, 4 * n)
    }

    /// A chunked dataset of at most `n` rows: made empty, for its chunk may be larger than it, and then extended.
    fn rows_dataset(
        &self,
        group: &Group,
        name: &str,
        kind: &Datatype,
        chunk: usize,
        n: usize,
    ) -> Result<Dataset, Error> {
        let fail = |error: hdf5::Error| self.unwritten(&format!("{TYPES}/{name}"), &error);
        let builder = group.new_dataset_builder().fill_time(FillTime::IfSet).chunk(chunk);
        let dataset = builder.empty_as(kind).shape(0..=n.max(1)).create(name).map_err(fail)?;
        dataset.resize(n).map_err(fail)?;
        Ok(dataset)
    }

    /// Writes rows that are already in the dataset's own packed form: the library's typed path refuses enumerations
    /// whose members are known only at run time.
    fn write_packed(&self, dataset: &Dataset, rows: &[u8], expected: usize) -> Result<(), Error> {
        let fail = |error: hdf5::Error| self.unwritten(TYPES, &error);
        let kind = dataset.dtype().map_err(fail)?;
        if rows.len() != expected || rows.len() != kind.size() * dataset.size() {
            let found = format!("{} bytes for {} rows of {}", rows.len(), dataset.size(), kind.size());
            return Err(self.error(TYPES, found, "please report this"));
        }
        if rows.is_empty() {
            return Ok(());
        }
        // SAFETY: `rows` holds exactly the dataset's elements in its own memory layout (sizes checked above), and the
        // identifiers are those of open objects; no other thread is in HDF5, whose lock a raw call has to take itself.
        let status = hdf5::sync::sync(|| unsafe {
            hdf5_sys::h5d::H5Dwrite(
                dataset.id(),
                kind.id(),
                hdf5_sys::h5s::H5S_ALL,
                hdf5_sys::h5s::H5S_ALL,
                hdf5_sys::h5p::H5P_DEFAULT,
                rows.as_ptr().cast::<c_void>(),
            )
        });
        if status < 0 {
            return Err(self.error(TYPES, "cannot be written", "check that the disk has room"));
        }
        Ok(())
    }
}
