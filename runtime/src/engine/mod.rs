//! The engine: instances, events, the fixed step. It knows nothing of YAML, HDF5 or hoc.

mod connect;
mod deliver;
mod error;
pub(crate) mod events;
mod hines;
mod host;
mod initialize;
mod instances;
mod ions;
mod netcon;
mod play;
mod prepare;
mod probes;
mod procedures;
mod queue;
mod random123;
mod simulation;
mod step;
mod threshold;

pub use connect::Source;
pub use error::{EngineError, Place};
pub use hines::TreeMatrix;
pub use netcon::{NetConId, SourceId};
pub use queue::EventQueue;
pub use random123::{ScopRandom, Stream};
pub use simulation::{Exchange, Settings, Simulation};
