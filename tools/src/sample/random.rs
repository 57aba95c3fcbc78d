//! Random numbers of the sample data: MT19937 seeded by one number, so that a seed gives one data set everywhere.

/// A seeded generator.
#[derive(Debug)]
pub struct Random(rand_mt::Mt);

impl Random {
    /// A generator that depends on the seed alone.
    pub fn new(seed: u32) -> Random {
        Random(rand_mt::Mt::new(seed))
    }

    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// Uniform in [low, high).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Uniform in [-1, 1).
    pub fn symmetric(&mut self) -> f64 {
        self.between(-1.0, 1.0)
    }

    /// Exponential of this mean.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Uniform in 0..n; 0 if n is 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f64) as usize).min(n.saturating_sub(1))
    }
}
