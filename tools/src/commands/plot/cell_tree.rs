//! `mivc plot-cell-tree`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use neuroh5::{Store, Types};

use crate::cli::{Failure, Outcome};
use crate::plot::{ColorBy, SynapseDots, chosen, morphology, picture_path};

/// Arguments of `plot-cell-tree`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// File with trees
    #[arg(short = 'p', long)]
    forest_path: PathBuf,
    /// Population of the cell
    #[arg(short = 'i', long)]
    population: String,
    /// The cell
    #[arg(short = 'g', long)]
    gid: u32,
    /// Draw the synapses, as is done without it where the file has them
    #[arg(long, overrides_with = "no_conn_loc")]
    conn_loc: bool,
    /// Draw no synapses
    #[arg(long)]
    no_conn_loc: bool,
    /// Width of the lines
    #[arg(long, default_value = "1", value_parser = super::positive_number)]
    line_width: f64,
    /// What the colours of the tree mean
    #[arg(long, value_enum, default_value = "type")]
    color_by: ColorBy,
    /// The picture; without it the name of the file with population, gid and _tree.png
    #[arg(short, long, value_name = "FILE.svg|png", value_parser = picture_path)]
    output: Option<PathBuf>,
}

/// Draws.
pub fn run(args: &Args) -> Outcome {
    let store = Store::open(&args.forest_path)?;
    // A file without types counts its cells from 0.
    let types = if store.has("/H5Types") { store.types()? } else { Types::default() };
    let start = if types.populations.is_empty() {
        0
    } else {
        chosen(&store, &types, std::slice::from_ref(&args.population))?.first().map_or(0, |one| one.gids.start)
    };
    store.require_namespace(&args.population, "Trees")?;
    let trees = store.trees(&args.population, start)?;
    let gids = trees.gids();
    if !gids.contains(&args.gid) {
        let known = match (gids.first(), gids.last()) {
            (Some(first), Some(last)) => format!("{} cells from {first} to {last}", gids.len()),
            _ => "no cells".to_owned(),
        };
        return Err(Failure::Message(format!(
            "{}: {} has no tree of gid {}; there are {known}",
            store.path().display(),
            args.population,
            args.gid
        )));
    }
    let tree = trees.tree(args.gid)?;
    let synapses = if args.conn_loc || !args.no_conn_loc { synapses(&store, args, start)? } else { Vec::new() };
    let title = format!("{} {}", args.population, args.gid);
    let picture = morphology(&title, &tree, args.color_by, &names(args.color_by), &synapses, args.line_width);
    let base = super::base(&args.forest_path);
    super::finish(&picture, args.output.as_ref(), &format!("{base}_{}_{}_tree.png", args.population, args.gid))
}

/// The usual names of SWC types; layers keep their numbers, whose names are a matter of the configuration.
fn names(by: ColorBy) -> BTreeMap<i64, String> {
    let all: &[(i64, &str)] = match by {
        ColorBy::Type => &[
            (1, "soma"),
            (2, "axon"),
            (3, "basal"),
            (4, "apical"),
            (5, "trunk"),
            (6, "tuft"),
            (7, "axon initial segment"),
            (8, "hillock"),
        ],
        ColorBy::Layer => &[(-1, "no layer")],
    };
    all.iter().map(|(kind, name)| (*kind, (*name).to_owned())).collect()
}

fn synapses(store: &Store, args: &Args, start: u32) -> Result<Vec<SynapseDots>, Failure> {
    const NAMESPACE: &str = "Synapse Attributes";
    if !store.has(&format!("/Populations/{}/{NAMESPACE}", args.population)) {
        return Ok(Vec::new());
    }
    let read = |name: &str| store.attributes(&args.population, NAMESPACE, name, start);
    let (sections, locations, types) = (read("syn_secs")?, read("syn_locs")?, read("syn_types")?);
    let mut kinds: BTreeMap<u8, Vec<(u32, f64)>> = BTreeMap::new();
    let places = sections.as_u32(args.gid).into_iter().zip(locations.as_f64(args.gid));
    for (kind, place) in types.as_u8(args.gid).into_iter().zip(places) {
        kinds.entry(kind).or_default().push(place);
    }
    let name = |kind: u8| match kind {
        0 => "excitatory".to_owned(),
        1 => "inhibitory".to_owned(),
        2 => "modulatory".to_owned(),
        other => format!("synapse type {other}"),
    };
    Ok(kinds.into_iter().map(|(kind, at)| SynapseDots { name: name(kind), at }).collect())
}
