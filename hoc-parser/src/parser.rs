//! Recursive descent over tokens.
//!
//! hoc has no statement separator within a line (`x = $1  y = $2`, `insert pas g_pas = 1 Ra = 100`), lets a section name
//! stand before any statement (`soma connect dend(0), 1`), and decides by earlier declarations what a name is. A grammar
//! for it needs the lexer to know the declarations; a parser by hand that keeps the names of sections does it plainly.

use std::collections::HashSet;
use std::rc::Rc;

use diag::{Diagnostic, FileId, Problems, Span};
use logos::Logos;

use crate::ast::{ArgumentKind, Base, Chain, Expr, Position, Post, Proc, ProcKind, Stmt, StmtKind, Template};
use crate::lexer::Token;

type Parsed<T> = Result<T, Diagnostic>;

/// Nesting that no program needs; more is refused before the stack ends.
const MAX_DEPTH: usize = 200;

/// Parses a file: its templates, and what is wrong.
pub fn parse(file: FileId, text: &str) -> (Vec<Template>, Problems) {
    let mut problems = Problems::new();
    let mut tokens = Vec::new();
    for (token, range) in Token::lexer(text).spanned() {
        let span = Span::new(file, range.start, range.end);
        match token {
            Ok(token) => tokens.push((token, span)),
            Err(()) => {
                let title = format!("`{}` is no part of hoc", &text[range]);
                problems.push(Diagnostic::error("H0101", span, title).help("remove it"));
                return (Vec::new(), problems);
            }
        }
    }
    let end = Span::new(file, text.len(), text.len());
    let mut parser = Parser { tokens, at: 0, end, sections: HashSet::new(), depth: 0 };
    match parser.file() {
        Ok(templates) => (templates, problems),
        Err(problem) => {
            problems.push(problem);
            (Vec::new(), problems)
        }
    }
}

