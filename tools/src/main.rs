//! The `mivc` executable.
fn main() {}
