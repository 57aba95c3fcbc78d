//! SOLVE, and the statements of KINETIC blocks.

use diag::{Diagnostic, Span};

use super::Symbol;
use super::body::{Code, Meaning};
use crate::codes;
use crate::hir::{Method, Side, Solve, Solved, SolvedId, Stmt, Target};
use crate::syntax::ast::{self, Name, Statement, StatementKind};

impl Code<'_, '_> {
    pub(super) fn solve(
        &mut self,
        block: &Name,
        steady_state: bool,
        method: Option<&Name>,
        span: Span,
    ) -> Option<Solve> {
        let what = match self.r.names.get(&block.text).copied() {
            Some(Symbol::Block(id)) => id,
            Some(Symbol::Function(function)) => {
                let known = self.r.solved.iter().position(|one| *one == Solved::Procedure(function));
                let at = known.unwrap_or_else(|| {
                    self.r.solved.push(Solved::Procedure(function));
                    self.r.solved.len() - 1
                });
                SolvedId(at as u32)
            }
            Some(Symbol::Reported) => return None,
            _ => {
                let names = self.r.names.iter();
                let blocks = names.filter(|(_, symbol)| matches!(symbol, Symbol::Block(_) | Symbol::Function(_)));
                let nearest = super::spelling::nearest(&block.text, blocks.map(|(name, _)| name.as_str()));
                let title = format!("there is no block `{}` to solve", block.text);
                let help = match nearest {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("add DERIVATIVE {} {{ … }}", block.text),
                };
                self.r.report(Diagnostic::error(codes::UNKNOWN_SOLVE, block.span, title).help(help));
                return None;
            }
        };
        let method_name = method.map_or("", |name| name.text.as_str());
        let method_span = method.map_or(block.span, |name| name.span);
        let method = match method_name {
            "" | "after_cvode" | "cvode_t" | "cvode_v" | "cvode_t_v" => Method::None,
            "cnexp" => Method::Cnexp,
            "derivimplicit" => Method::DerivImplicit,
            "sparse" => Method::Sparse,
            "euler" => Method::Euler,
            other => {
                let title = format!("METHOD {other} is not supported yet");
                let problem = Diagnostic::error(codes::UNSUPPORTED_METHOD, method_span, title);
                self.r.report(problem.help("use cnexp, derivimplicit or sparse"));
                return None;
            }
        };
        let solved = &self.r.solved[what.0 as usize];
        let fits = match (solved, method) {
            (Solved::Derivative { .. }, Method::None | Method::Cnexp | Method::DerivImplicit | Method::Euler)
            | (Solved::Kinetic { .. }, Method::Sparse)
            | (Solved::Procedure(_), Method::None) => true,
            (Solved::Derivative { .. }, Method::Sparse)
            | (Solved::Kinetic { .. } | Solved::Procedure(_), _) => false,
        };
        if !fits {
            let (kind, expected) = match solved {
                Solved::Derivative { .. } => ("DERIVATIVE", "cnexp or derivimplicit"),
                Solved::Kinetic { .. } => ("KINETIC", "sparse"),
                Solved::Procedure(_) => ("PROCEDURE", "no METHOD"),
            };
            let found = if method_name.is_empty() { "no METHOD".to_owned() } else { format!("METHOD {method_name}") };
            let title = format!("{found} does not fit {kind} `{}`", block.text);
            let problem = Diagnostic::error(codes::METHOD_MISMATCH, method_span, title);
            self.r.report(problem.label(format!("expected {expected}")));
            return None;
        }
        if matches!(solved, Solved::Derivative { .. }) && method == Method::None {
            let title = format!("SOLVE of DERIVATIVE `{}` without METHOD advances no state", block.text);
            let problem = Diagnostic::warning(codes::SOLVE_WITHOUT_METHOD, span, title);
            self.r.report(problem.help("write METHOD cnexp or METHOD derivimplicit"));
        }
        Some(Solve { what, method, steady_state, span })
    }

    /// Reactions and what goes with them.
    pub(super) fn kinetic(&mut self, statement: &Statement, out: &mut Vec<Stmt>) {
        let span = statement.span;
        match &statement.kind {
            StatementKind::Reaction { left, right, forward, backward } => {
                let (Some(left), Some(right)) = (self.side(left), self.side(right)) else { return };
                let forward = self.expr(forward);
                let backward = backward.as_ref().map(|backward| self.expr(backward));
                out.push(Stmt::Reaction { left, right, forward, backward, span });
            }
            StatementKind::Flux(side, value) => {
                let Some(side) = self.side(side) else { return };
                let value = self.expr(value);
                match <[(u32, Target); 1]>::try_from(side) {
                    Ok([(1, state)]) => out.push(Stmt::Flux { state, value, span }),
                    _ => self.r.error(codes::NOT_A_STATE, span, "`<<` takes one state without a number before it"),
                }
            }
            StatementKind::Conserve(side, total) => {
                let Some(sum) = self.side(side) else { return };
                let total = self.expr(total);
                out.push(Stmt::Conserve { sum, total, span });
            }
            StatementKind::Compartment(index, volume, names) => {
                if let Some(index) = index {
                    let title = "COMPARTMENT with an index is not supported yet";
                    let problem = Diagnostic::error(codes::UNSUPPORTED_COMPARTMENT, index.span, title);
                    self.r.report(problem.help("write one COMPARTMENT for each state"));
                    return;
                }
                let volume = self.expr(volume);
                let mut states = Vec::new();
                for name in names {
                    match self.meaning(name) {
                        Meaning::Variable(id) => states.push(id),
                        Meaning::Nothing => {}
                        Meaning::Local(_) | Meaning::Flag => self.not_a_state(name),
                    }
                }
                out.push(Stmt::Compartment { volume, states, span });
            }
            _ => {}
        }
    }

    fn side(&mut self, side: &ast::Side) -> Option<Side> {
        let mut all = Vec::new();
        for (count, variable) in side {
            let name = &variable.name;
            let target = match self.meaning(name) {
                Meaning::Variable(id) => {
                    let len = self.r.variable(id).len;
                    Target::Variable(id, self.index_for(name, len, variable.index.as_deref()))
                }
                Meaning::Local(id) => Target::Local(id, None),
                Meaning::Flag => {
                    self.not_a_state(name);
                    return None;
                }
                Meaning::Nothing => return None,
            };
            all.push((count.as_ref().map_or(1, |number| number.value as u32), target));
        }
        Some(all)
    }
}
