//! Edges of a projection with whatever attributes they have: what chemical synapses and gap junctions share.

use std::ops::Range;

use crate::store::{Chunks, Numbers};
use crate::{Error, Store};

/// A new block begins when the edges of the present one exceed this.
const BLOCK_SIZE: usize = 1_000_000;

/// One attribute of all edges of a projection.
#[derive(Debug, Clone, PartialEq)]
pub struct EdgeAttribute {
    /// Namespace, e.g. `Synapses`.
    pub namespace: String,
    /// Name, e.g. `syn_id`.
    pub name: String,
    /// A value for each edge.
    pub values: Numbers,
}

/// The edges of one projection in the order of the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EdgeTable {
    /// Destination gid and its range of edges, in file order; a destination may come in several rows.
    pub rows: Vec<(u32, Range<usize>)>,
    /// Source gid of each edge.
    pub source: Vec<u32>,
    /// Attributes of the edges, by namespace and name.
    pub attributes: Vec<EdgeAttribute>,
}

impl Store {
    /// The rows of a projection: destination gid and its edges. Rows without edges are left out.
    pub(crate) fn edge_rows(
        &self,
        at: &str,
        destination: &str,
        destination_gids: &Range<u32>,
        n_edges: usize,
    ) -> Result<Vec<(u32, Range<usize>)>, Error> {
        let edges = |name: &str| format!("{at}/Edges/{name}");
        let block_index: Vec<u32> = self.read(&edges("Destination Block Index"))?;
        let block_pointer: Vec<u64> = self.read(&edges("Destination Block Pointer"))?;
        let pointer: Vec<u64> = self.read(&edges("Destination Pointer"))?;
        let remedy = "the file is damaged: make the connections again";
        if block_pointer.len() < block_index.len() + usize::from(!block_index.is_empty()) {
            return Err(self.error(&edges("Destination Block Pointer"), "too few block pointers", remedy));
        }
        let mut rows = Vec::new();
        for (block, first) in block_index.iter().enumerate() {
            // The last block pointer is one too large in files of the original library: rows end with the pointers.
            let last_row = pointer.len().saturating_sub(1) as u64;
            for row in block_pointer[block]..block_pointer[block + 1].min(last_row) {
                let (from, to) = (pointer[row as usize], pointer[row as usize + 1]);
                if from > to || to > n_edges as u64 {
                    let found = format!("edges {from}..{to} of {n_edges}");
                    return Err(self.error(&edges("Destination Pointer"), found, remedy));
                }
                let cell = u64::from(*first) + row - block_pointer[block];
                let gid = u64::from(destination_gids.start) + cell;
                if gid >= u64::from(destination_gids.end) {
                    let found = format!("cell {cell} is outside population {destination}");
                    return Err(self.error(&edges("Destination Block Index"), found, remedy));
                }
                if from < to {
                    rows.push((gid as u32, from as usize..to as usize));
                }
            }
        }
        Ok(rows)
    }

    /// Reads a projection with all its attributes; gid ranges are those of the two populations.
    pub fn edge_table(
        &self,
        destination: &str,
        source: &str,
        destination_gids: Range<u32>,
        source_gids: Range<u32>,
    ) -> Result<EdgeTable, Error> {
        let at = format!("/Projections/{destination}/{source}");
        let source_path = format!("{at}/Edges/Source Index");
        let mut sources: Vec<u32> = self.read(&source_path)?;
        let rows = self.edge_rows(&at, destination, &destination_gids, sources.len())?;
        let remedy = "the file is damaged: make the connections again";
        for one in &mut sources {
            if *one >= source_gids.end - source_gids.start {
                let found = format!("source {one} is outside population {source} of {}", source_gids.len());
                return Err(self.error(&source_path, found, remedy));
            }
            *one += source_gids.start;
        }
        let mut attributes = Vec::new();
        for namespace in self.members(&at)?.into_iter().filter(|name| name != "Edges") {
            for name in self.members(&format!("{at}/{namespace}"))? {
                let path = format!("{at}/{namespace}/{name}");
                let values = self.numbers(&path)?;
                if values.len() != sources.len() {
                    let found = format!("{} values for {} edges", values.len(), sources.len());
                    return Err(self.error(&path, found, remedy));
                }
                attributes.push(EdgeAttribute { namespace: namespace.clone(), name, values });
            }
        }
        Ok(EdgeTable { rows, source: sources, attributes })
    }

    /// Writes or appends edges in the order of the table. Rows must follow each other without gaps in the edges;
    /// each becomes a row of the file, and runs of consecutive destinations become blocks.
    pub fn write_edges(
        &self,
        destination: &str,
        source: &str,
        destination_start: u32,
        source_start: u32,
        table: &EdgeTable,
        chunks: Option<Chunks>,
    ) -> Result<(), Error> {
        let at = format!("/Projections/{destination}/{source}");
        let wrong = |what: String| self.error(&at, what, "please report this");
        let edges = self.make_group(&format!("{at}/Edges"))?;
        let appended = edges.link_exists("Destination Pointer");
        let (mut old_rows, mut old_edges) = (0, 0);
        if appended {
            old_rows = self.dataset(&format!("{at}/Edges/Destination Pointer"))?.size().saturating_sub(1) as u64;
            old_edges = self.dataset(&format!("{at}/Edges/Source Index"))?.size() as u64;
        }
        let (mut index, mut block_pointer, mut pointer) = (Vec::new(), Vec::new(), vec![old_edges]);
        let (mut previous, mut in_block, mut end) = (None, 0, 0);
        for (row, (gid, range)) in table.rows.iter().enumerate() {
            if range.start != end || range.end < range.start || range.end > table.source.len() {
                return Err(wrong(format!("rows of edges that leave gaps at {}", range.start)));
            }
            let cell = gid.checked_sub(destination_start).ok_or_else(|| wrong(format!("gid {gid} is too small")))?;
            if previous.is_none_or(|previous: u32| *gid != previous + 1) || in_block > BLOCK_SIZE {
                index.push(cell);
                block_pointer.push(old_rows + row as u64);
                in_block = 0;
            }
            previous = Some(*gid);
            in_block += range.len();
            end = range.end;
            pointer.push(old_edges + end as u64);
        }
        if end != table.source.len() || table.attributes.iter().any(|one| one.values.len() != end) {
            return Err(wrong(format!("rows of {end} edges for {} sources", table.source.len())));
        }
        // The format's sentinel: the length of `Destination Pointer`, one more than the number of destinations.
        block_pointer.push(old_rows + pointer.len() as u64);
        let relative = |gid: &u32| gid.checked_sub(source_start);
        let sources: Option<Vec<u32>> = table.source.iter().map(relative).collect();
        let sources = sources.ok_or_else(|| wrong(format!("a source below gid {source_start}")))?;
        let pointers = |n: usize| Chunks::pointers(chunks, n);
        let values = |n: usize| Chunks::values(chunks, n);
        self.write_growing(&edges, "Destination Block Index", &index, pointers(index.len()))?;
        self.write_over_last(&edges, "Destination Block Pointer", &block_pointer, pointers(block_pointer.len()))?;
        self.write_over_last(&edges, "Destination Pointer", &pointer, pointers(pointer.len()))?;
        self.write_growing(&edges, "Source Index", &sources, values(sources.len()))?;
        for one in &table.attributes {
            let group = self.make_group(&format!("{at}/{}", one.namespace))?;
            self.write_numbers(&group, &one.name, &one.values, values(one.values.len()))?;
        }
        Ok(())
    }
}
