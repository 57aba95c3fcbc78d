//! Elementary functions of our own, for one number and for strips of numbers, with the same bits in both.
//!
//! They use fused multiply-add: where the machine has it, a loop over them becomes vector code; where it has not, the
//! C library's `fma` gives the same bits slowly.

mod exp;
mod exp_table;

pub use exp::{exp, exp_strip};
