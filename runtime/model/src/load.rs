//! Reads a configuration with its includes and checks what the schema cannot say.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use diag::{Diagnostic, FileId, Problems, Sources, Span};
use indexmap::IndexMap;
use serde_yaml::{
    IncludeRequest, IncludeResolveError, InputSource, Location, ResolvedInclude, Spanned, from_str_with_options,
};

use crate::config::{Config, ParameterValue, Parameters, Synapses};

/// Files in the order in which the reader met them; the reader counts them from 1.
type Met = Rc<RefCell<Vec<(String, String)>>>;

/// Reads and checks a configuration file; `!include`s are relative to the file they stand in. All files land in
/// `sources`, so that problems can be shown. With a configuration come warnings.
pub fn load(path: &Path, sources: &mut Sources) -> Result<(Config, Problems), Problems> {
    let mut problems = Problems::new();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let file = sources.add(path.display().to_string(), "");
            let title = format!("the configuration {} cannot be read: {error}", path.display());
            let help = "check --config-prefix and --config-file: the file is looked for at their joined path";
            problems.push(Diagnostic::error("C0001", Span::new(file, 0, 0), title).help(help));
            return Err(problems);
        }
    };
    let met: Met = Rc::new(RefCell::new(vec![(path.display().to_string(), text.clone())]));
    let read =
        from_str_with_options::<Config>(&text, serde_yaml::options! {}.with_include_resolver(resolver(path, &met)));
    let files: Vec<FileId> = met.borrow().iter().map(|(name, text)| sources.add(name.clone(), text.as_str())).collect();
    let places = Places { files, sources };
    match read {
        Ok(mut config) => {
            config.directory = path.parent().unwrap_or(Path::new("")).to_owned();
            check(&config, &places, &mut problems);
            if problems.has_errors() { Err(problems) } else { Ok((config, problems)) }
        }
        Err(error) => {
            let span = places.span(error.location().unwrap_or(Location::UNKNOWN));
            problems.push(explain(error.without_snippet(), span));
            Err(problems)
        }
    }
}

fn resolver(
    root: &Path,
    met: &Met,
) -> impl FnMut(IncludeRequest<'_>) -> Result<ResolvedInclude, IncludeResolveError> + 'static {
    let (root, met) = (root.to_owned(), met.clone());
    move |request: IncludeRequest<'_>| {
        let from = request.from_id.map_or_else(|| root.clone(), PathBuf::from);
        let path = from.parent().unwrap_or(Path::new("")).join(request.spec);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            IncludeResolveError::Message(format!(
                "`!include {}`: {} cannot be read: {error}",
                request.spec,
                path.display()
            ))
        })?;
        let name = path.display().to_string();
        met.borrow_mut().push((name.clone(), text.clone()));
        Ok(ResolvedInclude::new(name.clone(), name, InputSource::from_string(text)))
    }
}

/// Turns the reader's error into a diagnostic with a remedy.
fn explain(error: &serde_yaml::Error, span: Span) -> Diagnostic {
    match error {
        serde_yaml::Error::SerdeUnknownField { field, expected, .. } => {
            let help = match nearest(field, expected.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("keys here are: {}", expected.join(", ")),
            };
            return Diagnostic::error("C0003", span, format!("unknown key `{field}`")).help(help);
        }
        serde_yaml::Error::SerdeMissingField { field, .. } => {
            let help = format!("add `{field}: …` to this section, or correct its spelling");
            return Diagnostic::error("C0004", span, format!("the key `{field}` is missing"))
                .label("expected in this section")
                .help(help);
        }
        _ => {}
    }
    let message = error.to_string();
    let message = message.split(" at line").next().unwrap_or(&message).trim();
    if let Some(at) = message.find("`!include") {
        return Diagnostic::error("C0002", span, message[at..].to_owned())
            .help("paths of `!include` are relative to the file that they stand in");
    }
    Diagnostic::error("C0005", span, format!("the configuration cannot be read: {message}"))
        .help("correct the value; a number, a text, a list or a section of `key: value` may be expected here")
}

