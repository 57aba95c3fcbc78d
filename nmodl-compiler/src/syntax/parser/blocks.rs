//! The NEURON block.

use super::super::ast::{Item, ListKeyword, MechanismKeyword, Name, NeuronStatement, UseIon};
use super::super::token::Token;
use super::{Parsed, Parser};

impl Parser<'_> {
    pub(super) fn neuron(&mut self) -> Parsed<Item> {
        let start = self.advance().start;
        let mut list = Vec::new();
        let span = self.lines(start, "NEURON", |parser| {
            list.push(parser.neuron_statement()?);
            Ok(())
        })?;
        Ok(Item::Neuron(list, span))
    }

    fn neuron_statement(&mut self) -> Parsed<NeuronStatement> {
        let start = self.current.start;
        let keyword = match self.token() {
            Token::Suffix => return self.mechanism(MechanismKeyword::Suffix),
            Token::PointProcess => return self.mechanism(MechanismKeyword::PointProcess),
            Token::ArtificialCell => return self.mechanism(MechanismKeyword::ArtificialCell),
            Token::UseIon => return self.use_ion(),
            Token::ThreadSafe => {
                self.advance();
                return Ok(NeuronStatement::ThreadSafe(self.span_from(start)));
            }
            Token::Represents => {
                self.advance();
                return Ok(NeuronStatement::Represents(self.rest_of_line()));
            }
            Token::NonspecificCurrent => ListKeyword::NonspecificCurrent,
            Token::ElectrodeCurrent => ListKeyword::ElectrodeCurrent,
            Token::Range => ListKeyword::Range,
            Token::Global => ListKeyword::Global,
            Token::Pointer => ListKeyword::Pointer,
            Token::BbcorePointer => ListKeyword::BbcorePointer,
            Token::External => ListKeyword::External,
            Token::Random => ListKeyword::Random,
            _ => return Err(self.unexpected("a statement of NEURON such as SUFFIX, USEION or RANGE")),
        };
        self.advance();
        let names = self.names("a name")?;
        Ok(NeuronStatement::List(keyword, names, self.span_from(start)))
    }

    fn mechanism(&mut self, keyword: MechanismKeyword) -> Parsed<NeuronStatement> {
        self.advance();
        Ok(NeuronStatement::Mechanism(keyword, self.name("the name of the mechanism")?))
    }

    fn use_ion(&mut self) -> Parsed<NeuronStatement> {
        let start = self.advance().start;
        let ion = self.name("an ion such as na, k or ca")?;
        let reads = if self.accept(Token::Read) { self.names("a variable of the ion")? } else { Vec::new() };
        let writes = if self.accept(Token::Write) { self.names("a variable of the ion")? } else { Vec::new() };
        if reads.is_empty() && writes.is_empty() {
            return Err(self.unexpected("READ or WRITE"));
        }
        if self.is(Token::Read) {
            return Err(self.unexpected("READ before WRITE"));
        }
        let valence = if self.accept(Token::Valence) { Some(self.number("the charge of one ion")?) } else { None };
        let represents = if self.accept(Token::Represents) { Some(self.rest_of_line()) } else { None };
        Ok(NeuronStatement::UseIon(UseIon { ion, reads, writes, valence, represents, span: self.span_from(start) }))
    }

    /// `[prefix:name]` or `prefix:name`: raw text to the end of the word, because `:` starts a comment elsewhere.
    fn rest_of_line(&mut self) -> Name {
        let rest = &self.text[self.previous_end..];
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let word = &rest[blanks..];
        let length = word.find(char::is_whitespace).unwrap_or(word.len());
        let start = self.previous_end + blanks;
        self.jump(start + length);
        Name { text: word[..length].to_owned(), span: self.span_from(start) }
    }
}
