//! The commands that draw: one file for each.

pub mod cell_tree;
pub mod coords_in_volume;
pub mod lfp;
pub mod single_vertex_dist;
pub mod spike_raster;
pub mod state;

use std::path::{Path, PathBuf};

use crate::cli::{Failure, Outcome};
use crate::plot::Picture;

/// Writes the picture to the file that was asked for, or beside the working directory under a name of its own.
fn finish(picture: &Picture, asked: Option<&PathBuf>, otherwise: &str) -> Outcome {
    let path = asked.cloned().unwrap_or_else(|| PathBuf::from(otherwise));
    picture.write(&path)?;
    super::say(&format!("picture in {}", path.display()));
    Ok(())
}

/// The name of a file without folder and ending.
fn base(path: &Path) -> String {
    path.file_stem().map_or_else(|| "plot".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

/// A number that is finite and above 0, as the width of a bin is.
fn positive_number(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|n: &f64| n.is_finite() && *n > 0.0)
        .ok_or_else(|| "it must be a number above 0".to_owned())
}

/// The window of time that `--t-min` and `--t-max` ask for, or the one of the data.
fn window(t_min: Option<f64>, t_max: Option<f64>, data: (f64, f64)) -> Result<(f64, f64), Failure> {
    let (begin, end) = (t_min.unwrap_or(data.0), t_max.unwrap_or(data.1));
    // A window without width has at least one millisecond, unless it was asked for.
    let end = if t_max.is_none() && end <= begin { begin + 1.0 } else { end };
    if begin < end {
        return Ok((begin, end));
    }
    Err(Failure::Message(format!("there is no time from {begin} to {end} ms; give a --t-min below --t-max")))
}
