//! Syntax tree of NMODL, lossy: comments and layout are gone, every node knows its place.

use diag::Span;

/// A name with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// As written.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A unit as written between parentheses, trimmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Without the parentheses.
    pub text: String,
    /// With the parentheses.
    pub span: Span,
}

/// A literal, or a DEFINEd name that stands for one.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// As written, with the sign where the grammar allows one.
    pub text: String,
    /// Value.
    pub value: f64,
    /// Whether it is an INTEGER.
    pub integer: bool,
    /// Where.
    pub span: Span,
}

/// A whole text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Program {
    /// In source order.
    pub items: Vec<Item>,
}

/// Something at top level.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// TITLE, without the keyword, trimmed.
    Title(Name),
    /// LOCAL at top level.
    Local(Vec<LocalName>),
    /// DEFINE name integer.
    Define(Name, Number),
    /// INCLUDE "file": the file name without quotes.
    Include(Name),
    /// NEURON.
    Neuron(Vec<NeuronStatement>, Span),
    /// UNITS.
    Units(Vec<UnitDefinition>, Span),
    /// PARAMETER.
    Parameter(Vec<Parameter>, Span),
    /// CONSTANT.
    Constant(Vec<Parameter>, Span),
    /// ASSIGNED.
    Assigned(Vec<Dependent>, Span),
    /// STATE.
    State(Vec<Dependent>, Span),
    /// INDEPENDENT; has no effect.
    Independent(Independent),
    /// FUNCTION_TABLE.
    FunctionTable {
        /// Name.
        name: Name,
        /// Arguments.
        arguments: Vec<Argument>,
        /// Unit of the value.
        unit: Option<Unit>,
    },
    /// Anything with code.
    Code(CodeBlock),
    /// VERBATIM at top level.
    Verbatim(Verbatim),
    /// UNITSON or UNITSOFF; no effect.
    UnitsSwitch(bool, Span),
}

/// `name` or `name[length]` of a LOCAL.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalName {
    /// Name.
    pub name: Name,
    /// Length of an array.
    pub length: Option<Number>,
}

/// A statement of the NEURON block.
#[derive(Debug, Clone, PartialEq)]
pub enum NeuronStatement {
    /// SUFFIX, POINT_PROCESS or ARTIFICIAL_CELL.
    Mechanism(MechanismKeyword, Name),
    /// USEION.
    UseIon(UseIon),
    /// A keyword with names.
    List(ListKeyword, Vec<Name>, Span),
    /// THREADSAFE.
    ThreadSafe(Span),
    /// REPRESENTS; no effect.
    Represents(Name),
}

/// How a mechanism is spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MechanismKeyword {
    /// SUFFIX
    Suffix,
    /// POINT_PROCESS
    PointProcess,
    /// ARTIFICIAL_CELL
    ArtificialCell,
}

/// Keywords of the NEURON block that are followed by names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKeyword {
    /// NONSPECIFIC_CURRENT
    NonspecificCurrent,
    /// ELECTRODE_CURRENT
    ElectrodeCurrent,
    /// RANGE
    Range,
    /// GLOBAL
    Global,
    /// POINTER
    Pointer,
    /// BBCOREPOINTER
    BbcorePointer,
    /// EXTERNAL
    External,
    /// RANDOM
    Random,
}

/// USEION.
#[derive(Debug, Clone, PartialEq)]
pub struct UseIon {
    /// Species.
    pub ion: Name,
    /// READ list.
    pub reads: Vec<Name>,
    /// WRITE list.
    pub writes: Vec<Name>,
    /// VALENCE.
    pub valence: Option<Number>,
    /// REPRESENTS; no effect.
    pub represents: Option<Name>,
    /// Whole statement.
    pub span: Span,
}

/// A line of UNITS.
#[derive(Debug, Clone, PartialEq)]
pub enum UnitDefinition {
    /// `(new) = (old)`
    Alias(Unit, Unit),
    /// `name = number (unit)`
    Value(Name, Number, Option<Unit>),
    /// `name = (from) (to)` or `name = (from) -> (to)`
    Factor(Name, Unit, Unit),
}

/// A line of PARAMETER or CONSTANT.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Name.
    pub name: Name,
    /// Length of an array.
    pub length: Option<Number>,
    /// Value.
    pub value: Option<Number>,
    /// Unit.
    pub unit: Option<Unit>,
    /// `<low, high>`
    pub limits: Option<(Number, Number)>,
}

/// A line of ASSIGNED or STATE.
#[derive(Debug, Clone, PartialEq)]
pub struct Dependent {
    /// Name.
    pub name: Name,
    /// Length of an array.
    pub length: Option<Number>,
    /// `FROM low TO high`
    pub range: Option<(Number, Number)>,
    /// START value.
    pub start: Option<Number>,
    /// Unit.
    pub unit: Option<Unit>,
    /// `<tolerance>`
    pub tolerance: Option<Number>,
}

/// INDEPENDENT; no effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Independent {
    /// Name and its numbers FROM, TO, WITH, and START if given.
    pub variables: Vec<(Name, Vec<Number>, Option<Unit>)>,
    /// Whole block.
    pub span: Span,
}

/// An argument of a FUNCTION, PROCEDURE or NET_RECEIVE.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// Name.
    pub name: Name,
    /// Unit.
    pub unit: Option<Unit>,
}

/// A block of code with a name or a fixed role.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeBlock {
    /// What it is.
    pub kind: CodeKind,
    /// Statements.
    pub block: Block,
    /// Keyword and name.
    pub span: Span,
}

