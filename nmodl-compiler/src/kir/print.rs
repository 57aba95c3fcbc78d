//! The text form of kernels.
//!
//! ```text
//! kernel hh state scratch 0 {
//!   %v = load node.v                ; mV
//!   %m = load column m
//!   %e = call exp %x                ; call NAME operands
//!   %a = div -1.0, %mtau
//!   if %c {                         ; then
//!     …
//!   } else {
//!     …
//!   } yield %r = (%x, %y)           ; value in then, value in else
//!   loop %i = (0.0, %next) {        ; first value, value for the next round
//!     %more = le %i, 5.0
//!   } while %more {
//!     %next = add %i, 1.0
//!   }
//!   store column m, %m1
//!   accumulate node.rhs, %r         ; memory that rows share
//!   %n = host stream_normal 0 ()    ; host NAME slot (arguments)
//! }
//! ```
//!
//! Numbers are the shortest decimal that reads back to the same bits (`inf`, and `nan:` with its bits). `;` starts a
//! remark (units) to the end of the line. Places are named by the layout: `column m`, `column x.2` (an element that is
//! known), `column x[%i]`, `global q10`, `node.v`, `ion na.reversal`, `charge na`, `style na`, `weight 0`, `result`,
//! `scratch[%i]`; what the layout has no unique plain name for is called by its number, `column #7` or `column #7:3[%i]`
//! (first slot, length).
//!
//! Reading gives temporaries numbers in the order of the text, so `read(print(k)) == k` for kernels that the pass
//! `renumber` has been over; for others the two differ in those numbers and in unused names only.

use std::fmt::Write;

use mech_abi::MechanismLayout;

use super::text::{
    BINARY, ION_VARIABLE, NODE_FIELD, UNARY, UNIFORM, array_name, columns, globals, ion_name, kind_name, name_of,
    slot_name,
};
use super::{Block, Kernel, Op, Operand, Place, Stmt, ValueId};

/// A kernel as text.
pub fn print(kernel: &Kernel, layout: &MechanismLayout) -> String {
    let kind = kind_name(kernel.kind, layout);
    let mut printer = Printer { kernel, layout, out: String::new() };
    let _ = writeln!(printer.out, "kernel {} {kind} scratch {} {{", kernel.mechanism, kernel.scratch);
    printer.block(&kernel.body, 1);
    printer.out.push_str("}\n");
    printer.out
}

/// The first line of a statement as text, without its remark, for messages.
pub(super) fn first_line(kernel: &Kernel, layout: &MechanismLayout, statement: &Stmt) -> String {
    let mut printer = Printer { kernel, layout, out: String::new() };
    printer.statement(statement, 0);
    let line = printer.out.lines().next().unwrap_or_default();
    line.split(';').next().unwrap_or_default().trim_end().to_owned()
}

struct Printer<'a> {
    kernel: &'a Kernel,
    layout: &'a MechanismLayout,
    out: String,
}

/// Column at which remarks start.
const MARGIN: usize = 44;

