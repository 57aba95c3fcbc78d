//! The model description: YAML configuration with its checks, gid ranges, and numpy's random streams.

pub mod config;
mod geometry;
mod load;
pub mod numpy;
pub mod recording;

pub use geometry::{Geometry, Surface};
pub use load::{load, load_selection};
