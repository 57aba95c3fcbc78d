//! What can go wrong in building and running a simulation.

use mech_abi::KernelError;

/// Where in the model something happened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Gid of the cell, if it has one.
    pub gid: Option<u64>,
    /// Section name; empty for artificial cells.
    pub section: String,
    /// Position of the segment in its section, as text (`0.5`); empty if meaningless.
    pub x: String,
    /// Mechanism; empty if it is the cable itself.
    pub mechanism: String,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut parts = Vec::new();
        if !self.mechanism.is_empty() {
            parts.push(format!("mechanism {}", self.mechanism));
        }
        if !self.section.is_empty() {
            let x = if self.x.is_empty() { String::new() } else { format!("({})", self.x) };
            parts.push(format!("section {}{x}", self.section));
        }
        if let Some(gid) = self.gid {
            parts.push(format!("gid {gid}"));
        }
        f.write_str(&if parts.is_empty() { "the model".to_owned() } else { parts.join(", ") })
    }
}

/// An error of the engine.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// A mechanism gave up.
    #[error("t = {t} ms, {place}: {error}")]
    Kernel {
        /// Where.
        place: Box<Place>,
        /// Time, ms.
        t: f64,
        /// Why.
        error: KernelError,
    },
    /// Voltage, or something that makes it, is not a finite number.
    #[error("t = {t} ms, {place}: {variable} is {value}; a smaller dt or other parameters may help")]
    NotFinite {
        /// Where.
        place: Box<Place>,
        /// Time, ms.
        t: f64,
        /// Variable.
        variable: String,
        /// Its value.
        value: f64,
    },
    /// A NET_RECEIVE asked for something impossible.
    #[error("t = {t} ms, {place}: {what}")]
    Event {
        /// Where.
        place: Box<Place>,
        /// Time, ms.
        t: f64,
        /// What was asked.
        what: String,
    },
    /// The model refers to a mechanism or section it does not have.
    #[error("{0}")]
    Model(String),
    /// No such variable.
    #[error("{owner} has no variable `{name}`{hint}")]
    UnknownVariable {
        /// Section, point process or mechanism.
        owner: String,
        /// What was asked for.
        name: String,
        /// ` (it has …)` or empty.
        hint: String,
    },
    /// A connection that cannot be.
    #[error("{0}")]
    Connection(String),
    /// A time step or other setting out of range.
    #[error("{name} is {value}; {expected}")]
    Setting {
        /// Which.
        name: &'static str,
        /// Value.
        value: f64,
        /// What it may be.
        expected: &'static str,
    },
    /// Spike exchange with other processes failed.
    #[error("exchange of spikes: {0}")]
    Exchange(String),
    /// Something this engine does not do.
    #[error("not supported: {0}")]
    Unsupported(String),
}
