//! `mivc plot-state`.

use std::path::PathBuf;

use neuroh5::Store;

use crate::cli::{Failure, Outcome};
use crate::plot::{Trace, chosen, color_of, panels, picture_path, state_namespaces, states};

/// Arguments of `plot-state`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Results of run-network
    #[arg(short = 'p', long)]
    state_path: PathBuf,
    /// Namespace of the recording, as `Intracellular soma`; every one without it
    #[arg(short = 'n', long)]
    state_namespace: Option<String>,
    /// Population to draw, may be repeated; all without it
    #[arg(short = 'i', long)]
    populations: Vec<String>,
    /// Cells of each population and namespace
    #[arg(long, default_value = "1", value_parser = super::super::positive)]
    max_units: usize,
    /// Cell to draw, may be repeated
    #[arg(short = 'g', long)]
    gid: Vec<u32>,
    /// Attribute of the times
    #[arg(long, default_value = "t")]
    t_variable: String,
    /// Recorded variable
    #[arg(long, default_value = "v")]
    state_variable: String,
    /// Last time, ms
    #[arg(long, allow_negative_numbers = true)]
    t_max: Option<f64>,
    /// First time, ms
    #[arg(long, allow_negative_numbers = true)]
    t_min: Option<f64>,
    /// Only say what is recorded
    #[arg(short = 'q', long)]
    query: bool,
    /// The picture; without it the name of the results with _state.png
    #[arg(short, long, value_name = "FILE.svg|png", value_parser = picture_path)]
    output: Option<PathBuf>,
}

/// Draws, or says what could be drawn.
pub fn run(args: &Args) -> Outcome {
    let store = Store::open(&args.state_path)?;
    let types = store.types()?;
    let mut all = Vec::new();
    let mut known = Vec::new();
    let mut found = Vec::new();
    for population in chosen(&store, &types, &args.populations)? {
        let color = color_of(&types, &population.name);
        for namespace in state_namespaces(&store, &population.name)? {
            known.push(format!("{} {namespace}", population.name));
            if args.query || args.state_namespace.as_ref().is_some_and(|asked| *asked != namespace) {
                continue;
            }
            let names = (args.t_variable.as_str(), args.state_variable.as_str());
            let traces = states(&store, population, &namespace, names, &args.gid, args.max_units)?;
            for (gid, trace) in traces {
                found.push(gid);
                all.push(Trace { color, ..trace });
            }
        }
    }
    if args.query {
        super::super::say(&if known.is_empty() { "nothing is recorded".to_owned() } else { known.join("\n") });
        return Ok(());
    }
    let missing: Vec<String> = args.gid.iter().filter(|gid| !found.contains(gid)).map(u32::to_string).collect();
    if all.is_empty() || !missing.is_empty() {
        let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
        let of = if missing.is_empty() { String::new() } else { format!(" of gid {}", missing.join(", ")) };
        return Err(Failure::Message(format!(
            "{}: there is no {} recorded{of}; the file has {known}: check --state-namespace, --populations and --gid",
            store.path().display(),
            args.state_namespace.as_deref().unwrap_or("state"),
        )));
    }
    let data = all.iter().flat_map(|one| one.points.iter()).map(|(t, _)| *t);
    let data = data.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), t| (low.min(t), high.max(t)));
    let (begin, end) = super::window(args.t_min, args.t_max, if data.0 <= data.1 { data } else { (0.0, 1.0) })?;
    for one in &mut all {
        one.points.retain(|(t, _)| (begin..=end).contains(t));
    }
    super::finish(&panels(&all), args.output.as_ref(), &format!("{}_state.png", super::base(&args.state_path)))
}
