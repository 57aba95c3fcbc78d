//! Projections: destination-block-sparse edges under `/Projections/<destination>/<source>`.

use std::ops::Range;

use crate::{Chunks, EdgeAttribute, EdgeTable, Error, Numbers, Store};

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
        let n_edges = self.dataset(&format!("{at}/Edges/Source Index"))?.size();
        for name in ["Synapses/syn_id", "Connections/distance"] {
            let attribute = format!("{at}/{name}");
            let size = self.dataset(&attribute)?.size();
            if size != n_edges {
                let remedy = "the file is damaged: make the connections again";
                return Err(self.error(&attribute, format!("{size} values for {n_edges} edges"), remedy));
            }
        }
        let rows = self.edge_rows(&at, destination, &destination_gids, n_edges)?;
        let source_count = source_gids.end - source_gids.start;
        Ok(Projection { store: self, at, source_start: source_gids.start, source_count, rows })
    }

    /// Writes a projection, or appends to it: `rows` are destination gid and its edges (sources as gids), ascending by
    /// gid. Edges of a destination are sorted by source; equal sources keep their order.
    pub fn write_projection(
        &self,
        destination: &str,
        source: &str,
        destination_start: u32,
        source_start: u32,
        rows: &[(u32, Edges)],
    ) -> Result<(), Error> {
        self.write_projection_chunked(destination, source, destination_start, source_start, rows, None)
    }

    /// [`Store::write_projection`] with chunks of a given size, for a projection that does not exist yet.
    pub fn write_projection_chunked(
        &self,
        destination: &str,
        source: &str,
        destination_start: u32,
        source_start: u32,
        rows: &[(u32, Edges)],
        chunks: Option<Chunks>,
    ) -> Result<(), Error> {
        let mut table = EdgeTable::default();
        let mut all = Edges::default();
        for (gid, one) in rows {
            let mut order: Vec<usize> = (0..one.source.len()).collect();
            order.sort_by_key(|at| one.source[*at]);
            let from = all.source.len();
            all.source.extend(order.iter().map(|at| one.source[*at]));
            all.synapse.extend(order.iter().map(|at| one.synapse[*at]));
            all.distance.extend(order.iter().map(|at| one.distance[*at]));
            table.rows.push((*gid, from..all.source.len()));
        }
        let attribute = |namespace: &str, name: &str, values: Numbers| EdgeAttribute {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            values,
        };
        table.source = all.source;
        table.attributes = vec![
            attribute("Connections", "distance", Numbers::F32(all.distance)),
            attribute("Synapses", "syn_id", Numbers::U32(all.synapse)),
        ];
        self.write_edges(destination, source, destination_start, source_start, &table, chunks)
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
