//! Blocks of code and their statements.

use diag::Diagnostic;

use super::super::ast::{Block, Expr, ExprKind, Name, Side, Statement, StatementKind};
use super::super::token::Token;
use super::expressions::SUM;
use super::{Abandoned, Parsed, Parser};
use crate::codes;
use crate::hir::Operator;

impl Parser<'_> {
    /// `{ LOCAL … statements }`; `what` names the block if it is not closed.
    pub(super) fn block(&mut self, what: &str) -> Parsed<Block> {
        self.deeper(|parser| parser.block_inside(what))
    }

    fn block_inside(&mut self, what: &str) -> Parsed<Block> {
        let start = self.current.start;
        let mut locals = Vec::new();
        let mut statements = Vec::new();
        let mut first = true;
        let span = self.lines(start, what, |parser| {
            if parser.is(Token::Local) {
                let span = parser.span();
                let more = parser.locals()?;
                if first {
                    locals = more;
                } else {
                    let text = "LOCAL must be the first statement of its block, and there is one at most";
                    let problem = Diagnostic::error(codes::MISPLACED, span, text);
                    parser.problems.push(problem.help("move the names to the LOCAL right after `{`"));
                    locals.extend(more);
                }
                first = false;
                return Ok(());
            }
            first = false;
            statements.push(parser.statement()?);
            Ok(())
        })?;
        Ok(Block { locals, statements, span })
    }

    fn statement(&mut self) -> Parsed<Statement> {
        let start = self.current.start;
        let kind = self.statement_kind()?;
        Ok(Statement { kind, span: self.span_from(start) })
    }

    fn statement_kind(&mut self) -> Parsed<StatementKind> {
        let keyword = self.token();
        match keyword {
            Token::Name if self.peek() == Token::OpenParen => Ok(StatementKind::Call(self.call()?)),
            Token::Name | Token::Prime => self.assignment(false),
            Token::Protect => {
                self.advance();
                self.assignment(true)
            }
            Token::If => self.condition(),
            Token::While => {
                self.advance();
                let condition = self.in_parentheses()?;
                Ok(StatementKind::While(condition, self.block("while")?))
            }
            Token::From => self.counted_loop(),
            Token::OpenBrace => Ok(StatementKind::Block(self.block("this block")?)),
            Token::Solve => self.solve(),
            Token::Conductance => {
                self.advance();
                let name = self.name("the name of a conductance")?;
                let ion = if self.accept(Token::UseIon) { Some(self.name("an ion")?) } else { None };
                Ok(StatementKind::Conductance(name, ion))
            }
            Token::Table => self.table(),
            Token::Lag => {
                self.advance();
                let name = self.name("a variable")?;
                self.expect(Token::By, "BY")?;
                Ok(StatementKind::Lag(name, self.name("the name of a constant")?))
            }
            Token::Initial => {
                self.advance();
                Ok(StatementKind::Initial(self.block("INITIAL")?))
            }
            Token::Watch => self.watch(),
            Token::ForNetcons => {
                self.advance();
                let arguments = self.arguments()?;
                Ok(StatementKind::ForNetcons(arguments, self.block("FOR_NETCONS")?))
            }
            Token::MutexLock | Token::MutexUnlock => {
                self.advance();
                Ok(StatementKind::Mutex(keyword == Token::MutexLock))
            }
            Token::Verbatim => Ok(StatementKind::Verbatim(self.verbatim())),
            Token::UnitsOn | Token::UnitsOff => {
                self.advance();
                Ok(StatementKind::UnitsSwitch(keyword == Token::UnitsOn))
            }
            Token::Tilde => self.reaction(),
            Token::Compartment | Token::Diffusion => self.compartment(),
            Token::Conserve => {
                self.advance();
                let sum = self.side()?;
                self.expect(Token::Assign, "`+` or `=`")?;
                Ok(StatementKind::Conserve(sum, self.expression()?))
            }
            Token::Else => {
                let problem = Diagnostic::error(codes::SYNTAX, self.span(), "`else` without `if`");
                self.problems.push(problem.help("`if (…) { … } else { … }`: the braces are needed"));
                Err(Abandoned)
            }
            _ => Err(self.unexpected("a statement or `}`")),
        }
    }

    fn assignment(&mut self, protect: bool) -> Parsed<StatementKind> {
        let target = self.variable()?;
        self.expect(Token::Assign, "`=`, or `(` for a call")?;
        Ok(StatementKind::Assign { target, value: self.expression()?, protect })
    }

    fn in_parentheses(&mut self) -> Parsed<Expr> {
        self.expect(Token::OpenParen, "`(`")?;
        let inside = self.expression()?;
        self.expect(Token::CloseParen, "an operator or `)`")?;
        Ok(inside)
    }

    fn condition(&mut self) -> Parsed<StatementKind> {
        self.advance();
        let condition = self.in_parentheses()?;
        let mut branches = vec![(condition, self.block("if")?)];
        while self.accept(Token::Else) {
            if !self.accept(Token::If) {
                let otherwise = Some(self.block("else")?);
                return Ok(StatementKind::If { branches, otherwise });
            }
            let condition = self.in_parentheses()?;
            branches.push((condition, self.block("else if")?));
        }
        Ok(StatementKind::If { branches, otherwise: None })
    }

    fn counted_loop(&mut self) -> Parsed<StatementKind> {
        self.advance();
        let variable = self.name("a loop variable")?;
        self.expect(Token::Assign, "`=`")?;
        let from = self.expression()?;
        self.expect(Token::To, "an operator or TO")?;
        let to = self.expression()?;
        let by = if self.accept(Token::By) { Some(self.expression()?) } else { None };
        Ok(StatementKind::From { variable, from, to, by, body: self.block("FROM")? })
    }

    fn solve(&mut self) -> Parsed<StatementKind> {
        self.advance();
        let block = self.name("the name of a block")?;
        let steady_state = self.is(Token::SteadyState);
        let method = if self.accept(Token::Method) || self.accept(Token::SteadyState) {
            Some(self.name("a method such as cnexp, derivimplicit or sparse")?)
        } else {
            None
        };
        if self.is(Token::Name) && self.slice(self.current) == "IFERROR" {
            let problem = Diagnostic::error(codes::OBSOLETE, self.span(), "NEURON does not accept `IFERROR` any more");
            self.problems.push(problem);
            return Err(Abandoned);
        }
        Ok(StatementKind::Solve { block, steady_state, method })
    }

    fn table(&mut self) -> Parsed<StatementKind> {
        self.advance();
        let names = if self.is(Token::Name) { self.names("a variable")? } else { Vec::new() };
        let depend = if self.accept(Token::Depend) { self.names("a variable")? } else { Vec::new() };
        self.expect(Token::From, "`,`, DEPEND or FROM")?;
        let from = self.expression()?;
        self.expect(Token::To, "an operator or TO")?;
        let to = self.expression()?;
        self.expect(Token::With, "an operator or WITH")?;
        if !self.is(Token::Integer) {
            return Err(self.unexpected("the number of intervals, a literal integer"));
        }
        Ok(StatementKind::Table { names, depend, from, to, with: self.plain_number() })
    }

    fn watch(&mut self) -> Parsed<StatementKind> {
        self.advance();
        let mut list = Vec::new();
        loop {
            self.expect(Token::OpenParen, "`(`")?;
            let start = self.current.start;
            let left = self.binary(SUM)?;
            let operator = match self.token() {
                Token::Less => Operator::Lt,
                Token::Greater => Operator::Gt,
                _ => return Err(self.unexpected("`<` or `>`")),
            };
            self.advance();
            let right = self.binary(SUM)?;
            let kind = ExprKind::Binary(operator, Box::new(left), Box::new(right));
            let condition = Expr { kind, span: self.span_from(start) };
            self.expect(Token::CloseParen, "an operator or `)`")?;
            list.push((condition, self.number("the flag of the event")?));
            if !self.accept(Token::Comma) {
                return Ok(StatementKind::Watch(list));
            }
        }
    }

    /// Everything that starts with `~`.
    fn reaction(&mut self) -> Parsed<StatementKind> {
        let tilde = self.advance();
        // A side of a reaction is a sum of names with whole factors; anything else is the left side of an equation.
        let quiet = self.problems.clone();
        if let Ok(left) = self.side() {
            match self.token() {
                Token::Reversible => {
                    self.advance();
                    let right = self.side()?;
                    self.expect(Token::OpenParen, "`+` or the rates `(forward, backward)`")?;
                    let forward = self.expression()?;
                    self.expect(Token::Comma, "an operator or `,`: a `<->` has two rates")?;
                    let backward = Some(self.expression()?);
                    self.expect(Token::CloseParen, "an operator or `)`")?;
                    return Ok(StatementKind::Reaction { left, right, forward, backward });
                }
                Token::Arrow => {
                    self.advance();
                    let right = if self.is(Token::OpenParen) { Vec::new() } else { self.side()? };
                    let forward = self.in_parentheses()?;
                    return Ok(StatementKind::Reaction { left, right, forward, backward: None });
                }
                Token::FluxInto => {
                    self.advance();
                    return Ok(StatementKind::Flux(left, self.in_parentheses()?));
                }
                _ => {}
            }
        }
        self.problems = quiet;
        self.jump(tilde.end);
        let left = self.expression()?;
        if !self.is(Token::Assign) {
            return Err(self.unexpected("`<->`, `->`, `<<` or `=`"));
        }
        self.advance();
        Ok(StatementKind::Equation(left, self.expression()?))
    }

    fn side(&mut self) -> Parsed<Side> {
        let mut terms = Vec::new();
        loop {
            let count = if self.is(Token::Integer) || self.at_number() { Some(self.plain_number()) } else { None };
            if count.as_ref().is_some_and(|count| !count.integer) {
                return Err(self.unexpected("a whole number before a state"));
            }
            terms.push((count, self.variable()?));
            if !self.accept(Token::Plus) {
                return Ok(terms);
            }
        }
    }

    /// COMPARTMENT and LONGITUDINAL_DIFFUSION.
    fn compartment(&mut self) -> Parsed<StatementKind> {
        let keyword = self.advance().token;
        let index = if self.is(Token::Name) && self.peek() == Token::Comma {
            let name = self.name("an index")?;
            self.advance();
            Some(name)
        } else {
            None
        };
        let value = self.expression()?;
        self.expect(Token::OpenBrace, "an operator or `{`")?;
        let mut states: Vec<Name> = Vec::new();
        while !self.accept(Token::CloseBrace) {
            states.push(self.name("a state or `}`")?);
        }
        Ok(if keyword == Token::Compartment {
            StatementKind::Compartment(index, value, states)
        } else {
            StatementKind::Diffusion(index, value, states)
        })
    }
}
