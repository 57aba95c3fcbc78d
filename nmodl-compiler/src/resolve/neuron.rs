//! The NEURON block.

use std::collections::BTreeSet;

use diag::{Diagnostic, Problems, Span};
use mech_abi::{IonVariable, MechanismKind};

use crate::codes;
use crate::syntax::ast::{Item, ListKeyword, MechanismKeyword, Name, NeuronStatement, Program, UseIon};

/// The NEURON block, before names are looked up.
#[derive(Debug)]
pub(crate) struct Neuron {
    pub(crate) name: String,
    pub(crate) kind: MechanismKind,
    /// Where THREADSAFE stands.
    pub(crate) thread_safe: Option<Span>,
    pub(crate) ions: Vec<IonStatement>,
    /// Currents in order: name, and the ion's position if it is an ion's.
    pub(crate) currents: Vec<(Name, Option<u32>)>,
    pub(crate) electrode_current: bool,
    pub(crate) range: Vec<Name>,
    pub(crate) global: Vec<Name>,
    pub(crate) random: Vec<Name>,
    pub(crate) bbcore: Vec<Name>,
    pub(crate) pointers: Vec<Name>,
    pub(crate) externals: Vec<Name>,
    /// Where the block (or the file) starts.
    pub(crate) span: Span,
}

/// A USEION with its variables told apart.
#[derive(Debug)]
pub(crate) struct IonStatement {
    pub(crate) name: String,
    pub(crate) charge: Option<f64>,
    pub(crate) reads: Vec<(IonVariable, Name)>,
    pub(crate) writes: Vec<(IonVariable, Name)>,
    pub(crate) span: Span,
}

/// Which variable of `ion` a name is: eX, iX, Xi, Xo.
pub(crate) fn ion_variable(ion: &str, name: &str) -> Option<IonVariable> {
    if name.strip_prefix('e') == Some(ion) {
        Some(IonVariable::Reversal)
    } else if name.strip_prefix('i') == Some(ion) {
        Some(IonVariable::Current)
    } else if name.strip_suffix('i') == Some(ion) {
        Some(IonVariable::Inside)
    } else if name.strip_suffix('o') == Some(ion) {
        Some(IonVariable::Outside)
    } else {
        None
    }
}

