//! Statements that ask the simulator: WATCH, FOR_NETCONS, LAG, LONGITUDINAL_DIFFUSION.

use diag::{Diagnostic, Span};
use mech_abi::HostCall;

use super::body::{Code, Place};
use super::{Resolver, Symbol};
use crate::codes;
use crate::hir::{Body, Class, Diffusion, Expr, Function, LocalId, Operator, Stmt, Storage, Target};
use crate::syntax::ast::{self, Argument, Block, ExprKind, Name, Number, StatementKind};

impl Code<'_, '_> {
    /// `WATCH (a > b) flag, …`: each condition becomes a function that is above 0 while it holds.
    pub(super) fn watch(&mut self, list: &[(ast::Expr, Number)], span: Span, out: &mut Vec<Stmt>) {
        if self.place != Place::NetReceive {
            return self.misplaced(span, "WATCH", "it belongs into NET_RECEIVE");
        }
        out.push(Stmt::Host { call: HostCall::WatchBegin, slot: 0, arguments: Vec::new(), span });
        for (condition, flag) in list {
            let ExprKind::Binary(operator, left, right) = &condition.kind else { continue };
            let slot = self.r.watches.len() as u32;
            let mut code = Code::new(self.r, Place::Function, &[]);
            let result = code.add_result("watch");
            let difference = code.difference(left, right, *operator);
            let statements = vec![Stmt::Assign { target: Target::Local(result, None), value: difference, span }];
            let (body, _) = code.finish(statements);
            let name = format!("watch.{slot}");
            self.r.watches.push(Function { name, result: Some(result), table: None, body, span });
            let value = self.difference(left, right, *operator);
            let arguments = vec![Expr::Number(flag.value), value];
            out.push(Stmt::Host { call: HostCall::Watch, slot, arguments, span });
        }
    }

    /// `(a) - (b)` for `a > b`, `-((a) - (b))` for `a < b`.
    fn difference(&mut self, left: &ast::Expr, right: &ast::Expr, operator: Operator) -> Expr {
        let paren = |x: Expr| Box::new(Expr::Paren(Box::new(x)));
        let left = self.expr(left);
        let right = self.expr(right);
        let difference = Expr::Binary(Operator::Sub, paren(left), paren(right));
        if operator == Operator::Lt { Expr::Neg(paren(difference)) } else { difference }
    }

    /// `FOR_NETCONS (w, …) { … }`
    pub(super) fn for_netcons(&mut self, arguments: &[Argument], body: &Block, span: Span, out: &mut Vec<Stmt>) {
        if self.place != Place::NetReceive {
            return self.misplaced(span, "FOR_NETCONS", "it belongs into NET_RECEIVE");
        }
        if arguments.len() != self.n_arguments as usize {
            let title = format!("FOR_NETCONS has {} arguments, NET_RECEIVE {}", arguments.len(), self.n_arguments);
            let problem = Diagnostic::error(codes::NETCON_ARGUMENTS, span, title);
            self.r.report(problem.help("name all weights of a NetCon, in the order of NET_RECEIVE"));
            return;
        }
        let level = self.scope.len();
        let ids: Vec<LocalId> = arguments.iter().map(|argument| self.declare_local(&argument.name, 1, level)).collect();
        let body = self.block(body);
        self.scope.truncate(level);
        let Some(first) = ids.first().copied() else { return };
        out.push(Stmt::ForNetcons { first, count: ids.len() as u32, body });
    }

