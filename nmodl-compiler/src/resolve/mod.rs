//! Syntax tree to resolved mechanism: names to ids, storage of variables, ions, arity, and what NEURON refuses.
//!
//! [`resolve`] reports every problem it finds and gives a mechanism only if there is no error. In order: the NEURON
//! block (`neuron`), variables (`declare`), names of blocks and functions, then all code (`body`, `expr`, `calls`,
//! `solve`).

mod blocks;
mod body;
mod calls;
mod declare;
mod expr;
mod library;
mod network;
mod neuron;
mod round;
mod solve;
mod spelling;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use diag::{Diagnostic, Problems, Severity, Span};

use crate::codes;
use crate::hir::{FunctionId, Mechanism, SolvedId, Storage, Variable, VariableId};
use crate::syntax::ast::{CodeKind, Item, Name, Program};
use crate::verbatim::Preprocessor;

pub(crate) use body::{Code, Meaning, Place};
pub(crate) use neuron::ion_variable;
pub use round::six_digits;
pub(crate) use spelling::nearest;

/// What a name of the whole file means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Symbol {
    /// A variable.
    Variable(VariableId),
    /// A FUNCTION or PROCEDURE.
    Function(FunctionId),
    /// A block that SOLVE can name.
    Block(SolvedId),
    /// RANDOM: number of the stream.
    Random(u32),
    /// FUNCTION_TABLE: its number and the number of its arguments.
    FunctionTable(u32, usize),
    /// BBCOREPOINTER: only VERBATIM may use it.
    Bbcore,
    /// Something that is not supported; it has been reported.
    Reported,
}

/// Name, arguments and kind of a FUNCTION or PROCEDURE, known before any code is looked at.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    pub(crate) name: String,
    pub(crate) arguments: usize,
    pub(crate) has_value: bool,
}

/// Names that nocmodl reserves for its built-in functions (nmodl-language section 1).
const RESERVED: &[&str] = &[
    "first_time",
    "error",
    "f_flux",
    "b_flux",
    "fabs",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "acos",
    "asin",
    "atan",
    "atan2",
    "sinh",
    "cosh",
    "tanh",
    "floor",
    "ceil",
    "fmod",
    "log10",
    "log",
    "pow",
    "printf",
    "prterr",
    "exp",
    "threshold",
    "force",
    "deflate",
    "expfit",
    "derivs",
    "spline",
    "hyperbol",
    "revhyperbol",
    "sigmoid",
    "revsigmoid",
    "harmonic",
    "squarewave",
    "sawtooth",
    "revsawtooth",
    "ramp",
    "pulse",
    "perpulse",
    "step",
    "perstep",
    "erf",
    "exprand",
    "factorial",
    "gauss",
    "normrand",
    "poisrand",
    "poisson",
    "setseed",
    "scop_random",
    "boundary",
    "romberg",
    "legendre",
    "invert",
    "stepforce",
    "schedule",
    "set_seed",
    "nrn_pointing",
    "state_discontinuity",
    "net_send",
    "net_move",
    "net_event",
    "nrn_random_play",
    "at_time",
    "nrn_ghk",
    "random_setseq",
    "random_setids",
    "random_uniform",
    "random_negexp",
    "random_normal",
    "random_ipick",
    "random_dpick",
];

/// Those of them that keep state of their own: NEURON takes their users for not thread-safe.
const NOT_THREAD_SAFE: &[&str] = &[
    "force",
    "deflate",
    "expfit",
    "derivs",
    "spline",
    "exprand",
    "gauss",
    "normrand",
    "poisrand",
    "poisson",
    "setseed",
    "scop_random",
    "boundary",
    "romberg",
    "invert",
    "stepforce",
    "schedule",
    "set_seed",
    "nrn_random_play",
];

