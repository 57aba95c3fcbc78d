//! Numbers temporaries in the order in which the text form names them, and drops names of those that are gone: the
//! text of a kernel then does not change when unrelated code does, and reads back to an equal kernel.

use std::collections::{HashMap, HashSet};

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
    // Names keep their stem; `.2`, `.3`, … tell equal stems apart, counted anew.
    let mut taken: HashSet<String> = HashSet::new();
    let mut counts: HashMap<String, u32> = HashMap::new();
    for value in order {
        let stem = stem(old.get(value.0 as usize).map_or("x", String::as_str));
        let count = counts.entry(stem.to_owned()).or_insert(0);
        let name = loop {
            *count += 1;
            let name = if *count == 1 { stem.to_owned() } else { format!("{stem}.{count}") };
            if taken.insert(name.clone()) {
                break name;
            }
        };
        kernel.names.push(name);
    }
}

/// The name without the numbers that told it from others: `m` of `m.3`; `tau1` stays.
fn stem(name: &str) -> &str {
    let mut stem = name;
    while let Some((before, number)) = stem.rsplit_once('.') {
        if before.is_empty() || !number.chars().all(|c| c.is_ascii_digit()) {
            break;
        }
        stem = before;
    }
    stem
}
