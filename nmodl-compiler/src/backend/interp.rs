//! The reference interpreter: the meaning of kernels, in safe code.

use std::collections::BTreeMap;
use std::sync::Arc;

use mech_abi::{
    CompiledMechanism, HostCall, IonVariable, Kernel as RunKernel, KernelData, KernelError, KernelKind, MechanismLayout,
};

use super::{BackendError, KernelBackend, Shape};
use crate::kir::{Binary, Block, Kernel, NodeField, Op, Operand, Place, Stmt, Unary, Uniform, validate};

/// Interprets kernels.
#[derive(Debug, Clone, Copy, Default)]
pub struct Interp;

impl KernelBackend for Interp {
    fn compile(&self, layout: Arc<MechanismLayout>, kernels: &[Kernel]) -> Result<CompiledMechanism, BackendError> {
        let mut all: BTreeMap<KernelKind, Arc<dyn RunKernel>> = BTreeMap::new();
        for kernel in kernels {
            validate(kernel, &layout)?;
            let shape = Shape::new(&layout, kernel.kind);
            all.insert(kernel.kind, Arc::new(Interpreted { kernel: kernel.clone(), shape }));
        }
        Ok(CompiledMechanism { layout, kernels: all })
    }
}

#[derive(Debug)]
struct Interpreted {
    kernel: Kernel,
    shape: Shape,
}

impl RunKernel for Interpreted {
    fn run(&self, data: &mut KernelData<'_>) -> Result<(), KernelError> {
        self.shape.check(data)?;
        let mut values = vec![0.0; self.kernel.names.len()];
        let mut scratch = vec![0.0; self.kernel.scratch as usize];
        // An event that no NetCon sent has no weights: reads give 0 and writes go nowhere.
        let mut no_weights = vec![0.0; self.shape.weights];
        for row in data.rows.clone() {
            scratch.fill(0.0);
            let mut run = Row { data, row, values: &mut values, scratch: &mut scratch, no_weights: &mut no_weights };
            run.block(&self.kernel.body);
        }
        Ok(())
    }
}

struct Row<'a, 'b> {
    data: &'a mut KernelData<'b>,
    row: usize,
    values: &'a mut [f64],
    scratch: &'a mut [f64],
    no_weights: &'a mut [f64],
}

fn truth(yes: bool) -> f64 {
    f64::from(u8::from(yes))
}

/// The meaning of one-operand arithmetic.
pub(crate) fn unary(operation: Unary, a: f64) -> f64 {
    match operation {
        Unary::Neg => -a,
        Unary::Not => truth(a == 0.0),
    }
}

/// The meaning of two-operand arithmetic.
pub(crate) fn binary(operation: Binary, a: f64, b: f64) -> f64 {
    match operation {
        Binary::Add => a + b,
        Binary::Sub => a - b,
        Binary::Mul => a * b,
        Binary::Div => a / b,
        Binary::Lt => truth(a < b),
        Binary::Le => truth(a <= b),
        Binary::Gt => truth(a > b),
        Binary::Ge => truth(a >= b),
        Binary::Eq => truth(a == b),
        Binary::Ne => truth(a != b),
    }
}

impl Row<'_, '_> {
    fn operand(&self, operand: &Operand) -> f64 {
        match operand {
            Operand::Value(value) => self.values[value.0 as usize],
            Operand::Const(number) => *number,
        }
    }

    fn op(&self, op: &Op) -> f64 {
        match op {
            Op::Copy(a) => self.operand(a),
            Op::Unary(operation, a) => unary(*operation, self.operand(a)),
            Op::Binary(operation, a, b) => binary(*operation, self.operand(a), self.operand(b)),
            Op::Select(c, a, b) => {
                if self.operand(c) != 0.0 {
                    self.operand(a)
                } else {
                    self.operand(b)
                }
            }
            Op::Call(intrinsic, arguments) => {
                let mut values = [0.0; 5];
                for (value, argument) in values.iter_mut().zip(arguments) {
                    *value = self.operand(argument);
                }
                intrinsic.evaluate(&values[..arguments.len().min(5)])
            }
            Op::Uniform(uniform) => {
                let times = &self.data.times;
                match uniform {
                    Uniform::T => times.t,
                    Uniform::Dt => times.dt,
                    Uniform::Celsius => times.celsius,
                    Uniform::SecondOrder => f64::from(times.secondorder),
                    Uniform::StateAdjust => truth(times.state_adjust),
                    Uniform::Flag => self.data.flag,
                    Uniform::HasWeights => truth(!self.data.weights.is_empty()),
                }
            }
        }
    }

