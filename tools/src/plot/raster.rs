//! Spike raster: populations stacked and coloured, their mean rates below.

use kuva::prelude::*;
use kuva::render::figure::Figure;

use super::{Picture, color};

/// Spikes of one population.
#[derive(Debug, Clone, PartialEq)]
pub struct RasterPopulation {
    /// Name for the legend.
    pub name: String,
    /// Which of the colours.
    pub color: usize,
    /// Number of cells, for the rate.
    pub n_cells: usize,
    /// Time, ms, and gid of each spike.
    pub spikes: Vec<(f64, u32)>,
}

/// Width of the bins of the rate, ms, unless another is asked for.
pub const DEFAULT_BIN_MS: f64 = 5.0;

/// What part of time is drawn, and how coarse the rates are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// First time, ms.
    pub begin_ms: f64,
    /// Last time, ms; after `begin_ms`.
    pub end_ms: f64,
    /// Width of a bin of the rates, ms; above 0.
    pub bin_ms: f64,
}

/// Mean rate of a cell of the population over the window, Hz.
pub fn mean_rate(population: &RasterPopulation, begin_ms: f64, end_ms: f64) -> f64 {
    let spikes = population.spikes.iter().filter(|(t, _)| (begin_ms..=end_ms).contains(t)).count();
    let cell_seconds = population.n_cells as f64 * (end_ms - begin_ms) / 1000.0;
    if cell_seconds > 0.0 { spikes as f64 / cell_seconds } else { 0.0 }
}

/// The raster.
pub fn raster(title: &str, populations: &[RasterPopulation], window: &Window) -> Picture {
    let Window { begin_ms, end_ms, bin_ms } = *window;
    let mut dots: Vec<Plot> = Vec::new();
    let mut rates: Vec<Plot> = Vec::new();
    let mut gids: Option<(u32, u32)> = None;
    let n_bins = (((end_ms - begin_ms) / bin_ms).ceil() as usize).max(1);
    for population in populations {
        let shown = || population.spikes.iter().filter(|(t, _)| (begin_ms..=end_ms).contains(t));
        let points = shown().map(|(t, gid)| (*t, f64::from(*gid)));
        gids = shown().fold(gids, |gids, (_, gid)| {
            let (low, high) = gids.unwrap_or((*gid, *gid));
            Some((low.min(*gid), high.max(*gid)))
        });
        let size = if shown().count() > 5000 { 1.0 } else { 1.6 };
        let scatter = ScatterPlot::new().with_data(points).with_color(color(population.color)).with_size(size);
        // Both panels have a legend, so that their time axes are of one length.
        let legend = format!("{} ({})", population.name, population.n_cells);
        dots.push(Plot::Scatter(scatter.with_legend(legend)));

        let mut counts = vec![0_u32; n_bins];
        for (t, _) in shown() {
            let bin = ((t - begin_ms) / bin_ms).floor();
            if bin >= 0.0 && (bin as usize) < n_bins {
                counts[bin as usize] += 1;
            }
        }
        let scale = 1000.0 / (bin_ms * population.n_cells.max(1) as f64);
        let line = counts
            .iter()
            .enumerate()
            .map(|(bin, count)| (begin_ms + (bin as f64 + 0.5) * bin_ms, f64::from(*count) * scale));
        let legend = format!("{}: {:.1} Hz", population.name, mean_rate(population, begin_ms, end_ms));
        rates.push(Plot::Line(
            LinePlot::new()
                .with_data(line)
                .with_color(color(population.color))
                .with_stroke_width(1.2)
                .with_legend(legend),
        ));
    }
    let (low, high) = gids.unwrap_or((0, 1));
    let title = if gids.is_none() { format!("{title}: no spikes in this time") } else { title.to_owned() };
    // One width for both legends: that of the longer.
    let longest = populations.iter().map(|one| {
        let rate = format!("{}: {:.1} Hz", one.name, mean_rate(one, begin_ms, end_ms));
        rate.len().max(format!("{} ({})", one.name, one.n_cells).len())
    });
    let legend_width = 46.0 + 8.0 * longest.max().unwrap_or(0).max(8) as f64;
    let upper = Layout::auto_from_plots(&dots)
        .with_title(title)
        .with_x_label("time (ms)")
        .with_y_label("gid")
        .with_x_axis_min(begin_ms)
        .with_x_axis_max(end_ms)
        .with_y_axis_min(f64::from(low) - 1.0)
        .with_y_axis_max(f64::from(high) + 1.0)
        .with_legend_width(legend_width)
        .with_show_grid(false);
    let mut lower = Layout::auto_from_plots(&rates)
        .with_x_label("time (ms)")
        .with_y_label("rate (Hz)")
        .with_legend_width(legend_width)
        .with_x_axis_min(begin_ms)
        .with_x_axis_max(end_ms);
    if gids.is_none() {
        lower = lower.with_y_axis_min(0.0).with_y_axis_max(1.0);
    }
    let figure = Figure::new(2, 1)
        .with_plots(vec![dots, rates])
        .with_layouts(vec![upper, lower])
        .with_cell_size(900.0, 330.0)
        .with_row_height(1, 200.0);
    Picture::new(figure.render())
}
