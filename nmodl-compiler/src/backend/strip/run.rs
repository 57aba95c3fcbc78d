//! Runs a plan over strips of rows. Every loop is over slices and inlined into one function that is compiled for the
//! vector instructions of this machine.

use std::ops::Range;

use mech_abi::{HostCall, IonVariable, KernelData, KernelError};

use super::instruction::{Arg, Instruction, Scalar, Shared};
use super::plan::Plan;
use crate::backend::{binary, unary};
use crate::kir::{Binary, Intrinsic, NodeField, Unary, Uniform};

/// Rows of a strip: some twenty registers of this length stay in the first cache.
pub(super) const STRIP: usize = 128;

/// The numbers that are the same for all rows.
pub(super) fn scalars(plan: &Plan, data: &KernelData<'_>, values: &mut Vec<f64>) {
    let truth = |yes: bool| f64::from(u8::from(yes));
    values.clear();
    for one in &plan.scalars {
        let get = |at: &u16| values[usize::from(*at)];
        let value = match one {
            Scalar::Const(number) => *number,
            Scalar::Global(at) => data.globals[*at as usize],
            Scalar::Charge(ion) => data.ions[data.ion_index[*ion as usize].species].charge,
            Scalar::Uniform(uniform) => match uniform {
                Uniform::T => data.times.t,
                Uniform::Dt => data.times.dt,
                Uniform::Celsius => data.times.celsius,
                Uniform::SecondOrder => f64::from(data.times.secondorder),
                Uniform::StateAdjust => truth(data.times.state_adjust),
                Uniform::Flag => data.flag,
                Uniform::HasWeights => truth(!data.weights.is_empty()),
            },
            Scalar::Unary(operation, a) => unary(*operation, get(a)),
            Scalar::Binary(operation, a, b) => binary(*operation, get(a), get(b)),
            Scalar::Select(c, a, b) => {
                if get(c) != 0.0 {
                    get(a)
                } else {
                    get(b)
                }
            }
            Scalar::Call(intrinsic, arguments) => {
                let mut all = [0.0; 5];
                all.iter_mut().zip(arguments).for_each(|(one, argument)| *one = get(argument));
                intrinsic.evaluate(&all[..arguments.len().min(5)])
            }
        };
        values.push(value);
    }
}

/// Registers of a plan.
pub(super) fn reserve(slots: &mut Vec<Vec<f64>>, plan: &Plan) {
    if slots.len() < plan.slots {
        slots.resize_with(plan.slots, || vec![0.0; STRIP]);
    }
}

/// Runs all of `data.rows`.
pub(super) fn run(plan: &Plan, scalars: &[f64], slots: &mut [Vec<f64>], kept: &[Vec<f64>], data: &mut KernelData<'_>) {
    pulp::Arch::new().dispatch(Run { code: &plan.code, scalars, slots, kept, keep: &mut [], data });
}

/// Runs the set-up over all of `data.rows`, which start at 0; the plan's own columns.
pub(super) fn set_up(plan: &Plan, scalars: &[f64], slots: &mut [Vec<f64>], data: &mut KernelData<'_>) -> Vec<Vec<f64>> {
    let mut keep = vec![vec![0.0; data.rows.end]; plan.kept];
    pulp::Arch::new().dispatch(Run { code: &plan.setup, scalars, slots, kept: &[], keep: &mut keep, data });
    keep
}

struct Run<'a, 'b> {
    code: &'a [Instruction],
    scalars: &'a [f64],
    slots: &'a mut [Vec<f64>],
    kept: &'a [Vec<f64>],
    keep: &'a mut [Vec<f64>],
    data: &'a mut KernelData<'b>,
}

impl pulp::WithSimd for Run<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(mut self, _: S) {
        let (mut start, end) = (self.data.rows.start, self.data.rows.end);
        while start < end {
            let rows = start..(start + STRIP).min(end);
            start = rows.end;
            self.strip(rows);
        }
    }
}

/// An operand over a strip.
#[derive(Clone, Copy)]
enum Source<'a> {
    Strip(&'a [f64]),
    One(f64),
}

#[inline(always)]
fn source<'a>(
    arg: Arg,
    scalars: &[f64],
    slots: &'a [Vec<f64>],
    columns: &'a [Vec<f64>],
    kept: &'a [Vec<f64>],
    rows: &Range<usize>,
) -> Source<'a> {
    match arg {
        Arg::Slot(slot) => Source::Strip(&slots[usize::from(slot)][..rows.len()]),
        Arg::Scalar(at) => Source::One(scalars[usize::from(at)]),
        Arg::Column(column) => Source::Strip(&columns[column as usize][rows.clone()]),
        Arg::Kept(at) => Source::Strip(&kept[usize::from(at)][rows.clone()]),
    }
}

