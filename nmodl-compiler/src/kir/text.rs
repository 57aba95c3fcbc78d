//! Names that the printer and the reader of kernels share.

use mech_abi::{IonVariable, KernelKind, MechanismLayout};

use super::{Binary, NodeField, Unary, Uniform};

pub(crate) const BINARY: [(Binary, &str); 10] = [
    (Binary::Add, "add"),
    (Binary::Sub, "sub"),
    (Binary::Mul, "mul"),
    (Binary::Div, "div"),
    (Binary::Lt, "lt"),
    (Binary::Le, "le"),
    (Binary::Gt, "gt"),
    (Binary::Ge, "ge"),
    (Binary::Eq, "eq"),
    (Binary::Ne, "ne"),
];

pub(crate) const UNARY: [(Unary, &str); 2] = [(Unary::Neg, "neg"), (Unary::Not, "not")];

pub(crate) const UNIFORM: [(Uniform, &str); 7] = [
    (Uniform::T, "t"),
    (Uniform::Dt, "dt"),
    (Uniform::Celsius, "celsius"),
    (Uniform::SecondOrder, "secondorder"),
    (Uniform::StateAdjust, "state_adjust"),
    (Uniform::Flag, "flag"),
    (Uniform::HasWeights, "has_weights"),
];

pub(crate) const NODE_FIELD: [(NodeField, &str); 5] = [
    (NodeField::V, "node.v"),
    (NodeField::Rhs, "node.rhs"),
    (NodeField::D, "node.d"),
    (NodeField::Area, "node.area"),
    (NodeField::Diam, "node.diam"),
];

pub(crate) const ION_VARIABLE: [(IonVariable, &str); 5] = [
    (IonVariable::Reversal, "reversal"),
    (IonVariable::Inside, "inside"),
    (IonVariable::Outside, "outside"),
    (IonVariable::Current, "current"),
    (IonVariable::CurrentSlope, "slope"),
];

const KIND: [(KernelKind, &str); 11] = [
    (KernelKind::BuildTables, "build-tables"),
    (KernelKind::Initial, "initial"),
    (KernelKind::Current, "current"),
    (KernelKind::State, "state"),
    (KernelKind::NetReceive, "net-receive"),
    (KernelKind::NetInitial, "net-initial"),
    (KernelKind::BeforeBreakpoint, "before-breakpoint"),
    (KernelKind::AfterSolve, "after-solve"),
    (KernelKind::BeforeInitial, "before-initial"),
    (KernelKind::AfterInitial, "after-initial"),
    (KernelKind::BeforeStep, "before-step"),
];

/// The name of an item of one of the tables above.
pub(crate) fn name_of<T: PartialEq>(table: &[(T, &'static str)], item: &T) -> &'static str {
    table.iter().find(|(one, _)| one == item).map_or("?", |(_, name)| name)
}

/// The item of a name.
pub(crate) fn item_of<T: Copy>(table: &[(T, &'static str)], name: &str) -> Option<T> {
    table.iter().find(|(_, one)| *one == name).map(|(item, _)| *item)
}

/// Letters, digits, `_` and `.`, not starting with a digit: what stands in the text as one word.
pub(crate) fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
}

/// Name of a kernel's kind: `state`, `current`, `function.rates`.
pub fn kind_name(kind: KernelKind, layout: &MechanismLayout) -> String {
    match kind {
        KernelKind::Function(at) => match layout.functions.get(at as usize) {
            Some(function) if is_plain(&function.name) && function_of(&function.name, layout) == Some(at) => {
                format!("function.{}", function.name)
            }
            _ => format!("function.{at}"),
        },
        other => name_of(&KIND, &other).to_owned(),
    }
}

fn function_of(name: &str, layout: &MechanismLayout) -> Option<u32> {
    layout.functions.iter().position(|one| one.name == name).map(|at| at as u32)
}

/// The kind of a name.
pub(crate) fn kind_of(name: &str, layout: &MechanismLayout) -> Option<KernelKind> {
    if let Some(function) = name.strip_prefix("function.") {
        return function.parse().ok().or_else(|| function_of(function, layout)).map(KernelKind::Function);
    }
    item_of(&KIND, name)
}

/// Name of an ion; `#2` if it has no unique one.
pub(crate) fn ion_name(layout: &MechanismLayout, at: u32) -> String {
    match layout.ions.get(at as usize) {
        Some(ion) if is_plain(&ion.ion) && ion_of(layout, &ion.ion) == Some(at) => ion.ion.clone(),
        _ => format!("#{at}"),
    }
}

/// The ion of such a name.
pub(crate) fn ion_of(layout: &MechanismLayout, name: &str) -> Option<u32> {
    match name.strip_prefix('#') {
        Some(number) => number.parse().ok(),
        None => layout.ions.iter().position(|ion| ion.ion == name).map(|at| at as u32),
    }
}

/// How a physical column or global slot is called: `m`, `x.2` for an element, `#7` where that would not read back.
pub(crate) fn slot_name<'a>(variables: impl Iterator<Item = (&'a str, u32, u32)> + Clone, slot: u32) -> String {
    let Some((name, first, len)) = variables.clone().find(|(_, first, len)| slot >= *first && slot - first < *len)
    else {
        return format!("#{slot}");
    };
    let text = if len == 1 { name.to_owned() } else { format!("{name}.{}", slot - first) };
    if is_plain(name) && slot_of(variables, &text) == Some(slot) { text } else { format!("#{slot}") }
}

/// The slot of such a name.
pub(crate) fn slot_of<'a>(mut variables: impl Iterator<Item = (&'a str, u32, u32)> + Clone, name: &str) -> Option<u32> {
    if let Some(number) = name.strip_prefix('#') {
        return number.parse().ok();
    }
    if let Some((_, first, _)) = variables.clone().find(|(other, _, len)| *other == name && *len == 1) {
        return Some(first);
    }
    let (base, element) = name.rsplit_once('.')?;
    let element: u32 = element.parse().ok()?;
    variables.find(|(other, _, len)| *other == base && *len > 1 && element < *len).map(|(_, first, _)| first + element)
}

/// How an array is called: `x`, or `#7:3` (first slot, length) where that would not read back.
pub(crate) fn array_name<'a>(
    variables: impl Iterator<Item = (&'a str, u32, u32)> + Clone,
    first: u32,
    len: u32,
) -> String {
    let found = variables.clone().find(|(_, one, many)| (*one, *many) == (first, len));
    match found {
        Some((name, ..)) if is_plain(name) && array_of(variables, name) == Some((first, len)) => name.to_owned(),
        _ => format!("#{first}:{len}"),
    }
}

/// First slot and length of the array of such a name.
pub(crate) fn array_of<'a>(mut variables: impl Iterator<Item = (&'a str, u32, u32)>, name: &str) -> Option<(u32, u32)> {
    if let Some(numbers) = name.strip_prefix('#') {
        let (first, len) = numbers.split_once(':')?;
        return Some((first.parse().ok()?, len.parse().ok()?));
    }
    variables.find(|(other, ..)| *other == name).map(|(_, first, len)| (first, len))
}

pub(crate) fn columns(layout: &MechanismLayout) -> impl Iterator<Item = (&str, u32, u32)> + Clone {
    layout.columns.iter().map(|one| (one.name.as_str(), one.first, one.len))
}

pub(crate) fn globals(layout: &MechanismLayout) -> impl Iterator<Item = (&str, u32, u32)> + Clone {
    layout.globals.iter().map(|one| (one.name.as_str(), one.first, one.len))
}
