//! Morphologies: `/Populations/<population>/Trees`.

use crate::attributes::{chunk, namespace_path};
use crate::{Attributes, Chunks, Error, Store};

/// One cell's tree in the form that templates take.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tree {
    /// Point coordinates, um.
    pub x: Vec<f32>,
    /// um
    pub y: Vec<f32>,
    /// um
    pub z: Vec<f32>,
    /// Point radii, um.
    pub radius: Vec<f32>,
    /// Layer of each point; -1 unknown.
    pub layer: Vec<i8>,
    /// Parent point; -1 for the root.
    pub parent: Vec<i32>,
    /// SWC type of each point.
    pub swc_type: Vec<i8>,
    /// Points of each section.
    pub sections: Vec<Vec<u32>>,
    /// Parent section of each edge of the section graph.
    pub source: Vec<u16>,
    /// Child section of each edge.
    pub destination: Vec<u16>,
    /// For each edge the position of the attachment point in the parent section's list of points.
    pub location: Vec<u32>,
}

const ATTRIBUTES: [&str; 10] = [
    "X Coordinate",
    "Y Coordinate",
    "Z Coordinate",
    "Radius",
    "Point Layer",
    "Parent Point",
    "SWC Type",
    "Source Section",
    "Destination Section",
    "Section",
];

/// Trees of one population, read once.
#[derive(Debug)]
pub struct Trees<'a> {
    store: &'a Store,
    at: String,
    columns: Vec<Attributes>,
}

impl Store {
    /// Whether a population has trees.
    pub fn has_trees(&self, population: &str) -> bool {
        self.has(&namespace_path(population, "Trees"))
    }

    /// Reads the trees of a population whose first gid is `start`.
    pub fn trees(&self, population: &str, start: u32) -> Result<Trees<'_>, Error> {
        let read = |name: &&str| self.attributes(population, "Trees", name, start);
        let columns = ATTRIBUTES.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Trees { store: self, at: namespace_path(population, "Trees"), columns })
    }

    /// Writes trees as append_trees does: one index and three families of pointers, shared by hard links.
    pub fn write_trees(&self, population: &str, start: u32, trees: &[(u32, Tree)]) -> Result<(), Error> {
        let all: Vec<(u32, &Tree)> = trees.iter().map(|(gid, tree)| (*gid, tree)).collect();
        self.write_trees_chunked(population, start, &all, None)
    }

    /// [`Store::write_trees`] in the order given, appended to trees that are there already; `chunks` are those of new
    /// datasets.
    pub fn write_trees_chunked(
        &self,
        population: &str,
        start: u32,
        trees: &[(u32, &Tree)],
        chunks: Option<Chunks>,
    ) -> Result<(), Error> {
        let at = namespace_path(population, "Trees");
        let group = self.make_group(&at)?;
        let index = self.relative(&at, trees.iter().map(|(gid, _)| *gid), start)?;
        // The library's own choice for the shared index, whatever the other chunks are.
        let index_chunk = if chunks.is_some() { 1000 } else { chunk(index.len()) };
        self.write_growing(&group, "Cell Index", &index, index_chunk)?;
        let lengths = |length: &dyn Fn(&Tree) -> usize| -> Vec<u64> {
            trees.iter().map(|(_, tree)| length(tree) as u64).collect()
        };
        let too_large = |gid: u32| {
            let found = format!("the tree of gid {gid} has more points or sections than 16 bits can count");
            self.error(&at, found, "leave out points of the morphology")
        };
        let mut packed: Vec<Vec<u16>> = Vec::with_capacity(trees.len());
        for (gid, tree) in trees {
            packed.push(pack(&tree.sections).ok_or_else(|| too_large(*gid))?);
        }
        let link = |target: &str, name: &str| {
            if self.has(&format!("{at}/{name}")) {
                return Ok(());
            }
            group.link_hard(target, name).map_err(|error| self.unwritten(&format!("{at}/{name}"), &error))
        };
        for name in ATTRIBUTES {
            let one = self.make_group(&format!("{at}/{name}"))?;
            link(&format!("{at}/Cell Index"), &format!("{name}/Cell Index"))?;
            match name {
                "X Coordinate" => {
                    self.write_pointers(&one, "Attribute Pointer", &lengths(&|tree| tree.x.len()), chunks)?
                }
                "Source Section" => {
                    self.write_pointers(&one, "Section Pointer", &lengths(&|tree| tree.source.len()), chunks)?;
                    link(&format!("{at}/{name}/Section Pointer"), &format!("{name}/Attribute Pointer"))?;
                }
                "Destination Section" => {
                    link(&format!("{at}/Source Section/Section Pointer"), &format!("{name}/Attribute Pointer"))?;
                }
                "Section" => {
                    let lengths: Vec<u64> = packed.iter().map(|one| one.len() as u64).collect();
                    self.write_pointers(&one, "Section Pointer", &lengths, chunks)?;
                    link(&format!("{at}/{name}/Section Pointer"), &format!("{name}/Attribute Pointer"))?;
                }
                _ => link(&format!("{at}/X Coordinate/Attribute Pointer"), &format!("{name}/Attribute Pointer"))?,
            }
            macro_rules! values {
                ($field:ident) => {{
                    let all: Vec<_> = trees.iter().flat_map(|(_, tree)| tree.$field.iter().copied()).collect();
                    self.write_growing(&one, "Attribute Value", &all, Chunks::values(chunks, all.len()))?
                }};
            }
            match name {
                "X Coordinate" => values!(x),
                "Y Coordinate" => values!(y),
                "Z Coordinate" => values!(z),
                "Radius" => values!(radius),
                "Point Layer" => values!(layer),
                "Parent Point" => values!(parent),
                "SWC Type" => values!(swc_type),
                "Source Section" => values!(source),
                "Destination Section" => values!(destination),
                _ => {
                    let all = packed.concat();
                    self.write_growing(&one, "Attribute Value", &all, Chunks::values(chunks, all.len()))?;
                }
            }
        }
        Ok(())
    }
}

