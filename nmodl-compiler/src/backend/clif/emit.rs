//! One kernel to Cranelift IR: a loop over rows around the kernel's body.
//!
//! Base addresses and scalars that the kernel uses are loaded once before the loop. Structured branches become blocks
//! whose parameters are the results. Comparisons keep their condition beside the 1.0 or 0.0, so that a branch on them
//! needs no second comparison.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::{offset_of, size_of};

use cranelift::codegen::ir::{
    BlockArg, ExtFuncData, ExternalName, FuncRef, Function, MemFlagsData, StackSlotData, StackSlotKind,
};
use cranelift::codegen::isa::{CallConv, TargetFrontendConfig};
use cranelift::jit::JITModule;
use cranelift::module::{Linkage, Module};
use cranelift::prelude::types::{F64, I32, I64};
use cranelift::prelude::*;
use mech_abi::{HostCall, IonVariable, KernelError, MechanismKind, MechanismLayout};

use super::call::{RawArgs, RawIon};
use crate::kir::{self, Binary, Intrinsic, Kernel, NodeField, Op, Operand, Place, Stmt, Unary, Uniform};

/// Where functions that a kernel calls are declared.
pub(super) trait Imports {
    /// A reference to `name` with this signature, usable in `function`.
    fn import(&mut self, name: &str, signature: Signature, function: &mut Function) -> FuncRef;
}

impl Imports for JITModule {
    fn import(&mut self, name: &str, signature: Signature, function: &mut Function) -> FuncRef {
        // Signatures of one name never differ and names are ours, so declaring cannot fail.
        match self.declare_function(name, Linkage::Import, &signature) {
            Ok(id) => self.declare_func_in_func(id, function),
            Err(error) => unreachable!("import of {name}: {error}"),
        }
    }
}

/// Imports by name only, for text.
#[derive(Debug, Default)]
pub(super) struct NamedImports;

impl Imports for NamedImports {
    fn import(&mut self, name: &str, signature: Signature, function: &mut Function) -> FuncRef {
        let signature = function.import_signature(signature);
        let name = ExternalName::testcase(name);
        function.import_function(ExtFuncData { name, signature, colocated: false, patchable: false })
    }
}

/// Fills `function` with the code of a validated kernel.
pub(super) fn emit(
    kernel: &Kernel,
    layout: &MechanismLayout,
    function: &mut Function,
    shared: &mut FunctionBuilderContext,
    imports: &mut dyn Imports,
    config: TargetFrontendConfig,
    convention: CallConv,
) {
    let mut signature = Signature::new(convention);
    signature.params.push(AbiParam::new(I64));
    function.signature = signature;
    let uses = Uses::of(kernel);
    let has_nodes = layout.kind != MechanismKind::ArtificialCell;
    let mut functions = BTreeMap::new();
    for intrinsic in uses.intrinsics.iter().filter(|intrinsic| !is_instruction(**intrinsic)) {
        let mut signature = Signature::new(convention);
        signature.params.extend(std::iter::repeat_n(AbiParam::new(F64), intrinsic.arity()));
        signature.returns.push(AbiParam::new(F64));
        functions.insert(*intrinsic, imports.import(intrinsic.name(), signature, function));
    }
    let mut ask = Signature::new(convention);
    ask.params.extend([I64, I64, I64, I64, I64, I64].map(AbiParam::new));
    ask.returns.push(AbiParam::new(F64));

    let mut b = FunctionBuilder::new(function, shared);
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let args = b.block_params(entry)[0];
    let mut emitter = Emitter {
        args,
        row: args,
        row_offset: args,
        node_offset: None,
        ion_offsets: Vec::new(),
        columns: BTreeMap::new(),
        bases: Bases::default(),
        uniforms: BTreeMap::new(),
        functions,
        ask: None,
        ask_signature: ask,
        values: vec![None; kernel.names.len()],
        conditions: vec![None; kernel.names.len()],
        scratch: kernel.scratch,
        b: &mut b,
    };
    emitter.prologue(&uses, has_nodes);
    let first = emitter.argument(I64, offset_of!(RawArgs, first));
    let end = emitter.argument(I64, offset_of!(RawArgs, end));
    let head = emitter.b.create_block();
    let body = emitter.b.create_block();
    let exit = emitter.b.create_block();
    let row = emitter.b.append_block_param(head, I64);
    emitter.b.ins().jump(head, &[BlockArg::Value(first)]);
    emitter.b.switch_to_block(head);
    let more = emitter.b.ins().icmp(IntCC::UnsignedLessThan, row, end);
    emitter.b.ins().brif(more, body, &[], exit, &[]);
    emitter.b.switch_to_block(body);
    emitter.start_row(row, &uses, has_nodes);
    emitter.block(&kernel.body);
    let one = emitter.b.ins().iconst(I64, 1);
    let next = emitter.b.ins().iadd(row, one);
    emitter.b.ins().jump(head, &[BlockArg::Value(next)]);
    emitter.b.switch_to_block(exit);
    emitter.b.ins().return_(&[]);
    emitter.b.seal_all_blocks();
    b.finalize(config);
}