    /// `LAG name BY delay`: `lag_name_delay` becomes what `name` was.
    pub(super) fn lag(&mut self, name: &Name, by: &Name, span: Span, out: &mut Vec<Stmt>) {
        let value = |code: &mut Self, name: &Name| match code.meaning(name) {
            super::Meaning::Variable(id) if code.r.variable(id).len == 1 => Some(Expr::Variable(id, None)),
            super::Meaning::Nothing => None,
            _ => {
                let title = format!("`{}` in LAG is no variable", name.text);
                let problem = Diagnostic::error(codes::BAD_LAG, name.span, title);
                code.r.report(problem.help("LAG takes the name of a variable and the name of a constant"));
                None
            }
        };
        let (now, delay) = (value(self, name), value(self, by));
        self.r.not_thread_safe(span);
        let lagged = Name { text: format!("lag_{}_{}", name.text, by.text), span };
        let id = match self.r.names.get(&lagged.text) {
            Some(Symbol::Variable(id)) => *id,
            _ => self.r.add_implicit(&lagged, Storage::Instance, 0.0),
        };
        let (Some(now), Some(delay)) = (now, delay) else { return };
        let value = Expr::Host(HostCall::Lag, id.0, vec![now, delay]);
        out.push(Stmt::Assign { target: Target::Variable(id, None), value, span });
    }
}

/// The COMPARTMENT of a state: its index and its volume.
fn compartment<'b>(block: &'b Block, state: &str) -> Option<(Option<&'b Name>, &'b ast::Expr)> {
    block.statements.iter().find_map(|one| match &one.kind {
        StatementKind::Compartment(index, volume, states) if states.iter().any(|name| name.text == state) => {
            Some((index.as_ref(), volume))
        }
        StatementKind::Block(inside) => compartment(inside, state),
        _ => None,
    })
}

impl Resolver<'_> {
    /// `LONGITUDINAL_DIFFUSION index, flow { states }`: for each element a procedure that computes flow and volume.
    pub(super) fn diffuse(
        &mut self,
        index: Option<&Name>,
        flow: &ast::Expr,
        states: &[Name],
        span: Span,
        block: &Block,
    ) {
        for name in states {
            let state = match self.names.get(&name.text) {
                Some(Symbol::Variable(id)) if self.variable(*id).class == Class::State => *id,
                _ => {
                    let title = format!("`{}` is not a STATE", name.text);
                    self.error(codes::NOT_A_STATE, name.span, title, "only a STATE can diffuse");
                    continue;
                }
            };
            let len = self.variable(state).len;
            for element in 0..len {
                let suffix = if len == 1 { name.text.clone() } else { format!("{}.{element}", name.text) };
                let mut result = |what: &str| {
                    let id =
                        self.add_implicit(&Name { text: format!("{suffix}.{what}"), span }, Storage::Instance, 0.0);
                    let variable = &mut self.variables[id.0 as usize];
                    variable.class = Class::Assigned;
                    variable.visible = true;
                    id
                };
                let (to_flow, to_volume) = (result("flow"), result("volume"));
                let volume = compartment(block, &name.text);
                let mut code = Code::new(self, Place::Procedure, &[]);
                let mut statements = Vec::new();
                let parts = [(to_flow, Some((index, flow))), (to_volume, volume)];
                for (target, part) in parts {
                    let value = match part {
                        None => Expr::Number(1.0),
                        Some((None, value)) => code.expr(value),
                        Some((Some(index), value)) => {
                            let (id, value) = code.with_integer(index, |code| code.expr(value));
                            let at = Expr::Number(f64::from(element));
                            statements.push(Stmt::Assign { target: Target::Local(id, None), value: at, span });
                            value
                        }
                    };
                    statements.push(Stmt::Assign { target: Target::Variable(target, None), value, span });
                }
                let (body, _) = code.finish(statements);
                let function = procedure(format!("diffusion.{suffix}"), body, span);
                let element = (len > 1).then_some(element);
                let function_id = crate::hir::FunctionId(0);
                let one = Diffusion { state, element, function: function_id, flow: to_flow, volume: to_volume };
                self.diffusions.push((one, function));
            }
        }
    }
}

/// A PROCEDURE without arguments made by the compiler.
pub(super) fn procedure(name: String, body: Body, span: Span) -> Function {
    Function { name, result: None, table: None, body, span }
}
