//! Functions of NEURON's library that are made of others (nmodl-language section 13).

use diag::Span;
use mech_abi::HostCall;

use crate::hir::{Body, Expr, Function, Local, LocalId, Operator, Stmt, Target};
use crate::intrinsic::Intrinsic;

fn local(at: u32) -> Expr {
    Expr::Local(LocalId(at), None)
}

fn binary(operator: Operator, a: Expr, b: Expr) -> Expr {
    Expr::Binary(operator, Box::new(a), Box::new(b))
}

fn random() -> Expr {
    Expr::Host(HostCall::ScopRandom, 0, Vec::new())
}

fn locals(names: &[&str]) -> Vec<Local> {
    names.iter().map(|name| Local { name: (*name).to_owned(), len: 1 }).collect()
}

fn set(at: u32, value: Expr, span: Span) -> Stmt {
    Stmt::Assign { target: Target::Local(LocalId(at), None), value, span }
}

/// `exprand(mean)`: -mean * log(scop_random()).
pub(super) fn exprand(span: Span) -> Function {
    let value = binary(Operator::Mul, Expr::Neg(Box::new(local(0))), Expr::Intrinsic(Intrinsic::Log, vec![random()]));
    let body = Body { locals: locals(&["mean", "exprand"]), n_arguments: 1, statements: vec![set(1, value, span)] };
    Function { name: "exprand".to_owned(), result: Some(LocalId(1)), table: None, body, span }
}

/// `normrand(mean, sd)`: the polar method, the second deviate thrown away (NEURON: src/scopmath/random.cpp).
pub(super) fn normrand(span: Span) -> Function {
    let (mean, sd, result, v1, v2, s) = (0, 1, 2, 3, 4, 5);
    let symmetric = || {
        let twice = binary(Operator::Mul, Expr::Number(2.0), random());
        binary(Operator::Sub, twice, Expr::Number(1.0))
    };
    let square = |at| binary(Operator::Mul, local(at), local(at));
    let draw = vec![
        set(v1, symmetric(), span),
        set(v2, symmetric(), span),
        set(s, binary(Operator::Add, square(v1), square(v2)), span),
    ];
    let log = Expr::Intrinsic(Intrinsic::Log, vec![local(s)]);
    let scaled = binary(Operator::Div, binary(Operator::Mul, Expr::Number(-2.0), log), local(s));
    let deviate = binary(Operator::Mul, local(v1), Expr::Intrinsic(Intrinsic::Sqrt, vec![scaled]));
    let value = binary(Operator::Add, binary(Operator::Mul, deviate, local(sd)), local(mean));
    let statements = vec![
        set(s, Expr::Number(1.0), span),
        Stmt::While { condition: binary(Operator::Ge, local(s), Expr::Number(1.0)), body: draw },
        set(result, value, span),
    ];
    let body = Body { locals: locals(&["mean", "sd", "normrand", "v1", "v2", "s"]), n_arguments: 2, statements };
    Function { name: "normrand".to_owned(), result: Some(LocalId(result)), table: None, body, span }
}