/// Functions with one exact result, which the machine gives as the library does. Where a machine lacks the
/// instruction, Cranelift calls the function of the same name, which is ours.
fn is_instruction(intrinsic: Intrinsic) -> bool {
    use Intrinsic::{Ceil, Fabs, Floor, Sqrt, Trunc};
    matches!(intrinsic, Sqrt | Fabs | Floor | Ceil | Trunc)
}

/// What a kernel touches: it decides what is loaded before the loop.
#[derive(Debug, Default)]
struct Uses {
    columns: BTreeSet<u32>,
    column_arrays: bool,
    fields: BTreeSet<NodeField>,
    ions: BTreeSet<(u32, IonVariable)>,
    styles: BTreeSet<u32>,
    charges: BTreeSet<u32>,
    globals: bool,
    weights: bool,
    result: bool,
    scratch: bool,
    host: bool,
    uniforms: BTreeSet<Uniform>,
    intrinsics: BTreeSet<Intrinsic>,
}

impl Uses {
    fn of(kernel: &Kernel) -> Uses {
        let mut uses = Uses::default();
        uses.block(&kernel.body);
        uses.scratch |= kernel.scratch > 0;
        uses
    }

    fn block(&mut self, block: &kir::Block) {
        for statement in &block.statements {
            match statement {
                Stmt::Let { op: Op::Call(intrinsic, _), .. } => {
                    self.intrinsics.insert(*intrinsic);
                }
                Stmt::Let { op: Op::Uniform(uniform), .. } => {
                    self.uniforms.insert(*uniform);
                }
                Stmt::Let { .. } => {}
                Stmt::Load { place, .. } | Stmt::Store { place, .. } | Stmt::Accumulate { place, .. } => {
                    self.place(place);
                }
                Stmt::If { then, otherwise, .. } => {
                    self.block(then);
                    self.block(otherwise);
                }
                Stmt::Loop { header, body, .. } => {
                    self.block(header);
                    self.block(body);
                }
                Stmt::Host { .. } => self.host = true,
            }
        }
    }

    fn place(&mut self, place: &Place) {
        match place {
            Place::Column(at) => {
                self.columns.insert(*at);
            }
            Place::ColumnAt { .. } => {
                self.column_arrays = true;
                self.host = true;
            }
            Place::Global(_) => self.globals = true,
            Place::GlobalAt { .. } => {
                self.globals = true;
                self.host = true;
            }
            Place::Node(field) => {
                self.fields.insert(*field);
            }
            Place::Ion { ion, variable } => {
                self.ions.insert((*ion, *variable));
            }
            Place::IonCharge(ion) => {
                self.charges.insert(*ion);
            }
            Place::IonStyle(ion) => {
                self.styles.insert(*ion);
            }
            Place::Weight(_) => self.weights = true,
            Place::Result => self.result = true,
            Place::Scratch(_) => {
                self.scratch = true;
                self.host = true;
            }
        }
    }

