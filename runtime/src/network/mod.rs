//! Networks: from NeuroH5 files, templates and configuration to a running simulation, and back to a results file.
//!
//! The order of actions is MiV-Simulator's (network.py): cells population by population in sorted order, synapses,
//! input, recordings, initialisation, the run in segments with results written after each.

pub mod cells;
mod detector;
mod electrodes;
mod error;
mod recordings;
mod results;
mod run;
mod stimuli;
mod synapses;

pub use error::NetworkError;
pub use recordings::Recordings;
pub use results::{Closing, Portion, write_closing, write_portion};
pub use run::{Ended, Network, Options, Progress, RunOptions, Summary};
pub use stimuli::StimulusOptions;
pub use synapses::{Connection, Connections, PlacedSynapse, SynapseSource};
