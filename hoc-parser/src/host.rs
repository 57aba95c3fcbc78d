//! What hoc code may do to the world: sections, mechanisms, geometry, globals.
//!
//! The evaluator knows the language; it does not know cables. Everything that touches a section goes through
//! [`CellHost`]: the simulator implements it over its real sections, tests use `RecordingHost`.
//! One host value usually lives as long as one cell (or one rank) is being built; the evaluator borrows it mutably
//! for one instantiation. Reading methods take `&mut self`, because geometry is recomputed lazily, as NEURON does.
//! Point processes and NetCons made by a template are not here: they are handed back as data.

use thiserror::Error;

/// A section of a [`CellHost`]; the host gives it out, the evaluator only passes it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SectionId(pub u32);

/// A variable of a whole section, not of its segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SectionProperty {
    /// Number of segments, an integer of at least 1.
    Nseg,
    /// Length \[µm\]; setting it rescales 3-D points (NEURON: `nrn_length_change`).
    Length,
    /// Axial resistivity \[Ω·cm\].
    Ra,
    /// Area factor of the connection to the parent, 1 by default.
    Rallbranch,
}

impl SectionProperty {
    /// The property with this hoc name.
    pub fn from_name(name: &str) -> Option<SectionProperty> {
        match name {
            "nseg" => Some(SectionProperty::Nseg),
            "L" => Some(SectionProperty::Length),
            "Ra" => Some(SectionProperty::Ra),
            "rallbranch" => Some(SectionProperty::Rallbranch),
            _ => None,
        }
    }

    /// Its hoc name.
    pub fn name(self) -> &'static str {
        match self {
            SectionProperty::Nseg => "nseg",
            SectionProperty::Length => "L",
            SectionProperty::Ra => "Ra",
            SectionProperty::Rallbranch => "rallbranch",
        }
    }
}

/// One 3-D point of a section, all in µm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point3d {
    /// x \[µm\].
    pub x: f64,
    /// y \[µm\].
    pub y: f64,
    /// z \[µm\].
    pub z: f64,
    /// Diameter \[µm\].
    pub diam: f64,
}

/// One number of a 3-D point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PointField {
    /// `x3d(i)` \[µm\].
    X,
    /// `y3d(i)` \[µm\].
    Y,
    /// `z3d(i)` \[µm\].
    Z,
    /// `arc3d(i)`: path length from the first point \[µm\].
    Arc,
    /// `diam3d(i)` \[µm\].
    Diam,
}

/// Why a host refuses.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum HostError {
    /// `insert` of a name that is no compiled density mechanism.
    #[error("mechanism `{name}` is not among the compiled mechanisms")]
    UnknownMechanism {
        /// The name in the template.
        name: String,
        /// Known names like it, best first.
        nearest: Vec<String>,
    },
    /// A name that is no range variable.
    #[error("`{name}` is not a range variable")]
    UnknownVariable {
        /// The name in the template.
        name: String,
        /// Known names like it, best first.
        nearest: Vec<String>,
    },
    /// A range variable of a mechanism (or ion) that is not inserted in this section.
    #[error("`{mechanism}`, which has `{variable}`, is not inserted in section {section}")]
    NotInserted {
        /// The variable.
        variable: String,
        /// Its mechanism or ion.
        mechanism: String,
        /// The section's name.
        section: String,
    },
    /// A section that does not exist (any more).
    #[error("section {0:?} does not exist")]
    NoSuchSection(SectionId),
    /// A place outside 0 ..= 1.
    #[error("position {0} is outside 0 ..= 1")]
    OutOfSection(f64),
    /// A 3-D point index outside the section's points.
    #[error("3-D point {index} of section {section}, which has {count}")]
    NoSuchPoint {
        /// The section's name.
        section: String,
        /// The index asked for.
        index: i64,
        /// How many points there are.
        count: usize,
    },
    /// A connection that cannot be made: to itself, a loop, or at a child end other than 0 and 1.
    #[error("cannot connect {child}: {why}")]
    BadConnection {
        /// The child's name.
        child: String,
        /// Why not.
        why: String,
    },
    /// A value that makes no sense for the variable, `nseg = 0`.
    #[error("{name} = {value}: {why}")]
    BadValue {
        /// The variable.
        name: String,
        /// The value.
        value: f64,
        /// Why not.
        why: String,
    },
    /// Something NEURON can do and this host cannot.
    #[error("{what} is not supported; {instead}")]
    Unsupported {
        /// What was asked for.
        what: String,
        /// What to do instead.
        instead: String,
    },
}

/// The sections under construction. Object-safe; ids come from [`CellHost::create_section`] of the same host.
///
/// `x` is a place in a section, 0 ..= 1 in its own direction; a host answers [`HostError::OutOfSection`] for others.
pub trait CellHost {
    /// A new section with NEURON's defaults (nseg 1, L 100 µm, diam 500 µm, Ra 35.4 Ω·cm, cm 1 µF/cm², no 3-D points,
    /// no mechanism). `name` is its name inside its template: `soma`, `sections[3]`.
    fn create_section(&mut self, name: &str) -> Result<SectionId, HostError>;