#[inline(always)]
fn map(out: &mut [f64], a: Source<'_>, f: impl Fn(f64) -> f64) {
    match a {
        Source::Strip(a) => out.iter_mut().zip(a).for_each(
            #[inline(always)]
            |(out, a)| *out = f(*a),
        ),
        Source::One(a) => out.fill(f(a)),
    }
}

#[inline(always)]
fn map2(out: &mut [f64], a: Source<'_>, b: Source<'_>, f: impl Fn(f64, f64) -> f64) {
    match (a, b) {
        (Source::Strip(a), Source::Strip(b)) => out.iter_mut().zip(a).zip(b).for_each(
            #[inline(always)]
            |((out, a), b)| *out = f(*a, *b),
        ),
        (Source::Strip(a), Source::One(b)) => out.iter_mut().zip(a).for_each(
            #[inline(always)]
            |(out, a)| *out = f(*a, b),
        ),
        (Source::One(a), Source::Strip(b)) => out.iter_mut().zip(b).for_each(
            #[inline(always)]
            |(out, b)| *out = f(a, *b),
        ),
        (Source::One(a), Source::One(b)) => out.fill(f(a, b)),
    }
}

#[inline(always)]
fn pick(out: &mut [f64], c: Source<'_>, a: Source<'_>, b: Source<'_>) {
    let c = match c {
        Source::Strip(c) => c,
        Source::One(c) => {
            return map(
                out,
                if c != 0.0 { a } else { b },
                #[inline(always)]
                |x| x,
            );
        }
    };
    match (a, b) {
        (Source::Strip(a), Source::Strip(b)) => {
            for (((out, c), a), b) in out.iter_mut().zip(c).zip(a).zip(b) {
                *out = if *c != 0.0 { *a } else { *b };
            }
        }
        (Source::Strip(a), Source::One(b)) => {
            for ((out, c), a) in out.iter_mut().zip(c).zip(a) {
                *out = if *c != 0.0 { *a } else { b };
            }
        }
        (Source::One(a), Source::Strip(b)) => {
            for ((out, c), b) in out.iter_mut().zip(c).zip(b) {
                *out = if *c != 0.0 { a } else { *b };
            }
        }
        (Source::One(a), Source::One(b)) => {
            for (out, c) in out.iter_mut().zip(c) {
                *out = if *c != 0.0 { a } else { b };
            }
        }
    }
}

#[inline(always)]
fn arithmetic(operation: Binary, out: &mut [f64], a: Source<'_>, b: Source<'_>) {
    macro_rules! apply {
        ($f:expr) => {
            map2(
                out,
                a,
                b,
                #[inline(always)]
                $f,
            )
        };
    }
    match operation {
        Binary::Add => apply!(|a, b| a + b),
        Binary::Sub => apply!(|a, b| a - b),
        Binary::Mul => apply!(|a, b| a * b),
        Binary::Div => apply!(|a, b| a / b),
        Binary::Lt => apply!(|a, b| if a < b { 1.0 } else { 0.0 }),
        Binary::Le => apply!(|a, b| if a <= b { 1.0 } else { 0.0 }),
        Binary::Gt => apply!(|a, b| if a > b { 1.0 } else { 0.0 }),
        Binary::Ge => apply!(|a, b| if a >= b { 1.0 } else { 0.0 }),
        Binary::Eq => apply!(|a, b| if a == b { 1.0 } else { 0.0 }),
        Binary::Ne => apply!(|a, b| if a != b { 1.0 } else { 0.0 }),
    }
}

