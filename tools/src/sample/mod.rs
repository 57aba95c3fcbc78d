//! A small NeuroH5 data set from a configuration and a seed, for the shipped model.
//!
//! Everything is drawn from one seed: positions in the layers, morphologies, synapses by the densities of the
//! configuration, sources by its projections, Poisson input. It is a way to have a lively network in a second; the
//! construction commands of the tutorial are the way to build a model.

mod files;
pub mod morphology;
mod network;
mod random;
mod synapses;
#[cfg(test)]
mod tests;

pub use files::{swc, write_cells, write_connections};
pub use network::{Cell, Input, Network, Population, build};
pub use random::Random;
pub use synapses::{Densities, Names, Synapse, place};
