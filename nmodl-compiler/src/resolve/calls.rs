//! Calls: functions of the file, elementary functions, events, random numbers.

use diag::{Diagnostic, Span};
use mech_abi::{HostCall, MechanismKind};

use super::body::{Code, Place};
use super::{NOT_THREAD_SAFE, RESERVED, Symbol, library};
use crate::codes;
use crate::hir::{Expr, FunctionId, Operator, Stmt};
use crate::intrinsic::Intrinsic;
use crate::syntax::ast::{self, ExprKind, Name};

impl Code<'_, '_> {
    fn count(&mut self, name: &Name, found: usize, expected: std::ops::RangeInclusive<usize>, span: Span) -> bool {
        if expected.contains(&found) {
            return true;
        }
        let (least, most) = (expected.start(), expected.end());
        let wanted = if least == most { least.to_string() } else { format!("{least} to {most}") };
        let title = format!("`{}` takes {wanted} arguments", name.text);
        self.r.report(Diagnostic::error(codes::ARITY, span, title).label(format!("found {found}")));
        false
    }

    fn expressions(&mut self, arguments: &[ast::Expr]) -> Vec<Expr> {
        arguments.iter().map(|one| self.expr(one)).collect()
    }

    /// A call whose value is used.
    pub(super) fn call_value(&mut self, name: &Name, arguments: &[ast::Expr], span: Span) -> Expr {
        let nothing = Expr::Number(f64::NAN);
        match self.r.names.get(&name.text).copied() {
            Some(Symbol::Function(id)) => return self.call_function(id, name, arguments, span),
            Some(Symbol::Reported) => return nothing,
            Some(_) => {
                let title = format!("`{}` is no function", name.text);
                self.r.error(codes::NOT_A_FUNCTION, name.span, title);
                return nothing;
            }
            None => {}
        }
        if NOT_THREAD_SAFE.contains(&name.text.as_str()) {
            self.r.shares_state = true;
        }
        if let Some(intrinsic) = intrinsic(&name.text) {
            if !self.count(name, arguments.len(), intrinsic.arity()..=intrinsic.arity(), span) {
                return nothing;
            }
            return Expr::Intrinsic(intrinsic, self.expressions(arguments));
        }
        match name.text.as_str() {
            "nrn_ghk" => {
                if !self.count(name, arguments.len(), 4..=4, span) {
                    return nothing;
                }
                let mut all = self.expressions(arguments);
                let celsius = Name { text: "celsius".to_owned(), span: name.span };
                if let super::body::Meaning::Variable(id) = self.meaning(&celsius) {
                    all.push(Expr::Variable(id, None));
                }
                Expr::Intrinsic(Intrinsic::Ghk, all)
            }
            "at_time" => self.at_time(name, arguments, span),
            "scop_random" => Expr::Host(HostCall::ScopRandom, 0, Vec::new()),
            "exprand" | "normrand" => self.random_function(name, arguments, span),
            random if random.starts_with("random_") && RESERVED.contains(&random) => {
                self.stream_value(name, arguments, span)
            }
            "net_send" | "net_event" | "net_move" | "state_discontinuity" | "printf" | "set_seed" => {
                let problem = Diagnostic::error(codes::NO_VALUE, span, format!("`{}` has no value", name.text));
                self.r.report(problem.help("write it as a statement of its own"));
                nothing
            }
            known if RESERVED.contains(&known) => {
                let title = format!("`{known}` is not supported yet");
                let problem = Diagnostic::error(codes::UNSUPPORTED_FUNCTION, name.span, title);
                self.r.report(problem.help("write the function in NMODL"));
                nothing
            }
            _ => {
                let known = self.r.signatures.iter().map(|one| one.name.as_str()).chain(RESERVED.iter().copied());
                let nearest = super::spelling::nearest(&name.text, known);
                let help = match nearest {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => "define it as a FUNCTION or PROCEDURE".to_owned(),
                };
                let title = format!("there is no function `{}`", name.text);
                self.r.report(Diagnostic::error(codes::NOT_A_FUNCTION, name.span, title).help(help));
                nothing
            }
        }
    }