/// State of the resolution of one file.
pub(crate) struct Resolver<'p> {
    pub(crate) problems: &'p mut Problems,
    pub(crate) neuron: neuron::Neuron,
    pub(crate) variables: Vec<Variable>,
    pub(crate) names: BTreeMap<String, Symbol>,
    pub(crate) declared_at: BTreeMap<String, Span>,
    pub(crate) signatures: Vec<Signature>,
    /// Functions made by the compiler (normrand and the like), behind those of the file.
    pub(crate) library: Vec<crate::hir::Function>,
    pub(crate) solved: Vec<crate::hir::Solved>,
    pub(crate) usetable: Option<VariableId>,
    pub(crate) function_tables: Vec<String>,
    /// Functions made of WATCH conditions and of LONGITUDINAL_DIFFUSION; they come behind all others.
    pub(crate) watches: Vec<crate::hir::Function>,
    pub(crate) diffusions: Vec<(crate::hir::Diffusion, crate::hir::Function)>,
    /// Something makes NEURON take the mechanism for not thread-safe.
    pub(crate) shares_state: bool,
    /// Names in GLOBAL that are assigned, and whether one assignment is in PROTECT, which vouches for all.
    pub(crate) assigned_globals: BTreeMap<String, bool>,
    pub(crate) preprocessor: Preprocessor,
    /// Names declared as arrays, even of one element.
    pub(crate) arrays: BTreeSet<String>,
    /// Ion variables that USEION lists and no block declares.
    pub(crate) undeclared_ions: BTreeSet<VariableId>,
    pub(crate) has_net_receive: bool,
    /// Undeclared names that have been reported.
    pub(crate) reported: BTreeSet<String>,
}

/// Resolves a tree. `source_name` is the file's name without directories. None if there is any error.
pub fn resolve(program: &Program, source_name: &str, problems: &mut Problems) -> Option<Mechanism> {
    let errors = problems.count(Severity::Error);
    let neuron = neuron::read(program, source_name, problems);
    let mut resolver = Resolver {
        problems,
        neuron,
        variables: Vec::new(),
        names: BTreeMap::new(),
        declared_at: BTreeMap::new(),
        signatures: Vec::new(),
        library: Vec::new(),
        solved: Vec::new(),
        usetable: None,
        function_tables: Vec::new(),
        watches: Vec::new(),
        diffusions: Vec::new(),
        shares_state: false,
        assigned_globals: BTreeMap::new(),
        preprocessor: Preprocessor::new(program),
        reported: BTreeSet::new(),
        has_net_receive: program.items.iter().any(is_net_receive),
        arrays: BTreeSet::new(),
        undeclared_ions: BTreeSet::new(),
    };
    resolver.declare(program);
    resolver.declare_blocks(program);
    let mechanism = resolver.blocks(program, source_name);
    (problems.count(Severity::Error) == errors).then_some(mechanism)
}

fn is_net_receive(item: &Item) -> bool {
    matches!(item, Item::Code(code) if matches!(code.kind, CodeKind::NetReceive(_)))
}

impl Resolver<'_> {
    pub(crate) fn report(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    pub(crate) fn error(&mut self, code: &'static str, span: Span, title: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Diagnostic::error(code, span, title).help(help));
    }

    pub(crate) fn variable(&self, id: VariableId) -> &Variable {
        &self.variables[id.0 as usize]
    }

    /// Something at this place is not thread-safe. THREADSAFE overrules only what stands behind it: nocmodl decides
    /// while it reads.
    pub(crate) fn not_thread_safe(&mut self, at: Span) {
        if self.neuron.thread_safe.is_none_or(|keyword| at.start < keyword.start) {
            self.shares_state = true;
        }
    }

    /// Reports a name that nothing declares, once.
    pub(crate) fn undeclared(&mut self, name: &Name, others: &[String]) {
        if !self.reported.insert(name.text.clone()) {
            return;
        }
        let known = self.names.keys().map(String::as_str).chain(others.iter().map(String::as_str));
        let nearest = spelling::nearest(&name.text, known);
        let help = match nearest {
            Some(nearest) => format!("did you mean `{nearest}`? Otherwise declare it in PARAMETER, ASSIGNED or LOCAL"),
            None => "declare it in PARAMETER, ASSIGNED, STATE, CONSTANT or LOCAL".to_owned(),
        };
        let problem = Diagnostic::error(codes::UNDECLARED, name.span, format!("`{}` is not declared", name.text));
        self.report(problem.label("found here first, expected the name of a variable").help(help));
    }

    /// A variable that needs no declaration: `v`, `t`, … and `m0` of a state `m`.
    pub(crate) fn implicit(&mut self, name: &Name) -> Option<VariableId> {
        let storage = declare::special(&name.text)?;
        Some(self.add_implicit(name, storage, 0.0))
    }

    pub(crate) fn add_implicit(&mut self, name: &Name, storage: Storage, default: f64) -> VariableId {
        let id = VariableId(self.variables.len() as u32);
        self.variables.push(Variable {
            name: name.text.clone(),
            class: crate::hir::Class::Implicit,
            storage,
            len: 1,
            default,
            start: None,
            set: None,
            unit: String::new(),
            visible: false,
            span: name.span,
        });
        self.names.insert(name.text.clone(), Symbol::Variable(id));
        id
    }
}