    /// An index in 0..len; outside it the host is told and element 0 stands in.
    fn index(&mut self, index: &Operand, len: u32) -> usize {
        let index = self.operand(index) as i64;
        match usize::try_from(index) {
            Ok(at) if at < len as usize => at,
            _ => {
                self.data.host.call(HostCall::Fail, self.row, 0, &[KernelError::Index.number()]);
                0
            }
        }
    }

    /// The memory of a place. Charge and style are numbers of other types: see `load`.
    fn place(&mut self, place: &Place) -> &mut f64 {
        let row = self.row;
        match place {
            Place::Column(at) => &mut self.data.columns[*at as usize][row],
            Place::ColumnAt { first, len, index } => {
                let at = *first as usize + self.index(index, *len);
                &mut self.data.columns[at][row]
            }
            Place::Global(at) => &mut self.data.globals[*at as usize],
            Place::GlobalAt { first, len, index } => {
                let at = *first as usize + self.index(index, *len);
                &mut self.data.globals[at]
            }
            Place::Node(field) => {
                let node = self.data.node_index[row] as usize;
                match field {
                    NodeField::Rhs => &mut self.data.nodes.rhs[node],
                    NodeField::D => &mut self.data.nodes.d[node],
                    _ => &mut self.data.nodes.v[node],
                }
            }
            Place::Ion { ion, variable } => {
                let used = &self.data.ion_index[*ion as usize];
                let at = used.index[row] as usize;
                let arrays = &mut self.data.ions[used.species];
                match variable {
                    IonVariable::Reversal => &mut arrays.reversal[at],
                    IonVariable::Inside => &mut arrays.inside[at],
                    IonVariable::Outside => &mut arrays.outside[at],
                    IonVariable::Current => &mut arrays.current[at],
                    IonVariable::CurrentSlope => &mut arrays.slope[at],
                }
            }
            Place::Weight(at) => {
                if self.data.weights.is_empty() {
                    &mut self.no_weights[*at as usize]
                } else {
                    &mut self.data.weights[*at as usize]
                }
            }
            Place::Scratch(index) => {
                let at = self.index(index, self.scratch.len() as u32);
                &mut self.scratch[at]
            }
            Place::Result | Place::IonCharge(_) | Place::IonStyle(_) => &mut self.data.result,
        }
    }

    fn load(&mut self, place: &Place) -> f64 {
        let node = |data: &KernelData<'_>, row: usize| data.node_index[row] as usize;
        match place {
            Place::Node(NodeField::Area) => self.data.nodes.area[node(self.data, self.row)],
            Place::Node(NodeField::Diam) => self.data.nodes.diam[node(self.data, self.row)],
            Place::IonCharge(ion) => self.data.ions[self.data.ion_index[*ion as usize].species].charge,
            Place::IonStyle(ion) => {
                let used = &self.data.ion_index[*ion as usize];
                f64::from(self.data.ions[used.species].style[used.index[self.row] as usize])
            }
            other => *self.place(other),
        }
    }

    fn block(&mut self, block: &Block) {
        for statement in &block.statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Let { dst, op } => self.values[dst.0 as usize] = self.op(op),
            Stmt::Load { dst, place } => self.values[dst.0 as usize] = self.load(place),
            Stmt::Store { place, value } => {
                let value = self.operand(value);
                *self.place(place) = value;
            }
            Stmt::Accumulate { place, value } => {
                let value = self.operand(value);
                *self.place(place) += value;
            }
            Stmt::If { condition, then, otherwise, results } => {
                let yes = self.operand(condition) != 0.0;
                self.block(if yes { then } else { otherwise });
                for (dst, a, b) in results {
                    self.values[dst.0 as usize] = self.operand(if yes { a } else { b });
                }
            }
            Stmt::Loop { carried, header, condition, body } => {
                for (dst, first, _) in carried {
                    self.values[dst.0 as usize] = self.operand(first);
                }
                loop {
                    self.block(header);
                    if self.operand(condition) == 0.0 {
                        return;
                    }
                    self.block(body);
                    // All next values are of this round before any carried temporary changes.
                    let next: Vec<f64> = carried.iter().map(|(_, _, next)| self.operand(next)).collect();
                    for ((dst, ..), value) in carried.iter().zip(next) {
                        self.values[dst.0 as usize] = value;
                    }
                }
            }
            Stmt::Host { dst, call, slot, arguments } => {
                let mut values = [0.0; 3];
                for (value, argument) in values.iter_mut().zip(arguments) {
                    *value = self.operand(argument);
                }
                let answer = self.data.host.call(*call, self.row, *slot, &values[..arguments.len().min(3)]);
                if let Some(dst) = dst {
                    self.values[dst.0 as usize] = answer;
                }
            }
        }
    }
}
