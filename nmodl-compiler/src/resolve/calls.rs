//! Calls: functions of the file, elementary functions, events, random numbers.

use diag::{Diagnostic, Span};
use mech_abi::{HostCall, MechanismKind};

use super::body::{Code, Place};
use super::library::{Builtin, exprand};
use super::{NOT_THREAD_SAFE, RESERVED, Symbol};
use crate::codes;
use crate::hir::{Expr, Operator, Stmt, Storage};
use crate::intrinsic::Intrinsic;
use crate::syntax::ast::{self, ExprKind, Name};

/// The elementary function with this name in NMODL; `abs` works in NEURON because the code becomes C++.
fn intrinsic(name: &str) -> Option<Intrinsic> {
    if name == "abs" {
        return Some(Intrinsic::Fabs);
    }
    let hidden = [Intrinsic::Trunc, Intrinsic::Nernst, Intrinsic::Ghk];
    Intrinsic::ALL.into_iter().filter(|one| !hidden.contains(one)).find(|one| one.name() == name)
}

impl Code<'_, '_> {
    /// A call as a statement.
    pub(crate) fn call_statement(&mut self, call: &ast::Expr, out: &mut Vec<Stmt>) {
        let ExprKind::Call(name, arguments) = &call.kind else { return };
        let span = call.span;
        if self.r.names.get(&name.text).is_none_or(|symbol| !matches!(symbol, Symbol::Function(_))) {
            match name.text.as_str() {
                "net_send" => return self.event(HostCall::NetSend, name, arguments, span, out),
                "net_event" => return self.event(HostCall::NetEvent, name, arguments, span, out),
                "net_move" => return self.event(HostCall::NetMove, name, arguments, span, out),
                "set_seed" => {
                    self.r.not_thread_safe(span);
                    let arguments = self.arguments(name, arguments, 1);
                    out.push(Stmt::Host { call: HostCall::ScopSeed, slot: 0, arguments, span });
                    return;
                }
                "printf" | "prterr" => {
                    let title = format!("`{}` prints nothing here", name.text);
                    let problem = Diagnostic::warning(codes::IGNORED, span, title);
                    self.r.report(problem.help("record the variable, or remove the statement"));
                    return;
                }
                "state_discontinuity" => return self.discontinuity(name, arguments, span, out),
                "random_setseq" => {
                    if let Some((slot, rest)) = self.stream(name, arguments) {
                        let arguments = self.arguments(name, rest, 1);
                        out.push(Stmt::Host { call: HostCall::StreamSetSeq, slot, arguments, span });
                    }
                    return;
                }
                "random_setids" => {
                    if let Some((slot, rest)) = self.stream(name, arguments) {
                        let arguments = self.arguments(name, rest, 3);
                        out.push(Stmt::Host { call: HostCall::StreamSetIds, slot, arguments, span });
                    }
                    return;
                }
                // Only for the variable step: nothing to do in a fixed one.
                "at_time" => {
                    self.arguments(name, arguments, 1);
                    return;
                }
                _ => {}
            }
        }
        let value = self.call_value(name, arguments, span);
        if matches!(value, Expr::Call(..) | Expr::Host(..)) {
            out.push(Stmt::Call(value));
        } else if !matches!(value, Expr::Number(_)) {
            let title = format!("the value of `{}` is not used", name.text);
            self.r.report(Diagnostic::warning(codes::IGNORED, span, title));
        }
    }

