//! The top level.

use diag::{Diagnostic, FileId, Sources, Span};

use super::super::ast::{Argument, CodeBlock, CodeKind, Item, Name, Program};
use super::super::token::Token;
use super::{Abandoned, Parsed, Parser};
use crate::codes;

impl Parser<'_> {
    pub(super) fn program(&mut self, sources: Option<&Sources>, path: &mut Vec<FileId>) -> Program {
        let mut program = Program::default();
        while !self.is(Token::End) {
            self.unclosed = false;
            let before = self.current.start;
            match self.item() {
                Ok(Item::Include(name)) => match sources {
                    Some(sources) => self.include(&name, sources, path, &mut program),
                    None => program.items.push(Item::Include(name)),
                },
                Ok(item) => program.items.push(item),
                Err(Abandoned) => self.skip_to_item(before),
            }
        }
        program
    }

    /// Puts the items of an INCLUDEd file here; DEFINEs are the same in all files.
    fn include(&mut self, name: &Name, sources: &Sources, path: &mut Vec<FileId>, program: &mut Program) {
        let Some(file) = sources.included(self.file, &name.text) else {
            let title = format!("there is no file `{}` to INCLUDE", name.text);
            let problem = Diagnostic::error(codes::INCLUDE_NOT_FOUND, name.span, title);
            let help = "it is looked for beside this file, in the working directory, in `..`, and in $MODL_INCLUDE";
            self.problems.push(problem.help(help));
            return;
        };
        if path.contains(&file) {
            let title = format!("`{}` includes itself", name.text);
            let problem = Diagnostic::error(codes::INCLUDE_LOOP, name.span, title);
            self.problems.push(problem.help("remove one of the INCLUDEs"));
            return;
        }
        let text = &sources.file(file).text;
        let (included, problems) = super::parse_one(file, text, Some(sources), path, &mut self.defines);
        self.problems.append(problems);
        program.items.extend(included.items);
    }

    /// Skips to a word that starts an item. `before` is where the abandoned one started.
    fn skip_to_item(&mut self, before: usize) {
        if self.current.start == before {
            self.advance();
        }
        let starts = |token: Token| {
            let more = [Token::Verbatim, Token::Initial, Token::UnitsOn, Token::UnitsOff, Token::End];
            token.starts_top_level() || more.contains(&token)
        };
        while !starts(self.token()) {
            self.advance();
        }
    }

    fn item(&mut self) -> Parsed<Item> {
        let start = self.current.start;
        let keyword = self.token();
        match keyword {
            Token::Title => {
                let lexeme = self.advance();
                let text = self.slice(lexeme)["TITLE".len()..].trim().to_owned();
                Ok(Item::Title(Name { text, span: Span::new(self.file, lexeme.start, lexeme.end) }))
            }
            Token::Verbatim => Ok(Item::Verbatim(self.verbatim())),
            Token::UnitsOn | Token::UnitsOff => {
                self.advance();
                Ok(Item::UnitsSwitch(keyword == Token::UnitsOn, self.span_from(start)))
            }
            Token::Local => Ok(Item::Local(self.locals()?)),
            Token::Define => self.define(),
            Token::Include => {
                self.advance();
                let lexeme = self.expect(Token::Text, "a file name in quotes")?;
                let text = self.slice(lexeme).trim_matches('"').to_owned();
                Ok(Item::Include(Name { text, span: self.span_from(lexeme.start) }))
            }
            Token::Neuron => self.neuron(),
            Token::Units => self.units(),
            Token::Parameter | Token::Constant => self.parameters(),
            Token::Assigned | Token::State => self.dependents(),
            Token::Independent => self.independent(),
            Token::FunctionTable => {
                self.advance();
                let name = self.name("a name")?;
                let arguments = self.arguments()?;
                Ok(Item::FunctionTable { name, arguments, unit: self.unit()? })
            }
            _ => self.code(),
        }
    }

    fn define(&mut self) -> Parsed<Item> {
        self.advance();
        if self.at_number() && self.is(Token::Name) {
            let again = format!("`{}` is DEFINEd twice", self.slice(self.current));
            self.problems.push(Diagnostic::error(codes::BAD_DEFINE, self.span(), again));
            return Err(Abandoned);
        }
        let name = self.name("a name")?;
        let value = self.number("an integer")?;
        if !value.integer {
            let problem = Diagnostic::error(codes::BAD_DEFINE, value.span, "DEFINE takes an integer");
            self.problems.push(problem.label(format!("found {}", value.text)));
            return Err(Abandoned);
        }
        self.defines.insert(name.text.clone(), value.value as i64);
        Ok(Item::Define(name, value))
    }

    fn code(&mut self) -> Parsed<Item> {
        let start = self.current.start;
        let keyword = self.token();
        let kind = match keyword {
            Token::Initial => self.bare(CodeKind::Initial),
            Token::Breakpoint => self.bare(CodeKind::Breakpoint),
            Token::Constructor => self.bare(CodeKind::Constructor),
            Token::Destructor => self.bare(CodeKind::Destructor),
            Token::Before | Token::After => {
                self.advance();
                let phases = [Token::Breakpoint, Token::Solve, Token::Initial, Token::Step];
                if !phases.contains(&self.token()) {
                    return Err(self.unexpected("BREAKPOINT, SOLVE, INITIAL or STEP"));
                }
                let lexeme = self.advance();
                let phase = self.name_of(lexeme);
                if keyword == Token::Before { CodeKind::Before(phase) } else { CodeKind::After(phase) }
            }
            Token::Derivative => {
                self.advance();
                CodeKind::Derivative(self.name("a name")?)
            }
            Token::Discrete => {
                self.advance();
                CodeKind::Discrete(self.name("a name")?)
            }
            Token::Kinetic | Token::Linear | Token::Nonlinear => {
                self.advance();
                let name = self.name("a name")?;
                let list = if self.accept(Token::SolveFor) { self.names("a state")? } else { Vec::new() };
                match keyword {
                    Token::Kinetic => CodeKind::Kinetic(name, list),
                    Token::Linear => CodeKind::Linear(name, list),
                    _ => CodeKind::Nonlinear(name, list),
                }
            }
            Token::Function | Token::Procedure => {
                self.advance();
                let name = self.name("a name")?;
                let arguments = self.arguments()?;
                let unit = self.unit()?;
                if keyword == Token::Function {
                    CodeKind::Function(name, arguments, unit)
                } else {
                    CodeKind::Procedure(name, arguments, unit)
                }
            }
            Token::NetReceive => {
                self.advance();
                CodeKind::NetReceive(self.arguments()?)
            }
            _ => return Err(self.unexpected("a block such as NEURON, PARAMETER, STATE or BREAKPOINT")),
        };
        let span = self.span_from(start);
        let what = self.text[start..self.previous_end].split_whitespace().collect::<Vec<_>>().join(" ");
        let block = self.block(&what)?;
        Ok(Item::Code(CodeBlock { kind, block, span }))
    }

    fn bare(&mut self, kind: CodeKind) -> CodeKind {
        self.advance();
        kind
    }

    /// `(name unit, …)`
    pub(super) fn arguments(&mut self) -> Parsed<Vec<Argument>> {
        self.expect(Token::OpenParen, "`(`")?;
        let mut arguments = Vec::new();
        if self.accept(Token::CloseParen) {
            return Ok(arguments);
        }
        loop {
            let name = self.name("an argument")?;
            arguments.push(Argument { name, unit: self.unit()? });
            if self.accept(Token::CloseParen) {
                return Ok(arguments);
            }
            self.expect(Token::Comma, "`,` or `)`")?;
        }
    }
}
