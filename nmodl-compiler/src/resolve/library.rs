//! Built-in functions that are code, not an elementary function: HIR bodies made on first use.
//!
//! Formulas: NEURON's src/scopmath (normrand.cpp, poisrand.cpp, exprand.cpp) and nrnoc's at_time.

use diag::Span;
use mech_abi::HostCall;

use super::{Resolver, Symbol};
use crate::hir::{Body, Expr, Function, FunctionId, Local, LocalId, Operator, Stmt, Storage, Target};
use crate::intrinsic::Intrinsic;
use crate::syntax::ast::Name;

/// Built-in functions with a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Builtin {
    /// `normrand(mean, deviation)`: polar method.
    Normrand,
    /// `poisrand(mean)`: product method.
    Poisrand,
    /// `at_time(time)`: whether the step that ends now contains `time`.
    AtTime,
    /// Arbor's `exprelr(x)`: x/(exp(x) - 1), and 1 at 0.
    Exprelr,
    /// Arbor's `min(x, y)`.
    Min,
    /// Arbor's `max(x, y)`.
    Max,
}

fn binary(operator: Operator, left: Expr, right: Expr) -> Expr {
    Expr::Binary(operator, Box::new(left), Box::new(right))
}

fn local(at: u32) -> Expr {
    Expr::Local(LocalId(at), None)
}

fn scop_random() -> Expr {
    Expr::Host(HostCall::ScopRandom, 0, Vec::new())
}

/// `-mean * log(scop_random())`
pub(crate) fn exprand(mean: Expr) -> Expr {
    let log = Expr::Intrinsic(Intrinsic::Log, vec![scop_random()]);
    binary(Operator::Mul, Expr::Neg(Box::new(Expr::Paren(Box::new(mean)))), log)
}

impl Resolver<'_> {
    /// The function of a built-in; it stands behind the functions of the file.
    pub(crate) fn builtin(&mut self, builtin: Builtin, span: Span) -> FunctionId {
        let name = match builtin {
            Builtin::Normrand => "normrand",
            Builtin::Poisrand => "poisrand",
            Builtin::AtTime => "at_time",
            Builtin::Exprelr => "exprelr",
            Builtin::Min => "min",
            Builtin::Max => "max",
        };
        let first = self.signatures.len();
        if let Some(at) = self.library.iter().position(|one| one.name == name) {
            return FunctionId((first + at) as u32);
        }
        let (arguments, others): (&[&str], &[&str]) = match builtin {
            Builtin::Normrand => (&["mean", "deviation"], &["s", "v1", "v2"]),
            Builtin::Poisrand => (&["mean"], &["s", "q", "n"]),
            Builtin::AtTime => (&["time"], &[]),
            Builtin::Exprelr => (&["x"], &["u"]),
            Builtin::Min | Builtin::Max => (&["x", "y"], &[]),
        };
        let result = arguments.len() as u32;
        let at = |offset: u32| result + 1 + offset;
        let set = |at: u32, value: Expr| Stmt::Assign { target: Target::Local(LocalId(at), None), value, span };
        let number = Expr::Number;
        let statements = match builtin {
            Builtin::Normrand => {
                let (s, v1, v2) = (at(0), at(1), at(2));
                let draw = || {
                    let twice = binary(Operator::Mul, number(2.0), scop_random());
                    binary(Operator::Sub, twice, number(1.0))
                };
                let square = |v: u32| binary(Operator::Mul, local(v), local(v));
                let log = Expr::Intrinsic(Intrinsic::Log, vec![local(s)]);
                let inside = binary(Operator::Div, binary(Operator::Mul, number(-2.0), log), local(s));
                let root = Expr::Intrinsic(Intrinsic::Sqrt, vec![inside]);
                let again =
                    vec![set(v1, draw()), set(v2, draw()), set(s, binary(Operator::Add, square(v1), square(v2)))];
                vec![
                    set(s, number(1.0)),
                    Stmt::While { condition: binary(Operator::Ge, local(s), number(1.0)), body: again },
                    set(v2, binary(Operator::Mul, local(v1), root)),
                    set(result, binary(Operator::Add, binary(Operator::Mul, local(v2), local(1)), local(0))),
                ]
            }
            Builtin::Poisrand => {
                let (s, q, n) = (at(0), at(1), at(2));
                let again = vec![
                    set(q, binary(Operator::Mul, local(q), scop_random())),
                    set(n, binary(Operator::Add, local(n), number(1.0))),
                ];
                vec![
                    set(n, number(0.0)),
                    set(s, Expr::Intrinsic(Intrinsic::Exp, vec![Expr::Neg(Box::new(local(0)))])),
                    set(q, number(1.0)),
                    Stmt::While { condition: binary(Operator::Ge, local(q), local(s)), body: again },
                    set(result, binary(Operator::Sub, local(n), number(1.0))),
                ]
            }
            Builtin::AtTime => {
                let time = Expr::Variable(self.special_variable("t", Storage::Time, span), None);
                let step = Expr::Variable(self.special_variable("dt", Storage::Step, span), None);
                let earlier = || binary(Operator::Sub, local(0), number(1e-11));
                let reached = binary(Operator::Le, earlier(), time.clone());
                let new = binary(Operator::Gt, earlier(), binary(Operator::Sub, time, step));
                vec![set(result, binary(Operator::And, reached, new))]
            }
            // exp(x) - 1 has lost digits near 0, and so has log(exp(x)): in their quotient the losses cancel (W. Kahan).
            Builtin::Exprelr => {
                let u = at(0);
                let less_one = || Expr::Paren(Box::new(binary(Operator::Sub, local(u), number(1.0))));
                let log = Expr::Intrinsic(Intrinsic::Log, vec![local(u)]);
                let near = vec![set(result, binary(Operator::Div, log, less_one()))];
                let far = vec![set(result, binary(Operator::Div, local(0), less_one()))];
                let size = Expr::Intrinsic(Intrinsic::Fabs, vec![local(0)]);
                let is_near = binary(Operator::Lt, size, number(1.0));
                let other = vec![Stmt::If { condition: is_near, then: near, otherwise: far }];
                let is_one = binary(Operator::Eq, local(u), number(1.0));
                vec![
                    set(u, Expr::Intrinsic(Intrinsic::Exp, vec![local(0)])),
                    Stmt::If { condition: is_one, then: vec![set(result, number(1.0))], otherwise: other },
                ]
            }
            Builtin::Min | Builtin::Max => {
                let operator = if builtin == Builtin::Min { Operator::Lt } else { Operator::Gt };
                let condition = binary(operator, local(1), local(0));
                let (then, otherwise) = (vec![set(result, local(1))], vec![set(result, local(0))]);
                vec![Stmt::If { condition, then, otherwise }]
            }
        };
        let names = arguments.iter().chain(std::iter::once(&name)).chain(others);
        let locals = names.map(|name| Local { name: (*name).to_owned(), len: 1 }).collect();
        let body = Body { locals, n_arguments: result, statements };
        self.library.push(Function { name: name.to_owned(), result: Some(LocalId(result)), table: None, body, span });
        FunctionId((first + self.library.len() - 1) as u32)
    }

    /// A variable of NEURON's own, declared or not.
    pub(crate) fn special_variable(&mut self, name: &str, storage: Storage, span: Span) -> crate::hir::VariableId {
        match self.names.get(name) {
            Some(Symbol::Variable(id)) => *id,
            _ => self.add_implicit(&Name { text: name.to_owned(), span }, storage, 0.0),
        }
    }
}
