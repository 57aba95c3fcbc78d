//! Which variables a mechanism has and where they live.

use serde::{Deserialize, Serialize};

/// What kind of thing one `.mod` file describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MechanismKind {
    /// `SUFFIX`: spread over segments; currents in mA/cm2.
    Density,
    /// `POINT_PROCESS`: at a point; currents in nA.
    PointProcess,
    /// `ARTIFICIAL_CELL`: no node, only events.
    ArtificialCell,
}

/// What a kernel does and when the engine calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KernelKind {
    /// Rebuild every TABLE whose DEPEND values changed; run with row 0 of the mechanism's first instance at
    /// initialisation and at the start of each step.
    BuildTables,
    /// `INITIAL`, with ion values loaded before and stored after.
    Initial,
    /// Currents at v + 0.001 mV and at v: adds to `rhs` and `d` of the node and to the ions' currents.
    Current,
    /// The SOLVEs of BREAKPOINT (and all of BREAKPOINT if the mechanism has no current).
    State,
    /// `NET_RECEIVE`: one row, with weights and flag.
    NetReceive,
    /// `INITIAL` inside `NET_RECEIVE`: one row, with weights.
    NetInitial,
    /// `BEFORE BREAKPOINT`.
    BeforeBreakpoint,
    /// `AFTER SOLVE`.
    AfterSolve,
    /// `BEFORE INITIAL`.
    BeforeInitial,
    /// `AFTER INITIAL`.
    AfterInitial,
    /// `BEFORE STEP`.
    BeforeStep,
    /// A FUNCTION or PROCEDURE called from outside: index in [`MechanismLayout::functions`].
    Function(u32),
}

/// NMODL's class of an instance variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnClass {
    /// PARAMETER in RANGE.
    Parameter,
    /// ASSIGNED.
    Assigned,
    /// STATE.
    State,
    /// Local copy of an ion variable that must persist between kernels.
    IonCopy,
    /// Made by the compiler (derivatives and the like).
    Hidden,
}

/// One instance variable: `len` consecutive physical columns from `first`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// NMODL name, without suffix.
    pub name: String,
    /// Class.
    pub class: ColumnClass,
    /// First physical column.
    pub first: u32,
    /// 1, or the length of the array.
    pub len: u32,
    /// Value at creation of an instance.
    pub default: f64,
    /// Unit as written, without parentheses; empty if none.
    pub unit: String,
    /// Whether hoc sees it (RANGE or STATE).
    pub visible: bool,
}

/// What a slot of the mechanism's global array is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GlobalClass {
    /// PARAMETER that is not RANGE.
    Parameter,
    /// ASSIGNED in GLOBAL.
    Assigned,
    /// LOCAL at top level.
    TopLocal,
    /// Made by the compiler: tables, their saved DEPEND values.
    Hidden,
}

/// One variable that all instances share: `len` doubles from `first`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Global {
    /// NMODL name, without suffix.
    pub name: String,
    /// Class.
    pub class: GlobalClass,
    /// First slot.
    pub first: u32,
    /// 1, or the length of the array or table.
    pub len: u32,
    /// Value before anything is set.
    pub default: f64,
    /// Unit as written, without parentheses; empty if none.
    pub unit: String,
    /// Whether hoc sees it as `name_SUFFIX`.
    pub visible: bool,
}

/// A variable of an ion at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IonVariable {
    /// `eX`, mV.
    Reversal,
    /// `Xi`, mM.
    Inside,
    /// `Xo`, mM.
    Outside,
    /// `iX`, mA/cm2.
    Current,
    /// `diX_dv_`, S/cm2: only the engine and compiler-made code touch it.
    CurrentSlope,
}

/// One USEION of a mechanism.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IonUse {
    /// Species: `na`, `k`, `ca`, ….
    pub ion: String,
    /// Charge, if VALENCE is given or the species is na, k or ca.
    pub charge: Option<f64>,
    /// READ list.
    pub reads: Vec<IonVariable>,
    /// WRITE list.
    pub writes: Vec<IonVariable>,
}

/// What NET_RECEIVE needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetReceive {
    /// Names of the arguments; a NetCon has one weight for each.
    pub arguments: Vec<String>,
    /// Whether there is an INITIAL block inside (otherwise all weights but the first are zeroed at initialisation).
    pub has_initial: bool,
    /// Whether it calls net_event: the instance is a source of events.
    pub sends_events: bool,
}

/// A FUNCTION or PROCEDURE that can be called from outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// NMODL name.
    pub name: String,
    /// Names of the arguments.
    pub arguments: Vec<String>,
    /// FUNCTION (has a value) or PROCEDURE.
    pub has_value: bool,
}

