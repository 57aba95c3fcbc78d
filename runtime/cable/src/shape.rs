//! 3-D points for sections that have none (NEURON: nrn_define_shape), in the single precision that NEURON uses.

use std::f64::consts::PI;

use crate::model::Model;
use crate::section::{Section, SectionId};

impl Model {
    /// Gives 3-D points to sections without, and moves the others so that they start at their parent's point.
    ///
    /// A section that gets points has its diam interpolated between segment centres from then on, so area and ri
    /// change where diam varies along it: NEURON does this too. All sections of the model take part. A tree in which
    /// nothing has changed since a call that moved nothing is left out: it would not move now.
    pub fn define_shape(&mut self) {
        if !self.diam_changed && !self.shape_changed {
            return;
        }
        self.compute_queued();
        self.shape_changed = false;
        let mut roots = Vec::new();
        for section in std::mem::take(&mut self.unsettled) {
            self.sections[section.index()].unsettled = false;
            if !self.sections[section.index()].deleted {
                roots.push(self.root_of(section));
            }
        }
        roots.sort_unstable();
        roots.dedup();
        // Roots without points are set apart by their position among all sections.
        let mut position = Vec::new();
        if roots.iter().any(|root| self.sections[root.index()].points.is_empty()) {
            position = vec![0; self.sections.len()];
            for (at, section) in self.section_order().into_iter().enumerate() {
                position[section.index()] = at;
            }
        }
        for root in roots {
            let z = position.get(root.index()).map_or(0.0, |at| *at as f32 * 100.0);
            let mut moved = false;
            for section in self.tree_order(root) {
                moved |= self.shape_one(section, z);
            }
            if moved {
                self.unsettle(root);
            }
        }
    }

    /// Whether it changed any point, or might have.
    fn shape_one(&mut self, section: SectionId, root_z: f32) -> bool {
        let parent = self.sections[section.index()].parent;
        let arc = self.sections[section.index()].last_x;
        let (x, y, z, mut dx, mut dy): (f32, f32, f32, f32, f32) = match parent {
            None => (0.0, 0.0, root_z, 1.0, 0.0),
            Some(connection) => {
                let above = &self.sections[connection.parent.index()];
                let (Some(first), Some(last)) = (above.points.first(), above.points.last()) else { return false };
                let mut dx = last.x - first.x;
                let mut dy = last.y - first.y;
                let along = if above.reversed { 1.0 - arc } else { arc };
                if along < 0.5 {
                    dx = -dx;
                    dy = -dy;
                }
                let between =
                    |last: f32, first: f32| (f64::from(last) * along + f64::from(first) * (1.0 - along)) as f32;
                (between(last.x, first.x), between(last.y, first.y), between(last.z, first.z), dx, dy)
            }
        };
        let keep = self.keep_point_diameters;
        let one = &mut self.sections[section.index()];
        if !one.points.is_empty() {
            // With pt3dconst on it may still have to move later.
            return parent.is_some() && (keep || one.translate(x, y, z));
        }
        let mut angle: f32 = if f64::from(dy).abs() < 1e-6 && f64::from(dx).abs() < 1e-6 { 0.0 } else { dy.atan2(dx) };
        if arc > 0.0 && arc < 1.0 {
            angle = (f64::from(angle) + PI / 2.0) as f32;
        }
        if let Some(connection) = parent {
            let mut count = 0.0_f32;
            let mut mine = 0.0_f32;
            for child in &self.sections[connection.parent.index()].children {
                if *child == section {
                    mine = count;
                }
                if self.sections[child.index()].parent.is_some_and(|other| other.x == arc) {
                    count += 1.0;
                }
            }
            if count > 1.0 {
                let spread = f64::from(mine) / (f64::from(count) - 1.0) * 0.8 - 0.4;
                angle = (f64::from(angle) + spread) as f32;
            }
        }
        let one = &mut self.sections[section.index()];
        let length = one.refresh_length();
        dx = (f64::from(x) + length * f64::from(angle.cos())) as f32;
        dy = (f64::from(y) + length * f64::from(angle.sin())) as f32;
        let diameters: Vec<f64> = one.segments.iter().map(|segment| segment.diam).collect();
        let n = diameters.len();
        let z64 = f64::from(z);
        self.add_point3d(section, f64::from(x), f64::from(y), z64, diameters[0]);
        for (j, diam) in diameters.iter().enumerate() {
            let frac = (j as f64 + 0.5) / n as f64;
            let between = |from: f32, to: f32| f64::from(from) * (1.0 - frac) + f64::from(to) * frac;
            self.add_point3d(section, between(x, dx), between(y, dy), z64, *diam);
        }
        self.add_point3d(section, f64::from(dx), f64::from(dy), z64, diameters[n - 1]);
        self.shape_changed = false;
        let one = &mut self.sections[section.index()];
        if let Some(last) = one.points.last_mut() {
            last.arc = length;
        }
        one.length = length;
        true
    }
}

impl Section {
    /// Whether it changed any point.
    fn translate(&mut self, x: f32, y: f32, z: f32) -> bool {
        let Some(first) = self.points.first().copied() else { return false };
        let (dx, dy, dz) = (x - first.x, y - first.y, z - first.z);
        if dx == 0.0 && dy == 0.0 && dz == 0.0 {
            return false;
        }
        for point in &mut self.points {
            point.x += dx;
            point.y += dy;
            point.z += dz;
        }
        true
    }
}