    fn ion_rows(&self) -> BTreeSet<u32> {
        self.ions.iter().map(|(ion, _)| *ion).chain(self.styles.iter().copied()).collect()
    }
}

/// Base addresses loaded before the loop.
#[derive(Debug, Default)]
struct Bases {
    column_array: Option<Value>,
    node_index: Option<Value>,
    fields: BTreeMap<NodeField, Value>,
    ions: BTreeMap<(u32, IonVariable), Value>,
    styles: BTreeMap<u32, Value>,
    charges: BTreeMap<u32, Value>,
    ion_index: BTreeMap<u32, Value>,
    globals: Option<Value>,
    weights: Option<Value>,
    result: Option<Value>,
    scratch: Option<Value>,
    host: Option<Value>,
}

struct Emitter<'a, 'b> {
    args: Value,
    row: Value,
    /// Byte offset of the row in arrays of doubles.
    row_offset: Value,
    node_offset: Option<Value>,
    /// Ion, byte offset of its element in arrays of doubles.
    ion_offsets: Vec<(u32, Value)>,
    columns: BTreeMap<u32, Value>,
    bases: Bases,
    uniforms: BTreeMap<Uniform, Value>,
    functions: BTreeMap<Intrinsic, FuncRef>,
    ask: Option<Value>,
    ask_signature: Signature,
    values: Vec<Option<Value>>,
    /// Comparisons as the machine's condition, beside their number.
    conditions: Vec<Option<Value>>,
    scratch: u32,
    b: &'a mut FunctionBuilder<'b>,
}

/// Addresses are checked before the call: loads neither trap nor are misaligned.
fn trusted() -> MemFlagsData {
    MemFlagsData::trusted()
}

/// Validated layouts are small enough for every offset.
fn offset(bytes: usize) -> i32 {
    i32::try_from(bytes).unwrap_or(i32::MAX)
}

impl Emitter<'_, '_> {
    fn argument(&mut self, of: Type, at: usize) -> Value {
        self.b.ins().load(of, trusted(), self.args, offset(at))
    }

