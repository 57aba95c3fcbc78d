//! SOLVE and the statements of KINETIC blocks.

use diag::{Diagnostic, Span};

use super::Symbol;
use super::body::{Code, Meaning, Place};
use crate::codes;
use crate::hir::{Expr, LocalId, Method, Side, Solve, Solved, SolvedId, Stmt, Target, VariableId};
use crate::syntax::ast::{self, Name, Statement, StatementKind, VariableName};

/// Kind of what SOLVE names.
#[derive(Clone, Copy, PartialEq)]
enum What {
    Derivative,
    Kinetic,
    Equations,
    Procedure,
}

impl What {
    fn keyword(self) -> &'static str {
        match self {
            What::Derivative => "DERIVATIVE",
            What::Kinetic => "KINETIC",
            What::Equations => "LINEAR or NONLINEAR",
            What::Procedure => "PROCEDURE",
        }
    }
}

impl Code<'_, '_> {
    /// A SOLVE; none if it has been reported.
    pub(crate) fn solve(&mut self, name: &Name, steady: bool, method: Option<&Name>, span: Span) -> Option<Solve> {
        if matches!(self.place, Place::Derivative | Place::Kinetic | Place::Equations | Place::Destructor) {
            let problem = Diagnostic::error(codes::MISPLACED, span, "SOLVE cannot stand in this block");
            self.r.report(problem.help("SOLVE belongs into BREAKPOINT; call a PROCEDURE by its name"));
            return None;
        }
        let (id, what) = match self.r.names.get(&name.text).copied() {
            Some(Symbol::Block(id)) => match self.r.solved.get(id.0 as usize)? {
                Solved::Derivative { .. } => (id, What::Derivative),
                Solved::Kinetic { .. } => (id, What::Kinetic),
                Solved::Equations { .. } => (id, What::Equations),
                Solved::Procedure(_) => (id, What::Procedure),
            },
            Some(Symbol::Function(function)) if !self.r.signatures[function.0 as usize].has_value => {
                let arguments = self.r.signatures[function.0 as usize].arguments;
                if arguments > 0 {
                    let title = format!("PROCEDURE `{}` has {arguments} arguments and cannot be SOLVEd", name.text);
                    self.r.report(Diagnostic::error(codes::ARITY, name.span, title).label("expected none"));
                    return None;
                }
                let known = self.r.solved.iter().position(|one| *one == Solved::Procedure(function));
                let at = known.unwrap_or_else(|| {
                    self.r.solved.push(Solved::Procedure(function));
                    self.r.solved.len() - 1
                });
                (SolvedId(at as u32), What::Procedure)
            }
            Some(Symbol::Reported) => return None,
            _ => {
                self.unknown_solve(name);
                return None;
            }
        };
        let after = self.r.declared_at.get(&name.text).filter(|block| block.start < span.start).copied();
        if let Some(block) = after.filter(|_| what == What::Derivative && method.is_some()) {
            let title = format!("SOLVE stands after the DERIVATIVE block `{}`", name.text);
            let problem = Diagnostic::error(codes::SOLVE_AFTER_BLOCK, span, title).also(block, "the block is here");
            self.r.report(problem.help("NEURON refuses this order: move the DERIVATIVE block to the end of the file"));
        }
        let method = self.method(what, name, method, span)?;
        if steady && method != Method::Sparse && method != Method::DerivImplicit {
            let problem = Diagnostic::error(codes::METHOD_MISMATCH, span, "STEADYSTATE takes sparse or derivimplicit");
            self.r.report(
                problem.help("write `STEADYSTATE sparse` for KINETIC, `STEADYSTATE derivimplicit` for DERIVATIVE"),
            );
            return None;
        }
        Some(Solve { what: id, method, steady_state: steady, span })
    }

