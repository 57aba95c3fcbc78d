//! Statements of a subset of C to HIR.

use std::collections::BTreeMap;

use diag::Span;
use mech_abi::{HostCall, IonVariable, KernelError};

use super::Slot;
use crate::hir::{Expr, LocalId, Operator, Stmt, Target};
use crate::intrinsic::Intrinsic;
use crate::resolve::{Code, Meaning, Place, Symbol, ion_variable};
use crate::syntax::ast::Name;

/// Why a block is not recognised.
type Reason = String;
type Translated<T> = Result<T, Reason>;

/// A C value.
#[derive(Debug, Clone)]
enum Value {
    Number(Expr),
    /// A stream or vector.
    Pointer(Slot),
    /// The data of a vector.
    Data(u32),
    Null,
}

/// A C variable of the block.
#[derive(Debug, Clone)]
enum CLocal {
    Number { id: LocalId, integer: bool },
    Pointer(Value),
}

/// NEURON's noise style 2: streams made by noiseFromRandom123. It is the only one here.
const RANDOM_123: f64 = 2.0;

pub(super) fn is_keyword(token: &str) -> bool {
    matches!(token, "if" | "else" | "while" | "for" | "return" | "sizeof" | "switch" | "do")
}

pub(super) fn is_type(token: &str) -> bool {
    let types = [
        "void",
        "double",
        "float",
        "int",
        "long",
        "short",
        "unsigned",
        "signed",
        "char",
        "const",
        "static",
        "struct",
        "bool",
        "size_t",
        "uint32_t",
        "int32_t",
        "Rand",
        "nrnran123_State",
        "IvocVect",
        "Vect",
        "auto",
    ];
    types.contains(&token)
}

/// Translates the tokens of one block.
pub(super) fn statements(code: &mut Code<'_, '_>, tokens: &[String], span: Span) -> Translated<Vec<Stmt>> {
    declare_arguments(code, tokens);
    let mut translator = Translator { code, tokens, at: 0, span, locals: BTreeMap::new(), depth: 0 };
    let mut out = Vec::new();
    while translator.at < tokens.len() {
        translator.statement(&mut out)?;
    }
    Ok(out)
}

/// The arguments that come through `getarg(n)`: a PROCEDURE that declares none of its own gets them from the compiler.
fn declare_arguments(code: &mut Code<'_, '_>, tokens: &[String]) {
    let numbers = tokens.windows(3).filter(|three| three[0] == "getarg" && three[1] == "(");
    let most = numbers.filter_map(|three| three[2].parse::<usize>().ok()).max().unwrap_or(0);
    if code.place != Place::Procedure || most > 20 {
        return;
    }
    for number in code.n_arguments as usize + 1..=most {
        if code.add_argument(&format!("argument{number}")).is_none() {
            return;
        }
    }
    if let Some(signature) = code.current_function.and_then(|id| code.r.signatures.get_mut(id.0 as usize)) {
        signature.arguments = signature.arguments.max(most);
    }
}

struct Translator<'t, 'c, 'r, 'p> {
    code: &'c mut Code<'r, 'p>,
    tokens: &'t [String],
    at: usize,
    span: Span,
    locals: BTreeMap<String, CLocal>,
    depth: u32,
}

/// Operators and how strongly they bind.
fn operator(token: &str) -> Option<(Operator, u8)> {
    Some(match token {
        "||" => (Operator::Or, 1),
        "&&" => (Operator::And, 2),
        "==" => (Operator::Eq, 3),
        "!=" => (Operator::Ne, 3),
        "<" => (Operator::Lt, 4),
        "<=" => (Operator::Le, 4),
        ">" => (Operator::Gt, 4),
        ">=" => (Operator::Ge, 4),
        "+" => (Operator::Add, 5),
        "-" => (Operator::Sub, 5),
        "*" => (Operator::Mul, 6),
        "/" => (Operator::Div, 6),
        _ => return None,
    })
}

fn binary(operator: Operator, left: Expr, right: Expr) -> Expr {
    Expr::Binary(operator, Box::new(left), Box::new(right))
}

