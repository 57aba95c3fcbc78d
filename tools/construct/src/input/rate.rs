//! Spikes of an inhomogeneous Poisson process with a dead time, drawn by thinning on a grid.

use model::numpy::RandomState;

/// Dead time after a spike, ms.
const REFRACTORY: f64 = 3.0;
/// Rates up to this, Hz, are none.
const LOWEST_RATE: f32 = 1e-3;

/// The rate along a run: its peak, rising from 0 over the first `rise` samples by half of a Hann window, Hz.
pub(super) fn rising(peak: f32, samples: usize, rise: usize) -> Vec<f32> {
    let mut rate = vec![peak; samples];
    let step = 2.0 * std::f64::consts::PI / (2 * rise).saturating_sub(1) as f64;
    for (number, rate) in rate.iter_mut().take(rise).enumerate() {
        let window = 0.5 + 0.5 * (number as f64 * step - std::f64::consts::PI).cos();
        *rate = (f64::from(*rate) * window) as f32;
    }
    rate
}

/// A rate on the grid of the spikes.
#[derive(Debug)]
pub(super) struct Grid {
    /// ms
    t: Vec<f64>,
    /// 1/ms, raised to make up for the dead time.
    rate: Vec<f64>,
    dt: f64,
    /// Greatest rate; none if no rate is above 0.
    greatest: Option<f64>,
}

impl Grid {
    /// Brings a rate (Hz) sampled at `t` (ms, at least three) to a grid of `dt` ms; none if the dead time does not allow
    /// so high a rate.
    pub(super) fn new(t: &[f64], rate: &[f32], dt: f64) -> Option<Grid> {
        let rate: Vec<f64> =
            rate.iter().map(|rate| if rate.abs() <= LOWEST_RATE { 0.0 } else { f64::from(*rate) }).collect();
        let (first, last) = (t[0], t[t.len() - 1]);
        let points = ((last + dt - first) / dt).ceil() as usize;
        // The step as it is found from the second point.
        let step = (first + dt) - first;
        let grid: Vec<f64> = (0..points).map(|i| first + i as f64 * step).filter(|t| *t <= last).collect();
        let curve = Makima::new(t, &rate);
        let mut rate: Vec<f64> = grid.iter().map(|t| curve.at(*t) / 1000.0).collect();
        let mut greatest: Option<f64> = None;
        for rate in &mut rate {
            if *rate > 1e-100 {
                let free = 1.0 / *rate - REFRACTORY;
                if free <= 0.0 {
                    return None;
                }
                *rate = 1.0 / free;
                greatest = Some(greatest.map_or(*rate, |greatest| greatest.max(*rate)));
            }
        }
        Some(Grid { t: grid, rate, dt, greatest })
    }

    /// Draws the spikes of one trial, ms.
    pub(super) fn spikes(&self, random: &mut RandomState) -> Vec<f64> {
        let mut spikes = Vec::new();
        let Some(greatest) = self.greatest else { return spikes };
        let (mut at, mut since) = (0, 0.0);
        while at < self.t.len() {
            let u = random.uniform(0.0, 1.0);
            if u <= 0.0 {
                continue;
            }
            let interval = -u.ln() / greatest;
            at = at.saturating_add((interval / self.dt) as usize);
            since += interval;
            if at < self.t.len() && random.uniform(0.0, 1.0) <= self.rate[at] / greatest && since >= 0.0 {
                spikes.push(self.t[at]);
                since = -REFRACTORY;
            }
        }
        spikes
    }
}

/// Akima's piecewise cubic with modified weights, as SciPy's `Akima1DInterpolator(method="makima")`:
/// derivatives are means of the neighbouring slopes, weighted by how little the slopes change on the other side.
struct Makima<'a> {
    x: &'a [f64],
    y: &'a [f64],
    slopes: Vec<f64>,
    derivatives: Vec<f64>,
}

impl<'a> Makima<'a> {
    fn new(x: &'a [f64], y: &'a [f64]) -> Makima<'a> {
        let n = x.len();
        let slopes: Vec<f64> = (1..n).map(|i| (y[i] - y[i - 1]) / (x[i] - x[i - 1])).collect();
        // Two more slopes at each end, by extrapolation.
        let left = 2.0 * slopes[0] - slopes[1];
        let right = 2.0 * slopes[n - 2] - slopes[n - 3];
        let mut padded = vec![2.0 * left - slopes[0], left];
        padded.extend_from_slice(&slopes);
        padded.extend([right, 2.0 * right - slopes[n - 2]]);
        let weights: Vec<(f64, f64)> = padded
            .windows(4)
            .map(|four| {
                let after = (four[3] - four[2]).abs() + 0.5 * (four[3] + four[2]).abs();
                let before = (four[1] - four[0]).abs() + 0.5 * (four[1] + four[0]).abs();
                (after, before)
            })
            .collect();
        let greatest = weights.iter().fold(f64::NEG_INFINITY, |max, (after, before)| max.max(after + before));
        let derivative = |(four, (after, before)): (&[f64], &(f64, f64))| {
            let sum = after + before;
            if sum > 1e-9 * greatest { four[1] + before / sum * (four[2] - four[1]) } else { 0.5 * (four[3] + four[0]) }
        };
        let derivatives = padded.windows(4).zip(&weights).map(derivative).collect();
        Makima { x, y, slopes, derivatives }
    }

    /// The value between the first and the last node.
    fn at(&self, x: f64) -> f64 {
        let piece = self.x.partition_point(|one| *one <= x).saturating_sub(1).min(self.slopes.len() - 1);
        let width = self.x[piece + 1] - self.x[piece];
        let (slope, start, end) = (self.slopes[piece], self.derivatives[piece], self.derivatives[piece + 1]);
        let twist = (start + end - 2.0 * slope) / width;
        let h = x - self.x[piece];
        ((self.y[piece] + start * h) + ((slope - start) / width - twist) * (h * h)) + twist / width * ((h * h) * h)
    }
}
