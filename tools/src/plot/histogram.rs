//! Histograms below each other.

use kuva::prelude::*;
use kuva::render::figure::Figure;

use super::{Picture, color, tick_step};

/// One panel.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// Above the panel.
    pub title: String,
    /// Label of the horizontal axis, with unit.
    pub label: String,
    /// What is counted, for the vertical axis.
    pub counted: &'static str,
    /// The values.
    pub values: Vec<f64>,
    /// Which of the colours.
    pub color: usize,
}

/// Bins are whole multiples of `bin`; with `normed` the bars are fractions of all values.
pub fn histograms(all: &[Histogram], bin: f64, normed: bool) -> Picture {
    let mut plots = Vec::new();
    let mut layouts = Vec::new();
    for one in all {
        let (edges, counts) = count(&one.values, bin);
        let scale = if normed { 1.0 / one.values.len().max(1) as f64 } else { 1.0 };
        let bars: Vec<f64> = counts.iter().map(|count| *count as f64 * scale).collect();
        let title = if one.values.is_empty() { format!("{}: none", one.title) } else { one.title.clone() };
        let top = bars.iter().copied().fold(0.0, f64::max);
        let (low, high) = (edges[0], edges[edges.len() - 1]);
        let plot = kuva::plot::Histogram::from_bins(edges, bars).with_color(color(one.color));
        let panel = vec![Plot::Histogram(plot)];
        layouts.push(
            Layout::auto_from_plots(&panel)
                .with_title(title)
                .with_title_size(14)
                .with_x_label(one.label.clone())
                .with_y_label(if normed { format!("fraction of {}", one.counted) } else { one.counted.to_owned() })
                .with_x_axis_min(low)
                .with_x_axis_max(high)
                .with_x_tick_step(tick_step(high - low, 8))
                .with_y_axis_min(0.0)
                .with_y_axis_max(if top > 0.0 { top * 1.05 } else { 1.0 }),
        );
        plots.push(panel);
    }
    let rows = plots.len().max(1);
    let figure = Figure::new(rows, 1).with_plots(plots).with_layouts(layouts).with_cell_size(760.0, 260.0);
    Picture::new(figure.render())
}

/// Most bins that a picture can show; wider bins are taken for more.
const MOST_BINS: f64 = 400.0;

fn count(values: &[f64], bin: f64) -> (Vec<f64>, Vec<usize>) {
    let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    if low > high {
        return (vec![0.0, bin], vec![0]);
    }
    let bin = bin * ((high - low) / bin / MOST_BINS).ceil().max(1.0);
    let first = (low / bin).floor();
    let n = ((high / bin).floor() - first) as usize + 1;
    let mut counts = vec![0; n];
    for value in values {
        counts[(((value / bin).floor() - first) as usize).min(n - 1)] += 1;
    }
    ((0..=n).map(|at| (first + at as f64) * bin).collect(), counts)
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn a_value_is_counted_in_the_bin_that_begins_with_it() {
        assert_eq!(count(&[-0.5, 0.0, 9.9, 10.0, 25.0], 10.0), (vec![-10.0, 0.0, 10.0, 20.0, 30.0], vec![1, 2, 1, 1]));
        assert_eq!(count(&[], 10.0), (vec![0.0, 10.0], vec![0]));
    }
}
