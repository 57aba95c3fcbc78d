//! Whether two samples may come from one distribution: the two-sample Kolmogorov-Smirnov test.
//!
//! For data that are drawn again from another stream, as positions of cells. The test takes the values as
//! independent; those of synapses of one cell are not quite, so a small excess over the limit is no proof.

/// Probability of calling two samples of one distribution different.
pub const LEVEL: f64 = 0.001;

/// Two samples of one quantity.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// Quantity.
    pub at: String,
    /// Sizes of the samples.
    pub n: [usize; 2],
    /// Means.
    pub mean: [f64; 2],
    /// Standard deviations.
    pub sd: [f64; 2],
    /// Largest distance of the cumulative distributions.
    pub distance: f64,
    /// Distance that is exceeded with probability [`LEVEL`] if the distributions are the same; for discrete
    /// quantities less often.
    pub limit: f64,
}

impl Distribution {
    /// Compares two samples.
    pub fn of(at: &str, mut a: Vec<f64>, mut b: Vec<f64>) -> Distribution {
        a.sort_by(f64::total_cmp);
        b.sort_by(f64::total_cmp);
        let (n, m) = (a.len() as f64, b.len() as f64);
        // Asymptotic quantile; for small samples it is on the cautious side.
        let limit = (-(LEVEL / 2.0).ln() / 2.0).sqrt() * ((n + m) / (n * m)).sqrt();
        let moments = [moments(&a), moments(&b)];
        Distribution {
            at: at.to_owned(),
            n: [a.len(), b.len()],
            mean: moments.map(|one| one.0),
            sd: moments.map(|one| one.1),
            distance: distance(&a, &b),
            limit: if n > 0.0 && m > 0.0 { limit } else { 0.0 },
        }
    }

    /// Whether the samples are too small for any distance to be larger than chance makes it.
    pub fn too_few(&self) -> bool {
        self.limit >= 1.0
    }

    /// Whether the distance is larger than chance makes it.
    pub fn differs(&self) -> bool {
        self.distance > self.limit
    }
}

/// Mean and standard deviation; 0 of nothing.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / n).sqrt())
}

/// Largest distance of two cumulative distributions, of sorted samples; 1 if only one is empty.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return if a.is_empty() == b.is_empty() { 0.0 } else { 1.0 };
    }
    let (mut i, mut j, mut largest) = (0, 0, 0.0_f64);
    while i < a.len() && j < b.len() {
        // All equal values at once: the distributions are compared after them.
        let next = if a[i].total_cmp(&b[j]).is_le() { a[i] } else { b[j] };
        while i < a.len() && a[i].total_cmp(&next).is_le() {
            i += 1;
        }
        while j < b.len() && b[j].total_cmp(&next).is_le() {
            j += 1;
        }
        largest = largest.max((i as f64 / a.len() as f64 - j as f64 / b.len() as f64).abs());
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_of_small_samples_are_those_by_hand() {
        assert_eq!(distance(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0]), 0.0);
        assert_eq!(distance(&[1.0, 2.0], &[3.0, 4.0]), 1.0);
        // After 2: 2 of 4 and 3 of 4.
        assert_eq!(distance(&[1.0, 2.0, 3.0, 4.0], &[0.0, 1.0, 2.0, 5.0]), 0.25);
        assert_eq!(distance(&[], &[1.0]), 1.0);
        assert_eq!(distance(&[], &[]), 0.0);
    }

    #[test]
    fn a_shift_shows_and_another_grid_of_the_same_interval_does_not() {
        let grid = |n: usize, shift: f64| -> Vec<f64> { (0..n).map(|i| i as f64 / n as f64 + shift).collect() };
        assert!(!Distribution::of("x", grid(1000, 0.0), grid(700, 0.0)).differs());
        let shifted = Distribution::of("x", grid(1000, 0.0), grid(1000, 0.1));
        assert!(shifted.differs(), "{shifted:?}");
        let few = Distribution::of("x", vec![0.0; 4], vec![1.0; 4]);
        assert!(few.too_few() && !few.differs() && !shifted.too_few(), "{few:?}");
        // 1.9495 sqrt(2/1000)
        assert!((shifted.limit - 0.08718).abs() < 1e-5, "{}", shifted.limit);
    }
}
