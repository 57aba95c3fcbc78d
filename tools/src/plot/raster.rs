//! Spike raster: populations stacked and coloured, their mean rates below.

use kuva::backend::svg::SvgBackend;
use kuva::prelude::*;
use kuva::render::figure::Figure;

/// Spikes of one population.
#[derive(Debug, Clone, PartialEq)]
pub struct RasterPopulation {
    /// Name for the legend.
    pub name: String,
    /// Number of cells, for the rate.
    pub n_cells: usize,
    /// Time, ms, and gid of each spike.
    pub spikes: Vec<(f64, u32)>,
}

/// Width of the bins of the rate, ms.
const BIN_MS: f64 = 5.0;

/// The raster as SVG; times from `begin_ms` to `end_ms`.
pub fn raster(title: &str, populations: &[RasterPopulation], begin_ms: f64, end_ms: f64) -> String {
    let mut dots: Vec<Plot> = Vec::new();
    let mut rates: Vec<Plot> = Vec::new();
    let mut top = 0_u32;
    let n_bins = (((end_ms - begin_ms) / BIN_MS).ceil() as usize).max(1);
    for (index, population) in populations.iter().enumerate() {
        let points = population.spikes.iter().map(|(t, gid)| (*t, f64::from(*gid)));
        top = population.spikes.iter().fold(top, |top, (_, gid)| top.max(*gid));
        let scatter = ScatterPlot::new().with_data(points).with_color(super::color(index)).with_size(1.6);
        // Both panels have a legend, so that their time axes are of one length.
        let legend = format!("{} ({})", population.name, population.n_cells);
        dots.push(Plot::Scatter(scatter.with_legend(legend.clone())));

        let mut counts = vec![0_u32; n_bins];
        for (t, _) in &population.spikes {
            let bin = ((t - begin_ms) / BIN_MS).floor();
            if bin >= 0.0 && (bin as usize) < n_bins {
                counts[bin as usize] += 1;
            }
        }
        let scale = 1000.0 / (BIN_MS * population.n_cells.max(1) as f64);
        let line = counts
            .iter()
            .enumerate()
            .map(|(bin, count)| (begin_ms + (bin as f64 + 0.5) * BIN_MS, f64::from(*count) * scale));
        rates.push(Plot::Line(
            LinePlot::new().with_data(line).with_color(super::color(index)).with_stroke_width(1.2).with_legend(legend),
        ));
    }
    let upper = Layout::auto_from_plots(&dots)
        .with_title(title)
        .with_x_label("time (ms)")
        .with_y_label("gid")
        .with_x_axis_min(begin_ms)
        .with_x_axis_max(end_ms)
        .with_y_axis_min(-1.0)
        .with_y_axis_max(f64::from(top) + 1.0)
        .with_show_grid(false);
    let lower = Layout::auto_from_plots(&rates)
        .with_x_label("time (ms)")
        .with_y_label("rate (Hz)")
        .with_x_axis_min(begin_ms)
        .with_x_axis_max(end_ms);
    let figure = Figure::new(2, 1)
        .with_plots(vec![dots, rates])
        .with_layouts(vec![upper, lower])
        .with_cell_size(900.0, 330.0)
        .with_row_height(1, 200.0);
    SvgBackend.render_scene(&figure.render())
}