/// Number of sections, then for each its number of points and the points; none if 16 bits do not hold them.
fn pack(sections: &[Vec<u32>]) -> Option<Vec<u16>> {
    let mut out = vec![u16::try_from(sections.len()).ok()?];
    for points in sections {
        out.push(u16::try_from(points.len()).ok()?);
        for point in points {
            out.push(u16::try_from(*point).ok()?);
        }
    }
    Some(out)
}

impl Trees<'_> {
    /// Cells that have a tree, ascending.
    pub fn gids(&self) -> Vec<u32> {
        self.columns[9].gids().collect()
    }

    /// The tree of a cell, checked: lists of equal length, points that exist, a section graph that hangs together.
    pub fn tree(&self, gid: u32) -> Result<Tree, Error> {
        let column = |at: usize| &self.columns[at];
        let packed = column(9).as_u16(gid);
        let mut tree = Tree {
            x: column(0).as_f32(gid),
            y: column(1).as_f32(gid),
            z: column(2).as_f32(gid),
            radius: column(3).as_f32(gid),
            layer: column(4).as_i8(gid),
            parent: column(5).as_i32(gid),
            swc_type: column(6).as_i8(gid),
            source: column(7).as_u16(gid),
            destination: column(8).as_u16(gid),
            sections: Vec::new(),
            location: Vec::new(),
        };
        let wrong = |what: String| {
            self.store.error(&self.at, format!("the tree of gid {gid}: {what}"), "import the morphology again")
        };
        tree.sections = unpack(&packed).ok_or_else(|| wrong("its list of sections is damaged".to_owned()))?;
        let n = tree.x.len();
        let lengths =
            [tree.y.len(), tree.z.len(), tree.radius.len(), tree.layer.len(), tree.parent.len(), tree.swc_type.len()];
        if lengths.iter().any(|length| *length != n) {
            return Err(wrong("its point attributes have different lengths".to_owned()));
        }
        if tree.sections.iter().any(Vec::is_empty) {
            return Err(wrong("a section has no points".to_owned()));
        }
        if tree.sections.iter().flatten().any(|point| *point as usize >= n) {
            return Err(wrong("a section names a point that does not exist".to_owned()));
        }
        if tree.source.len() != tree.destination.len() {
            return Err(wrong("sources and destinations of sections differ in number".to_owned()));
        }
        let n_sections = tree.sections.len();
        for edge in 0..tree.source.len() {
            let (source, destination) = (usize::from(tree.source[edge]), usize::from(tree.destination[edge]));
            if source >= n_sections || destination >= n_sections {
                return Err(wrong(format!("edge {edge} names a section that does not exist")));
            }
            let first = tree.sections[destination][0];
            let position = |point: u32| tree.sections[source].iter().position(|one| *one == point);
            let parent = u32::try_from(tree.parent[first as usize]).ok();
            let location = position(first).or_else(|| parent.and_then(position));
            let Some(location) = location else {
                return Err(wrong(format!("section {destination} is not attached to a point of section {source}")));
            };
            tree.location.push(location as u32);
        }
        Ok(tree)
    }
}

fn unpack(packed: &[u16]) -> Option<Vec<Vec<u32>>> {
    let (n, mut rest) = packed.split_first()?;
    let mut sections = Vec::with_capacity(usize::from(*n));
    for _ in 0..*n {
        let (count, after) = rest.split_first()?;
        if after.len() < usize::from(*count) {
            return None;
        }
        let (points, after) = after.split_at(usize::from(*count));
        sections.push(points.iter().map(|point| u32::from(*point)).collect());
        rest = after;
    }
    Some(sections)
}
