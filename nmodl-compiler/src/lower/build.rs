//! The maker of structured single-assignment code.
//!
//! Variables that live in memory are read once, at the top of the kernel, when something first needs them, and
//! written once, at its end, if something assigned them; in between they are temporaries in an environment. Arrays are
//! the exception: their elements are loaded and stored where the source says so. An `if` or a loop merges the
//! environments of its ways through results and carried values.

use std::collections::{BTreeMap, BTreeSet};

use diag::Diagnostic;
use mech_abi::{HostCall, KernelKind, MechanismKind};

use super::storage::Storage;
use crate::codes;
use crate::hir::{self, FunctionId, VariableId};
use crate::kir::{Binary, Block, Intrinsic, Kernel, NodeField, Op, Operand, Place, Stmt, Unary, Uniform, ValueId};
use crate::ode::Unknown;

/// What the environment knows a value of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// A scalar variable in a column, in a global slot, or a local copy of an ion variable.
    Variable(VariableId),
    /// A compiler-made global slot.
    Global(u32),
    /// `v`.
    Voltage,
    /// A scalar local of an inlined body, or a helper of a method.
    Local(u32),
    /// A weight of the delivering NetCon; always equal to memory.
    Weight(u32),
    /// Derivative of a state in the block being solved.
    Rate(Unknown),
    /// Forward (false) or backward (true) flux of the last reaction.
    Flux(bool),
    /// Row of the right-hand side of a KINETIC block.
    Residual(usize),
    /// Row and column of its matrix.
    Matrix(usize, usize),
}

/// A local of an inlined body.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum LocalSlot {
    /// In the environment.
    Scalar(Key),
    /// An array in scratch memory.
    Scratch { first: u32, len: u32 },
    /// A weight of the delivering NetCon.
    Weight(u32),
    /// Weight `slot` of the NetCon whose number is in `netcon`.
    NetConWeight { slot: u32, netcon: Key },
    /// The variable of an unrolled loop.
    Fixed(f64),
}

/// An inlined body.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// Its locals.
    pub locals: Vec<LocalSlot>,
    /// The local that holds the result.
    pub result: Option<hir::LocalId>,
    /// Set to 1 by an early return, if the body has any.
    pub returned: Option<Key>,
}

/// Code made so far; cloned to try a loop body before its carried values are known.
#[derive(Debug, Clone, Default)]
struct Code {
    names: Vec<String>,
    taken: BTreeSet<String>,
    counts: BTreeMap<String, u32>,
    prologue: Vec<Stmt>,
    blocks: Vec<Vec<Stmt>>,
    env: BTreeMap<Key, Operand>,
    initial: BTreeMap<Key, Operand>,
    uniforms: BTreeMap<Uniform, Operand>,
    fields: BTreeMap<NodeField, Operand>,
    scratch: u32,
    next_local: u32,
    memo: Vec<(hir::Expr, Operand)>,
}

/// Makes one kernel.
pub(crate) struct Builder<'a> {
    pub mechanism: &'a hir::Mechanism,
    pub storage: &'a Storage,
    code: Code,
    /// Ion variables that this kernel reads from the ion.
    bound: BTreeMap<VariableId, Place>,
    pub frames: Vec<Frame>,
    pub calls: Vec<FunctionId>,
    /// For each loop around that a `break` may leave, what is then 1.
    pub breaks: Vec<Key>,
    /// `dt`, where a method replaces it.
    pub step: Option<Operand>,
    /// Depth of blocks and frames at which calls are remembered; none outside equations.
    memo_depth: Option<(usize, usize)>,
    /// Whether assignments to states are jumps (NET_RECEIVE).
    pub jumps: bool,
    /// What `x' = …` becomes in the block being lowered.
    pub equation: Option<crate::ode::Equation>,
    /// Whether a SOLVE is being lowered.
    pub solving: bool,
    /// The KINETIC block being lowered.
    pub kinetic: Option<crate::ode::sparse::Matrix>,
    /// The LINEAR or NONLINEAR block being lowered.
    pub equations: Option<crate::ode::simultaneous::Equations>,
    /// `t`, where a method replaces it.
    pub time: Option<Operand>,
    pub problems: Vec<Diagnostic>,
}

/// Temporaries that one kernel may have.
const MAX_VALUES: usize = 100_000;

pub(crate) const ZERO: Operand = Operand::Const(0.0);
pub(crate) const ONE: Operand = Operand::Const(1.0);

