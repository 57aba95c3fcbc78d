//! The sections of a [`cable::Model`] as a hoc evaluator sees them.

use cable::{CableError, Model};
use hoc_parser::host::{CellHost, HostError, Point3d, PointField, SectionId, SectionProperty};
use indexmap::IndexMap;

/// Variables of the simulator that templates read and set: `celsius`, `v_init`, `dt`, …, and, once set, the globals of
/// mechanisms and ions by their hoc names (`vh_hh`, `cai0_ca_ion`).
#[derive(Debug, Clone, PartialEq)]
pub struct Globals {
    /// Value by name.
    pub values: IndexMap<String, f64>,
    /// Names that templates have set, with the last value.
    pub written: IndexMap<String, f64>,
}

impl Default for Globals {
    /// NEURON's defaults.
    fn default() -> Globals {
        let values =
            [("celsius", 6.3), ("v_init", -65.0), ("dt", 0.025), ("t", 0.0), ("tstop", 5.0), ("secondorder", 0.0)];
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Globals { values, written: IndexMap::new() }
    }
}

/// A model under construction, for one cell at a time.
#[derive(Debug)]
pub struct ModelHost<'a> {
    /// Where sections are made.
    pub model: &'a mut Model,
    /// Variables of the simulator.
    pub globals: &'a mut Globals,
    /// Cell that new sections belong to.
    pub cell: u32,
    /// Put before section names: `PoolosPyramidalCell[3]`.
    pub prefix: String,
}

fn host_error(error: CableError) -> HostError {
    match error {
        CableError::UnknownMechanism { name, nearest } => HostError::UnknownMechanism { name, nearest },
        CableError::UnknownVariable { name, nearest } => HostError::UnknownVariable { name, nearest },
        CableError::NotInserted { variable, mechanism, section } => {
            HostError::NotInserted { variable, mechanism, section }
        }
        CableError::OutOfSection { x, .. } => HostError::OutOfSection(x),
        CableError::BadConnection { child, why } => HostError::BadConnection { child, why },
        CableError::BadValue { name, value, why, .. } => HostError::BadValue { name, value, why: why.to_owned() },
        CableError::NoSuchPoint { section, index, count } => {
            HostError::NoSuchPoint { section, index: i64::try_from(index).unwrap_or(i64::MAX), count }
        }
        CableError::NoOrigin { section } => HostError::Unsupported {
            what: format!("distance in section {section} without an origin"),
            instead: "call distance() in a section first".to_owned(),
        },
        CableError::HoldsPoints { section, count } => HostError::Unsupported {
            what: format!("removing section {section}, which holds {count} point processes"),
            instead: "create sections before point processes".to_owned(),
        },
        CableError::IonAtEnd { name, section } => HostError::Unsupported {
            what: format!("`{name}`, which needs an ion, at an end of section {section}"),
            instead: "give a position between 0 and 1".to_owned(),
        },
        CableError::WrongKind { name, found, expected } => HostError::Unsupported {
            what: format!("`{name}`, which is {found},"),
            instead: format!("expected {expected}"),
        },
        CableError::NoSuchElement { name, index, len } => HostError::Unsupported {
            what: format!("element {index} of `{name}`"),
            instead: format!("it has {len}, counted from 0"),
        },
    }
}

