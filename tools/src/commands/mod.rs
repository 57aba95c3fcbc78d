//! One file for each subcommand.

pub mod build;
pub mod compare;
pub mod compile;
pub mod distribute_synapse_locs;
pub mod generate_distance_connections;
pub mod generate_input_features;
pub mod generate_input_spike_trains;
pub mod generate_soma_coordinates;
pub mod inspect;
pub mod link_commands;
pub mod make_h5types;
pub mod measure_distances;
pub mod neurotrees_copy;
pub mod neurotrees_import;
pub mod neurotrees_select;
pub mod planned;
pub mod plot;
pub mod prepare_data;
pub mod report;
pub mod run_network;
pub mod sample_data;
pub mod show_h5types;
pub mod trace;

use std::io::Write;
use std::path::Path;

use crate::cli::Failure;

/// Prints an error to standard error.
pub fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "error: {text}");
}

/// Prints something that is not an error to standard error: `kind` is `warning` or `note`.
pub fn complain_softly(kind: &str, text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{kind}: {text}");
}

/// A whole number above 0, as the size of a chunk is.
pub fn positive(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "it must be a whole number above 0".to_owned())
}

/// A table without lines between its rows.
pub fn lined_table(header: &[&str]) -> comfy_table::Table {
    use comfy_table::TableComponent::{HorizontalLines, MiddleIntersections};
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::UTF8_HORIZONTAL_ONLY).set_header(header);
    table.remove_style(HorizontalLines).remove_style(MiddleIntersections);
    table
}

/// Shows diagnostics on standard error, with colours on a terminal.
pub fn show(problems: &diag::Problems, sources: &diag::Sources) {
    use std::io::IsTerminal;
    if problems.is_empty() {
        return;
    }
    let color = std::io::stderr().is_terminal();
    let _ = write!(std::io::stderr().lock(), "{}", problems.render(sources, color));
}

/// Prints a line to standard output; a closed pipe is not an error.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Reads a text file; the message names it and says what to do.
pub fn read_text(path: &Path, what: &str) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::Message(format!("cannot read {what} {}: {error}; check the path and its permissions", path.display()))
    })?;
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// Writes a file so that `path` holds either its old content or all of the new: to a sibling first, then renamed.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = Path::new(&partial);
    let written = std::fs::write(partial, bytes).and_then(|()| std::fs::rename(partial, path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(partial);
        Failure::Message(format!(
            "cannot write {}: {error}; check that the directory exists and has room",
            path.display()
        ))
    })
}

/// Reads and checks a configuration; its problems are shown, and errors among them end the command.
pub fn configuration(path: &Path, sources: &mut diag::Sources) -> Result<model::config::Config, Failure> {
    match model::load(path, sources) {
        Ok((config, problems)) => {
            show(&problems, sources);
            Ok(config)
        }
        Err(problems) => {
            show(&problems, sources);
            Err(Failure::Told)
        }
    }
}
