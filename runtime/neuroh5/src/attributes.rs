//! Cell attributes: ragged arrays by gid under `/Populations/<population>/<namespace>/<attribute>`.

use std::collections::BTreeMap;
use std::ops::Range;

use hdf5::Group;

use crate::store::{Numbers, each_type};
use crate::{Chunks, Error, Store};

/// Values of one attribute of one cell.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "the names are the types' own")]
pub enum AttributeValues {
    F32(Vec<f32>),
    U8(Vec<u8>),
    I8(Vec<i8>),
    U16(Vec<u16>),
    I16(Vec<i16>),
    U32(Vec<u32>),
    I32(Vec<i32>),
}

/// One attribute of all cells of a population that have it.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributes {
    values: Numbers,
    /// gid to its pieces; a gid that was appended several times has several, in file order.
    rows: BTreeMap<u32, Vec<Range<usize>>>,
}

macro_rules! convert {
    ($($name:ident $type:ty;)*) => {
        impl Attributes {
            $(
                /// Values of a cell as this type (a cast as `as` does it); empty if the cell has none.
                pub fn $name(&self, gid: u32) -> Vec<$type> {
                    let mut out = Vec::new();
                    for range in self.rows.get(&gid).into_iter().flatten() {
                        each_type!(&self.values, all => {
                            out.extend(all[range.clone()].iter().map(|one| *one as $type));
                        });
                    }
                    out
                }
            )*
        }
    };
}

convert! {
    as_f32 f32;
    as_f64 f64;
    as_u32 u32;
    as_u16 u16;
    as_u8 u8;
    as_i8 i8;
    as_i32 i32;
}

impl Attributes {
    /// Values of a cell in the type of the file; empty if the cell has none.
    pub fn values(&self, gid: u32) -> Numbers {
        self.values.select(self.rows.get(&gid).map_or(&[], Vec::as_slice))
    }

    /// Number of values of a cell.
    pub fn len(&self, gid: u32) -> usize {
        self.rows.get(&gid).into_iter().flatten().map(Range::len).sum()
    }

    /// Values of all cells in the order of the file.
    pub fn all(&self) -> &Numbers {
        &self.values
    }

    /// How often a cell occurs in the file; more than once after appending.
    pub fn n_rows(&self, gid: u32) -> usize {
        self.rows.get(&gid).map_or(0, Vec::len)
    }

    /// Cells that have the attribute, ascending.
    pub fn gids(&self) -> impl Iterator<Item = u32> + '_ {
        self.rows.keys().copied()
    }

    /// Whether a cell has it.
    pub fn has(&self, gid: u32) -> bool {
        self.rows.contains_key(&gid)
    }
}

pub(crate) fn namespace_path(population: &str, namespace: &str) -> String {
    format!("/Populations/{population}/{namespace}")
}

impl Store {
    /// Names of populations that have data.
    pub fn populations(&self) -> Result<Vec<String>, Error> {
        self.members("/Populations")
    }

    /// Namespaces of a population.
    pub fn namespaces(&self, population: &str) -> Result<Vec<String>, Error> {
        self.members(&format!("/Populations/{population}"))
    }

    /// Attributes of a namespace.
    pub fn attribute_names(&self, population: &str, namespace: &str) -> Result<Vec<String>, Error> {
        let at = namespace_path(population, namespace);
        let names = self.members(&at)?;
        Ok(names.into_iter().filter(|name| self.has(&format!("{at}/{name}/Attribute Value"))).collect())
    }

    /// Reads one attribute of a population whose first gid is `start`.
    pub fn attributes(
        &self,
        population: &str,
        namespace: &str,
        attribute: &str,
        start: u32,
    ) -> Result<Attributes, Error> {
        let at = format!("{}/{attribute}", namespace_path(population, namespace));
        if !self.has(&at) {
            let known = self.attribute_names(population, namespace)?;
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(self.error(
                &at,
                "there is no such attribute",
                &format!("check the name of population, namespace and attribute (attributes there: {known})"),
            ));
        }
        let index: Vec<u32> = self.read(&format!("{at}/Cell Index"))?;
        let pointer: Vec<u64> = self.read(&format!("{at}/Attribute Pointer"))?;
        let value_path = format!("{at}/Attribute Value");
        let size = self.dataset(&value_path)?.size();
        let rows = self.rows(&at, &index, &pointer, size, start)?;
        let values = self.read_numbers(&value_path, 0..size)?;
        Ok(Attributes { values, rows })
    }

    fn rows(
        &self,
        at: &str,
        index: &[u32],
        pointer: &[u64],
        size: usize,
        start: u32,
    ) -> Result<BTreeMap<u32, Vec<Range<usize>>>, Error> {
        let remedy = "the file is damaged: make it again";
        if pointer.len() != index.len() + 1 && !(index.is_empty() && pointer.is_empty()) {
            let found = format!("{} pointers for {} cells", pointer.len(), index.len());
            return Err(self.error(&format!("{at}/Attribute Pointer"), found, remedy));
        }
        let mut rows: BTreeMap<u32, Vec<Range<usize>>> = BTreeMap::new();
        for (cell, ends) in index.iter().zip(pointer.windows(2)) {
            let (from, to) = (ends[0], ends[1]);
            if from > to || to > size as u64 {
                let found = format!("cell {cell} has values {from}..{to} of {size}");
                return Err(self.error(&format!("{at}/Attribute Pointer"), found, remedy));
            }
            let gid = start.checked_add(*cell).ok_or_else(|| self.error(at, "a cell index beyond 32 bits", remedy))?;
            rows.entry(gid).or_default().push(from as usize..to as usize);
        }
        Ok(rows)
    }

