//! Recorded variables against time, one panel each.

use kuva::backend::svg::SvgBackend;
use kuva::prelude::*;
use kuva::render::figure::Figure;

/// Panels as SVG: `columns` are label (with unit) and one value for each of `times`, ms.
pub fn traces(title: &str, times: &[f64], columns: &[(String, Vec<f64>)]) -> String {
    let mut plots = Vec::new();
    let mut layouts = Vec::new();
    for (index, (label, values)) in columns.iter().enumerate() {
        let points: Vec<(f64, f64)> =
            times.iter().zip(values).map(|(t, y)| (*t, *y)).filter(|(_, y)| y.is_finite()).collect();
        let line = LinePlot::new().with_data(points).with_color(super::color(index)).with_stroke_width(1.2);
        let panel = vec![Plot::Line(line)];
        let mut layout = Layout::auto_from_plots(&panel).with_x_label("time (ms)").with_y_label(label.clone());
        if index == 0 {
            layout = layout.with_title(title);
        }
        layouts.push(layout);
        plots.push(panel);
    }
    let rows = plots.len().max(1);
    let figure = Figure::new(rows, 1).with_plots(plots).with_layouts(layouts).with_cell_size(900.0, 220.0);
    SvgBackend.render_scene(&figure.render())
}
