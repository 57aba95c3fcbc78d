//! Statements.

use diag::{Diagnostic, Span};
use mech_abi::MechanismKind;

use super::{Resolver, Symbol};
use crate::codes;
use crate::hir::{
    Body, Class, Expr, FunctionId, Local, LocalId, Operator, Solve, Stmt, Storage, Table, Target, VariableId,
};
use crate::syntax::ast::{self, Argument, Block, LocalName, Name, Statement, StatementKind, VariableName};

/// What kind of block the code stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Initial,
    Breakpoint,
    Derivative,
    Kinetic,
    /// LINEAR and NONLINEAR.
    Equations,
    Function,
    Procedure,
    NetReceive,
    NetInitial,
    BeforeAfter,
    Destructor,
}

/// What a name means inside a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Meaning {
    Local(LocalId),
    Variable(VariableId),
    Flag,
    /// `f_flux` or `b_flux`.
    Flux(bool),
    /// Nothing; it has been reported.
    Nothing,
}

/// One block of code while it is resolved.
pub(crate) struct Code<'r, 'p> {
    pub(crate) r: &'r mut Resolver<'p>,
    pub(crate) place: Place,
    pub(crate) locals: Vec<Local>,
    pub(crate) n_arguments: u32,
    /// Local names in sight, innermost last.
    pub(super) scope: Vec<(String, LocalId)>,
    /// Loop variables are integers.
    pub(crate) integers: Vec<LocalId>,
    pub(crate) current_function: Option<FunctionId>,
    pub(crate) table: Option<Table>,
    /// SOLVEs of BREAKPOINT.
    pub(crate) hoisted: Vec<Solve>,
    pub(crate) mentions_v: bool,
    /// LONGITUDINAL_DIFFUSIONs of a KINETIC block: index, expression, states.
    pub(crate) diffusion: Vec<(Option<Name>, ast::Expr, Vec<Name>, Span)>,
}

impl<'r, 'p> Code<'r, 'p> {
    pub(crate) fn new(r: &'r mut Resolver<'p>, place: Place, arguments: &[Argument]) -> Code<'r, 'p> {
        let mut code = Code {
            r,
            place,
            locals: Vec::new(),
            n_arguments: arguments.len() as u32,
            scope: Vec::new(),
            integers: Vec::new(),
            current_function: None,
            table: None,
            hoisted: Vec::new(),
            mentions_v: false,
            diffusion: Vec::new(),
        };
        for argument in arguments {
            code.declare_local(&argument.name, 1, 0);
        }
        code
    }

    /// An argument that the compiler adds behind the others; none once anything else is declared.
    pub(crate) fn add_argument(&mut self, name: &str) -> Option<LocalId> {
        if self.locals.len() != self.n_arguments as usize {
            return None;
        }
        self.n_arguments += 1;
        Some(self.fresh(name))
    }

    /// The local that holds a FUNCTION's value.
    pub(crate) fn add_result(&mut self, name: &str) -> LocalId {
        let id = self.fresh(name);
        self.scope.insert(0, (name.to_owned(), id));
        id
    }

    /// A local that no name reaches.
    pub(crate) fn fresh(&mut self, name: &str) -> LocalId {
        self.locals.push(Local { name: name.to_owned(), len: 1 });
        LocalId(self.locals.len() as u32 - 1)
    }

    /// Declares a local; names from position `level` of the scope on are of the same block.
    pub(super) fn declare_local(&mut self, name: &Name, len: u32, level: usize) -> LocalId {
        if self.scope[level..].iter().any(|(one, _)| *one == name.text) {
            let title = format!("`{}` is declared twice in this block", name.text);
            self.r.report(Diagnostic::error(codes::DUPLICATE, name.span, title).help("remove or rename one of them"));
        }
        let id = self.fresh(&name.text);
        self.locals[id.0 as usize].len = len;
        self.scope.push((name.text.clone(), id));
        id
    }

    /// What `inside` gives while `name` is an integer.
    pub(crate) fn with_integer<T>(&mut self, name: &Name, inside: impl FnOnce(&mut Self) -> T) -> (LocalId, T) {
        let level = self.scope.len();
        let id = self.declare_local(name, 1, level);
        self.integers.push(id);
        let value = inside(self);
        self.scope.truncate(level);
        (id, value)
    }

