//! Construction of a network model, step by step, as MiV-Simulator's and NeuroH5's commands do it.
//!
//! One module for each step; a step takes a configuration and NeuroH5 files and writes a NeuroH5 file. Arguments and
//! messages are in `tools`. Results depend on the configuration's seeds and on nothing else.

pub mod collapse;
pub mod compare;
pub mod connections;
pub mod coordinates;
pub mod distances;
pub mod h5types;
pub mod input;
pub mod inspect;
pub mod swc;
pub mod synapses;
pub mod trees;

pub use model::numpy;
