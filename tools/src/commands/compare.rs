//! `mivc compare`: how two NeuroH5 files differ.

use std::path::PathBuf;

use construct::compare::{LEVEL, Mode, compare};
use neuroh5::Store;

use crate::cli::{Failure, Outcome};
use crate::commands::say;

/// Arguments of `compare`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// One NeuroH5 file
    #[arg(value_name = "A.h5")]
    first: PathBuf,
    /// The other
    #[arg(value_name = "B.h5")]
    second: PathBuf,
    /// Take floats as equal that are at most N representable numbers apart
    #[arg(long, value_name = "N", conflicts_with = "statistics")]
    ulp: Option<u64>,
    /// Compare distributions of values in place of the values (Kolmogorov-Smirnov test, level 0.001)
    #[arg(long)]
    statistics: bool,
}

/// Compares the files: status 0 if nothing differs.
pub fn run(args: &Args) -> Outcome {
    let mode = match (args.ulp, args.statistics) {
        (Some(ulps), _) => Mode::Ulp(ulps),
        (None, true) => Mode::Statistics,
        (None, false) => Mode::Exact,
    };
    let (a, b) = (Store::open(&args.first)?, Store::open(&args.second)?);
    let found = compare(&a, &b, mode, &mut |difference| say(&difference.to_string()))?;
    if args.statistics {
        for one in found.distributions.iter().filter(|one| !one.differs()) {
            let verdict = if one.too_few() { "too few values to tell" } else { "alike" };
            say(&format!(
                "{}: {verdict}: {} and {} values, means {:.6} and {:.6}, sd {:.6} and {:.6}, distance {:.5} of {:.5}",
                one.at, one.n[0], one.n[1], one.mean[0], one.mean[1], one.sd[0], one.sd[1], one.distance, one.limit
            ));
        }
        say(&format!(
            "{} distributions at level {LEVEL}, {} differences",
            found.distributions.len(),
            found.differences
        ));
    } else {
        say(&format!("{} values compared, {} differences", found.values, found.differences));
    }
    if found.differences == 0 { Ok(()) } else { Err(Failure::Told) }
}
