//! hoc templates: lexer, grammar, and an evaluator that builds cells through a host

pub mod host;

pub use host::{CellHost, HostError, Point3d, PointField, SectionId, SectionProperty};
