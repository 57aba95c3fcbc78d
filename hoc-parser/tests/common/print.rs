//! Syntax trees as indented text: every operator in parentheses, a statement in a line.

use hoc_parser::ast::{ArgumentKind, Base, Chain, Expr, Position, Post, Stmt, StmtKind, Template};

/// A template.
pub fn template(template: &Template) -> String {
    let mut out = format!("template {}\npublic {}\n", template.name, template.public.join(" "));
    for one in &template.statements {
        statement(&mut out, 0, one);
    }
    for proc in &template.procs {
        out.push_str(&format!("{:?} {}", proc.kind, proc.name));
        for (what, names) in [("local", &proc.locals), ("localobj", &proc.objects)] {
            if !names.is_empty() {
                out.push_str(&format!(" {what} {}", names.join(" ")));
            }
        }
        out.push('\n');
        for one in &proc.body {
            statement(&mut out, 1, one);
        }
    }
    out
}

fn statement(out: &mut String, depth: usize, one: &Stmt) {
    let pad = "  ".repeat(depth);
    let optional = |one: &Option<Expr>| one.as_ref().map_or("-".to_owned(), expr);
    let mut line = |text: String| out.push_str(&format!("{pad}{text}\n"));
    let mut bodies: Vec<&Stmt> = Vec::new();
    match &one.kind {
        StmtKind::Block(all) => {
            line("block".to_owned());
            bodies.extend(all);
        }
        StmtKind::Expr(value) => line(expr(value)),
        StmtKind::If(condition, then, otherwise) => {
            line(format!("if {}", expr(condition)));
            statement(out, depth + 1, then);
            if let Some(otherwise) = otherwise {
                out.push_str(&format!("{pad}else\n"));
                statement(out, depth + 1, otherwise);
            }
        }
        StmtKind::While(condition, body) => {
            line(format!("while {}", expr(condition)));
            bodies.push(body);
        }
        StmtKind::For(first, condition, next, body) => {
            line(format!("for {}; {}; {}", optional(first), optional(condition), optional(next)));
            bodies.push(body);
        }
        StmtKind::ForRange(variable, from, to, body) => {
            line(format!("for {} from {} to {}", chain(variable), expr(from), expr(to)));
            bodies.push(body);
        }
        StmtKind::ForX(name, ends, body) => {
            line(format!("for each segment {name}{}", if *ends { " and the ends" } else { "" }));
            bodies.push(body);
        }
        StmtKind::ForIterator(iterator, body) => {
            line(format!("for iterator {}", chain(iterator)));
            bodies.push(body);
        }
        StmtKind::ForAll(body) => {
            line("forall".to_owned());
            bodies.push(body);
        }
        StmtKind::ForSec(list, body) => {
            line(format!("forsec {}", expr(list)));
            bodies.push(body);
        }
        StmtKind::Return(value) => line(format!("return {}", optional(value))),
        StmtKind::Break => line("break".to_owned()),
        StmtKind::Continue => line("continue".to_owned()),
        StmtKind::Stop => line("stop".to_owned()),
        StmtKind::IteratorStatement => line("iterator_statement".to_owned()),
        StmtKind::Insert(name) => line(format!("insert {name}")),
        StmtKind::Uninsert(name) => line(format!("uninsert {name}")),
        StmtKind::Create(all) => {
            let one = |(name, count): &(String, Option<Expr>)| match count {
                Some(count) => format!("{name}[{}]", expr(count)),
                None => name.clone(),
            };
            line(format!("create {}", all.iter().map(one).collect::<Vec<_>>().join(" ")));
        }
        StmtKind::Connect(child, parent) => line(format!("connect {} to {}", chain(child), expr(parent))),
        StmtKind::Objref(names) => line(format!("objref {}", names.join(" "))),
        StmtKind::Strdef(names) => line(format!("strdef {}", names.join(" "))),
        StmtKind::Print(all) => line(format!("print {}", list(all))),
        StmtKind::In(section, body) => {
            line(format!("in {}", chain(section)));
            bodies.push(body);
        }
    }
    for body in bodies {
        statement(out, depth + 1, body);
    }
}

fn list(all: &[Expr]) -> String {
    all.iter().map(expr).collect::<Vec<_>>().join(", ")
}

/// An expression.
pub fn expr(one: &Expr) -> String {
    match one {
        Expr::Number(number) => number.to_string(),
        Expr::Text(text) => format!("\"{text}\""),
        Expr::Chain(one) => chain(one),
        Expr::Address(one) => format!("&{}", chain(one)),
        Expr::New(class, arguments, _) => format!("new {class}({})", list(arguments)),
        Expr::Neg(inside) => format!("(-{})", expr(inside)),
        Expr::Not(inside) => format!("(!{})", expr(inside)),
        Expr::Binary(operator, left, right) => format!("({} {operator} {})", expr(left), expr(right)),
        Expr::Assign(place, "=", value) => format!("({} = {})", chain(place), expr(value)),
        Expr::Assign(place, operator, value) => format!("({} {operator}= {})", chain(place), expr(value)),
    }
}

fn chain(one: &Chain) -> String {
    let mut text = match &one.base {
        Base::Name(name) => name.clone(),
        Base::Argument(kind, position) => {
            let kind = match kind {
                ArgumentKind::Number => "",
                ArgumentKind::Object => "o",
                ArgumentKind::Text => "s",
                ArgumentKind::Pointer => "&",
            };
            match position {
                Position::Fixed(at) => format!("${kind}{at}"),
                Position::Computed => format!("${kind}i"),
            }
        }
    };
    for post in &one.posts {
        match post {
            Post::Index(index) => text.push_str(&format!("[{}]", expr(index))),
            Post::Call(arguments) => text.push_str(&format!("({})", list(arguments))),
            Post::Member(name) => text.push_str(&format!(".{name}")),
        }
    }
    text
}
