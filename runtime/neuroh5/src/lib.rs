//! The NeuroH5 file format: H5Types, trees, cell attributes, projections, results.
//!
//! All of HDF5 is in this crate, and nothing about simulation. Every error names the file, the HDF5 path, what was
//! found and what to do. Indices of cells in files are relative to their population; here they are gids.

mod attributes;
mod error;
mod projections;
mod results;
mod store;
mod trees;
mod types;

pub use attributes::{AttributeValues, Attributes};
pub use error::Error;
pub use projections::{Edges, Projection};
pub use results::ResultsFile;
pub use store::Store;
pub use trees::{Tree, Trees};
pub use types::{PopulationRange, Types};
