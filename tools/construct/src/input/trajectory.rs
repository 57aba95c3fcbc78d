//! A run along a path at constant speed, sampled in time.
//!
//! The original computes partly in single precision; that decides how many samples there are and where, and is kept.

use model::config::Config;
use neuroh5::Trajectory;
use serde_json::Value;

use super::{InputError, arena, keys};

/// More samples than this are a mistake in the units.
const MOST_SAMPLES: f64 = 1e8;

/// The samples of a run.
#[derive(Debug)]
pub(super) struct Run {
    /// Name of the trajectory.
    pub(super) name: String,
    /// Times, ms; the equilibration is before 0.
    pub(super) t: Vec<f64>,
    /// As it stands in the file.
    pub(super) stored: Trajectory,
}

/// Time scales of the stimulus, ms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub(super) resolution: f64,
    pub(super) equilibration: f64,
}

pub(super) fn times(config: &Config) -> Result<Times, InputError> {
    let resolution = config.stimulus.other.get("Temporal Resolution").and_then(Value::as_f64);
    let Some(resolution) = resolution.filter(|ms| *ms > 0.0 && ms.is_finite()) else {
        let key = "Stimulus: Temporal Resolution";
        return Err(InputError::config(key, "there is no time above 0 ms", "add `Temporal Resolution: 1.0`"));
    };
    let equilibration = config.stimulus.equilibration_duration;
    if !(equilibration >= 0.0 && equilibration.is_finite()) {
        let key = "Stimulus: Equilibration Duration";
        return Err(InputError::config(key, format!("{equilibration} ms"), "give 0 or more"));
    }
    Ok(Times { resolution, equilibration })
}

/// All runs of an arena by name.
pub(super) fn runs(config: &Config, arena_id: &str, times: Times) -> Result<Vec<Run>, InputError> {
    let arena = arena(config, arena_id)?;
    let key = format!("Stimulus: Arena: {arena_id}: Trajectory");
    let Some(trajectories) = arena.get("Trajectory").and_then(Value::as_object).filter(|all| !all.is_empty()) else {
        let (what, remedy) =
            ("there is no trajectory", "add `Diag: {path: [[-100, -100], [100, 100]], run velocity: 30.0}`");
        return Err(InputError::config(key, format!("{what} (keys of the arena: {})", keys(arena)), remedy));
    };
    let mut names: Vec<&String> = trajectories.keys().collect();
    names.sort();
    let mut all = Vec::new();
    for name in names {
        let key = format!("{key}: {name}");
        let trajectory = &trajectories[name];
        let velocity = trajectory.get("run velocity").or_else(|| arena.get("default run velocity"));
        let velocity = velocity.and_then(Value::as_f64).filter(|v| *v > 0.0 && v.is_finite());
        let velocity = velocity
            .ok_or_else(|| InputError::config(&key, "there is no velocity above 0 cm/s", "add `run velocity: 30.0`"))?;
        let path = path(trajectory).ok_or_else(|| {
            InputError::config(&key, "there is no path of two points or more", "add `path: [[0, 0], [100, 0]]` (cm)")
        })?;
        let (t, stored) = sample(&path, velocity, times).map_err(|what| {
            let remedy = "check the path (cm), the run velocity (cm/s) and the temporal resolution (ms)";
            InputError::config(&key, what, remedy)
        })?;
        all.push(Run { name: name.clone(), t, stored });
    }
    Ok(all)
}

fn path(trajectory: &Value) -> Option<Vec<[f32; 2]>> {
    let point = |point: &Value| -> Option<[f32; 2]> {
        let [x, y] = point.as_array()?.as_slice() else { return None };
        let (x, y) = (x.as_f64()? as f32, y.as_f64()? as f32);
        (x.is_finite() && y.is_finite()).then_some([x, y])
    };
    let points: Option<Vec<_>> = trajectory.get("path")?.as_array()?.iter().map(point).collect();
    points.filter(|points| points.len() >= 2)
}

/// Samples a path (cm) at a velocity (cm/s); a straight run-up along x takes the equilibration.
fn sample(path: &[[f32; 2]], velocity: f64, times: Times) -> Result<(Vec<f64>, Trajectory), String> {
    // cm/ms
    let speed = velocity / 1000.0;
    let run_up = speed * times.equilibration;
    let mut x = vec![(f64::from(path[0][0]) - run_up) as f32];
    let mut y = vec![path[0][1]];
    x.extend(path.iter().map(|point| point[0]));
    y.extend(path.iter().map(|point| point[1]));
    let mut distance = vec![0.0_f32];
    let mut sum = 0.0_f32;
    for (x, y) in x.windows(2).zip(y.windows(2)) {
        let (dx, dy) = (x[1] - x[0], y[1] - y[0]);
        sum += (dx * dx + dy * dy).sqrt();
        distance.push(sum);
    }
    let wanted = speed * times.resolution;
    let step = wanted as f32;
    let samples = f64::from((sum + (wanted / 2.0) as f32) / step).ceil();
    if !(3.0..=MOST_SAMPLES).contains(&samples) {
        return Err(format!("the run has {samples} samples, one every {} ms", times.resolution));
    }
    let double = |values: &[f32]| -> Vec<f64> { values.iter().map(|one| f64::from(*one)).collect() };
    let (distance, x, y) = (double(&distance), double(&x), double(&y));
    let mut t = Vec::with_capacity(samples as usize);
    let mut stored = Trajectory::default();
    for number in 0..samples as usize {
        let d = number as f64 * f64::from(step);
        t.push(d / speed - times.equilibration);
        stored.x.push(interpolate(d, &distance, &x) as f32);
        stored.y.push(interpolate(d, &distance, &y) as f32);
        stored.d.push((d - run_up) as f32);
    }
    stored.t = t.iter().map(|t| *t as f32).collect();
    if t.windows(2).any(|pair| pair[1] <= pair[0]) {
        return Err("samples are nearer to each other than numbers can tell".to_owned());
    }
    Ok((t, stored))
}

/// Linear interpolation as numpy's `interp` computes it: constant beyond the ends.
fn interpolate(at: f64, x: &[f64], y: &[f64]) -> f64 {
    let right = x.partition_point(|one| *one <= at);
    if right == 0 {
        return y[0];
    }
    if right == x.len() {
        return y[right - 1];
    }
    let slope = (y[right] - y[right - 1]) / (x[right] - x[right - 1]);
    slope * (at - x[right - 1]) + y[right - 1]
}
