//! Resolved mechanism: every name is an id, every call has the right number of arguments, no syntax sugar.
//!
//! What stays from the source: blocks and the order of statements, SOLVE, TABLE and the equations of DERIVATIVE and
//! KINETIC blocks, which `ode` turns into straight code. What is gone: UNITS (factors are constants), DEFINE, INCLUDE,
//! comments, VERBATIM (recognised bodies are ordinary statements), names.

pub mod print;

use diag::Span;
use mech_abi::{HostCall, IonVariable, MechanismKind};

use crate::intrinsic::Intrinsic;

/// A variable of the mechanism: position in [`Mechanism::variables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariableId(pub u32);

/// A LOCAL, argument, loop variable or result of one block: position in [`Body::locals`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalId(pub u32);

/// A FUNCTION or PROCEDURE: position in [`Mechanism::functions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub u32);

/// A DERIVATIVE or KINETIC block (or a SOLVEd PROCEDURE): position in [`Mechanism::solved`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SolvedId(pub u32);

/// Where a variable lives (nmodl-language section 3).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Storage {
    /// One value for each instance.
    Instance,
    /// One value for all instances.
    Global,
    /// Known at compile time (CONSTANT, UNITS factor): never assigned.
    Constant(f64),
    /// Local copy of a variable of `Mechanism::ions[ion]`.
    Ion {
        /// Position in `Mechanism::ions`.
        ion: u32,
        /// Which variable.
        variable: IonVariable,
    },
    /// `v` of the node.
    Voltage,
    /// `diam` of the node, read only.
    Diam,
    /// `area` of the node, read only.
    Area,
    /// `t`, read only.
    Time,
    /// `dt`, read only.
    Step,
    /// `celsius`, read only.
    Celsius,
}

/// NMODL's class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// PARAMETER.
    Parameter,
    /// ASSIGNED.
    Assigned,
    /// STATE.
    State,
    /// CONSTANT or UNITS factor.
    Constant,
    /// LOCAL at top level.
    TopLocal,
    /// Predefined (`v`, `t`, …) and not declared, or made by the compiler (`m0` of state `m`).
    Implicit,
}

/// A variable of the mechanism.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Name.
    pub name: String,
    /// Class.
    pub class: Class,
    /// Where it lives.
    pub storage: Storage,
    /// 1, or the length of an array.
    pub len: u32,
    /// Initial value, already rounded to six digits where NEURON rounds.
    pub default: f64,
    /// For a STATE: the variable that holds its value at INITIAL (`m0`), if one is declared; otherwise `default`.
    pub start: Option<VariableId>,
    /// Unit as written, without parentheses.
    pub unit: String,
    /// For POINTER and EXTERNAL: the variable that says whether it stands for anything.
    pub set: Option<VariableId>,
    /// Whether hoc sees it.
    pub visible: bool,
    /// Declaration (or first use).
    pub span: Span,
}

/// A current in the order of the NEURON block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Current {
    /// The variable that holds it.
    pub variable: VariableId,
    /// The ion it belongs to (position in `Mechanism::ions`), or none for NONSPECIFIC and ELECTRODE currents.
    pub ion: Option<u32>,
}

/// A USEION.
#[derive(Debug, Clone, PartialEq)]
pub struct Ion {
    /// Species.
    pub name: String,
    /// VALENCE, or the charge known for na, k, ca.
    pub charge: Option<f64>,
    /// READ list with the local copies.
    pub reads: Vec<(IonVariable, VariableId)>,
    /// WRITE list with the local copies.
    pub writes: Vec<(IonVariable, VariableId)>,
    /// Statement.
    pub span: Span,
}

/// A local name of a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Local {
    /// Name as written; not unique.
    pub name: String,
    /// 1, or the length of an array.
    pub len: u32,
}

/// Executable code with its local names.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Body {
    /// Arguments first, then the result of a FUNCTION (if it has one), then LOCALs and loop variables.
    pub locals: Vec<Local>,
    /// How many of them are arguments.
    pub n_arguments: u32,
    /// Statements.
    pub statements: Vec<Stmt>,
}

