//! The NeuroH5 file format: H5Types, trees, cell attributes, projections, results.
//!
//! All of HDF5 is in this crate, and nothing about simulation. Every error names the file, the HDF5 path, what was
//! found and what to do. Indices of cells in files are relative to their population; here they are gids.

mod attributes;
mod edges;
mod error;
mod projections;
mod results;
mod room;
mod rows;
mod store;
mod trajectory;
mod trees;
mod types;
mod walk;
mod whole;

pub use attributes::{AttributeValues, Attributes};
pub use edges::{EdgeAttribute, EdgeTable};
pub use error::Error;
pub use projections::{Edges, Projection};
pub use results::ResultsFile;
pub use rows::AttributeRows;
pub use store::{Chunks, Numbers, Store};
pub use trajectory::Trajectory;
pub use trees::{Tree, Trees};
pub use types::{PopulationRange, Types};
pub use walk::Kind;
pub use whole::{append_whole, write_whole};