/// Kinds of blocks of code.
#[derive(Debug, Clone, PartialEq)]
pub enum CodeKind {
    /// INITIAL
    Initial,
    /// BREAKPOINT
    Breakpoint,
    /// CONSTRUCTOR
    Constructor,
    /// DESTRUCTOR
    Destructor,
    /// BEFORE phase: BREAKPOINT, SOLVE, INITIAL or STEP
    Before(Name),
    /// AFTER phase
    After(Name),
    /// DERIVATIVE name
    Derivative(Name),
    /// KINETIC name SOLVEFOR list
    Kinetic(Name, Vec<Name>),
    /// LINEAR name SOLVEFOR list
    Linear(Name, Vec<Name>),
    /// NONLINEAR name SOLVEFOR list
    Nonlinear(Name, Vec<Name>),
    /// DISCRETE name
    Discrete(Name),
    /// FUNCTION name (arguments) unit
    Function(Name, Vec<Argument>, Option<Unit>),
    /// PROCEDURE name (arguments) unit
    Procedure(Name, Vec<Argument>, Option<Unit>),
    /// NET_RECEIVE (arguments)
    NetReceive(Vec<Argument>),
}

/// `{ LOCAL names statements }`
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// LOCAL names.
    pub locals: Vec<LocalName>,
    /// Statements.
    pub statements: Vec<Statement>,
    /// With the braces.
    pub span: Span,
}

/// VERBATIM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verbatim {
    /// Between the keywords.
    pub text: String,
    /// With the keywords.
    pub span: Span,
}

/// A statement with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Which.
    pub kind: StatementKind,
    /// Where.
    pub span: Span,
}

/// A side of a reaction: terms with their stoichiometry.
pub type Side = Vec<(Option<Number>, VariableName)>;

/// Statements.
#[derive(Debug, Clone, PartialEq)]
pub enum StatementKind {
    /// `target = value`; PROTECTed or not.
    Assign {
        /// Left side.
        target: VariableName,
        /// Right side.
        value: Expr,
        /// PROTECT.
        protect: bool,
    },
    /// A call for its effects.
    Call(Expr),
    /// FROM loop.
    From {
        /// Loop variable.
        variable: Name,
        /// First value.
        from: Expr,
        /// Last value.
        to: Expr,
        /// Increment.
        by: Option<Expr>,
        /// Body.
        body: Block,
    },
    /// while loop.
    While(Expr, Block),
    /// `if` with its `else if`s and `else`.
    If {
        /// Conditions with their blocks.
        branches: Vec<(Expr, Block)>,
        /// `else`.
        otherwise: Option<Block>,
    },
    /// `{ … }`
    Block(Block),
    /// SOLVE.
    Solve {
        /// Name of the block.
        block: Name,
        /// STEADYSTATE instead of METHOD.
        steady_state: bool,
        /// METHOD.
        method: Option<Name>,
    },
    /// CONDUCTANCE name USEION ion
    Conductance(Name, Option<Name>),
    /// TABLE.
    Table {
        /// Tabled names.
        names: Vec<Name>,
        /// DEPEND.
        depend: Vec<Name>,
        /// FROM.
        from: Expr,
        /// TO.
        to: Expr,
        /// WITH.
        with: Number,
    },
    /// LAG name BY name
    Lag(Name, Name),
    /// INITIAL block of a NET_RECEIVE.
    Initial(Block),
    /// WATCH (condition) flag, …
    Watch(Vec<(Expr, Number)>),
    /// FOR_NETCONS (arguments) block
    ForNetcons(Vec<Argument>, Block),
    /// MUTEXLOCK (true) or MUTEXUNLOCK; no effect.
    Mutex(bool),
    /// VERBATIM.
    Verbatim(Verbatim),
    /// UNITSON (true) or UNITSOFF; no effect.
    UnitsSwitch(bool),
    /// `~ left <-> right (forward, backward)`, or `->` without backward.
    Reaction {
        /// Left side.
        left: Side,
        /// Right side.
        right: Side,
        /// Forward rate.
        forward: Expr,
        /// Backward rate.
        backward: Option<Expr>,
    },
    /// `~ left << (flux)`
    Flux(Side, Expr),
    /// `~ left = right` of LINEAR and NONLINEAR.
    Equation(Expr, Expr),
    /// COMPARTMENT index, volume { states }
    Compartment(Option<Name>, Expr, Vec<Name>),
    /// LONGITUDINAL_DIFFUSION index, expression { states }
    Diffusion(Option<Name>, Expr, Vec<Name>),
    /// CONSERVE sum = total
    Conserve(Side, Expr),
}

/// A variable as it is mentioned: `x`, `x'`, `x[i]`, `x@1`.
#[derive(Debug, Clone, PartialEq)]
pub struct VariableName {
    /// Name without primes.
    pub name: Name,
    /// Number of primes.
    pub order: usize,
    /// After `@`.
    pub at: Option<Number>,
    /// Index.
    pub index: Option<Box<Expr>>,
    /// All of it.
    pub span: Span,
}

/// An expression with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// Which.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// Expressions.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// Literal with its unit, which means nothing.
    Number(Number, Option<Unit>),
    /// String with its quotes.
    Text(String),
    /// Variable.
    Variable(VariableName),
    /// Call.
    Call(Name, Vec<Expr>),
    /// `INT(x)` in an index.
    Int(Box<Expr>),
    /// `-x`
    Neg(Box<Expr>),
    /// `!x`
    Not(Box<Expr>),
    /// `(x)`
    Paren(Box<Expr>),
    /// Two operands.
    Binary(crate::hir::Operator, Box<Expr>, Box<Expr>),
}
