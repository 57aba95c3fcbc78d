//! Evaluation of templates against a host.

mod call;
mod chain;
mod names;
mod object;
mod text;

use std::collections::HashMap;
use std::rc::Rc;

use diag::{Diagnostic, Problems, Sources, Span};

use crate::ast::{Expr, Proc, Stmt, StmtKind, Template};
use crate::host::{CellHost, HostError, SectionId, SectionProperty};
use crate::value::{Object, Pointer, Value};
use names::Names;

/// Statements that one instantiation may run: far above any template, and an end for those that have none.
const FUEL: u64 = 10_000_000;
/// Procedures inside procedures, as in NEURON (-NFRAME).
const MAX_FRAMES: usize = 512;
/// Bytes of the stack that evaluation may take; threads have 2 MB at least.
const MAX_STACK: usize = 1_250_000;

/// A problem while a template runs.
#[derive(Debug, Clone)]
pub struct Error {
    diagnostic: Diagnostic,
    trace: Vec<String>,
    /// Whether the diagnostic has a place; what is asked for from outside has none.
    placed: bool,
}

impl Error {
    /// As text with the source.
    pub fn render(&self, sources: &Sources) -> String {
        if !self.placed {
            let Diagnostic { code, title, help, .. } = &self.diagnostic;
            return format!("error[{code}]: {title}\n  = help: {}", help.as_deref().unwrap_or_default());
        }
        let mut problems = Problems::new();
        let mut one = self.diagnostic.clone();
        if !self.trace.is_empty() {
            one.title = format!("{} (in {})", one.title, self.trace.join(", called by "));
        }
        problems.push(one);
        problems.render(sources, false).trim_end().to_owned()
    }
}

/// Why evaluation leaves a statement early.
pub(crate) enum Leave {
    Return(Value),
    Break,
    Continue,
    /// Out of a loop's body that an iterator runs: `return` with its value, or `break`.
    Body(Option<Value>),
    Error(Box<Error>),
}

pub(crate) type Evaluated<T> = Result<T, Leave>;

/// A variable of an object.
#[derive(Debug, Clone)]
pub(crate) enum Slot {
    Value(Value),
    Sections(Vec<SectionId>),
}

/// One call of a procedure.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    /// What is called; none outside procedures.
    pub(crate) proc: Option<Rc<Proc>>,
    /// The statement that calls it.
    pub(crate) called: Option<Span>,
    pub(crate) arguments: Vec<Value>,
    /// Variables that were given as arguments: `$o1 = …` and `$s1 = …` change them.
    pub(crate) places: Vec<Option<Pointer>>,
    /// Values of the procedure's `local` and then of its `localobj` names.
    pub(crate) locals: Vec<Value>,
    /// Body of the loop that an iterator serves, and the frame it belongs to.
    pub(crate) body: Option<(Rc<Stmt>, usize)>,
}

impl Frame {
    pub(crate) fn name(&self) -> &str {
        self.proc.as_ref().map_or("", |proc| proc.name.as_str())
    }

    /// Where in `locals` a name is.
    fn place(&self, name: &str) -> Option<usize> {
        let proc = self.proc.as_ref()?;
        proc.locals.iter().chain(&proc.objects).position(|one| one == name)
    }

    pub(crate) fn local(&self, name: &str) -> Option<&Value> {
        self.locals.get(self.place(name)?)
    }

    fn local_mut(&mut self, name: &str) -> Option<&mut Value> {
        let at = self.place(name)?;
        self.locals.get_mut(at)
    }
}

/// What a name means that is no variable of the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Property(SectionProperty),
    Range,
    Other,
}

/// An object made from a template.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    variables: Names<Slot>,
    /// Sections in order of creation.
    own: Vec<SectionId>,
}

impl Cell {
    /// Sections of a `create`d name, in order of their index.
    pub fn sections(&self, name: &str) -> Vec<SectionId> {
        match self.variables.get(name) {
            Some(Slot::Sections(sections)) => sections.clone(),
            _ => Vec::new(),
        }
    }

