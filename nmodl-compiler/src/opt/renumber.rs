//! Numbers temporaries in the order in which the text form names them, and drops names of those that are gone: the
//! text of a kernel then does not change when unrelated code does, and reads back to an equal kernel.

use std::collections::HashMap;

use crate::kir::walk::{Met, visit_block};
use crate::kir::{Kernel, Operand, ValueId};

pub(super) fn renumber(kernel: &mut Kernel) {
    let mut numbers: HashMap<ValueId, ValueId> = HashMap::new();
    let mut order = Vec::new();
    visit_block(&mut kernel.body, &mut |met| {
        let value = match met {
            Met::Definition(value) => value,
            Met::Use(Operand::Value(value)) => value,
            Met::Use(Operand::Const(_)) => return,
        };
        let next = ValueId(numbers.len() as u32);
        let number = *numbers.entry(*value).or_insert_with(|| {
            order.push(*value);
            next
        });
        *value = number;
    });
    let old = std::mem::take(&mut kernel.names);
    // Names keep their stem; a number tells equal stems apart, counted anew.
    let mut counts: HashMap<String, u32> = HashMap::new();
    for value in order {
        let name = old.get(value.0 as usize).map_or("x", String::as_str);
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('.');
        let stem = if stem.is_empty() { "x" } else { stem };
        let count = counts.entry(stem.to_owned()).or_insert(0);
        *count += 1;
        kernel.names.push(if *count == 1 { stem.to_owned() } else { format!("{stem}.{count}") });
    }
}