    fn call_function(&mut self, id: FunctionId, name: &Name, arguments: &[ast::Expr], span: Span) -> Expr {
        let expected = self.r.signatures[id.0 as usize].arguments;
        self.count(name, arguments.len(), expected..=expected, span);
        let mut all = self.expressions(arguments);
        all.resize(expected, Expr::Number(0.0));
        Expr::Call(id, all)
    }

    /// Whether a time lies in the step: te - 1e-11 in (t - dt, t] (NEURON: at_time in src/nrncvode/cvodestb.cpp).
    fn at_time(&mut self, name: &Name, arguments: &[ast::Expr], span: Span) -> Expr {
        if !self.count(name, arguments.len(), 1..=1, span) {
            return Expr::Number(f64::NAN);
        }
        let when = self.expr(&arguments[0]);
        let mut variable = |text: &str| {
            let name = Name { text: text.to_owned(), span: name.span };
            match self.meaning(&name) {
                super::body::Meaning::Variable(id) => Expr::Variable(id, None),
                _ => Expr::Number(f64::NAN),
            }
        };
        let (t, dt) = (variable("t"), variable("dt"));
        let binary = |operator, a: Expr, b: Expr| Expr::Binary(operator, Box::new(a), Box::new(b));
        let x = binary(Operator::Sub, when, Expr::Number(1e-11));
        let begin = binary(Operator::Sub, t.clone(), dt);
        let inside = binary(Operator::Le, x.clone(), t);
        binary(Operator::And, inside, binary(Operator::Gt, x, begin))
    }

    fn random_function(&mut self, name: &Name, arguments: &[ast::Expr], span: Span) -> Expr {
        let normal = name.text == "normrand";
        let n = if normal { 2 } else { 1 };
        if !self.count(name, arguments.len(), n..=n, span) {
            return Expr::Number(f64::NAN);
        }
        self.r.shares_state = true;
        let arguments = self.expressions(arguments);
        let at = self.r.library.iter().position(|one| one.name == name.text).unwrap_or_else(|| {
            self.r.library.push(if normal { library::normrand(span) } else { library::exprand(span) });
            self.r.library.len() - 1
        });
        Expr::Call(FunctionId((self.r.signatures.len() + at) as u32), arguments)
    }

    /// The stream that the first argument of a random function names.
    fn stream(&mut self, name: &Name, arguments: &[ast::Expr], span: Span) -> Option<u32> {
        let first = arguments.first().map(|one| &one.kind);
        if let Some(ExprKind::Variable(variable)) = first
            && let Some(Symbol::Random(slot)) = self.r.names.get(&variable.name.text)
        {
            return Some(*slot);
        }
        let title = format!("the first argument of `{}` must be RANDOM", name.text);
        let problem = Diagnostic::error(codes::BAD_RANDOM, span, title);
        self.r.report(problem.help("declare it in the NEURON block: RANDOM name"));
        None
    }

    fn stream_value(&mut self, name: &Name, arguments: &[ast::Expr], span: Span) -> Expr {
        let nothing = Expr::Number(f64::NAN);
        let Some(slot) = self.stream(name, arguments, span) else { return nothing };
        let most = match name.text.as_str() {
            "random_uniform" | "random_normal" => 3,
            "random_negexp" => 2,
            _ => 1,
        };
        if !self.count(name, arguments.len(), 1..=most, span) {
            return nothing;
        }
        let mut rest = self.expressions(&arguments[1..]).into_iter();
        let binary = |operator, a: Expr, b: Expr| Expr::Binary(operator, Box::new(a), Box::new(b));
        let draw = |call| Expr::Host(call, slot, Vec::new());
        match name.text.as_str() {
            "random_uniform" => match (rest.next(), rest.next()) {
                (Some(a), Some(b)) => {
                    let width = Expr::Paren(Box::new(binary(Operator::Sub, b, a.clone())));
                    binary(Operator::Add, a, binary(Operator::Mul, draw(HostCall::StreamUniform), width))
                }
                _ => draw(HostCall::StreamUniform),
            },
            "random_negexp" => match rest.next() {
                Some(mean) => binary(Operator::Mul, draw(HostCall::StreamNegexp), mean),
                None => draw(HostCall::StreamNegexp),
            },
            "random_normal" => match (rest.next(), rest.next()) {
                (Some(mean), Some(sigma)) => {
                    binary(Operator::Add, mean, binary(Operator::Mul, draw(HostCall::StreamNormal), sigma))
                }
                _ => draw(HostCall::StreamNormal),
            },
            "random_dpick" => draw(HostCall::StreamUniform),
            "random_ipick" => draw(HostCall::StreamPick),
            _ => {
                let title = format!("`{}` has no value", name.text);
                self.r.error(codes::NO_VALUE, span, title);
                nothing
            }
        }
    }