struct Places<'a> {
    files: Vec<FileId>,
    sources: &'a Sources,
}

impl Places<'_> {
    /// The word or line at a place.
    fn span(&self, location: Location) -> Span {
        let at = (location.source_id() as usize).saturating_sub(1).min(self.files.len().saturating_sub(1));
        let file = self.files[at];
        let text = &self.sources.file(file).text;
        let (line, column) = (location.line() as usize, location.column() as usize);
        let mut start = 0;
        for (number, one) in text.split_inclusive('\n').enumerate() {
            if number + 1 == line {
                let skip: usize = one.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
                let rest = one[skip..].trim_end();
                let word = rest.split([',', ']', '}', '#']).next().unwrap_or(rest).trim_end();
                return Span::new(file, start + skip, start + skip + word.len().max(1).min(rest.len().max(1)));
            }
            start += one.len();
        }
        Span::new(file, 0, 0)
    }

    /// Where a key stands, for sections whose reader keeps no places: its first appearance in any file.
    fn key(&self, name: &str) -> Span {
        for file in &self.files {
            let text = &self.sources.file(*file).text;
            let is_key = |at: usize| text[at + name.len()..].trim_start().starts_with(':');
            if let Some((at, _)) = text.match_indices(name).find(|(at, _)| is_key(*at)) {
                return Span::new(*file, at, at + name.len());
            }
        }
        Span::new(self.files[0], 0, 0)
    }

    fn of<T>(&self, value: &Spanned<T>) -> Span {
        self.span(value.referenced)
    }
}

/// The known name most like another, if any is like it.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.len() / 3).max(2);
    let scored = known.map(|one| (strsim::damerau_levenshtein(&name.to_lowercase(), &one.to_lowercase()), one));
    scored.filter(|(score, _)| *score <= limit).min().map(|(_, one)| one)
}