/// The value of a comparison of literals; what the style of noise decides is decided here.
fn constant(expr: &Expr) -> Option<bool> {
    match expr {
        Expr::Number(value) => Some(*value != 0.0),
        Expr::Paren(inside) => constant(inside),
        Expr::Not(inside) => constant(inside).map(|value| !value),
        Expr::Binary(operator, left, right) => match (operator, &**left, &**right) {
            (Operator::Eq, Expr::Number(a), Expr::Number(b)) => Some(a == b),
            (Operator::Ne, Expr::Number(a), Expr::Number(b)) => Some(a != b),
            _ => None,
        },
        _ => None,
    }
}

impl<'t> Translator<'t, '_, '_, '_> {
    fn peek(&self) -> &'t str {
        self.tokens.get(self.at).map_or("", String::as_str)
    }

    fn peek_at(&self, offset: usize) -> &'t str {
        self.tokens.get(self.at + offset).map_or("", String::as_str)
    }

    fn next(&mut self) -> &'t str {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn accept(&mut self, token: &str) -> bool {
        let found = self.peek() == token;
        if found {
            self.at += 1;
        }
        found
    }

    fn expect(&mut self, token: &str) -> Translated<()> {
        if self.accept(token) { Ok(()) } else { Err(self.not_known()) }
    }

    /// The token at the cursor is not of the subset.
    fn not_known(&self) -> Reason {
        match self.peek() {
            "" => "a statement that does not end in this block".to_owned(),
            token => format!("`{token}` is not recognised here"),
        }
    }

    fn enter(&mut self) -> Translated<()> {
        self.depth += 1;
        if self.depth > 100 { Err("nested too deeply".to_owned()) } else { Ok(()) }
    }

    fn statement(&mut self, out: &mut Vec<Stmt>) -> Translated<()> {
        self.enter()?;
        let done = self.statement_inside(out);
        self.depth -= 1;
        done
    }

    fn statement_inside(&mut self, out: &mut Vec<Stmt>) -> Translated<()> {
        match self.peek() {
            ";" => self.at += 1,
            "{" => {
                self.at += 1;
                let outer = self.locals.clone();
                while !self.accept("}") {
                    if self.at >= self.tokens.len() {
                        return Err(self.not_known());
                    }
                    self.statement(out)?;
                }
                self.keep(outer);
            }
            "if" => {
                self.at += 1;
                self.expect("(")?;
                let condition = if is_type(self.peek()) { self.declared_condition()? } else { self.condition()? };
                self.expect(")")?;
                let decided = constant(&condition);
                let then = self.branch(decided != Some(false))?;
                let otherwise = if self.accept("else") { self.branch(decided != Some(true))? } else { Vec::new() };
                match decided {
                    Some(true) => out.extend(then),
                    Some(false) => out.extend(otherwise),
                    None if then.is_empty() && otherwise.is_empty() => {}
                    None => out.push(Stmt::If { condition, then, otherwise }),
                }
            }
            "while" => {
                self.at += 1;
                self.expect("(")?;
                let condition = self.condition()?;
                self.expect(")")?;
                let body = self.branch(true)?;
                out.push(Stmt::While { condition, body });
            }
            "for" => {
                self.at += 1;
                self.expect("(")?;
                self.simple(out)?;
                self.expect(";")?;
                let condition = self.condition()?;
                self.expect(";")?;
                let mut step = Vec::new();
                self.simple(&mut step)?;
                self.expect(")")?;
                let mut body = self.branch(true)?;
                body.extend(step);
                out.push(Stmt::While { condition, body });
            }
            "return" => {
                self.at += 1;
                let value = if self.peek() == ";" { None } else { Some(self.number()?) };
                self.expect(";")?;
                // A PROCEDURE has no value, whatever it returns.
                let value = value.filter(|_| self.code.place == Place::Function);
                out.push(Stmt::Return(value));
            }
            "break" => {
                self.at += 1;
                self.expect(";")?;
                out.push(Stmt::Break);
            }
            token if is_type(token) => self.declaration(out)?,
            _ => {
                self.simple(out)?;
                self.expect(";")?;
            }
        }
        Ok(())
    }

    /// The statements of a branch; of one that is never taken only the end matters.
    fn branch(&mut self, taken: bool) -> Translated<Vec<Stmt>> {
        let mut out = Vec::new();
        if taken {
            let outer = self.locals.clone();
            self.statement(&mut out)?;
            self.keep(outer);
        } else {
            self.skip()?;
        }
        Ok(out)
    }

    /// Leaves a scope: names of the outer one stay, with the pointers assigned inside.
    fn keep(&mut self, mut outer: BTreeMap<String, CLocal>) {
        for (name, local) in &mut outer {
            if let (CLocal::Pointer(known), Some(CLocal::Pointer(new))) = (local, self.locals.get(name)) {
                *known = new.clone();
            }
        }
        self.locals = outer;
    }

    /// Skips one statement.
    fn skip(&mut self) -> Translated<()> {
        if self.peek() == "if" {
            self.at += 1;
            self.skip_to_close()?;
            self.skip()?;
            if self.accept("else") {
                self.skip()?;
            }
            return Ok(());
        }
        if self.peek() == "{" {
            return self.skip_to_close();
        }
        while self.at < self.tokens.len() {
            if matches!(self.peek(), "(" | "{" | "[") {
                self.skip_to_close()?;
            } else if self.next() == ";" {
                return Ok(());
            }
        }
        Err(self.not_known())
    }

    /// From an opening bracket to behind its partner.
    fn skip_to_close(&mut self) -> Translated<()> {
        let mut depth = 0_i32;
        while self.at < self.tokens.len() {
            match self.next() {
                "(" | "{" | "[" => depth += 1,
                ")" | "}" | "]" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(());
            }
        }
        Err(self.not_known())
    }

    /// `double x, *y = …;`
    fn declaration(&mut self, out: &mut Vec<Stmt>) -> Translated<()> {
        let mut integer = false;
        if self.peek() == "static" {
            return Err("a static variable".to_owned());
        }
        while is_type(self.peek()) {
            integer |= matches!(self.peek(), "int" | "long" | "short" | "unsigned" | "size_t" | "uint32_t" | "int32_t");
            self.at += 1;
        }
        loop {
            let mut pointer = false;
            while self.accept("*") {
                pointer = true;
            }
            let name = self.next();
            if !super::is_name(name) {
                self.at -= 1;
                return Err(self.not_known());
            }
            if pointer {
                self.locals.insert(name.to_owned(), CLocal::Pointer(Value::Null));
            } else {
                let id = self.code.fresh(name);
                self.locals.insert(name.to_owned(), CLocal::Number { id, integer });
            }
            if self.accept("=") {
                let value = self.value(1)?;
                self.set_local(name, value, out)?;
            }
            if self.accept(";") {
                return Ok(());
            }
            self.expect(",")?;
        }
    }

    /// `if (auto* x = pointer)`
    fn declared_condition(&mut self) -> Translated<Expr> {
        while is_type(self.peek()) || self.peek() == "*" {
            self.at += 1;
        }
        let name = self.next().to_owned();
        self.expect("=")?;
        let value = self.value(1)?;
        self.locals.insert(name, CLocal::Pointer(value.clone()));
        Ok(truth(value))
    }

    fn set_local(&mut self, name: &str, value: Value, out: &mut Vec<Stmt>) -> Translated<()> {
        match (self.locals.get_mut(name), value) {
            (Some(CLocal::Number { id, integer }), Value::Number(value)) => {
                let value = if *integer { truncated(value) } else { value };
                let target = Target::Local(*id, None);
                out.push(Stmt::Assign { target, value, span: self.span });
                Ok(())
            }
            (Some(CLocal::Pointer(known)), Value::Number(Expr::Number(0.0))) => {
                *known = Value::Null;
                Ok(())
            }
            (Some(CLocal::Pointer(known)), value @ (Value::Pointer(_) | Value::Data(_) | Value::Null)) => {
                *known = value;
                Ok(())
            }
            _ => Err(format!("this assignment of `{name}`")),
        }
    }

    /// An assignment or a call without `;`.
    fn simple(&mut self, out: &mut Vec<Stmt>) -> Translated<()> {
        if self.peek_at(1) == "(" {
            return self.call_statement(out);
        }
        if self.peek() == "*" {
            return self.through_pointer(out);
        }
        let name = self.peek();
        if !super::is_name(name) {
            return Err(self.not_known());
        }
        let start = self.at;
        let data = matches!(self.locals.get(name), Some(CLocal::Pointer(Value::Data(_)))) && self.peek_at(1) == "[";
        if data {
            // A played vector is read only: writing into hoc's Vector is not possible here.
            while !matches!(self.peek(), ";" | "") {
                self.at += 1;
            }
            out.push(self.fail(KernelError::HocObject));
            return Ok(());
        }
        let pointer = matches!(self.locals.get(name), Some(CLocal::Pointer(_)));
        if pointer {
            self.at += 1;
            self.expect("=")?;
            let value = self.value(1)?;
            return self.set_local(name, value, out);
        }
        let left = self.primary()?;
        let Value::Number(left) = left else { return Err(format!("this assignment of `{name}`")) };
        let word = self.next();
        let right = match word {
            "=" => self.number()?,
            "+=" | "-=" | "*=" | "/=" => {
                let right = Expr::Paren(Box::new(self.number()?));
                let (operator, _) = operator(&word[..1]).ok_or_else(|| self.not_known())?;
                binary(operator, left.clone(), right)
            }
            "++" => binary(Operator::Add, left.clone(), Expr::Number(1.0)),
            "--" => binary(Operator::Sub, left.clone(), Expr::Number(1.0)),
            _ => {
                self.at = start;
                return Err(self.not_known());
            }
        };
        if self.locals.contains_key(name) {
            return self.set_local(name, Value::Number(right), out);
        }
        let target = match left {
            Expr::Local(id, index) => Target::Local(id, index),
            Expr::Variable(id, index) => {
                let name = Name { text: name.to_owned(), span: self.span };
                if self.code.check_assignable(&name, id).is_none() {
                    return Ok(());
                }
                Target::Variable(id, index)
            }
            _ => return Err(format!("`{name}` cannot be assigned")),
        };
        out.push(Stmt::Assign { target, value: right, span: self.span });
        Ok(())
    }

    /// `*pv = …`: a new stream, or none.
    fn through_pointer(&mut self, out: &mut Vec<Stmt>) -> Translated<()> {
        let Value::Pointer(slot) = self.unary()? else { return Err("an assignment through this pointer".to_owned()) };
        self.expect("=")?;
        match (slot, self.peek()) {
            (Slot::Stream(slot), "nrnran123_newstream3" | "nrnran123_newstream") => {
                self.at += 1;
                self.expect("(")?;
                let mut arguments = vec![self.number()?];
                while self.accept(",") {
                    arguments.push(self.number()?);
                }
                self.expect(")")?;
                arguments.resize(3, Expr::Number(0.0));
                let call = HostCall::StreamSetIds;
                out.push(Stmt::Host { call, slot, arguments, span: self.span });
                Ok(())
            }
            _ => match self.value(1)? {
                // The simulator keeps streams and vectors; they are made anew, never taken away.
                Value::Null | Value::Number(Expr::Number(0.0)) => Ok(()),
                _ => Err("an assignment through this pointer".to_owned()),
            },
        }
    }

    fn call_statement(&mut self, out: &mut Vec<Stmt>) -> Translated<()> {
        let name = self.peek();
        match name {
            "printf" | "fprintf" | "fflush" | "assert" | "nrnran123_deletestream" => {
                self.at += 1;
                self.skip_to_close()
            }
            "hoc_execerror" | "hoc_execerr_ext" => {
                self.at += 1;
                self.skip_to_close()?;
                out.push(self.fail(KernelError::Own));
                Ok(())
            }
            "vector_resize" => {
                self.at += 1;
                self.skip_to_close()?;
                out.push(self.fail(KernelError::HocObject));
                Ok(())
            }
            "nrnran123_setids" => {
                self.at += 2;
                let Value::Pointer(Slot::Stream(slot)) = self.value(1)? else {
                    return Err("nrnran123_setids of what is no stream".to_owned());
                };
                let mut arguments = Vec::new();
                while self.accept(",") {
                    arguments.push(self.number()?);
                }
                self.expect(")")?;
                arguments.resize(3, Expr::Number(0.0));
                let call = HostCall::StreamSetIds;
                out.push(Stmt::Host { call, slot, arguments, span: self.span });
                Ok(())
            }
            "nrnran123_setseq" => {
                self.at += 2;
                let Value::Pointer(Slot::Stream(slot)) = self.value(1)? else {
                    return Err("nrnran123_setseq of what is no stream".to_owned());
                };
                self.expect(",")?;
                let mut position = self.number()?;
                if self.accept(",") {
                    let which = self.number()?;
                    position = match (position, which) {
                        (Expr::Number(sequence), Expr::Number(which)) => Expr::Number(4.0 * sequence + which),
                        (sequence, which) => {
                            let sequence = Expr::Paren(Box::new(sequence));
                            let blocks = binary(Operator::Mul, Expr::Number(4.0), sequence);
                            binary(Operator::Add, blocks, Expr::Paren(Box::new(which)))
                        }
                    };
                }
                self.expect(")")?;
                let call = HostCall::StreamSetSeq;
                out.push(Stmt::Host { call, slot, arguments: vec![position], span: self.span });
                Ok(())
            }
            _ => match self.primary()? {
                Value::Number(call @ (Expr::Call(..) | Expr::Host(..))) => {
                    out.push(Stmt::Call(call));
                    Ok(())
                }
                _ => Err(format!("`{name}` is not recognised here")),
            },
        }
    }

    fn fail(&self, error: KernelError) -> Stmt {
        let arguments = vec![Expr::Number(error.number())];
        Stmt::Host { call: HostCall::Fail, slot: 0, arguments, span: self.span }
    }

    /// A condition: a number, or whether a pointer is set.
    fn condition(&mut self) -> Translated<Expr> {
        let value = self.value(1)?;
        Ok(truth(value))
    }

    fn number(&mut self) -> Translated<Expr> {
        let before = self.at;
        match self.value(1)? {
            Value::Number(number) => Ok(number),
            _ => {
                self.at = before;
                Err(format!("`{}` is a pointer", self.peek()))
            }
        }
    }

    fn value(&mut self, least: u8) -> Translated<Value> {
        self.enter()?;
        let mut left = self.unary()?;
        while let Some((operator, strength)) = operator(self.peek()).filter(|(_, strength)| *strength >= least) {
            self.at += 1;
            let right = self.value(strength + 1)?;
            let (left_number, right_number) = match operator {
                Operator::And | Operator::Or => (truth(left), truth(right)),
                _ => match (left, right) {
                    (Value::Number(left), Value::Number(right)) => (left, right),
                    _ => return Err("arithmetic with pointers".to_owned()),
                },
            };
            left = Value::Number(binary(operator, left_number, right_number));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn unary(&mut self) -> Translated<Value> {
        self.enter()?;
        let value = match self.peek() {
            "-" => {
                self.at += 1;
                match self.unary()? {
                    Value::Number(value) => Value::Number(Expr::Neg(Box::new(value))),
                    _ => return Err("arithmetic with pointers".to_owned()),
                }
            }
            // Addresses and what is there are the same slot; a number's address does not leave this block.
            "*" => {
                self.at += 1;
                self.unary()?
            }
            "&" if self.code.r.preprocessor.slot(self.peek_at(1)).is_some() => {
                let slot = self.code.r.preprocessor.slot(self.peek_at(1));
                self.at += 2;
                slot.map_or(Value::Null, Value::Pointer)
            }
            "&" if self.peek_at(1).starts_with("_p_") => {
                self.at += 1;
                self.unary()?
            }
            "!" => {
                self.at += 1;
                let inside = self.unary()?;
                Value::Number(Expr::Not(Box::new(truth(inside))))
            }
            _ => self.primary()?,
        };
        self.depth -= 1;
        Ok(value)
    }

    fn primary(&mut self) -> Translated<Value> {
        let token = self.next();
        let mut value = if token == "(" {
            if is_type(self.peek()) || (self.peek() == "std" && self.peek_at(1) == "::") {
                let mut integer = false;
                while !self.accept(")") {
                    let word = self.next();
                    integer |= matches!(word, "int" | "long" | "uint32_t" | "unsigned" | "size_t" | "int32_t");
                    if !(is_type(word) || matches!(word, "*" | "std" | "::")) {
                        self.at -= 1;
                        return Err(self.not_known());
                    }
                }
                return Ok(match self.unary()? {
                    Value::Number(value) if integer => Value::Number(truncated(value)),
                    other => other,
                });
            }
            let inside = self.value(1)?;
            self.expect(")")?;
            match inside {
                Value::Number(inside) => Value::Number(Expr::Paren(Box::new(inside))),
                other => other,
            }
        } else if token.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            let digits = token.trim_end_matches(['f', 'F', 'l', 'L', 'u', 'U']);
            Value::Number(Expr::Number(digits.parse().map_err(|_| format!("the number `{token}`"))?))
        } else if super::is_name(token) {
            self.name(token)?
        } else {
            self.at -= 1;
            return Err(self.not_known());
        };
        while self.accept("[") {
            let index = self.number()?;
            self.expect("]")?;
            value = match value {
                Value::Data(slot) => Value::Number(Expr::Host(HostCall::VectorGet, slot, vec![index])),
                _ => return Err("an index into what is no vector".to_owned()),
            };
        }
        Ok(value)
    }

    fn name(&mut self, token: &str) -> Translated<Value> {
        if self.peek() == "(" {
            return self.call(token);
        }
        if let Some(local) = self.locals.get(token) {
            return Ok(match local {
                CLocal::Number { id, .. } => Value::Number(Expr::Local(*id, None)),
                CLocal::Pointer(value) => value.clone(),
            });
        }
        if matches!(token, "static_cast" | "reinterpret_cast") && self.accept("<") {
            let mut integer = false;
            while !self.accept(">") {
                let word = self.next();
                integer |= matches!(word, "int" | "long" | "uint32_t" | "unsigned" | "size_t" | "int32_t");
                if !(is_type(word) || matches!(word, "*" | "std" | "::")) {
                    self.at -= 1;
                    return Err(self.not_known());
                }
            }
            self.expect("(")?;
            let inside = self.value(1)?;
            self.expect(")")?;
            return Ok(match inside {
                Value::Number(value) if integer => Value::Number(truncated(value)),
                other => other,
            });
        }
        if token == "cvode_active_" {
            return Ok(Value::Number(Expr::Number(0.0)));
        }
        if let Some(Symbol::Random(stream)) = self.code.r.names.get(token) {
            return Ok(Value::Pointer(Slot::Stream(*stream)));
        }
        if matches!(token, "NULL" | "nullptr") {
            return Ok(Value::Null);
        }
        if token == "_ran_compat" {
            return Ok(Value::Number(Expr::Number(RANDOM_123)));
        }
        if let Some(pointer) = token.strip_prefix("_p_") {
            let slot = self.code.r.preprocessor.slot(pointer);
            return slot.map(Value::Pointer).ok_or_else(|| format!("`{token}` is no BBCOREPOINTER"));
        }
        if let Some(name) = token.strip_prefix("_ion_") {
            return self.ion(name);
        }
        if token == "_lflag" && matches!(self.code.place, Place::NetReceive | Place::NetInitial) {
            return Ok(Value::Number(Expr::Flag));
        }
        if let Some(id) = token.strip_prefix("_l").and_then(|name| self.code.local_named(name)) {
            return Ok(Value::Number(Expr::Local(id, None)));
        }
        let name = Name { text: token.to_owned(), span: self.span };
        if self.code.local_named(token).is_some() || !self.code.knows(token) {
            return Err(format!("`{token}` is not recognised here"));
        }
        match self.code.meaning(&name) {
            Meaning::Variable(id) if self.code.r.variable(id).len == 1 => Ok(Value::Number(Expr::Variable(id, None))),
            _ => Err(format!("`{token}` is not recognised here")),
        }
    }

    /// `_ion_cai`: the ion's own value.
    fn ion(&self, name: &str) -> Translated<Value> {
        for (at, ion) in self.code.r.neuron.ions.iter().enumerate() {
            if let Some(variable) = ion_variable(&ion.name, name) {
                let known = variable != IonVariable::CurrentSlope;
                return if known { Ok(Value::Number(Expr::IonNow(at as u32, variable))) } else { Err(name.to_owned()) };
            }
        }
        Err(format!("`_ion_{name}` is of no ion in USEION"))
    }

    fn call(&mut self, name: &str) -> Translated<Value> {
        self.expect("(")?;
        let mut arguments = Vec::new();
        if self.accept("_threadargscomma_") || self.accept("_threadargs_") {
            self.accept(",");
        }
        if !self.accept(")") {
            loop {
                arguments.push(self.value(1)?);
                if self.accept(")") {
                    break;
                }
                self.expect(",")?;
            }
        }
        let draw = |call: HostCall, slot: u32| Value::Number(Expr::Host(call, slot, Vec::new()));
        Ok(match (name, &arguments[..]) {
            ("vector_capacity", [Value::Pointer(Slot::Vector(slot))]) => draw(HostCall::VectorSize, *slot),
            ("vector_vec", [Value::Pointer(Slot::Vector(slot))]) => Value::Data(*slot),
            ("nrnran123_normal", [Value::Pointer(Slot::Stream(slot))]) => draw(HostCall::StreamNormal, *slot),
            ("nrnran123_negexp", [Value::Pointer(Slot::Stream(slot))]) => draw(HostCall::StreamNegexp, *slot),
            ("nrnran123_uniform" | "nrnran123_dblpick", [Value::Pointer(Slot::Stream(slot))]) => {
                draw(HostCall::StreamUniform, *slot)
            }
            ("nrnran123_ipick", [Value::Pointer(Slot::Stream(slot))]) => draw(HostCall::StreamPick, *slot),
            // Every argument must be given.
            ("ifarg" | "hoc_is_double_arg", [Value::Number(Expr::Number(_))]) => Value::Number(Expr::Number(1.0)),
            ("getarg", [Value::Number(Expr::Number(number))])
                if *number >= 1.0 && *number <= f64::from(self.code.n_arguments) =>
            {
                Value::Number(Expr::Local(LocalId(*number as u32 - 1), None))
            }
            ("scop_random", []) => Value::Number(Expr::Host(HostCall::ScopRandom, 0, Vec::new())),
            _ => {
                let hidden = [Intrinsic::Trunc, Intrinsic::Nernst, Intrinsic::Ghk];
                let found = Intrinsic::ALL.into_iter().find(|one| one.name() == name && !hidden.contains(one));
                let numbers: Option<Vec<Expr>> = arguments
                    .into_iter()
                    .map(|value| if let Value::Number(number) = value { Some(number) } else { None })
                    .collect();
                let own = name.strip_suffix(&format!("_{}", self.code.r.neuron.name)).unwrap_or(name);
                if let (Some(Symbol::Function(id)), Some(numbers)) = (self.code.r.names.get(own), &numbers)
                    && self.code.r.signatures[id.0 as usize].arguments == numbers.len()
                {
                    return Ok(Value::Number(Expr::Call(*id, numbers.clone())));
                }
                match (found, numbers) {
                    (Some(intrinsic), Some(numbers)) if numbers.len() == intrinsic.arity() => {
                        Value::Number(Expr::Intrinsic(intrinsic, numbers))
                    }
                    _ => return Err(format!("`{name}` is not recognised here")),
                }
            }
        })
    }
}

fn truncated(value: Expr) -> Expr {
    match value {
        Expr::Number(number) => Expr::Number(number.trunc()),
        other => Expr::Intrinsic(Intrinsic::Trunc, vec![other]),
    }
}

/// A value as a condition. An empty vector counts as none: neither has an element.
fn truth(value: Value) -> Expr {
    match value {
        Value::Number(number) => number,
        Value::Pointer(Slot::Stream(slot)) => Expr::Host(HostCall::StreamIsSet, slot, Vec::new()),
        Value::Pointer(Slot::Vector(slot)) | Value::Data(slot) => {
            binary(Operator::Gt, Expr::Host(HostCall::VectorSize, slot, Vec::new()), Expr::Number(0.0))
        }
        Value::Null => Expr::Number(0.0),
    }
}
