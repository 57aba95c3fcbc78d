//! Objects: `new`, members and methods, and the few things that templates ask of Python.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::{Evaluated, Run};
use crate::ast::Expr;
use crate::value::{Object, Value};

impl Run<'_> {
    pub(super) fn make(&mut self, class: &str, arguments: &[Expr]) -> Evaluated<Value> {
        let arguments = arguments.iter().map(|one| self.eval(one)).collect::<Result<Vec<_>, _>>()?;
        let object = match class {
            "Vector" => {
                let n = match arguments.first() {
                    Some(Value::Number(n)) if (0.0..=1e8).contains(n) => *n as usize,
                    None => 0,
                    _ => return self.fail("the length of a Vector", "give a number of at least 0"),
                };
                let fill = if let Some(Value::Number(fill)) = arguments.get(1) { *fill } else { 0.0 };
                Object::Vector(RefCell::new(vec![fill; n]))
            }
            "SectionList" => Object::SectionList(RefCell::new(Vec::new())),
            "SectionRef" => Object::SectionRef(self.section()?),
            "List" => Object::List(RefCell::new(Vec::new())),
            "NetCon" => Object::NetCon(RefCell::new(HashMap::new())),
            "PythonObject" => Object::Python,
            _ => {
                let help = "templates may use Vector, List, SectionList, SectionRef, NetCon and PythonObject";
                return self.fail(format!("class `{class}` is not supported in templates"), help);
            }
        };
        Ok(Value::Object(Rc::new(object)))
    }

    fn no_member<T>(&self, value: &Value, name: &str) -> Evaluated<T> {
        if matches!(value, Value::Nil) {
            return self.fail(format!("`.{name}` of no object"), "make the object with `new` first");
        }
        self.fail(format!("{} has no `{name}` that is supported", value.kind()), "correct the name")
    }

    /// `object.name` without parentheses.
    pub(super) fn member(&mut self, value: &Value, name: &str) -> Evaluated<Value> {
        let Value::Object(object) = value else { return self.no_member(value, name) };
        match (&**object, name) {
            (Object::Array(numbers), "size") => Ok(Value::Number(numbers.len() as f64)),
            // `._[k]` is Python's subscript.
            (Object::Array(_), "_") => Ok(value.clone()),
            (Object::Vector(vector), "x") => Ok(Value::array(vector.borrow().iter().copied())),
            (Object::SectionRef(section), "has_parent") => {
                let parent = self.host.parent(*section);
                Ok(Value::Number(f64::from(u8::from(self.hosted(parent)?.is_some()))))
            }
            (Object::NetCon(values), _) => Ok(Value::Number(values.borrow().get(name).copied().unwrap_or(0.0))),
            _ => self.method(value, name, &[]),
        }
    }

    /// `object.name(arguments)`
    pub(super) fn method(&mut self, value: &Value, name: &str, arguments: &[Value]) -> Evaluated<Value> {
        let Value::Object(object) = value else { return self.no_member(value, name) };
        let number = |at: usize| match arguments.get(at) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        };
        match (&**object, name) {
            (Object::Vector(_), "x" | "get") => self.vector_element(value, number(0).unwrap_or(-1.0)),
            (Object::Vector(vector), "from_python") => {
                if let Some(Value::Object(source)) = arguments.first()
                    && let Object::Array(numbers) = &**source
                {
                    vector.borrow_mut().clone_from(numbers);
                    return Ok(value.clone());
                }
                self.fail("from_python of what is no sequence", "give a Python sequence")
            }
            (Object::Vector(vector), _) => match vector_method(&mut vector.borrow_mut(), name, arguments) {
                Some(Ok(Some(number))) => Ok(Value::Number(number)),
                Some(Ok(None)) => Ok(value.clone()),
                Some(Err(problem)) => self.fail(format!("Vector.{name}: {problem}"), "correct the arguments"),
                None => self.no_member(value, name),
            },
            (Object::SectionList(list), "append") => {
                let section = self.section()?;
                list.borrow_mut().push(section);
                Ok(value.clone())
            }
            (Object::SectionList(list), "allroots") => {
                let mut roots = Vec::new();
                for section in self.own.clone() {
                    let parent = self.host.parent(section);
                    if self.hosted(parent)?.is_none() {
                        roots.push(section);
                    }
                }
                *list.borrow_mut() = roots;
                Ok(value.clone())
            }
            (Object::List(list), "append") => {
                list.borrow_mut().extend(arguments.iter().cloned());
                Ok(value.clone())
            }
            (Object::List(list), "count") => Ok(Value::Number(list.borrow().len() as f64)),
            (Object::List(list), "o" | "object") => {
                let found = list.borrow().get(number(0).unwrap_or(-1.0) as usize).cloned();
                match found {
                    Some(found) => Ok(found),
                    None => {
                        let (at, n) = (number(0).unwrap_or(-1.0), list.borrow().len());
                        self.fail(format!("element {at} of a List of {n}"), "elements count from 0")
                    }
                }
            }
            (Object::Python, "iter") => match arguments.first() {
                Some(Value::Object(source)) if matches!(&**source, Object::Array(_)) => {
                    let Object::Array(numbers) = &**source else { return self.no_member(value, name) };
                    Ok(Value::Object(Rc::new(Object::Iterator(numbers.clone(), RefCell::new(0)))))
                }
                _ => self.fail("iter() of what is no sequence", "give a Python sequence"),
            },
            (Object::Iterator(numbers, at), "__next__") => {
                let next = numbers.get(*at.borrow()).copied();
                *at.borrow_mut() += 1;
                match next {
                    Some(number) => Ok(Value::Number(number)),
                    None => self.fail("the iterator is at its end", "count with .size first"),
                }
            }
            (Object::Array(numbers), "__len__") => Ok(Value::Number(numbers.len() as f64)),
            (Object::Map(lists), "__len__") => Ok(Value::Number(lists.len() as f64)),
            (Object::Map(lists), "__getitem__") => {
                let at = number(0).unwrap_or(-1.0);
                match lists.get(at as usize) {
                    Some(list) if at >= 0.0 => Ok(Value::Object(Rc::new(Object::Array(list.clone())))),
                    _ => self.fail(format!("key {at} is not in the mapping"), "correct the key"),
                }
            }
            (Object::Dict(values), "__getitem__" | "get") => {
                let Some(Value::Text(key)) = arguments.first() else { return self.no_member(value, name) };
                match values.get(key).copied().or_else(|| number(1)) {
                    Some(number) => Ok(Value::Number(number)),
                    None => self.fail(format!("key \"{key}\" is not in the mapping"), "add it to the parameters"),
                }
            }
            _ => self.no_member(value, name),
        }
    }
}

