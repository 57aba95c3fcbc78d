//! Somata in space, seen from two sides.

use kuva::prelude::*;
use kuva::render::figure::Figure;

use super::{Picture, color, extent};

/// Somata of one population.
#[derive(Debug, Clone, PartialEq)]
pub struct SomaPositions {
    /// Name for the legend.
    pub name: String,
    /// Which of the colours.
    pub color: usize,
    /// gid and x, y, z, um.
    pub cells: Vec<(u32, [f64; 3])>,
}

/// x against y, and x against z, with one scale for both axes of a panel.
pub fn coordinates(title: &str, populations: &[SomaPositions]) -> Picture {
    let n: usize = populations.iter().map(|one| one.cells.len()).sum();
    let size = if n > 2000 { 1.5 } else { 3.0 };
    let axis = ["x (µm)", "y (µm)", "z (µm)"];
    let mut plots = Vec::new();
    let mut layouts = Vec::new();
    for (across, up) in [(0, 1), (0, 2)] {
        let panel: Vec<Plot> = populations
            .iter()
            .map(|population| {
                let points = population.cells.iter().map(|(_, at)| (at[across], at[up]));
                let scatter = ScatterPlot::new().with_data(points).with_color(color(population.color)).with_size(size);
                Plot::Scatter(scatter.with_legend(format!("{} ({})", population.name, population.cells.len())))
            })
            .collect();
        let of =
            |which: usize| extent(populations.iter().flat_map(|one| one.cells.iter().map(move |(_, at)| at[which])));
        let (x, y) = (of(across), of(up));
        let heading = if n == 0 {
            format!("{title}: no cells")
        } else {
            format!("{title}, {} over {}", &axis[up][..1], &axis[across][..1])
        };
        layouts.push(
            Layout::auto_from_plots(&panel)
                .with_title(heading)
                .with_title_size(14)
                .with_x_label(axis[across])
                .with_y_label(axis[up])
                .with_x_axis_min(x.0)
                .with_x_axis_max(x.1)
                .with_y_axis_min(y.0)
                .with_y_axis_max(y.1)
                .with_equal_aspect(),
        );
        plots.push(panel);
    }
    let figure = Figure::new(1, 2).with_plots(plots).with_layouts(layouts).with_cell_size(560.0, 440.0);
    Picture::new(figure.render())
}
