//! A resolved mechanism as text, for `--emit hir` and for snapshots.
//!
//! Close to NMODL, but everything that NMODL leaves to rules is written out: where a variable lives, which SOLVE runs
//! in the state phase, which local a name means (`x#2` is local number 2, where names alone would not tell).

use std::fmt::Write as _;

use mech_abi::{IonVariable, MechanismKind};

use super::{
    Body, Class, Expr, Function, Ion, Local, LocalId, Mechanism, Method, Moment, Operator, Side, Solve, Solved, Stmt,
    Storage, Table, Target, Variable, VariableId,
};

/// The text of a mechanism.
pub fn print(mechanism: &Mechanism) -> String {
    let mut printer = Printer { mechanism, out: String::new(), level: 0, locals: &[], weights: 0 };
    printer.mechanism();
    printer.out
}

struct Printer<'m> {
    mechanism: &'m Mechanism,
    out: String,
    level: usize,
    locals: &'m [Local],
    /// How many of the first locals are weights of the connection.
    weights: u32,
}

fn ion_variable(ion: &str, variable: IonVariable) -> String {
    match variable {
        IonVariable::Reversal => format!("e{ion}"),
        IonVariable::Inside => format!("{ion}i"),
        IonVariable::Outside => format!("{ion}o"),
        IonVariable::Current => format!("i{ion}"),
        IonVariable::CurrentSlope => format!("di{ion}_dv_"),
    }
}

/// Operator's sign and how strongly it binds.
fn operator(operator: Operator) -> (&'static str, u8) {
    let strength = match operator {
        Operator::Or => 1,
        Operator::And => 2,
        Operator::Eq | Operator::Ne => 3,
        Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge => 4,
        Operator::Add | Operator::Sub => 5,
        Operator::Mul | Operator::Div => 6,
        Operator::Pow => 8,
    };
    (crate::syntax::print::symbol(operator), strength)
}

/// Strength of unary minus and `!`.
const UNARY: u8 = 7;
/// Strength of names, literals and calls.
const ATOM: u8 = 9;

