//! Sections, segments and nodes: geometry, axial resistance, topology, inserted mechanisms.
//!
//! A [`Model`] is what NEURON's hoc sees: sections with 3-D points, `nseg`, mechanisms with their range variables and
//! ions, point processes at places. [`NodeTree`] is what the engine sees: nodes in NEURON's order with the
//! coefficients of the cable equation. Every formula follows NEURON's (src/nrnoc/treeset.cpp, cabcode.cpp, solve.cpp)
//! to the last bit, single-precision 3-D points included. Nothing here knows time, events or kernels.

mod error;
mod geometry;
mod mechanisms;
mod model;
mod nodes;
mod nseg;
mod range;
mod section;
mod shape;
mod topology;

pub use error::CableError;
pub use mechanisms::{InsertedIon, InsertedMechanism, IonState, PointId, PointProcess};
pub use model::Model;
pub use nodes::{NodePlace, NodeTree};
pub use range::{RangeVariable, nearest};
pub use section::{Connection, Pt3d, Section, SectionId, Segment};
