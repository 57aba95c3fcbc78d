//! Cells from templates: hoc's view of a [`cable::Model`].

mod host;

pub use host::{Globals, ModelHost};
