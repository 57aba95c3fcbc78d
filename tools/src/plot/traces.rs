//! Recorded variables against time, one panel each.

use kuva::prelude::*;
use kuva::render::figure::Figure;

use super::{Picture, color};

/// One panel of traces.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// What the panel shows; above it.
    pub title: String,
    /// Label of its vertical axis, with unit.
    pub label: String,
    /// Label of its horizontal axis, with unit.
    pub x_label: String,
    /// Which of the colours.
    pub color: usize,
    /// Points, in order.
    pub points: Vec<(f64, f64)>,
}

/// Panels below each other.
pub fn panels(traces: &[Trace]) -> Picture {
    let mut plots = Vec::new();
    let mut layouts = Vec::new();
    for trace in traces {
        let points: Vec<(f64, f64)> = trace.points.iter().copied().filter(|(_, y)| y.is_finite()).collect();
        let (low, high) = points.iter().fold((f64::MAX, f64::MIN), |(low, high), (x, _)| (low.min(*x), high.max(*x)));
        let line = LinePlot::new().with_data(points).with_color(color(trace.color)).with_stroke_width(1.2);
        let panel = vec![Plot::Line(line)];
        let mut layout = Layout::auto_from_plots(&panel)
            .with_title_size(14)
            .with_x_label(trace.x_label.clone())
            .with_y_label(trace.label.clone());
        if low < high {
            layout = layout.with_x_axis_min(low).with_x_axis_max(high);
        }
        if !trace.title.is_empty() {
            layout = layout.with_title(trace.title.clone());
        }
        layouts.push(layout);
        plots.push(panel);
    }
    let rows = plots.len().max(1);
    let figure = Figure::new(rows, 1).with_plots(plots).with_layouts(layouts).with_cell_size(900.0, 220.0);
    Picture::new(figure.render())
}

/// Panels of one run: `columns` are label (with unit) and one value for each of `times`, ms.
pub fn traces(title: &str, times: &[f64], columns: &[(String, Vec<f64>)]) -> Picture {
    let panel = |(index, (label, values)): (usize, &(String, Vec<f64>))| Trace {
        title: if index == 0 { title.to_owned() } else { String::new() },
        label: label.clone(),
        x_label: "time (ms)".to_owned(),
        color: index,
        points: times.iter().copied().zip(values.iter().copied()).collect(),
    };
    panels(&columns.iter().enumerate().map(panel).collect::<Vec<_>>())
}
