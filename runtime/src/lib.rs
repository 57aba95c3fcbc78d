//! The engine: cells to nodes, events, the fixed step, recordings, networks.

pub mod cells;
pub mod engine;
pub mod network;
pub mod protocol;
pub mod record;