#[inline(always)]
fn call(intrinsic: Intrinsic, out: &mut [f64], arguments: &[Source<'_>]) {
    let [a, ..] = *arguments else { return };
    match intrinsic {
        Intrinsic::Exp => match a {
            Source::Strip(a) => {
                out.copy_from_slice(a);
                elementary::exp_strip(out);
            }
            Source::One(a) => out.fill(elementary::exp(a)),
        },
        Intrinsic::Fabs => map(out, a, f64::abs),
        Intrinsic::Sqrt => map(out, a, f64::sqrt),
        _ => {
            for (row, out) in out.iter_mut().enumerate() {
                let mut all = [0.0; 5];
                for (one, argument) in all.iter_mut().zip(arguments) {
                    *one = match argument {
                        Source::Strip(strip) => strip[row],
                        Source::One(number) => *number,
                    };
                }
                *out = intrinsic.evaluate(&all[..arguments.len().min(5)]);
            }
        }
    }
}

/// Whether indices follow one another without a gap.
#[inline(always)]
fn contiguous(index: &[u32]) -> bool {
    let first = index.first().copied().unwrap_or(0);
    index.iter().zip(first..).fold(true, |all, (one, expected)| all & (*one == expected))
}

#[inline(always)]
fn gather(out: &mut [f64], from: &[f64], index: &[u32]) {
    if contiguous(index) {
        let first = index.first().map_or(0, |one| *one as usize);
        out.copy_from_slice(&from[first..first + index.len()]);
    } else {
        for (out, at) in out.iter_mut().zip(index) {
            *out = from[*at as usize];
        }
    }
}

/// Adds in the order of rows; rows of one element that follow one another add up in a register first read from it.
#[inline(always)]
fn accumulate(to: &mut [f64], index: &[u32], value: Source<'_>, mask: Option<&[f64]>) {
    let (Source::Strip(value), None) = (value, mask) else {
        for (row, at) in index.iter().enumerate() {
            if mask.is_none_or(|mask| mask[row] != 0.0) {
                to[*at as usize] += match value {
                    Source::Strip(value) => value[row],
                    Source::One(value) => value,
                };
            }
        }
        return;
    };
    if contiguous(index) {
        let first = index.first().map_or(0, |one| *one as usize);
        for (to, value) in to[first..first + index.len()].iter_mut().zip(value) {
            *to += value;
        }
        return;
    }
    let Some(mut present) = index.first().map(|one| *one as usize) else { return };
    let mut sum = to[present];
    for (at, value) in index.iter().zip(value) {
        let at = *at as usize;
        if at != present {
            to[present] = sum;
            sum = to[at];
            present = at;
        }
        sum += value;
    }
    to[present] = sum;
}

#[inline(always)]
fn store(to: &mut [f64], index: &[u32], value: Source<'_>, mask: Option<&[f64]>) {
    for (row, at) in index.iter().enumerate() {
        if mask.is_none_or(|mask| mask[row] != 0.0) {
            to[*at as usize] = match value {
                Source::Strip(value) => value[row],
                Source::One(value) => value,
            };
        }
    }
}

/// The array of a shared place that kernels may change, and the element of each row.
#[inline(always)]
fn shared<'a>(
    place: Shared,
    nodes: &'a mut mech_abi::NodeArrays<'_>,
    node_index: &'a [u32],
    ions: &'a mut [mech_abi::IonArrays],
    ion_index: &'a [mech_abi::IonIndex],
    rows: &Range<usize>,
) -> (&'a mut [f64], &'a [u32]) {
    match place {
        Shared::Node(field) => {
            let array = match field {
                NodeField::Rhs => &mut *nodes.rhs,
                NodeField::D => &mut *nodes.d,
                _ => &mut *nodes.v,
            };
            (array, &node_index[rows.clone()])
        }
        Shared::Ion(ion, variable) => {
            let used = &ion_index[ion as usize];
            let arrays = &mut ions[used.species];
            let array = match variable {
                IonVariable::Reversal => &mut arrays.reversal,
                IonVariable::Inside => &mut arrays.inside,
                IonVariable::Outside => &mut arrays.outside,
                IonVariable::Current => &mut arrays.current,
                IonVariable::CurrentSlope => &mut arrays.slope,
            };
            (array, &used.index[rows.clone()])
        }
    }
}