impl ModelHost<'_> {
    fn check(&self, section: SectionId) -> Result<cable::SectionId, HostError> {
        let id = cable::SectionId(section.0);
        if self.model.contains(id) { Ok(id) } else { Err(HostError::NoSuchSection(section)) }
    }

    /// Value that a global of a compiled mechanism (`vh_hh`, `nai0_na_ion`) has before anything is set.
    fn mechanism_global(&self, name: &str) -> Option<f64> {
        let catalogue = self.model.catalogue();
        let of_ion = catalogue.ion_ids().find_map(|id| {
            let ion = catalogue.ion(id);
            let initial = name.strip_suffix("_ion")?.strip_suffix(ion.name.as_str())?.strip_suffix("0_")?;
            match initial.strip_prefix(ion.name.as_str())? {
                "i" => Some(ion.inside),
                "o" => Some(ion.outside),
                _ => None,
            }
        });
        of_ion.or_else(|| {
            catalogue.ids().find_map(|id| {
                let layout = catalogue.layout(id);
                let global = layout.global(name.strip_suffix(layout.name.as_str())?.strip_suffix('_')?)?;
                (global.visible && global.len == 1).then_some(global.default)
            })
        })
    }

    /// Names of globals like `name`, best first.
    fn nearest_globals(&self, name: &str) -> Vec<String> {
        let catalogue = self.model.catalogue();
        let mut known: Vec<String> = self.globals.values.keys().cloned().collect();
        for id in catalogue.ids() {
            let layout = catalogue.layout(id);
            let visible = layout.globals.iter().filter(|global| global.visible);
            known.extend(visible.map(|global| format!("{}_{}", global.name, layout.name)));
        }
        cable::nearest(name, known.iter().map(String::as_str))
    }
}