    /// The finished body and the SOLVEs taken out of it.
    pub(crate) fn finish(self, statements: Vec<Stmt>) -> (Body, Vec<Solve>) {
        (Body { locals: self.locals, n_arguments: self.n_arguments, statements }, self.hoisted)
    }

    pub(crate) fn block(&mut self, block: &Block) -> Vec<Stmt> {
        self.statements(&block.locals, block.statements.iter())
    }

    /// Statements of one pair of braces with its LOCALs.
    pub(crate) fn statements<'s>(
        &mut self,
        locals: &[LocalName],
        statements: impl Iterator<Item = &'s Statement>,
    ) -> Vec<Stmt> {
        let level = self.scope.len();
        // LOCALs of the outermost braces share their scope with the arguments, as in C++.
        let same = if self.scope.len() <= self.n_arguments as usize { 0 } else { level };
        for local in locals {
            let len = local.length.as_ref().map_or(1, |length| length.value as u32);
            self.declare_local(&local.name, len, same);
        }
        let mut out = Vec::new();
        for statement in statements {
            self.statement(statement, &mut out);
        }
        self.scope.truncate(level);
        out
    }

    pub(super) fn misplaced(&mut self, span: Span, what: &str, help: &str) {
        let problem = Diagnostic::error(codes::MISPLACED, span, format!("{what} cannot stand in this block"));
        self.r.report(problem.help(help));
    }

    fn unsupported(&mut self, code: &'static str, span: Span, what: &str, help: &str) {
        self.r.report(Diagnostic::error(code, span, format!("{what} is not supported yet")).help(help));
    }

    fn statement(&mut self, statement: &Statement, out: &mut Vec<Stmt>) {
        let span = statement.span;
        if !matches!(statement.kind, StatementKind::Verbatim(_)) && !self.r.preprocessor.is_active() {
            // Between `#if` and `#endif` of VERBATIM blocks, and the condition is false in NEURON.
            return;
        }
        match &statement.kind {
            StatementKind::Assign { target, value, protect } => {
                self.assign(target, value, span, out);
                if *protect && let Some(protected) = self.r.assigned_globals.get_mut(&target.name.text) {
                    *protected = true;
                }
            }
            StatementKind::Call(call) => self.call_statement(call, out),
            StatementKind::From { variable, from, to, by, body } => {
                let from = self.integer(from);
                let level = self.scope.len();
                let id = self.declare_local(variable, 1, level);
                self.integers.push(id);
                let to = self.integer(to);
                let by = by.as_ref().map_or(Expr::Number(1.0), |by| self.integer(by));
                let body = self.block(body);
                self.scope.truncate(level);
                out.push(Stmt::From { variable: id, from, to, by, body });
            }
            StatementKind::While(condition, body) => {
                let condition = self.expr(condition);
                let body = self.block(body);
                out.push(Stmt::While { condition, body });
            }
            StatementKind::If { branches, otherwise } => {
                let branches: Vec<(Expr, Vec<Stmt>)> = branches
                    .iter()
                    .map(|(condition, body)| {
                        let condition = self.expr(condition);
                        (condition, self.block(body))
                    })
                    .collect();
                let mut rest = otherwise.as_ref().map_or(Vec::new(), |body| self.block(body));
                for (condition, then) in branches.into_iter().rev() {
                    rest = vec![Stmt::If { condition, then, otherwise: rest }];
                }
                out.extend(rest);
            }
            StatementKind::Block(block) => {
                let inside = self.block(block);
                out.extend(inside);
            }
            StatementKind::Solve { block, steady_state, method } => {
                if let Some(solve) = self.solve(block, *steady_state, method.as_ref(), span) {
                    if self.place == Place::Breakpoint {
                        self.hoisted.push(solve);
                    } else {
                        out.push(Stmt::Solve(solve));
                    }
                }
            }
            StatementKind::Conductance(..) => {
                if self.place != Place::Breakpoint {
                    self.misplaced(span, "CONDUCTANCE", "it belongs into BREAKPOINT");
                } else {
                    let help = "leave it out: the slope of the current is then computed as in other mechanisms";
                    self.unsupported(codes::UNSUPPORTED_CONDUCTANCE, span, "CONDUCTANCE", help);
                }
            }
            StatementKind::Table { names, depend, from, to, with } => {
                self.table(names, depend, from, to, with, span);
            }
            StatementKind::Lag(name, by) => self.lag(name, by, span, out),
            StatementKind::Initial(_) => {
                let help = "INITIAL inside another block is for NET_RECEIVE only, right below its braces";
                self.misplaced(span, "INITIAL", help);
            }
            StatementKind::Watch(list) => self.watch(list, span, out),
            StatementKind::ForNetcons(arguments, body) => self.for_netcons(arguments, body, span, out),
            StatementKind::Mutex(_) | StatementKind::UnitsSwitch(_) => {}
            StatementKind::Verbatim(verbatim) => {
                self.r.not_thread_safe(span);
                crate::verbatim::statement(self, verbatim, out);
            }
            StatementKind::Reaction { .. }
            | StatementKind::Flux(..)
            | StatementKind::Conserve(..)
            | StatementKind::Compartment(..) => {
                if self.place == Place::Kinetic {
                    self.kinetic(statement, out);
                } else {
                    self.misplaced(span, "a statement of KINETIC", "move it into a KINETIC block");
                }
            }
            StatementKind::Diffusion(index, flow, states) => {
                if self.place == Place::Kinetic {
                    self.diffusion.push((index.clone(), flow.clone(), states.clone(), span));
                } else {
                    self.misplaced(span, "LONGITUDINAL_DIFFUSION", "it belongs into a KINETIC block");
                }
            }
            StatementKind::Equation(left, right) if self.place == Place::Equations => {
                let left = self.expr(left);
                let right = self.expr(right);
                out.push(Stmt::Equation { left, right, span });
            }
            StatementKind::Equation(..) => {
                self.misplaced(span, "an equation `~ a = b`", "it belongs into a LINEAR or NONLINEAR block");
            }
        }
    }

    fn assign(&mut self, target: &VariableName, value: &ast::Expr, span: Span, out: &mut Vec<Stmt>) {
        if target.order > 0 {
            return self.equation(target, value, span, out);
        }
        let value = self.expr(value);
        if let Some(target) = self.target(target) {
            out.push(Stmt::Assign { target, value, span });
        }
    }

    /// `x' = value`
    fn equation(&mut self, target: &VariableName, value: &ast::Expr, span: Span, out: &mut Vec<Stmt>) {
        if self.place != Place::Derivative {
            return self.misplaced(span, "an equation `x' = …`", "move it into a DERIVATIVE block");
        }
        if target.order > 1 {
            let help = "introduce a state for the first derivative and write two equations";
            return self.unsupported(codes::UNSUPPORTED_ORDER, target.span, "an equation of higher order", help);
        }
        self.warn_operators(value);
        let value = self.expr(value);
        let name = &target.name;
        match self.meaning(name) {
            Meaning::Variable(id) if self.r.variable(id).class == Class::State => {
                let index = self.index_for(name, self.r.variable(id).len, target.index.as_deref());
                out.push(Stmt::Derivative { state: Target::Variable(id, index), value, span });
            }
            Meaning::Nothing => {}
            _ => self.not_a_state(name),
        }
    }

    pub(crate) fn not_a_state(&mut self, name: &Name) {
        let problem = Diagnostic::error(codes::NOT_A_STATE, name.span, format!("`{}` is not a STATE", name.text));
        let help = format!("declare `{}` in STATE", name.text);
        self.r.report(problem.label("expected a STATE").help(help));
    }

    /// NEURON's translator stops at these operators in an equation; here they are evaluated.
    fn warn_operators(&mut self, value: &ast::Expr) {
        let mut pending = vec![value];
        while let Some(one) = pending.pop() {
            match &one.kind {
                ast::ExprKind::Binary(operator, left, right) => {
                    if !matches!(operator, Operator::Add | Operator::Sub | Operator::Mul | Operator::Div) {
                        let sign = crate::syntax::print::symbol(*operator);
                        let title = format!("NEURON refuses `{sign}` in an equation");
                        let problem = Diagnostic::warning(codes::OPERATOR_IN_EQUATION, one.span, title);
                        self.r.report(problem.help("assign this part to a LOCAL first"));
                        return;
                    }
                    pending.extend([&**left, &**right]);
                }
                ast::ExprKind::Neg(x) | ast::ExprKind::Not(x) | ast::ExprKind::Paren(x) => pending.push(x),
                _ => {}
            }
        }
    }

    /// What a name means here.
    pub(crate) fn meaning(&mut self, name: &Name) -> Meaning {
        if let Some(local) = self.local_named(&name.text) {
            return Meaning::Local(local);
        }
        if name.text == "flag" && matches!(self.place, Place::NetReceive | Place::NetInitial) {
            return Meaning::Flag;
        }
        let id = match self.r.names.get(&name.text).copied() {
            Some(Symbol::Variable(id)) if self.r.undeclared_ions.remove(&id) => {
                self.r.declared_by_use(name);
                id
            }
            Some(Symbol::Variable(id)) => id,
            Some(Symbol::Function(_) | Symbol::Block(_) | Symbol::FunctionTable(..)) => {
                let title = format!("`{}` is the name of a block, not a variable", name.text);
                self.r.error(codes::NAMED_LIKE_FUNCTION, name.span, title, "call it, or correct the name");
                return Meaning::Nothing;
            }
            Some(Symbol::Random(_)) => {
                let title = format!("`{}` is RANDOM: only the random functions may use it", name.text);
                let problem = Diagnostic::error(codes::BAD_RANDOM, name.span, title);
                self.r.report(problem.help(format!("write random_normal({}) or another of them", name.text)));
                return Meaning::Nothing;
            }
            Some(Symbol::Bbcore) => {
                let title = format!("`{}` is a BBCOREPOINTER and has no value", name.text);
                self.r.error(codes::BAD_RANDOM, name.span, title, "declare a POINTER or a RANDOM instead");
                return Meaning::Nothing;
            }
            Some(Symbol::Reported) => return Meaning::Nothing,
            None if matches!(name.text.as_str(), "f_flux" | "b_flux") => {
                if self.place == Place::Kinetic {
                    return Meaning::Flux(name.text == "b_flux");
                }
                let title = format!("`{}` outside KINETIC", name.text);
                let problem = Diagnostic::error(codes::FLUX_OUTSIDE, name.span, title);
                self.r
                    .report(problem.help("assign it to an ASSIGNED variable behind its reaction in the KINETIC block"));
                return Meaning::Nothing;
            }
            None => match self.r.implicit(name).or_else(|| self.r.implicit_start(name)) {
                Some(id) => id,
                None => {
                    self.undeclared(name);
                    return Meaning::Nothing;
                }
            },
        };
        if self.r.variable(id).storage == Storage::Voltage {
            self.mentions_v = true;
        }
        Meaning::Variable(id)
    }

    pub(crate) fn undeclared(&mut self, name: &Name) {
        let locals: Vec<String> = self.scope.iter().map(|(name, _)| name.clone()).collect();
        self.r.undeclared(name, &locals);
    }

    pub(crate) fn local_named(&self, name: &str) -> Option<LocalId> {
        self.scope.iter().rev().find(|(one, _)| one == name).map(|(_, id)| *id)
    }

    /// A place that is assigned.
    pub(crate) fn target(&mut self, target: &VariableName) -> Option<Target> {
        let name = &target.name;
        if let Some(at) = &target.at {
            self.unsupported(codes::UNSUPPORTED_DISCRETE, at.span, "`@`", "keep the old value in a variable");
            return None;
        }
        match self.meaning(name) {
            Meaning::Local(id) => {
                if self.integers.contains(&id) {
                    self.read_only(name, "a loop variable");
                    return None;
                }
                let index = self.index_for(name, self.locals[id.0 as usize].len, target.index.as_deref());
                Some(Target::Local(id, index))
            }
            Meaning::Variable(id) => {
                self.check_assignable(name, id)?;
                let index = self.index_for(name, self.r.variable(id).len, target.index.as_deref());
                Some(Target::Variable(id, index))
            }
            Meaning::Flag => {
                self.read_only(name, "the flag of the event");
                None
            }
            Meaning::Flux(_) => {
                self.read_only(name, "the flux of the last reaction");
                None
            }
            Meaning::Nothing => None,
        }
    }

    fn read_only(&mut self, name: &Name, what: &str) {
        let problem = Diagnostic::error(codes::READ_ONLY, name.span, format!("`{}` cannot be assigned", name.text));
        self.r.report(problem.label(format!("it is {what}")).help("assign a LOCAL or an ASSIGNED instead"));
    }

    /// Whether a name of the file or of NEURON's own has a value.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.r.names.contains_key(name) || super::declare::special(name).is_some()
    }

    pub(crate) fn check_assignable(&mut self, name: &Name, id: VariableId) -> Option<()> {
        let what = match self.r.variable(id).storage {
            Storage::Constant(_) => "a constant",
            Storage::Time | Storage::Step => "the simulator's time",
            Storage::Celsius => "the simulator's temperature",
            Storage::Diam | Storage::Area => "geometry of the segment",
            Storage::Voltage => {
                let allowed = self.r.neuron.kind == MechanismKind::PointProcess
                    && matches!(self.place, Place::NetReceive | Place::NetInitial);
                if !allowed && self.r.reported.insert("v =".to_owned()) {
                    let title = "`v` is assigned: only this mechanism sees it";
                    let problem = Diagnostic::warning(codes::OWN_VOLTAGE, name.span, title);
                    let label = "the potential of the segment stays what it is";
                    self.r.report(problem.label(label).help("use a LOCAL of another name"));
                }
                return Some(());
            }
            Storage::Instance | Storage::Global | Storage::Ion { .. } => {
                if self.r.neuron.is_global(&name.text) {
                    self.r.assigned_globals.entry(name.text.clone()).or_insert(false);
                }
                return Some(());
            }
        };
        self.read_only(name, what);
        None
    }

    fn table(
        &mut self,
        names: &[Name],
        depend: &[Name],
        from: &ast::Expr,
        to: &ast::Expr,
        with: &ast::Number,
        span: Span,
    ) {
        if !matches!(self.place, Place::Function | Place::Procedure) {
            let title = "TABLE stands only in a FUNCTION or PROCEDURE";
            self.r.error(codes::BAD_TABLE, span, title, "move what it tables into a PROCEDURE");
            return;
        }
        if self.table.is_some() {
            let title = "there is one TABLE in a FUNCTION or PROCEDURE at most";
            self.r.error(codes::BAD_TABLE, span, title, "join their names, or make two PROCEDUREs");
            return;
        }
        let variables = |code: &mut Self, list: &[Name], tabled: bool| {
            let mut ids = Vec::new();
            for name in list {
                let meaning = match code.r.names.get(&name.text).copied() {
                    // LOCALs and arguments of the block cannot be meant: the list names variables of the mechanism.
                    Some(Symbol::Variable(id)) => Meaning::Variable(id),
                    _ => code.meaning(name),
                };
                match meaning {
                    Meaning::Variable(id) => {
                        if tabled && code.check_assignable(name, id).is_none() {
                            continue;
                        }
                        ids.push(id);
                    }
                    Meaning::Local(_) | Meaning::Flag | Meaning::Flux(_) => {
                        let title = format!("TABLE names `{}`, which is local to the block", name.text);
                        let problem = Diagnostic::error(codes::BAD_TABLE, name.span, title);
                        code.r.report(problem.help("declare it in ASSIGNED"));
                    }
                    Meaning::Nothing => {}
                }
            }
            ids
        };
        let tabled = variables(self, names, true);
        let complete = tabled.len() == names.len();
        let depend = variables(self, depend, false);
        let from = self.expr(from);
        let to = self.expr(to);
        self.r.need_usetable(span);
        if !complete {
            return;
        }
        self.table = Some(Table { variables: tabled, depend, from, to, intervals: with.value as u32, span });
    }
}
