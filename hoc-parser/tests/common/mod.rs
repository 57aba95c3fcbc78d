//! A host that writes down what templates do, and helpers to run them.

#![allow(dead_code, reason = "each test file uses its part")]

pub mod print;

use diag::Sources;
use hoc_parser::host::{CellHost, HostError, Point3d, PointField, SectionId, SectionProperty};
use hoc_parser::{Cell, Interpreter, Value};

/// Mechanisms that this host knows, each with its range variables.
const MECHANISMS: [(&str, &[&str]); 3] =
    [("pas", &["g_pas", "e_pas", "i_pas"]), ("hh", &["gnabar_hh", "ena", "ek"]), ("constant", &["ic_constant"])];

#[derive(Debug, Default)]
struct Section {
    name: String,
    deleted: bool,
    parent: Option<(SectionId, f64)>,
    nseg: f64,
    length: f64,
    ra: f64,
    points: Vec<Point3d>,
    inserted: Vec<String>,
    /// Name, place (none: everywhere) and value, later ones win.
    values: Vec<(String, Option<f64>, f64)>,
}

/// Sections without physics: it knows names, trees, points and values, and lists every change as a line of text.
#[derive(Debug, Default)]
pub struct RecordingHost {
    sections: Vec<Section>,
    origin: Option<(SectionId, f64)>,
    /// What happened.
    pub lines: Vec<String>,
    /// `celsius`
    pub celsius: f64,
}

impl RecordingHost {
    fn at(&mut self, id: SectionId) -> Result<&mut Section, HostError> {
        let section = self.sections.get_mut(id.0 as usize).filter(|section| !section.deleted);
        section.ok_or(HostError::NoSuchSection(id))
    }

    fn note(&mut self, id: SectionId, what: &str) {
        let name = self.section_name(id);
        self.lines.push(format!("{name}: {what}"));
    }

    /// Sections that exist.
    pub fn count(&self) -> usize {
        self.sections.iter().filter(|section| !section.deleted).count()
    }

    /// Sections without parent.
    pub fn roots(&self) -> usize {
        self.sections.iter().filter(|section| !section.deleted && section.parent.is_none()).count()
    }

    /// Sections with this mechanism.
    pub fn with(&self, mechanism: &str) -> usize {
        self.sections.iter().filter(|section| section.inserted.iter().any(|one| one == mechanism)).count()
    }

    /// Path length from place 0 of the root.
    fn path(&self, id: SectionId, x: f64) -> f64 {
        let section = &self.sections[id.0 as usize];
        let before = section.parent.map_or(0.0, |(parent, at)| self.path(parent, at));
        before + x * section.length
    }
}

fn arc(points: &[Point3d]) -> f64 {
    let step = |pair: &[Point3d]| {
        let [a, b] = [pair[0], pair[1]];
        ((b.x - a.x).powi(2) + (b.y - a.y).powi(2) + (b.z - a.z).powi(2)).sqrt()
    };
    points.windows(2).map(step).sum()
}

impl CellHost for RecordingHost {
    fn create_section(&mut self, name: &str) -> Result<SectionId, HostError> {
        let id = SectionId(self.sections.len() as u32);
        let section = Section { name: name.to_owned(), nseg: 1.0, length: 100.0, ra: 35.4, ..Section::default() };
        self.sections.push(section);
        self.lines.push(format!("create {name}"));
        Ok(id)
    }

    fn delete_section(&mut self, section: SectionId) -> Result<(), HostError> {
        self.note(section, "delete");
        self.at(section)?.deleted = true;
        Ok(())
    }

    fn section_name(&self, section: SectionId) -> String {
        self.sections[section.0 as usize].name.clone()
    }

    fn connect(&mut self, child: SectionId, child_end: f64, parent: SectionId, x: f64) -> Result<(), HostError> {
        let name = self.section_name(parent);
        self.note(child, &format!("connect ({child_end}) to {name}({x})"));
        self.at(child)?.parent = Some((parent, x));
        Ok(())
    }

