//! A syntax tree as NMODL: four blanks for each level, one statement on a line. Reading it again gives the same tree
//! but for places.

use super::ast::{
    Argument, Block, CodeKind, Dependent, Expr, ExprKind, Item, ListKeyword, LocalName, MechanismKeyword, Name,
    NeuronStatement, Number, Parameter, Program, Side, Statement, StatementKind, Unit, UnitDefinition, VariableName,
    Verbatim,
};
use crate::hir::Operator;

/// The text of a tree.
pub fn print(program: &Program) -> String {
    let mut printer = Printer { out: String::new(), level: 0 };
    for (at, item) in program.items.iter().enumerate() {
        if at > 0 {
            printer.out.push('\n');
        }
        printer.item(item);
    }
    printer.out
}

/// The text of one expression.
pub fn expression(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Number(number, unit) => format!("{}{}", number.text, unit_after(unit.as_ref())),
        ExprKind::Text(text) => text.clone(),
        ExprKind::Variable(name) => variable(name),
        ExprKind::Call(name, arguments) => format!("{}({})", name.text, joined(arguments, expression)),
        ExprKind::Int(inside) => format!("INT({})", expression(inside)),
        ExprKind::Neg(inside) => format!("-{}", expression(inside)),
        ExprKind::Not(inside) => format!("!{}", expression(inside)),
        ExprKind::Paren(inside) => format!("({})", expression(inside)),
        ExprKind::Binary(operator, left, right) => {
            format!("{} {} {}", expression(left), symbol(*operator), expression(right))
        }
    }
}

/// NMODL's sign for an operator.
pub fn symbol(operator: Operator) -> &'static str {
    match operator {
        Operator::Or => "||",
        Operator::And => "&&",
        Operator::Lt => "<",
        Operator::Le => "<=",
        Operator::Gt => ">",
        Operator::Ge => ">=",
        Operator::Eq => "==",
        Operator::Ne => "!=",
        Operator::Add => "+",
        Operator::Sub => "-",
        Operator::Mul => "*",
        Operator::Div => "/",
        Operator::Pow => "^",
    }
}

fn joined<T>(list: &[T], each: impl Fn(&T) -> String) -> String {
    list.iter().map(each).collect::<Vec<_>>().join(", ")
}

fn name_list(list: &[Name]) -> String {
    joined(list, |name| name.text.clone())
}

fn unit_after(unit: Option<&Unit>) -> String {
    unit.map_or(String::new(), |unit| format!(" ({})", unit.text))
}

fn length_after(length: Option<&Number>) -> String {
    length.map_or(String::new(), |length| format!("[{}]", length.text))
}

fn variable(name: &VariableName) -> String {
    let at = name.at.as_ref().map_or(String::new(), |at| format!("@{}", at.text));
    let index = name.index.as_ref().map_or(String::new(), |index| format!("[{}]", expression(index)));
    format!("{}{}{at}{index}", name.name.text, "'".repeat(name.order))
}

fn local(one: &LocalName) -> String {
    format!("{}{}", one.name.text, length_after(one.length.as_ref()))
}

fn argument_list(list: &[Argument]) -> String {
    format!("({})", joined(list, |one| format!("{}{}", one.name.text, unit_after(one.unit.as_ref()))))
}

fn side(terms: &Side) -> String {
    let term = |(count, name): &(Option<Number>, VariableName)| {
        let count = count.as_ref().map_or(String::new(), |count| format!("{} ", count.text));
        format!("{count}{}", variable(name))
    };
    terms.iter().map(term).collect::<Vec<_>>().join(" + ")
}

struct Printer {
    out: String,
    level: usize,
}

