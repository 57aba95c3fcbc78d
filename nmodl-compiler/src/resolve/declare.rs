//! Variables: storage by class and list (nmodl-language section 3).

use diag::{Diagnostic, Span};
use mech_abi::IonVariable;

use super::{RESERVED, Resolver, Symbol, neuron, six_digits};
use crate::codes;
use crate::hir::{Class, FunctionId, Solved, SolvedId, Storage, Variable, VariableId};
use crate::syntax::ast::{
    CodeKind, Dependent, Item, LocalName, Name, Number, Parameter, Program, Unit, UnitDefinition,
};

/// Where a variable lives that NEURON owns, whatever block declares it.
pub(crate) fn special(name: &str) -> Option<Storage> {
    Some(match name {
        "v" => Storage::Voltage,
        "t" => Storage::Time,
        "dt" => Storage::Step,
        "celsius" => Storage::Celsius,
        "diam" => Storage::Diam,
        "area" => Storage::Area,
        _ => return None,
    })
}

/// What one declaration says.
struct Declaration<'d> {
    name: &'d Name,
    class: Class,
    length: Option<&'d Number>,
    value: f64,
    unit: Option<&'d Unit>,
}

impl Resolver<'_> {
    /// Declares everything that has a value.
    pub(crate) fn declare(&mut self, program: &Program) {
        for (slot, name) in self.neuron.random.clone().into_iter().enumerate() {
            self.name(&name, Symbol::Random(slot as u32));
        }
        // What only VERBATIM reads is a pointer to something of NEURON's, whatever it is called.
        let (opaque, pointers): (Vec<Name>, Vec<Name>) =
            (self.neuron.pointers.drain(..)).partition(|name| self.preprocessor.slot(&name.text).is_some());
        self.neuron.pointers = pointers;
        for name in opaque {
            self.not_thread_safe(name.span);
            self.names.insert(name.text, Symbol::Bbcore);
        }
        for name in self.neuron.bbcore.clone() {
            self.not_thread_safe(name.span);
            self.names.insert(name.text, Symbol::Bbcore);
        }
        let mut units = crate::units::Units::new();
        for item in &program.items {
            match item {
                Item::Parameter(list, _) => list.iter().for_each(|one| self.parameter(one, Class::Parameter)),
                Item::Constant(list, _) => list.iter().for_each(|one| self.parameter(one, Class::Constant)),
                Item::Assigned(list, _) => list.iter().for_each(|one| self.dependent(one, Class::Assigned)),
                Item::State(list, _) => list.iter().for_each(|one| self.dependent(one, Class::State)),
                Item::Local(list) => list.iter().for_each(|one| self.top_local(one)),
                Item::Units(list, _) => list.iter().for_each(|one| self.unit_definition(one, &mut units)),
                Item::Define(name, _) => {
                    // The parser has put the number in place of the name; the name must not mean anything else.
                    self.declared_at.insert(name.text.clone(), name.span);
                }
                _ => {}
            }
        }
        self.pointers();
        self.ion_variables();
        self.starts(program);
        self.check_lists();
    }

    /// Gives a name its meaning; reports a second meaning.
    fn name(&mut self, name: &Name, symbol: Symbol) -> bool {
        if RESERVED.contains(&name.text.as_str()) {
            let title = format!("`{}` is a function of NMODL", name.text);
            let problem = Diagnostic::error(codes::RESERVED, name.span, title);
            self.report(problem.help("choose another name"));
            return false;
        }
        if let Some(before) = self.declared_at.get(&name.text).copied() {
            let function = |symbol: Option<&Symbol>| matches!(symbol, Some(Symbol::Function(_)));
            let both = function(Some(&symbol)) != function(self.names.get(&name.text));
            let (code, title) = if both {
                let title = format!("`{}` is both a variable and a function", name.text);
                (codes::NAMED_LIKE_FUNCTION, title)
            } else {
                (codes::DUPLICATE, format!("`{}` is declared twice", name.text))
            };
            let problem = Diagnostic::error(code, name.span, title).label("declared again");
            self.report(problem.also(before, "declared here").help("remove or rename one of them"));
            return false;
        }
        self.declared_at.insert(name.text.clone(), name.span);
        self.names.insert(name.text.clone(), symbol);
        true
    }

    fn add(&mut self, one: Declaration<'_>) {
        let Declaration { name, class, length, value, unit } = one;
        if matches!(self.names.get(&name.text), Some(Symbol::Bbcore | Symbol::Reported)) {
            return;
        }
        let id = VariableId(self.variables.len() as u32);
        if !self.name(name, Symbol::Variable(id)) {
            return;
        }
        let text = name.text.as_str();
        let range = self.neuron.is_range(text);
        let global = self.neuron.is_global(text);
        let (storage, visible) = if let Some((ion, variable)) = self.neuron.ion_of(text) {
            if class == Class::Constant {
                let title = format!("`{text}` belongs to an ion and cannot be a CONSTANT");
                self.error(codes::CONSTANT_ION, name.span, title, "declare it in PARAMETER or ASSIGNED");
            }
            // Of an ion's variables NEURON shows the current that the mechanism itself makes (`ina_hh`).
            let made = variable == IonVariable::Current
                && self.neuron.ions[ion as usize].writes.iter().any(|(one, _)| *one == variable);
            (Storage::Ion { ion, variable }, range && made)
        } else if let Some(storage) = special(text).filter(|_| matches!(class, Class::Parameter | Class::Assigned)) {
            (storage, false)
        } else {
            match class {
                Class::Parameter if range => (Storage::Instance, true),
                Class::Parameter => (Storage::Global, true),
                Class::Assigned if global => (Storage::Global, true),
                Class::Assigned => (Storage::Instance, range),
                Class::State => (Storage::Instance, true),
                Class::Constant => (Storage::Constant(value), false),
                Class::TopLocal | Class::Implicit => (Storage::Global, false),
            }
        };
        if class == Class::State && (global || special(text).is_some()) {
            let title = format!("STATE `{text}` cannot be GLOBAL or a variable of NEURON's own");
            let problem = Diagnostic::error(codes::GLOBAL_STATE, name.span, title);
            self.report(problem.help("every STATE belongs to each instance; remove it from GLOBAL or rename it"));
        }
        if length.is_some() {
            self.arrays.insert(name.text.clone());
        }
        self.variables.push(Variable {
            name: name.text.clone(),
            class,
            storage,
            len: length.map_or(1, |length| length.value as u32),
            default: value,
            start: None,
            set: None,
            unit: unit.map_or(String::new(), |unit| unit.text.clone()),
            visible,
            span: name.span,
        });
    }

    fn parameter(&mut self, one: &Parameter, class: Class) {
        let written = one.value.as_ref().map_or(0.0, |number| number.value);
        let value = if class == Class::Constant { written } else { six_digits(written) };
        let Parameter { name, length, unit, .. } = one;
        self.add(Declaration { name, class, length: length.as_ref(), value, unit: unit.as_ref() });
    }

    fn dependent(&mut self, one: &Dependent, class: Class) {
        // START is kept as the default of the STATE; an ASSIGNED starts at 0.
        let value = if class == Class::State { one.start.as_ref().map_or(0.0, |number| number.value) } else { 0.0 };
        let Dependent { name, length, unit, .. } = one;
        let value = six_digits(value);
        self.add(Declaration { name, class, length: length.as_ref(), value, unit: unit.as_ref() });
    }

    fn top_local(&mut self, one: &LocalName) {
        let (name, length) = (&one.name, one.length.as_ref());
        self.add(Declaration { name, class: Class::TopLocal, length, value: 0.0, unit: None });
    }

    fn unit_definition(&mut self, one: &UnitDefinition, units: &mut crate::units::Units) {
        let (name, value, unit) = match one {
            UnitDefinition::Alias(new, old) => {
                if let Err(problem) = units.define(new, old) {
                    self.report(problem);
                }
                return;
            }
            UnitDefinition::Value(name, value, unit) => (name, value.value, unit.as_ref()),
            UnitDefinition::Factor(name, from, to) => match units.factor(from, to) {
                Ok(value) => (name, value, Some(to)),
                Err(problem) => {
                    self.report(problem);
                    (name, f64::NAN, Some(to))
                }
            },
        };
        self.add(Declaration { name, class: Class::Constant, length: None, value, unit });
    }

    /// POINTERs and EXTERNALs, declared in ASSIGNED or not, with the variables that say whether they stand for anything.
    fn pointers(&mut self) {
        let pointers = self.neuron.pointers.clone().into_iter().map(|name| (name, Storage::Instance));
        let externals = self.neuron.externals.clone().into_iter().map(|name| (name, Storage::Global));
        for (name, storage) in pointers.chain(externals).collect::<Vec<_>>() {
            self.not_thread_safe(name.span);
            let id = match self.names.get(&name.text) {
                Some(Symbol::Variable(id)) => *id,
                Some(_) => continue,
                None => self.add_implicit(&name, storage, 0.0),
            };
            let set = self.add_implicit(&Name { text: format!("{}.set", name.text), span: name.span }, storage, 0.0);
            self.variables[set.0 as usize].class = Class::Assigned;
            let variable = &mut self.variables[id.0 as usize];
            (variable.storage, variable.set, variable.visible) = (storage, Some(set), true);
            variable.class = Class::Assigned;
            variable.default = 0.0;
        }
    }

    /// USEION names that no block declares are variables all the same.
    fn ion_variables(&mut self) {
        let mut missing = Vec::new();
        for (at, ion) in self.neuron.ions.iter().enumerate() {
            for (variable, name) in ion.reads.iter().chain(&ion.writes) {
                if !self.names.contains_key(&name.text)
                    && !missing.iter().any(|(one, _): &(Name, _)| one.text == name.text)
                {
                    missing.push((name.clone(), Storage::Ion { ion: at as u32, variable: *variable }));
                }
            }
        }
        for (name, storage) in missing {
            let id = self.add_implicit(&name, storage, 0.0);
            self.undeclared_ions.insert(id);
        }
    }

    /// Arbor declares what the NEURON block names; NEURON's C++ does not compile then. There is one meaning only.
    pub(crate) fn declared_by_use(&mut self, name: &Name) {
        let title = format!("`{}` is named in the NEURON block and declared nowhere", name.text);
        let problem = Diagnostic::warning(codes::DECLARED_BY_USE, name.span, title);
        self.report(problem.label("taken as ASSIGNED").help(format!("add `{}` to ASSIGNED for NEURON", name.text)));
    }

    /// Connects each STATE with the `s0` that holds its value at INITIAL.
    fn starts(&mut self, program: &Program) {
        let mut states: Vec<(VariableId, String)> = Vec::new();
        for (at, variable) in self.variables.iter().enumerate() {
            if variable.class == Class::State && variable.storage == Storage::Instance {
                states.push((VariableId(at as u32), format!("{}0", variable.name)));
            }
        }
        for (state, start) in states {
            if let Some(Symbol::Variable(id)) = self.names.get(&start) {
                self.variables[state.0 as usize].start = Some(*id);
            }
        }
        for item in &program.items {
            let Item::State(list, _) = item else { continue };
            for one in list {
                let other = one.name.text.strip_prefix('D').filter(|other| {
                    let symbol = self.names.get(*other);
                    matches!(symbol, Some(Symbol::Variable(id)) if self.variable(*id).class == Class::State)
                });
                if let Some(other) = other.map(str::to_owned) {
                    let title = format!("STATE `{}` is also the derivative of STATE `{other}`", one.name.text);
                    let problem = Diagnostic::error(codes::STATE_NAME, one.name.span, title);
                    self.report(problem.help("rename it: nocmodl calls the derivative of `x` `Dx`"));
                }
            }
        }
    }

    /// `m0` of a state `m`, used but not declared.
    pub(crate) fn implicit_start(&mut self, name: &Name) -> Option<VariableId> {
        let state = name.text.strip_suffix('0')?;
        let Some(Symbol::Variable(state)) = self.names.get(state).copied() else { return None };
        let variable = self.variable(state);
        if variable.class != Class::State {
            return None;
        }
        let default = variable.default;
        let id = self.add_implicit(name, Storage::Global, default);
        if self.variable(state).storage == Storage::Instance {
            self.variables[state.0 as usize].start = Some(id);
        }
        Some(id)
    }

    fn check_lists(&mut self) {
        let lists: Vec<(bool, Name)> = (self.neuron.range.iter().map(|name| (false, name.clone())))
            .chain(self.neuron.global.iter().map(|name| (true, name.clone())))
            .collect();
        for (global, name) in lists {
            if self.names.contains_key(&name.text) || special(&name.text).is_some() {
                continue;
            }
            // The start value of a STATE exists without being declared.
            if let Some(start) = self.implicit_start(&name) {
                let variable = &mut self.variables[start.0 as usize];
                variable.visible = true;
                if !global {
                    variable.storage = Storage::Instance;
                }
                continue;
            }
            let list = if global { "GLOBAL" } else { "RANGE" };
            let title = format!("`{}` in {list} is not declared", name.text);
            let nearest = super::spelling::nearest(&name.text, self.names.keys().map(String::as_str));
            let help = match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "declare it in PARAMETER or ASSIGNED, or remove it from the list".to_owned(),
            };
            // NEURON only warns of a RANGE name (and leaves it out); so does this.
            let problem = if global {
                Diagnostic::error(codes::NOT_DECLARED_IN_LIST, name.span, title)
            } else {
                Diagnostic::warning(codes::NOT_DECLARED_IN_LIST, name.span, title)
            };
            self.report(problem.help(help));
        }
        for (name, ion) in self.neuron.currents.clone() {
            if ion.is_none() && !self.names.contains_key(&name.text) {
                self.declared_by_use(&name);
                let id = self.add_implicit(&name, Storage::Instance, 0.0);
                let variable = &mut self.variables[id.0 as usize];
                variable.class = Class::Assigned;
                variable.visible = true;
            }
        }
    }

    /// Names of blocks and functions, so that calls may come before definitions.
    pub(crate) fn declare_blocks(&mut self, program: &Program) {
        for item in &program.items {
            match item {
                Item::Code(code) => match &code.kind {
                    CodeKind::Function(name, arguments, _) => self.signature(name, arguments.len(), true),
                    CodeKind::Procedure(name, arguments, _) => self.signature(name, arguments.len(), false),
                    CodeKind::Derivative(name) => {
                        let body = Default::default();
                        self.solvable(name, Solved::Derivative { name: name.text.clone(), body });
                    }
                    CodeKind::Kinetic(name, _) => {
                        let (body, solve_for) = Default::default();
                        self.solvable(name, Solved::Kinetic { name: name.text.clone(), solve_for, body });
                    }
                    CodeKind::Linear(name, _) | CodeKind::Nonlinear(name, _) => {
                        self.shares_state = true;
                        let linear = matches!(code.kind, CodeKind::Linear(..));
                        let (body, solve_for) = Default::default();
                        self.solvable(name, Solved::Equations { linear, name: name.text.clone(), solve_for, body });
                    }
                    CodeKind::Discrete(name) => {
                        let help = "write the update as a PROCEDURE and SOLVE it without METHOD";
                        self.unsupported(codes::UNSUPPORTED_DISCRETE, name, "DISCRETE", help);
                    }
                    _ => {}
                },
                Item::FunctionTable { name, arguments, .. } => {
                    if arguments.is_empty() || arguments.len() > 2 {
                        let title = format!("FUNCTION_TABLE `{}` has {} arguments", name.text, arguments.len());
                        self.error(codes::ARITY, name.span, title, "a table has one argument or two");
                    }
                    let slot = self.function_tables.len() as u32;
                    self.function_tables.push(name.text.clone());
                    self.name(name, Symbol::FunctionTable(slot, arguments.len()));
                }
                _ => {}
            }
        }
    }

    fn signature(&mut self, name: &Name, arguments: usize, has_value: bool) {
        let id = FunctionId(self.signatures.len() as u32);
        self.signatures.push(super::Signature { name: name.text.clone(), arguments, has_value });
        let ion = self.neuron.ions.iter().find(|ion| neuron::ion_variable(&ion.name, &name.text).is_some());
        if let Some((ion, span)) = ion.map(|ion| (ion.name.clone(), ion.span))
            && !self.declared_at.contains_key(&name.text)
        {
            let title = format!("function `{}` has the name of a variable of ion `{ion}`", name.text);
            let problem = Diagnostic::error(codes::NAMED_LIKE_FUNCTION, name.span, title);
            self.report(problem.also(span, "the ion is used here").help("rename the function"));
            return;
        }
        self.name(name, Symbol::Function(id));
    }

    fn solvable(&mut self, name: &Name, solved: Solved) {
        let id = SolvedId(self.solved.len() as u32);
        self.solved.push(solved);
        self.name(name, Symbol::Block(id));
    }

    fn unsupported(&mut self, code: &'static str, name: &Name, what: &str, help: &str) {
        self.shares_state = true;
        self.names.insert(name.text.clone(), Symbol::Reported);
        self.report(Diagnostic::error(code, name.span, format!("{what} is not supported yet")).help(help));
    }

    /// Declares `usetable`, which hoc sees as `usetable_SUFFIX`.
    pub(crate) fn need_usetable(&mut self, span: Span) -> VariableId {
        if let Some(id) = self.usetable {
            return id;
        }
        let name = Name { text: format!("usetable_{}", self.neuron.name), span };
        let id = self.add_implicit(&name, Storage::Global, 1.0);
        let variable = &mut self.variables[id.0 as usize];
        variable.name = "usetable".to_owned();
        variable.class = Class::Parameter;
        variable.visible = true;
        self.usetable = Some(id);
        id
    }
}
