//! `mivc trace`: a small model from a protocol file, its traces as CSV and SVG.

use std::path::PathBuf;
use std::sync::Arc;

use crate::cli::Outcome;
use crate::commands::{read_text, say, write_whole};

/// Arguments of `trace`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Protocol: sections, mechanisms, point processes, events, recordings
    protocol: PathBuf,
    /// Directory of .mod files, or a mechanism library; the built-in mechanisms are always there
    #[arg(long, value_name = "PATH")]
    mechanisms: Option<PathBuf>,
    /// CSV file to write instead of standard output
    #[arg(short, long, value_name = "FILE.csv")]
    output: Option<PathBuf>,
    /// Draw the traces as SVG or PNG
    #[arg(long, value_name = "FILE.svg|png", value_parser = crate::plot::picture_path)]
    plot: Option<PathBuf>,
}

/// Runs the protocol.
pub fn run(args: &Args) -> Outcome {
    let text = read_text(&args.protocol, "the protocol")?;
    let catalogue = match &args.mechanisms {
        Some(path) => crate::mechanisms::load(path)?,
        None => crate::mechanisms::catalogue(&[])?,
    };
    let protocol = runtime::protocol::parse(&args.protocol.display().to_string(), &text)?;
    let trace = runtime::protocol::run(&protocol, Arc::new(catalogue))?;
    let csv = trace.csv();
    match &args.output {
        Some(path) => write_whole(path, csv.as_bytes())?,
        None => say(csv.trim_end()),
    }
    for line in trace.spike_lines() {
        use std::io::Write;
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    }
    if let Some(path) = &args.plot {
        let title = args.protocol.file_stem().map_or(String::new(), |stem| stem.to_string_lossy().into_owned());
        crate::plot::traces(&title, &trace.times, &trace.columns).write(path)?;
    }
    Ok(())
}
