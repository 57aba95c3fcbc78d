//! Area, axial resistance and diameter of segments from `diam` or from 3-D points.

use std::f64::consts::PI;

use crate::error::CableError;
use crate::model::Model;
use crate::section::{Pt3d, Section, SectionId};
use crate::topology::Spot;

impl Section {
    /// Computes area, ri and (with 3-D points) diam of all segments (NEURON: nrn_area_ri).
    ///
    /// In a section attached by its 1 end, segments in node order run against the 3-D points; NEURON nevertheless
    /// gives the first piece of the points to the first node, and so does this.
    fn compute_geometry(&mut self) {
        if let Some(last) = self.points.last() {
            self.length = last.arc;
        }
        if self.length <= 1e-9 {
            self.length = 1e-9;
        }
        let n = self.segments.len();
        let mut right = 0.0;
        if self.points.len() > 1 {
            let mut walk = Frusta::new(&self.points, n);
            let ra = self.ra;
            for segment in &mut self.segments {
                let piece = walk.segment(ra);
                segment.rinv = 1.0 / (right + piece.left_ri);
                right = piece.right_ri;
                if (piece.diam - segment.diam).abs() > 1e-9 || piece.diam < 1e-5 {
                    segment.diam = piece.diam;
                }
                segment.area = piece.area;
            }
        } else {
            let dx = self.length / n as f64;
            for segment in &mut self.segments {
                segment.area = PI * segment.diam * dx;
                let left = 1e-2 * self.ra * (dx / 2.0) / (PI * segment.diam * segment.diam / 4.0);
                segment.rinv = 1.0 / (left + right);
                right = left;
            }
        }
        self.end_rinv = 1.0 / right;
        self.stale = false;
    }

    /// Scales 3-D points about the first so that their length is `length`.
    pub(crate) fn scale_points(&mut self, length: f64) {
        let (Some(first), Some(last)) = (self.points.first().copied(), self.points.last().copied()) else { return };
        let factor = length / last.arc;
        let scale = |at: f32, origin: f32| {
            let origin64 = f64::from(origin);
            (origin64 + (f64::from(at) - origin64) * factor) as f32
        };
        for point in &mut self.points {
            point.arc *= factor;
            point.x = scale(point.x, first.x);
            point.y = scale(point.y, first.y);
            point.z = scale(point.z, first.z);
        }
    }

    /// Gives 3-D points the diameters of the segments they lie in (NEURON: nrn_diam_change); the section is stale.
    pub(crate) fn spread_diameters(&mut self) {
        let Some(last) = self.points.last().copied() else { return };
        let length = self.refresh_length();
        if (length - last.arc).abs() > 0.001 {
            self.scale_points(length);
        }
        for at in 0..self.points.len() {
            let x = (self.points[at].arc / length).min(1.0);
            self.points[at].d = self.segments[self.segment_index(x)].diam as f32;
        }
    }

    /// Arc lengths from point `from` on, and L (NEURON: nrn_pt3dmodified).
    pub(crate) fn points_changed(&mut self, from: usize) {
        if let Some(first) = self.points.first_mut()
            && from == 0
        {
            first.arc = 0.0;
        }
        for at in from.max(1)..self.points.len() {
            let (before, here) = (self.points[at - 1], self.points[at]);
            let (dx, dy, dz) = (here.x - before.x, here.y - before.y, here.z - before.z);
            let (dx, dy, dz) = (f64::from(dx), f64::from(dy), f64::from(dz));
            self.points[at].arc = before.arc + (dx * dx + dy * dy + dz * dz).sqrt();
        }
        if let Some(last) = self.points.last() {
            self.length = last.arc;
        }
    }
}

/// What integrating over one segment gives.
struct Piece {
    /// MOhm
    left_ri: f64,
    /// MOhm
    right_ri: f64,
    /// um
    diam: f64,
    /// um2
    area: f64,
}

/// The walk along the frusta between 3-D points, segment by segment, each in two halves (NEURON: diam_from_list).
struct Frusta<'a> {
    points: &'a [Pt3d],
    ds: f64,
    si: f64,
    next_segment: usize,
    j: usize,
    x1: f64,
    y1: f64,
}

