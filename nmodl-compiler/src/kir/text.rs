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

/// Name of a kernel's kind: `state`, `current`, `function.rates`.
pub fn kind_name(kind: KernelKind, layout: &MechanismLayout) -> String {
    match kind {
        KernelKind::Function(at) => match layout.functions.get(at as usize) {
            Some(function) => format!("function.{}", function.name),
            None => format!("function.{at}"),
        },
        other => name_of(&KIND, &other).to_owned(),
    }
}

/// The kind of a name.
pub(crate) fn kind_of(name: &str, layout: &MechanismLayout) -> Option<KernelKind> {
    if let Some(function) = name.strip_prefix("function.") {
        let at = layout.functions.iter().position(|one| one.name == function);
        return at.map(|at| KernelKind::Function(at as u32)).or_else(|| function.parse().ok().map(KernelKind::Function));
    }
    item_of(&KIND, name)
}

/// How a physical column or global slot is called: `m`, `x.2` for an element, `#7` where names are not unique.
pub(crate) fn slot_name<'a>(
    variables: impl Iterator<Item = (&'a str, u32, u32)> + Clone,
    slot: u32,
) -> String {
    let Some((name, first, len)) = variables.clone().find(|(_, first, len)| (*first..first + len).contains(&slot)) else {
        return format!("#{slot}");
    };
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !plain || variables.clone().filter(|(other, ..)| *other == name).count() != 1 {
        return format!("#{slot}");
    }
    if len == 1 { name.to_owned() } else { format!("{name}.{}", slot - first) }
}

/// The slot of such a name.
pub(crate) fn slot_of<'a>(mut variables: impl Iterator<Item = (&'a str, u32, u32)>, name: &str) -> Option<u32> {
    if let Some(number) = name.strip_prefix('#') {
        return number.parse().ok();
    }
    let (base, element) = match name.split_once('.') {
        Some((base, element)) => (base, element.parse::<u32>().ok()?),
        None => (name, 0),
    };
    variables.find(|(other, _, len)| *other == base && element < *len).map(|(_, first, _)| first + element)
}

pub(crate) fn columns(layout: &MechanismLayout) -> impl Iterator<Item = (&str, u32, u32)> + Clone {
    layout.columns.iter().map(|one| (one.name.as_str(), one.first, one.len))
}

pub(crate) fn globals(layout: &MechanismLayout) -> impl Iterator<Item = (&str, u32, u32)> + Clone {
    layout.globals.iter().map(|one| (one.name.as_str(), one.first, one.len))
}
