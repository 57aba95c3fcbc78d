//! Reads the text form of kernels back; see `print` for the form.

use std::collections::HashMap;

use mech_abi::{HostCall, MechanismLayout};

use super::text::{
    BINARY, ION_VARIABLE, NODE_FIELD, UNARY, UNIFORM, array_of, columns, globals, ion_of, item_of, kind_of, slot_of,
};
use super::{Block, Intrinsic, Kernel, Op, Operand, Place, Stmt, ValueId};

/// A text that is not a kernel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: found {found}, expected {expected}")]
pub struct ReadError {
    /// From 1.
    pub line: usize,
    /// The token there.
    pub found: String,
    /// What would be right.
    pub expected: String,
}

/// Reads one kernel; the whole text must be it.
pub fn read(text: &str, layout: &MechanismLayout) -> Result<Kernel, ReadError> {
    let mut reader = Reader { tokens: tokens(text), at: 0, layout, names: Vec::new(), ids: HashMap::new(), depth: 0 };
    reader.expect("kernel")?;
    let mechanism = reader.word("the name of a mechanism")?.to_owned();
    let kind = reader.word("the kind of a kernel")?;
    let kind = kind_of(kind, layout).ok_or_else(|| reader.before("the kind of a kernel"))?;
    reader.expect("scratch")?;
    let scratch = reader.integer("a number of doubles")?;
    let body = reader.block()?;
    match reader.tokens.get(reader.at) {
        None => Ok(Kernel { mechanism, kind, names: reader.names, scratch, body }),
        Some(_) => Err(reader.here("the end of the kernel")),
    }
}

/// Words and punctuation with their lines; remarks are left out.
fn tokens(text: &str) -> Vec<(usize, &str)> {
    let mut all = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = line.split(';').next().unwrap_or("");
        let mut rest = code.trim_start();
        while let Some(first) = rest.chars().next() {
            let end = if "{}()[],=".contains(first) {
                first.len_utf8()
            } else {
                rest.find(|c: char| c.is_whitespace() || "{}()[],=".contains(c)).unwrap_or(rest.len())
            };
            all.push((number + 1, &rest[..end]));
            rest = rest[end..].trim_start();
        }
    }
    all
}

/// Blocks inside blocks; text from outside must not exhaust the stack.
const MAX_DEPTH: usize = 200;

