//! Valid kernels made from a tape of numbers, for property tests: a shorter or smaller tape makes a simpler kernel.

use mech_abi::{
    Column, ColumnClass, Function, Global, GlobalClass, HostCall, IonUse, IonVariable, KernelKind, MechanismKind,
    MechanismLayout, NetReceive,
};

use super::{Binary, Block, Intrinsic, Kernel, NodeField, Op, Operand, Place, Stmt, Unary, Uniform, ValueId};

/// A layout with some of everything.
pub(crate) fn layout() -> MechanismLayout {
    let column = |name: &str, first, len| Column {
        name: name.to_owned(),
        class: ColumnClass::State,
        first,
        len,
        default: 0.1,
        unit: "mM".to_owned(),
        visible: true,
    };
    let global = |name: &str, first, len| Global {
        name: name.to_owned(),
        class: GlobalClass::Parameter,
        first,
        len,
        default: 0.3,
        unit: String::new(),
        visible: true,
    };
    let ion = |name: &str| IonUse { ion: name.to_owned(), charge: Some(1.0), reads: Vec::new(), writes: Vec::new() };
    MechanismLayout {
        name: "any".to_owned(),
        kind: MechanismKind::Density,
        source: "any.mod".to_owned(),
        columns: vec![column("m", 0, 1), column("x", 1, 3), column("h", 4, 1)],
        globals: vec![global("q10", 0, 1), global("rates.table.m", 1, 5), global("rates.from", 6, 1)],
        ions: vec![ion("na"), ion("ca")],
        electrode_current: false,
        has_current: true,
        net_receive: Some(NetReceive {
            arguments: vec!["w".to_owned(), "u".to_owned()],
            has_initial: false,
            sends_events: false,
        }),
        functions: vec![Function { name: "rates".to_owned(), arguments: vec!["v".to_owned()], has_value: true }],
        random_streams: 1,
        pointers: Vec::new(),
        externals: Vec::new(),
        function_tables: Vec::new(),
        watches: Vec::new(),
        constructor: None,
        diffusion: Vec::new(),
        vectors: 1,
        thread_safe: true,
        kernels: vec![KernelKind::State],
    }
}

/// A valid kernel for [`layout`].
pub(crate) fn kernel(tape: &[u16]) -> Kernel {
    let mut maker = Maker::new(tape);
    let kind = match maker.draw(3) {
        0 => KernelKind::State,
        1 => KernelKind::NetReceive,
        _ => KernelKind::Function(0),
    };
    maker.function = matches!(kind, KernelKind::Function(_));
    maker.scratch = maker.draw(24);
    let count = 3 + maker.draw(25);
    let body = maker.block(count, 0);
    Kernel { mechanism: "any".to_owned(), kind, names: maker.names, scratch: maker.scratch, body }
}

/// A valid kernel for [`layout`] without loops, host calls and memory of a row's own: what strips of rows can do, if
/// its rows do not depend on one another.
pub(crate) fn plain_kernel(tape: &[u16]) -> Kernel {
    let mut maker = Maker { plain: true, ..Maker::new(tape) };
    let count = 3 + maker.draw(25);
    let body = maker.block(count, 0);
    Kernel { mechanism: "any".to_owned(), kind: KernelKind::State, names: maker.names, scratch: 0, body }
}

struct Maker<'a> {
    tape: std::slice::Iter<'a, u16>,
    names: Vec<String>,
    visible: Vec<ValueId>,
    scratch: u32,
    function: bool,
    plain: bool,
}

const CONSTANTS: [f64; 16] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    2.0,
    3.9,
    -65.0,
    1e-310,
    1e300,
    f64::INFINITY,
    f64::NEG_INFINITY,
    0.1,
    701.0,
    -701.0,
    4.0,
];

