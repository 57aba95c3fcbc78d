//! Blocks that declare: UNITS, PARAMETER, CONSTANT, ASSIGNED, STATE, INDEPENDENT, and LOCAL.

use diag::Diagnostic;

use super::super::ast::{Dependent, Independent, Item, LocalName, Number, Parameter, UnitDefinition};
use super::super::token::Token;
use super::{Abandoned, Parsed, Parser};
use crate::codes;

impl Parser<'_> {
    /// `LOCAL a, b[3]`
    pub(super) fn locals(&mut self) -> Parsed<Vec<LocalName>> {
        self.advance();
        let mut locals = Vec::new();
        loop {
            let name = self.name("a name")?;
            locals.push(LocalName { name, length: self.length()? });
            if !self.accept(Token::Comma) {
                return Ok(locals);
            }
        }
    }

    pub(super) fn units(&mut self) -> Parsed<Item> {
        let start = self.advance().start;
        let mut list = Vec::new();
        let span = self.lines(start, "UNITS", |parser| {
            list.push(parser.unit_definition()?);
            Ok(())
        })?;
        Ok(Item::Units(list, span))
    }

    fn unit_definition(&mut self) -> Parsed<UnitDefinition> {
        if let Some(new) = self.unit()? {
            self.expect(Token::Assign, "`=`")?;
            return Ok(UnitDefinition::Alias(new, self.needed_unit()?));
        }
        let name = self.name("a unit in parentheses or the name of a factor")?;
        self.expect(Token::Assign, "`=`")?;
        if self.is(Token::Minus) || self.at_number() {
            let value = self.number("a number")?;
            return Ok(UnitDefinition::Value(name, value, self.unit()?));
        }
        let from = match self.unit()? {
            Some(from) => from,
            None => return Err(self.unexpected("a number or a unit in parentheses")),
        };
        self.accept(Token::Arrow);
        Ok(UnitDefinition::Factor(name, from, self.needed_unit()?))
    }

    pub(super) fn parameters(&mut self) -> Parsed<Item> {
        let constant = self.is(Token::Constant);
        let start = self.advance().start;
        let what = if constant { "CONSTANT" } else { "PARAMETER" };
        let mut list = Vec::new();
        let span = self.lines(start, what, |parser| {
            list.push(parser.parameter(constant)?);
            Ok(())
        })?;
        Ok(if constant { Item::Constant(list, span) } else { Item::Parameter(list, span) })
    }

    fn parameter(&mut self, constant: bool) -> Parsed<Parameter> {
        let name = self.name("a name")?;
        let length = self.length()?;
        let value = if self.is(Token::Assign) && length.is_none() {
            self.advance();
            Some(self.number("a number")?)
        } else if constant {
            return Err(self.unexpected("`=` and a number"));
        } else {
            None
        };
        let unit = self.unit()?;
        let limits = if self.accept(Token::Less) {
            let low = self.number("a number")?;
            self.expect(Token::Comma, "`,`")?;
            let high = self.number("a number")?;
            self.expect(Token::Greater, "`>`")?;
            Some((low, high))
        } else {
            None
        };
        if self.is(Token::Divide) || self.is(Token::Times) || self.is(Token::Plus) || self.is(Token::Minus) {
            let problem = Diagnostic::error(codes::SYNTAX, self.span(), format!("`{}` has no expression", name.text))
                .label(format!("found {}, expected one number", self.found()))
                .help("write the number itself, or compute the value in INITIAL");
            self.problems.push(problem);
            return Err(Abandoned);
        }
        Ok(Parameter { name, length, value, unit, limits })
    }

    pub(super) fn dependents(&mut self) -> Parsed<Item> {
        let state = self.is(Token::State);
        let start = self.advance().start;
        let mut list = Vec::new();
        let span = self.lines(start, if state { "STATE" } else { "ASSIGNED" }, |parser| {
            list.push(parser.dependent(state)?);
            Ok(())
        })?;
        Ok(if state { Item::State(list, span) } else { Item::Assigned(list, span) })
    }

    fn dependent(&mut self, state: bool) -> Parsed<Dependent> {
        let name = self.name("a name")?;
        let length = self.length()?;
        let range = if self.accept(Token::From) {
            let low = self.number("a number")?;
            self.expect(Token::To, "TO")?;
            Some((low, self.number("a number")?))
        } else {
            None
        };
        let at_start = self.span();
        let start = if self.accept(Token::Start) { Some(self.number("a number")?) } else { None };
        if start.is_some() && !state {
            let problem = Diagnostic::error(codes::BAD_START, at_start, "START is for a STATE only");
            self.problems.push(problem.help("give the value in INITIAL"));
        }
        let unit = self.unit()?;
        let tolerance = if state && self.accept(Token::Less) {
            let tolerance = self.number("a number")?;
            self.expect(Token::Greater, "`>`")?;
            Some(tolerance)
        } else {
            None
        };
        if self.is(Token::Assign) {
            let problem =
                Diagnostic::error(codes::SYNTAX, self.span(), format!("`{}` cannot have a value here", name.text))
                    .label("found `=`, expected a unit or the next name")
                    .help("declare it in PARAMETER, or assign it in INITIAL");
            self.problems.push(problem);
            return Err(Abandoned);
        }
        Ok(Dependent { name, length, range, start, unit, tolerance })
    }

    pub(super) fn independent(&mut self) -> Parsed<Item> {
        let start = self.advance().start;
        let mut variables = Vec::new();
        let span = self.lines(start, "INDEPENDENT", |parser| {
            parser.accept(Token::Sweep);
            let name = parser.name("a name")?;
            let mut numbers: Vec<Number> = Vec::new();
            for (keyword, word) in [(Token::From, "FROM"), (Token::To, "TO"), (Token::With, "WITH")] {
                parser.expect(keyword, word)?;
                numbers.push(parser.number("a number")?);
            }
            if parser.accept(Token::Start) {
                numbers.push(parser.number("a number")?);
            }
            variables.push((name, numbers, parser.unit()?));
            Ok(())
        })?;
        Ok(Item::Independent(Independent { variables, span }))
    }
}
