//! Tables by name. Evaluation looks up a name or two for every operand, so the hash is short: names come from the
//! template, whose author may have slow cells.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Values by name.
pub(crate) type Names<T> = HashMap<String, T, BuildHasherDefault<NameHasher>>;

/// Multiplies and rotates words of eight bytes.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct NameHasher(u64);

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        let mut add = |word: u64| self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        for chunk in &mut chunks {
            add(chunk.iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte)));
        }
        add(chunks.remainder().iter().fold(1, |word, byte| (word << 8) | u64::from(*byte)));
    }

    fn write_u8(&mut self, _: u8) {
        // The end mark of a string; its length is in the last word.
    }

    fn finish(&self) -> u64 {
        // The table takes low bits, multiplication makes good high ones.
        self.0.rotate_left(26)
    }
}
