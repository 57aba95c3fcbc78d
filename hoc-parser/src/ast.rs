//! Syntax tree of hoc.

use std::rc::Rc;

use diag::Span;

use crate::parser::Item;

/// Which kind of argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentKind {
    /// `$1`
    Number,
    /// `$o1`
    Object,
    /// `$s1`
    Text,
    /// `$&1`
    Pointer,
}

/// Position of an argument: fixed, or held by the variable `i`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Position {
    /// `$1`
    Fixed(usize),
    /// `$i`
    Computed,
}

/// What a chain starts with.
#[derive(Debug, Clone, PartialEq)]
pub enum Base {
    /// Name.
    Name(String),
    /// Argument.
    Argument(ArgumentKind, Position),
}

/// What follows it.
#[derive(Debug, Clone, PartialEq)]
pub enum Post {
    /// `[index]`
    Index(Expr),
    /// `(arguments)`
    Call(Vec<Expr>),
    /// `.name`
    Member(String),
}

/// `name[i].member(x)` and the like.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// Start.
    pub base: Base,
    /// The rest.
    pub posts: Vec<Post>,
    /// Where.
    pub span: Span,
}

/// Expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// Number.
    Number(f64),
    /// String.
    Text(String),
    /// Variable, element, call or member.
    Chain(Chain),
    /// `&place`
    Address(Chain),
    /// `new Class(arguments)`
    New(String, Vec<Expr>, Span),
    /// `-x`
    Neg(Box<Expr>),
    /// `!x`
    Not(Box<Expr>),
    /// Two operands.
    Binary(&'static str, Box<Expr>, Box<Expr>),
    /// `place = value`, also `+=` and the like.
    Assign(Box<Chain>, &'static str, Box<Expr>),
}

/// Statement with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Stmt {
    /// Which.
    pub kind: StmtKind,
    /// Where.
    pub span: Span,
}

/// Statements.
#[derive(Debug, Clone, PartialEq)]
pub enum StmtKind {
    /// `{ … }`
    Block(Vec<Stmt>),
    /// An expression for its effect.
    Expr(Expr),
    /// `if`
    If(Expr, Box<Stmt>, Option<Box<Stmt>>),
    /// `while`
    While(Expr, Box<Stmt>),
    /// `for (a; b; c)`
    For(Option<Expr>, Option<Expr>, Option<Expr>, Box<Stmt>),
    /// `for i = a, b`
    ForRange(Chain, Expr, Expr, Box<Stmt>),
    /// `for (x)` (with ends) and `for (x, 0)` (without)
    ForX(String, bool, Box<Stmt>),
    /// `for iterator(arguments)`
    ForIterator(Chain, Rc<Stmt>),
    /// `forall`
    ForAll(Box<Stmt>),
    /// `forsec list`
    ForSec(Expr, Box<Stmt>),
    /// `return`
    Return(Option<Expr>),
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `stop`
    Stop,
    /// `iterator_statement`
    IteratorStatement,
    /// `insert mechanism`
    Insert(String),
    /// `uninsert mechanism`
    Uninsert(String),
    /// `create name[n], …`
    Create(Vec<(String, Option<Expr>)>),
    /// `connect child(x), parent(x)`; the parent may be the current section
    Connect(Chain, Expr),
    /// `objref names`
    Objref(Vec<String>),
    /// `strdef names`
    Strdef(Vec<String>),
    /// `print values`
    Print(Vec<Expr>),
    /// A statement with a section as the current one.
    In(Chain, Box<Stmt>),
}

/// What a procedure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcKind {
    /// `proc`
    Proc,
    /// `func`
    Func,
    /// `obfunc`
    ObFunc,
    /// `iterator`
    Iterator,
}

/// proc, func, obfunc or iterator.
#[derive(Debug, Clone, PartialEq)]
pub struct Proc {
    /// Which.
    pub kind: ProcKind,
    /// Name.
    pub name: String,
    /// `local` names.
    pub locals: Vec<String>,
    /// `localobj` names.
    pub objects: Vec<String>,
    /// Statements.
    pub body: Vec<Stmt>,
    /// Name in the source.
    pub span: Span,
}

/// `begintemplate … endtemplate`
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Name.
    pub name: String,
    /// Names visible from outside.
    pub public: Vec<String>,
    /// Statements of the template itself, run for each new object.
    pub statements: Vec<Stmt>,
    /// Procedures; of one name the last one counts.
    pub procs: Vec<Rc<Proc>>,
}