impl<'m> Printer<'m> {
    fn line(&mut self, text: &str) {
        for _ in 0..self.level {
            self.out.push_str("    ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn mechanism(&mut self) {
        let one = self.mechanism;
        let kind = match one.kind {
            MechanismKind::Density => "density mechanism",
            MechanismKind::PointProcess => "point process",
            MechanismKind::ArtificialCell => "artificial cell",
        };
        self.line(&format!("{kind} {} from {}", one.name, one.source));
        if !one.title.is_empty() {
            self.line(&format!("title {}", one.title));
        }
        self.line(if one.thread_safe { "thread-safe" } else { "not thread-safe" });
        if !one.function_tables.is_empty() {
            self.line(&format!("function tables {}", one.function_tables.join(", ")));
        }
        for (what, list) in [("pointers", &one.pointers), ("externals", &one.externals)] {
            if !list.is_empty() {
                let names: Vec<String> = list.iter().map(|id| self.variable(*id)).collect();
                self.line(&format!("{what} {}", names.join(", ")));
            }
        }
        for diffusion in &one.diffusion {
            let element = diffusion.element.map_or(String::new(), |element| format!("[{element}]"));
            self.line(&format!("diffuses {}{element}", self.variable(diffusion.state)));
        }
        if one.random_streams > 0 {
            self.line(&format!("random streams {}", one.random_streams));
        }
        if one.vectors > 0 {
            self.line(&format!("vectors {}", one.vectors));
        }
        for ion in &one.ions {
            let text = self.ion(ion);
            self.line(&text);
        }
        for current in &one.currents {
            let name = self.variable(current.variable);
            let of = match current.ion {
                Some(ion) => format!("of {}", one.ions[ion as usize].name),
                None if one.electrode_current => "electrode".to_owned(),
                None => "nonspecific".to_owned(),
            };
            self.line(&format!("current {name} {of}"));
        }
        if one.electrode_current {
            self.line("all currents are electrode currents");
        }
        for variable in &one.variables {
            let text = self.declaration(variable);
            self.line(&text);
        }
        for function in &one.functions {
            self.function(function);
        }
        for solved in &one.solved {
            match solved {
                Solved::Derivative { name, body } => self.body(&format!("derivative {name}"), body),
                Solved::Kinetic { name, solve_for, body } => {
                    let only = self.solve_for(solve_for);
                    self.body(&format!("kinetic {name}{only}"), body);
                }
                Solved::Equations { linear, name, solve_for, body } => {
                    let only = self.solve_for(solve_for);
                    self.body(&format!("{} {name}{only}", if *linear { "linear" } else { "nonlinear" }), body);
                }
                Solved::Procedure(_) => {}
            }
        }
        if let Some(body) = &one.initial {
            self.body("initial", body);
        }
        if let Some(body) = &one.breakpoint {
            self.body("breakpoint", body);
        }
        if !one.solves.is_empty() {
            self.out.push('\n');
        }
        for solve in &one.solves {
            let text = self.solve(solve);
            self.line(&format!("each step: {text}"));
        }
        if let Some(receive) = &one.net_receive {
            self.weights = receive.arguments.len() as u32;
            let writes = if receive.mentions_v { " writes back v" } else { "" };
            self.body(&format!("net_receive{writes}"), &receive.body);
            if let Some(initial) = &receive.initial {
                self.body("net_receive initial", initial);
            }
            self.weights = 0;
        }
        for (moment, body) in &one.before_after {
            let head = match moment {
                Moment::BeforeBreakpoint => "before breakpoint",
                Moment::AfterSolve => "after solve",
                Moment::BeforeInitial => "before initial",
                Moment::AfterInitial => "after initial",
                Moment::BeforeStep => "before step",
            };
            self.body(head, body);
        }
    }

    fn ion(&self, ion: &Ion) -> String {
        let list = |names: &[(IonVariable, VariableId)]| {
            names.iter().map(|(_, id)| self.variable(*id)).collect::<Vec<_>>().join(", ")
        };
        let mut text = format!("ion {}", ion.name);
        if let Some(charge) = ion.charge {
            let _ = write!(text, " charge {charge}");
        }
        if !ion.reads.is_empty() {
            let _ = write!(text, " reads {}", list(&ion.reads));
        }
        if !ion.writes.is_empty() {
            let _ = write!(text, " writes {}", list(&ion.writes));
        }
        text
    }

    fn declaration(&self, variable: &Variable) -> String {
        let class = match variable.class {
            Class::Parameter => "parameter",
            Class::Assigned => "assigned",
            Class::State => "state",
            Class::Constant => "constant",
            Class::TopLocal => "local",
            Class::Implicit => "implicit",
        };
        let place = match variable.storage {
            Storage::Instance => "in each instance".to_owned(),
            Storage::Global => "shared".to_owned(),
            Storage::Constant(_) => "fixed".to_owned(),
            Storage::Ion { ion, variable } => {
                let ion = &self.mechanism.ions[ion as usize].name;
                format!("copy of {} of ion {ion}", ion_variable(ion, variable))
            }
            Storage::Voltage => "voltage of the node".to_owned(),
            Storage::Diam => "diameter of the segment".to_owned(),
            Storage::Area => "area of the segment".to_owned(),
            Storage::Time => "time".to_owned(),
            Storage::Step => "time step".to_owned(),
            Storage::Celsius => "temperature".to_owned(),
        };
        let mut text = format!("{class} {}", variable.name);
        if variable.len != 1 {
            let _ = write!(text, "[{}]", variable.len);
        }
        let _ = write!(text, " {place}");
        match (variable.storage, variable.start) {
            (Storage::Constant(value), _) => {
                let _ = write!(text, " = {value:?}");
            }
            (Storage::Instance, Some(start)) => {
                let _ = write!(text, " starts at {}", self.variable(start));
            }
            (Storage::Instance | Storage::Global, _) => {
                let _ = write!(text, " = {:?}", variable.default);
            }
            _ => {}
        }
        if !variable.unit.is_empty() {
            let _ = write!(text, " ({})", variable.unit);
        }
        if variable.visible { text + " visible" } else { text }
    }

    fn variable(&self, id: VariableId) -> String {
        self.mechanism.variable(id).name.clone()
    }

    /// A local's name, with its number where the name alone does not tell.
    fn local(&self, id: LocalId) -> String {
        let Some(local) = self.locals.get(id.0 as usize) else { return format!("#{}", id.0) };
        let twice = self.locals.iter().filter(|other| other.name == local.name).count() > 1;
        if twice { format!("{}#{}", local.name, id.0) } else { local.name.clone() }
    }

    fn solve_for(&self, states: &[VariableId]) -> String {
        let states: Vec<String> = states.iter().map(|id| self.variable(*id)).collect();
        if states.is_empty() { String::new() } else { format!(" for {}", states.join(", ")) }
    }

    fn body(&mut self, head: &str, body: &'m Body) {
        self.open(head, body);
        self.statements(&body.statements);
        self.close();
    }

    fn open(&mut self, head: &str, body: &'m Body) {
        self.locals = &body.locals;
        let name = |at: u32| {
            let local = &body.locals[at as usize];
            let len = if local.len == 1 { String::new() } else { format!("[{}]", local.len) };
            format!("{}{len}", self.local(LocalId(at)))
        };
        let arguments: Vec<String> = (0..body.n_arguments).map(name).collect();
        let others: Vec<String> = (body.n_arguments..body.locals.len() as u32).map(name).collect();
        let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        self.out.push('\n');
        self.line(&format!("{head}{arguments} {{"));
        self.level += 1;
        if !others.is_empty() {
            self.line(&format!("local {}", others.join(", ")));
        }
    }

    fn close(&mut self) {
        self.level -= 1;
        self.line("}");
    }

    fn function(&mut self, function: &'m Function) {
        let keyword = if function.result.is_some() { "function" } else { "procedure" };
        self.open(&format!("{keyword} {}", function.name), &function.body);
        if let Some(table) = &function.table {
            let text = self.table(table);
            self.line(&text);
        }
        self.statements(&function.body.statements);
        self.close();
    }

    fn table(&self, table: &Table) -> String {
        let list = |ids: &[VariableId]| ids.iter().map(|id| self.variable(*id)).collect::<Vec<_>>().join(", ");
        let mut text = "table".to_owned();
        if !table.variables.is_empty() {
            let _ = write!(text, " of {}", list(&table.variables));
        }
        if !table.depend.is_empty() {
            let _ = write!(text, " depends on {}", list(&table.depend));
        }
        let _ = write!(
            text,
            " from {} to {} in {} intervals",
            self.expr(&table.from, 0),
            self.expr(&table.to, 0),
            table.intervals
        );
        text
    }

    fn solve(&self, solve: &Solve) -> String {
        let name = match &self.mechanism.solved[solve.what.0 as usize] {
            Solved::Derivative { name, .. } | Solved::Kinetic { name, .. } | Solved::Equations { name, .. } => {
                name.clone()
            }
            Solved::Procedure(id) => self.mechanism.function(*id).name.clone(),
        };
        let method = match solve.method {
            Method::None => "",
            Method::Cnexp => " by cnexp",
            Method::DerivImplicit => " by derivimplicit",
            Method::Sparse => " by sparse",
            Method::Euler => " by euler",
            Method::Runge => " by runge",
        };
        format!("solve {name}{method}{}", if solve.steady_state { " to its steady state" } else { "" })
    }

    fn statements(&mut self, statements: &[Stmt]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        let text = match statement {
            Stmt::Assign { target, value, .. } => format!("{} = {}", self.target(target), self.expr(value, 0)),
            Stmt::Derivative { state, value, .. } => {
                format!("derivative of {} = {}", self.target(state), self.expr(value, 0))
            }
            Stmt::Reaction { left, right, forward, backward, .. } => {
                let forward = self.expr(forward, 0);
                let (arrow, rates) = match backward {
                    Some(backward) => ("<->", format!("{forward}, {}", self.expr(backward, 0))),
                    None => ("->", forward),
                };
                format!("reaction {} {arrow} {} ({rates})", self.side(left), self.side(right))
            }
            Stmt::Equation { left, right, .. } => format!("equation {} = {}", self.expr(left, 0), self.expr(right, 0)),
            Stmt::Flux { state, value, .. } => format!("flux {} << {}", self.target(state), self.expr(value, 0)),
            Stmt::Conserve { sum, total, .. } => format!("conserve {} = {}", self.side(sum), self.expr(total, 0)),
            Stmt::Compartment { index, volume, states, .. } => {
                let states: Vec<String> = states.iter().map(|id| self.variable(*id)).collect();
                let each = index.map_or(String::new(), |index| format!(" for each {}", self.local(index)));
                format!("compartment {} of {}{each}", self.expr(volume, 0), states.join(", "))
            }
            Stmt::If { condition, then, otherwise } => {
                self.line(&format!("if {} {{", self.expr(condition, 0)));
                self.level += 1;
                self.statements(then);
                self.level -= 1;
                if !otherwise.is_empty() {
                    self.line("} else {");
                    self.level += 1;
                    self.statements(otherwise);
                    self.level -= 1;
                }
                "}".to_owned()
            }
            Stmt::While { condition, body } => {
                self.line(&format!("while {} {{", self.expr(condition, 0)));
                self.level += 1;
                self.statements(body);
                self.level -= 1;
                "}".to_owned()
            }
            Stmt::From { variable, from, to, by, body } => {
                let (from, to, by) = (self.expr(from, 0), self.expr(to, 0), self.expr(by, 0));
                self.line(&format!("from {} = {from} to {to} by {by} {{", self.local(*variable)));
                self.level += 1;
                self.statements(body);
                self.level -= 1;
                "}".to_owned()
            }
            Stmt::ForNetcons { first, count, body } => {
                let names: Vec<String> = (first.0..first.0 + count).map(|at| self.local(LocalId(at))).collect();
                self.line(&format!("for each netcon ({}) {{", names.join(", ")));
                self.level += 1;
                self.statements(body);
                self.level -= 1;
                "}".to_owned()
            }
            Stmt::Call(call) => self.expr(call, 0),
            Stmt::Solve(solve) => self.solve(solve),
            Stmt::Host { call, slot, arguments, .. } => self.host(call.name(), *slot, arguments),
            Stmt::Break => "break".to_owned(),
            Stmt::Return(None) => "return".to_owned(),
            Stmt::Return(Some(value)) => format!("return {}", self.expr(value, 0)),
        };
        self.line(&text);
    }

    fn side(&self, side: &Side) -> String {
        let term = |(count, target): &(u32, Target)| {
            let count = if *count == 1 { String::new() } else { format!("{count} ") };
            format!("{count}{}", self.target(target))
        };
        if side.is_empty() { "nothing".to_owned() } else { side.iter().map(term).collect::<Vec<_>>().join(" + ") }
    }

    fn target(&self, target: &Target) -> String {
        match target {
            Target::Variable(id, index) => self.indexed(self.variable(*id), index.as_deref()),
            Target::Local(id, index) => self.indexed(self.local_or_weight(*id), index.as_deref()),
        }
    }

    fn local_or_weight(&self, id: LocalId) -> String {
        let name = self.local(id);
        if id.0 < self.weights { format!("weight.{name}") } else { name }
    }

    fn indexed(&self, name: String, index: Option<&Expr>) -> String {
        index.map_or(name.clone(), |index| format!("{name}[{}]", self.expr(index, 0)))
    }

    fn list(&self, arguments: &[Expr]) -> String {
        arguments.iter().map(|one| self.expr(one, 0)).collect::<Vec<_>>().join(", ")
    }

    fn host(&self, name: &str, slot: u32, arguments: &[Expr]) -> String {
        let slotted = name.starts_with("stream") || name.starts_with("vector");
        let slot = if slotted { format!("#{slot}") } else { String::new() };
        format!("host.{name}{slot}({})", self.list(arguments))
    }

    /// An expression; parentheses are added where what is around binds more strongly than `least`.
    fn expr(&self, expr: &Expr, least: u8) -> String {
        let (text, strength) = match expr {
            Expr::Number(value) => (format!("{value:?}"), if *value < 0.0 { UNARY } else { ATOM }),
            Expr::Variable(id, index) => (self.indexed(self.variable(*id), index.as_deref()), ATOM),
            Expr::Local(id, index) => (self.indexed(self.local_or_weight(*id), index.as_deref()), ATOM),
            Expr::Flag => ("flag".to_owned(), ATOM),
            Expr::Flux(backward) => (if *backward { "b_flux" } else { "f_flux" }.to_owned(), ATOM),
            Expr::Neg(inside) => (format!("-{}", self.expr(inside, UNARY)), UNARY),
            Expr::Not(inside) => (format!("!{}", self.expr(inside, UNARY)), UNARY),
            Expr::Paren(inside) => (format!("({})", self.expr(inside, 0)), ATOM),
            Expr::Binary(sign, left, right) => {
                let (sign, strength) = operator(*sign);
                // `^` groups from the right, the others from the left.
                let (left_least, right_least) =
                    if sign == "^" { (strength + 1, UNARY) } else { (strength, strength + 1) };
                (format!("{} {sign} {}", self.expr(left, left_least), self.expr(right, right_least)), strength)
            }
            Expr::Intrinsic(intrinsic, arguments) => (format!("{}({})", intrinsic.name(), self.list(arguments)), ATOM),
            Expr::Call(id, arguments) => {
                let name = self.mechanism.functions.get(id.0 as usize).map_or("?", |function| &function.name);
                (format!("{name}({})", self.list(arguments)), ATOM)
            }
            Expr::Host(call, slot, arguments) => (self.host(call.name(), *slot, arguments), ATOM),
            Expr::IntegerDiv(left, right) => (format!("intdiv({}, {})", self.expr(left, 0), self.expr(right, 0)), ATOM),
            Expr::IonNow(ion, variable) => {
                let ion = &self.mechanism.ions[*ion as usize].name;
                (format!("ion.{}", ion_variable(ion, *variable)), ATOM)
            }
        };
        if strength < least { format!("({text})") } else { text }
    }
}
