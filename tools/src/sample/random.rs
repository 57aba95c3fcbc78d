//! Random numbers of the sample data: MT19937 seeded by one number, so that a seed gives one data set everywhere.

use rand_distr::{Distribution, Exp1, StandardNormal, StandardUniform};

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
        StandardUniform.sample(&mut self.0)
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
        let one: f64 = Exp1.sample(&mut self.0);
        mean * one
    }

    /// Normal of this mean and standard deviation.
    pub fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let one: f64 = StandardNormal.sample(&mut self.0);
        mean + deviation * one
    }

    /// Uniform in 0..n; 0 if n is 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f64) as usize).min(n.saturating_sub(1))
    }

    /// One of `0..weights.len()`, as likely as its weight; `None` if no weight is positive.
    pub fn weighted(&mut self, weights: &[f64]) -> Option<usize> {
        let sum: f64 = weights.iter().sum();
        let mut rest = self.unit() * sum;
        let last = weights.iter().rposition(|weight| *weight > 0.0)?;
        for (at, weight) in weights.iter().enumerate() {
            if rest < *weight {
                return Some(at);
            }
            rest -= weight;
        }
        Some(last)
    }
}
