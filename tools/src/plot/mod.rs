//! Pictures as SVG and PNG, drawn by kuva: light theme, labels with units, one colour for each population.

mod coordinates;
mod histogram;
mod morphology;
mod picture;
mod raster;
mod results;
mod span;
mod traces;

pub use coordinates::{SomaPositions, coordinates};
pub use histogram::{Histogram, histograms};
pub use morphology::{ColorBy, SynapseDots, morphology};
pub use picture::{Picture, picture_path};
pub use raster::{DEFAULT_BIN_MS, RasterPopulation, Window, mean_rate, raster};
pub use results::{Spikes, chosen, color_of, fields, read_spikes, somata, state_namespaces, states};
pub use span::{Span, span};
pub use traces::{Trace, panels, traces};

/// Colours that stay apart for the common kinds of colour blindness (Okabe and Ito, 2008).
const COLORS: [&str; 7] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#444444"];

pub(crate) fn color(index: usize) -> &'static str {
    COLORS[index % COLORS.len()]
}

/// A round distance of ticks, so that at most `most` of them divide `width`.
fn tick_step(width: f64, most: usize) -> f64 {
    let raw = width / most as f64;
    let power = 10_f64.powf(raw.log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|n| n * power).find(|step| *step >= raw).unwrap_or(10.0 * power)
}

/// Least and greatest of some numbers with a margin of a twentieth, at least 1 wide; -1 to 1 if there are none.
fn extent(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return (-1.0, 1.0);
    }
    let margin = ((high - low) * 0.05).max(0.5);
    (low - margin, high + margin)
}