fn unknown<'a>(
    what: &str,
    name: &str,
    span: Span,
    known: impl Iterator<Item = &'a str> + Clone,
    where_defined: &str,
) -> Diagnostic {
    let all: Vec<&str> = known.clone().collect();
    let help = match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`? {where_defined} defines {}", all.join(", ")),
        None => format!("{where_defined} defines {}", all.join(", ")),
    };
    Diagnostic::error("C0006", span, format!("unknown {what} `{name}`")).help(help)
}

fn check(config: &Config, places: &Places<'_>, problems: &mut Problems) {
    let definitions = &config.definitions;
    let populations = || definitions.populations.keys().map(String::as_str);
    let known_population = |name: &str, span: Span, problems: &mut Problems| {
        if !definitions.populations.contains_key(name) {
            problems.push(unknown("population", name, span, populations(), "Definitions: Populations"));
        }
    };
    for (name, cell_type) in &config.cell_types {
        known_population(name, places.of(cell_type), problems);
    }
    let generator = &config.connection_generator;
    for (label, class) in &generator.synapse_mechanisms {
        if !generator.synapse_parameter_rules.contains_key(&class.value) {
            let rules = generator.synapse_parameter_rules.keys().map(String::as_str);
            let what = format!("rules for `{}`, the mechanism of label {label}:", class.value);
            problems.push(unknown(&what, &class.value, places.of(class), rules, "Synapse Parameter Rules"));
        }
    }
    for (postsynaptic, sources) in &generator.synapses {
        known_population(postsynaptic, places.of(sources), problems);
        for (presynaptic, synapses) in &sources.value {
            let span = places.of(synapses);
            known_population(presynaptic, span, problems);
            if !generator.connection_velocity.contains_key(presynaptic) {
                let title = format!("no connection velocity for {presynaptic}");
                let help = format!("add `{presynaptic}: 250.0` (um/ms) to Connection Velocity");
                problems.push(Diagnostic::error("C0007", span, title).help(help));
            }
            check_synapses(config, &synapses.value, span, places, problems);
        }
        check_proportions(&sources.value, postsynaptic, places.of(sources), problems);
    }
    for velocity in generator.connection_velocity.values() {
        if velocity.value.is_nan() || velocity.value <= 0.0 {
            let title = format!("a connection velocity of {} um/ms", velocity.value);
            problems.push(Diagnostic::error("C0008", places.of(velocity), title).help("it must be above 0"));
        }
    }
    check_recording(config, places, problems);
    check_stimulus(config, places, problems);
}

fn check_recording(config: &Config, places: &Places<'_>, problems: &mut Problems) {
    let definitions = &config.definitions;
    let mut known = |what: &str, list: &Option<Vec<Spanned<String>>>, names: &IndexMap<String, i64>, section: &str| {
        for one in list.iter().flatten().filter(|one| !names.contains_key(&one.value)) {
            problems.push(unknown(what, &one.value, places.of(one), names.keys().map(String::as_str), section));
        }
    };
    for profile in config.recording.intracellular.values() {
        for quantity in profile.value.section_quantity.values() {
            known("SWC type", &quantity.swc_types, &definitions.swc_types, "Definitions: SWC Types");
            known("layer", &quantity.layers, &definitions.layers, "Definitions: Layers");
        }
        for quantity in profile.value.synaptic_quantity.values().flatten() {
            known("SWC type", &quantity.swc_types, &definitions.swc_types, "Definitions: SWC Types");
            known("layer", &quantity.layers, &definitions.layers, "Definitions: Layers");
            known("synapse type", &quantity.syn_types, &definitions.synapse_types, "Definitions: Synapse Types");
            known("population", &quantity.sources, &definitions.populations, "Definitions: Populations");
        }
    }
    for (label, electrode) in &config.recording.lfp {
        let one = &electrode.value;
        let numbers = [
            ("maxEDist", one.max_distance, one.max_distance >= 0.0, "at least 0 um"),
            ("fraction", one.fraction, one.fraction > 0.0 && one.fraction <= 1.0, "above 0 and at most 1"),
            ("rho", one.rho, one.rho > 0.0 && one.rho.is_finite(), "above 0 ohm cm"),
            ("dt", one.dt, one.dt > 0.0 && one.dt.is_finite(), "above 0 ms"),
        ];
        for (name, value, _, range) in numbers.iter().filter(|(_, _, good, _)| !good) {
            let title = format!("electrode {label}: `{name}` is {value}");
            problems.push(Diagnostic::error("C0008", places.of(electrode), title).help(format!("it must be {range}")));
        }
    }
}

/// Keys of `Stimulus` that some command reads.
const STIMULUS: [&str; 8] = [
    "Equilibration Duration",
    "Spatial Resolution",
    "Temporal Resolution",
    "Selectivity Type Probabilities",
    "Peak Rate",
    "Global Oscillation",
    "Arena",
    "Opsin",
];

fn check_stimulus(config: &Config, places: &Places<'_>, problems: &mut Problems) {
    for name in config.stimulus.other.keys().filter(|name| !STIMULUS.contains(&name.as_str())) {
        let help = match nearest(name, STIMULUS.into_iter()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("keys here are: {}", STIMULUS.join(", ")),
        };
        let problem = Diagnostic::error("C0003", places.key(name), format!("unknown key `{name}` in Stimulus"));
        problems.push(problem.help(help));
    }
}

fn check_synapses(config: &Config, synapses: &Synapses, span: Span, places: &Places<'_>, problems: &mut Problems) {
    let definitions = &config.definitions;
    let mut known = |what: &str, value: &Spanned<String>, names: &IndexMap<String, i64>, section: &str| {
        if !names.contains_key(&value.value) {
            let names = names.keys().map(String::as_str);
            problems.push(unknown(what, &value.value, places.of(value), names, section));
        }
    };
    known("synapse type", &synapses.kind, &definitions.synapse_types, "Definitions: Synapse Types");
    for section in &synapses.sections {
        known("SWC type", section, &definitions.swc_types, "Definitions: SWC Types");
    }
    for layer in &synapses.layers {
        known("layer", layer, &definitions.layers, "Definitions: Layers");
    }
    let n = synapses.sections.len();
    if synapses.layers.len() != n || synapses.proportions.len() != n {
        let (layers, proportions) = (synapses.layers.len(), synapses.proportions.len());
        let title = format!("{n} sections, {layers} layers and {proportions} proportions");
        let help = "the three lists belong together, element by element: give them one length";
        problems.push(Diagnostic::error("C0009", span, title).help(help));
    }
    let mut tables: Vec<&IndexMap<String, Spanned<Parameters>>> = synapses.mechanisms.iter().collect();
    tables.extend(synapses.swctype_mechanisms.iter().flat_map(IndexMap::values));
    if tables.is_empty() {
        let help = "add `mechanisms:` with a label such as AMPA and its parameters";
        problems.push(Diagnostic::error("C0004", span, "the key `mechanisms` is missing").help(help));
    }
    for (label, parameters) in tables.into_iter().flatten() {
        check_parameters(config, label, parameters, places, problems);
    }
}

fn check_parameters(
    config: &Config,
    label: &str,
    parameters: &Spanned<Parameters>,
    places: &Places<'_>,
    problems: &mut Problems,
) {
    let generator = &config.connection_generator;
    let Some(class) = generator.synapse_mechanisms.get(label) else {
        let labels = generator.synapse_mechanisms.keys().map(String::as_str);
        let span = places.of(parameters);
        problems.push(unknown("synapse mechanism", label, span, labels, "Connection Generator: Synapse Mechanisms"));
        return;
    };
    let Some(rules) = generator.synapse_parameter_rules.get(&class.value) else { return };
    for (name, value) in &parameters.value {
        if !rules.mech_params.contains(name) && !rules.netcon_params.contains_key(name) {
            let names = rules.mech_params.iter().chain(rules.netcon_params.keys()).map(String::as_str);
            let what = format!("parameter of {}", class.value);
            problems.push(unknown(&what, name, places.of(value), names, "Synapse Parameter Rules"));
        }
        if let ParameterValue::Expression(_) = value.value {
            let title = format!("`{name}` is an expression, which this version does not evaluate");
            problems.push(Diagnostic::error("C0010", places.of(value), title).help("give a number"));
        }
    }
}

/// Of all synapses of one type on one kind of section in one layer each belongs to one source: the parts sum to 1.
fn check_proportions(
    sources: &IndexMap<String, Spanned<Synapses>>,
    postsynaptic: &str,
    span: Span,
    problems: &mut Problems,
) {
    let mut sums: IndexMap<(&str, &str, &str), f64> = IndexMap::new();
    for synapses in sources.values() {
        let one = &synapses.value;
        for ((section, layer), proportion) in one.sections.iter().zip(&one.layers).zip(&one.proportions) {
            *sums.entry((&one.kind.value, &section.value, &layer.value)).or_insert(0.0) += proportion.value;
        }
    }
    for ((kind, section, layer), sum) in sums {
        // numpy.isclose(sum, 1): 1e-5 relative and 1e-8 absolute.
        if (sum - 1.0).abs() > 1e-8 + 1e-5 {
            let title =
                format!("proportions of {kind} synapses on {postsynaptic} {section} in {layer} sum to {sum}, not 1");
            let help = "change the proportions of the sources of this population so that they sum to 1";
            problems.push(Diagnostic::error("C0011", span, title).help(help));
        }
    }
}

/// Reads a cell selection: population to gids.
pub fn load_selection(path: &Path, sources: &mut Sources) -> Result<IndexMap<String, Vec<u32>>, Problems> {
    let mut problems = Problems::new();
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let file = sources.add(path.display().to_string(), text.as_str());
    match serde_yaml::from_str(&text) {
        Ok(selection) if !text.is_empty() => Ok(selection),
        Ok(_) => {
            let title = format!("the cell selection {} cannot be read or is empty", path.display());
            problems.push(Diagnostic::error("C0001", Span::new(file, 0, 0), title).help("check --cell-selection-path"));
            Err(problems)
        }
        Err(error) => {
            let places = Places { files: vec![file], sources };
            let span = places.span(error.location().unwrap_or(Location::UNKNOWN));
            problems.push(explain(error.without_snippet(), span));
            Err(problems)
        }
    }
}

#[cfg(test)]
mod tests;
