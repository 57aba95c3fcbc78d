//! The tree of a cell, seen along z.

use std::collections::BTreeMap;

use kuva::prelude::*;
use kuva::render::figure::Figure;
use neuroh5::Tree;

use super::{Picture, color, extent};

/// What the colours of a tree mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorBy {
    /// SWC type of the points
    Type,
    /// Layer of the points
    Layer,
}

/// Synapses of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct SynapseDots {
    /// Name for the legend.
    pub name: String,
    /// Section and location (0 to 1) of each.
    pub at: Vec<(u32, f64)>,
}

/// Colours of kinds of synapses.
const GREYS: [&str; 3] = ["#C3CAD1", "#7A848E", "#000000"];

/// The tree with a colour for each type or layer, `width` in units of the figure, and its synapses.
/// `names` are the names of types or layers.
pub fn morphology(
    title: &str,
    tree: &Tree,
    by: ColorBy,
    names: &BTreeMap<i64, String>,
    synapses: &[SynapseDots],
    width: f64,
) -> Picture {
    let kinds = match by {
        ColorBy::Type => &tree.swc_type,
        ColorBy::Layer => &tree.layer,
    };
    let point = |at: usize| (f64::from(tree.x[at]), f64::from(tree.y[at]));
    // Lines of each kind: from parent to child without lifting the pen as long as the kind stays.
    let mut lines: BTreeMap<i8, Vec<Vec<(f64, f64)>>> = BTreeMap::new();
    let mut ends_at: Vec<Option<(i8, usize)>> = vec![None; tree.x.len()];
    for (at, parent) in tree.parent.iter().enumerate() {
        let kind = kinds[at];
        let of_kind = lines.entry(kind).or_default();
        let parent = usize::try_from(*parent).ok().filter(|parent| *parent < tree.x.len());
        let line = match parent.and_then(|parent| ends_at[parent].take()) {
            Some((its, line)) if its == kind => line,
            other => {
                if let (Some(parent), Some(other)) = (parent, other) {
                    ends_at[parent] = Some(other);
                }
                of_kind.push(parent.map(point).into_iter().collect());
                of_kind.len() - 1
            }
        };
        of_kind[line].push(point(at));
        ends_at[at] = Some((kind, line));
    }
    let mut plots: Vec<Plot> = Vec::new();
    // Thousands of synapses would hide the tree: it is drawn over them, and they stand out at both sides, in
    // greys that are no colours of it.
    for (index, kind) in synapses.iter().enumerate() {
        let points: Vec<(f64, f64)> =
            kind.at.iter().filter_map(|(section, location)| place(tree, *section, *location)).collect();
        let legend = format!("{} ({})", kind.name, points.len());
        let dots = ScatterPlot::new().with_data(points).with_color(GREYS[index % GREYS.len()]).with_size(2.2);
        plots.push(Plot::Scatter(dots.with_legend(legend)));
    }
    for (index, (kind, lines)) in lines.iter().enumerate() {
        let name = names.get(&i64::from(*kind)).cloned();
        let word = match by {
            ColorBy::Type => "SWC type",
            ColorBy::Layer => "layer",
        };
        let name = name.unwrap_or_else(|| format!("{word} {kind}"));
        for (nth, line) in lines.iter().filter(|line| line.len() > 1).enumerate() {
            let plot =
                LinePlot::new().with_data(line.iter().copied()).with_color(color(index)).with_stroke_width(width);
            plots.push(Plot::Line(if nth == 0 { plot.with_legend(name.clone()) } else { plot }));
        }
    }
    let x = extent(tree.x.iter().map(|x| f64::from(*x)));
    let y = extent(tree.y.iter().map(|y| f64::from(*y)));
    let layout = Layout::auto_from_plots(&plots)
        .with_title(title)
        .with_x_label("x (µm)")
        .with_y_label("y (µm)")
        .with_x_axis_min(x.0)
        .with_x_axis_max(x.1)
        .with_y_axis_min(y.0)
        .with_y_axis_max(y.1)
        .with_show_grid(false)
        .with_equal_aspect();
    // A picture as tall as the cell asks for, within reason.
    let height = (560.0 * (y.1 - y.0) / (x.1 - x.0)).clamp(360.0, 900.0);
    let figure = Figure::new(1, 1).with_plots(vec![plots]).with_layouts(vec![layout]).with_cell_size(760.0, height);
    Picture::new(figure.render())
}

/// Where a location is: at its part of the length of the section's line.
fn place(tree: &Tree, section: u32, location: f64) -> Option<(f64, f64)> {
    let points = tree.sections.get(section as usize)?;
    let at = |point: u32| -> [f64; 3] {
        [f64::from(tree.x[point as usize]), f64::from(tree.y[point as usize]), f64::from(tree.z[point as usize])]
    };
    let pieces: Vec<([f64; 3], [f64; 3], f64)> = points
        .windows(2)
        .map(|ends| {
            let (a, b) = (at(ends[0]), at(ends[1]));
            (a, b, (0..3).map(|axis| (b[axis] - a[axis]).powi(2)).sum::<f64>().sqrt())
        })
        .collect();
    let mut left = location.clamp(0.0, 1.0) * pieces.iter().map(|(_, _, length)| length).sum::<f64>();
    for (a, b, length) in &pieces {
        if left <= *length {
            let part = if *length > 0.0 { left / length } else { 0.0 };
            return Some((a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])));
        }
        left -= length;
    }
    points.last().map(|last| (at(*last)[0], at(*last)[1]))
}

#[cfg(test)]
mod tests {
    use super::place;
    use neuroh5::Tree;

    #[test]
    fn a_synapse_lies_at_its_part_of_the_length_of_its_section() {
        let tree = Tree {
            x: vec![0.0, 3.0, 3.0],
            y: vec![0.0, 0.0, 1.0],
            z: vec![0.0; 3],
            sections: vec![vec![0, 1, 2]],
            ..Tree::default()
        };
        assert_eq!(place(&tree, 0, 0.5), Some((2.0, 0.0)));
        assert_eq!(place(&tree, 0, 1.0), Some((3.0, 1.0)));
        assert_eq!(place(&tree, 1, 0.5), None);
    }
}
