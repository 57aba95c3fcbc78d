//! Small passes over kernels. Each keeps every bit of every result, and the order of effects.

mod common;
mod dead;
mod renumber;
mod simplify;

use crate::kir::Kernel;

/// A pass.
pub type Pass = fn(&mut Kernel);

/// All passes in their order, with the names of `--dump-passes`.
pub const PASSES: &[(&str, Pass)] = &[
    ("simplify", simplify::simplify),
    ("common", common::common),
    ("simplify-again", simplify::simplify),
    ("dead", dead::dead),
    ("renumber", renumber::renumber),
];

/// Runs all passes.
pub fn run(kernel: &mut Kernel) {
    for (_, pass) in PASSES {
        pass(kernel);
    }
}

#[cfg(test)]
mod tests;