    fn prologue(&mut self, uses: &Uses, has_nodes: bool) {
        if !uses.columns.is_empty() || uses.column_arrays {
            let array = self.argument(I64, offset_of!(RawArgs, columns));
            self.bases.column_array = Some(array);
            for column in &uses.columns {
                let base = self.b.ins().load(I64, trusted(), array, offset(*column as usize * size_of::<usize>()));
                self.columns.insert(*column, base);
            }
        }
        if has_nodes && !uses.fields.is_empty() {
            let base = self.argument(I64, offset_of!(RawArgs, node_index));
            self.bases.node_index = Some(base);
        }
        for field in &uses.fields {
            let at = match field {
                NodeField::V => offset_of!(RawArgs, v),
                NodeField::Rhs => offset_of!(RawArgs, rhs),
                NodeField::D => offset_of!(RawArgs, d),
                NodeField::Area => offset_of!(RawArgs, area),
                NodeField::Diam => offset_of!(RawArgs, diam),
            };
            let base = self.argument(I64, at);
            self.bases.fields.insert(*field, base);
        }
        let rows = uses.ion_rows();
        if !rows.is_empty() || !uses.charges.is_empty() {
            let array = self.argument(I64, offset_of!(RawArgs, ions));
            let of_ion = |emitter: &mut Self, kind: Type, ion: u32, field: usize| {
                let at = offset(ion as usize * size_of::<RawIon>() + field);
                emitter.b.ins().load(kind, trusted(), array, at)
            };
            for ion in rows {
                let base = of_ion(self, I64, ion, offset_of!(RawIon, index));
                self.bases.ion_index.insert(ion, base);
            }
            for (ion, variable) in &uses.ions {
                let field = match variable {
                    IonVariable::Reversal => offset_of!(RawIon, reversal),
                    IonVariable::Inside => offset_of!(RawIon, inside),
                    IonVariable::Outside => offset_of!(RawIon, outside),
                    IonVariable::Current => offset_of!(RawIon, current),
                    IonVariable::CurrentSlope => offset_of!(RawIon, slope),
                };
                let base = of_ion(self, I64, *ion, field);
                self.bases.ions.insert((*ion, *variable), base);
            }
            for ion in &uses.styles {
                let base = of_ion(self, I64, *ion, offset_of!(RawIon, style));
                self.bases.styles.insert(*ion, base);
            }
            for ion in &uses.charges {
                let charge = of_ion(self, F64, *ion, offset_of!(RawIon, charge));
                self.bases.charges.insert(*ion, charge);
            }
        }
        let base = |emitter: &mut Self, used: bool, at: usize| used.then(|| emitter.argument(I64, at));
        self.bases.globals = base(self, uses.globals, offset_of!(RawArgs, globals));
        self.bases.weights = base(self, uses.weights, offset_of!(RawArgs, weights));
        self.bases.result = base(self, uses.result, offset_of!(RawArgs, result));
        self.bases.scratch = base(self, uses.scratch, offset_of!(RawArgs, scratch));
        self.bases.host = base(self, uses.host, offset_of!(RawArgs, host));
        self.ask = base(self, uses.host, offset_of!(RawArgs, ask));
        for uniform in &uses.uniforms {
            let at = match uniform {
                Uniform::T => offset_of!(RawArgs, t),
                Uniform::Dt => offset_of!(RawArgs, dt),
                Uniform::Celsius => offset_of!(RawArgs, celsius),
                Uniform::SecondOrder => offset_of!(RawArgs, secondorder),
                Uniform::StateAdjust => offset_of!(RawArgs, state_adjust),
                Uniform::Flag => offset_of!(RawArgs, flag),
                Uniform::HasWeights => offset_of!(RawArgs, has_weights),
            };
            let value = self.argument(F64, at);
            self.uniforms.insert(*uniform, value);
        }
    }

    /// Byte offset into doubles of the element that a table of 32-bit indices gives for this row.
    fn indexed(&mut self, table: Value) -> Value {
        let at = self.b.ins().ishl_imm_u(self.row, 2);
        let at = self.b.ins().iadd(table, at);
        let index = self.b.ins().uload32(trusted(), at, 0);
        self.b.ins().ishl_imm_u(index, 3)
    }

    fn start_row(&mut self, row: Value, uses: &Uses, has_nodes: bool) {
        self.row = row;
        self.row_offset = self.b.ins().ishl_imm_u(row, 3);
        if has_nodes && let Some(table) = self.bases.node_index {
            self.node_offset = Some(self.indexed(table));
        }
        for ion in uses.ion_rows() {
            if let Some(table) = self.bases.ion_index.get(&ion).copied() {
                let at = self.indexed(table);
                self.ion_offsets.push((ion, at));
            }
        }
        if let Some(scratch) = self.bases.scratch {
            self.clear(scratch);
        }
    }

    /// Zeroes the scratch memory of the row: straight while it is short.
    fn clear(&mut self, scratch: Value) {
        let zero = self.b.ins().f64const(0.0);
        if self.scratch <= 16 {
            for at in 0..self.scratch {
                self.b.ins().store(trusted(), zero, scratch, offset(at as usize * 8));
            }
            return;
        }
        let (head, on) = (self.b.create_block(), self.b.create_block());
        let at = self.b.append_block_param(head, I64);
        let first = self.b.ins().iconst(I64, 0);
        self.b.ins().jump(head, &[BlockArg::Value(first)]);
        self.b.switch_to_block(head);
        let address = self.b.ins().iadd(scratch, at);
        self.b.ins().store(trusted(), zero, address, 0);
        let eight = self.b.ins().iconst(I64, 8);
        let next = self.b.ins().iadd(at, eight);
        let end = self.b.ins().iconst(I64, i64::from(self.scratch) * 8);
        let more = self.b.ins().icmp(IntCC::UnsignedLessThan, next, end);
        self.b.ins().brif(more, head, &[BlockArg::Value(next)], on, &[]);
        self.b.switch_to_block(on);
    }