    /// A call with a value.
    pub(crate) fn call_value(&mut self, name: &Name, arguments: &[ast::Expr], span: Span) -> Expr {
        let nothing = Expr::Number(f64::NAN);
        match self.r.names.get(&name.text).copied() {
            Some(Symbol::Function(id)) => {
                let expected = self.r.signatures[id.0 as usize].arguments;
                return Expr::Call(id, self.arguments(name, arguments, expected));
            }
            Some(Symbol::Reported) => return nothing,
            Some(Symbol::FunctionTable(slot, arity)) => {
                let mut arguments = self.arguments(name, arguments, arity);
                arguments.resize(2, Expr::Number(0.0));
                return Expr::Host(HostCall::FunctionTable, slot, arguments);
            }
            Some(Symbol::Block(_)) => {
                let title = format!("`{}` is no function", name.text);
                let problem = Diagnostic::error(codes::NOT_A_FUNCTION, name.span, title);
                self.r.report(problem.help(format!("write SOLVE {} in BREAKPOINT", name.text)));
                return nothing;
            }
            Some(_) if !RESERVED.contains(&name.text.as_str()) => {
                let title = format!("`{}` is a variable, not a function", name.text);
                let problem = Diagnostic::error(codes::NOT_A_FUNCTION, name.span, title);
                self.r.report(problem.help("put an operator before `(`, or declare a FUNCTION"));
                return nothing;
            }
            _ => {}
        }
        if let Some(intrinsic) = intrinsic(&name.text) {
            return Expr::Intrinsic(intrinsic, self.arguments(name, arguments, intrinsic.arity()));
        }
        if NOT_THREAD_SAFE.contains(&name.text.as_str()) {
            self.r.not_thread_safe(span);
        }
        match name.text.as_str() {
            "nrn_ghk" => {
                let mut arguments = self.arguments(name, arguments, 4);
                let celsius = self.r.special_variable("celsius", Storage::Celsius, span);
                arguments.push(Expr::Variable(celsius, None));
                Expr::Intrinsic(Intrinsic::Ghk, arguments)
            }
            "nrn_pointing" => {
                let pointer = arguments.first().and_then(|one| match &one.kind {
                    ExprKind::Variable(variable) => self.r.names.get(&variable.name.text).copied(),
                    _ => None,
                });
                match pointer {
                    Some(Symbol::Variable(id)) if self.r.variable(id).set.is_some() && arguments.len() == 1 => {
                        self.r.variable(id).set.map_or(nothing, |set| Expr::Variable(set, None))
                    }
                    // Only the simulator knows what an opaque pointer is; it gives streams and vectors to all.
                    Some(Symbol::Bbcore) if arguments.len() == 1 => Expr::Number(1.0),
                    _ => {
                        let title = "`nrn_pointing` needs a POINTER";
                        let problem = Diagnostic::error(codes::BAD_POINTER, span, title);
                        self.r.report(problem.help("declare it in the NEURON block: POINTER name"));
                        nothing
                    }
                }
            }
            "at_time" => self.builtin_call(Builtin::AtTime, name, arguments, 1),
            "normrand" => self.builtin_call(Builtin::Normrand, name, arguments, 2),
            "poisrand" => self.builtin_call(Builtin::Poisrand, name, arguments, 1),
            "exprand" => {
                let mut arguments = self.arguments(name, arguments, 1);
                exprand(arguments.pop().unwrap_or(nothing))
            }
            // Old texts pass a seed; the C++ of today does not take it.
            "scop_random" if arguments.len() == 1 => {
                let title = "the argument of `scop_random` has no effect";
                let problem = Diagnostic::warning(codes::IGNORED, span, title);
                self.r.report(problem.help("NEURON's C++ refuses it; write scop_random(), and set_seed(x) once"));
                Expr::Host(HostCall::ScopRandom, 0, Vec::new())
            }
            "scop_random" => Expr::Host(HostCall::ScopRandom, 0, self.arguments(name, arguments, 0)),
            "random_uniform" | "random_negexp" | "random_normal" | "random_ipick" | "random_dpick" => {
                self.random(name, arguments)
            }
            "net_send"
            | "net_event"
            | "net_move"
            | "set_seed"
            | "printf"
            | "prterr"
            | "random_setseq"
            | "random_setids"
            | "state_discontinuity" => {
                let problem = Diagnostic::error(codes::NO_VALUE, name.span, format!("`{}` has no value", name.text));
                self.r.report(problem.help("make it a statement of its own"));
                nothing
            }
            text if RESERVED.contains(&text) => {
                let title = format!("the built-in function `{text}` is not supported yet");
                let problem = Diagnostic::error(codes::UNSUPPORTED_FUNCTION, name.span, title);
                let help = format!("write a FUNCTION of another name than `{text}` that computes it");
                self.r.report(problem.help(help));
                nothing
            }
            "exprelr" | "min" | "max" => {
                if self.r.reported.insert(format!("{}()", name.text)) {
                    let title = format!("`{}` is a function of Arbor, not of NEURON", name.text);
                    let help = format!("for NEURON add a FUNCTION `{}` to the file", name.text);
                    self.r.report(Diagnostic::warning(codes::ARBOR_FUNCTION, name.span, title).help(help));
                }
                let (builtin, arity) = match name.text.as_str() {
                    "exprelr" => (Builtin::Exprelr, 1),
                    "min" => (Builtin::Min, 2),
                    _ => (Builtin::Max, 2),
                };
                self.builtin_call(builtin, name, arguments, arity)
            }
            text => {
                if self.r.reported.insert(format!("{text}()")) {
                    let own = self.r.signatures.iter().map(|one| one.name.as_str());
                    let known = own.chain(RESERVED.iter().copied());
                    let help = match super::spelling::nearest(text, known) {
                        Some(nearest) => format!("did you mean `{nearest}`?"),
                        None => format!("add `FUNCTION {text}(…) {{ … }}` to the file"),
                    };
                    let title = format!("there is no function `{text}`");
                    let problem = Diagnostic::error(codes::NOT_A_FUNCTION, name.span, title);
                    self.r.report(problem.label("expected a function").help(help));
                }
                nothing
            }
        }
    }