impl<'a> Builder<'a> {
    /// An empty kernel.
    pub fn new(mechanism: &'a hir::Mechanism, storage: &'a Storage) -> Builder<'a> {
        Builder {
            mechanism,
            storage,
            code: Code { blocks: vec![Vec::new()], ..Code::default() },
            bound: BTreeMap::new(),
            frames: Vec::new(),
            calls: Vec::new(),
            breaks: Vec::new(),
            step: None,
            memo_depth: None,
            jumps: false,
            equation: None,
            solving: false,
            kinetic: None,
            equations: None,
            time: None,
            problems: Vec::new(),
        }
    }

    /// Writes changed variables back and closes the kernel.
    pub fn finish(mut self, kind: KernelKind) -> (Kernel, Vec<Diagnostic>) {
        let bound: Vec<VariableId> = self.bound.keys().copied().collect();
        for id in bound {
            if self.storage.column(id).is_some() {
                let value = self.read(Key::Variable(id));
                self.code.env.insert(Key::Variable(id), value);
            }
        }
        let env = std::mem::take(&mut self.code.env);
        for (key, value) in env {
            let from_memory = match key {
                Key::Variable(id) if self.bound.contains_key(&id) => None,
                _ => self.code.initial.get(&key),
            };
            if from_memory == Some(&value) {
                continue;
            }
            if let Some(place) = self.memory(key) {
                self.emit(Stmt::Store { place, value });
            }
        }
        let mut statements = self.code.prologue;
        statements.append(&mut self.code.blocks.concat());
        let kernel = Kernel {
            mechanism: self.mechanism.name.clone(),
            kind,
            names: self.code.names,
            scratch: self.code.scratch,
            body: Block { statements },
        };
        (kernel, self.problems)
    }

    /// Where a key lives, if it does.
    fn memory(&self, key: Key) -> Option<Place> {
        match key {
            Key::Variable(id) => match self.mechanism.variable(id).storage {
                hir::Storage::Global => self.storage.global(id).map(|slots| Place::Global(slots.first)),
                _ => self.storage.column(id).map(|slots| Place::Column(slots.first)),
            },
            Key::Global(slot) => Some(Place::Global(slot)),
            Key::Voltage
            | Key::Local(_)
            | Key::Weight(_)
            | Key::Rate(_)
            | Key::Flux(_)
            | Key::Residual(_)
            | Key::Matrix(..) => None,
        }
    }

    /// Reads `id` from `place` instead of from its column.
    pub fn bind(&mut self, id: VariableId, place: Place) {
        self.bound.insert(id, place);
    }

    // ----- values

    pub fn new_value(&mut self, hint: &str) -> ValueId {
        let id = ValueId(self.code.names.len() as u32);
        let mut count = self.code.counts.get(hint).copied().unwrap_or(0);
        let name = loop {
            let name = if count == 0 { hint.to_owned() } else { format!("{hint}.{count}") };
            count += 1;
            if self.code.taken.insert(name.clone()) {
                break name;
            }
        };
        self.code.counts.insert(hint.to_owned(), count);
        self.code.names.push(name);
        id
    }

    /// Whether the kernel has outgrown all measure; reports it.
    pub fn is_too_large(&mut self, span: diag::Span) -> bool {
        let too_large = self.code.names.len() > MAX_VALUES;
        if too_large && self.problems.iter().all(|one| one.code != codes::TOO_LARGE) {
            self.problems.push(
                Diagnostic::error(codes::TOO_LARGE, span, "this expands to too much code")
                    .label("every call is expanded in place, and loops over elements are unrolled")
                    .help("call functions less often, or keep their values in a LOCAL"),
            );
        }
        too_large
    }

    pub fn emit(&mut self, stmt: Stmt) {
        if let Some(block) = self.code.blocks.last_mut() {
            block.push(stmt);
        }
    }

    pub fn op(&mut self, hint: &str, op: Op) -> Operand {
        let dst = self.new_value(hint);
        self.emit(Stmt::Let { dst, op });
        Operand::Value(dst)
    }

    pub fn binary(&mut self, binary: Binary, a: Operand, b: Operand) -> Operand {
        let hint = match binary {
            Binary::Add => "add",
            Binary::Sub => "sub",
            Binary::Mul => "mul",
            Binary::Div => "div",
            Binary::Lt => "lt",
            Binary::Le => "le",
            Binary::Gt => "gt",
            Binary::Ge => "ge",
            Binary::Eq => "eq",
            Binary::Ne => "ne",
        };
        self.op(hint, Op::Binary(binary, a, b))
    }

    pub fn add(&mut self, a: Operand, b: Operand) -> Operand {
        self.binary(Binary::Add, a, b)
    }

    pub fn sub(&mut self, a: Operand, b: Operand) -> Operand {
        self.binary(Binary::Sub, a, b)
    }

    pub fn mul(&mut self, a: Operand, b: Operand) -> Operand {
        self.binary(Binary::Mul, a, b)
    }

    pub fn div(&mut self, a: Operand, b: Operand) -> Operand {
        self.binary(Binary::Div, a, b)
    }

    pub fn neg(&mut self, a: Operand) -> Operand {
        self.op("neg", Op::Unary(Unary::Neg, a))
    }

    pub fn not(&mut self, a: Operand) -> Operand {
        self.op("not", Op::Unary(Unary::Not, a))
    }

    pub fn select(&mut self, condition: Operand, a: Operand, b: Operand) -> Operand {
        if a == b { a } else { self.op("select", Op::Select(condition, a, b)) }
    }

    /// Logical or of two values that are 0 or 1.
    pub fn either(&mut self, a: Operand, b: Operand) -> Operand {
        self.select(a, ONE, b)
    }

    pub fn call(&mut self, intrinsic: Intrinsic, arguments: Vec<Operand>) -> Operand {
        self.op(intrinsic.name(), Op::Call(intrinsic, arguments))
    }

    pub fn load(&mut self, hint: &str, place: Place) -> Operand {
        let dst = self.new_value(hint);
        self.emit(Stmt::Load { dst, place });
        Operand::Value(dst)
    }

    pub fn store(&mut self, place: Place, value: Operand) {
        self.emit(Stmt::Store { place, value });
    }

    pub fn accumulate(&mut self, place: Place, value: Operand) {
        self.emit(Stmt::Accumulate { place, value });
    }

    /// `call(arguments)` without value.
    pub fn host(&mut self, call: HostCall, slot: u32, arguments: Vec<Operand>) {
        self.emit(Stmt::Host { dst: None, call, slot, arguments });
    }

    /// Gives up with an error.
    pub fn fail(&mut self, error: mech_abi::KernelError) {
        self.host(HostCall::Fail, 0, vec![Operand::Const(error.number())]);
    }

    fn load_first(&mut self, hint: &str, place: Place) -> Operand {
        let dst = self.new_value(hint);
        self.code.prologue.push(Stmt::Load { dst, place });
        Operand::Value(dst)
    }

    pub fn uniform(&mut self, uniform: Uniform) -> Operand {
        if let Some(known) = self.code.uniforms.get(&uniform) {
            return *known;
        }
        let hint = match uniform {
            Uniform::T => "t",
            Uniform::Dt => "dt",
            Uniform::Celsius => "celsius",
            Uniform::SecondOrder => "secondorder",
            Uniform::StateAdjust => "stateadjust",
            Uniform::Flag => "flag",
            Uniform::HasWeights => "hasweights",
        };
        let dst = self.new_value(hint);
        self.code.prologue.push(Stmt::Let { dst, op: Op::Uniform(uniform) });
        self.code.uniforms.insert(uniform, Operand::Value(dst));
        Operand::Value(dst)
    }

    /// A field of the node at the start of the row; 0 for artificial cells.
    pub fn field(&mut self, field: NodeField) -> Operand {
        if self.mechanism.kind == MechanismKind::ArtificialCell {
            return ZERO;
        }
        if let Some(known) = self.code.fields.get(&field) {
            return *known;
        }
        let hint = match field {
            NodeField::V => "v",
            NodeField::Rhs => "rhs",
            NodeField::D => "d",
            NodeField::Area => "area",
            NodeField::Diam => "diam",
        };
        let value = self.load_first(hint, Place::Node(field));
        self.code.fields.insert(field, value);
        value
    }

    // ----- environment

    pub fn new_local(&mut self) -> Key {
        self.code.next_local += 1;
        Key::Local(self.code.next_local)
    }

    pub fn allocate_scratch(&mut self, len: u32) -> u32 {
        let first = self.code.scratch;
        self.code.scratch += len;
        first
    }

    pub fn write(&mut self, key: Key, value: Operand) {
        self.code.env.insert(key, value);
    }

    /// The value that was assigned last, if any.
    pub fn assigned(&self, key: Key) -> Option<Operand> {
        self.code.env.get(&key).copied()
    }

    pub fn forget(&mut self, key: Key) {
        self.code.env.remove(&key);
    }

    pub fn read(&mut self, key: Key) -> Operand {
        match self.code.env.get(&key) {
            Some(value) => *value,
            None => self.read_initial(key),
        }
    }

    /// The value that a key has at the start of the row.
    fn read_initial(&mut self, key: Key) -> Operand {
        if let Some(value) = self.code.initial.get(&key) {
            return *value;
        }
        let value = match key {
            Key::Voltage => return self.field(NodeField::V),
            Key::Local(_) | Key::Weight(_) | Key::Rate(_) | Key::Flux(_) | Key::Residual(_) | Key::Matrix(..) => {
                return ZERO;
            }
            Key::Variable(id) => {
                let name = &self.mechanism.variable(id).name;
                match self.bound.get(&id).cloned() {
                    Some(place) => self.load_first(name, place),
                    // A variable without a column: whatever its old value is, nothing comes of it.
                    None => match self.memory(key) {
                        Some(place) => self.load_first(name, place),
                        None => ZERO,
                    },
                }
            }
            Key::Global(slot) => self.load_first("table", Place::Global(slot)),
        };
        self.code.initial.insert(key, value);
        value
    }

    // ----- structure

    /// `if (condition) then else otherwise`, with the environments merged after it.
    pub fn branch(
        &mut self,
        condition: Operand,
        then: impl FnOnce(&mut Builder<'a>),
        otherwise: impl FnOnce(&mut Builder<'a>),
    ) {
        let before = self.code.env.clone();
        self.code.blocks.push(Vec::new());
        then(self);
        let then_block = self.code.blocks.pop().unwrap_or_default();
        let then_env = std::mem::replace(&mut self.code.env, before.clone());
        self.code.blocks.push(Vec::new());
        otherwise(self);
        let else_block = self.code.blocks.pop().unwrap_or_default();
        let else_env = std::mem::replace(&mut self.code.env, before.clone());

        let pure = then_block.is_empty() && else_block.is_empty();
        let mut results = Vec::new();
        let keys: BTreeSet<Key> = then_env.keys().chain(else_env.keys()).chain(before.keys()).copied().collect();
        for key in keys {
            let (a, b, was) = (then_env.get(&key), else_env.get(&key), before.get(&key));
            if a == was && b == was {
                continue;
            }
            if let Key::Weight(_) = key {
                self.code.env.remove(&key);
                continue;
            }
            let mut value_of = |found: Option<&Operand>| match found {
                Some(value) => *value,
                None => self.read_initial(key),
            };
            let (a, b) = (value_of(a), value_of(b));
            let merged = if a == b {
                a
            } else {
                let hint = self.hint(key);
                let dst = self.new_value(&hint);
                if pure {
                    self.emit(Stmt::Let { dst, op: Op::Select(condition, a, b) });
                } else {
                    results.push((dst, a, b));
                }
                Operand::Value(dst)
            };
            self.code.env.insert(key, merged);
        }
        if !pure {
            let (then, otherwise) = (Block { statements: then_block }, Block { statements: else_block });
            self.emit(Stmt::If { condition, then, otherwise, results });
        }
    }

    /// Runs `then` if the condition holds.
    pub fn when(&mut self, condition: Operand, then: impl FnOnce(&mut Builder<'a>)) {
        self.branch(condition, then, |_| ());
    }

    fn hint(&self, key: Key) -> String {
        match key {
            Key::Variable(id) => self.mechanism.variable(id).name.clone(),
            Key::Global(_) => "table".to_owned(),
            Key::Voltage => "v".to_owned(),
            Key::Local(_) => "local".to_owned(),
            Key::Weight(_) => "weight".to_owned(),
            Key::Rate(unknown) => {
                let element = unknown.element.map_or(String::new(), |element| format!(".{element}"));
                format!("d.{}{element}", self.mechanism.variable(unknown.id).name)
            }
            Key::Flux(backward) => if backward { "b_flux" } else { "f_flux" }.to_owned(),
            Key::Residual(row) => format!("b.{row}"),
            Key::Matrix(row, column) => format!("a.{row}.{column}"),
        }
    }

    /// `while (condition) body`; both are called twice, the first time to learn what the body assigns.
    pub fn repeat(
        &mut self,
        condition: &mut dyn FnMut(&mut Builder<'a>) -> Operand,
        body: &mut dyn FnMut(&mut Builder<'a>),
    ) {
        let weights: Vec<Key> = self.code.env.keys().filter(|key| matches!(key, Key::Weight(_))).copied().collect();
        weights.iter().for_each(|key| self.forget(*key));
        let (assigned_by_header, assigned) = self.try_out(condition, body);
        if !assigned_by_header.is_empty() {
            self.repeat_with_effects(condition, body);
            return;
        }
        let mut carried = Vec::new();
        for key in &assigned {
            let first = self.read(*key);
            let hint = self.hint(*key);
            let dst = self.new_value(&hint);
            carried.push((*key, dst, first));
        }
        for (key, dst, _) in &carried {
            self.code.env.insert(*key, Operand::Value(*dst));
        }
        self.code.blocks.push(Vec::new());
        let holds = condition(self);
        let header = self.code.blocks.pop().unwrap_or_default();
        let at_exit = self.code.env.clone();
        self.code.blocks.push(Vec::new());
        body(self);
        let block = self.code.blocks.pop().unwrap_or_default();
        let after = std::mem::replace(&mut self.code.env, at_exit);
        let carried = carried.into_iter().map(|(key, dst, first)| {
            let next = after.get(&key).copied().unwrap_or(Operand::Value(dst));
            (dst, first, next)
        });
        let carried = carried.collect();
        let (header, body) = (Block { statements: header }, Block { statements: block });
        self.emit(Stmt::Loop { carried, header, condition: holds, body });
    }

    /// A condition that assigns is evaluated before the loop and at the end of each round.
    fn repeat_with_effects(
        &mut self,
        condition: &mut dyn FnMut(&mut Builder<'a>) -> Operand,
        body: &mut dyn FnMut(&mut Builder<'a>),
    ) {
        let go = self.new_local();
        let first = condition(self);
        self.write(go, first);
        self.repeat(&mut |builder| builder.read(go), &mut |builder| {
            body(builder);
            let next = condition(builder);
            builder.write(go, next);
        });
        self.forget(go);
    }

    /// What condition and body assign, found by making code that is thrown away.
    fn try_out(
        &mut self,
        condition: &mut dyn FnMut(&mut Builder<'a>) -> Operand,
        body: &mut dyn FnMut(&mut Builder<'a>),
    ) -> (Vec<Key>, Vec<Key>) {
        let saved = self.code.clone();
        let saved_kinetic = self.kinetic.clone();
        let saved_equations = self.equations.clone();
        let n_problems = self.problems.len();
        self.code.blocks.push(Vec::new());
        condition(self);
        let after_header = self.code.env.clone();
        body(self);
        let after_body = std::mem::take(&mut self.code.env);
        let changed = |after: &BTreeMap<Key, Operand>| -> Vec<Key> {
            let differs = |(key, value): &(&Key, &Operand)| {
                let temporary = match key {
                    Key::Weight(_) => true,
                    Key::Local(number) => *number > saved.next_local,
                    _ => false,
                };
                !temporary && saved.env.get(key) != Some(value)
            };
            after.iter().filter(differs).map(|(key, _)| *key).collect()
        };
        let (header, all) = (changed(&after_header), changed(&after_body));
        self.code = saved;
        self.kinetic = saved_kinetic;
        self.equations = saved_equations;
        self.problems.truncate(n_problems);
        (header, all)
    }

    // ----- calls remembered within one equation

    /// Until [`Builder::end_memo`], the same call in the same block is made once.
    pub fn begin_memo(&mut self) {
        self.memo_depth = Some(self.depth());
        self.code.memo.clear();
    }

    pub fn end_memo(&mut self) {
        self.memo_depth = None;
        self.code.memo.clear();
    }

    fn depth(&self) -> (usize, usize) {
        (self.code.blocks.len(), self.frames.len())
    }

    pub fn remembered(&self, expr: &hir::Expr) -> Option<Operand> {
        let same_frame = self.memo_depth.is_some_and(|(_, frames)| frames == self.frames.len());
        let found = self.code.memo.iter().find(|(known, _)| same_frame && known == expr);
        found.map(|(_, value)| *value)
    }

    pub fn remember(&mut self, expr: &hir::Expr, value: Operand) {
        if self.memo_depth == Some(self.depth()) {
            self.code.memo.push((expr.clone(), value));
        }
    }
}
