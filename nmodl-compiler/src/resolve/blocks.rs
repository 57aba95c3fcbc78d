//! All blocks of code, put together to a mechanism.

use diag::{Diagnostic, Span};
use mech_abi::MechanismKind;

use super::body::{Code, Place};
use super::{Resolver, Symbol};
use crate::codes;
use crate::hir::{
    Body, Current, Function, FunctionId, Ion, Mechanism, Moment, NetReceive, Solve, Solved, Stmt, VariableId,
};
use crate::syntax::ast::{Argument, Block, CodeBlock, CodeKind, Item, Name, Program, Statement, StatementKind};

/// Blocks that may be there once, and where they are.
#[derive(Default)]
struct Once {
    initial: Option<(Body, Span)>,
    breakpoint: Option<(Body, Span)>,
    constructor: Option<(Body, Span)>,
    net_receive: Option<(NetReceive, Span)>,
}

impl Resolver<'_> {
    /// Resolves all code; the names are known.
    pub(crate) fn blocks(mut self, program: &Program, source_name: &str) -> Mechanism {
        let mut once = Once::default();
        let mut functions = Vec::new();
        let mut solves = Vec::new();
        let mut before_after = Vec::new();
        let mut title = String::new();
        for item in &program.items {
            match item {
                Item::Title(text) if title.is_empty() => title.clone_from(&text.text),
                Item::Verbatim(verbatim) => {
                    self.not_thread_safe(verbatim.span);
                    crate::verbatim::top_level(&mut self, verbatim);
                }
                // NEURON joins several INITIAL and BREAKPOINT blocks (an INCLUDEd file may have its own).
                Item::Code(code) if matches!(code.kind, CodeKind::Initial | CodeKind::Breakpoint) => {
                    if let Some(joined) = joined(program, code) {
                        self.block(&joined, &mut once, &mut functions, &mut solves, &mut before_after);
                    }
                }
                Item::Code(code) => {
                    self.block(code, &mut once, &mut functions, &mut solves, &mut before_after);
                }
                _ => {}
            }
        }
        let called = std::mem::take(&mut self.library);
        functions.extend(called);
        let at = functions.len() as u32;
        let watches: Vec<FunctionId> = (0..self.watches.len() as u32).map(|one| FunctionId(at + one)).collect();
        functions.append(&mut self.watches);
        let constructor = once.constructor.map(|(body, span)| {
            functions.push(super::network::procedure("constructor.".to_owned(), body, span));
            FunctionId(functions.len() as u32 - 1)
        });
        let mut diffusion = Vec::new();
        for (mut one, function) in std::mem::take(&mut self.diffusions) {
            one.function = FunctionId(functions.len() as u32);
            functions.push(function);
            diffusion.push(one);
        }
        let named =
            |names: &[Name]| names.iter().filter_map(|name| self.variable_named(&name.text)).collect::<Vec<_>>();
        let (pointers, externals) = (named(&self.neuron.pointers), named(&self.neuron.externals));
        self.check_pointers();
        let assigns = self.assigned_globals.values().any(|protected| !protected) && self.neuron.thread_safe.is_none();
        // An artificial cell has no thread of its own whose copy of a shared variable it could use.
        let own = |one: &crate::hir::Variable| one.class == crate::hir::Class::TopLocal;
        let shares = self.neuron.kind == MechanismKind::ArtificialCell
            && (!self.assigned_globals.is_empty() || self.variables.iter().any(own));
        let thread_safe = !(self.shares_state || assigns || shares);
        let ions = self.ions();
        let currents = self.currents();
        Mechanism {
            name: self.neuron.name.clone(),
            kind: self.neuron.kind,
            source: source_name.to_owned(),
            title,
            thread_safe,
            ions,
            currents,
            electrode_current: self.neuron.electrode_current,
            functions,
            solves,
            initial: once.initial.map(|(body, _)| body),
            breakpoint: once.breakpoint.map(|(body, _)| body),
            net_receive: once.net_receive.map(|(receive, _)| receive),
            before_after,
            usetable: self.usetable,
            random_streams: self.neuron.random.len() as u32 + self.preprocessor.streams(),
            vectors: self.preprocessor.vectors(),
            pointers,
            externals,
            function_tables: self.function_tables,
            watches,
            constructor,
            diffusion,
            solved: self.solved,
            variables: self.variables,
        }
    }

    fn ions(&self) -> Vec<Ion> {
        let list = |names: &[(mech_abi::IonVariable, Name)]| {
            names.iter().filter_map(|(variable, name)| Some((*variable, self.variable_named(&name.text)?))).collect()
        };
        let ion = |one: &super::neuron::IonStatement| Ion {
            name: one.name.clone(),
            charge: one.charge,
            reads: list(&one.reads),
            writes: list(&one.writes),
            span: one.span,
        };
        self.neuron.ions.iter().map(ion).collect()
    }

    fn currents(&self) -> Vec<Current> {
        let current =
            |(name, ion): &(Name, Option<u32>)| Some(Current { variable: self.variable_named(&name.text)?, ion: *ion });
        self.neuron.currents.iter().filter_map(current).collect()
    }

    fn variable_named(&self, name: &str) -> Option<VariableId> {
        match self.names.get(name) {
            Some(Symbol::Variable(id)) => Some(*id),
            _ => None,
        }
    }

    /// A BBCOREPOINTER that nothing recognised reads is a pointer to something we do not know.
    fn check_pointers(&mut self) {
        for name in self.neuron.bbcore.clone() {
            if self.preprocessor.slot(&name.text).is_none() {
                let title = format!("nothing that is recognised uses BBCOREPOINTER `{}`", name.text);
                let problem = Diagnostic::warning(codes::BBCOREPOINTER_UNUSED, name.span, title);
                self.report(problem.help("for a random stream write `RANDOM name` and use random_normal(name, …)"));
            }
        }
    }

    fn block(
        &mut self,
        code: &CodeBlock,
        once: &mut Once,
        functions: &mut Vec<Function>,
        solves: &mut Vec<Solve>,
        before_after: &mut Vec<(Moment, Body)>,
    ) {
        match &code.kind {
            CodeKind::Initial => {
                let (body, _) = self.body(Place::Initial, &[], code);
                self.once(once.initial.as_ref().map(|(_, span)| *span), code.span, "INITIAL");
                once.initial = Some((body, code.span));
            }
            CodeKind::Breakpoint => {
                let (body, hoisted) = self.body(Place::Breakpoint, &[], code);
                self.once(once.breakpoint.as_ref().map(|(_, span)| *span), code.span, "BREAKPOINT");
                if self.neuron.kind == MechanismKind::ArtificialCell {
                    let title = "an artificial cell has no BREAKPOINT";
                    let problem = Diagnostic::error(codes::ARTIFICIAL_CELL_LIMIT, code.span, title);
                    self.report(problem.help("it has no node and takes no steps; use NET_RECEIVE and net_send"));
                }
                solves.extend(hoisted);
                once.breakpoint = Some((body, code.span));
            }
            CodeKind::Constructor => {
                let (body, _) = self.body(Place::Procedure, &[], code);
                self.once(once.constructor.as_ref().map(|(_, span)| *span), code.span, "CONSTRUCTOR");
                once.constructor = Some((body, code.span));
            }
            CodeKind::Destructor => {
                if self.neuron.kind == MechanismKind::Density {
                    let title = "DESTRUCTOR in a density mechanism";
                    let problem = Diagnostic::error(codes::DESTRUCTOR_IN_DENSITY, code.span, title);
                    self.report(problem.help("only point processes and artificial cells have one"));
                    return;
                }
                // An instance's memory is not the mechanism's business, and no instance is deleted during a run.
                let (body, _) = self.body(Place::Destructor, &[], code);
                if !body.statements.is_empty() {
                    let title = "DESTRUCTOR never runs: no instance is deleted";
                    let problem = Diagnostic::warning(codes::IGNORED, code.span, title);
                    self.report(problem.help("remove it"));
                }
            }
            CodeKind::Before(phase) | CodeKind::After(phase) => {
                let after = matches!(code.kind, CodeKind::After(_));
                let moment = match (after, phase.text.as_str()) {
                    (false, "BREAKPOINT") => Some(Moment::BeforeBreakpoint),
                    (true, "SOLVE") => Some(Moment::AfterSolve),
                    (false, "INITIAL") => Some(Moment::BeforeInitial),
                    (true, "INITIAL") => Some(Moment::AfterInitial),
                    (false, "STEP") => Some(Moment::BeforeStep),
                    _ => None,
                };
                let (body, _) = self.body(Place::BeforeAfter, &[], code);
                match moment {
                    Some(moment) => before_after.push((moment, body)),
                    None => {
                        let text = format!("NEURON has no {} {}", if after { "AFTER" } else { "BEFORE" }, phase.text);
                        let help = "use BEFORE BREAKPOINT, AFTER SOLVE, BEFORE INITIAL, AFTER INITIAL or BEFORE STEP";
                        self.report(Diagnostic::error(codes::BAD_MOMENT, code.span, text).help(help));
                    }
                }
            }
            CodeKind::Derivative(name) => self.solved_block(name, &[], Place::Derivative, code),
            CodeKind::Kinetic(name, list) => self.solved_block(name, list, Place::Kinetic, code),
            CodeKind::Linear(name, list) | CodeKind::Nonlinear(name, list) => {
                self.solved_block(name, list, Place::Equations, code);
            }
            CodeKind::Discrete(_) => {}
            CodeKind::Function(name, arguments, _) | CodeKind::Procedure(name, arguments, _) => {
                let id = FunctionId(functions.len() as u32);
                let function = self.function(id, name, arguments, code);
                functions.push(function);
            }
            CodeKind::NetReceive(arguments) => {
                let receive = self.net_receive(arguments, code);
                self.once(once.net_receive.as_ref().map(|(_, span)| *span), code.span, "NET_RECEIVE");
                once.net_receive = Some((receive, code.span));
            }
        }
    }

    /// A block that SOLVE names; `list` is its SOLVEFOR.
    fn solved_block(&mut self, name: &Name, list: &[Name], place: Place, code: &CodeBlock) {
        let mut inside = Code::new(self, place, &[]);
        let statements = inside.block(&code.block);
        let diffusing = std::mem::take(&mut inside.diffusion);
        let (resolved, _) = inside.finish(statements);
        for (index, flow, states, span) in diffusing {
            self.diffuse(index.as_ref(), &flow, &states, span, &code.block);
        }
        if !has_equation(&resolved.statements) {
            let (what, unit) = match place {
                Place::Kinetic => ("KINETIC", "reaction"),
                Place::Equations => ("LINEAR or NONLINEAR", "equation `~ a = b`"),
                _ => ("DERIVATIVE", "equation `x' = …`"),
            };
            let title = format!("{what} `{}` has no {unit}", name.text);
            self.error(codes::NO_EQUATION, code.span, title, "assign values in a PROCEDURE instead");
        }
        let mut only = Vec::new();
        for state in list {
            match self.variable_named(&state.text) {
                Some(id) if self.variable(id).class == crate::hir::Class::State => only.push(id),
                _ => {
                    let title = format!("`{}` in SOLVEFOR is not a STATE", state.text);
                    let problem = Diagnostic::error(codes::NOT_A_STATE, state.span, title);
                    self.report(problem.help(format!("declare `{}` in STATE", state.text)));
                }
            }
        }
        let Some(Symbol::Block(id)) = self.names.get(&name.text).copied() else { return };
        match self.solved.get_mut(id.0 as usize) {
            Some(Solved::Derivative { body, .. }) => *body = resolved,
            Some(Solved::Kinetic { body, solve_for, .. } | Solved::Equations { body, solve_for, .. }) => {
                (*body, *solve_for) = (resolved, only);
            }
            _ => {}
        }
    }

    fn once(&mut self, before: Option<Span>, span: Span, what: &str) {
        if let Some(before) = before {
            let problem = Diagnostic::error(codes::TWO_BLOCKS, span, format!("{what} is there twice"));
            self.report(problem.also(before, "the first one").help("put all statements into one of them"));
        }
    }

    /// Resolves a block; the second value are the SOLVEs that were taken out of it.
    fn body(&mut self, place: Place, arguments: &[Argument], code: &CodeBlock) -> (Body, Vec<Solve>) {
        let mut resolved = Code::new(self, place, arguments);
        let statements = resolved.block(&code.block);
        resolved.finish(statements)
    }

    fn function(&mut self, id: FunctionId, name: &Name, arguments: &[Argument], code: &CodeBlock) -> Function {
        let has_value = matches!(code.kind, CodeKind::Function(..));
        let place = if has_value { Place::Function } else { Place::Procedure };
        let mut resolved = Code::new(self, place, arguments);
        let result = has_value.then(|| resolved.add_result(&name.text));
        resolved.current_function = Some(id);
        let statements = resolved.block(&code.block);
        let table = resolved.table.take();
        let (body, _) = resolved.finish(statements);
        if let Some(table) = &table {
            self.check_table(table, name, arguments.len(), has_value);
        }
        Function { name: name.text.clone(), result, table, body, span: name.span }
    }

    fn check_table(&mut self, table: &crate::hir::Table, name: &Name, arguments: usize, has_value: bool) {
        let title = if arguments != 1 {
            format!("`{}` has a TABLE and {arguments} arguments; it needs exactly one", name.text)
        } else if has_value && !table.variables.is_empty() {
            "TABLE in a FUNCTION takes no names: its value is tabled".to_owned()
        } else if !has_value && table.variables.is_empty() {
            "TABLE in a PROCEDURE needs the names of what is tabled".to_owned()
        } else if table.intervals == 0 {
            "TABLE needs at least one interval".to_owned()
        } else {
            return;
        };
        self.error(codes::BAD_TABLE, table.span, title, "write TABLE a, b DEPEND c FROM low TO high WITH intervals");
    }

    fn net_receive(&mut self, arguments: &[Argument], code: &CodeBlock) -> NetReceive {
        if self.neuron.kind == MechanismKind::Density {
            let title = "NET_RECEIVE in a density mechanism";
            let problem = Diagnostic::error(codes::NET_RECEIVE_IN_DENSITY, code.span, title);
            self.report(problem.help("use POINT_PROCESS or ARTIFICIAL_CELL instead of SUFFIX"));
        }
        if arguments.is_empty() {
            let problem = Diagnostic::error(codes::NET_RECEIVE_ARGUMENTS, code.span, "NET_RECEIVE has no argument");
            self.report(problem.help("write NET_RECEIVE (w): every connection has a weight"));
        }
        let mut resolved = Code::new(self, Place::NetReceive, arguments);
        let (initial, rest): (Vec<&Statement>, Vec<&Statement>) =
            code.block.statements.iter().partition(|one| matches!(one.kind, StatementKind::Initial(_)));
        let statements = resolved.statements(&code.block.locals, rest.into_iter());
        let mentions_v = resolved.mentions_v;
        let (body, _) = resolved.finish(statements);
        if let [_, second, ..] = initial[..] {
            let title = "INITIAL is there twice in NET_RECEIVE";
            self.error(codes::TWO_BLOCKS, second.span, title, "join the two");
        }
        let initial = initial.first().and_then(|one| match &one.kind {
            StatementKind::Initial(block) => {
                let mut resolved = Code::new(self, Place::NetInitial, arguments);
                let statements = resolved.block(block);
                Some(resolved.finish(statements).0)
            }
            _ => None,
        });
        let arguments = arguments.iter().map(|argument| argument.name.text.clone()).collect();
        NetReceive { arguments, body, initial, mentions_v, span: code.span }
    }
}

/// All blocks of the kind of `first` as one, if it is the first of them.
fn joined(program: &Program, first: &CodeBlock) -> Option<CodeBlock> {
    let same = |item: &'_ Item| match item {
        Item::Code(code) if code.kind == first.kind => Some(code.clone()),
        _ => None,
    };
    let all: Vec<CodeBlock> = program.items.iter().filter_map(same).collect();
    if all.first()?.span != first.span {
        return None;
    }
    if all.len() == 1 {
        return Some(first.clone());
    }
    let statement = |code: CodeBlock| Statement { span: code.block.span, kind: StatementKind::Block(code.block) };
    let block = Block { locals: Vec::new(), statements: all.into_iter().map(statement).collect(), span: first.span };
    Some(CodeBlock { kind: first.kind.clone(), block, span: first.span })
}

fn has_equation(statements: &[Stmt]) -> bool {
    statements.iter().any(|statement| match statement {
        Stmt::Derivative { .. } | Stmt::Reaction { .. } | Stmt::Flux { .. } | Stmt::Equation { .. } => true,
        Stmt::If { then, otherwise, .. } => has_equation(then) || has_equation(otherwise),
        Stmt::While { body, .. } | Stmt::From { body, .. } => has_equation(body),
        _ => false,
    })
}