impl Printer<'_> {
    fn value(&self, value: ValueId) -> String {
        match self.kernel.names.get(value.0 as usize) {
            Some(name) => format!("%{name}"),
            None => format!("%?{}", value.0),
        }
    }

    fn operand(&self, operand: &Operand) -> String {
        match operand {
            Operand::Value(value) => self.value(*value),
            Operand::Const(number) => number_text(*number),
        }
    }

    fn operands(&self, operands: &[Operand]) -> String {
        operands.iter().map(|one| self.operand(one)).collect::<Vec<_>>().join(", ")
    }

    fn place(&self, place: &Place) -> String {
        let ion = |at: u32| ion_name(self.layout, at);
        match place {
            Place::Column(at) => format!("column {}", slot_name(columns(self.layout), *at)),
            Place::Global(at) => format!("global {}", slot_name(globals(self.layout), *at)),
            Place::ColumnAt { first, len, index } => {
                let array = array_name(columns(self.layout), *first, *len);
                format!("column {array}[{}]", self.operand(index))
            }
            Place::GlobalAt { first, len, index } => {
                let array = array_name(globals(self.layout), *first, *len);
                format!("global {array}[{}]", self.operand(index))
            }
            Place::Node(field) => name_of(&NODE_FIELD, field).to_owned(),
            Place::Ion { ion: at, variable } => format!("ion {}.{}", ion(*at), name_of(&ION_VARIABLE, variable)),
            Place::IonCharge(at) => format!("charge {}", ion(*at)),
            Place::IonStyle(at) => format!("style {}", ion(*at)),
            Place::Weight(at) => format!("weight {at}"),
            Place::Result => "result".to_owned(),
            Place::Scratch(index) => format!("scratch[{}]", self.operand(index)),
        }
    }

    /// Unit of a place, for the margin.
    fn unit(&self, place: &Place) -> String {
        let column = |at: u32| self.layout.columns.iter().find(|one| (one.first..one.first + one.len).contains(&at));
        let global = |at: u32| self.layout.globals.iter().find(|one| (one.first..one.first + one.len).contains(&at));
        match place {
            Place::Column(at) | Place::ColumnAt { first: at, .. } => column(*at).map(|one| one.unit.clone()),
            Place::Global(at) | Place::GlobalAt { first: at, .. } => global(*at).map(|one| one.unit.clone()),
            Place::Node(super::NodeField::V) => Some("mV".to_owned()),
            Place::Node(_)
            | Place::Ion { .. }
            | Place::IonCharge(_)
            | Place::IonStyle(_)
            | Place::Weight(_)
            | Place::Result
            | Place::Scratch(_) => None,
        }
        .unwrap_or_default()
    }

    fn line(&mut self, depth: usize, text: &str, remark: &str) {
        let line = format!("{}{text}", "  ".repeat(depth));
        // A unit could hold anything that the source holds; a line break would end the remark.
        let remark: String = remark.chars().filter(|c| !c.is_control()).collect();
        if remark.is_empty() {
            let _ = writeln!(self.out, "{line}");
        } else {
            let _ = writeln!(self.out, "{line:MARGIN$}; {remark}");
        }
    }

    fn block(&mut self, block: &Block, depth: usize) {
        for statement in &block.statements {
            self.statement(statement, depth);
        }
    }

    fn op(&self, op: &Op) -> String {
        match op {
            Op::Copy(a) => format!("copy {}", self.operand(a)),
            Op::Unary(unary, a) => format!("{} {}", name_of(&UNARY, unary), self.operand(a)),
            Op::Binary(binary, a, b) => {
                format!("{} {}, {}", name_of(&BINARY, binary), self.operand(a), self.operand(b))
            }
            Op::Select(c, a, b) => format!("select {}", self.operands(&[*c, *a, *b])),
            Op::Call(intrinsic, arguments) => format!("call {} {}", intrinsic.name(), self.operands(arguments)),
            Op::Uniform(uniform) => format!("uniform {}", name_of(&UNIFORM, uniform)),
        }
    }

    fn statement(&mut self, statement: &Stmt, depth: usize) {
        match statement {
            Stmt::Let { dst, op } => {
                let text = format!("{} = {}", self.value(*dst), self.op(op));
                self.line(depth, &text, "");
            }
            Stmt::Load { dst, place } => {
                let text = format!("{} = load {}", self.value(*dst), self.place(place));
                let unit = self.unit(place);
                self.line(depth, &text, &unit);
            }
            Stmt::Store { place, value } => {
                let text = format!("store {}, {}", self.place(place), self.operand(value));
                let unit = self.unit(place);
                self.line(depth, &text, &unit);
            }
            Stmt::Accumulate { place, value } => {
                let text = format!("accumulate {}, {}", self.place(place), self.operand(value));
                self.line(depth, &text, "");
            }
            Stmt::If { condition, then, otherwise, results } => {
                let text = format!("if {} {{", self.operand(condition));
                self.line(depth, &text, "");
                self.block(then, depth + 1);
                if !otherwise.statements.is_empty() {
                    self.line(depth, "} else {", "");
                    self.block(otherwise, depth + 1);
                }
                let yields: Vec<String> = results
                    .iter()
                    .map(|(dst, a, b)| format!("{} = ({}, {})", self.value(*dst), self.operand(a), self.operand(b)))
                    .collect();
                if yields.is_empty() {
                    self.line(depth, "}", "");
                } else {
                    self.line(depth, &format!("}} yield {}", yields.join(", ")), "");
                }
            }
            Stmt::Loop { carried, header, condition, body } => {
                let text: Vec<String> = carried
                    .iter()
                    .map(|(dst, first, next)| {
                        format!("{} = ({}, {})", self.value(*dst), self.operand(first), self.operand(next))
                    })
                    .collect();
                let head = if text.is_empty() { "loop {".to_owned() } else { format!("loop {} {{", text.join(", ")) };
                self.line(depth, &head, "");
                self.block(header, depth + 1);
                let text = format!("}} while {} {{", self.operand(condition));
                self.line(depth, &text, "");
                self.block(body, depth + 1);
                self.line(depth, "}", "");
            }
            Stmt::Host { dst, call, slot, arguments } => {
                let text = format!("host {} {slot} ({})", call.name(), self.operands(arguments));
                let text = match dst {
                    Some(dst) => format!("{} = {text}", self.value(*dst)),
                    None => text,
                };
                self.line(depth, &text, "");
            }
        }
    }
}

/// Shortest decimal that reads back to the same number; the bits of what is not a number.
fn number_text(number: f64) -> String {
    if number.is_nan() { format!("nan:{:016x}", number.to_bits()) } else { format!("{number:?}") }
}
