//! Expressions, by precedence.
//!
//! nocmodl writes every operator but `^` into C++, so C++'s precedence is what counts: `==` binds weaker than `<`.
//! Unary `-` and `!` bind weaker than `^` and stronger than `*`; `^` groups from the right.

use super::super::ast::{Expr, ExprKind, VariableName};
use super::super::token::Token;
use super::{Abandoned, Parsed, Parser};
use crate::hir::Operator;

/// Operator and how strongly it binds.
fn operator(token: Token) -> Option<(Operator, u8)> {
    Some(match token {
        Token::Or => (Operator::Or, 1),
        Token::And => (Operator::And, 2),
        Token::Equal => (Operator::Eq, 3),
        Token::NotEqual => (Operator::Ne, 3),
        Token::Less => (Operator::Lt, 4),
        Token::LessEqual => (Operator::Le, 4),
        Token::Greater => (Operator::Gt, 4),
        Token::GreaterEqual => (Operator::Ge, 4),
        Token::Plus => (Operator::Add, 5),
        Token::Minus => (Operator::Sub, 5),
        Token::Times => (Operator::Mul, 6),
        Token::Divide => (Operator::Div, 6),
        _ => return None,
    })
}

/// How strongly `+` and `-` bind: what stands on each side of the comparison in a WATCH.
pub(super) const SUM: u8 = 5;

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.binary(1)
    }

    /// An expression of operators that bind at least as strongly as `least`.
    pub(super) fn binary(&mut self, least: u8) -> Parsed<Expr> {
        let start = self.current.start;
        let mut left = self.unary()?;
        while let Some((operator, strength)) = operator(self.token()).filter(|(_, strength)| *strength >= least) {
            self.advance();
            let right = self.deeper(|parser| parser.binary(strength + 1))?;
            let kind = ExprKind::Binary(operator, Box::new(left), Box::new(right));
            left = Expr { kind, span: self.span_from(start) };
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed<Expr> {
        let start = self.current.start;
        let token = self.token();
        if token != Token::Minus && token != Token::Not {
            return self.power();
        }
        self.advance();
        let operand = Box::new(self.deeper(Self::unary)?);
        let kind = if token == Token::Minus { ExprKind::Neg(operand) } else { ExprKind::Not(operand) };
        Ok(Expr { kind, span: self.span_from(start) })
    }

    fn power(&mut self) -> Parsed<Expr> {
        let start = self.current.start;
        let base = self.primary()?;
        if !self.accept(Token::Power) {
            return Ok(base);
        }
        let exponent = self.deeper(Self::unary)?;
        let kind = ExprKind::Binary(Operator::Pow, Box::new(base), Box::new(exponent));
        Ok(Expr { kind, span: self.span_from(start) })
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let start = self.current.start;
        if self.at_number() {
            let number = self.plain_number();
            let unit = self.unit()?;
            return Ok(Expr { kind: ExprKind::Number(number, unit), span: self.span_from(start) });
        }
        let kind = match self.token() {
            Token::OpenParen => {
                self.advance();
                let inside = self.deeper(Self::expression)?;
                self.expect(Token::CloseParen, "an operator or `)`")?;
                ExprKind::Paren(Box::new(inside))
            }
            Token::Int => {
                self.advance();
                self.expect(Token::OpenParen, "`(`")?;
                let inside = self.deeper(Self::expression)?;
                self.expect(Token::CloseParen, "an operator or `)`")?;
                ExprKind::Int(Box::new(inside))
            }
            Token::Text => {
                let lexeme = self.advance();
                ExprKind::Text(self.slice(lexeme).to_owned())
            }
            Token::Name if self.peek() == Token::OpenParen => return self.call(),
            Token::Name | Token::Prime => ExprKind::Variable(self.variable()?),
            _ => return Err(self.unexpected("a number, a name or `(`")),
        };
        Ok(Expr { kind, span: self.span_from(start) })
    }

    /// `name(a, b)`; the cursor is at the name. NMODL takes commas between arguments as optional only after strings;
    /// here they are needed everywhere.
    pub(super) fn call(&mut self) -> Parsed<Expr> {
        let start = self.current.start;
        let name = self.name("a name")?;
        self.expect(Token::OpenParen, "`(`")?;
        let mut arguments = Vec::new();
        if !self.accept(Token::CloseParen) {
            loop {
                arguments.push(self.deeper(Self::expression)?);
                if self.accept(Token::CloseParen) {
                    break;
                }
                self.expect(Token::Comma, "an operator, `,` or `)`")?;
            }
        }
        Ok(Expr { kind: ExprKind::Call(name, arguments), span: self.span_from(start) })
    }

    /// `x`, `x'`, `x[i]`, `x@1`, `x@1[i]`
    pub(super) fn variable(&mut self) -> Parsed<VariableName> {
        let start = self.current.start;
        let (mut name, order) = match self.token() {
            Token::Name => {
                let lexeme = self.advance();
                (self.name_of(lexeme), 0)
            }
            Token::Prime => {
                let lexeme = self.advance();
                let name = self.name_of(lexeme);
                let primes = name.text.matches('\'').count();
                (name, primes)
            }
            _ => return Err(self.unexpected("a variable")),
        };
        name.text.truncate(name.text.len() - order);
        name.span.end -= order as u32;
        let at = if self.accept(Token::At) {
            let number = self.number("an integer")?;
            if !number.integer {
                return Err(Abandoned);
            }
            Some(number)
        } else {
            None
        };
        let index = if self.accept(Token::OpenBracket) {
            let index = self.deeper(Self::expression)?;
            self.expect(Token::CloseBracket, "an operator or `]`")?;
            Some(Box::new(index))
        } else {
            None
        };
        Ok(VariableName { name, order, at, index, span: self.span_from(start) })
    }
}