    fn parent(&mut self, section: SectionId) -> Result<Option<(SectionId, f64)>, HostError> {
        Ok(self.at(section)?.parent)
    }

    fn insert(&mut self, section: SectionId, mechanism: &str) -> Result<(), HostError> {
        // Any channel of the shipped templates is taken for compiled.
        if !mechanism.starts_with("ch_") && !MECHANISMS.iter().any(|one| one.0 == mechanism) {
            return Err(HostError::UnknownMechanism { name: mechanism.to_owned(), nearest: vec!["pas".to_owned()] });
        }
        self.note(section, &format!("insert {mechanism}"));
        self.at(section)?.inserted.push(mechanism.to_owned());
        Ok(())
    }

    fn uninsert(&mut self, section: SectionId, mechanism: &str) -> Result<(), HostError> {
        self.note(section, &format!("uninsert {mechanism}"));
        self.at(section)?.inserted.retain(|one| one != mechanism);
        Ok(())
    }

    fn is_inserted(&mut self, section: SectionId, mechanism: &str) -> Result<bool, HostError> {
        Ok(self.at(section)?.inserted.iter().any(|one| one == mechanism))
    }

    fn is_range_variable(&self, name: &str) -> bool {
        ["diam", "cm", "v", "ena", "ek", "eca", "cai", "cao"].contains(&name)
            || name.contains("_ch_")
            || MECHANISMS.iter().any(|one| one.1.contains(&name))
    }

