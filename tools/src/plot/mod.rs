//! Pictures as SVG, drawn by kuva: light theme, labels with units, one colour for each population.

mod raster;
mod traces;

pub use raster::{RasterPopulation, raster};
pub use traces::traces;

/// Colours that stay apart for the common kinds of colour blindness (Okabe and Ito, 2008).
const COLORS: [&str; 7] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#444444"];

fn color(index: usize) -> &'static str {
    COLORS[index % COLORS.len()]
}
