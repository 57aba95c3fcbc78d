//! Values that come from outside: spike trains of VecStims and continuously played variables.

use std::sync::Arc;

use super::error::EngineError;
use super::events::Event;
use super::simulation::{Simulation, Transfer};
use crate::record::Probe;

/// A variable that follows a polygon in time (NEURON: `y.play(&var, t, 1)`).
#[derive(Debug, Clone)]
pub(crate) struct ContinuousPlay {
    pub(crate) target: Probe,
    /// ms, ascending
    pub(crate) times: Vec<f64>,
    pub(crate) values: Vec<f64>,
    /// The first point whose event was not delivered: what comes after it is not known yet.
    pub(crate) bound: usize,
}

impl ContinuousPlay {
    /// Constant before the first point, then straight lines (nrn: VecPlayContinuous::interpolate).
    ///
    /// The line to the point `bound` goes on until its event is delivered. So at a jump a step that ends there still
    /// sees the value before it; and after the last point the last line goes on for ever.
    fn at(&self, t: f64) -> f64 {
        let next = self.times.partition_point(|time| *time <= t).min(self.bound);
        let before = t <= self.times[0] && t < self.times[self.bound];
        let Some(last) = next.checked_sub(1).filter(|_| !before) else { return self.values[0] };
        let (t0, t1) = (self.times[last], self.times[next]);
        let (y0, y1) = (self.values[last], self.values[next]);
        if t0 == t1 { (y0 + y1) / 2.0 } else { y0 + (y1 - y0) * ((t - t0) / (t1 - t0)) }
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

    /// Makes a variable follow `values` at `times` (ms, ascending) with straight lines between; beyond the last time it
    /// follows the last line, so two equal values at the end hold it.
    pub fn play_polygon(&mut self, target: Probe, times: Vec<f64>, values: Vec<f64>) -> Result<(), EngineError> {
        if times.is_empty() || times.len() != values.len() || !times.is_sorted() {
            return Err(EngineError::Model("a played polygon needs ascending times and as many values".to_owned()));
        }
        self.forget_prepared();
        self.plays.push(ContinuousPlay { target, times, values, bound: 0 });
        Ok(())
    }

    /// Makes a variable of a point process follow the voltage at a place of a section, as both sides of a gap junction
    /// do (NEURON: ParallelContext.source_var and target_var).
    pub fn follow_voltage(&mut self, target: Probe, section: cable::SectionId, x: f64) -> Result<(), EngineError> {
        let Probe::Column { mechanism, row, column } = target else {
            return Err(EngineError::Unsupported("only variables of mechanisms can follow a voltage".to_owned()));
        };
        let node = self.tree.node(&self.model, section, x);
        self.forget_prepared();
        let one = &mut self.mechanisms[mechanism as usize];
        let layout = &one.layout;
        let name = layout.columns.iter().find(|other| other.first == column).map(|other| other.name.as_str());
        if let Some(pointer) = layout.pointers.iter().find(|pointer| Some(pointer.name.as_str()) == name) {
            if pointer.assigned {
                let what = format!("{} assigns POINTER {}, which leads to a voltage", layout.name, pointer.name);
                return Err(EngineError::Unsupported(what));
            }
            if let Some(set) = layout.column(&format!("{}.set", pointer.name)) {
                one.columns[set.first as usize][row as usize] = 1.0;
            }
        }
        self.transfers.push(Transfer { node, mechanism, row, column });
        Ok(())
    }

    /// Plays start from their first points at initialisation.
    pub(crate) fn start_plays(&mut self) {
        for (at, play) in self.plays.iter_mut().enumerate() {
            play.bound = 0;
            self.events.queue.insert(play.times[0], Event::Play(at as u32));
        }
    }

    /// The event of a point: lines up to the next one are known now.
    pub(crate) fn deliver_play(&mut self, t: f64, at: usize) {
        let play = &mut self.plays[at];
        if play.bound + 1 < play.times.len() {
            play.bound += 1;
            self.events.queue.insert(play.times[play.bound], Event::Play(at as u32));
        }
        let (target, value) = (play.target, play.at(t));
        self.write(target, value);
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

    /// Values NEURON 9.0.2 gives at the ends of steps of 0.25 ms.
    #[test]
    fn jumps_wait_for_their_event_and_the_last_line_goes_on() {
        let mut play = ContinuousPlay {
            target: Probe::Time,
            times: vec![0.0, 2.0, 2.0, 4.0, 4.0, 4.0, 5.0],
            values: vec![0.0, 1.0, 7.0, 8.0, 20.0, 30.0, 40.0],
            bound: 0,
        };
        let mut seen = Vec::new();
        for step in 1..=32 {
            let t = f64::from(step) * 0.25;
            while play.bound + 1 < play.times.len() && play.times[play.bound] <= t - 0.125 {
                play.bound += 1;
            }
            seen.push(play.at(t));
        }
        assert_eq!(seen[..4], [0.125, 0.25, 0.375, 0.5]);
        assert_eq!(seen[7..9], [1.0, 7.125]);
        assert_eq!(seen[15..20], [8.0, 32.5, 35.0, 37.5, 40.0]);
        assert_eq!(seen[31], 70.0);
    }

    #[test]
    fn one_point_is_a_constant_and_a_jump_at_the_end_gives_the_mean() {
        let play = |times: Vec<f64>, values: Vec<f64>| {
            let bound = times.len() - 1;
            ContinuousPlay { target: Probe::Time, times, values, bound }
        };
        assert_eq!([0.0, 2.0, 9.0].map(|t| play(vec![2.0], vec![7.0]).at(t)), [7.0; 3]);
        assert_eq!([0.0, 3.0, 9.0].map(|t| play(vec![3.0, 3.0], vec![7.0, 9.0]).at(t)), [7.0, 8.0, 8.0]);
    }
}
