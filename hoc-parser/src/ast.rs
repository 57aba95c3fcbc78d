//! Syntax tree of hoc.

use std::rc::Rc;

use diag::Span;

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
    /// `iterator_statement`
    IteratorStatement,
    /// `insert mechanism`
    Insert(String),
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