/// FUNCTION or PROCEDURE.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// Name.
    pub name: String,
    /// FUNCTION: the local that holds the result (the one after the arguments).
    pub result: Option<LocalId>,
    /// TABLE statement, if any.
    pub table: Option<Table>,
    /// Code (without the TABLE statement).
    pub body: Body,
    /// Name in the source.
    pub span: Span,
}

/// `TABLE names DEPEND … FROM … TO … WITH n`.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Tabled variables; empty in a FUNCTION (its result is tabled).
    pub variables: Vec<VariableId>,
    /// DEPEND list.
    pub depend: Vec<VariableId>,
    /// FROM.
    pub from: Expr,
    /// TO.
    pub to: Expr,
    /// WITH.
    pub intervals: u32,
    /// Statement.
    pub span: Span,
}

/// What SOLVE can name.
#[derive(Debug, Clone, PartialEq)]
pub enum Solved {
    /// DERIVATIVE block: statements with [`Stmt::Derivative`].
    Derivative {
        /// Name.
        name: String,
        /// Code.
        body: Body,
    },
    /// KINETIC block: statements with [`Stmt::Reaction`] and [`Stmt::Conserve`].
    Kinetic {
        /// Name.
        name: String,
        /// SOLVEFOR: the only states that are unknown; none if all are.
        solve_for: Vec<VariableId>,
        /// Code.
        body: Body,
    },
    /// LINEAR or NONLINEAR block: statements with [`Stmt::Equation`].
    Equations {
        /// LINEAR.
        linear: bool,
        /// Name.
        name: String,
        /// SOLVEFOR: the only states that are unknown; none if all are.
        solve_for: Vec<VariableId>,
        /// Code.
        body: Body,
    },
    /// PROCEDURE.
    Procedure(FunctionId),
}

impl Solved {
    /// The code of a block.
    pub fn body(&self) -> Option<&Body> {
        match self {
            Solved::Derivative { body, .. } | Solved::Kinetic { body, .. } | Solved::Equations { body, .. } => {
                Some(body)
            }
            Solved::Procedure(_) => None,
        }
    }
}

/// METHOD of a SOLVE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// No METHOD, or after_cvode, cvode_t, cvode_v: a PROCEDURE is called, a DERIVATIVE only evaluated.
    None,
    /// `cnexp`
    Cnexp,
    /// `derivimplicit`
    DerivImplicit,
    /// `sparse`
    Sparse,
    /// `euler`
    Euler,
    /// `runge`
    Runge,
}

/// A SOLVE statement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Solve {
    /// What.
    pub what: SolvedId,
    /// How.
    pub method: Method,
    /// STEADYSTATE instead of METHOD.
    pub steady_state: bool,
    /// Statement.
    pub span: Span,
}

/// A side of a reaction: states (or constants) with stoichiometry.
pub type Side = Vec<(u32, Target)>;