/// A method of a Vector: a number, or none for those that give the Vector itself; no outcome for an unknown name.
fn vector_method(numbers: &mut Vec<f64>, name: &str, arguments: &[Value]) -> Option<Result<Option<f64>, String>> {
    let given: Vec<f64> =
        arguments.iter().filter_map(|one| if let Value::Number(x) = one { Some(*x) } else { None }).collect();
    let place = |at: f64, n: usize| {
        let inside = at >= 0.0 && (at as usize) < n;
        if inside { Ok(at as usize) } else { Err(format!("there is no element {at} of {n}")) }
    };
    let n = numbers.len();
    let some = |value: Option<f64>| value.map(Some).ok_or_else(|| "the Vector is empty".to_owned());
    let each = |numbers: &mut Vec<f64>, change: &dyn Fn(f64) -> f64| {
        numbers.iter_mut().for_each(|one| *one = change(*one));
        Ok(None)
    };
    let outcome = match (name, given.as_slice()) {
        ("append", _) => {
            for one in arguments {
                match one {
                    Value::Number(number) => numbers.push(*number),
                    Value::Object(object) => match &**object {
                        // A Vector cannot be appended to itself: it is borrowed.
                        Object::Vector(other) => match other.try_borrow() {
                            Ok(other) => numbers.extend_from_slice(&other),
                            Err(_) => numbers.extend_from_within(..),
                        },
                        _ => return Some(Err(format!("found {}", one.kind()))),
                    },
                    _ => return Some(Err(format!("found {}", one.kind()))),
                }
            }
            Ok(None)
        }
        ("size", []) => Ok(Some(n as f64)),
        ("resize", [to]) if (0.0..=1e8).contains(to) => {
            numbers.resize(*to as usize, 0.0);
            Ok(None)
        }
        ("sum", []) => Ok(Some(numbers.iter().sum())),
        ("mean", []) if n > 0 => Ok(Some(numbers.iter().sum::<f64>() / n as f64)),
        ("mean", []) => some(None),
        ("min", []) => some(numbers.iter().copied().reduce(f64::min)),
        ("max", []) => some(numbers.iter().copied().reduce(f64::max)),
        ("fill", [with]) => each(numbers, &|_| *with),
        ("add", [x]) => each(numbers, &|one| one + x),
        ("sub", [x]) => each(numbers, &|one| one - x),
        ("mul", [x]) => each(numbers, &|one| one * x),
        ("div", [x]) => each(numbers, &|one| one / x),
        ("indgen", []) => {
            (0_u32..).zip(numbers.iter_mut()).for_each(|(at, one)| *one = f64::from(at));
            Ok(None)
        }
        ("indgen", [step]) => {
            (0_u32..).zip(numbers.iter_mut()).for_each(|(at, one)| *one = f64::from(at) * step);
            Ok(None)
        }
        ("indgen", [start, step]) => {
            (0_u32..).zip(numbers.iter_mut()).for_each(|(at, one)| *one = start + f64::from(at) * step);
            Ok(None)
        }
        ("set", [at, to]) => place(*at, n).map(|at| {
            numbers[at] = *to;
            None
        }),
        ("remove", [at]) => place(*at, n).map(|at| {
            numbers.remove(at);
            None
        }),
        ("contains", [x]) => {
            let found = numbers.iter().any(|one| (one - x).abs() < 1e-11);
            Ok(Some(f64::from(u8::from(found))))
        }
        ("size" | "resize" | "sum" | "mean" | "min" | "max" | "fill" | "add" | "sub" | "mul" | "div", _)
        | ("indgen" | "set" | "remove" | "contains", _) => {
            Err(format!("these {} arguments are not supported", arguments.len()))
        }
        _ => return None,
    };
    Some(outcome)
}