    fn nearest_variables(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn range(&mut self, section: SectionId, x: f64, name: &str) -> Result<f64, HostError> {
        let section = self.at(section)?;
        let found = section.values.iter().rev().find(|one| one.0 == name && one.1.is_none_or(|at| at == x));
        let default = match name {
            "diam" => section.points.first().map_or(500.0, |point| point.diam),
            "cm" => 1.0,
            "v" => -65.0,
            _ => 0.0,
        };
        Ok(found.map_or(default, |one| one.2))
    }

    fn set_range(&mut self, section: SectionId, x: Option<f64>, name: &str, value: f64) -> Result<(), HostError> {
        let at = x.map_or(String::new(), |x| format!("({x})"));
        if let Some((mechanism, _)) = MECHANISMS.iter().find(|one| one.1.contains(&name) && name.contains('_'))
            && !self.is_inserted(section, mechanism)?
        {
            return Err(HostError::NotInserted {
                variable: name.to_owned(),
                mechanism: (*mechanism).to_owned(),
                section: self.section_name(section),
            });
        }
        self.note(section, &format!("{name}{at} = {value}"));
        self.at(section)?.values.push((name.to_owned(), x, value));
        Ok(())
    }

    fn property(&mut self, section: SectionId, property: SectionProperty) -> Result<f64, HostError> {
        let section = self.at(section)?;
        Ok(match property {
            SectionProperty::Nseg => section.nseg,
            SectionProperty::Length => section.length,
            SectionProperty::Ra => section.ra,
            SectionProperty::Rallbranch => 1.0,
        })
    }

    fn set_property(&mut self, section: SectionId, property: SectionProperty, value: f64) -> Result<(), HostError> {
        self.note(section, &format!("{} = {value}", property.name()));
        let section = self.at(section)?;
        match property {
            SectionProperty::Nseg => section.nseg = value,
            SectionProperty::Length => section.length = value,
            SectionProperty::Ra => section.ra = value,
            SectionProperty::Rallbranch => {}
        }
        Ok(())
    }

    fn n3d(&mut self, section: SectionId) -> Result<usize, HostError> {
        Ok(self.at(section)?.points.len())
    }

    fn point(&mut self, section: SectionId, index: usize, field: PointField) -> Result<f64, HostError> {
        let section = self.at(section)?;
        let count = section.points.len();
        let Some(point) = section.points.get(index) else {
            return Err(HostError::NoSuchPoint { section: section.name.clone(), index: index as i64, count });
        };
        Ok(match field {
            PointField::X => point.x,
            PointField::Y => point.y,
            PointField::Z => point.z,
            PointField::Arc => arc(&section.points[..=index]),
            PointField::Diam => point.diam,
        })
    }

    fn clear_points(&mut self, section: SectionId) -> Result<(), HostError> {
        self.note(section, "pt3dclear");
        self.at(section)?.points.clear();
        Ok(())
    }

    fn add_point(&mut self, section: SectionId, point: Point3d) -> Result<(), HostError> {
        self.note(section, &format!("pt3dadd {} {} {} {}", point.x, point.y, point.z, point.diam));
        let section = self.at(section)?;
        section.points.push(point);
        if section.points.len() > 1 {
            section.length = arc(&section.points);
        }
        Ok(())
    }

    fn change_point(&mut self, section: SectionId, index: usize, point: Point3d) -> Result<(), HostError> {
        self.note(section, &format!("pt3dchange {index} {} {} {} {}", point.x, point.y, point.z, point.diam));
        self.at(section)?.points[index] = point;
        Ok(())
    }

    fn keep_point_diameters(&mut self, section: SectionId, keep: bool) -> Result<(), HostError> {
        self.note(section, &format!("pt3dconst {keep}"));
        Ok(())
    }

    fn define_shape(&mut self, sections: &[SectionId]) -> Result<(), HostError> {
        self.lines.push(format!("define_shape of {}", sections.len()));
        Ok(())
    }

    fn set_distance_origin(&mut self, section: SectionId, x: f64) -> Result<(), HostError> {
        self.note(section, &format!("distance from {x}"));
        self.origin = Some((section, x));
        Ok(())
    }

    fn distance(&mut self, section: SectionId, x: f64) -> Result<f64, HostError> {
        let (origin, at) = self.origin.unwrap_or((section, 0.0));
        Ok((self.path(section, x) - self.path(origin, at)).abs())
    }

    fn area(&mut self, section: SectionId, _: f64) -> Result<f64, HostError> {
        let diam = self.range(section, 0.5, "diam")?;
        let section = self.at(section)?;
        Ok(std::f64::consts::PI * diam * section.length / section.nseg)
    }

    fn ri(&mut self, section: SectionId, _: f64) -> Result<f64, HostError> {
        let diam = self.range(section, 0.5, "diam")?;
        let section = self.at(section)?;
        Ok(0.04 * section.ra * section.length / section.nseg / 2.0 / (std::f64::consts::PI * diam * diam))
    }

    fn global(&mut self, name: &str) -> Option<f64> {
        (name == "celsius").then_some(self.celsius)
    }

    fn set_global(&mut self, name: &str, value: f64) -> Result<(), HostError> {
        self.lines.push(format!("{name} = {value}"));
        self.celsius = value;
        Ok(())
    }

    fn finitialize(&mut self, _: Option<f64>) -> Result<(), HostError> {
        self.lines.push("finitialize".to_owned());
        Ok(())
    }
}

/// Loads a text and makes an object of `template`; the error is the message that a user sees.
pub fn make(text: &str, template: &str, arguments: Vec<Value>) -> Result<(Cell, RecordingHost), String> {
    let mut sources = Sources::new();
    let file = sources.add("cell.hoc", text);
    let mut interpreter = Interpreter::new();
    let problems = interpreter.load(file, &sources);
    if !problems.is_empty() {
        return Err(problems.render(&sources, false).trim_end().to_owned());
    }
    let mut host = RecordingHost::default();
    match interpreter.instantiate(template, arguments, &mut host) {
        Ok(cell) => Ok((cell, host)),
        Err(error) => Err(error.render(&sources)),
    }
}

/// The message of a text that must fail.
pub fn failure(text: &str) -> String {
    match make(text, "T", vec![Value::Number(1.0)]) {
        Ok((_, host)) => panic!("no error: {:?}", host.lines),
        Err(message) => message,
    }
}
