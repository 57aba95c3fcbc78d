//! `mivc report`: a run as one HTML page.

use std::path::{Path, PathBuf};

use neuroh5::Store;

use super::{read_text, say, write_whole};
use crate::cli::Outcome;
use crate::plot::{self, Span, Spikes, Trace, chosen, fields, panels, read_spikes, span, state_namespaces, states};
use crate::report::{Report, ReportPopulation, page};

/// Arguments of `report`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Results of run-network
    #[arg(value_name = "RESULTS.h5")]
    results: PathBuf,
    /// Configuration of the run, to be shown with it
    #[arg(long, value_name = "FILE.yaml")]
    config: Option<PathBuf>,
    /// Namespace of the spikes
    #[arg(long, default_value = "Spike Events")]
    spike_events_namespace: String,
    /// Traces of each population and recording
    #[arg(long, default_value = "1", value_parser = super::positive)]
    max_units: usize,
    /// The page; without it the name of the results with .html, beside them
    #[arg(short, long, value_name = "FILE.html")]
    output: Option<PathBuf>,
}

/// Writes the page.
pub fn run(args: &Args) -> Outcome {
    let store = Store::open(&args.results)?;
    let types = store.types()?;
    let all = chosen(&store, &types, &[])?;
    let what = Spikes { namespace: &args.spike_events_namespace, attribute: "t", artificial: true };
    let spikes = read_spikes(&store, &types, &all, &what)?;
    let mut traces = Vec::new();
    for (color, population) in all.iter().enumerate() {
        for namespace in state_namespaces(&store, &population.name)? {
            // Recordings of other variables than the voltage have no place here.
            if store.attribute_names(&population.name, &namespace)?.iter().any(|name| name == "v") {
                let of_one = states(&store, population, &namespace, ("t", "v"), &[], args.max_units)?;
                traces.extend(of_one.into_iter().map(|(_, one)| Trace { color, ..one }));
            }
        }
    }
    let fields = fields(&store)?;
    let Span { begin_ms: begin, end_ms: end, stated } = span(&store, &types, what.namespace, &spikes)?;
    let n_spikes: usize = spikes.iter().map(|one| one.spikes.len()).sum();
    let n_cells: usize = all.iter().map(|one| one.gids.len()).sum();
    let title = args.results.file_stem().map_or_else(|| "run".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let mut facts = vec![
        fact("results", args.results.display().to_string()),
        fact("cells", format!("{n_cells} in {} populations", all.len())),
        fact(
            "time",
            format!("{begin} to {end} ms{}", if stated { "" } else { " (of the spikes; the file does not say)" }),
        ),
        fact("spikes", n_spikes.to_string()),
        fact("page made by", format!("mivc {}", env!("CARGO_PKG_VERSION"))),
    ];
    if let Some(path) = &args.config {
        facts.insert(1, fact("configuration", path.display().to_string()));
    }
    let populations = all.iter().zip(spikes).enumerate().map(|(index, (population, spikes))| ReportPopulation {
        name: population.name.clone(),
        start: population.gids.start,
        end: population.gids.end,
        color: plot::color(index).to_owned(),
        times: spikes.spikes.iter().map(|(t, _)| *t).collect(),
        gids: spikes.spikes.iter().map(|(_, gid)| *gid).collect(),
    });
    let drawn = |traces: &[Trace], why: &str| match traces {
        [] => Err(why.to_owned()),
        some => Ok(panels(some).svg()),
    };
    let pictures = vec![
        ("Voltages".to_owned(), drawn(&traces, "No voltages are recorded in these results.")),
        ("Local field potential".to_owned(), drawn(&fields, "These results have no local field potential.")),
    ];
    let config = args.config.as_deref().map(|path: &Path| read_text(path, "the configuration")).transpose()?;
    let report = Report { title, facts, populations: populations.collect(), time: (begin, end), pictures, config };
    let output = args.output.clone().unwrap_or_else(|| args.results.with_extension("html"));
    write_whole(&output, page(&report)?.as_bytes())?;
    say(&format!("report in {}", output.display()));
    Ok(())
}
