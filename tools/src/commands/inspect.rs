//! `mivc inspect`: what a NeuroH5 file has.

use std::path::PathBuf;

use comfy_table::CellAlignment;
use construct::inspect::{CellAttribute, Contents, ProjectionSummary, Values, inspect};
use neuroh5::Store;

use crate::cli::Outcome;
use crate::commands::{say, show_h5types};

/// Arguments of `inspect`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// NeuroH5 file
    #[arg(value_name = "FILE.h5")]
    file: PathBuf,
}

/// Shows the file.
pub fn run(args: &Args) -> Outcome {
    let contents = inspect(&Store::open(&args.file)?)?;
    say(&text(&contents));
    Ok(())
}

fn text(contents: &Contents) -> String {
    let mut parts = Vec::new();
    match &contents.types {
        Some(types) => parts.push(show_h5types::table(types)),
        None => parts.push("no /H5Types: cells are counted from 0 in each population".to_owned()),
    }
    if !contents.attributes.is_empty() {
        parts.push(attributes(&contents.attributes));
    }
    if !contents.group_attributes.is_empty() {
        let lines: Vec<String> =
            contents.group_attributes.iter().map(|(at, value)| format!("{at} = {value}")).collect();
        parts.push(lines.join("\n"));
    }
    if !contents.projections.is_empty() {
        parts.push(projections(&contents.projections));
    }
    if !contents.other.is_empty() {
        let header = ["dataset", "type", "values", "least", "greatest"];
        let row = |(path, values): &(String, Values)| -> Vec<String> {
            [path.clone(), values.kind.to_owned(), values.n.to_string()].into_iter().chain(range(values)).collect()
        };
        parts.push(table(&header, 2, contents.other.iter().map(row)));
    }
    parts.join("\n\n")
}

fn attributes(all: &[CellAttribute]) -> String {
    let header = ["population", "namespace", "attribute", "type", "cells", "values", "of a cell", "least", "greatest"];
    let row = |one: &CellAttribute| -> Vec<String> {
        let (low, high) = one.lengths;
        let of_a_cell = if low == high { low.to_string() } else { format!("{low}–{high}") };
        let cells = match one.repeated {
            0 => one.n_cells.to_string(),
            repeated => format!("{} ({repeated} repeated)", one.n_cells),
        };
        let names = [one.population.clone(), one.namespace.clone(), one.name.clone(), one.values.kind.to_owned()];
        let counts = [cells, one.values.n.to_string(), of_a_cell];
        names.into_iter().chain(counts).chain(range(&one.values)).collect()
    };
    table(&header, 4, all.iter().map(row))
}

fn projections(all: &[ProjectionSummary]) -> String {
    let header = ["onto", "from", "edges", "targets", "sources", "in-degree", "mean"];
    let row = |one: &ProjectionSummary| -> Vec<String> {
        let (low, mean, high) = one.in_degree;
        let counts = [one.n_edges, one.n_destinations, one.n_sources].map(|n| n.to_string());
        let degree = [format!("{low}–{high}"), format!("{mean:.1}")];
        [one.destination.clone(), one.source.clone()].into_iter().chain(counts).chain(degree).collect()
    };
    let edges = table(&header, 2, all.iter().map(row));
    let header = ["onto", "from", "attribute of edges", "type", "least", "greatest"];
    let rows = all.iter().flat_map(|one| {
        one.attributes.iter().map(|(name, values)| -> Vec<String> {
            let names = [one.destination.clone(), one.source.clone(), name.clone(), values.kind.to_owned()];
            names.into_iter().chain(range(values)).collect()
        })
    });
    format!("{edges}\n\n{}", table(&header, 4, rows))
}

fn range(values: &Values) -> [String; 2] {
    let Some((low, high)) = values.range else { return [String::new(), String::new()] };
    // As many digits as the type has.
    let text = |x: f64| if values.kind == "float32" { (x as f32).to_string() } else { x.to_string() };
    match values.not_finite {
        0 => [text(low), text(high)],
        n => [text(low), format!("{} ({n} not finite)", text(high))],
    }
}

/// A table whose columns from `numbers` on are numbers.
fn table(header: &[&str], numbers: usize, rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = super::lined_table(header);
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(numbers) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}
