//! Counter-based random streams, word for word those of NEURON (nrn: src/gnu/nrnran123.cpp).
//!
//! A stream is Philox4x32-10 with the key (global index, 0) and the counter (sequence, id3, id1, id2). One counter
//! gives four 32-bit words; after the fourth the 128-bit counter advances by one.

use rand_philox::philox4x32_10;

/// 1 / (2^32 + 1): words 0 and 2^32 - 1 stay inside (0, 1).
const SHIFT: f64 = 1.0 / 4_294_967_297.0;

/// One random stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// seq, id3, id1, id2
    counter: [u32; 4],
    block: [u32; 4],
    which: u8,
    key: u32,
}

impl Stream {
    /// A stream at its beginning. `global_index` is the simulation-wide key (0 unless set).
    pub fn new(global_index: u32, id1: u32, id2: u32, id3: u32) -> Stream {
        let mut stream = Stream { counter: [0, id3, id1, id2], block: [0; 4], which: 0, key: global_index };
        stream.refill();
        stream
    }

    fn refill(&mut self) {
        self.block = philox4x32_10(self.counter, [self.key, 0]);
    }

    /// Changes the identifiers (id1, id2, id3) as NEURON does: the current block of four words is kept until it is
    /// used up or [`Stream::set_sequence`] is called.
    pub fn set_ids(&mut self, id1: u32, id2: u32, id3: u32) {
        self.counter[1..].copy_from_slice(&[id3, id1, id2]);
    }

    /// The identifiers (id1, id2, id3).
    pub fn ids(&self) -> (u32, u32, u32) {
        (self.counter[2], self.counter[3], self.counter[1])
    }

    /// Goes to word `which` (0..=3) of block `seq`.
    pub fn set_position(&mut self, seq: u32, which: u8) {
        self.counter[0] = seq;
        self.which = which & 3;
        self.refill();
    }

    /// Goes to position 4*seq + which, kept in 34 bits; negative or huge numbers mean 0, as in NEURON.
    pub fn set_sequence(&mut self, position: f64) {
        let within = (0.0..=f64::from(u32::MAX) * 256.0 + 255.0).contains(&position);
        let bits = if within { position as u64 & 0x3_ffff_ffff } else { 0 };
        self.set_position((bits >> 2) as u32, (bits & 3) as u8);
    }

    /// (seq, which) of the next word.
    pub fn position(&self) -> (u32, u8) {
        (self.counter[0], self.which)
    }

    /// Next 32-bit word.
    pub fn pick(&mut self) -> u32 {
        let word = self.block[usize::from(self.which)];
        self.which += 1;
        if self.which > 3 {
            self.which = 0;
            for place in &mut self.counter {
                *place = place.wrapping_add(1);
                if *place != 0 {
                    break;
                }
            }
            self.refill();
        }
        word
    }

    /// Uniform in (0, 1).
    pub fn uniform(&mut self) -> f64 {
        (f64::from(self.pick()) + 1.0) * SHIFT
    }

    /// Exponential with mean 1.
    pub fn negexp(&mut self) -> f64 {
        -self.uniform().ln()
    }

    /// Normal with mean 0 and standard deviation 1: polar method, the second deviate is thrown away.
    pub fn normal(&mut self) -> f64 {
        loop {
            let u1 = 2.0 * self.uniform() - 1.0;
            let u2 = 2.0 * self.uniform() - 1.0;
            let w = u1 * u1 + u2 * u2;
            if w <= 1.0 {
                return u1 * ((-2.0 * w.ln()) / w).sqrt();
            }
        }
    }
}

/// NEURON's process-wide `scop_random()` (nrn: src/scopmath/random.c), here one for each simulation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopRandom {
    value: u32,
}

impl Default for ScopRandom {
    fn default() -> ScopRandom {
        ScopRandom { value: 1 }
    }
}

impl ScopRandom {
    /// `set_seed(x)`.
    pub fn seed(&mut self, seed: f64) {
        self.value = seed as i64 as u32;
    }

    /// Next deviate: a 32-bit linear congruence divided by 2^32 - 1.
    pub fn uniform(&mut self) -> f64 {
        self.value = self.value.wrapping_mul(2_147_437_301).wrapping_add(453_816_981);
        f64::from(self.value) / f64::from(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words and deviates printed by NEURON 9.0.2: `nrnran123` through a RANDOM variable with ids (1, 2, 3).
    #[test]
    fn words_are_those_of_neuron() {
        let mut stream = Stream::new(0, 1, 2, 3);
        let words: Vec<u32> = (0..6).map(|_| stream.pick()).collect();
        assert_eq!(words, [4212769771, 983989504, 536313978, 543550740, 3343823633, 2816359905]);
        assert_eq!(stream.position(), (1, 2));
        stream.set_position(0, 0);
        let uniform: Vec<f64> = (0..6).map(|_| stream.uniform()).collect();
        let expected = [
            0.980861897351951,
            0.22910290974446038,
            0.12487032890206429,
            0.12655526885610183,
            0.7785446087879724,
            0.6557348895222566,
        ];
        assert_eq!(uniform, expected);
    }

    #[test]
    fn deviates_are_those_of_neuron() {
        let mut stream = Stream::new(0, 1, 2, 3);
        let normal: Vec<f64> = (0..3).map(|_| 2.0 + stream.normal() * 3.0).collect();
        assert_eq!(normal, [5.509311734023475, 2.599218930352403, 3.7177703976226426]);
        stream.set_sequence(0.0);
        assert_eq!(stream.negexp() * 2.0, 0.038647213491710304);
    }

    /// Known-answer vectors of Random123 (Salmon et al. 2011): counter and key of zeros, of ones, and digits of pi.
    #[test]
    fn philox_known_answers() {
        assert_eq!(philox4x32_10([0; 4], [0; 2]), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
        assert_eq!(philox4x32_10([u32::MAX; 4], [u32::MAX; 2]), [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
        assert_eq!(
            philox4x32_10([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]),
            [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]
        );
    }

    #[test]
    fn new_ids_leave_the_block_until_it_is_used_up() {
        let mut changed = Stream::new(0, 1, 2, 3);
        changed.set_ids(7, 8, 9);
        assert_eq!(changed.ids(), (7, 8, 9));
        let mut old = Stream::new(0, 1, 2, 3);
        assert!((0..4).all(|_| changed.pick() == old.pick()));
        let mut fresh = Stream::new(0, 7, 8, 9);
        fresh.set_position(1, 0);
        assert!((0..4).all(|_| changed.pick() == fresh.pick()));
    }

    #[test]
    fn sequence_is_four_times_block_plus_word() {
        let mut a = Stream::new(5, 1, 0, 0);
        let words: Vec<u32> = (0..11).map(|_| a.pick()).collect();
        let mut b = Stream::new(5, 1, 0, 0);
        b.set_sequence(10.0);
        assert_eq!(b.pick(), words[10]);
        b.set_sequence(-1.0);
        assert_eq!(b.pick(), words[0]);
    }

    #[test]
    fn scop_random_is_a_linear_congruence() {
        let mut random = ScopRandom::default();
        assert_eq!(random.uniform(), (2_147_437_301_u64 + 453_816_981) as f64 / 4_294_967_295.0);
        random.seed(1.0);
        assert_eq!(random, ScopRandom::default());
    }
}