struct Parser {
    tokens: Vec<(Token, Span)>,
    at: usize,
    end: Span,
    sections: HashSet<String>,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|one| &one.0)
    }

    fn span(&self) -> Span {
        self.tokens.get(self.at).map_or(self.end, |one| one.1)
    }

    fn sign(&self, sign: &str) -> bool {
        matches!(self.peek(), Some(Token::Sign(found)) if found == sign)
    }

    fn accept(&mut self, sign: &str) -> bool {
        let found = self.sign(sign);
        self.at += usize::from(found);
        found
    }

    fn word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Name(found)) if found == word)
    }

    fn accept_word(&mut self, word: &str) -> bool {
        let found = self.word(word);
        self.at += usize::from(found);
        found
    }

    fn found(&self) -> String {
        match self.peek() {
            None => "the end of the file".to_owned(),
            Some(Token::Newline) => "the end of the line".to_owned(),
            Some(Token::Number(number)) => format!("{number}"),
            Some(Token::Text(text)) => format!("\"{text}\""),
            Some(Token::Argument(text)) => format!("${text}"),
            Some(Token::Name(text) | Token::Sign(text)) => format!("`{text}`"),
        }
    }

    fn error<T>(&self, expected: &str) -> Parsed<T> {
        let title = format!("found {}, expected {expected}", self.found());
        Err(Diagnostic::error("H0102", self.span(), title).help("correct the statement"))
    }

    fn expect(&mut self, sign: &str) -> Parsed<()> {
        if self.accept(sign) { Ok(()) } else { self.error(&format!("`{sign}`")) }
    }

    fn name(&mut self, what: &str) -> Parsed<String> {
        match self.peek() {
            Some(Token::Name(name)) => {
                let name = name.clone();
                self.at += 1;
                Ok(name)
            }
            _ => self.error(what),
        }
    }

    fn newlines(&mut self) {
        while self.peek() == Some(&Token::Newline) {
            self.at += 1;
        }
    }

    fn names(&mut self) -> Parsed<Vec<String>> {
        let mut all = Vec::new();
        loop {
            let name = self.name("a name")?;
            // `objref x[3]` and `public x[3]` declare arrays; only the name counts here.
            if self.accept("[") {
                self.expr()?;
                self.expect("]")?;
            }
            all.push(name);
            if !self.accept(",") {
                return Ok(all);
            }
            self.newlines();
        }
    }

    fn file(&mut self) -> Parsed<Vec<Template>> {
        let mut templates = Vec::new();
        loop {
            self.newlines();
            if self.peek().is_none() {
                return Ok(templates);
            }
            if !self.accept_word("begintemplate") {
                // Code outside templates (loading of libraries, tests) is read and not run.
                self.statement_or_proc(&mut Vec::new(), &mut Vec::new(), &mut Vec::new())?;
                continue;
            }
            let name = self.name("the name of the template")?;
            self.sections.clear();
            let mut template = Template { name, public: Vec::new(), statements: Vec::new(), procs: Vec::new() };
            loop {
                self.newlines();
                if self.accept_word("endtemplate") {
                    self.name("the name of the template")?;
                    break;
                }
                if self.peek().is_none() {
                    return self.error(&format!("`endtemplate {}`", template.name));
                }
                self.statement_or_proc(&mut template.statements, &mut template.procs, &mut template.public)?;
            }
            templates.push(template);
        }
    }

    fn statement_or_proc(
        &mut self,
        statements: &mut Vec<Stmt>,
        procs: &mut Vec<Rc<Proc>>,
        public: &mut Vec<String>,
    ) -> Parsed<()> {
        let kind = match self.peek() {
            Some(Token::Name(name)) => match name.as_str() {
                "proc" => Some(ProcKind::Proc),
                "func" => Some(ProcKind::Func),
                "obfunc" => Some(ProcKind::ObFunc),
                "iterator" => Some(ProcKind::Iterator),
                "public" => {
                    self.at += 1;
                    public.extend(self.names()?);
                    return Ok(());
                }
                "external" => {
                    self.at += 1;
                    self.names()?;
                    return Ok(());
                }
                _ => None,
            },
            _ => None,
        };
        match kind {
            Some(kind) => {
                self.at += 1;
                procs.push(Rc::new(self.proc(kind)?));
            }
            None => statements.push(self.statement()?),
        }
        Ok(())
    }

    fn proc(&mut self, kind: ProcKind) -> Parsed<Proc> {
        let span = self.span();
        let name = self.name("the name of the procedure")?;
        self.expect("(")?;
        self.expect(")")?;
        self.newlines();
        self.expect("{")?;
        let (mut locals, mut objects) = (Vec::new(), Vec::new());
        loop {
            if self.accept_word("local") {
                locals.extend(self.names()?);
            } else if self.accept_word("localobj") {
                objects.extend(self.names()?);
            } else {
                break;
            }
        }
        // `local test strdef errmsg`: the rest of the line declares strings of the object.
        let body = self.block_rest()?;
        Ok(Proc { kind, name, locals, objects, body, span })
    }

    fn block_rest(&mut self) -> Parsed<Vec<Stmt>> {
        let mut all = Vec::new();
        loop {
            self.newlines();
            if self.accept("}") {
                return Ok(all);
            }
            if self.peek().is_none() {
                return self.error("`}`");
            }
            all.push(self.statement()?);
        }
    }

    fn statement(&mut self) -> Parsed<Stmt> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.error("less deeply nested statements");
        }
        let span = self.span();
        let kind = self.statement_kind();
        self.depth -= 1;
        let last = self.tokens.get(self.at.saturating_sub(1)).map_or(span, |one| one.1);
        Ok(Stmt { kind: kind?, span: if last.start >= span.start { span.to(last) } else { span } })
    }

    fn body(&mut self) -> Parsed<Box<Stmt>> {
        self.newlines();
        Ok(Box::new(self.statement()?))
    }

    fn condition(&mut self) -> Parsed<Expr> {
        self.expect("(")?;
        let condition = self.expr()?;
        self.expect(")")?;
        Ok(condition)
    }

    fn statement_kind(&mut self) -> Parsed<StmtKind> {
        if self.accept("{") {
            return Ok(StmtKind::Block(self.block_rest()?));
        }
        let Some(Token::Name(word)) = self.peek().cloned() else {
            return Ok(StmtKind::Expr(self.expr()?));
        };
        let keyword = [
            "if",
            "while",
            "for",
            "forall",
            "forsec",
            "return",
            "break",
            "continue",
            "stop",
            "iterator_statement",
            "insert",
            "create",
            "connect",
            "objref",
            "objectvar",
            "strdef",
            "print",
            "access",
        ];
        if keyword.contains(&word.as_str()) {
            self.at += 1;
        }
        match word.as_str() {
            "if" => {
                let condition = self.condition()?;
                let then = self.body()?;
                let before = self.at;
                self.newlines();
                if self.accept_word("else") {
                    return Ok(StmtKind::If(condition, then, Some(self.body()?)));
                }
                self.at = before;
                Ok(StmtKind::If(condition, then, None))
            }
            "while" => Ok(StmtKind::While(self.condition()?, self.body()?)),
            "for" => self.for_kind(),
            "forall" => Ok(StmtKind::ForAll(self.body()?)),
            "forsec" => {
                let list = self.expr()?;
                Ok(StmtKind::ForSec(list, self.body()?))
            }
            "return" => {
                let end = matches!(self.peek(), None | Some(Token::Newline)) || self.sign("}");
                Ok(StmtKind::Return(if end { None } else { Some(self.expr()?) }))
            }
            "break" | "stop" => Ok(StmtKind::Break),
            "continue" => Ok(StmtKind::Continue),
            "iterator_statement" => Ok(StmtKind::IteratorStatement),
            "insert" => Ok(StmtKind::Insert(self.name("the name of a mechanism")?)),
            "create" => {
                let mut all = Vec::new();
                loop {
                    let name = self.name("the name of a section")?;
                    self.sections.insert(name.clone());
                    let mut count = None;
                    if self.accept("[") {
                        count = Some(self.expr()?);
                        self.expect("]")?;
                    }
                    all.push((name, count));
                    if !self.accept(",") {
                        return Ok(StmtKind::Create(all));
                    }
                }
            }
            "connect" => {
                let child = self.chain()?;
                self.expect(",")?;
                Ok(StmtKind::Connect(child, self.expr()?))
            }
            "objref" | "objectvar" => Ok(StmtKind::Objref(self.names()?)),
            "strdef" => Ok(StmtKind::Strdef(self.names()?)),
            "print" => {
                let mut values = vec![self.expr()?];
                while self.accept(",") {
                    values.push(self.expr()?);
                }
                Ok(StmtKind::Print(values))
            }
            "access" => {
                self.chain()?;
                Ok(StmtKind::Block(Vec::new()))
            }
            name if self.sections.contains(name) => self.in_section(),
            _ => Ok(StmtKind::Expr(self.expr()?)),
        }
    }

    fn in_section(&mut self) -> Parsed<StmtKind> {
        let span = self.span();
        let name = self.name("the name of a section")?;
        let mut chain = Chain { base: Base::Name(name), posts: Vec::new(), span };
        if self.accept("[") {
            let index = self.expr()?;
            self.expect("]")?;
            chain.posts.push(Post::Index(index));
        }
        if matches!(self.peek(), None | Some(Token::Newline)) {
            return self.error("a statement for the section");
        }
        if self.accept(".") {
            // `soma.L = 10`: a statement in the section as well.
        }
        Ok(StmtKind::In(chain, Box::new(self.statement()?)))
    }

    fn for_kind(&mut self) -> Parsed<StmtKind> {
        if self.accept("(") {
            // `for (x)`, `for (x, 0)`, `for (a; b; c)`
            if let (Some(Token::Name(name)), Some((Token::Sign(sign), _))) =
                (self.peek().cloned(), self.tokens.get(self.at + 1).cloned())
                && (sign == ")" || sign == ",")
            {
                self.at += 1;
                let mut ends = true;
                if self.accept(",") {
                    ends = self.expr()? != Expr::Number(0.0);
                }
                self.expect(")")?;
                return Ok(StmtKind::ForX(name, ends, self.body()?));
            }
            let mut parts = [None, None, None];
            for (number, part) in parts.iter_mut().enumerate() {
                let end = self.sign(")") || self.peek() == Some(&Token::Newline);
                if !end {
                    *part = Some(self.expr()?);
                }
                if number < 2 {
                    if self.peek() != Some(&Token::Newline) {
                        return self.error("`;`");
                    }
                    self.at += 1;
                }
            }
            self.expect(")")?;
            let [first, condition, next] = parts;
            return Ok(StmtKind::For(first, condition, next, self.body()?));
        }
        let chain = self.chain()?;
        if self.accept("=") {
            let from = self.expr()?;
            self.expect(",")?;
            let to = self.expr()?;
            return Ok(StmtKind::ForRange(chain, from, to, self.body()?));
        }
        let body = self.body()?;
        Ok(StmtKind::ForIterator(chain, Rc::from(body)))
    }

    fn expr(&mut self) -> Parsed<Expr> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.error("a less deeply nested expression");
        }
        let expr = self.binary(0);
        self.depth -= 1;
        let expr = expr?;
        for (sign, operator) in [("=", "="), ("+=", "+"), ("-=", "-"), ("*=", "*"), ("/=", "/")] {
            if self.sign(sign) {
                let Expr::Chain(chain) = expr else { return self.error("a variable before `=`") };
                self.at += 1;
                return Ok(Expr::Assign(Box::new(chain), operator, Box::new(self.expr()?)));
            }
        }
        Ok(expr)
    }

    fn binary(&mut self, level: usize) -> Parsed<Expr> {
        const LEVELS: [&[&str]; 5] =
            [&["||"], &["&&"], &["==", "!=", "<", "<=", ">", ">="], &["+", "-"], &["*", "/", "%"]];
        let Some(signs) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        while let Some(sign) = signs.iter().find(|sign| self.sign(sign)) {
            self.at += 1;
            let right = self.binary(level + 1)?;
            left = Expr::Binary(sign, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed<Expr> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.error("a less deeply nested expression");
        }
        let made = if self.accept("-") {
            Expr::Neg(Box::new(self.unary()?))
        } else if self.accept("+") {
            self.unary()?
        } else if self.accept("!") {
            Expr::Not(Box::new(self.unary()?))
        } else {
            let base = self.primary()?;
            if self.accept("^") {
                // Right associative, and binds tighter than the sign before it.
                Expr::Binary("^", Box::new(base), Box::new(self.unary()?))
            } else {
                base
            }
        };
        self.depth -= 1;
        Ok(made)
    }

    fn primary(&mut self) -> Parsed<Expr> {
        match self.peek().cloned() {
            Some(Token::Number(number)) => {
                self.at += 1;
                Ok(Expr::Number(number))
            }
            Some(Token::Text(text)) => {
                self.at += 1;
                Ok(Expr::Text(text))
            }
            Some(Token::Sign(sign)) if sign == "(" => {
                self.at += 1;
                let inside = self.expr()?;
                self.expect(")")?;
                Ok(inside)
            }
            Some(Token::Sign(sign)) if sign == "&" => {
                self.at += 1;
                Ok(Expr::Address(self.chain()?))
            }
            Some(Token::Name(name)) if name == "new" => {
                let span = self.span();
                self.at += 1;
                let class = self.name("the name of a class")?;
                let arguments = if self.accept("(") { self.arguments()? } else { Vec::new() };
                Ok(Expr::New(class, arguments, span))
            }
            Some(Token::Name(_) | Token::Argument(_)) => Ok(Expr::Chain(self.chain()?)),
            _ => self.error("a value"),
        }
    }

    fn arguments(&mut self) -> Parsed<Vec<Expr>> {
        let mut all = Vec::new();
        self.newlines();
        if self.accept(")") {
            return Ok(all);
        }
        loop {
            all.push(self.expr()?);
            self.newlines();
            if self.accept(")") {
                return Ok(all);
            }
            self.expect(",")?;
            self.newlines();
        }
    }

    fn chain(&mut self) -> Parsed<Chain> {
        let span = self.span();
        let base = match self.peek().cloned() {
            Some(Token::Name(name)) => Base::Name(name),
            Some(Token::Argument(text)) => {
                let (kind, rest) = match text.chars().next() {
                    Some('o') => (ArgumentKind::Object, &text[1..]),
                    Some('s') => (ArgumentKind::Text, &text[1..]),
                    Some('&') => (ArgumentKind::Pointer, &text[1..]),
                    _ => (ArgumentKind::Number, &text[..]),
                };
                let position = rest.parse().map_or(Position::Computed, Position::Fixed);
                Base::Argument(kind, position)
            }
            _ => return self.error("a name"),
        };
        self.at += 1;
        let mut posts = Vec::new();
        loop {
            if self.accept("[") {
                posts.push(Post::Index(self.expr()?));
                self.expect("]")?;
            } else if self.accept("(") {
                posts.push(Post::Call(self.arguments()?));
            } else if self.sign(".") && matches!(self.tokens.get(self.at + 1), Some((Token::Name(_), _))) {
                self.at += 1;
                posts.push(Post::Member(self.name("a member")?));
            } else {
                return Ok(Chain { base, posts, span });
            }
        }
    }
}