    fn unknown_solve(&mut self, name: &Name) {
        let blocks: Vec<String> = self
            .r
            .names
            .iter()
            .filter(|(_, symbol)| match symbol {
                Symbol::Block(_) => true,
                Symbol::Function(id) => !self.r.signatures[id.0 as usize].has_value,
                _ => false,
            })
            .map(|(name, _)| name.clone())
            .collect();
        let help = match super::spelling::nearest(&name.text, blocks.iter().map(String::as_str)) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None if blocks.is_empty() => format!("add `DERIVATIVE {} {{ … }}`", name.text),
            None => format!("there are: {}", blocks.join(", ")),
        };
        let title = format!("there is no block `{}` to SOLVE", name.text);
        let problem = Diagnostic::error(codes::UNKNOWN_SOLVE, name.span, title);
        self.r.report(problem.label("expected the name of a DERIVATIVE, KINETIC or PROCEDURE").help(help));
    }

    fn method(&mut self, what: What, block: &Name, method: Option<&Name>, span: Span) -> Option<Method> {
        let Some(method) = method else {
            match what {
                What::Procedure | What::Equations => {}
                What::Derivative => {
                    let title = format!("SOLVE of DERIVATIVE `{}` without METHOD advances no state", block.text);
                    let problem = Diagnostic::warning(codes::SOLVE_WITHOUT_METHOD, span, title);
                    self.r.report(problem.help("add METHOD cnexp, or derivimplicit if an equation is not linear"));
                    self.r.shares_state = true;
                }
                What::Kinetic => {
                    let title = format!("SOLVE of KINETIC `{}` needs a METHOD", block.text);
                    let problem = Diagnostic::error(codes::METHOD_MISMATCH, span, title);
                    self.r.report(problem.help("add METHOD sparse"));
                    return None;
                }
            }
            return Some(Method::None);
        };
        let found = match (what, method.text.as_str()) {
            (What::Derivative, "cnexp") => Method::Cnexp,
            (What::Derivative, "derivimplicit") => Method::DerivImplicit,
            (What::Derivative, "euler") => Method::Euler,
            (What::Kinetic, "sparse") => Method::Sparse,
            (What::Procedure, "after_cvode" | "cvode_t" | "cvode_v" | "cvode_t_v") => Method::None,
            (What::Derivative, "runge") => {
                self.r.not_thread_safe(span);
                Method::Runge
            }
            (What::Kinetic, "runge" | "euler") => {
                let title = format!("METHOD {} of a {} block is not supported yet", method.text, what.keyword());
                self.r.report(Diagnostic::error(codes::UNSUPPORTED_METHOD, method.span, title).help("use sparse"));
                return None;
            }
            _ => {
                let fits = match what {
                    What::Derivative => "cnexp, derivimplicit, euler or runge",
                    What::Kinetic => "sparse",
                    What::Equations => "no METHOD",
                    What::Procedure => "no METHOD, or after_cvode",
                };
                let title = format!("METHOD {} does not fit {} `{}`", method.text, what.keyword(), block.text);
                let problem = Diagnostic::error(codes::METHOD_MISMATCH, method.span, title);
                self.r.report(problem.label(format!("found {}, expected {fits}", method.text)));
                return None;
            }
        };
        Some(found)
    }

    /// Reactions, fluxes, CONSERVE and COMPARTMENT.
    pub(crate) fn kinetic(&mut self, statement: &Statement, out: &mut Vec<Stmt>) {
        let span = statement.span;
        match &statement.kind {
            StatementKind::Reaction { left, right, forward, backward } => {
                let left = self.side(left);
                let right = self.side(right);
                let forward = self.expr(forward);
                let backward = backward.as_ref().map(|backward| self.expr(backward));
                out.push(Stmt::Reaction { left, right, forward, backward, span });
            }
            StatementKind::Flux(left, flux) => {
                let value = self.expr(flux);
                let [(count, name)] = &left[..] else {
                    let problem = Diagnostic::error(codes::SYNTAX, span, "`<<` goes into one state");
                    self.r.report(problem.help("write one `~ x << (flux)` for each state"));
                    return;
                };
                if let Some(count) = count.as_ref().filter(|count| count.value != 1.0) {
                    let problem = Diagnostic::error(codes::SYNTAX, count.span, "`<<` has no stoichiometry");
                    self.r.report(problem.help("multiply the flux instead"));
                }
                if let Some(state) = self.species(name) {
                    out.push(Stmt::Flux { state, value, span });
                }
            }
            StatementKind::Conserve(sum, total) => {
                let sum = self.side(sum);
                let total = self.expr(total);
                out.push(Stmt::Conserve { sum, total, span });
            }
            StatementKind::Compartment(index, volume, states) => {
                let (index, volume) = self.for_each_element(index.as_ref(), volume);
                let states = states.iter().filter_map(|name| self.state(name)).collect();
                out.push(Stmt::Compartment { index, volume, states, span });
            }
            _ => {}
        }
    }

    /// An expression with the index that stands for the element of each state.
    fn for_each_element(&mut self, index: Option<&Name>, value: &ast::Expr) -> (Option<LocalId>, Expr) {
        match index {
            Some(index) => {
                let (id, value) = self.with_integer(index, |code| code.expr(value));
                (Some(id), value)
            }
            None => (None, self.expr(value)),
        }
    }

    fn state(&mut self, name: &Name) -> Option<VariableId> {
        match self.meaning(name) {
            Meaning::Variable(id) if self.r.variable(id).class == crate::hir::Class::State => Some(id),
            Meaning::Nothing => None,
            // nocmodl lets a COMPARTMENT list constant species too; they have no equation to scale.
            Meaning::Variable(_) => None,
            _ => {
                self.not_a_state(name);
                None
            }
        }
    }

    fn side(&mut self, terms: &ast::Side) -> Side {
        let mut side = Vec::new();
        for (count, name) in terms {
            let count = count.as_ref().map_or(1, |count| count.value as u32);
            if let Some(target) = self.species(name) {
                side.push((count, target));
            }
        }
        side
    }

    /// A STATE, or something of constant amount.
    fn species(&mut self, name: &VariableName) -> Option<Target> {
        if name.order > 0 || name.at.is_some() {
            self.not_a_state(&name.name);
            return None;
        }
        let index =
            |code: &mut Self, len: u32| -> Option<Box<Expr>> { code.index_for(&name.name, len, name.index.as_deref()) };
        match self.meaning(&name.name) {
            Meaning::Variable(id) => {
                let len = self.r.variable(id).len;
                Some(Target::Variable(id, index(self, len)))
            }
            Meaning::Local(id) => {
                let len = self.locals[id.0 as usize].len;
                Some(Target::Local(id, index(self, len)))
            }
            Meaning::Flag | Meaning::Flux(_) => {
                self.not_a_state(&name.name);
                None
            }
            Meaning::Nothing => None,
        }
    }
}