struct Reader<'a> {
    tokens: Vec<(usize, &'a str)>,
    at: usize,
    layout: &'a MechanismLayout,
    names: Vec<String>,
    ids: HashMap<&'a str, ValueId>,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn error_at(&self, at: usize, expected: &str) -> ReadError {
        let last = self.tokens.last().map_or(1, |token| token.0);
        let (line, found) = self.tokens.get(at).map_or((last, "the end"), |token| *token);
        ReadError { line, found: format!("`{found}`"), expected: expected.to_owned() }
    }

    fn here(&self, expected: &str) -> ReadError {
        self.error_at(self.at, expected)
    }

    fn before(&self, expected: &str) -> ReadError {
        self.error_at(self.at.saturating_sub(1), expected)
    }

    fn peek(&self) -> &'a str {
        self.tokens.get(self.at).map_or("", |token| token.1)
    }

    fn accept(&mut self, text: &str) -> bool {
        let found = self.peek() == text;
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, text: &str) -> Result<(), ReadError> {
        if self.accept(text) { Ok(()) } else { Err(self.here(&format!("`{text}`"))) }
    }

    fn word(&mut self, expected: &str) -> Result<&'a str, ReadError> {
        let word = self.peek();
        if word.is_empty() || "{}()[],=".contains(word) {
            return Err(self.here(expected));
        }
        self.at += 1;
        Ok(word)
    }

    fn integer(&mut self, expected: &str) -> Result<u32, ReadError> {
        let word = self.word(expected)?;
        word.parse().map_err(|_| self.before(expected))
    }

    /// Temporaries get their numbers in the order in which they are first met; a use may precede the definition in
    /// the text (values carried by a loop).
    fn value(&mut self) -> Result<ValueId, ReadError> {
        let word = self.word("a temporary")?;
        let Some(name) = word.strip_prefix('%').filter(|name| !name.is_empty()) else {
            return Err(self.before("a temporary such as %x"));
        };
        if let Some(id) = self.ids.get(name) {
            return Ok(*id);
        }
        let id = ValueId(self.names.len() as u32);
        self.names.push(name.to_owned());
        self.ids.insert(name, id);
        Ok(id)
    }

    fn operand(&mut self) -> Result<Operand, ReadError> {
        if self.peek().starts_with('%') {
            return Ok(Operand::Value(self.value()?));
        }
        let word = self.word("a temporary or a number")?;
        if let Some(bits) = word.strip_prefix("nan:") {
            let bits = u64::from_str_radix(bits, 16).map_err(|_| self.before("the bits of a number"))?;
            return Ok(Operand::Const(f64::from_bits(bits)));
        }
        word.parse().map(Operand::Const).map_err(|_| self.before("a temporary or a number"))
    }

    fn operands(&mut self, count: usize) -> Result<Vec<Operand>, ReadError> {
        let mut all = Vec::with_capacity(count);
        for at in 0..count {
            if at > 0 {
                self.expect(",")?;
            }
            all.push(self.operand()?);
        }
        Ok(all)
    }

    fn index(&mut self) -> Result<Operand, ReadError> {
        self.expect("[")?;
        let index = self.operand()?;
        self.expect("]")?;
        Ok(index)
    }

    /// `name`, `name.2`, `#7`, `name[i]`, `#7:3[i]`; the last two give a length and an index.
    fn slot(
        &mut self,
        variables: impl Iterator<Item = (&'a str, u32, u32)> + Clone,
        what: &str,
    ) -> Result<(u32, Option<(u32, Operand)>), ReadError> {
        let word = self.word(what)?;
        if self.peek() == "[" {
            let Some((first, len)) = array_of(variables, word) else { return Err(self.before(what)) };
            return Ok((first, Some((len, self.index()?))));
        }
        match slot_of(variables, word) {
            Some(slot) => Ok((slot, None)),
            None => Err(self.before(what)),
        }
    }

    fn ion(&self, name: &str) -> Result<u32, ReadError> {
        ion_of(self.layout, name).ok_or_else(|| self.before("an ion of the mechanism"))
    }

    fn place(&mut self) -> Result<Place, ReadError> {
        let layout = self.layout;
        let word = self.word("a place")?;
        if let Some(field) = item_of(&NODE_FIELD, word) {
            return Ok(Place::Node(field));
        }
        match word {
            "column" => Ok(match self.slot(columns(layout), "a variable of the mechanism")? {
                (slot, None) => Place::Column(slot),
                (first, Some((len, index))) => Place::ColumnAt { first, len, index },
            }),
            "global" => Ok(match self.slot(globals(layout), "a shared variable of the mechanism")? {
                (slot, None) => Place::Global(slot),
                (first, Some((len, index))) => Place::GlobalAt { first, len, index },
            }),
            "ion" => {
                let word = self.word("an ion variable")?;
                let Some((ion, variable)) = word.rsplit_once('.') else {
                    return Err(self.before("an ion variable such as na.reversal"));
                };
                let ion = self.ion(ion)?;
                let variable = item_of(&ION_VARIABLE, variable).ok_or_else(|| self.before("an ion variable"))?;
                Ok(Place::Ion { ion, variable })
            }
            "charge" | "style" => {
                let name = self.word("an ion")?;
                let ion = self.ion(name)?;
                Ok(if word == "charge" { Place::IonCharge(ion) } else { Place::IonStyle(ion) })
            }
            "weight" => Ok(Place::Weight(self.integer("the number of a weight")?)),
            "result" => Ok(Place::Result),
            "scratch" => Ok(Place::Scratch(self.index()?)),
            _ => Err(self.before("a place: column, global, node.v, ion, charge, style, weight, result or scratch")),
        }
    }

    fn block(&mut self) -> Result<Block, ReadError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.here("less deeply nested blocks"));
        }
        self.expect("{")?;
        let mut statements = Vec::new();
        while !self.accept("}") {
            statements.push(self.statement()?);
        }
        self.depth -= 1;
        Ok(Block { statements })
    }

    /// `%r = (a, b), …`
    fn pairs(&mut self) -> Result<Vec<(ValueId, Operand, Operand)>, ReadError> {
        let mut all = Vec::new();
        loop {
            let dst = self.value()?;
            self.expect("=")?;
            self.expect("(")?;
            let a = self.operand()?;
            self.expect(",")?;
            let b = self.operand()?;
            self.expect(")")?;
            all.push((dst, a, b));
            if !self.accept(",") {
                return Ok(all);
            }
        }
    }

    fn statement(&mut self) -> Result<Stmt, ReadError> {
        if self.peek().starts_with('%') {
            let dst = self.value()?;
            self.expect("=")?;
            return match self.peek() {
                "load" => {
                    self.at += 1;
                    Ok(Stmt::Load { dst, place: self.place()? })
                }
                "host" => {
                    self.at += 1;
                    self.host(Some(dst))
                }
                _ => Ok(Stmt::Let { dst, op: self.op()? }),
            };
        }
        match self.word("a statement")? {
            "store" => {
                let place = self.place()?;
                self.expect(",")?;
                Ok(Stmt::Store { place, value: self.operand()? })
            }
            "accumulate" => {
                let place = self.place()?;
                self.expect(",")?;
                Ok(Stmt::Accumulate { place, value: self.operand()? })
            }
            "host" => self.host(None),
            "if" => {
                let condition = self.operand()?;
                let then = self.block()?;
                let otherwise = if self.accept("else") { self.block()? } else { Block::default() };
                let results = if self.accept("yield") { self.pairs()? } else { Vec::new() };
                Ok(Stmt::If { condition, then, otherwise, results })
            }
            "loop" => {
                let carried = if self.peek() == "{" { Vec::new() } else { self.pairs()? };
                let header = self.block()?;
                self.expect("while")?;
                let condition = self.operand()?;
                let body = self.block()?;
                Ok(Stmt::Loop { carried, header, condition, body })
            }
            _ => Err(self.before("a statement: %x = …, store, accumulate, host, if or loop")),
        }
    }

    fn op(&mut self) -> Result<Op, ReadError> {
        let word = self.word("an operation")?;
        if let Some(binary) = item_of(&BINARY, word) {
            let a = self.operand()?;
            self.expect(",")?;
            return Ok(Op::Binary(binary, a, self.operand()?));
        }
        if let Some(unary) = item_of(&UNARY, word) {
            return Ok(Op::Unary(unary, self.operand()?));
        }
        match word {
            "copy" => Ok(Op::Copy(self.operand()?)),
            "select" => {
                let all = self.operands(3)?;
                Ok(Op::Select(all[0], all[1], all[2]))
            }
            "uniform" => {
                let name = self.word("a scalar of the call")?;
                let uniform = item_of(&UNIFORM, name).ok_or_else(|| self.before("a scalar of the call"))?;
                Ok(Op::Uniform(uniform))
            }
            "call" => {
                let name = self.word("an elementary function")?;
                let found = Intrinsic::ALL.into_iter().find(|one| one.name() == name);
                let intrinsic = found.ok_or_else(|| self.before("an elementary function"))?;
                Ok(Op::Call(intrinsic, self.operands(intrinsic.arity())?))
            }
            _ => Err(self.before("an operation")),
        }
    }

    fn host(&mut self, dst: Option<ValueId>) -> Result<Stmt, ReadError> {
        let name = self.word("a host call")?;
        let found = HostCall::ALL.into_iter().find(|one| one.name() == name);
        let call = found.ok_or_else(|| self.before("a host call"))?;
        let slot = self.integer("the number of a slot")?;
        self.expect("(")?;
        let arguments = self.operands(call.arity())?;
        self.expect(")")?;
        Ok(Stmt::Host { dst, call, slot, arguments })
    }
}