/// Nesting that no program needs; the evaluator recurses over it.
const MAX_DEPTH: usize = 150;

/// A part of a tree.
enum Part<'a> {
    Stmt(&'a Stmt),
    Expr(&'a Expr),
    Chain(&'a Chain),
}

/// A statement that is nested too deeply, if there is one. Goes through the tree without recursion.
pub(crate) fn too_deep(items: &[Item]) -> Option<Span> {
    let mut work: Vec<(usize, Span, Part<'_>)> = Vec::new();
    let mut add = |statement| work.push((0, Span::new(diag::FileId(0), 0, 0), Part::Stmt(statement)));
    for item in items {
        match item {
            Item::Template(template) => {
                template.statements.iter().for_each(&mut add);
                template.procs.iter().flat_map(|proc| &proc.body).for_each(&mut add);
            }
            Item::Proc(proc) => proc.body.iter().for_each(&mut add),
            Item::Statement(statement) => add(statement),
            Item::Public(_) | Item::External => {}
        }
    }
    while let Some((depth, span, part)) = work.pop() {
        if depth > MAX_DEPTH {
            return Some(span);
        }
        let span = if let Part::Stmt(one) = &part { one.span } else { span };
        children(&part, &mut |child| work.push((depth + 1, span, child)));
    }
    None
}

fn children<'a>(part: &Part<'a>, add: &mut dyn FnMut(Part<'a>)) {
    match part {
        Part::Chain(chain) => {
            for post in &chain.posts {
                match post {
                    Post::Index(index) => add(Part::Expr(index)),
                    Post::Call(arguments) => arguments.iter().for_each(|one| add(Part::Expr(one))),
                    Post::Member(_) => {}
                }
            }
        }
        Part::Expr(expr) => match expr {
            Expr::Number(_) | Expr::Text(_) => {}
            Expr::Chain(chain) | Expr::Address(chain) => add(Part::Chain(chain)),
            Expr::New(_, arguments, _) => arguments.iter().for_each(|one| add(Part::Expr(one))),
            Expr::Neg(inside) | Expr::Not(inside) => add(Part::Expr(inside)),
            Expr::Binary(_, left, right) => {
                add(Part::Expr(left));
                add(Part::Expr(right));
            }
            Expr::Assign(place, _, value) => {
                add(Part::Chain(place));
                add(Part::Expr(value));
            }
        },
        Part::Stmt(statement) => match &statement.kind {
            StmtKind::Block(all) => all.iter().for_each(|one| add(Part::Stmt(one))),
            StmtKind::Expr(expr) | StmtKind::Return(Some(expr)) => add(Part::Expr(expr)),
            StmtKind::If(condition, then, otherwise) => {
                add(Part::Expr(condition));
                add(Part::Stmt(then));
                otherwise.iter().for_each(|one| add(Part::Stmt(one)));
            }
            StmtKind::While(expr, body) | StmtKind::ForSec(expr, body) => {
                add(Part::Expr(expr));
                add(Part::Stmt(body));
            }
            StmtKind::For(first, condition, next, body) => {
                [first, condition, next].into_iter().flatten().for_each(|one| add(Part::Expr(one)));
                add(Part::Stmt(body));
            }
            StmtKind::ForRange(variable, from, to, body) => {
                add(Part::Chain(variable));
                add(Part::Expr(from));
                add(Part::Expr(to));
                add(Part::Stmt(body));
            }
            StmtKind::ForX(_, _, body) | StmtKind::ForAll(body) => add(Part::Stmt(body)),
            StmtKind::ForIterator(chain, body) => {
                add(Part::Chain(chain));
                add(Part::Stmt(body));
            }
            StmtKind::In(chain, body) => {
                add(Part::Chain(chain));
                add(Part::Stmt(body));
            }
            StmtKind::Create(all) => all.iter().filter_map(|one| one.1.as_ref()).for_each(|one| add(Part::Expr(one))),
            StmtKind::Connect(child, parent) => {
                add(Part::Chain(child));
                add(Part::Expr(parent));
            }
            StmtKind::Print(all) => all.iter().for_each(|one| add(Part::Expr(one))),
            StmtKind::Return(None)
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Stop
            | StmtKind::IteratorStatement
            | StmtKind::Insert(_)
            | StmtKind::Uninsert(_)
            | StmtKind::Objref(_)
            | StmtKind::Strdef(_) => {}
        },
    }
}
