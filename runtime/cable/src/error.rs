//! What can be wrong with a model.

/// An operation on sections that cannot be done.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[allow(missing_docs, reason = "the message of each variant names its fields")]
pub enum CableError {
    #[error("position {x} is outside 0 ..= 1 in section {section}")]
    OutOfSection { section: String, x: f64 },
    #[error(
        "mechanism `{name}` is not among the compiled mechanisms{}; compile its .mod file or correct the name",
        hint(nearest)
    )]
    UnknownMechanism { name: String, nearest: Vec<String> },
    #[error("`{name}` is not a range variable of any compiled mechanism{}", hint(nearest))]
    UnknownVariable { name: String, nearest: Vec<String> },
    #[error("`{variable}` belongs to `{mechanism}`, which is not inserted in section {section}; insert it first")]
    NotInserted { variable: String, mechanism: String, section: String },
    #[error("`{name}` is {found}, expected {expected}")]
    WrongKind { name: String, found: &'static str, expected: &'static str },
    #[error("section {child} cannot be connected: {why}")]
    BadConnection { child: String, why: String },
    #[error("{name} of section {section} cannot be {value}: {why}")]
    BadValue { section: String, name: String, value: f64, why: &'static str },
    #[error("section {section} has no 3-D point {index}; it has {count}")]
    NoSuchPoint { section: String, index: usize, count: usize },
    #[error("section {section} holds {count} point processes and cannot be removed; make them elsewhere")]
    HoldsPoints { section: String, count: usize },
    #[error("distance needs an origin: call distance() with a section first (asked for section {section})")]
    NoOrigin { section: String },
    #[error("`{name}` needs an ion and cannot stand at an end of section {section}; give a position between 0 and 1")]
    IonAtEnd { name: String, section: String },
    #[error("element {index} of `{name}` does not exist; it has {len}")]
    NoSuchElement { name: String, index: usize, len: usize },
}

fn hint(nearest: &[String]) -> String {
    match nearest {
        [] => String::new(),
        names => format!(" (did you mean {}?)", names.join(", ")),
    }
}
