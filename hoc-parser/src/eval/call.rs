//! Procedures, iterators, connections and hoc's own functions.

use std::rc::Rc;

use super::{Evaluated, Frame, Kind, Leave, MAX_FRAMES, Run, text};
use crate::ast::{Base, Chain, Expr, Post, ProcKind, Stmt};
use crate::host::{Point3d, PointField, SectionId, SectionProperty};
use crate::value::{Object, Pointer, Value};

/// hoc's own functions.
const FUNCTIONS: [&str; 32] = [
    "numarg",
    "sprint",
    "strcmp",
    "sqrt",
    "log",
    "log10",
    "exp",
    "int",
    "abs",
    "sin",
    "cos",
    "atan",
    "atan2",
    "tanh",
    "pt3dconst",
    "pt3dclear",
    "pt3dadd",
    "pt3dchange",
    "n3d",
    "x3d",
    "y3d",
    "z3d",
    "arc3d",
    "diam3d",
    "define_shape",
    "distance",
    "area",
    "ri",
    "ismembrane",
    "secname",
    "lambda_f",
    "execerror",
];

/// hoc's patterns of section names as a regular expression: brackets stand for themselves, `<1-3>` is a class.
fn section_pattern(pattern: &str) -> String {
    let mut made = String::new();
    for one in pattern.chars() {
        match one {
            '[' | ']' => made.extend(['\\', one]),
            '<' => made.push('['),
            '>' => made.push(']'),
            _ => made.push(one),
        }
    }
    made
}