impl CellHost for ModelHost<'_> {
    fn create_section(&mut self, name: &str) -> Result<SectionId, HostError> {
        let full = if self.prefix.is_empty() { name.to_owned() } else { format!("{}.{name}", self.prefix) };
        Ok(SectionId(self.model.create_section(&full, Some(self.cell)).0))
    }

    fn default_section(&mut self) -> Option<SectionId> {
        self.model.section_ids().next().map(|section| SectionId(section.0))
    }

    fn delete_section(&mut self, section: SectionId) -> Result<(), HostError> {
        let section = self.check(section)?;
        self.model.delete_section(section).map_err(host_error)
    }

    fn section_name(&self, section: SectionId) -> String {
        match self.check(section) {
            Ok(section) => self.model.section(section).name.clone(),
            Err(_) => format!("(no section {})", section.0),
        }
    }

    fn connect(&mut self, child: SectionId, child_end: f64, parent: SectionId, parent_x: f64) -> Result<(), HostError> {
        let child = self.check(child)?;
        let parent = self.check(parent)?;
        self.model.connect(child, child_end, parent, parent_x).map_err(host_error)
    }

    fn parent(&mut self, section: SectionId) -> Result<Option<(SectionId, f64)>, HostError> {
        let section = self.check(section)?;
        let parent = self.model.section(section).parent();
        Ok(parent.map(|connection| (SectionId(connection.parent.0), connection.x)))
    }

    fn insert(&mut self, section: SectionId, mechanism: &str) -> Result<(), HostError> {
        let section = self.check(section)?;
        self.model.insert(section, mechanism).map_err(host_error)
    }

    fn uninsert(&mut self, section: SectionId, mechanism: &str) -> Result<(), HostError> {
        let section = self.check(section)?;
        self.model.uninsert(section, mechanism).map_err(host_error)
    }

    fn is_inserted(&mut self, section: SectionId, mechanism: &str) -> Result<bool, HostError> {
        let section = self.check(section)?;
        Ok(self.model.is_inserted(section, mechanism))
    }

    fn is_range_variable(&self, name: &str) -> bool {
        self.model.range_variable(name).is_some()
    }

    fn nearest_variables(&self, name: &str) -> Vec<String> {
        self.model.nearest_variables(name)
    }

    fn range(&mut self, section: SectionId, x: f64, name: &str) -> Result<f64, HostError> {
        let section = self.check(section)?;
        self.model.get_range(section, x, name).map_err(host_error)
    }

    fn set_range(&mut self, section: SectionId, x: Option<f64>, name: &str, value: f64) -> Result<(), HostError> {
        let section = self.check(section)?;
        self.model.set_range(section, x, name, value).map_err(host_error)
    }

    fn property(&mut self, section: SectionId, property: SectionProperty) -> Result<f64, HostError> {
        let section = self.check(section)?;
        Ok(match property {
            SectionProperty::Nseg => self.model.section(section).nseg() as f64,
            SectionProperty::Length => self.model.length(section),
            SectionProperty::Ra => self.model.ra(section),
            SectionProperty::Rallbranch => self.model.rallbranch(section),
        })
    }

    fn set_property(&mut self, section: SectionId, property: SectionProperty, value: f64) -> Result<(), HostError> {
        let section = self.check(section)?;
        match property {
            SectionProperty::Nseg => {
                // hoc truncates; what is no count of segments is refused by the model.
                let nseg = if value >= 1.0 { value as usize } else { 0 };
                self.model.set_nseg(section, nseg)
            }
            SectionProperty::Length => self.model.set_length(section, value),
            SectionProperty::Ra => self.model.set_ra(section, value),
            SectionProperty::Rallbranch => self.model.set_rallbranch(section, value),
        }
        .map_err(host_error)
    }

    fn n3d(&mut self, section: SectionId) -> Result<usize, HostError> {
        let section = self.check(section)?;
        Ok(self.model.n3d(section))
    }

    fn point(&mut self, section: SectionId, index: usize, field: PointField) -> Result<f64, HostError> {
        let section = self.check(section)?;
        let point = self.model.point3d(section, index).map_err(host_error)?;
        Ok(match field {
            PointField::X => f64::from(point.x),
            PointField::Y => f64::from(point.y),
            PointField::Z => f64::from(point.z),
            PointField::Arc => point.arc,
            PointField::Diam => f64::from(point.d),
        })
    }

    fn clear_points(&mut self, section: SectionId) -> Result<(), HostError> {
        let section = self.check(section)?;
        self.model.clear_points3d(section);
        Ok(())
    }

    fn add_point(&mut self, section: SectionId, point: Point3d) -> Result<(), HostError> {
        let section = self.check(section)?;
        self.model.add_point3d(section, point.x, point.y, point.z, point.diam);
        Ok(())
    }

    fn change_point(&mut self, section: SectionId, index: usize, point: Point3d) -> Result<(), HostError> {
        let section = self.check(section)?;
        let point = [point.x, point.y, point.z, point.diam];
        self.model.change_point3d(section, index, point).map_err(host_error)
    }

    fn keep_point_diameters(&mut self, _: SectionId, keep: bool) -> Result<(), HostError> {
        self.model.set_pt3dconst(keep);
        Ok(())
    }

    fn define_shape(&mut self, _: &[SectionId]) -> Result<(), HostError> {
        // NEURON's define_shape is of all sections, whatever cell calls it.
        self.model.define_shape();
        Ok(())
    }

    fn set_distance_origin(&mut self, section: SectionId, x: f64) -> Result<(), HostError> {
        let section = self.check(section)?;
        self.model.set_distance_origin(section, x).map_err(host_error)
    }

    fn distance(&mut self, section: SectionId, x: f64) -> Result<f64, HostError> {
        let section = self.check(section)?;
        self.model.distance(section, x).map_err(host_error)
    }

    fn area(&mut self, section: SectionId, x: f64) -> Result<f64, HostError> {
        let section = self.check(section)?;
        self.model.area(section, x).map_err(host_error)
    }

    fn ri(&mut self, section: SectionId, x: f64) -> Result<f64, HostError> {
        let section = self.check(section)?;
        self.model.ri(section, x).map_err(host_error)
    }

    fn global(&mut self, name: &str) -> Option<f64> {
        self.globals.values.get(name).copied().or_else(|| self.mechanism_global(name))
    }

    fn set_global(&mut self, name: &str, value: f64) -> Result<(), HostError> {
        if !self.globals.values.contains_key(name) && self.mechanism_global(name).is_none() {
            let nearest = self.nearest_globals(name);
            return Err(HostError::UnknownVariable { name: name.to_owned(), nearest });
        }
        self.globals.values.insert(name.to_owned(), value);
        self.globals.written.insert(name.to_owned(), value);
        Ok(())
    }

    fn finitialize(&mut self, _: Option<f64>) -> Result<(), HostError> {
        Err(HostError::Unsupported {
            what: "finitialize inside a template".to_owned(),
            instead: "set the holding current as a parameter of the template".to_owned(),
        })
    }
}
