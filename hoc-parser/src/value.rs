//! Values and objects of hoc.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::host::SectionId;

/// A value.
#[derive(Debug, Clone)]
pub enum Value {
    /// Number.
    Number(f64),
    /// String.
    Text(String),
    /// Object.
    Object(Rc<Object>),
    /// `&variable` of an object's frame or of the object itself.
    Pointer(Pointer),
    /// No object.
    Nil,
}

/// A place that `&name` points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// Frame that holds the variable; none: the object.
    pub frame: Option<usize>,
    /// Variable.
    pub name: String,
}

/// Objects that hoc code can hold.
#[derive(Debug)]
pub enum Object {
    /// `Vector`
    Vector(RefCell<Vec<f64>>),
    /// `SectionList`
    SectionList(RefCell<Vec<SectionId>>),
    /// `SectionRef`
    SectionRef(SectionId),
    /// `List`
    List(RefCell<Vec<Value>>),
    /// `NetCon`: kept, not used.
    NetCon(RefCell<HashMap<String, f64>>),
    /// `PythonObject`: knows `iter`.
    Python,
    /// A Python sequence of numbers.
    Array(Rc<Vec<f64>>),
    /// A Python mapping from section number to points.
    Map(Vec<Rc<Vec<f64>>>),
    /// A Python mapping from names to numbers.
    Dict(HashMap<String, f64>),
    /// A Python iterator.
    Iterator(Rc<Vec<f64>>, RefCell<usize>),
}

impl Value {
    /// A Python sequence of numbers.
    pub fn array(numbers: impl IntoIterator<Item = f64>) -> Value {
        Value::Object(Rc::new(Object::Array(Rc::new(numbers.into_iter().collect()))))
    }

    /// A Python mapping from 0, 1, … to sequences of numbers.
    pub fn map(lists: impl IntoIterator<Item = Vec<f64>>) -> Value {
        Value::Object(Rc::new(Object::Map(lists.into_iter().map(Rc::new).collect())))
    }

    /// A Python mapping from names to numbers.
    pub fn dict(numbers: impl IntoIterator<Item = (String, f64)>) -> Value {
        Value::Object(Rc::new(Object::Dict(numbers.into_iter().collect())))
    }

    /// What it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Number(_) => "a number",
            Value::Text(_) => "a string",
            Value::Pointer(_) => "a pointer",
            Value::Nil => "no object",
            Value::Object(object) => match &**object {
                Object::Vector(_) => "a Vector",
                Object::SectionList(_) => "a SectionList",
                Object::SectionRef(_) => "a SectionRef",
                Object::List(_) => "a List",
                Object::NetCon(_) => "a NetCon",
                Object::Python => "a PythonObject",
                Object::Array(_) => "a Python sequence",
                Object::Map(_) | Object::Dict(_) => "a Python mapping",
                Object::Iterator(..) => "a Python iterator",
            },
        }
    }
}
