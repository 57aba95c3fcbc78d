//! `neurotrees_import`: SWC morphologies as NeuroH5 trees.

use std::path::{Path, PathBuf};

use diag::{Diagnostic, FileId, Problems, Sources, Span};
use neuroh5::{Chunks, Tree};

use super::{Classes, TreesError, refuse_double, split};
use crate::swc::{self, Options, Swc};

/// A morphology to import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFile {
    /// Index of the cell in its population.
    pub cell: u32,
    /// SWC file.
    pub path: PathBuf,
}

/// Chunks that the importer makes.
const CHUNKS: Chunks = Chunks { pointers: 4000, values: 4000 };

/// Imports morphologies into a file, new or with other trees. Cells are stored in the reverse of the order given, as
/// the original does. Returns the number of points and sections of each cell.
pub fn import(
    population: &str,
    output: &Path,
    files: &[ImportFile],
    options: &Options,
    classes: Classes,
    sources: &mut Sources,
) -> Result<Vec<(u32, usize, usize)>, TreesError> {
    let mut trees = Vec::with_capacity(files.len());
    for file in files {
        let bytes =
            std::fs::read(&file.path).map_err(|error| TreesError::Unreadable { path: file.path.clone(), error })?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let id = sources.add(file.path.display().to_string(), text.as_str());
        let swc = swc::parse(&text, id, options)?;
        trees.push((file.cell, tree(&swc, id, classes)?));
    }
    trees.reverse();
    let cells: Vec<u32> = trees.iter().map(|(cell, _)| *cell).collect();
    neuroh5::append_whole(output, |store| {
        refuse_double(store, population, 0, &cells)?;
        let all: Vec<(u32, &Tree)> = trees.iter().map(|(cell, tree)| (*cell, tree)).collect();
        store.write_trees_chunked(population, 0, &all, Some(CHUNKS)).map_err(TreesError::from)
    })?;
    Ok(trees.iter().rev().map(|(cell, tree)| (*cell, tree.x.len(), tree.sections.len())).collect())
}

/// The tree of a morphology. Attachment points are left out: they follow from the rest when a tree is read.
pub fn tree(swc: &Swc, file: FileId, classes: Classes) -> Result<Tree, Problems> {
    let problem = |title: &str, help: &str| {
        let mut problems = Problems::new();
        problems.push(Diagnostic::error("W0012", Span::new(file, 0, 0), title).help(help));
        problems
    };
    let sections = split(swc, classes)
        .ok_or_else(|| problem("the morphology makes more than 65535 sections", "leave out branches"))?;
    if sections.edges.is_empty() {
        let help = "let the SWC type change at the end of the soma, or add a branch";
        return Err(problem("the morphology makes one section; NeuroH5 trees have at least two", help));
    }
    Ok(Tree {
        x: swc.x.clone(),
        y: swc.y.clone(),
        z: swc.z.clone(),
        radius: swc.radius.clone(),
        layer: swc.layer.clone(),
        parent: swc.parent.clone(),
        swc_type: swc.swc_type.clone(),
        sections: sections.points,
        source: sections.edges.iter().map(|edge| edge.0).collect(),
        destination: sections.edges.iter().map(|edge| edge.1).collect(),
        location: Vec::new(),
    })
}
