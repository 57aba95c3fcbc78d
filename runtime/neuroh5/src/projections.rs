//! Projections: destination-block-sparse edges under `/Projections/<destination>/<source>`.

use std::ops::Range;

use crate::attributes::chunk;
use crate::{Error, Store};

/// Edges onto one cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Edges {
    /// Source gids.
    pub source: Vec<u32>,
    /// `Synapses/syn_id`: synapse of the destination cell.
    pub synapse: Vec<u32>,
    /// `Connections/distance`, um.
    pub distance: Vec<f32>,
}

/// The index of one projection; edges are read as they are asked for.
#[derive(Debug)]
pub struct Projection<'a> {
    store: &'a Store,
    at: String,
    source_start: u32,
    source_count: u32,
    /// Destination gid and its edges, in file order.
    rows: Vec<(u32, Range<usize>)>,
}

impl Store {
    /// Destination and source of every projection in the file.
    pub fn projection_names(&self) -> Result<Vec<(String, String)>, Error> {
        let mut all = Vec::new();
        for destination in self.members("/Projections")? {
            for source in self.members(&format!("/Projections/{destination}"))? {
                all.push((destination.clone(), source));
            }
        }
        Ok(all)
    }

    /// Reads the index of a projection; gid ranges are those of the two populations.
    pub fn projection(
        &self,
        destination: &str,
        source: &str,
        destination_gids: Range<u32>,
        source_gids: Range<u32>,
    ) -> Result<Projection<'_>, Error> {
        let at = format!("/Projections/{destination}/{source}");
        let edges = |name: &str| format!("{at}/Edges/{name}");
        let block_index: Vec<u32> = self.read(&edges("Destination Block Index"))?;
        let block_pointer: Vec<u64> = self.read(&edges("Destination Block Pointer"))?;
        let pointer: Vec<u64> = self.read(&edges("Destination Pointer"))?;
        let n_edges = self.dataset(&edges("Source Index"))?.size();
        let remedy = "the file is damaged: make the connections again";
        if block_pointer.len() < block_index.len() + usize::from(!block_index.is_empty()) {
            return Err(self.error(&edges("Destination Block Pointer"), "too few block pointers", remedy));
        }
        for name in ["Synapses/syn_id", "Connections/distance"] {
            let attribute = format!("{at}/{name}");
            let size = self.dataset(&attribute)?.size();
            if size != n_edges {
                return Err(self.error(&attribute, format!("{size} values for {n_edges} edges"), remedy));
            }
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
        let source_count = source_gids.end - source_gids.start;
        Ok(Projection { store: self, at, source_start: source_gids.start, source_count, rows })
    }

    /// Writes a projection: `rows` are destination gid and its edges (sources as gids), ascending by gid.
    pub fn write_projection(
        &self,
        destination: &str,
        source: &str,
        destination_start: u32,
        source_start: u32,
        rows: &[(u32, Edges)],
    ) -> Result<(), Error> {
        let at = format!("/Projections/{destination}/{source}");
        let edges = self.make_group(&format!("{at}/Edges"))?;
        let (mut index, mut block_pointer, mut pointer) = (Vec::new(), Vec::new(), vec![0_u64]);
        let mut all = Edges::default();
        let mut previous = None;
        for (row, (gid, one)) in rows.iter().enumerate() {
            if previous.is_none_or(|previous: u32| *gid != previous + 1) {
                index.push(gid - destination_start);
                block_pointer.push(row as u64);
            }
            previous = Some(*gid);
            let mut order: Vec<usize> = (0..one.source.len()).collect();
            order.sort_by_key(|at| one.source[*at]);
            for at in order {
                all.source.push(one.source[at] - source_start);
                all.synapse.push(one.synapse[at]);
                all.distance.push(one.distance[at]);
            }
            pointer.push(all.source.len() as u64);
        }
        // The format's sentinel: the length of `Destination Pointer`, one more than the number of destinations.
        block_pointer.push(pointer.len() as u64);
        self.write_growing(&edges, "Destination Block Index", &index, chunk(index.len()))?;
        self.write_growing(&edges, "Destination Block Pointer", &block_pointer, chunk(block_pointer.len()))?;
        self.write_growing(&edges, "Destination Pointer", &pointer, chunk(pointer.len()))?;
        self.write_growing(&edges, "Source Index", &all.source, chunk(all.source.len()))?;
        let synapses = self.make_group(&format!("{at}/Synapses"))?;
        self.write_growing(&synapses, "syn_id", &all.synapse, chunk(all.synapse.len()))?;
        let connections = self.make_group(&format!("{at}/Connections"))?;
        self.write_growing(&connections, "distance", &all.distance, chunk(all.distance.len()))
    }
}

impl Projection<'_> {
    /// Destination gids with the number of their edges, in file order.
    pub fn destinations(&self) -> impl Iterator<Item = (u32, usize)> + '_ {
        self.rows.iter().map(|(gid, range)| (*gid, range.len()))
    }

    /// Number of edges.
    pub fn n_edges(&self) -> usize {
        self.rows.iter().map(|(_, range)| range.len()).sum()
    }

    /// Reads the edges of row `row` of [`Projection::destinations`].
    pub fn edges(&self, row: usize) -> Result<Edges, Error> {
        let range = self.rows[row].1.clone();
        let mut source: Vec<u32> = self.store.read_range(&format!("{}/Edges/Source Index", self.at), range.clone())?;
        for one in &mut source {
            if *one >= self.source_count {
                let found = format!("source {one} is outside its population of {}", self.source_count);
                let at = format!("{}/Edges/Source Index", self.at);
                return Err(self.store.error(&at, found, "the file is damaged: make the connections again"));
            }
            *one += self.source_start;
        }
        Ok(Edges {
            source,
            synapse: self.store.read_range(&format!("{}/Synapses/syn_id", self.at), range.clone())?,
            distance: self.store.read_range(&format!("{}/Connections/distance", self.at), range)?,
        })
    }
}