    /// A number; none if the name holds something else or nothing.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.variables.get(name) {
            Some(Slot::Value(Value::Number(number))) => Some(*number),
            _ => None,
        }
    }

    /// A string; none if the name holds something else or nothing.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.variables.get(name) {
            Some(Slot::Value(Value::Text(text))) => Some(text),
            _ => None,
        }
    }

    /// Sections of a SectionList.
    pub fn section_list(&self, name: &str) -> Vec<SectionId> {
        match self.variables.get(name) {
            Some(Slot::Value(Value::Object(object))) => match &**object {
                Object::SectionList(list) => list.borrow().clone(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Numbers of a Vector.
    pub fn vector(&self, name: &str) -> Vec<f64> {
        match self.variables.get(name) {
            Some(Slot::Value(Value::Object(object))) => match &**object {
                Object::Vector(vector) => vector.borrow().clone(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}

/// Templates that are known, and what makes objects of them.
#[derive(Debug, Default)]
pub struct Interpreter {
    templates: HashMap<String, Rc<Template>>,
}

impl Interpreter {
    /// No templates yet.
    pub fn new() -> Interpreter {
        Interpreter::default()
    }

    /// Parses a file and keeps its templates.
    pub fn load(&mut self, file: diag::FileId, sources: &Sources) -> Problems {
        let (templates, problems) = crate::parser::parse(file, &sources.file(file).text);
        for template in templates {
            self.templates.insert(template.name.clone(), Rc::new(template));
        }
        problems
    }

    /// Whether a template is known.
    pub fn has_template(&self, name: &str) -> bool {
        self.templates.contains_key(name)
    }

    /// Makes an object: runs the template's statements, then its `init` with the arguments.
    pub fn instantiate(&self, name: &str, arguments: Vec<Value>, host: &mut dyn CellHost) -> Result<Cell, Error> {
        let nowhere = Span::new(diag::FileId(0), 0, 0);
        let unknown = || {
            let mut known: Vec<&str> = self.templates.keys().map(String::as_str).collect();
            known.sort_unstable();
            let help = match known.as_slice() {
                [] => "load its file first".to_owned(),
                known => format!("the files that were read have {}", known.join(", ")),
            };
            let title = format!("there is no template `{name}`");
            let diagnostic = Diagnostic::error("H0201", nowhere, title).help(help);
            Error { diagnostic, trace: Vec::new(), placed: false }
        };
        let template = self.templates.get(name).cloned().ok_or_else(unknown)?;
        let mut run = Run::new(&template, Cell::default(), host);
        let outcome = run.block(&template.statements).and_then(|()| {
            if run.procs.contains_key("init") { run.call_proc("init", arguments, Vec::new()).map(drop) } else { Ok(()) }
        });
        run.end(outcome)
    }

    /// Whether a template has a procedure or function of this name.
    pub fn has_procedure(&self, template: &str, name: &str) -> bool {
        self.templates.get(template).is_some_and(|template| template.procs.iter().any(|proc| proc.name == name))
    }

    /// Calls a procedure of an object that was made from `template`: `cell.position(x, y, z)`.
    pub fn call(
        &self,
        template: &str,
        cell: Cell,
        procedure: &str,
        arguments: Vec<Value>,
        host: &mut dyn CellHost,
    ) -> Result<Cell, Error> {
        let Some(template) = self.templates.get(template).cloned() else {
            return self.instantiate(template, arguments, host);
        };
        let mut run = Run::new(&template, cell, host);
        let outcome = run.call_proc(procedure, arguments, Vec::new()).map(drop);
        run.end(outcome)
    }
}

/// About where the stack is.
#[inline(always)]
fn stack_place() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&here)).addr()
}

/// One instantiation in progress.
pub(crate) struct Run<'a> {
    pub(crate) template: &'a Template,
    pub(crate) procs: Names<Rc<Proc>>,
    /// What names mean to the host; that does not change.
    kinds: Names<Kind>,
    pub(crate) host: &'a mut dyn CellHost,
    pub(crate) cell: Cell,
    /// Sections of this object in order of creation.
    pub(crate) own: Vec<SectionId>,
    pub(crate) frames: Vec<Frame>,
    /// The frame whose names are in sight.
    pub(crate) frame: usize,
    /// Current sections, innermost last.
    pub(crate) stack: Vec<SectionId>,
    pub(crate) fuel: u64,
    /// Where the stack was when evaluation began.
    pub(crate) stack_top: usize,
    /// Statement that is being run.
    pub(crate) span: Span,
}

impl<'a> Run<'a> {
    fn new(template: &'a Template, mut cell: Cell, host: &'a mut dyn CellHost) -> Run<'a> {
        let first = template.statements.first().map(|one| one.span);
        let first = first.or(template.procs.first().map(|one| one.span));
        Run {
            template,
            kinds: Names::default(),
            procs: template.procs.iter().map(|one| (one.name.clone(), one.clone())).collect(),
            host,
            own: std::mem::take(&mut cell.own),
            cell,
            frames: vec![Frame::default()],
            frame: 0,
            stack: Vec::new(),
            fuel: FUEL,
            stack_top: stack_place(),
            span: first.unwrap_or(Span::new(diag::FileId(0), 0, 0)),
        }
    }

    fn end(mut self, outcome: Evaluated<()>) -> Result<Cell, Error> {
        self.cell.own = self.own;
        match outcome {
            Ok(()) | Err(Leave::Return(_) | Leave::Break | Leave::Continue | Leave::Body(_)) => Ok(self.cell),
            Err(Leave::Error(error)) => Err(*error),
        }
    }
}

impl Run<'_> {
    pub(crate) fn fail<T>(&self, title: impl Into<String>, help: &str) -> Evaluated<T> {
        let frames = || self.frames[1..].iter().rev().take(5);
        let mut trace: Vec<String> = Vec::new();
        for frame in frames() {
            let of = if trace.is_empty() { format!(" of {}", self.template.name) } else { String::new() };
            let one = format!("{}{of}", frame.name());
            // Recursion is told once.
            if trace.iter().all(|other| *other != one && other.split(' ').next() != Some(frame.name())) {
                trace.push(one);
            }
        }
        let mut diagnostic = Diagnostic::error("H0202", self.span, title).help(help);
        for frame in frames() {
            let Some(called) = frame.called else { continue };
            if diagnostic.secondary.iter().all(|label| label.span != called) {
                diagnostic = diagnostic.also(called, format!("{} is called here", frame.name()));
            }
        }
        Err(Leave::Error(Box::new(Error { diagnostic, trace, placed: true })))
    }

    /// Refuses nesting (of calls, statements, expressions) that would end the stack.
    fn sink(&self) -> Evaluated<()> {
        if self.stack_top.abs_diff(stack_place()) > MAX_STACK { self.endless() } else { Ok(()) }
    }

    pub(crate) fn endless<T>(&self) -> Evaluated<T> {
        self.fail("procedures call each other without end", "look for a procedure that calls itself")
    }

    pub(crate) fn hosted<T>(&self, result: Result<T, HostError>) -> Evaluated<T> {
        result.or_else(|error| {
            let near = |nearest: &[String]| match nearest {
                [] => String::new(),
                names => format!("did you mean {}? ", names.join(", ")),
            };
            let help = match &error {
                HostError::UnknownMechanism { name, nearest } => {
                    format!("{}Otherwise add {name}.mod to the mechanisms and compile them", near(nearest))
                }
                HostError::UnknownVariable { nearest, .. } => {
                    format!("{}Otherwise compile the mechanism that has it", near(nearest))
                }
                HostError::NoSuchPoint { .. } => "points count from 0; n3d() tells how many there are".to_owned(),
                HostError::OutOfSection(_) => "give a position from 0 to 1".to_owned(),
                HostError::NotInserted { mechanism, .. } => format!("write `insert {mechanism}` before this statement"),
                _ => "correct the statement".to_owned(),
            };
            self.fail(error.to_string(), &help)
        })
    }

    pub(crate) fn section(&mut self) -> Evaluated<SectionId> {
        let innermost = self.stack.last().copied();
        match innermost.or_else(|| self.host.default_section()).or(self.own.first().copied()) {
            Some(section) => Ok(section),
            None => self.fail("there is no current section", "write the section's name before the statement"),
        }
    }

    pub(crate) fn block(&mut self, statements: &[Stmt]) -> Evaluated<()> {
        statements.iter().try_for_each(|one| self.statement(one))
    }

    fn in_section(&mut self, section: SectionId, body: &Stmt) -> Evaluated<()> {
        self.stack.push(section);
        let outcome = self.statement(body);
        self.stack.pop();
        outcome
    }

    /// Runs a loop's body; false ends the loop.
    fn round(&mut self, body: &Stmt) -> Evaluated<bool> {
        match self.statement(body) {
            Ok(()) | Err(Leave::Continue) => Ok(true),
            Err(Leave::Break) => Ok(false),
            Err(other) => Err(other),
        }
    }

    fn truth(&mut self, condition: &Expr) -> Evaluated<bool> {
        Ok(self.number(condition)? != 0.0)
    }

    fn statement(&mut self, statement: &Stmt) -> Evaluated<()> {
        self.span = statement.span;
        self.sink()?;
        if self.fuel == 0 {
            return self.fail("the template runs without end", "look for a loop that does not stop");
        }
        self.fuel -= 1;
        match &statement.kind {
            StmtKind::Block(statements) => self.block(statements),
            StmtKind::Expr(expr) => self.eval(expr).map(drop),
            StmtKind::If(condition, then, otherwise) => {
                if self.truth(condition)? {
                    self.statement(then)
                } else {
                    otherwise.as_ref().map_or(Ok(()), |body| self.statement(body))
                }
            }
            StmtKind::While(condition, body) => {
                while self.truth(condition)? {
                    self.spend()?;
                    if !self.round(body)? {
                        break;
                    }
                }
                Ok(())
            }
            StmtKind::For(first, condition, next, body) => {
                if let Some(first) = first {
                    self.eval(first)?;
                }
                loop {
                    self.spend()?;
                    if let Some(condition) = condition
                        && !self.truth(condition)?
                    {
                        return Ok(());
                    }
                    if !self.round(body)? {
                        return Ok(());
                    }
                    if let Some(next) = next {
                        self.eval(next)?;
                    }
                }
            }
            StmtKind::ForRange(variable, from, to, body) => {
                // As `for (i = from; i <= to; i = i + 1)`, with `to` evaluated once.
                let (from, to) = (self.number(from)?, self.number(to)?);
                self.assign(variable, Value::Number(from))?;
                loop {
                    self.spend()?;
                    let Value::Number(value) = self.read(variable)? else {
                        return self.fail("the loop's variable is no number any more", "use another name in the loop");
                    };
                    if value > to + EPSILON || !self.round(body)? {
                        return Ok(());
                    }
                    let Value::Number(value) = self.read(variable)? else { continue };
                    self.assign(variable, Value::Number(value + 1.0))?;
                }
            }
            StmtKind::ForX(variable, ends, body) => self.for_x(variable, *ends, body),
            StmtKind::ForIterator(chain, body) => self.run_iterator(chain, body),
            StmtKind::ForAll(body) => {
                for section in self.own.clone() {
                    self.in_section(section, body)?;
                }
                Ok(())
            }
            StmtKind::ForSec(list, body) => {
                for section in self.section_list(list)? {
                    self.in_section(section, body)?;
                }
                Ok(())
            }
            StmtKind::Return(value) => {
                let value = match value {
                    Some(value) => self.eval(value)?,
                    None => Value::Number(0.0),
                };
                Err(Leave::Return(value))
            }
            StmtKind::Break => Err(Leave::Break),
            StmtKind::Continue => Err(Leave::Continue),
            StmtKind::IteratorStatement => self.iterator_statement(),
            StmtKind::Insert(mechanism) => {
                let section = self.section()?;
                let inserted = self.host.insert(section, mechanism);
                self.hosted(inserted)
            }
            StmtKind::Uninsert(mechanism) => {
                let section = self.section()?;
                let removed = self.host.uninsert(section, mechanism);
                self.hosted(removed)
            }
            StmtKind::Stop => self.fail("the template stops itself", "look at the condition before `stop`"),
            StmtKind::Create(all) => all.iter().try_for_each(|(name, count)| self.create(name, count.as_ref())),
            StmtKind::Connect(child, parent) => self.connect(child, parent),
            StmtKind::Objref(names) => {
                for name in names {
                    self.set_name(name, Value::Nil);
                }
                Ok(())
            }
            StmtKind::Strdef(names) => {
                for name in names {
                    self.cell.variables.insert(name.clone(), Slot::Value(Value::Text(String::new())));
                }
                Ok(())
            }
            StmtKind::Print(values) => {
                // Templates print warnings about themselves; only their effects count here.
                values.iter().try_for_each(|one| self.eval(one).map(drop))
            }
            StmtKind::In(chain, body) => {
                let section = self.named_section(chain)?;
                self.in_section(section, body)
            }
        }
    }

    fn spend(&mut self) -> Evaluated<()> {
        if self.fuel == 0 {
            return self.fail("the template runs without end", "look for a loop that does not stop");
        }
        self.fuel -= 1;
        Ok(())
    }

    fn for_x(&mut self, variable: &str, ends: bool, body: &Stmt) -> Evaluated<()> {
        let section = self.section()?;
        let nseg = self.host.property(section, crate::host::SectionProperty::Nseg);
        let n = self.hosted(nseg)? as usize;
        let mut places: Vec<f64> = (0..n).map(|at| (at as f64 + 0.5) / n as f64).collect();
        if ends {
            places.insert(0, 0.0);
            places.push(1.0);
        }
        for x in places {
            self.set_name(variable, Value::Number(x));
            if !self.round(body)? {
                break;
            }
        }
        Ok(())
    }

    fn create(&mut self, name: &str, count: Option<&Expr>) -> Evaluated<()> {
        let n = match count {
            Some(count) => self.number(count)?,
            None => 1.0,
        };
        if !(1.0..=1e6).contains(&n) {
            return self.fail(format!("create {name}[{n}]"), "the number of sections must be from 1 to a million");
        }
        if let Some(Slot::Sections(old)) = self.cell.variables.remove(name) {
            for section in old {
                let deleted = self.host.delete_section(section);
                self.hosted(deleted)?;
                self.own.retain(|one| *one != section);
            }
        }
        let mut sections = Vec::new();
        for at in 0..n as usize {
            let full = if count.is_some() { format!("{name}[{at}]") } else { name.to_owned() };
            let created = self.host.create_section(&full);
            let section = self.hosted(created)?;
            self.own.push(section);
            sections.push(section);
        }
        self.cell.variables.insert(name.to_owned(), Slot::Sections(sections));
        Ok(())
    }

    /// Names: locals of the frame, then the object's own.
    pub(crate) fn lookup(&self, name: &str) -> Option<&Value> {
        if let Some(local) = self.frames[self.frame].local(name) {
            return Some(local);
        }
        match self.cell.variables.get(name) {
            Some(Slot::Value(value)) => Some(value),
            Some(Slot::Sections(_)) | None => None,
        }
    }

    pub(crate) fn set_name(&mut self, name: &str, value: Value) {
        match self.frames[self.frame].local_mut(name) {
            Some(slot) => *slot = value,
            None => self.set_own(name, value),
        }
    }

    /// A variable of the object.
    fn set_own(&mut self, name: &str, value: Value) {
        match self.cell.variables.get_mut(name) {
            Some(slot) => *slot = Slot::Value(value),
            None => drop(self.cell.variables.insert(name.to_owned(), Slot::Value(value))),
        }
    }

    pub(crate) fn pointer_to(&self, name: &str) -> Pointer {
        let local = self.frames[self.frame].place(name).is_some();
        Pointer { frame: local.then_some(self.frame), name: name.to_owned() }
    }

    pub(crate) fn set_pointer(&mut self, pointer: &Pointer, value: Value) {
        let frame = pointer.frame.and_then(|frame| self.frames.get_mut(frame));
        match frame.and_then(|frame| frame.local_mut(&pointer.name)) {
            Some(slot) => *slot = value,
            None => self.set_own(&pointer.name, value),
        }
    }

    pub(crate) fn kind(&mut self, name: &str) -> Kind {
        if let Some(kind) = self.kinds.get(name) {
            return *kind;
        }
        let kind = match SectionProperty::from_name(name) {
            Some(property) => Kind::Property(property),
            None if self.host.is_range_variable(name) => Kind::Range,
            None => Kind::Other,
        };
        self.kinds.insert(name.to_owned(), kind);
        kind
    }

    pub(crate) fn number(&mut self, expr: &Expr) -> Evaluated<f64> {
        match self.eval(expr)? {
            Value::Number(number) => Ok(number),
            other => self.fail(format!("found {}, expected a number", other.kind()), "correct the expression"),
        }
    }

    pub(crate) fn eval(&mut self, expr: &Expr) -> Evaluated<Value> {
        self.sink()?;
        Ok(match expr {
            Expr::Number(number) => Value::Number(*number),
            Expr::Text(text) => Value::Text(text.clone()),
            Expr::Chain(chain) => self.read(chain)?,
            Expr::Address(chain) => self.address(chain)?,
            Expr::New(class, arguments, _) => self.make(class, arguments)?,
            Expr::Neg(inside) => Value::Number(-self.number(inside)?),
            Expr::Not(inside) => Value::Number(f64::from(u8::from(self.number(inside)? == 0.0))),
            Expr::Binary(operator, left, right) => self.operate(operator, left, right)?,
            Expr::Assign(chain, operator, value) => {
                let mut value = self.eval(value)?;
                if *operator != "=" {
                    let old = self.read(chain)?;
                    value = match (old, value) {
                        (Value::Number(old), Value::Number(new)) => Value::Number(self.arithmetic(operator, old, new)?),
                        _ => return self.fail(format!("`{operator}=` of what is no number"), "assign with `=`"),
                    };
                }
                self.assign(chain, value.clone())?;
                value
            }
        })
    }

    fn operate(&mut self, operator: &str, left: &Expr, right: &Expr) -> Evaluated<Value> {
        let truth = |yes: bool| Value::Number(f64::from(u8::from(yes)));
        if operator == "&&" || operator == "||" {
            // hoc evaluates both sides.
            let (a, b) = (self.number(left)? != 0.0, self.number(right)? != 0.0);
            return Ok(truth(if operator == "&&" { a && b } else { a || b }));
        }
        let (left, right) = (self.eval(left)?, self.eval(right)?);
        match (&left, &right) {
            (Value::Number(a), Value::Number(b)) => Ok(Value::Number(self.arithmetic(operator, *a, *b)?)),
            (Value::Text(a), Value::Text(b)) if operator == "==" => Ok(truth(a == b)),
            (Value::Text(a), Value::Text(b)) if operator == "!=" => Ok(truth(a != b)),
            (Value::Nil, Value::Nil) => Ok(truth(operator == "==")),
            (Value::Object(a), Value::Object(b)) => Ok(truth(Rc::ptr_eq(a, b) == (operator == "=="))),
            (Value::Nil, Value::Object(_)) | (Value::Object(_), Value::Nil) => Ok(truth(operator == "!=")),
            _ => self.fail(format!("`{operator}` of {} and {}", left.kind(), right.kind()), "give two numbers"),
        }
    }

    fn arithmetic(&self, operator: &str, a: f64, b: f64) -> Evaluated<f64> {
        let truth = |yes: bool| f64::from(u8::from(yes));
        Ok(match operator {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" if b == 0.0 => return self.fail("division by zero", "check the divisor first"),
            "/" => a / b,
            "%" if b <= 0.0 => return self.fail(format!("{a} % {b}"), "the right operand of % must be above 0"),
            "%" => a - b * (a / b).floor(),
            "^" => match a.powf(b) {
                power if power.is_nan() && !a.is_nan() && !b.is_nan() => {
                    let help = "a number below 0 has integer powers only";
                    return self.fail(format!("({a})^{b} is no number"), help);
                }
                power => power,
            },
            "<" => truth(a < b - EPSILON),
            "<=" => truth(a <= b + EPSILON),
            ">" => truth(a > b + EPSILON),
            ">=" => truth(a >= b - EPSILON),
            "==" => truth(a > b - EPSILON && a < b + EPSILON),
            _ => truth(a < b - EPSILON || a > b + EPSILON),
        })
    }
}

/// hoc's comparisons take numbers for equal that differ by less than 1e-11 (hoc_epsilon).
const EPSILON: f64 = 1e-11;
