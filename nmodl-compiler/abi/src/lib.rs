//! The contract between compiled mechanisms and the engine.
//!
//! A mechanism reaches the engine as a [`CompiledMechanism`]: a [`MechanismLayout`] (which variables there are, where
//! they live, which ions it reads and writes) and one [`Kernel`] for each [`KernelKind`] it has. The engine owns all
//! arrays and lends them to a kernel as [`KernelData`]; whatever a kernel wants from outside its own row (events,
//! random streams, recorded spike vectors) it asks from the [`Host`].
//!
//! This crate knows neither the language nor the engine.

mod catalogue;
mod data;
mod host;
mod layout;

pub use catalogue::{
    Catalogue, CatalogueError, CompiledMechanism, Frozen, IonId, IonSpecies, Kernel, MechanismId, Touches,
};
pub use data::{IonArrays, IonIndex, KernelData, NodeArrays, Times};
pub use host::{Host, HostCall, KernelError, SilentHost};
pub use layout::{
    Column, ColumnClass, Diffusion, Function, Global, GlobalClass, IonUse, IonVariable, KernelKind, MechanismKind,
    MechanismLayout, NetReceive, Pointer,
};
