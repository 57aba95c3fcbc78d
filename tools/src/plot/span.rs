//! The time that a run covers.

use neuroh5::{Store, Types};

use super::{RasterPopulation, fields, state_namespaces};
use crate::cli::Failure;

/// First and last time of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// First time, ms; below 0 by the time of equilibration.
    pub begin_ms: f64,
    /// Last time, ms; after `begin_ms`.
    pub end_ms: f64,
    /// Whether the file says so; if not, it is what the spikes cover.
    pub stated: bool,
}

/// The time of the run whose spikes these are, of which `namespace` has them.
///
/// Results state its length beside the spikes (`Trial Duration`) or in the times of a potential, which count from the
/// beginning of the run. When it began, before 0 if it equilibrated, is the first time of any recorded state; without
/// recordings it is 0 if all spikes fit in, and otherwise unknown.
pub fn span(store: &Store, types: &Types, namespace: &str, spikes: &[RasterPopulation]) -> Result<Span, Failure> {
    let mut duration: Option<f64> = None;
    let mut begin: Option<f64> = None;
    let mut last: Option<f64> = None;
    for population in &types.populations {
        let (name, start) = (&population.name, population.gids.start);
        if store.has(&format!("/Populations/{name}/{namespace}/Trial Duration")) {
            let all = store.attributes(name, namespace, "Trial Duration", start)?;
            let stated = all.gids().flat_map(|gid| all.as_f64(gid)).filter(|one| one.is_finite() && *one > 0.0);
            duration = stated.chain(duration).reduce(f64::max);
        }
        for states in state_namespaces(store, name)? {
            if store.has(&format!("/Populations/{name}/{states}/t")) {
                let times = store.attributes(name, &states, "t", start)?;
                for t in times.gids().flat_map(|gid| times.as_f64(gid)) {
                    begin = Some(begin.map_or(t, |begin| begin.min(t)));
                    last = Some(last.map_or(t, |last| last.max(t)));
                }
            }
        }
    }
    if duration.is_none() {
        let all = fields(store)?;
        duration = all.iter().filter_map(|one| one.points.last()).map(|(t, _)| *t).reduce(f64::max);
    }
    let times = || spikes.iter().flat_map(|one| one.spikes.iter().map(|(t, _)| *t));
    let (first_spike, last_spike) = (times().reduce(f64::min), times().reduce(f64::max));
    let stated = match (begin, duration) {
        (Some(begin), Some(duration)) => Some((begin, begin + duration)),
        (Some(begin), None) => last.filter(|last| *last > begin).map(|last| (begin, last)),
        (None, Some(duration)) => {
            let fits = first_spike.is_none_or(|t| t >= 0.0) && last_spike.is_none_or(|t| t <= duration);
            fits.then_some((0.0, duration))
        }
        (None, None) => None,
    };
    let (begin_ms, end_ms) = stated.unwrap_or_else(|| {
        let begin = first_spike.unwrap_or(0.0).min(0.0).floor();
        (begin, last_spike.unwrap_or(0.0).ceil().max(begin + 1.0))
    });
    // Several runs in one file: no spike is lost.
    let begin_ms = first_spike.map_or(begin_ms, |t| begin_ms.min(t.floor()));
    let end_ms = last_spike.map_or(end_ms, |t| end_ms.max(t));
    Ok(Span { begin_ms, end_ms, stated: stated.is_some() })
}