    fn operand(&mut self, operand: &Operand) -> Value {
        match operand {
            Operand::Const(number) => self.b.ins().f64const(*number),
            Operand::Value(value) => match self.values[value.0 as usize] {
                Some(value) => value,
                None => unreachable!("validated kernels define temporaries before use"),
            },
        }
    }

    /// The operand as a condition: anything but 0.
    fn condition(&mut self, operand: &Operand) -> Value {
        if let Operand::Value(value) = operand
            && let Some(condition) = self.conditions[value.0 as usize]
        {
            return condition;
        }
        let value = self.operand(operand);
        let zero = self.b.ins().f64const(0.0);
        self.b.ins().fcmp(FloatCC::NotEqual, value, zero)
    }

    fn number(&mut self, condition: Value) -> Value {
        let one = self.b.ins().f64const(1.0);
        let zero = self.b.ins().f64const(0.0);
        self.b.ins().select(condition, one, zero)
    }

    fn set(&mut self, dst: kir::ValueId, value: Value) {
        self.values[dst.0 as usize] = Some(value);
    }

    fn op(&mut self, dst: kir::ValueId, op: &Op) {
        let value = match op {
            Op::Copy(a) => self.operand(a),
            Op::Unary(Unary::Neg, a) => {
                let a = self.operand(a);
                self.b.ins().fneg(a)
            }
            Op::Unary(Unary::Not, a) => {
                let a = self.operand(a);
                let zero = self.b.ins().f64const(0.0);
                let condition = self.b.ins().fcmp(FloatCC::Equal, a, zero);
                self.conditions[dst.0 as usize] = Some(condition);
                self.number(condition)
            }
            Op::Binary(binary, a, b) => {
                let (a, b) = (self.operand(a), self.operand(b));
                let code = match binary {
                    Binary::Add => return self.set_arithmetic(dst, |ins| ins.fadd(a, b)),
                    Binary::Sub => return self.set_arithmetic(dst, |ins| ins.fsub(a, b)),
                    Binary::Mul => return self.set_arithmetic(dst, |ins| ins.fmul(a, b)),
                    Binary::Div => return self.set_arithmetic(dst, |ins| ins.fdiv(a, b)),
                    Binary::Lt => FloatCC::LessThan,
                    Binary::Le => FloatCC::LessThanOrEqual,
                    Binary::Gt => FloatCC::GreaterThan,
                    Binary::Ge => FloatCC::GreaterThanOrEqual,
                    Binary::Eq => FloatCC::Equal,
                    Binary::Ne => FloatCC::NotEqual,
                };
                let condition = self.b.ins().fcmp(code, a, b);
                self.conditions[dst.0 as usize] = Some(condition);
                self.number(condition)
            }
            Op::Select(c, a, b) => {
                let c = self.condition(c);
                let (a, b) = (self.operand(a), self.operand(b));
                self.b.ins().select(c, a, b)
            }
            Op::Call(intrinsic, arguments) => {
                let arguments: Vec<Value> = arguments.iter().map(|one| self.operand(one)).collect();
                match intrinsic {
                    Intrinsic::Sqrt => self.b.ins().sqrt(arguments[0]),
                    Intrinsic::Fabs => self.b.ins().fabs(arguments[0]),
                    Intrinsic::Floor => self.b.ins().floor(arguments[0]),
                    Intrinsic::Ceil => self.b.ins().ceil(arguments[0]),
                    Intrinsic::Trunc => self.b.ins().trunc(arguments[0]),
                    other => {
                        let call = self.b.ins().call(self.functions[other], &arguments);
                        self.b.inst_results(call)[0]
                    }
                }
            }
            Op::Uniform(uniform) => self.uniforms[uniform],
        };
        self.set(dst, value);
    }

    fn set_arithmetic(
        &mut self,
        dst: kir::ValueId,
        make: impl FnOnce(cranelift::frontend::FuncInstBuilder<'_, '_>) -> Value,
    ) {
        let value = make(self.b.ins());
        self.set(dst, value);
    }