    /// Writes or appends one attribute: one row a cell, in the order given. Gids must be of the population whose first
    /// gid is `start`; all values must be of one type.
    pub fn write_attribute(
        &self,
        population: &str,
        namespace: &str,
        attribute: &str,
        start: u32,
        rows: &[(u32, AttributeValues)],
    ) -> Result<(), Error> {
        self.write_attribute_chunked(population, namespace, attribute, start, rows, None)
    }

    /// [`Store::write_attribute`] with chunks of a given size, for an attribute that does not exist yet.
    pub fn write_attribute_chunked(
        &self,
        population: &str,
        namespace: &str,
        attribute: &str,
        start: u32,
        rows: &[(u32, AttributeValues)],
        chunks: Option<Chunks>,
    ) -> Result<(), Error> {
        let at = format!("{}/{attribute}", namespace_path(population, namespace));
        let group = self.make_group(&at)?;
        let index = self.relative(&at, rows.iter().map(|(gid, _)| *gid), start)?;
        self.write_growing(&group, "Cell Index", &index, Chunks::pointers(chunks, index.len()))?;
        macro_rules! write {
            ($variant:ident, $type:ty) => {{
                let mut all: Vec<$type> = Vec::new();
                let mut lengths = Vec::with_capacity(rows.len());
                for (_, values) in rows {
                    match values {
                        AttributeValues::$variant(values) => {
                            all.extend_from_slice(values);
                            lengths.push(values.len() as u64);
                        }
                        _ => return Err(self.error(&at, "values of several types", "give all cells one type")),
                    }
                }
                self.write_pointers(&group, "Attribute Pointer", &lengths, chunks)?;
                self.write_growing(&group, "Attribute Value", &all, Chunks::values(chunks, all.len()))
            }};
        }
        match rows.first().map(|(_, values)| values) {
            None | Some(AttributeValues::F32(_)) => write!(F32, f32),
            Some(AttributeValues::U8(_)) => write!(U8, u8),
            Some(AttributeValues::I8(_)) => write!(I8, i8),
            Some(AttributeValues::U16(_)) => write!(U16, u16),
            Some(AttributeValues::I16(_)) => write!(I16, i16),
            Some(AttributeValues::U32(_)) => write!(U32, u32),
            Some(AttributeValues::I32(_)) => write!(I32, i32),
        }
    }

    /// Indices of gids in their population.
    pub(crate) fn relative(&self, at: &str, gids: impl Iterator<Item = u32>, start: u32) -> Result<Vec<u32>, Error> {
        let one = |gid: u32| {
            let found = || format!("gid {gid} of a population that begins at {start}");
            gid.checked_sub(start).ok_or_else(|| self.error(at, found(), "give gids of this population"))
        };
        gids.map(one).collect()
    }

    /// Appends row lengths as running sums after a first 0.
    pub(crate) fn write_pointers(
        &self,
        group: &Group,
        name: &str,
        lengths: &[u64],
        chunks: Option<Chunks>,
    ) -> Result<(), Error> {
        let at = format!("{}/{name}", group.name());
        let mut sum = 0;
        if group.link_exists(name) {
            let size = self.dataset(&at)?.size();
            sum = self.read_range::<u64>(&at, size.saturating_sub(1)..size)?.last().copied().unwrap_or(0);
        }
        let mut pointers = vec![sum];
        for length in lengths {
            sum += length;
            pointers.push(sum);
        }
        self.write_over_last(group, name, &pointers, Chunks::pointers(chunks, pointers.len()))
    }
}

/// Chunks as large as what is written first, within bounds: small files stay small, large ones read fast.
pub(crate) fn chunk(n: usize) -> usize {
    n.clamp(16, 4000)
}

impl TryFrom<Numbers> for AttributeValues {
    type Error = Numbers;

    /// Values of the types that attributes may have; others are given back.
    fn try_from(values: Numbers) -> Result<AttributeValues, Numbers> {
        Ok(match values {
            Numbers::F32(values) => AttributeValues::F32(values),
            Numbers::U8(values) => AttributeValues::U8(values),
            Numbers::I8(values) => AttributeValues::I8(values),
            Numbers::U16(values) => AttributeValues::U16(values),
            Numbers::I16(values) => AttributeValues::I16(values),
            Numbers::U32(values) => AttributeValues::U32(values),
            Numbers::I32(values) => AttributeValues::I32(values),
            other @ (Numbers::U64(_) | Numbers::I64(_) | Numbers::F64(_)) => return Err(other),
        })
    }
}