impl<'a> Frusta<'a> {
    fn new(points: &'a [Pt3d], n: usize) -> Frusta<'a> {
        let ds = points[points.len() - 1].arc / n as f64;
        let y1 = f64::from(points[0].d).abs();
        Frusta { points, ds, si: 0.0, next_segment: 0, j: 0, x1: points[0].arc, y1 }
    }

    fn segment(&mut self, ra: f64) -> Piece {
        self.si = self.next_segment as f64 * self.ds;
        self.next_segment += 1;
        let diam_at = |at: usize| f64::from(self.points[at].d).abs();
        let last = self.points.len() - 1;
        let (mut diam, mut area) = (0.0, 0.0);
        let mut halves = [0.0; 2];
        for half in &mut halves {
            let mut ri = 0.0;
            let sip = self.si + self.ds / 2.0;
            loop {
                let j = self.j;
                let jp = (j + 1).min(last);
                let (xj, xjp) = (self.points[j].arc, self.points[jp].arc);
                let (x2, y2, next) = if xjp > sip || jp == last {
                    let frac = if (xjp - xj).abs() < 1e-10 { 1.0 } else { (sip - xj) / (xjp - xj) };
                    (sip, (1.0 - frac) * diam_at(j) + frac * diam_at(jp), j)
                } else {
                    (xjp, diam_at(jp), jp)
                };
                let mut delta = x2 - self.x1;
                diam += (y2 + self.y1) * delta;
                if delta < 1e-15 {
                    delta = 1e-15;
                }
                let mut taper = y2 * self.y1 / delta;
                if taper == 0.0 {
                    taper = 1e-15;
                }
                ri += 1.0 / taper;
                let slant = 0.5 * (y2 - self.y1);
                area += (y2 + self.y1) * (delta * delta + slant * slant).sqrt();
                self.x1 = x2;
                self.y1 = y2;
                if next == j {
                    break;
                }
                self.j = next;
            }
            *half = ri * ra / PI * (4.0 * 0.01);
            self.si = sip;
        }
        Piece { left_ri: halves[0], right_ri: halves[1], diam: diam * (0.5 / self.ds), area: area * 0.5 * PI }
    }
}

impl Model {
    /// Area of the segment at `x`, um2; 0 at 0 and 1.
    pub fn area(&mut self, section: SectionId, x: f64) -> Result<f64, CableError> {
        self.check_x(section, x)?;
        if x == 0.0 || x == 1.0 {
            return Ok(0.0);
        }
        self.refresh(section);
        let one = &self.sections[section.index()];
        Ok(one.segments[one.segment_index(x)].area)
    }

    /// Resistance between the node at `x` and its parent node, MOhm; 1e30 where there is no parent node.
    pub fn ri(&mut self, section: SectionId, x: f64) -> Result<f64, CableError> {
        self.check_x(section, x)?;
        let spot = self.spot(section, x);
        self.refresh(spot.owner());
        let rinv = match spot {
            Spot::Segment(section, at) => self.sections[section.index()].segments[at].rinv,
            Spot::End(section) => self.sections[section.index()].end_rinv,
            Spot::Root(_) => 0.0,
        };
        Ok(if rinv == 0.0 { 1e30 } else { 1.0 / rinv })
    }

    /// Brings area, ri and diam of one section up to date, if they are not.
    pub(crate) fn refresh(&mut self, section: SectionId) {
        let one = &mut self.sections[section.index()];
        if one.stale {
            one.compute_geometry();
            self.diam_changed = true;
        }
    }

    /// Brings area, ri and diam of all sections up to date, if anything has changed since they were.
    ///
    /// Removing 3-D points alone is no such change, as in NEURON: they count until something else changes.
    pub fn update_geometry(&mut self) {
        if self.diam_changed || self.structure_changed {
            self.compute_queued();
        }
    }