    /// An index in 0..len; outside it the host is told and element 0 stands in.
    fn index(&mut self, index: &Operand, len: u32) -> Value {
        let index = self.operand(index);
        let index = self.b.ins().fcvt_to_sint_sat(I64, index);
        let len = self.b.ins().iconst(I64, i64::from(len));
        let fine = self.b.ins().icmp(IntCC::UnsignedLessThan, index, len);
        let wrong = self.b.create_block();
        self.b.set_cold_block(wrong);
        let on = self.b.create_block();
        let at = self.b.append_block_param(on, I64);
        self.b.ins().brif(fine, on, &[BlockArg::Value(index)], wrong, &[]);
        self.b.switch_to_block(wrong);
        let number = self.b.ins().f64const(KernelError::Index.number());
        self.host(HostCall::Fail, 0, &[number]);
        let zero = self.b.ins().iconst(I64, 0);
        self.b.ins().jump(on, &[BlockArg::Value(zero)]);
        self.b.switch_to_block(on);
        at
    }

    fn host(&mut self, call: HostCall, slot: u32, arguments: &[Value]) -> Value {
        let size = u32::try_from(arguments.len().max(1) * 8).unwrap_or(u32::MAX);
        let frame = self.b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, size, 3));
        for (at, argument) in arguments.iter().enumerate() {
            self.b.ins().stack_store(I64, *argument, frame, offset(at * 8));
        }
        let number = HostCall::ALL.iter().position(|one| *one == call).unwrap_or_default();
        let number = self.b.ins().iconst(I64, number as i64);
        let slot = self.b.ins().iconst(I64, i64::from(slot));
        let address = self.b.ins().stack_addr(I64, frame, 0);
        let count = self.b.ins().iconst(I64, arguments.len() as i64);
        let signature = self.b.import_signature(self.ask_signature.clone());
        let (Some(ask), Some(host)) = (self.ask, self.bases.host) else {
            unreachable!("kernels that ask the host have loaded it")
        };
        let call = self.b.ins().call_indirect(signature, ask, &[host, number, self.row, slot, address, count]);
        self.b.inst_results(call)[0]
    }

    /// Address and constant offset of a place of doubles.
    fn address(&mut self, place: &Place) -> (Value, i32) {
        let base = |base: Option<Value>| match base {
            Some(base) => base,
            None => unreachable!("bases of all used places are loaded"),
        };
        match place {
            Place::Column(at) => (self.b.ins().iadd(self.columns[at], self.row_offset), 0),
            Place::ColumnAt { first, len, index } => {
                let at = self.index(index, *len);
                let at = self.b.ins().ishl_imm_u(at, 3);
                let array = base(self.bases.column_array);
                let at = self.b.ins().iadd(array, at);
                let column = self.b.ins().load(I64, trusted(), at, offset(*first as usize * 8));
                (self.b.ins().iadd(column, self.row_offset), 0)
            }
            Place::Global(at) => (base(self.bases.globals), offset(*at as usize * 8)),
            Place::GlobalAt { first, len, index } => {
                let at = self.index(index, *len);
                let at = self.b.ins().ishl_imm_u(at, 3);
                let globals = base(self.bases.globals);
                (self.b.ins().iadd(globals, at), offset(*first as usize * 8))
            }
            Place::Node(field) => {
                let at = base(self.node_offset);
                (self.b.ins().iadd(self.bases.fields[field], at), 0)
            }
            Place::Ion { ion, variable } => {
                let at = self.ion_offset(*ion);
                (self.b.ins().iadd(self.bases.ions[&(*ion, *variable)], at), 0)
            }
            Place::Weight(at) => (base(self.bases.weights), offset(*at as usize * 8)),
            Place::Result => (base(self.bases.result), 0),
            Place::Scratch(index) => {
                let at = self.index(index, self.scratch);
                let at = self.b.ins().ishl_imm_u(at, 3);
                let scratch = base(self.bases.scratch);
                (self.b.ins().iadd(scratch, at), 0)
            }
            Place::IonCharge(_) | Place::IonStyle(_) => unreachable!("loaded by `load`, never stored"),
        }
    }

    fn ion_offset(&self, ion: u32) -> Value {
        match self.ion_offsets.iter().find(|(one, _)| *one == ion) {
            Some((_, at)) => *at,
            None => unreachable!("offsets of all used ions are loaded"),
        }
    }

    fn load(&mut self, place: &Place) -> Value {
        match place {
            Place::IonCharge(ion) => self.bases.charges[ion],
            Place::IonStyle(ion) => {
                let at = self.ion_offset(*ion);
                let at = self.b.ins().ushr_imm_u(at, 1);
                let at = self.b.ins().iadd(self.bases.styles[ion], at);
                let bits = self.b.ins().load(I32, trusted(), at, 0);
                let bits = self.b.ins().uextend(I64, bits);
                self.b.ins().fcvt_from_sint(F64, bits)
            }
            other => {
                let (base, at) = self.address(other);
                self.b.ins().load(F64, trusted(), base, at)
            }
        }
    }

    fn block(&mut self, block: &kir::Block) {
        for statement in &block.statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Let { dst, op } => self.op(*dst, op),
            Stmt::Load { dst, place } => {
                let value = self.load(place);
                self.set(*dst, value);
            }
            Stmt::Store { place, value } => {
                let value = self.operand(value);
                let (base, at) = self.address(place);
                self.b.ins().store(trusted(), value, base, at);
            }
            Stmt::Accumulate { place, value } => {
                let value = self.operand(value);
                let (base, at) = self.address(place);
                let old = self.b.ins().load(F64, trusted(), base, at);
                let sum = self.b.ins().fadd(old, value);
                self.b.ins().store(trusted(), sum, base, at);
            }
            Stmt::If { condition, then, otherwise, results } => {
                let condition = self.condition(condition);
                let (yes, no, on) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
                let merged: Vec<Value> = results.iter().map(|_| self.b.append_block_param(on, F64)).collect();
                self.b.ins().brif(condition, yes, &[], no, &[]);
                self.b.switch_to_block(yes);
                self.block(then);
                let values: Vec<BlockArg> = results.iter().map(|(_, a, _)| BlockArg::Value(self.operand(a))).collect();
                self.b.ins().jump(on, &values);
                self.b.switch_to_block(no);
                self.block(otherwise);
                let values: Vec<BlockArg> = results.iter().map(|(_, _, b)| BlockArg::Value(self.operand(b))).collect();
                self.b.ins().jump(on, &values);
                self.b.switch_to_block(on);
                for ((dst, ..), value) in results.iter().zip(merged) {
                    self.set(*dst, value);
                }
            }
            Stmt::Loop { carried, header, condition, body } => {
                let (head, inside, on) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
                let first: Vec<BlockArg> =
                    carried.iter().map(|(_, first, _)| BlockArg::Value(self.operand(first))).collect();
                self.b.ins().jump(head, &first);
                self.b.switch_to_block(head);
                for (dst, ..) in carried {
                    let value = self.b.append_block_param(head, F64);
                    self.set(*dst, value);
                }
                self.block(header);
                let condition = self.condition(condition);
                self.b.ins().brif(condition, inside, &[], on, &[]);
                self.b.switch_to_block(inside);
                self.block(body);
                let next: Vec<BlockArg> =
                    carried.iter().map(|(_, _, next)| BlockArg::Value(self.operand(next))).collect();
                self.b.ins().jump(head, &next);
                self.b.switch_to_block(on);
            }
            Stmt::Host { dst, call, slot, arguments } => {
                let arguments: Vec<Value> = arguments.iter().map(|one| self.operand(one)).collect();
                let answer = self.host(*call, *slot, &arguments);
                if let Some(dst) = dst {
                    self.set(*dst, answer);
                }
            }
        }
    }
}