impl Run<'_> {
    /// Variables among arguments that hold strings or objects, which hoc passes by reference.
    fn places(&self, arguments: &[Expr]) -> Vec<Option<Pointer>> {
        let place = |one: &Expr| match one {
            Expr::Chain(Chain { base: Base::Name(name), posts, .. }) if posts.is_empty() => Some(self.pointer_to(name)),
            _ => None,
        };
        arguments.iter().map(place).collect()
    }

    fn enter(
        &mut self,
        name: &str,
        arguments: Vec<Value>,
        places: Vec<Option<Pointer>>,
    ) -> Evaluated<Rc<crate::ast::Proc>> {
        let Some(proc) = self.procs.get(name).cloned() else {
            let help = "define it as proc or func, or correct the name";
            return self.fail(format!("there is no procedure `{name}`"), help);
        };
        if self.frames.len() > MAX_FRAMES {
            return self.endless();
        }
        let called = (self.frames.len() > 1).then_some(self.span);
        let mut locals = vec![Value::Number(0.0); proc.locals.len()];
        locals.extend(proc.objects.iter().map(|_| Value::Nil));
        let frame = Frame { proc: Some(proc.clone()), called, arguments, places, locals, body: None };
        self.frames.push(frame);
        self.frame = self.frames.len() - 1;
        Ok(proc)
    }

    pub(super) fn call_proc(
        &mut self,
        name: &str,
        arguments: Vec<Value>,
        places: Vec<Option<Pointer>>,
    ) -> Evaluated<Value> {
        let (caller, span) = (self.frame, self.span);
        let proc = self.enter(name, arguments, places)?;
        let depth = self.stack.len();
        let outcome = self.block(&proc.body);
        let value = match (outcome, proc.kind) {
            (Err(Leave::Return(value)), _) => value,
            (Err(Leave::Error(error)), _) => return Err(Leave::Error(error)),
            (_, ProcKind::Func) => {
                self.span = proc.span;
                return self.fail(format!("func `{name}` returns no value"), "end it with `return` and a number");
            }
            (_, ProcKind::ObFunc) => Value::Nil,
            (_, ProcKind::Proc | ProcKind::Iterator) => Value::Number(0.0),
        };
        self.stack.truncate(depth);
        self.frames.pop();
        self.frame = caller;
        self.span = span;
        Ok(value)
    }

    /// `for iterator(arguments) body`
    pub(super) fn run_iterator(&mut self, chain: &Chain, body: &Rc<Stmt>) -> Evaluated<()> {
        let (Base::Name(name), [Post::Call(arguments)]) = (&chain.base, chain.posts.as_slice()) else {
            return self.fail("`for` needs a range, a condition or an iterator", "write for i = 0, 9 { … }");
        };
        if self.procs.get(name).is_some_and(|proc| proc.kind != ProcKind::Iterator) {
            return self.fail(format!("`for {name}(…)` of what is no iterator"), "define it with `iterator`");
        }
        let (caller, span) = (self.frame, self.span);
        let places = self.places(arguments);
        let arguments = arguments.iter().map(|one| self.eval(one)).collect::<Result<Vec<_>, _>>()?;
        let proc = self.enter(name, arguments, places)?;
        self.frames[self.frame].body = Some((body.clone(), caller));
        let outcome = self.block(&proc.body);
        self.frames.pop();
        self.frame = caller;
        match outcome {
            Ok(()) | Err(Leave::Break | Leave::Continue | Leave::Return(_) | Leave::Body(None)) => {
                self.span = span;
                Ok(())
            }
            Err(Leave::Body(Some(value))) => Err(Leave::Return(value)),
            Err(Leave::Error(error)) => Err(Leave::Error(error)),
        }
    }

    pub(super) fn iterator_statement(&mut self) -> Evaluated<()> {
        let iterator = self.frame;
        let Some((body, frame)) = self.frames[iterator].body.clone() else {
            return self.fail("`iterator_statement` outside an iterator", "use it in an iterator that `for` calls");
        };
        self.frame = frame;
        let outcome = self.statement(&body);
        self.frame = iterator;
        match outcome {
            Err(Leave::Continue) => Ok(()),
            Err(Leave::Break) => Err(Leave::Body(None)),
            Err(Leave::Return(value)) => Err(Leave::Body(Some(value))),
            other => other,
        }
    }

    /// `connect sections[j](0), sections[i](x)`, or with the current section as parent: `connect dend(0), 1`.
    pub(super) fn connect(&mut self, child: &Chain, parent: &Expr) -> Evaluated<()> {
        let place = |chain: &Chain| {
            chain.posts.iter().find_map(|post| match post {
                Post::Call(arguments) => arguments.first().cloned(),
                Post::Index(_) | Post::Member(_) => None,
            })
        };
        let child_section = self.named_section(child)?;
        let end = match place(child) {
            Some(x) => self.number(&x)?,
            None => 0.0,
        };
        let named = match parent {
            Expr::Chain(chain) if self.is_section(chain) => Some(chain),
            _ => None,
        };
        let (parent_section, x) = match named {
            Some(chain) => {
                let section = self.named_section(chain)?;
                let x = match place(chain) {
                    Some(x) => self.number(&x)?,
                    None => 1.0,
                };
                (section, x)
            }
            None => (self.section()?, self.number(parent)?),
        };
        let connected = self.host.connect(child_section, end, parent_section, x);
        self.hosted(connected)
    }

    fn is_section(&self, chain: &Chain) -> bool {
        matches!(&chain.base, Base::Name(name) if matches!(self.cell.variables.get(name), Some(super::Slot::Sections(_))))
    }

    /// Sections of a SectionList, or those whose name matches a pattern.
    pub(super) fn section_list(&mut self, list: &Expr) -> Evaluated<Vec<SectionId>> {
        match self.eval(list)? {
            Value::Object(object) => match &*object {
                Object::SectionList(sections) => Ok(sections.borrow().clone()),
                _ => self.fail("forsec of what is no SectionList", "give a SectionList or a string"),
            },
            Value::Text(pattern) => match regex::Regex::new(&section_pattern(&pattern)) {
                Ok(regex) => {
                    let host = &*self.host;
                    let fits = |section: &SectionId| regex.is_match(&host.section_name(*section));
                    Ok(self.own.iter().copied().filter(fits).collect())
                }
                Err(error) => {
                    let error = error.to_string();
                    let why = error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                    let help = "patterns know . * ^ $ and <0-9>; brackets stand for themselves";
                    self.fail(format!("the pattern \"{pattern}\" cannot be read: {why}"), help)
                }
            },
            other => self.fail(format!("forsec of {}", other.kind()), "give a SectionList or a string"),
        }
    }

    pub(super) fn call(&mut self, name: &str, arguments: &[Expr]) -> Evaluated<Value> {
        if self.procs.contains_key(name) {
            let places = self.places(arguments);
            let arguments = arguments.iter().map(|one| self.eval(one)).collect::<Result<Vec<_>, _>>()?;
            return self.call_proc(name, arguments, places);
        }
        if arguments.len() == 1 && self.kind(name) == Kind::Range {
            let x = self.number(&arguments[0])?;
            let section = self.section()?;
            let value = self.host.range(section, x, name);
            return Ok(Value::Number(self.hosted(value)?));
        }
        let values = arguments.iter().map(|one| self.eval(one)).collect::<Result<Vec<_>, _>>()?;
        let numbers: Vec<f64> = values
            .iter()
            .filter_map(|one| if let Value::Number(number) = one { Some(*number) } else { None })
            .collect();
        let text = values.iter().find_map(|one| if let Value::Text(text) = one { Some(text.clone()) } else { None });
        if let ("execerror", Some(text)) = (name, &text) {
            let rest: Vec<String> = values[1..]
                .iter()
                .filter_map(|one| if let Value::Text(text) = one { Some(text.clone()) } else { None })
                .collect();
            let help = "the template stops itself here: look at the condition before it";
            return self.fail(format!("{text} {}", rest.join(" ")), help);
        }
        match (name, values.as_slice()) {
            ("strcmp", [Value::Text(a), Value::Text(b)]) => {
                return Ok(Value::Number(f64::from(a.as_bytes().cmp(b.as_bytes()) as i8)));
            }
            ("sprint", [_, Value::Text(format), rest @ ..]) => {
                let made = text::format(format, rest).or_else(|problem| {
                    self.fail(format!("sprint: {problem}"), "give one value for each %, strings for %s")
                })?;
                let Some(Expr::Chain(place)) = arguments.first() else {
                    return self.fail("sprint into what is no string", "give a string of strdef first");
                };
                self.assign(place, Value::Text(made))?;
                return Ok(Value::Number(1.0));
            }
            _ => {}
        }
        match (name, numbers.as_slice()) {
            ("numarg", _) => Ok(Value::Number(self.frames[self.frame].arguments.len() as f64)),
            // Python is not here; what templates ask of it is (see `object`).
            ("nrnpython", _) => Ok(Value::Number(1.0)),
            ("printf" | "print" | "load_file" | "xopen", _) => Ok(Value::Number(1.0)),
            ("sqrt", [x]) if *x < 0.0 => self.fail(format!("sqrt({x})"), "give a number of at least 0"),
            ("log" | "log10", [x]) if *x < 0.0 => self.fail(format!("{name}({x})"), "give a number above 0"),
            ("sqrt", [x]) => Ok(Value::Number(x.sqrt())),
            ("log", [x]) => Ok(Value::Number(x.ln())),
            ("log10", [x]) => Ok(Value::Number(x.log10())),
            ("exp", [x]) => Ok(Value::Number(if *x > 700.0 { 700.0_f64.exp() } else { x.exp() })),
            ("int", [x]) => Ok(Value::Number(x.trunc())),
            ("abs", [x]) => Ok(Value::Number(x.abs())),
            ("sin", [x]) => Ok(Value::Number(x.sin())),
            ("cos", [x]) => Ok(Value::Number(x.cos())),
            ("tanh", [x]) => Ok(Value::Number(x.tanh())),
            ("atan2", [y, x]) => Ok(Value::Number(y.atan2(*x))),
            ("atan", [x]) => Ok(Value::Number(x.atan())),
            _ => self.section_function(name, &numbers, text.as_deref()),
        }
    }

    fn section_function(&mut self, name: &str, numbers: &[f64], text: Option<&str>) -> Evaluated<Value> {
        let section = self.section()?;
        let value = match (name, numbers) {
            ("pt3dconst", [keep]) => {
                let done = self.host.keep_point_diameters(section, *keep != 0.0);
                self.hosted(done)?;
                0.0
            }
            ("pt3dclear", _) => {
                let done = self.host.clear_points(section);
                self.hosted(done)?;
                0.0
            }
            ("pt3dadd", [x, y, z, diam]) => {
                let done = self.host.add_point(section, Point3d { x: *x, y: *y, z: *z, diam: *diam });
                self.hosted(done)?;
                0.0
            }
            ("pt3dchange", [index, x, y, z, diam]) => {
                let point = Point3d { x: *x, y: *y, z: *z, diam: *diam };
                let done = self.host.change_point(section, *index as usize, point);
                self.hosted(done)?;
                0.0
            }
            ("n3d", _) => {
                let n = self.host.n3d(section);
                self.hosted(n)? as f64
            }
            ("x3d" | "y3d" | "z3d" | "arc3d" | "diam3d", [index]) => {
                let field = match name {
                    "x3d" => PointField::X,
                    "y3d" => PointField::Y,
                    "z3d" => PointField::Z,
                    "arc3d" => PointField::Arc,
                    _ => PointField::Diam,
                };
                let value = self.host.point(section, *index as usize, field);
                self.hosted(value)?
            }
            ("define_shape", _) => {
                let own = self.own.clone();
                let done = self.host.define_shape(&own);
                self.hosted(done)?;
                1.0
            }
            ("distance", []) => {
                let done = self.host.set_distance_origin(section, 0.0);
                self.hosted(done)?;
                0.0
            }
            ("distance", [0.0, x]) => {
                let done = self.host.set_distance_origin(section, *x);
                self.hosted(done)?;
                0.0
            }
            ("distance", [x]) => {
                let value = self.host.distance(section, *x);
                self.hosted(value)?
            }
            ("area", [x]) => {
                let value = self.host.area(section, *x);
                self.hosted(value)?
            }
            ("ri", [x]) => {
                let value = self.host.ri(section, *x);
                self.hosted(value)?
            }
            ("ismembrane", _) => {
                let inserted = self.host.is_inserted(section, text.unwrap_or(""));
                f64::from(u8::from(self.hosted(inserted)?))
            }
            ("secname", _) => return Ok(Value::Text(self.host.section_name(section))),
            ("lambda_f", [frequency]) => self.lambda_f(section, *frequency)?,
            _ => {
                if FUNCTIONS.contains(&name) {
                    let title = format!("`{name}` with {} numbers", numbers.len());
                    return self.fail(title, "give it the arguments that NEURON's function has");
                }
                let help = "define it with proc or func, or correct the name";
                return self.fail(format!("there is no procedure or function `{name}`"), help);
            }
        };
        Ok(Value::Number(value))
    }

    /// Length of the section in units of its length constant at a frequency, Hz (NEURON: stdlib.hoc).
    fn lambda_f(&mut self, section: SectionId, frequency: f64) -> Evaluated<f64> {
        let pi = std::f64::consts::PI;
        let ra = self.host.property(section, SectionProperty::Ra);
        let ra = self.hosted(ra)?;
        let cm = self.host.range(section, 0.5, "cm");
        let cm = self.hosted(cm)?;
        let n = self.host.n3d(section);
        let n = self.hosted(n)?;
        if n < 2 {
            let diam = self.host.range(section, 0.5, "diam");
            let diam = self.hosted(diam)?;
            return Ok(1e5 * (diam / (4.0 * pi * frequency * ra * cm)).sqrt());
        }
        let mut points = Vec::with_capacity(n);
        for at in 0..n {
            let arc = self.host.point(section, at, PointField::Arc);
            let diam = self.host.point(section, at, PointField::Diam);
            points.push((self.hosted(arc)?, self.hosted(diam)?));
        }
        let mut lambda = 0.0;
        for pair in points.windows(2) {
            let ((x1, d1), (x2, d2)) = (pair[0], pair[1]);
            lambda += (x2 - x1) / (d1 + d2).sqrt();
        }
        lambda *= 2.0_f64.sqrt() * 1e-5 * (4.0 * pi * frequency * ra * cm).sqrt();
        let length = self.host.property(section, SectionProperty::Length);
        Ok(self.hosted(length)? / lambda)
    }
}