    /// Computes area, ri and diam of sections that need it (NEURON: recalc_diam).
    pub(crate) fn compute_queued(&mut self) {
        for section in std::mem::take(&mut self.queue) {
            let one = &mut self.sections[section.index()];
            one.queued = false;
            if !one.deleted {
                one.compute_geometry();
            }
        }
        self.diam_changed = false;
        self.structure_changed = false;
    }

    /// Length constant at `frequency` Hz, um (NEURON: lambda_f of lib/hoc/stdlib.hoc). With 3-D points it is L over
    /// the length of the section in length constants of its frusta.
    pub fn lambda_f(&mut self, section: SectionId, frequency: f64) -> f64 {
        if self.sections[section.index()].points.len() < 2 {
            self.refresh(section);
        }
        let one = &self.sections[section.index()];
        let middle = one.segments[one.segment_index(0.5)];
        if one.points.len() < 2 {
            return 1e5 * (middle.diam / (4.0 * PI * frequency * one.ra * middle.cm)).sqrt();
        }
        let mut x1 = one.points[0].arc;
        let mut d1 = f64::from(one.points[0].d);
        let mut lambda = 0.0;
        for point in &one.points[1..] {
            let (x2, d2) = (point.arc, f64::from(point.d));
            lambda += (x2 - x1) / (d1 + d2).sqrt();
            x1 = x2;
            d1 = d2;
        }
        lambda *= 2.0_f64.sqrt() * 1e-5 * (4.0 * PI * frequency * one.ra * middle.cm).sqrt();
        one.length / lambda
    }

    /// Number of 3-D points.
    pub fn n3d(&self, section: SectionId) -> usize {
        self.sections[section.index()].points.len()
    }

    /// A 3-D point.
    pub fn point3d(&self, section: SectionId, index: usize) -> Result<Pt3d, CableError> {
        let one = &self.sections[section.index()];
        let missing = || CableError::NoSuchPoint { section: one.name.clone(), index, count: one.points.len() };
        one.points.get(index).copied().ok_or_else(missing)
    }

    /// Appends a 3-D point; L follows.
    pub fn add_point3d(&mut self, section: SectionId, x: f64, y: f64, z: f64, diam: f64) {
        let one = &mut self.sections[section.index()];
        one.points.push(Pt3d { x: x as f32, y: y as f32, z: z as f32, d: diam as f32, arc: 0.0 });
        one.points_changed(one.points.len() - 1);
        self.shape_changed = true;
        self.touch(section);
    }

    /// Replaces a 3-D point; L follows.
    pub fn change_point3d(
        &mut self,
        section: SectionId,
        index: usize,
        [x, y, z, diam]: [f64; 4],
    ) -> Result<(), CableError> {
        let old = self.point3d(section, index)?;
        let one = &mut self.sections[section.index()];
        one.points[index] = Pt3d { x: x as f32, y: y as f32, z: z as f32, d: diam as f32, arc: old.arc };
        one.points_changed(index);
        self.shape_changed = true;
        self.touch(section);
        Ok(())
    }

    /// Replaces the diameter of a 3-D point and nothing else (NEURON: pt3dchange with two arguments).
    pub fn change_point3d_diameter(&mut self, section: SectionId, index: usize, diam: f64) -> Result<(), CableError> {
        self.point3d(section, index)?;
        self.sections[section.index()].points[index].d = diam as f32;
        self.shape_changed = true;
        self.touch(section);
        Ok(())
    }

    /// Removes all 3-D points. L, diam and area stay until something else changes or a simulation is made.
    pub fn clear_points3d(&mut self, section: SectionId) {
        self.sections[section.index()].points = Vec::new();
        let before = self.diam_changed;
        self.shape_changed = true;
        self.enqueue(section);
        self.unsettle(section);
        self.diam_changed = before;
    }

    /// `pt3dconst(flag)`: whether changes of diam and L leave 3-D points alone (one flag for all sections, as in
    /// NEURON; while it is set, diam and L cannot be changed).
    pub fn set_pt3dconst(&mut self, keep: bool) {
        self.keep_point_diameters = keep;
    }
}
