//! A small NeuroH5 data set from a configuration and a seed, for the shipped model.
//!
//! Everything is drawn from one seed: positions in the layers, morphologies, synapses by the densities of the
//! configuration, sources by its projections, Poisson input. It is a way to have a lively network in a second; the
//! construction commands of the tutorial are the way to build a model.

pub mod morphology;
pub mod random;
