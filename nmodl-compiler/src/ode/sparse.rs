//! KINETIC blocks.

/// The matrix.
#[derive(Debug, Clone, Default)]
pub(crate) struct Matrix {}
