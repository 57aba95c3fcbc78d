//! The small-model bench: a protocol file describes sections, mechanisms, point processes, events and recordings.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use cable::{Model, PointId, SectionId};
use indexmap::IndexMap;
use mech_abi::{Catalogue, MechanismKind};
use serde::Deserialize;

use crate::engine::{EngineError, NetConId, Settings, Simulation, Source};
use crate::record::{Probe, RecorderId};

/// A problem with a protocol.
#[derive(Debug, thiserror::Error)]
pub enum ProtocolError {
    /// The file is not a protocol.
    #[error("{file}:{line}: {what}; see the documentation of protocol files for the keys")]
    Syntax {
        /// File.
        file: String,
        /// Line, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// A name that the protocol does not define.
    #[error("{what} names `{name}`, which the protocol does not define; define it above, or correct the name")]
    Unknown {
        /// Where.
        what: &'static str,
        /// Name.
        name: String,
    },
    /// A pointer to something else than a voltage.
    #[error("pointer `{name}` leads to `{variable}`; it can lead to `v`")]
    Pointer {
        /// Variable of the point process.
        name: String,
        /// Variable of the section.
        variable: String,
    },
    /// Sections and mechanisms.
    #[error(transparent)]
    Cable(#[from] cable::CableError),
    /// Simulation.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// One number, or one for each segment (element).
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Numbers {
    One(f64),
    Many(Vec<f64>),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionSpec {
    name: String,
    #[serde(rename = "L", default = "hundred")]
    length: f64,
    #[serde(default = "five_hundred")]
    diam: f64,
    #[serde(default = "one")]
    nseg: usize,
    #[serde(rename = "Ra", default = "ra")]
    ra: f64,
    #[serde(default = "unit")]
    cm: f64,
    parent: Option<(String, f64)>,
    #[serde(default)]
    child_end: f64,
    #[serde(default)]
    mechanisms: IndexMap<String, Option<IndexMap<String, Numbers>>>,
    #[serde(default)]
    ions: IndexMap<String, f64>,
    #[serde(default)]
    ion_styles: IndexMap<String, [u32; 5]>,
}

fn hundred() -> f64 {
    100.0
}

fn five_hundred() -> f64 {
    500.0
}

fn ra() -> f64 {
    35.4
}

fn unit() -> f64 {
    1.0
}

fn one() -> usize {
    1
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PointSpec {
    name: String,
    mech: String,
    at: Option<(String, f64)>,
    #[serde(default)]
    params: IndexMap<String, Numbers>,
}

/// A variable of a point process that follows the voltage at a place.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PointerSpec {
    name: String,
    of: String,
    to: (String, f64, String),
}

/// A call of a PROCEDURE before initialisation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallSpec {
    point: String,
    procedure: String,
    #[serde(default)]
    arguments: Vec<f64>,
}

/// Times of a spike train for `point`, or with `values` the polygon that `point.variable` follows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaySpec {
    to: String,
    times: Vec<f64>,
    values: Option<Vec<f64>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventSpec {
    target: String,
    times: Vec<f64>,
    weight: Vec<f64>,
    /// Taken and not used: `times` are those of delivery, as in NEURON's `NetCon.event(t)`.
    #[serde(default, rename = "delay")]
    _delay: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum SourceSpec {
    Place(String, f64),
    Point(String),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct NetConSpec {
    source: SourceSpec,
    target: Option<String>,
    #[serde(default = "ten")]
    threshold: f64,
    #[serde(default = "unit")]
    delay: f64,
    #[serde(default)]
    weight: Vec<f64>,
    record_spikes: Option<String>,
}

fn ten() -> f64 {
    10.0
}

/// A protocol file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    #[serde(default = "celsius")]
    celsius: f64,
    #[serde(default = "v_init")]
    v_init: f64,
    #[serde(default = "dt")]
    dt: f64,
    tstop: f64,
    #[serde(default)]
    secondorder: u32,
    #[serde(default)]
    globals: IndexMap<String, f64>,
    #[serde(default)]
    sections: Vec<SectionSpec>,
    #[serde(default)]
    point_processes: Vec<PointSpec>,
    #[serde(default)]
    pointers: Vec<PointerSpec>,
    #[serde(default)]
    calls: Vec<CallSpec>,
    #[serde(default)]
    plays: Vec<PlaySpec>,
    #[serde(default)]
    events: Vec<EventSpec>,
    #[serde(default)]
    netcons: Vec<NetConSpec>,
    record: Vec<String>,
}

fn celsius() -> f64 {
    6.3
}

fn v_init() -> f64 {
    -65.0
}

fn dt() -> f64 {
    0.025
}

/// What a run gives: a column for each recording, a row for each step from t = 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Times, ms.
    pub times: Vec<f64>,
    /// Recordings by their text in the protocol.
    pub columns: Vec<(String, Vec<f64>)>,
    /// Spike times, ms, by label.
    pub spikes: Vec<(String, Vec<f64>)>,
}

/// Reads a protocol; `file` names it in messages.
pub fn parse(file: &str, text: &str) -> Result<Protocol, ProtocolError> {
    serde_yaml::from_str(text).map_err(|error| ProtocolError::Syntax {
        file: file.to_owned(),
        line: error.location().map_or(1, |place| place.line()),
        what: error.without_snippet().to_string(),
    })
}

struct Built {
    sections: HashMap<String, SectionId>,
    points: HashMap<String, PointId>,
}

impl Built {
    fn section(&self, what: &'static str, name: &str) -> Result<SectionId, ProtocolError> {
        self.sections.get(name).copied().ok_or_else(|| ProtocolError::Unknown { what, name: name.to_owned() })
    }

    fn point(&self, what: &'static str, name: &str) -> Result<PointId, ProtocolError> {
        self.points.get(name).copied().ok_or_else(|| ProtocolError::Unknown { what, name: name.to_owned() })
    }
}

fn build(protocol: &Protocol, model: &mut Model) -> Result<Built, ProtocolError> {
    let mut built = Built { sections: HashMap::new(), points: HashMap::new() };
    for spec in &protocol.sections {
        let section = model.create_section(&spec.name, None);
        model.set_length(section, spec.length)?;
        model.set_range(section, None, "diam", spec.diam)?;
        model.set_nseg(section, spec.nseg)?;
        model.set_ra(section, spec.ra)?;
        model.set_range(section, None, "cm", spec.cm)?;
        if let Some((parent, x)) = &spec.parent {
            let parent = built.section("parent", parent)?;
            model.connect(section, spec.child_end, parent, *x)?;
        }
        for (mechanism, parameters) in &spec.mechanisms {
            model.insert(section, mechanism)?;
            for (name, value) in parameters.iter().flatten() {
                let name = format!("{name}_{mechanism}");
                match value {
                    Numbers::One(value) => model.set_range(section, None, &name, *value)?,
                    Numbers::Many(values) => {
                        let n = spec.nseg as f64;
                        for (at, value) in values.iter().enumerate() {
                            model.set_range(section, Some((at as f64 + 0.5) / n), &name, *value)?;
                        }
                    }
                }
            }
        }
        for (name, value) in &spec.ions {
            model.set_range(section, None, name, *value)?;
        }
        for (ion, style) in &spec.ion_styles {
            model.set_ion_style(section, ion, *style)?;
        }
        built.sections.insert(spec.name.clone(), section);
    }
    for spec in &protocol.point_processes {
        let id = model.mechanism(&spec.mech)?;
        // NEURON wants a place even for artificial cells and then does not use it.
        let artificial = model.catalogue().layout(id).kind == MechanismKind::ArtificialCell;
        let point = match &spec.at {
            Some((section, x)) if !artificial => {
                model.add_point_process(&spec.mech, built.section("at", section)?, *x)?
            }
            _ => model.add_artificial_cell(&spec.mech)?,
        };
        for (name, value) in &spec.params {
            // `delay` is NEURON's Python name of IClamp's `del`.
            let name = if spec.mech == "IClamp" && name == "delay" { "del" } else { name };
            match value {
                Numbers::One(value) => model.set_point_variable(point, name, *value)?,
                Numbers::Many(values) => {
                    for (at, value) in values.iter().enumerate() {
                        model.set_point_variable(point, &format!("{name}[{at}]"), *value)?;
                    }
                }
            }
        }
        built.points.insert(spec.name.clone(), point);
    }
    Ok(built)
}

/// `section(x).variable`, `section(x).mechanism.variable` or `point.variable`.
fn probe(text: &str, built: &Built, simulation: &Simulation) -> Result<Probe, ProtocolError> {
    let malformed = || ProtocolError::Unknown { what: "record", name: text.to_owned() };
    if let Some((section, rest)) = text.split_once('(') {
        let (x, rest) = rest.split_once(").").ok_or_else(malformed)?;
        let x: f64 = x.trim().parse().map_err(|_| malformed())?;
        let section = built.section("record", section)?;
        let name = match rest.split_once('.') {
            Some((mechanism, variable)) => match variable.split_once('[') {
                Some((base, index)) => format!("{base}_{mechanism}[{index}"),
                None => format!("{variable}_{mechanism}"),
            },
            None => rest.to_owned(),
        };
        return Ok(simulation.section_probe(section, x, &name)?);
    }
    let (point, variable) = text.split_once('.').ok_or_else(malformed)?;
    Ok(simulation.point_probe(built.point("record", point)?, variable)?)
}

/// Pointers, calls of procedures and what is played.
fn stimuli(protocol: &Protocol, built: &Built, simulation: &mut Simulation) -> Result<(), ProtocolError> {
    for spec in &protocol.pointers {
        let (section, x, variable) = &spec.to;
        if variable != "v" {
            return Err(ProtocolError::Pointer { name: spec.name.clone(), variable: variable.clone() });
        }
        let target = simulation.point_probe(built.point("of", &spec.of)?, &spec.name)?;
        simulation.follow_voltage(target, built.section("to", section)?, *x)?;
    }
    for spec in &protocol.calls {
        simulation.call(built.point("point", &spec.point)?, &spec.procedure, &spec.arguments)?;
    }
    for spec in &protocol.plays {
        match &spec.values {
            Some(values) => {
                let target = probe(&spec.to, built, simulation)?;
                simulation.play_polygon(target, spec.times.clone(), values.clone())?;
            }
            None => simulation.play(built.point("to", &spec.to)?, spec.times.clone())?,
        }
    }
    Ok(())
}

/// Runs a protocol.
pub fn run(protocol: &Protocol, catalogue: Arc<Catalogue>) -> Result<Trace, ProtocolError> {
    let mut model = Model::new(catalogue);
    let built = build(protocol, &mut model)?;
    let settings = Settings {
        dt: protocol.dt,
        celsius: protocol.celsius,
        secondorder: protocol.secondorder,
        ..Settings::default()
    };
    let mut simulation = Simulation::new(model, settings)?;
    for (name, value) in &protocol.globals {
        simulation.set_global(name, *value)?;
    }
    stimuli(protocol, &built, &mut simulation)?;
    let mut labels: Vec<(String, NetConId)> = Vec::new();
    for spec in &protocol.netcons {
        let source = match &spec.source {
            SourceSpec::Place(section, x) => Source::Voltage { section: built.section("source", section)?, x: *x },
            SourceSpec::Point(point) => Source::Point(built.point("source", point)?),
        };
        let target = spec.target.as_ref().map(|name| built.point("target", name)).transpose()?;
        let record = spec.record_spikes.is_some();
        let id = simulation.connect(source, target, spec.threshold, spec.delay, &spec.weight, record)?;
        labels.extend(spec.record_spikes.iter().map(|label| (label.clone(), id)));
    }
    for spec in &protocol.events {
        let target = built.point("target", &spec.target)?;
        for time in &spec.times {
            simulation.schedule(target, *time, &spec.weight)?;
        }
    }
    let clock = simulation.record(Probe::Time, None)?;
    let mut recorders: Vec<(String, RecorderId)> = Vec::new();
    for text in &protocol.record {
        let probe = probe(text, &built, &simulation)?;
        recorders.push((text.clone(), simulation.record(probe, None)?));
    }
    simulation.initialize(Some(protocol.v_init))?;
    let steps = (protocol.tstop / protocol.dt).round() as u64;
    for _ in 0..steps {
        simulation.step()?;
    }
    Ok(Trace {
        times: simulation.take_recorded(clock),
        columns: recorders.into_iter().map(|(name, id)| (name, simulation.take_recorded(id))).collect(),
        spikes: labels.into_iter().map(|(label, id)| (label, simulation.spikes_of(id))).collect(),
    })
}

/// A number with 17 significant digits, as C's `%.17g` writes it.
fn digits17(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return if value == 0.0 && value.is_sign_negative() { "-0".to_owned() } else { format!("{value}") };
    }
    let scientific = format!("{value:.16e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let trim = |text: &str| {
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
    };
    if (-4..17).contains(&exponent) {
        let decimals = usize::try_from(16 - exponent).unwrap_or(0);
        return trim(&format!("{value:.decimals$}"));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trim(mantissa), exponent.abs())
}

impl Trace {
    /// Header and rows with 17 significant digits.
    pub fn csv(&self) -> String {
        let mut out = "t".to_owned();
        for (name, _) in &self.columns {
            out.push(',');
            out.push_str(name);
        }
        out.push('\n');
        for (row, t) in self.times.iter().enumerate() {
            out.push_str(&digits17(*t));
            for (_, values) in &self.columns {
                let _ = write!(out, ",{}", values.get(row).map_or(String::new(), |value| digits17(*value)));
            }
            out.push('\n');
        }
        out
    }

    /// One line for each label: `label: t1 t2 …`.
    pub fn spike_lines(&self) -> Vec<String> {
        let line = |(label, times): &(String, Vec<f64>)| {
            let times: Vec<String> = times.iter().map(|t| digits17(*t)).collect();
            format!("{label}: {}", times.join(" "))
        };
        self.spikes.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::digits17;

    #[test]
    fn numbers_are_those_of_printf() {
        let cases = [
            (0.1, "0.10000000000000001"),
            (-65.0, "-65"),
            (1e-5, "1.0000000000000001e-05"),
            (0.0001, "0.0001"),
            (123456.789, "123456.789"),
            (1e17, "1e+17"),
            (0.0, "0"),
        ];
        for (value, text) in cases {
            assert_eq!(digits17(value), text);
        }
    }
}