/// A place that can be assigned.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A variable, with an index if it is an array.
    Variable(VariableId, Option<Box<Expr>>),
    /// A local, with an index if it is an array.
    Local(LocalId, Option<Box<Expr>>),
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Stmt {
    /// `target = value`
    Assign {
        /// Left side.
        target: Target,
        /// Right side.
        value: Expr,
        /// Statement.
        span: Span,
    },
    /// `x' = value` in a DERIVATIVE block.
    Derivative {
        /// State, with an index if it is an array.
        state: Target,
        /// Right side.
        value: Expr,
        /// Statement.
        span: Span,
    },
    /// `~ left <-> right (forward, backward)`; `->` has backward 0 and no products in the rate.
    Reaction {
        /// Left side.
        left: Side,
        /// Right side.
        right: Side,
        /// Forward rate.
        forward: Expr,
        /// Backward rate; none for `->`.
        backward: Option<Expr>,
        /// Statement.
        span: Span,
    },
    /// `~ left = right` of LINEAR and NONLINEAR.
    Equation {
        /// Left side.
        left: Expr,
        /// Right side.
        right: Expr,
        /// Statement.
        span: Span,
    },
    /// `~ state << (flux)`
    Flux {
        /// State.
        state: Target,
        /// Flux.
        value: Expr,
        /// Statement.
        span: Span,
    },
    /// `CONSERVE sum = total`
    Conserve {
        /// Left side.
        sum: Side,
        /// Right side.
        total: Expr,
        /// Statement.
        span: Span,
    },
    /// `COMPARTMENT index, volume { states }`
    Compartment {
        /// Stands in the volume for the element of an array state.
        index: Option<LocalId>,
        /// Volume.
        volume: Expr,
        /// States.
        states: Vec<VariableId>,
        /// Statement.
        span: Span,
    },
    /// `if`
    If {
        /// Condition.
        condition: Expr,
        /// When it is not zero.
        then: Vec<Stmt>,
        /// When it is zero.
        otherwise: Vec<Stmt>,
    },
    /// `while`
    While {
        /// Condition.
        condition: Expr,
        /// Body.
        body: Vec<Stmt>,
    },
    /// `FROM variable = from TO to BY by`: integers; bounds are evaluated in each round.
    From {
        /// Loop variable.
        variable: LocalId,
        /// First value.
        from: Expr,
        /// Last value.
        to: Expr,
        /// Increment.
        by: Expr,
        /// Body.
        body: Vec<Stmt>,
    },
    /// `FOR_NETCONS`: `body` for each NetCon that leads to the instance.
    ForNetcons {
        /// The first of the locals that stand for its weights.
        first: LocalId,
        /// How many weights.
        count: u32,
        /// Body.
        body: Vec<Stmt>,
    },
    /// A call for its effects.
    Call(Expr),
    /// `SOLVE` in place (in INITIAL); those of BREAKPOINT are in `Mechanism::solves`.
    Solve(Solve),
    /// A host call without value: net_send, net_event, stream_set_seq, ….
    Host {
        /// Which.
        call: HostCall,
        /// Stream or vector of the row.
        slot: u32,
        /// Arguments.
        arguments: Vec<Expr>,
        /// Statement.
        span: Span,
    },
    /// `break` out of the innermost loop, in a recognised VERBATIM.
    Break,
    /// `return value` out of a recognised VERBATIM: sets the result and leaves the FUNCTION.
    Return(Option<Expr>),
}

/// Two-operand operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the operations' own")]
pub enum Operator {
    Or,
    And,
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
    Add,
    Sub,
    Mul,
    Div,
    Pow,
}

/// An expression. Parentheses are kept because cnexp's text rules see them.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// Literal.
    Number(f64),
    /// A variable, with an index if it is an array.
    Variable(VariableId, Option<Box<Expr>>),
    /// A local, with an index if it is an array.
    Local(LocalId, Option<Box<Expr>>),
    /// `flag` of NET_RECEIVE.
    Flag,
    /// `f_flux` (false) or `b_flux` (true) of the last reaction of a KINETIC block.
    Flux(bool),
    /// `-x`
    Neg(Box<Expr>),
    /// `!x`
    Not(Box<Expr>),
    /// `( x )`
    Paren(Box<Expr>),
    /// Two operands.
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// An elementary function.
    Intrinsic(Intrinsic, Vec<Expr>),
    /// A FUNCTION or PROCEDURE of the mechanism (a PROCEDURE has value 0).
    Call(FunctionId, Vec<Expr>),
    /// A host call with a value.
    Host(HostCall, u32, Vec<Expr>),
    /// C's integer division and truncation in index arithmetic: `(int)(a) / (int)(b)`.
    IntegerDiv(Box<Expr>, Box<Expr>),
    /// Current value of an ion variable in the ion itself (VERBATIM `cai = _ion_cai`).
    IonNow(u32, IonVariable),
}

/// NET_RECEIVE.
#[derive(Debug, Clone, PartialEq)]
pub struct NetReceive {
    /// Names of the arguments.
    pub arguments: Vec<String>,
    /// Code. Locals `0..arguments.len()` of the body stand for the weights: reads are loads, assignments stores.
    pub body: Body,
    /// INITIAL block inside, with the same first locals.
    pub initial: Option<Body>,
    /// Whether `v` is mentioned (it is then written back to the node).
    pub mentions_v: bool,
    /// Keyword in the source.
    pub span: Span,
}