/// A POINTER: a column that holds what it points to, and a column `NAME.set` that says whether it points anywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pointer {
    /// NMODL name.
    pub name: String,
    /// Whether the mechanism assigns what it points to.
    pub assigned: bool,
}

/// A STATE (or one element) that diffuses along the cable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Diffusion {
    /// Physical column of the state; for an ion's concentration, of its local copy.
    pub column: u32,
    /// The ion and its variable, if the state is one.
    pub ion: Option<(u32, IonVariable)>,
    /// Position in [`MechanismLayout::functions`] of the PROCEDURE that sets the two columns below.
    pub function: u32,
    /// Physical column: diffusion constant times cross section, um4/ms.
    pub flow: u32,
    /// Physical column: volume by length, um2.
    pub volume: u32,
}

/// Everything the engine must know of a mechanism: the only owner of column order and offsets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MechanismLayout {
    /// SUFFIX, POINT_PROCESS or ARTIFICIAL_CELL name.
    pub name: String,
    /// Kind.
    pub kind: MechanismKind,
    /// File name it came from, without directories.
    pub source: String,
    /// Instance variables in order of `first`.
    pub columns: Vec<Column>,
    /// Shared variables in order of `first`.
    pub globals: Vec<Global>,
    /// USEIONs in source order; kernels name them by position.
    pub ions: Vec<IonUse>,
    /// Whether any ELECTRODE_CURRENT makes all its currents electrode currents.
    pub electrode_current: bool,
    /// Whether it has any current.
    pub has_current: bool,
    /// NET_RECEIVE.
    pub net_receive: Option<NetReceive>,
    /// FUNCTIONs and PROCEDUREs callable from outside, in order of [`KernelKind::Function`].
    pub functions: Vec<Function>,
    /// Random123 streams for each instance.
    pub random_streams: u32,
    /// Names of the vectors (spike trains) for each instance: the slots of `play`.
    pub vectors: u32,
    /// POINTERs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pointers: Vec<Pointer>,
    /// Names of the EXTERNALs: globals of other mechanisms, each with a slot `NAME.set`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub externals: Vec<String>,
    /// Names of the FUNCTION_TABLEs: the slots of that call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub function_tables: Vec<String>,
    /// Positions in `functions` of the WATCH conditions: the slots of that call. A condition holds above 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watches: Vec<u32>,
    /// Position in `functions` of the CONSTRUCTOR.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constructor: Option<u32>,
    /// What LONGITUDINAL_DIFFUSION asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diffusion: Vec<Diffusion>,
    /// NEURON's THREADSAFE judgement.
    pub thread_safe: bool,
    /// Kernels that exist.
    pub kernels: Vec<KernelKind>,
}

impl MechanismLayout {
    /// Number of physical columns.
    pub fn n_columns(&self) -> usize {
        self.columns.last().map_or(0, |last| (last.first + last.len) as usize)
    }

    /// Number of doubles in the global array.
    pub fn n_globals(&self) -> usize {
        self.globals.last().map_or(0, |last| (last.first + last.len) as usize)
    }

    /// An instance variable by its NMODL name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// An instance variable that hoc sees.
    pub fn range_variable(&self, name: &str) -> Option<&Column> {
        self.column(name).filter(|column| column.visible)
    }

    /// A shared variable by its NMODL name.
    pub fn global(&self, name: &str) -> Option<&Global> {
        self.globals.iter().find(|global| global.name == name)
    }

    /// Values of all physical columns at creation of an instance.
    pub fn default_row(&self) -> Vec<f64> {
        let spread = |column: &Column| std::iter::repeat_n(column.default, column.len as usize);
        self.columns.iter().flat_map(spread).collect()
    }

    /// Values of the global array before anything is set.
    pub fn default_globals(&self) -> Vec<f64> {
        let spread = |global: &Global| std::iter::repeat_n(global.default, global.len as usize);
        self.globals.iter().flat_map(spread).collect()
    }

    /// Whether it writes a concentration of any ion (such mechanisms run before all others, last registered first).
    pub fn writes_concentration(&self) -> bool {
        let concentration = |one: &IonVariable| matches!(one, IonVariable::Inside | IonVariable::Outside);
        self.ions.iter().any(|ion| ion.writes.iter().any(concentration))
    }

    /// Number of weights a NetCon to it has; 0 without NET_RECEIVE.
    pub fn n_weights(&self) -> usize {
        self.net_receive.as_ref().map_or(0, |receive| receive.arguments.len())
    }
}
