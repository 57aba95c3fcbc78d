//! The only algebra: derivative and constant part of an expression with respect to one state, by the textual rules of
//! NEURON's translator (src/nocmodl/diffeq.ypp). The shape of the results fixes the order of operations.

use crate::hir::{Expr, Operator, VariableId};

/// An expression seen from a state `s`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Analysis {
    /// Derivative with respect to `s`; none if it is 0.
    pub derivative: Option<Expr>,
    /// What is left with `s` = 0; none if it is 0.
    pub rest: Option<Expr>,
    /// Whether the derivative could be found (no `s` in a denominator or in an argument).
    pub differentiable: bool,
    /// Whether the expression was split into linear and constant part without loss.
    pub linear: bool,
}

struct Parts {
    de: Option<Expr>,
    a: Option<Expr>,
    b: Option<Expr>,
}

struct Walk {
    state: VariableId,
    differentiable: bool,
    linear: bool,
}

/// Analyses the right-hand side of `s' = expr`.
pub(crate) fn analyse(expr: &Expr, state: VariableId) -> Analysis {
    let mut walk = Walk { state, differentiable: true, linear: true };
    let parts = walk.parts(expr);
    Analysis { derivative: parts.de, rest: parts.b, differentiable: walk.differentiable, linear: walk.linear }
}

fn paren(expr: Expr) -> Expr {
    Expr::Paren(Box::new(expr))
}

fn neg(expr: Expr) -> Expr {
    Expr::Neg(Box::new(expr))
}

fn binary(operator: Operator, a: Expr, b: Expr) -> Expr {
    Expr::Binary(operator, Box::new(a), Box::new(b))
}

/// `( a )*( b )`
fn product(a: Expr, b: Expr) -> Expr {
    binary(Operator::Mul, paren(a), paren(b))
}

impl Walk {
    fn parts(&mut self, expr: &Expr) -> Parts {
        match expr {
            Expr::Variable(id, _) if *id == self.state => {
                Parts { de: Some(Expr::Number(1.0)), a: Some(Expr::Number(1.0)), b: None }
            }
            Expr::Number(0.0) => Parts { de: None, a: None, b: None },
            Expr::Number(_) | Expr::Variable(..) | Expr::Local(..) | Expr::Flag | Expr::Flux(_) | Expr::IonNow(..) => {
                Parts { de: None, a: None, b: Some(expr.clone()) }
            }
            Expr::Paren(inner) => {
                let Parts { de, a, b } = self.parts(inner);
                Parts { de: de.map(paren), a: a.map(paren), b: b.map(paren) }
            }
            Expr::Neg(inner) => {
                let Parts { de, a, b } = self.parts(inner);
                Parts { de: de.map(neg), a: a.map(neg), b: b.map(neg) }
            }
            Expr::Binary(Operator::Add, left, right) => {
                let (left, right) = (self.parts(left), self.parts(right));
                let sum = |one: Option<Expr>, other: Option<Expr>| match (one, other) {
                    (Some(one), Some(other)) => Some(binary(Operator::Add, one, other)),
                    (one, other) => one.or(other),
                };
                Parts { de: sum(left.de, right.de), a: sum(left.a, right.a), b: sum(left.b, right.b) }
            }
            Expr::Binary(Operator::Sub, left, right) => {
                let (left, right) = (self.parts(left), self.parts(right));
                let difference = |one: Option<Expr>, other: Option<Expr>| match (one, other) {
                    (Some(one), Some(other)) => Some(binary(Operator::Sub, one, other)),
                    (None, Some(other)) => Some(paren(neg(other))),
                    (one, None) => one,
                };
                Parts {
                    de: difference(left.de, right.de),
                    a: difference(left.a, right.a),
                    b: difference(left.b, right.b),
                }
            }
            Expr::Binary(Operator::Mul, e1, e2) => self.product(e1, e2),
            Expr::Binary(Operator::Div, e1, e2) => {
                let (left, right) = (self.parts(e1), self.parts(e2));
                let over = |one: Expr| binary(Operator::Div, paren(one), (**e2).clone());
                let mut parts = Parts { de: None, a: None, b: left.b.map(over) };
                if right.de.is_some() {
                    self.differentiable = false;
                } else {
                    parts.de = left.de.map(over);
                }
                if right.a.is_some() {
                    self.linear = false;
                } else {
                    parts.a = left.a.map(over);
                }
                parts
            }
            Expr::Binary(_, a, b) | Expr::IntegerDiv(a, b) => self.opaque(expr, [&**a, &**b]),
            Expr::Not(a) => self.opaque(expr, [&**a]),
            Expr::Intrinsic(_, arguments) | Expr::Call(_, arguments) | Expr::Host(_, _, arguments) => {
                self.opaque(expr, arguments)
            }
        }
    }

    fn product(&mut self, e1: &Expr, e2: &Expr) -> Parts {
        let (left, right) = (self.parts(e1), self.parts(e2));
        let de = match (left.de, right.de) {
            (Some(one), Some(other)) => {
                let sum = binary(Operator::Add, product(one, e2.clone()), product(e1.clone(), other));
                Some(paren(sum))
            }
            (Some(one), None) => Some(product(one, e2.clone())),
            (None, Some(other)) => Some(product(e1.clone(), other)),
            (None, None) => None,
        };
        let a = match (left.a, right.a) {
            (Some(_), Some(_)) => {
                self.linear = false;
                None
            }
            (Some(one), None) => right.b.clone().map(|other| product(one, other)),
            (None, Some(other)) => left.b.clone().map(|one| product(one, other)),
            (None, None) => None,
        };
        let b = match (left.b, right.b) {
            (Some(one), Some(other)) => Some(product(one, other)),
            _ => None,
        };
        Parts { de, a, b }
    }

    /// A call: its arguments must not contain the state.
    fn opaque<'e>(&mut self, expr: &Expr, arguments: impl IntoIterator<Item = &'e Expr>) -> Parts {
        for argument in arguments {
            if self.parts(argument).de.is_some() {
                self.differentiable = false;
                self.linear = false;
            }
        }
        Parts { de: None, a: None, b: Some(expr.clone()) }
    }
}
