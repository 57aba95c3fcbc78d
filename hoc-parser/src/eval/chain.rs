//! Names with indices, calls and members: reading, assigning, taking addresses.

use std::rc::Rc;

use super::{Evaluated, Kind, Run, Slot};
use crate::ast::{ArgumentKind, Base, Chain, Expr, Position, Post};
use crate::host::SectionId;
use crate::value::{Object, Value};

impl Run<'_> {
    fn position(&mut self, position: &Position) -> Evaluated<usize> {
        match position {
            Position::Fixed(at) => Ok(*at),
            Position::Computed => match self.lookup("i") {
                Some(Value::Number(at)) => Ok(*at as usize),
                _ => self.fail("`i` holds no position of an argument", "assign a number to `i` before"),
            },
        }
    }

    fn argument(&mut self, position: &Position) -> Evaluated<Value> {
        let at = self.position(position)?;
        match self.frames[self.frame].arguments.get(at.wrapping_sub(1)) {
            Some(value) => Ok(value.clone()),
            None => {
                let frame = &self.frames[self.frame];
                let title =
                    format!("there is no argument {at}: {} was called with {}", frame.name(), frame.arguments.len());
                self.fail(title, "give more arguments, or ask numarg() first")
            }
        }
    }

    /// Section of `name` or `name[i]`.
    pub(super) fn named_section(&mut self, chain: &Chain) -> Evaluated<SectionId> {
        let Base::Name(name) = &chain.base else {
            return self.fail("a section needs a name", "write the name of a created section");
        };
        let index = match chain.posts.first() {
            Some(Post::Index(index)) => self.number(index)?,
            _ => 0.0,
        };
        match self.cell.variables.get(name) {
            Some(Slot::Sections(sections)) => match sections.get(index as usize) {
                Some(section) if index >= 0.0 => Ok(*section),
                _ => {
                    let n = sections.len();
                    self.fail(format!("there is no section {name}[{index}]: it has {n}"), "sections count from 0")
                }
            },
            _ => self.fail(format!("`{name}` is no section"), "create it first"),
        }
    }

    /// The value of a name that is no variable.
    fn read_outside(&mut self, name: &str) -> Evaluated<Value> {
        match self.kind(name) {
            Kind::Property(property) => {
                let section = self.section()?;
                let value = self.host.property(section, property);
                return Ok(Value::Number(self.hosted(value)?));
            }
            Kind::Range => {
                let section = self.section()?;
                let value = self.host.range(section, 0.5, name);
                return Ok(Value::Number(self.hosted(value)?));
            }
            Kind::Other => {}
        }
        if let Some(value) = self.host.global(name) {
            return Ok(Value::Number(value));
        }
        match name {
            "PI" => Ok(Value::Number(std::f64::consts::PI)),
            "E" => Ok(Value::Number(std::f64::consts::E)),
            _ => self.fail(format!("`{name}` has no value"), "assign it first, or correct the name"),
        }
    }

    pub(super) fn read(&mut self, chain: &Chain) -> Evaluated<Value> {
        let mut posts = chain.posts.iter();
        let mut value = match &chain.base {
            Base::Argument(ArgumentKind::Pointer, position) => match self.argument(position)? {
                Value::Pointer(pointer) => {
                    let frame = pointer.frame.and_then(|frame| self.frames.get(frame));
                    let local = frame.and_then(|frame| frame.local(&pointer.name)).cloned();
                    match local.or_else(|| self.lookup(&pointer.name).cloned()) {
                        Some(value) => value,
                        None => Value::Number(0.0),
                    }
                }
                other => other,
            },
            Base::Argument(_, position) => self.argument(position)?,
            Base::Name(name) => match chain.posts.first() {
                Some(Post::Call(arguments)) => {
                    posts.next();
                    self.call(name, arguments)?
                }
                _ => match self.frames[self.frame].local(name) {
                    Some(value) => value.clone(),
                    None => match self.cell.variables.get(name) {
                        Some(Slot::Value(value)) => value.clone(),
                        Some(Slot::Sections(_)) => return self.section_member(chain),
                        None => self.read_outside(name)?,
                    },
                },
            },
        };
        let mut posts = posts.peekable();
        while let Some(post) = posts.next() {
            value = match post {
                Post::Index(index) => {
                    let index = self.number(index)?;
                    self.element(&value, index)?
                }
                Post::Member(member) => match posts.peek() {
                    Some(Post::Index(index))
                        if member == "x"
                            && matches!(&value, Value::Object(object) if matches!(&**object, Object::Vector(_))) =>
                    {
                        let index = self.number(index)?;
                        posts.next();
                        self.vector_element(&value, index)?
                    }
                    Some(Post::Call(arguments)) => {
                        let arguments = arguments.iter().map(|one| self.eval(one)).collect::<Result<Vec<_>, _>>()?;
                        posts.next();
                        self.method(&value, member, &arguments)?
                    }
                    _ => self.member(&value, member)?,
                },
                Post::Call(_) => return self.fail("a call of what is no procedure", "remove the parentheses"),
            };
        }
        Ok(value)
    }

    /// `soma.L`, `sections[2].nseg`, `soma.v(0.5)`.
    fn section_member(&mut self, chain: &Chain) -> Evaluated<Value> {
        let section = self.named_section(chain)?;
        let rest: Vec<&Post> = chain.posts.iter().filter(|post| !matches!(post, Post::Index(_))).collect();
        let Some(Post::Member(name)) = rest.first() else {
            return self.fail("a section is no value", "write what of the section is meant");
        };
        let inner = Chain {
            base: Base::Name(name.clone()),
            posts: rest[1..].iter().map(|post| (*post).clone()).collect(),
            span: chain.span,
        };
        self.stack.push(section);
        let value = self.read(&inner);
        self.stack.pop();
        value
    }

    /// `vector.x[index]`
    pub(super) fn vector_element(&mut self, value: &Value, index: f64) -> Evaluated<Value> {
        let Value::Object(object) = value else { return self.fail("an element of no object", "make it with `new`") };
        let Object::Vector(vector) = &**object else {
            return self.fail(format!("`.x` of {}", value.kind()), "give a Vector");
        };
        let found = if index >= 0.0 { vector.borrow().get(index as usize).copied() } else { None };
        let n = vector.borrow().len();
        match found {
            Some(number) => Ok(Value::Number(number)),
            None => self.fail(format!("element {index} of a Vector of {n}"), "elements count from 0"),
        }
    }

    fn element(&mut self, value: &Value, index: f64) -> Evaluated<Value> {
        if let Value::Object(object) = value
            && let Object::Array(numbers) = &**object
        {
            // Python's negative indices count from the end.
            let n = numbers.len() as f64;
            let at = if index < 0.0 { index + n } else { index };
            return match numbers.get(at as usize) {
                Some(number) if at >= 0.0 => Ok(Value::Number(*number)),
                _ => self.fail(format!("element {index} of {n}"), "correct the index"),
            };
        }
        self.fail(format!("an index of {}", value.kind()), "remove the index")
    }

    pub(super) fn assign(&mut self, chain: &Chain, value: Value) -> Evaluated<()> {
        match (&chain.base, chain.posts.as_slice()) {
            (Base::Name(name), []) => self.assign_name(name, value),
            (Base::Name(name), [Post::Call(arguments)]) => {
                let [x] = arguments.as_slice() else {
                    return self.fail(format!("`{name}` takes one position"), "write name(x) = value");
                };
                let (x, value) = (self.number(x)?, self.as_number(value)?);
                let section = self.section()?;
                let set = self.host.set_range(section, Some(x), name, value);
                self.hosted(set)
            }
            (Base::Argument(ArgumentKind::Pointer, position), []) => match (self.argument(position)?, value) {
                (Value::Pointer(pointer), Value::Number(number)) => {
                    self.set_pointer(&pointer, Value::Number(number));
                    Ok(())
                }
                _ => self.fail("the argument is no pointer", "pass it as &name"),
            },
            (Base::Argument(kind, position), []) => {
                let at = self.position(position)?;
                let frame = self.frame;
                let place = self.frames[frame].places.get(at.wrapping_sub(1)).cloned().flatten();
                if let (ArgumentKind::Object | ArgumentKind::Text, Some(place)) = (kind, place) {
                    self.set_pointer(&place, value.clone());
                }
                match self.frames[frame].arguments.get_mut(at.wrapping_sub(1)) {
                    Some(slot) => {
                        *slot = value;
                        Ok(())
                    }
                    None => self.fail(format!("there is no argument {at}"), "give more arguments"),
                }
            }
            _ => self.assign_member(chain, value),
        }
    }

    fn as_number(&mut self, value: Value) -> Evaluated<f64> {
        match value {
            Value::Number(number) => Ok(number),
            other => self.fail(format!("found {}, expected a number", other.kind()), "assign a number"),
        }
    }

    fn assign_name(&mut self, name: &str, value: Value) -> Evaluated<()> {
        let Value::Number(number) = value else {
            self.set_name(name, value);
            return Ok(());
        };
        if self.lookup(name).is_some() {
            self.set_name(name, Value::Number(number));
            return Ok(());
        }
        match self.kind(name) {
            Kind::Property(property) => {
                let section = self.section()?;
                let set = self.host.set_property(section, property, number);
                return self.hosted(set);
            }
            Kind::Range => {
                let section = self.section()?;
                let set = self.host.set_range(section, None, name, number);
                return self.hosted(set);
            }
            Kind::Other => {}
        }
        if self.host.global(name).is_some() {
            let set = self.host.set_global(name, number);
            return self.hosted(set);
        }
        self.set_name(name, Value::Number(number));
        Ok(())
    }

    /// `vector.x[i] = value`, `netcon.threshold = value`, `soma.L = value`.
    fn assign_member(&mut self, chain: &Chain, value: Value) -> Evaluated<()> {
        if let Base::Name(name) = &chain.base
            && matches!(self.cell.variables.get(name), Some(Slot::Sections(_)))
            && let Some(Post::Member(member)) = chain.posts.iter().find(|post| !matches!(post, Post::Index(_)))
        {
            let section = self.named_section(chain)?;
            let member = member.clone();
            self.stack.push(section);
            let outcome = self.assign_name(&member, value);
            self.stack.pop();
            return outcome;
        }
        // The owner is all but the last member with its index.
        let at = match chain.posts.as_slice() {
            [.., Post::Member(_), Post::Index(_)] => chain.posts.len() - 2,
            [.., Post::Member(_)] => chain.posts.len() - 1,
            _ => return self.fail("this place cannot be assigned", "assign a variable"),
        };
        let owner = Chain { posts: chain.posts[..at].to_vec(), ..chain.clone() };
        let owner = self.read(&owner)?;
        let number = self.as_number(value)?;
        match (&owner, &chain.posts[at..]) {
            (Value::Object(object), [Post::Member(name), Post::Index(index)]) if name == "x" => {
                let index = self.number(index)?;
                if let Object::Vector(vector) = &**object
                    && let Some(slot) = vector.borrow_mut().get_mut(index as usize)
                {
                    *slot = number;
                    return Ok(());
                }
                self.fail(format!("element {index} does not exist"), "make the vector longer first")
            }
            (Value::Object(object), [Post::Member(name), ..]) => {
                if let Object::NetCon(values) = &**object {
                    values.borrow_mut().insert(name.clone(), number);
                    return Ok(());
                }
                self.fail(format!("`{name}` of {} cannot be assigned", owner.kind()), "correct the name")
            }
            _ => self.fail(format!("a member of {}", owner.kind()), "make the object with `new` first"),
        }
    }

    pub(super) fn address(&mut self, chain: &Chain) -> Evaluated<Value> {
        match (&chain.base, chain.posts.as_slice()) {
            (Base::Name(name), []) => Ok(Value::Pointer(self.pointer_to(name))),
            // `&v(1)`: only NetCon takes it, which keeps no source here.
            (Base::Name(name), [Post::Call(arguments)]) => {
                arguments.iter().try_for_each(|one: &Expr| self.number(one).map(drop))?;
                Ok(Value::Object(Rc::new(Object::NetCon(std::cell::RefCell::new(
                    [(name.clone(), 0.0)].into_iter().collect(),
                )))))
            }
            _ => self.fail("the address of this cannot be taken", "take that of a variable"),
        }
    }
}