impl Printer {
    fn line(&mut self, text: &str) {
        for _ in 0..self.level {
            self.out.push_str("    ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Title(title) => self.line(format!("TITLE {}", title.text).trim_end()),
            Item::Local(locals) => self.line(&format!("LOCAL {}", joined(locals, local))),
            Item::Define(name, value) => self.line(&format!("DEFINE {} {}", name.text, value.text)),
            Item::Include(file) => self.line(&format!("INCLUDE \"{}\"", file.text)),
            Item::Neuron(list, _) => self.lines("NEURON", list, neuron_statement),
            Item::Units(list, _) => self.lines("UNITS", list, unit_definition),
            Item::Parameter(list, _) => self.lines("PARAMETER", list, parameter),
            Item::Constant(list, _) => self.lines("CONSTANT", list, parameter),
            Item::Assigned(list, _) => self.lines("ASSIGNED", list, dependent),
            Item::State(list, _) => self.lines("STATE", list, dependent),
            Item::Independent(one) => self.lines("INDEPENDENT", &one.variables, |(name, numbers, unit)| {
                let mut text = name.text.clone();
                for (keyword, number) in ["FROM", "TO", "WITH", "START"].iter().zip(numbers) {
                    text.push_str(&format!(" {keyword} {}", number.text));
                }
                text + &unit_after(unit.as_ref())
            }),
            Item::FunctionTable { name, arguments, unit } => {
                let unit = unit_after(unit.as_ref());
                self.line(&format!("FUNCTION_TABLE {}{}{unit}", name.text, argument_list(arguments)));
            }
            Item::Code(code) => {
                let head = code_head(&code.kind);
                self.block(&head, &code.block);
            }
            Item::Verbatim(verbatim) => self.verbatim(verbatim),
            Item::UnitsSwitch(on, _) => self.line(if *on { "UNITSON" } else { "UNITSOFF" }),
        }
    }

    fn lines<T>(&mut self, head: &str, list: &[T], each: impl Fn(&T) -> String) {
        self.line(&format!("{head} {{"));
        self.level += 1;
        for one in list {
            self.line(&each(one));
        }
        self.level -= 1;
        self.line("}");
    }

    fn verbatim(&mut self, verbatim: &Verbatim) {
        self.out.push_str("VERBATIM");
        self.out.push_str(verbatim.text.trim_end_matches([' ', '\t']));
        if !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out.push_str("ENDVERBATIM\n");
    }

    fn block(&mut self, head: &str, block: &Block) {
        self.line(format!("{head} {{").trim_start());
        self.inside(block);
        self.line("}");
    }

    fn inside(&mut self, block: &Block) {
        self.level += 1;
        if !block.locals.is_empty() {
            self.line(&format!("LOCAL {}", joined(&block.locals, local)));
        }
        for statement in &block.statements {
            self.statement(statement);
        }
        self.level -= 1;
    }

    fn statement(&mut self, statement: &Statement) {
        let text = match &statement.kind {
            StatementKind::Assign { target, value, protect } => {
                let protect = if *protect { "PROTECT " } else { "" };
                format!("{protect}{} = {}", variable(target), expression(value))
            }
            StatementKind::Call(call) => expression(call),
            StatementKind::From { variable, from, to, by, body } => {
                let by = by.as_ref().map_or(String::new(), |by| format!(" BY {}", expression(by)));
                let range = format!("{} TO {}{by}", expression(from), expression(to));
                return self.block(&format!("FROM {} = {range}", variable.text), body);
            }
            StatementKind::While(condition, body) => {
                return self.block(&format!("while ({})", expression(condition)), body);
            }
            StatementKind::If { branches, otherwise } => {
                let mut head = "if".to_owned();
                for (condition, body) in branches {
                    self.line(&format!("{head} ({}) {{", expression(condition)));
                    self.inside(body);
                    head = "} else if".to_owned();
                }
                if let Some(body) = otherwise {
                    self.line("} else {");
                    self.inside(body);
                }
                "}".to_owned()
            }
            StatementKind::Block(body) => return self.block("", body),
            StatementKind::Solve { block, steady_state, method } => {
                let keyword = if *steady_state { "STEADYSTATE" } else { "METHOD" };
                let method = method.as_ref().map_or(String::new(), |method| format!(" {keyword} {}", method.text));
                format!("SOLVE {}{method}", block.text)
            }
            StatementKind::Conductance(name, ion) => {
                let ion = ion.as_ref().map_or(String::new(), |ion| format!(" USEION {}", ion.text));
                format!("CONDUCTANCE {}{ion}", name.text)
            }
            StatementKind::Table { names, depend, from, to, with } => {
                let mut text = "TABLE".to_owned();
                if !names.is_empty() {
                    text.push_str(&format!(" {}", name_list(names)));
                }
                if !depend.is_empty() {
                    text.push_str(&format!(" DEPEND {}", name_list(depend)));
                }
                format!("{text} FROM {} TO {} WITH {}", expression(from), expression(to), with.text)
            }
            StatementKind::Lag(name, by) => format!("LAG {} BY {}", name.text, by.text),
            StatementKind::Initial(body) => return self.block("INITIAL", body),
            StatementKind::Watch(list) => {
                let watch = |(condition, flag): &(Expr, Number)| format!("({}) {}", expression(condition), flag.text);
                format!("WATCH {}", joined(list, watch))
            }
            StatementKind::ForNetcons(arguments, body) => {
                return self.block(&format!("FOR_NETCONS {}", argument_list(arguments)), body);
            }
            StatementKind::Mutex(lock) => (if *lock { "MUTEXLOCK" } else { "MUTEXUNLOCK" }).to_owned(),
            StatementKind::Verbatim(verbatim) => return self.verbatim(verbatim),
            StatementKind::UnitsSwitch(on) => (if *on { "UNITSON" } else { "UNITSOFF" }).to_owned(),
            StatementKind::Reaction { left, right, forward, backward } => {
                let right = if right.is_empty() { String::new() } else { format!("{} ", side(right)) };
                match backward {
                    Some(backward) => {
                        let rates = format!("({}, {})", expression(forward), expression(backward));
                        format!("~ {} <-> {right}{rates}", side(left))
                    }
                    None => format!("~ {} -> {right}({})", side(left), expression(forward)),
                }
            }
            StatementKind::Flux(left, flux) => format!("~ {} << ({})", side(left), expression(flux)),
            StatementKind::Equation(left, right) => format!("~ {} = {}", expression(left), expression(right)),
            StatementKind::Compartment(index, value, states) => compartment("COMPARTMENT", index, value, states),
            StatementKind::Diffusion(index, value, states) => {
                compartment("LONGITUDINAL_DIFFUSION", index, value, states)
            }
            StatementKind::Conserve(sum, total) => format!("CONSERVE {} = {}", side(sum), expression(total)),
        };
        self.line(&text);
    }
}

fn compartment(keyword: &str, index: &Option<Name>, value: &Expr, states: &[Name]) -> String {
    let index = index.as_ref().map_or(String::new(), |index| format!("{}, ", index.text));
    let states: Vec<&str> = states.iter().map(|state| state.text.as_str()).collect();
    format!("{keyword} {index}{} {{ {} }}", expression(value), states.join(" "))
}

fn neuron_statement(statement: &NeuronStatement) -> String {
    match statement {
        NeuronStatement::Mechanism(keyword, name) => {
            let keyword = match keyword {
                MechanismKeyword::Suffix => "SUFFIX",
                MechanismKeyword::PointProcess => "POINT_PROCESS",
                MechanismKeyword::ArtificialCell => "ARTIFICIAL_CELL",
            };
            format!("{keyword} {}", name.text)
        }
        NeuronStatement::UseIon(one) => {
            let mut text = format!("USEION {}", one.ion.text);
            if !one.reads.is_empty() {
                text.push_str(&format!(" READ {}", name_list(&one.reads)));
            }
            if !one.writes.is_empty() {
                text.push_str(&format!(" WRITE {}", name_list(&one.writes)));
            }
            if let Some(valence) = &one.valence {
                text.push_str(&format!(" VALENCE {}", valence.text));
            }
            if let Some(what) = &one.represents {
                text.push_str(&format!(" REPRESENTS {}", what.text));
            }
            text
        }
        NeuronStatement::List(keyword, names, _) => {
            let keyword = match keyword {
                ListKeyword::NonspecificCurrent => "NONSPECIFIC_CURRENT",
                ListKeyword::ElectrodeCurrent => "ELECTRODE_CURRENT",
                ListKeyword::Range => "RANGE",
                ListKeyword::Global => "GLOBAL",
                ListKeyword::Pointer => "POINTER",
                ListKeyword::BbcorePointer => "BBCOREPOINTER",
                ListKeyword::External => "EXTERNAL",
                ListKeyword::Random => "RANDOM",
            };
            format!("{keyword} {}", name_list(names))
        }
        NeuronStatement::ThreadSafe(_) => "THREADSAFE".to_owned(),
        NeuronStatement::Represents(what) => format!("REPRESENTS {}", what.text),
    }
}

fn unit_definition(definition: &UnitDefinition) -> String {
    match definition {
        UnitDefinition::Alias(new, old) => format!("({}) = ({})", new.text, old.text),
        UnitDefinition::Value(name, value, unit) => {
            format!("{} = {}{}", name.text, value.text, unit_after(unit.as_ref()))
        }
        UnitDefinition::Factor(name, from, to) => format!("{} = ({}) ({})", name.text, from.text, to.text),
    }
}

fn parameter(one: &Parameter) -> String {
    let mut text = format!("{}{}", one.name.text, length_after(one.length.as_ref()));
    if let Some(value) = &one.value {
        text.push_str(&format!(" = {}", value.text));
    }
    text.push_str(&unit_after(one.unit.as_ref()));
    if let Some((low, high)) = &one.limits {
        text.push_str(&format!(" <{}, {}>", low.text, high.text));
    }
    text
}

fn dependent(one: &Dependent) -> String {
    let mut text = format!("{}{}", one.name.text, length_after(one.length.as_ref()));
    if let Some((low, high)) = &one.range {
        text.push_str(&format!(" FROM {} TO {}", low.text, high.text));
    }
    if let Some(start) = &one.start {
        text.push_str(&format!(" START {}", start.text));
    }
    text.push_str(&unit_after(one.unit.as_ref()));
    if let Some(tolerance) = &one.tolerance {
        text.push_str(&format!(" <{}>", tolerance.text));
    }
    text
}

fn code_head(kind: &CodeKind) -> String {
    let solve_for = |list: &[Name]| {
        if list.is_empty() { String::new() } else { format!(" SOLVEFOR {}", name_list(list)) }
    };
    match kind {
        CodeKind::Initial => "INITIAL".to_owned(),
        CodeKind::Breakpoint => "BREAKPOINT".to_owned(),
        CodeKind::Constructor => "CONSTRUCTOR".to_owned(),
        CodeKind::Destructor => "DESTRUCTOR".to_owned(),
        CodeKind::Before(phase) => format!("BEFORE {}", phase.text),
        CodeKind::After(phase) => format!("AFTER {}", phase.text),
        CodeKind::Derivative(name) => format!("DERIVATIVE {}", name.text),
        CodeKind::Kinetic(name, list) => format!("KINETIC {}{}", name.text, solve_for(list)),
        CodeKind::Linear(name, list) => format!("LINEAR {}{}", name.text, solve_for(list)),
        CodeKind::Nonlinear(name, list) => format!("NONLINEAR {}{}", name.text, solve_for(list)),
        CodeKind::Discrete(name) => format!("DISCRETE {}", name.text),
        CodeKind::Function(name, arguments, unit) => {
            format!("FUNCTION {}{}{}", name.text, argument_list(arguments), unit_after(unit.as_ref()))
        }
        CodeKind::Procedure(name, arguments, unit) => {
            format!("PROCEDURE {}{}{}", name.text, argument_list(arguments), unit_after(unit.as_ref()))
        }
        CodeKind::NetReceive(arguments) => format!("NET_RECEIVE {}", argument_list(arguments)),
    }
}
