//! The model description: YAML configuration with its checks, gid ranges, and numpy's random streams.

pub mod config;
mod load;
pub mod recording;

pub use load::{load, load_selection};