impl<'a> Maker<'a> {
    fn new(tape: &'a [u16]) -> Maker<'a> {
        let tape = tape.iter();
        Maker { tape, names: Vec::new(), visible: Vec::new(), scratch: 0, function: false, plain: false }
    }

    /// A number below `n`; 0 when the tape is over.
    fn draw(&mut self, n: u32) -> u32 {
        self.tape.next().map_or(0, |number| u32::from(*number) % n)
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.draw(all.len() as u32) as usize]
    }

    fn new_value(&mut self) -> ValueId {
        let id = ValueId(self.names.len() as u32);
        self.names.push(format!("t{}", id.0));
        id
    }

    fn operand(&mut self) -> Operand {
        if self.visible.is_empty() || self.draw(4) == 0 {
            return Operand::Const(self.pick(&CONSTANTS));
        }
        let visible = self.visible.clone();
        Operand::Value(self.pick(&visible))
    }

    fn op(&mut self) -> Op {
        use Binary::{Add, Div, Eq, Ge, Gt, Le, Lt, Mul, Ne, Sub};
        use Uniform::{Celsius, Dt, Flag, HasWeights, SecondOrder, StateAdjust, T};
        match self.draw(7) {
            0 => Op::Copy(self.operand()),
            1 => Op::Unary(self.pick(&[Unary::Neg, Unary::Not]), self.operand()),
            2 | 3 => {
                let operation = self.pick(&[Add, Sub, Mul, Div, Lt, Le, Gt, Ge, Eq, Ne]);
                Op::Binary(operation, self.operand(), self.operand())
            }
            4 => Op::Select(self.operand(), self.operand(), self.operand()),
            5 => {
                let intrinsic = self.pick(&Intrinsic::ALL);
                Op::Call(intrinsic, (0..intrinsic.arity()).map(|_| self.operand()).collect())
            }
            _ => Op::Uniform(self.pick(&[T, Dt, Celsius, SecondOrder, StateAdjust, Flag, HasWeights])),
        }
    }

    fn ion(&mut self, variables: &[IonVariable]) -> Place {
        Place::Ion { ion: self.draw(2), variable: self.pick(variables) }
    }

    /// A place that can be loaded and stored.
    fn place(&mut self) -> Place {
        if self.plain {
            return match self.draw(8) {
                0..=4 => Place::Column(self.draw(5)),
                5 => Place::Global(self.draw(7)),
                6 => Place::Node(NodeField::V),
                _ => self.ion(&[IonVariable::Reversal, IonVariable::Inside, IonVariable::Outside]),
            };
        }
        match self.draw(10) {
            0 | 1 => Place::Column(self.draw(5)),
            2 => Place::ColumnAt { first: 1, len: 3, index: self.operand() },
            3 => Place::ColumnAt { first: 0, len: 2, index: self.operand() },
            4 => Place::Global(self.draw(7)),
            5 => Place::GlobalAt { first: 1, len: 5, index: self.operand() },
            6 => Place::Node(NodeField::V),
            7 => self.ion(&[IonVariable::Reversal, IonVariable::Inside, IonVariable::Outside]),
            8 if self.scratch > 0 => Place::Scratch(self.operand()),
            8 if self.function => Place::Result,
            _ => Place::Weight(if self.function { 0 } else { self.draw(2) }),
        }
    }

    /// A place that can be loaded.
    fn readable(&mut self) -> Place {
        if self.plain && self.draw(8) == 0 {
            return Place::GlobalAt { first: 1, len: 5, index: self.operand() };
        }
        match self.draw(6) {
            0 => Place::Node(self.pick(&[NodeField::Area, NodeField::Diam])),
            1 => Place::IonCharge(self.draw(2)),
            2 => Place::IonStyle(self.draw(2)),
            3 => self.ion(&[IonVariable::Current, IonVariable::CurrentSlope]),
            _ => self.place(),
        }
    }

    fn block(&mut self, count: u32, depth: u32) -> Block {
        let outside = self.visible.len();
        let block = self.open_block(count, depth);
        self.visible.truncate(outside);
        block
    }