impl Run<'_, '_> {
    #[inline(always)]
    fn strip(&mut self, rows: Range<usize>) {
        let Run { code, scalars, slots, kept, keep, data } = self;
        let n = rows.len();
        let mut at = 0;
        while let Some(instruction) = code.get(at) {
            at += 1;
            // A register that is filled is none of the operands, so it can be taken out while they are read.
            macro_rules! fill {
                ($slot:expr, |$out:ident| $body:expr) => {{
                    let slot: usize = usize::from(*$slot);
                    let mut register = std::mem::take(&mut slots[slot]);
                    {
                        let $out: &mut [f64] = &mut register[..n];
                        $body;
                    }
                    slots[slot] = register;
                }};
            }
            macro_rules! from {
                ($arg:expr) => {
                    source(*$arg, scalars, slots, data.columns, kept, &rows)
                };
            }
            match instruction {
                Instruction::Unary(operation, slot, a) => fill!(slot, |out| match operation {
                    Unary::Neg => map(
                        out,
                        from!(a),
                        #[inline(always)]
                        |a| -a
                    ),
                    Unary::Not => map(
                        out,
                        from!(a),
                        #[inline(always)]
                        |a| if a == 0.0 { 1.0 } else { 0.0 }
                    ),
                }),
                Instruction::Binary(operation, slot, a, b) => {
                    fill!(slot, |out| arithmetic(*operation, out, from!(a), from!(b)));
                }
                Instruction::Select(slot, c, a, b) => fill!(slot, |out| pick(out, from!(c), from!(a), from!(b))),
                Instruction::Call(intrinsic, slot, arguments) => fill!(slot, |out| {
                    let mut sources = [Source::One(0.0); 5];
                    for (to, argument) in sources.iter_mut().zip(arguments) {
                        *to = from!(argument);
                    }
                    call(*intrinsic, out, &sources[..arguments.len().min(5)]);
                }),
                Instruction::LoadColumn(slot, column) => {
                    fill!(slot, |out| out.copy_from_slice(&data.columns[*column as usize][rows.clone()]));
                }
                Instruction::Load(slot, place) => fill!(slot, |out| match place {
                    Shared::Node(NodeField::Area) => gather(out, data.nodes.area, &data.node_index[rows.clone()]),
                    Shared::Node(NodeField::Diam) => gather(out, data.nodes.diam, &data.node_index[rows.clone()]),
                    other => {
                        let (array, index) =
                            shared(*other, &mut data.nodes, data.node_index, data.ions, data.ion_index, &rows);
                        gather(out, array, index);
                    }
                }),
                Instruction::LoadStyle(slot, ion) => fill!(slot, |out| {
                    let used = &data.ion_index[*ion as usize];
                    let style = &data.ions[used.species].style;
                    for (out, at) in out.iter_mut().zip(&used.index[rows.clone()]) {
                        *out = f64::from(style[*at as usize]);
                    }
                }),
                Instruction::Lookup { dst, first, len, index, mask } => fill!(dst, |out| {
                    let index = from!(index);
                    let mask = mask_of(*mask, slots, data.columns, kept, &rows);
                    for (row, out) in out.iter_mut().enumerate() {
                        let number = match index {
                            Source::Strip(index) => index[row],
                            Source::One(index) => index,
                        };
                        let element = number as i64;
                        let inside = (0..i64::from(*len)).contains(&element);
                        if !inside && mask.is_none_or(|mask| mask[row] != 0.0) {
                            let error = [KernelError::Index.number()];
                            data.host.call(HostCall::Fail, rows.start + row, 0, &error);
                        }
                        *out = data.globals[*first as usize + if inside { element as usize } else { 0 }];
                    }
                }),
                Instruction::StoreColumn { column, value, mask } => {
                    let mut to = std::mem::take(&mut data.columns[*column as usize]);
                    let out = &mut to[rows.clone()];
                    let value = from!(value);
                    match mask_of(*mask, slots, data.columns, kept, &rows) {
                        None => map(
                            out,
                            value,
                            #[inline(always)]
                            |x| x,
                        ),
                        Some(mask) => masked(out, mask, value),
                    }
                    data.columns[*column as usize] = to;
                }
                Instruction::Keep(at, value) => {
                    let to = &mut keep[usize::from(*at)][rows.clone()];
                    map(
                        to,
                        from!(value),
                        #[inline(always)]
                        |x| x,
                    );
                }
                Instruction::StoreGlobal(global, value) => {
                    data.globals[*global as usize] = match from!(value) {
                        Source::Strip(value) => value[n - 1],
                        Source::One(value) => value,
                    };
                }
                Instruction::Store { to, value, mask } => {
                    let value = from!(value);
                    let (array, index) =
                        shared(*to, &mut data.nodes, data.node_index, data.ions, data.ion_index, &rows);
                    store(array, index, value, mask_of(*mask, slots, data.columns, kept, &rows));
                }
                Instruction::Accumulate { to, value, mask } => {
                    let value = from!(value);
                    let (array, index) =
                        shared(*to, &mut data.nodes, data.node_index, data.ions, data.ion_index, &rows);
                    accumulate(array, index, value, mask_of(*mask, slots, data.columns, kept, &rows));
                }
                Instruction::SkipUnlessAny { condition, truth, to } => {
                    let any = match from!(condition) {
                        Source::One(one) => (one != 0.0) == *truth,
                        Source::Strip(strip) => strip.iter().fold(false, |any, one| any | ((*one != 0.0) == *truth)),
                    };
                    if !any {
                        at = *to;
                    }
                }
            }
        }
    }
}

/// Masks are computed row by row, so they are never one number.
#[inline(always)]
fn mask_of<'a>(
    mask: Option<Arg>,
    slots: &'a [Vec<f64>],
    columns: &'a [Vec<f64>],
    kept: &'a [Vec<f64>],
    rows: &Range<usize>,
) -> Option<&'a [f64]> {
    match source(mask?, &[], slots, columns, kept, rows) {
        Source::Strip(mask) => Some(mask),
        Source::One(_) => None,
    }
}

#[inline(always)]
fn masked(out: &mut [f64], mask: &[f64], value: Source<'_>) {
    match value {
        Source::Strip(value) => {
            for ((out, mask), value) in out.iter_mut().zip(mask).zip(value) {
                *out = if *mask != 0.0 { *value } else { *out };
            }
        }
        Source::One(value) => {
            for (out, mask) in out.iter_mut().zip(mask) {
                *out = if *mask != 0.0 { value } else { *out };
            }
        }
    }
}
