//! Paths through an arena: `/Trajectory <arena> <trajectory>/{t,x,y,d}`.

use crate::{Error, Store};

/// A path with its times; all lists have one length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trajectory {
    /// Times, ms; negative during the equilibration.
    pub t: Vec<f32>,
    /// Position, cm.
    pub x: Vec<f32>,
    /// Position, cm.
    pub y: Vec<f32>,
    /// Distance run since the end of the equilibration, cm.
    pub d: Vec<f32>,
}

impl Store {
    /// Writes a trajectory; there must be none of that name yet.
    pub fn write_trajectory(&self, arena: &str, name: &str, trajectory: &Trajectory) -> Result<(), Error> {
        let at = trajectory_path(arena, name);
        let group = self.make_group(&at)?;
        let series = [("t", &trajectory.t), ("x", &trajectory.x), ("y", &trajectory.y), ("d", &trajectory.d)];
        for (name, values) in series {
            let dataset = group.new_dataset::<f32>().shape(values.len()).create(name);
            let written = dataset.and_then(|dataset| dataset.write_raw(values));
            written.map_err(|error| self.unwritten(&format!("{at}/{name}"), &error))?;
        }
        Ok(())
    }

    /// Reads a trajectory, if the file has it.
    pub fn trajectory(&self, arena: &str, name: &str) -> Result<Option<Trajectory>, Error> {
        let at = trajectory_path(arena, name);
        if !self.has(&at) {
            return Ok(None);
        }
        let series = |name: &str| self.read(&format!("{at}/{name}"));
        Ok(Some(Trajectory { t: series("t")?, x: series("x")?, y: series("y")?, d: series("d")? }))
    }
}

fn trajectory_path(arena: &str, name: &str) -> String {
    format!("/Trajectory {arena} {name}")
}