    /// A block whose temporaries stay visible.
    fn open_block(&mut self, count: u32, depth: u32) -> Block {
        let mut statements = Vec::new();
        for _ in 0..count {
            let statement = self.statement(depth);
            statements.push(statement);
        }
        Block { statements }
    }

    fn statement(&mut self, depth: u32) -> Stmt {
        let kinds = match (depth < 3, self.plain) {
            (true, false) => 14,
            (false, false) => 12,
            (true, true) => 13,
            (false, true) => 11,
        };
        match self.draw(kinds) {
            0..=4 => {
                let op = self.op();
                let dst = self.new_value();
                self.visible.push(dst);
                Stmt::Let { dst, op }
            }
            5 | 6 => {
                let place = self.readable();
                let dst = self.new_value();
                self.visible.push(dst);
                Stmt::Load { dst, place }
            }
            7 | 8 => Stmt::Store { place: self.place(), value: self.operand() },
            9 | 10 => {
                let place = match self.draw(3) {
                    0 => Place::Node(NodeField::Rhs),
                    1 => Place::Node(NodeField::D),
                    _ => self.ion(&[IonVariable::Current, IonVariable::CurrentSlope]),
                };
                Stmt::Accumulate { place, value: self.operand() }
            }
            11 if self.plain => self.branch(depth),
            11 => {
                let call = self.pick(&HostCall::ALL);
                let arguments = (0..call.arity()).map(|_| self.operand()).collect();
                let dst = (call.has_value() && self.draw(4) > 0).then(|| self.new_value());
                self.visible.extend(dst);
                Stmt::Host { dst, call, slot: self.draw(2), arguments }
            }
            12 => self.branch(depth),
            _ => self.counted_loop(depth),
        }
    }

    fn branch(&mut self, depth: u32) -> Stmt {
        let condition = self.operand();
        let n_results = self.draw(3);
        let outside = self.visible.len();
        let count = self.draw(5);
        let then = self.open_block(count, depth + 1);
        let a: Vec<Operand> = (0..n_results).map(|_| self.operand()).collect();
        self.visible.truncate(outside);
        let count = self.draw(5);
        let otherwise = self.open_block(count, depth + 1);
        let b: Vec<Operand> = (0..n_results).map(|_| self.operand()).collect();
        self.visible.truncate(outside);
        let results: Vec<_> = a.into_iter().zip(b).map(|(a, b)| (self.new_value(), a, b)).collect();
        self.visible.extend(results.iter().map(|(dst, ..)| *dst));
        Stmt::If { condition, then, otherwise, results }
    }

    /// A loop of up to 4 rounds that carries its counter and up to two more.
    fn counted_loop(&mut self, depth: u32) -> Stmt {
        let rounds = Operand::Const(f64::from(self.draw(5)));
        let n_carried = self.draw(3);
        let firsts: Vec<Operand> = (0..n_carried).map(|_| self.operand()).collect();
        let counter = self.new_value();
        let others: Vec<ValueId> = firsts.iter().map(|_| self.new_value()).collect();
        self.visible.push(counter);
        self.visible.extend(&others);
        let outside = self.visible.len();
        let count = self.draw(3);
        let mut header = self.open_block(count, depth + 1);
        let more = self.new_value();
        header.statements.push(Stmt::Let { dst: more, op: Op::Binary(Binary::Lt, Operand::Value(counter), rounds) });
        self.visible.push(more);
        let count = self.draw(5);
        let mut body = self.open_block(count, depth + 1);
        let next = self.new_value();
        let one = Operand::Const(1.0);
        body.statements.push(Stmt::Let { dst: next, op: Op::Binary(Binary::Add, Operand::Value(counter), one) });
        let mut carried = vec![(counter, Operand::Const(0.0), Operand::Value(next))];
        for (dst, first) in others.iter().zip(firsts) {
            carried.push((*dst, first, self.operand()));
        }
        self.visible.truncate(outside);
        Stmt::Loop { carried, header, condition: Operand::Value(more), body }
    }
}
