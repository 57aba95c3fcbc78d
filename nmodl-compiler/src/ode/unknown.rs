//! What is solved for: states, and elements of state arrays.

use crate::hir::{self, Expr, Mechanism, Stmt, Target, VariableId};
use crate::kir::Operand;
use crate::lower::build::Builder;
use crate::lower::stmt::walk;

/// A state, or an element of a state array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Unknown {
    pub id: VariableId,
    /// Element of an array; none for a scalar.
    pub element: Option<u32>,
}

/// All elements of a state.
pub(crate) fn elements(mechanism: &Mechanism, id: VariableId) -> Vec<Unknown> {
    match mechanism.variable(id).len {
        1 => vec![Unknown { id, element: None }],
        len => (0..len).map(|element| Unknown { id, element: Some(element) }).collect(),
    }
}

/// States in the order of NEURON's symbol table: by first letter, the last declared first.
pub(crate) fn in_symbol_order(mechanism: &Mechanism, mut states: Vec<VariableId>) -> Vec<Unknown> {
    states.sort_by_key(|id| {
        let variable = mechanism.variable(*id);
        (variable.name.bytes().next(), std::cmp::Reverse((variable.span.start, *id)))
    });
    states.into_iter().flat_map(|id| elements(mechanism, id)).collect()
}

/// The states of a DERIVATIVE block in order of their equations, arrays with all their elements.
pub(crate) fn states_of(mechanism: &Mechanism, body: &hir::Body) -> Vec<Unknown> {
    let mut states = Vec::new();
    walk(&body.statements, &mut |stmt| {
        if let Stmt::Derivative { state: Target::Variable(id, _), .. } = stmt
            && !states.contains(id)
        {
            states.push(*id);
        }
    });
    states.into_iter().flat_map(|id| elements(mechanism, id)).collect()
}

impl Builder<'_> {
    /// The value of a state.
    pub(super) fn unknown(&mut self, unknown: Unknown) -> Operand {
        let index = unknown.element.map(|element| Expr::Number(f64::from(element)));
        self.variable(unknown.id, index.as_ref())
    }

    /// Sets a state.
    pub(super) fn set_unknown(&mut self, unknown: Unknown, value: Operand) {
        let index = unknown.element.map(|element| Expr::Number(f64::from(element)));
        self.assign_variable(unknown.id, index.as_ref(), value);
    }

    /// The unknown that a variable with this index is; none if the index is not known from the text or outside.
    pub(super) fn unknown_at(&self, id: VariableId, index: Option<&Expr>) -> Option<Unknown> {
        let len = self.mechanism.variable(id).len;
        match index {
            None => (len == 1).then_some(Unknown { id, element: None }),
            Some(index) => {
                let at = self.constant(index)?.trunc();
                let element = (at >= 0.0 && at < f64::from(len)).then_some(at as u32)?;
                // An array of one element is stored as a scalar.
                Some(Unknown { id, element: (len > 1).then_some(element) })
            }
        }
    }
}
