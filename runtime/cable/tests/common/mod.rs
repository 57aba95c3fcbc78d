//! The mechanisms of the reference cases, laid out by hand: no compiler, no kernels.

use std::collections::BTreeMap;
use std::sync::Arc;

use mech_abi::{
    Catalogue, Column, ColumnClass, CompiledMechanism, IonUse, IonVariable, MechanismKind, MechanismLayout,
};

/// Name, length and default of a range variable.
type Variable = (&'static str, u32, f64);

fn mechanism(name: &str, kind: MechanismKind, variables: &[Variable], ions: Vec<IonUse>) -> CompiledMechanism {
    let mut columns = Vec::new();
    let mut first = 0;
    for (name, len, default) in variables {
        let name = (*name).to_owned();
        let class = ColumnClass::Parameter;
        columns.push(Column { name, class, first, len: *len, default: *default, unit: String::new(), visible: true });
        first += len;
    }
    let layout = MechanismLayout {
        name: name.to_owned(),
        kind,
        source: format!("{name}.mod"),
        columns,
        globals: Vec::new(),
        ions,
        electrode_current: false,
        has_current: false,
        net_receive: None,
        functions: Vec::new(),
        random_streams: 0,
        pointers: Vec::new(),
        externals: Vec::new(),
        function_tables: Vec::new(),
        watches: Vec::new(),
        constructor: None,
        diffusion: Vec::new(),
        vectors: 0,
        thread_safe: true,
        kernels: Vec::new(),
    };
    CompiledMechanism { layout: Arc::new(layout), kernels: BTreeMap::new() }
}

fn ion(name: &str, reads: &[IonVariable], writes: &[IonVariable]) -> Vec<IonUse> {
    vec![IonUse { ion: name.to_owned(), charge: Some(2.0), reads: reads.to_vec(), writes: writes.to_vec() }]
}

/// What reference/generate.py compiles for NEURON.
pub fn catalogue() -> Arc<Catalogue> {
    use IonVariable::{Current, Inside, Outside, Reversal};
    use MechanismKind::{ArtificialCell, Density, PointProcess};
    let all = [
        mechanism("lk", Density, &[("g", 1, 0.001), ("e", 1, -70.0), ("w", 3, 0.0)], vec![]),
        mechanism("cacur", Density, &[("p", 1, 0.0)], ion("ca", &[], &[Current])),
        mechanism("carev", Density, &[("g", 1, 0.0)], ion("ca", &[Reversal], &[Current])),
        mechanism("cain", Density, &[("c", 1, 0.0)], ion("ca", &[Inside, Outside], &[])),
        mechanism("caacc", Density, &[("d", 1, 1.0)], ion("ca", &[Current], &[Inside])),
        mechanism("nawr", Density, &[("x", 1, 0.0)], ion("na", &[], &[Reversal, Outside])),
        mechanism("tag", PointProcess, &[("n", 1, 0.0), ("q", 2, 0.0)], vec![]),
        mechanism("catag", PointProcess, &[("n", 1, 0.0)], ion("ca", &[Inside], &[])),
        mechanism("clock", ArtificialCell, &[("n", 1, 0.0)], vec![]),
    ];
    Arc::new(Catalogue::new(all).expect("the mechanisms agree"))
}