/// Moments of BEFORE and AFTER blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// BEFORE BREAKPOINT
    BeforeBreakpoint,
    /// AFTER SOLVE
    AfterSolve,
    /// BEFORE INITIAL
    BeforeInitial,
    /// AFTER INITIAL
    AfterInitial,
    /// BEFORE STEP
    BeforeStep,
}

/// One `.mod` file, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Mechanism {
    /// SUFFIX, POINT_PROCESS or ARTIFICIAL_CELL name.
    pub name: String,
    /// Kind.
    pub kind: MechanismKind,
    /// File name without directories.
    pub source: String,
    /// TITLE, without the keyword.
    pub title: String,
    /// NEURON's THREADSAFE judgement.
    pub thread_safe: bool,
    /// Variables.
    pub variables: Vec<Variable>,
    /// USEIONs.
    pub ions: Vec<Ion>,
    /// Currents in declaration order.
    pub currents: Vec<Current>,
    /// Whether one is an ELECTRODE_CURRENT (then all are treated so).
    pub electrode_current: bool,
    /// Functions and procedures in source order.
    pub functions: Vec<Function>,
    /// Blocks that SOLVE names.
    pub solved: Vec<Solved>,
    /// SOLVEs of BREAKPOINT, hoisted, in source order.
    pub solves: Vec<Solve>,
    /// INITIAL; none if there is no block.
    pub initial: Option<Body>,
    /// BREAKPOINT without its SOLVEs; none if there is no block.
    pub breakpoint: Option<Body>,
    /// NET_RECEIVE.
    pub net_receive: Option<NetReceive>,
    /// BEFORE and AFTER blocks in source order.
    pub before_after: Vec<(Moment, Body)>,
    /// Global variable `usetable_SUFFIX`, if there is any TABLE.
    pub usetable: Option<VariableId>,
    /// Random streams for each instance.
    pub random_streams: u32,
    /// Played vectors for each instance.
    pub vectors: u32,
    /// POINTERs.
    pub pointers: Vec<VariableId>,
    /// EXTERNALs.
    pub externals: Vec<VariableId>,
    /// Names of FUNCTION_TABLEs.
    pub function_tables: Vec<String>,
    /// WATCH conditions, as functions without arguments.
    pub watches: Vec<FunctionId>,
    /// CONSTRUCTOR, as a procedure.
    pub constructor: Option<FunctionId>,
    /// LONGITUDINAL_DIFFUSION: state, element, procedure that sets the flow and the volume.
    pub diffusion: Vec<Diffusion>,
}

/// A state that diffuses along the cable.
#[derive(Debug, Clone, PartialEq)]
pub struct Diffusion {
    /// The state.
    pub state: VariableId,
    /// Element of an array.
    pub element: Option<u32>,
    /// Sets the two variables below.
    pub function: FunctionId,
    /// Diffusion constant times cross section.
    pub flow: VariableId,
    /// Volume by length.
    pub volume: VariableId,
}

impl Mechanism {
    /// A variable by id.
    pub fn variable(&self, id: VariableId) -> &Variable {
        &self.variables[id.0 as usize]
    }

    /// All code.
    pub fn bodies(&self) -> impl Iterator<Item = &Body> {
        let received = self.net_receive.iter().flat_map(|one| std::iter::once(&one.body).chain(&one.initial));
        (self.functions.iter().map(|one| &one.body))
            .chain(self.solved.iter().filter_map(Solved::body))
            .chain(&self.initial)
            .chain(&self.breakpoint)
            .chain(received)
            .chain(self.before_after.iter().map(|(_, body)| body))
    }

    /// How deep calls of a function inside itself are expanded: the number of calls is what must stay small.
    pub fn recursion_depth(&self, id: FunctionId) -> usize {
        use crate::lower::stmt::{expressions, subexpressions, walk};
        let mut calls = 0;
        walk(&self.function(id).body.statements, &mut |stmt| {
            expressions(stmt, &mut |expr| {
                subexpressions(expr, &mut |one| calls += usize::from(matches!(one, Expr::Call(..))));
            });
        });
        match calls {
            0 | 1 => 64,
            2 => 8,
            _ => 4,
        }
    }

    /// A function by id.
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.functions[id.0 as usize]
    }
}
