//! `mivc neurotrees_import`: SWC morphologies as NeuroH5 trees.

use std::path::{Path, PathBuf};

use construct::swc::Options;
use construct::trees::{Classes, ImportFile, TreesError, import};

use crate::cli::{Failure, Outcome};
use crate::commands::{read_text, say, show};

/// Arguments of `neurotrees_import`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Population
    #[arg(value_name = "POPULATION")]
    population: String,
    /// NeuroH5 file that gets the trees; made if there is none
    #[arg(value_name = "OUTPUT.h5")]
    output: PathBuf,
    /// SWC files; their cells are numbered from 0, or from -o
    #[arg(value_name = "SWC", conflicts_with_all = ["ids", "list", "singleton"])]
    files: Vec<PathBuf>,
    /// Begin new sections where the layer changes; only with -t
    #[arg(short = 's')]
    split_layers: bool,
    /// File with an index and an SWC file on each line
    #[arg(short = 'd', value_name = "FILE", conflicts_with_all = ["list", "singleton"])]
    ids: Option<PathBuf>,
    /// File with an SWC file on each line
    #[arg(short = 'l', value_name = "FILE", conflicts_with = "singleton")]
    list: Option<PathBuf>,
    /// One SWC file, for cell 0
    #[arg(short = 'r', value_name = "FILE")]
    singleton: Option<PathBuf>,
    /// Added to every point's id (-1 for files that count from 1)
    #[arg(short = 'n', value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    node_offset: i64,
    /// Index of the first cell of arguments or of -l
    #[arg(short = 'o', value_name = "N", default_value_t = 0)]
    cell_offset: u32,
    /// SWC type of all points; the second column is then the layer
    #[arg(short = 't', value_name = "TYPE")]
    swc_type: Option<i8>,
    /// Added to the layers of the second column; only with -t
    #[arg(short = 'y', value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    layer_offset: i64,
    /// Points that are added to each tree: refused, as by the original, for a tree has one root
    #[arg(short = 'i', value_name = "FILE")]
    include: Option<PathBuf>,
    /// Layer of the points of -i
    #[arg(short = 'e', value_name = "N", allow_negative_numbers = true)]
    include_layer: Option<i64>,
    /// Accept several points without a parent, as the original does; such trees cannot be simulated
    #[arg(long)]
    several_roots: bool,
}

/// Imports the files.
pub fn run(args: &Args) -> Outcome {
    if let Some(path) = &args.include {
        return Err(Failure::Message(format!(
            "-i {}: included points would be a second component, and a tree has one root section (the original \
             refuses every such tree too); put the points into the SWC files, attached to a point of theirs",
            path.display()
        )));
    }
    for (given, option) in [
        (args.include_layer.is_some(), "-e has no effect without -i"),
        (args.swc_type.is_none() && args.split_layers, "-s has no effect without -t"),
        (args.swc_type.is_none() && args.layer_offset != 0, "-y has no effect without -t"),
        (args.cell_offset != 0 && (args.ids.is_some() || args.singleton.is_some()), "-o has no effect with -d and -r"),
    ] {
        if given {
            super::complain_softly("warning", option);
        }
    }
    let files = files(args)?;
    if files.is_empty() {
        return Err(Failure::Message("no SWC files; name them at the end, or give -d, -l or -r".to_owned()));
    }
    let options = Options {
        node_offset: args.node_offset,
        constant_type: args.swc_type,
        layer_offset: args.layer_offset,
        several_roots: args.several_roots,
    };
    let classes = if args.split_layers && args.swc_type.is_some() { Classes::LayerAndType } else { Classes::Type };
    let mut sources = diag::Sources::new();
    match import(&args.population, &args.output, &files, &options, classes, &mut sources) {
        Ok(trees) => {
            for (cell, points, sections) in trees {
                say(&format!("{} {cell}: {points} points, {sections} sections", args.population));
            }
            Ok(())
        }
        Err(TreesError::Text(problems)) => {
            show(&problems, &sources);
            Err(Failure::Told)
        }
        Err(error) => Err(error.into()),
    }
}

/// The files with the indices of their cells, in order.
fn files(args: &Args) -> Result<Vec<ImportFile>, Failure> {
    let counted = |paths: Vec<PathBuf>| -> Vec<ImportFile> {
        (args.cell_offset..).zip(paths).map(|(cell, path)| ImportFile { cell, path }).collect()
    };
    if let Some(path) = &args.singleton {
        return Ok(vec![ImportFile { cell: 0, path: path.clone() }]);
    }
    if let Some(list) = &args.list {
        return Ok(counted(lines(list)?.into_iter().map(|(_, line)| PathBuf::from(line)).collect()));
    }
    if let Some(list) = &args.ids {
        let mut files = Vec::new();
        for (number, line) in lines(list)? {
            let entry = line.split_once(char::is_whitespace);
            let entry = entry.and_then(|(cell, path)| Some((cell.parse().ok()?, path.trim())));
            let (cell, path) = entry.ok_or_else(|| {
                let place = format!("{}:{number}", list.display());
                Failure::Message(format!("{place}: `{line}`: a line is `index SWC-FILE`; correct it"))
            })?;
            if files.iter().any(|file: &ImportFile| file.cell == cell) {
                let place = format!("{}:{number}", list.display());
                return Err(Failure::Message(format!("{place}: cell {cell} has a file already; use each index once")));
            }
            files.push(ImportFile { cell, path: PathBuf::from(path) });
        }
        return Ok(files);
    }
    Ok(counted(args.files.clone()))
}

/// Lines of a list with their numbers, without empty ones.
fn lines(path: &Path) -> Result<Vec<(usize, String)>, Failure> {
    let text = read_text(path, "the list")?;
    let numbered = (1..).zip(text.lines().map(|line| line.trim().to_owned()));
    Ok(numbered.filter(|(_, line)| !line.is_empty()).collect())
}