    fn builtin_call(&mut self, builtin: Builtin, name: &Name, arguments: &[ast::Expr], arity: usize) -> Expr {
        let arguments = self.arguments(name, arguments, arity);
        Expr::Call(self.r.builtin(builtin, name.span), arguments)
    }

    /// Exactly `expected` values; reports another number of them.
    fn arguments(&mut self, name: &Name, arguments: &[ast::Expr], expected: usize) -> Vec<Expr> {
        let mut values: Vec<Expr> = arguments.iter().map(|argument| self.expr(argument)).collect();
        if values.len() != expected {
            let plural = if expected == 1 { "" } else { "s" };
            let title = format!("`{}` takes {expected} argument{plural}", name.text);
            let mut problem = Diagnostic::error(codes::ARITY, name.span, title)
                .label(format!("found {}, expected {expected}", values.len()));
            if let Some(definition) = self.r.declared_at.get(&name.text) {
                problem = problem.also(*definition, "defined here");
            }
            self.r.report(problem);
            values.resize(expected, Expr::Number(f64::NAN));
        }
        values
    }

    fn event(&mut self, call: HostCall, name: &Name, arguments: &[ast::Expr], span: Span, out: &mut Vec<Stmt>) {
        let place = self.place;
        let allowed = match call {
            HostCall::NetSend => matches!(place, Place::Initial | Place::NetReceive | Place::NetInitial),
            _ => matches!(place, Place::NetReceive | Place::NetInitial),
        };
        if !allowed {
            let expected = if call == HostCall::NetSend { "NET_RECEIVE or INITIAL" } else { "NET_RECEIVE" };
            let title = format!("`{}` stands outside {expected}", name.text);
            let problem = Diagnostic::error(codes::EVENT_OUTSIDE, span, title);
            self.r.report(problem.help(format!("move the call into {expected}")));
        } else if place == Place::Initial && !self.r.has_net_receive {
            let title = format!("`{}` without NET_RECEIVE: nobody receives the event", name.text);
            let help = if self.r.neuron.kind == MechanismKind::Density {
                "only point processes and artificial cells have NET_RECEIVE"
            } else {
                "add NET_RECEIVE (w) { … }"
            };
            self.r.report(Diagnostic::error(codes::EVENT_OUTSIDE, span, title).help(help));
        }
        let mut arguments = self.arguments(name, arguments, call.arity());
        if call == HostCall::NetSend
            && let Some(delay) = arguments.first_mut()
        {
            let now = Expr::Variable(self.r.special_variable("t", Storage::Time, span), None);
            *delay = after(now, std::mem::replace(delay, Expr::Number(f64::NAN)));
        }
        out.push(Stmt::Host { call, slot: 0, arguments, span });
    }