/// A file name without `.mod`, as part of a name.
fn stem(source_name: &str) -> String {
    let stem = source_name.strip_suffix(".mod").unwrap_or(source_name);
    stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// Reads all NEURON blocks of a file.
pub(crate) fn read(program: &Program, source_name: &str, problems: &mut Problems) -> Neuron {
    let mut neuron = Neuron {
        name: String::new(),
        kind: MechanismKind::Density,
        thread_safe: None,
        ions: Vec::new(),
        currents: Vec::new(),
        electrode_current: false,
        range: Vec::new(),
        global: Vec::new(),
        random: Vec::new(),
        bbcore: Vec::new(),
        pointers: Vec::new(),
        externals: Vec::new(),
        span: Span::new(diag::FileId(0), 0, 0),
    };
    let mut named: Option<Span> = None;
    let mut blocks = 0;
    for item in &program.items {
        let Item::Neuron(statements, span) = item else { continue };
        if blocks == 0 {
            neuron.span = Span { end: span.start + "NEURON".len() as u32, ..*span };
        }
        blocks += 1;
        for statement in statements {
            match statement {
                NeuronStatement::Mechanism(keyword, name) => {
                    if let Some(before) = named {
                        let problem = Diagnostic::error(codes::TWO_NAMES, name.span, "the mechanism is named twice");
                        problems.push(problem.also(before, "named here"));
                        continue;
                    }
                    named = Some(name.span);
                    neuron.name = name.text.clone();
                    neuron.kind = match keyword {
                        MechanismKeyword::Suffix => MechanismKind::Density,
                        MechanismKeyword::PointProcess => MechanismKind::PointProcess,
                        MechanismKeyword::ArtificialCell => MechanismKind::ArtificialCell,
                    };
                    if *keyword == MechanismKeyword::Suffix && name.text == "nothing" {
                        // Only functions, and there may be many such files: the file tells them apart.
                        neuron.name = format!("nothing_{}", stem(source_name));
                    }
                }
                NeuronStatement::UseIon(one) => neuron.use_ion(one, problems),
                NeuronStatement::List(keyword, names, _) => neuron.list(*keyword, names, problems),
                NeuronStatement::ThreadSafe(span) => neuron.thread_safe = neuron.thread_safe.or(Some(*span)),
                NeuronStatement::Represents(_) => {}
            }
        }
    }
    if named.is_none() {
        // NEURON then takes the file's name as SUFFIX.
        neuron.name = source_name.strip_suffix(".mod").unwrap_or(source_name).to_owned();
        let title = "the file says neither SUFFIX, POINT_PROCESS nor ARTIFICIAL_CELL";
        let label = format!("it becomes density mechanism `{}`, after the file", neuron.name);
        let help = format!("write `NEURON {{ SUFFIX {} }}` or what is meant", neuron.name);
        problems.push(Diagnostic::warning(codes::NO_NAME, neuron.span, title).label(label).help(help));
    }
    neuron.check(problems);
    neuron
}

impl Neuron {
    fn use_ion(&mut self, one: &UseIon, problems: &mut Problems) {
        let ion = &one.ion.text;
        if let Some(before) = self.ions.iter().find(|before| before.name == *ion) {
            let problem = Diagnostic::error(codes::ION_TWICE, one.ion.span, format!("ion `{ion}` is used twice"));
            problems.push(problem.also(before.span, "used here").help("put all its names into one USEION"));
            return;
        }
        let position = self.ions.len() as u32;
        let mut sort = |names: &[Name]| {
            let mut list = Vec::new();
            for name in names {
                match ion_variable(ion, &name.text) {
                    Some(variable) => list.push((variable, name.clone())),
                    None => {
                        let title = format!("`{}` is no variable of ion `{ion}`", name.text);
                        let label = format!("expected e{ion}, i{ion}, {ion}i or {ion}o");
                        problems.push(Diagnostic::error(codes::BAD_ION_VARIABLE, name.span, title).label(label));
                    }
                }
            }
            list
        };
        let reads = sort(&one.reads);
        let writes = sort(&one.writes);
        for (variable, name) in &writes {
            if *variable == IonVariable::Current {
                self.add_current(name, Some(position), problems);
            }
        }
        let known = match ion.as_str() {
            "na" | "k" => Some(1.0),
            "ca" => Some(2.0),
            _ => None,
        };
        let charge = one.valence.as_ref().map(|number| number.value).or(known);
        self.ions.push(IonStatement { name: ion.clone(), charge, reads, writes, span: one.span });
    }

    fn add_current(&mut self, name: &Name, ion: Option<u32>, problems: &mut Problems) {
        if let Some((before, _)) = self.currents.iter().find(|(before, _)| before.text == name.text) {
            let title = format!("current `{}` is listed twice", name.text);
            problems.push(Diagnostic::error(codes::CURRENT_TWICE, name.span, title).also(before.span, "listed here"));
            return;
        }
        self.currents.push((name.clone(), ion));
    }

    fn list(&mut self, keyword: ListKeyword, names: &[Name], problems: &mut Problems) {
        match keyword {
            ListKeyword::NonspecificCurrent => names.iter().for_each(|name| self.add_current(name, None, problems)),
            ListKeyword::ElectrodeCurrent => {
                self.electrode_current = true;
                names.iter().for_each(|name| self.add_current(name, None, problems));
            }
            ListKeyword::Range => self.range.extend(names.iter().cloned()),
            ListKeyword::Global => self.global.extend(names.iter().cloned()),
            ListKeyword::Random => self.random.extend(names.iter().cloned()),
            ListKeyword::BbcorePointer => self.bbcore.extend(names.iter().cloned()),
            ListKeyword::Pointer => self.pointers.extend(names.iter().cloned()),
            ListKeyword::External => self.externals.extend(names.iter().cloned()),
        }
    }

    fn check(&self, problems: &mut Problems) {
        for list in [&self.range, &self.global] {
            for name in list.iter().filter(|name| matches!(name.text.as_str(), "diam" | "area")) {
                let title = format!("`{}` belongs to the segment and cannot be RANGE or GLOBAL", name.text);
                problems
                    .push(Diagnostic::error(codes::RANGE_OF_SPECIAL, name.span, title).help("remove it from the list"));
            }
        }
        let range: BTreeSet<&str> = self.range.iter().map(|name| name.text.as_str()).collect();
        for name in self.global.iter().filter(|name| range.contains(name.text.as_str())) {
            let title = format!("`{}` is both RANGE and GLOBAL", name.text);
            problems.push(Diagnostic::error(codes::GLOBAL_STATE, name.span, title).help("choose one"));
        }
        if self.kind == MechanismKind::ArtificialCell {
            for ion in &self.ions {
                let title = "an artificial cell has no ions";
                problems.push(Diagnostic::error(codes::ARTIFICIAL_CELL_LIMIT, ion.span, title));
            }
            for (name, ion) in &self.currents {
                if ion.is_none() {
                    let title = "an artificial cell has no currents";
                    problems.push(Diagnostic::error(codes::ARTIFICIAL_CELL_LIMIT, name.span, title));
                }
            }
        }
    }

    /// Whether a name is in RANGE; nonspecific and electrode currents are so without being named there.
    pub(crate) fn is_range(&self, name: &str) -> bool {
        let current = |(one, ion): &(Name, Option<u32>)| ion.is_none() && one.text == name;
        self.range.iter().any(|one| one.text == name) || self.currents.iter().any(current)
    }

    /// Whether a name is in GLOBAL.
    pub(crate) fn is_global(&self, name: &str) -> bool {
        self.global.iter().any(|one| one.text == name)
    }

    /// The ion variable a name is, with the ion's position.
    pub(crate) fn ion_of(&self, name: &str) -> Option<(u32, IonVariable)> {
        self.ions.iter().enumerate().find_map(|(at, ion)| {
            let found = ion.reads.iter().chain(&ion.writes).find(|(_, one)| one.text == name);
            found.map(|(variable, _)| (at as u32, *variable))
        })
    }
}