    /// A call as a statement.
    pub(super) fn call_statement(&mut self, call: &ast::Expr, out: &mut Vec<Stmt>) {
        let ExprKind::Call(name, arguments) = &call.kind else {
            let _ = self.expr(call);
            return;
        };
        let span = call.span;
        if self.r.names.contains_key(&name.text) {
            let value = self.call_value(name, arguments, span);
            out.push(Stmt::Call(value));
            return;
        }
        match name.text.as_str() {
            "net_send" => self.event(HostCall::NetSend, name, arguments, span, out),
            "net_event" => self.event(HostCall::NetEvent, name, arguments, span, out),
            "net_move" => self.event(HostCall::NetMove, name, arguments, span, out),
            "set_seed" => {
                if self.count(name, arguments.len(), 1..=1, span) {
                    let arguments = self.expressions(arguments);
                    out.push(Stmt::Host { call: HostCall::ScopSeed, slot: 0, arguments, span });
                }
            }
            "random_setseq" | "random_setids" => {
                let Some(slot) = self.stream(name, arguments, span) else { return };
                let sequence = name.text == "random_setseq";
                let most = if sequence { 2 } else { 4 };
                if !self.count(name, arguments.len(), 2..=most, span) {
                    return;
                }
                let mut rest = self.expressions(&arguments[1..]);
                let call = if sequence { HostCall::StreamSetSeq } else { HostCall::StreamSetIds };
                rest.resize(call.arity(), Expr::Number(0.0));
                out.push(Stmt::Host { call, slot, arguments: rest, span });
            }
            "state_discontinuity" => {
                if !self.count(name, arguments.len(), 2..=2, span) {
                    return;
                }
                let value = self.expr(&arguments[1]);
                if let ExprKind::Variable(variable) = &arguments[0].kind
                    && let Some(target) = self.target(variable)
                {
                    out.push(Stmt::Assign { target, value, span });
                }
            }
            // Only CVODE needs to be told.
            "at_time" => {
                let _ = self.expressions(arguments);
            }
            "printf" | "prterr" => {
                let problem = Diagnostic::warning(codes::IGNORED, span, "printing is left out");
                self.r.report(problem.help("record the variable instead"));
            }
            _ => {
                let value = self.call_value(name, arguments, span);
                out.push(Stmt::Call(value));
            }
        }
    }

    fn event(&mut self, call: HostCall, name: &Name, arguments: &[ast::Expr], span: Span, out: &mut Vec<Stmt>) {
        if !self.count(name, arguments.len(), call.arity()..=call.arity(), span) {
            return;
        }
        let receives = matches!(self.place, Place::NetReceive | Place::Procedure | Place::Function);
        let allowed = receives || call == HostCall::NetSend && matches!(self.place, Place::Initial | Place::NetInitial);
        if !allowed || self.r.neuron.kind == MechanismKind::Density {
            let title = format!("`{}` where no event is handled", name.text);
            let problem = Diagnostic::error(codes::EVENT_OUTSIDE, span, title);
            let help = if call == HostCall::NetSend {
                "it belongs into NET_RECEIVE or INITIAL of a point process or artificial cell"
            } else {
                "it belongs into NET_RECEIVE of a point process or artificial cell"
            };
            self.r.report(problem.help(help));
            return;
        }
        let arguments = self.expressions(arguments);
        out.push(Stmt::Host { call, slot: 0, arguments, span });
    }
}

/// Elementary functions by NMODL's names.
fn intrinsic(name: &str) -> Option<Intrinsic> {
    let hidden = [Intrinsic::Trunc, Intrinsic::Nernst, Intrinsic::Ghk];
    let name = if name == "abs" { "fabs" } else { name };
    Intrinsic::ALL.into_iter().find(|one| one.name() == name && !hidden.contains(one))
}