    /// `state_discontinuity(s, e)` in NET_RECEIVE is `s = e`.
    fn discontinuity(&mut self, name: &Name, arguments: &[ast::Expr], span: Span, out: &mut Vec<Stmt>) {
        let [state, value] = arguments else {
            self.arguments(name, arguments, 2);
            return;
        };
        let ExprKind::Variable(state) = &state.kind else {
            let problem = Diagnostic::error(codes::NOT_A_STATE, state.span, "`state_discontinuity` needs a STATE");
            self.r.report(problem);
            return;
        };
        if !matches!(self.place, Place::NetReceive | Place::NetInitial) {
            let title = "`state_discontinuity` is supported in NET_RECEIVE only";
            let problem = Diagnostic::error(codes::UNSUPPORTED_FUNCTION, span, title);
            self.r.report(problem.help("assign the state in NET_RECEIVE"));
            return;
        }
        let value = self.expr(value);
        if let Some(target) = self.target(state) {
            out.push(Stmt::Assign { target, value, span });
        }
    }

    /// The stream that the first argument names, and the other arguments.
    fn stream<'e>(&mut self, name: &Name, arguments: &'e [ast::Expr]) -> Option<(u32, &'e [ast::Expr])> {
        if let Some((first, rest)) = arguments.split_first()
            && let ExprKind::Variable(stream) = &first.kind
            && let Some(Symbol::Random(slot)) = self.r.names.get(&stream.name.text)
            && stream.index.is_none()
            && stream.order == 0
        {
            return Some((*slot, rest));
        }
        let span = arguments.first().map_or(name.span, |first| first.span);
        let title = format!("the first argument of `{}` is no RANDOM", name.text);
        let problem = Diagnostic::error(codes::BAD_RANDOM, span, title);
        self.r.report(problem.label("expected a RANDOM").help("declare it in the NEURON block: RANDOM name"));
        None
    }

    fn random(&mut self, name: &Name, arguments: &[ast::Expr]) -> Expr {
        let nothing = Expr::Number(f64::NAN);
        let Some((slot, rest)) = self.stream(name, arguments) else { return nothing };
        let paren = |x: Expr| Expr::Paren(Box::new(x));
        let binary = |operator, a: Expr, b: Expr| Expr::Binary(operator, Box::new(a), Box::new(b));
        let draw = |call| Expr::Host(call, slot, Vec::new());
        match name.text.as_str() {
            "random_uniform" if !rest.is_empty() => {
                let [low, high]: [Expr; 2] =
                    self.arguments(name, rest, 2).try_into().unwrap_or([nothing.clone(), nothing]);
                let width = paren(binary(Operator::Sub, high, low.clone()));
                binary(Operator::Add, low, binary(Operator::Mul, draw(HostCall::StreamUniform), width))
            }
            "random_negexp" if !rest.is_empty() => {
                let mean = self.arguments(name, rest, 1).pop().unwrap_or(nothing);
                binary(Operator::Mul, draw(HostCall::StreamNegexp), paren(mean))
            }
            "random_normal" if !rest.is_empty() => {
                let [mean, deviation]: [Expr; 2] =
                    self.arguments(name, rest, 2).try_into().unwrap_or([nothing.clone(), nothing]);
                let scaled = binary(Operator::Mul, draw(HostCall::StreamNormal), paren(deviation));
                binary(Operator::Add, paren(mean), scaled)
            }
            other => {
                self.arguments(name, rest, 0);
                draw(match other {
                    "random_negexp" => HostCall::StreamNegexp,
                    "random_normal" => HostCall::StreamNormal,
                    "random_ipick" => HostCall::StreamPick,
                    _ => HostCall::StreamUniform,
                })
            }
        }
    }
}

/// The time of an event: nocmodl writes `t +` before the text of the delay, so the sum of `a - b` is `(t + a) - b`.
fn after(now: Expr, delay: Expr) -> Expr {
    match delay {
        Expr::Binary(operator @ (Operator::Add | Operator::Sub), left, right) => {
            Expr::Binary(operator, Box::new(after(now, *left)), right)
        }
        delay => Expr::Binary(Operator::Add, Box::new(now), Box::new(delay)),
    }
}
