//! Values that come from outside: spike trains of VecStims and continuously played variables.

use std::sync::Arc;

use super::error::EngineError;
use super::simulation::Simulation;
use crate::record::Probe;

/// A variable that follows a polygon in time (NEURON: `y.play(&var, t, 1)`).
#[derive(Debug, Clone)]
pub(crate) struct ContinuousPlay {
    pub(crate) target: Probe,
    /// ms, ascending
    pub(crate) times: Vec<f64>,
    pub(crate) values: Vec<f64>,
}

impl ContinuousPlay {
    /// Linear between the points, constant outside. Of two points at one time the later one counts from that time on.
    fn at(&self, t: f64) -> f64 {
        let after = self.times.partition_point(|time| *time <= t);
        let (Some(last), false) = (self.values.last(), after == 0) else {
            return self.values.first().copied().unwrap_or(0.0);
        };
        if after == self.times.len() {
            return *last;
        }
        let (t0, t1) = (self.times[after - 1], self.times[after]);
        let (y0, y1) = (self.values[after - 1], self.values[after]);
        let theta = (t - t0) / (t1 - t0);
        theta * y1 + (1.0 - theta) * y0
    }
}

impl Simulation {
    /// Gives an instance of a mechanism such as VecStim the spike train (ms, ascending) it plays from the next
    /// initialisation on.
    pub fn play(&mut self, point: cable::PointId, times: Vec<f64>) -> Result<(), EngineError> {
        let (mechanism, row) = self.point_row(point)?;
        let one = &mut self.mechanisms[mechanism];
        if one.extras.vectors_per_row == 0 {
            return Err(EngineError::Unsupported(format!("{} plays no vector", one.layout.name)));
        }
        one.extras.vectors[row * one.extras.vectors_per_row] = Some(Arc::new(times));
        Ok(())
    }

    /// Makes a variable follow `values` at `times` (ms, ascending) with straight lines between.
    pub fn play_polygon(&mut self, target: Probe, times: Vec<f64>, values: Vec<f64>) -> Result<(), EngineError> {
        if times.is_empty() || times.len() != values.len() || !times.is_sorted() {
            return Err(EngineError::Model("a played polygon needs ascending times and as many values".to_owned()));
        }
        self.plays.push(ContinuousPlay { target, times, values });
        Ok(())
    }

    pub(crate) fn play_continuous(&mut self) {
        for at in 0..self.plays.len() {
            let play = &self.plays[at];
            let (target, value) = (play.target, play.at(self.t));
            self.write(target, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polygon_is_clamped_and_jumps() {
        let play = ContinuousPlay {
            target: Probe::Time,
            times: vec![1.0, 2.0, 2.0, 4.0],
            values: vec![10.0, 20.0, 50.0, 70.0],
        };
        let at: Vec<f64> = [0.0, 1.0, 1.5, 2.0, 3.0, 4.0, 9.0].map(|t| play.at(t)).to_vec();
        assert_eq!(at, [10.0, 10.0, 15.0, 50.0, 60.0, 70.0, 70.0]);
    }
}