    /// The current section where a template names none. NEURON takes the first one of all sections, of whatever cell;
    /// `None` stands for the first one of this object.
    fn default_section(&mut self) -> Option<SectionId> {
        None
    }

    /// Removes a section: `create` of an existing name replaces the sections of that name.
    /// Children of it become roots.
    fn delete_section(&mut self, section: SectionId) -> Result<(), HostError>;

    /// The name it was created with; for messages.
    fn section_name(&self, section: SectionId) -> String;

    /// Connects end `child_end` (0 or 1) of `child` to place `parent_x` of `parent`; an earlier connection of `child`
    /// is replaced.
    fn connect(&mut self, child: SectionId, child_end: f64, parent: SectionId, parent_x: f64) -> Result<(), HostError>;

    /// The parent and the place on it.
    fn parent(&mut self, section: SectionId) -> Result<Option<(SectionId, f64)>, HostError>;

    /// Inserts a density mechanism in every segment, with its default values; again is no change.
    fn insert(&mut self, section: SectionId, mechanism: &str) -> Result<(), HostError>;

    /// Removes a density mechanism; no change if it is not inserted.
    fn uninsert(&mut self, section: SectionId, mechanism: &str) -> Result<(), HostError>;

    /// Whether a mechanism or an ion (`na_ion`) is in the section; false for unknown names (hoc's `ismembrane`).
    fn is_inserted(&mut self, section: SectionId, mechanism: &str) -> Result<bool, HostError>;

    /// Whether any section may have a range variable of this name: `diam`, `cm`, `v`, `ena`, `g_pas` …
    /// The answer decides whether a name in a template is a range variable or a variable of the template,
    /// so it must depend on the compiled mechanisms only, not on what has been inserted so far.
    fn is_range_variable(&self, name: &str) -> bool;

    /// Names of range variables like `name`, best first, for messages.
    fn nearest_variables(&self, name: &str) -> Vec<String>;

    /// A range variable at `x` (the segment that contains it; `v` at 0 and 1: the end node).
    fn range(&mut self, section: SectionId, x: f64, name: &str) -> Result<f64, HostError>;

    /// Sets a range variable: in the segment at `x`, or in all segments if `None`.
    fn set_range(&mut self, section: SectionId, x: Option<f64>, name: &str, value: f64) -> Result<(), HostError>;

    /// A property of the section.
    fn property(&mut self, section: SectionId, property: SectionProperty) -> Result<f64, HostError>;

    /// Sets a property of the section.
    fn set_property(&mut self, section: SectionId, property: SectionProperty, value: f64) -> Result<(), HostError>;

    /// How many 3-D points there are.
    fn n3d(&mut self, section: SectionId) -> Result<usize, HostError>;

    /// One number of 3-D point `index`.
    fn point(&mut self, section: SectionId, index: usize, field: PointField) -> Result<f64, HostError>;

    /// Removes all 3-D points.
    fn clear_points(&mut self, section: SectionId) -> Result<(), HostError>;

    /// Appends a 3-D point (NEURON stores float32); L and diam follow the points.
    fn add_point(&mut self, section: SectionId, point: Point3d) -> Result<(), HostError>;

    /// Replaces 3-D point `index`.
    fn change_point(&mut self, section: SectionId, index: usize, point: Point3d) -> Result<(), HostError>;

    /// `pt3dconst`: whether later changes of diam leave the 3-D diameters alone.
    fn keep_point_diameters(&mut self, section: SectionId, keep: bool) -> Result<(), HostError>;

    /// Gives 3-D points to those of the cell's sections that have none, and moves the others to their parent's point.
    /// `sections` are all of the cell, in order of creation.
    fn define_shape(&mut self, sections: &[SectionId]) -> Result<(), HostError>;

    /// `distance()`: later distances are from this place.
    fn set_distance_origin(&mut self, section: SectionId, x: f64) -> Result<(), HostError>;

    /// Path length from the origin to the node at `x` \[µm\].
    fn distance(&mut self, section: SectionId, x: f64) -> Result<f64, HostError>;

    /// Membrane area of the segment at `x` \[µm²\]; 0 at 0 and 1.
    fn area(&mut self, section: SectionId, x: f64) -> Result<f64, HostError>;

    /// Resistance from the node at `x` to its parent node \[MΩ\]; 1e30 where there is none.
    fn ri(&mut self, section: SectionId, x: f64) -> Result<f64, HostError>;

    /// A global of the simulator (`celsius` \[°C\], `v_init` \[mV\], `dt` \[ms\], a mechanism's GLOBAL `vh_hh`);
    /// `None` if the simulator has no global of this name.
    fn global(&mut self, name: &str) -> Option<f64>;

    /// Sets a global of the simulator, for all cells; `UnknownVariable` if there is none of this name.
    fn set_global(&mut self, name: &str, value: f64) -> Result<(), HostError>;

    /// `finitialize(v)`: initialises all mechanisms, with the potential set if given \[mV\].
    fn finitialize(&mut self, v_init: Option<f64>) -> Result<(), HostError>;
}
