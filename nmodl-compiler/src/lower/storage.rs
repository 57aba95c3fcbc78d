//! Where every variable lives: the only place that hands out columns and global slots.

use std::collections::{BTreeMap, BTreeSet};

use mech_abi::{
    Column, ColumnClass, Diffusion, Function, Global, GlobalClass, IonUse, MechanismLayout, NetReceive, Pointer,
};

use crate::hir::{self, FunctionId, VariableId};

/// `len` consecutive columns or global slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slots {
    pub first: u32,
    pub len: u32,
}

/// What TABLE needs in the global array.
#[derive(Debug, Clone)]
pub(crate) struct TableSlots {
    /// 0 until the table is built for the first time.
    pub built: u32,
    /// FROM of the last build.
    pub from: u32,
    /// 1 / interval of the last build.
    pub scale: u32,
    /// DEPEND values of the last build.
    pub saved: Vec<u32>,
    /// Values: for each tabled variable one table per element, `intervals + 1` long.
    pub values: Vec<Vec<Slots>>,
}

/// Positions of all variables.
#[derive(Debug, Clone)]
pub(crate) struct Storage {
    columns: BTreeMap<VariableId, Slots>,
    globals: BTreeMap<VariableId, Slots>,
    tables: BTreeMap<FunctionId, TableSlots>,
    pub layout: MechanismLayout,
}

impl Storage {
    /// Invisible scalars that are not in `keep` get no column; without `keep` all get one.
    pub fn new(mechanism: &hir::Mechanism, keep: Option<&BTreeSet<VariableId>>) -> Storage {
        let mut storage = Storage {
            columns: BTreeMap::new(),
            globals: BTreeMap::new(),
            tables: BTreeMap::new(),
            layout: empty_layout(mechanism),
        };
        let ids = || (0..mechanism.variables.len() as u32).map(VariableId);
        let classes = [ColumnClass::Parameter, ColumnClass::Assigned, ColumnClass::State, ColumnClass::IonCopy];
        let rank = |id: &VariableId| {
            let variable = mechanism.variable(*id);
            let class = column_class(variable)?;
            let at = classes.iter().position(|one| *one == class);
            Some((!variable.visible, at, *id))
        };
        let mut instance: Vec<VariableId> = ids().filter(|id| rank(id).is_some()).collect();
        instance.sort_by_key(rank);
        for id in instance {
            let variable = mechanism.variable(id);
            let wanted = keep.is_none_or(|keep| keep.contains(&id));
            if variable.visible || variable.len > 1 || wanted {
                storage.add_column(id, variable);
            }
        }
        for id in ids().filter(|id| mechanism.variable(*id).storage == hir::Storage::Global) {
            let variable = mechanism.variable(id);
            let is_usetable = mechanism.usetable == Some(id);
            let name = if is_usetable { "usetable" } else { &variable.name };
            let class = match variable.class {
                hir::Class::TopLocal => GlobalClass::TopLocal,
                hir::Class::Assigned | hir::Class::State => GlobalClass::Assigned,
                hir::Class::Parameter | hir::Class::Constant => GlobalClass::Parameter,
                hir::Class::Implicit if is_usetable => GlobalClass::Parameter,
                hir::Class::Implicit => GlobalClass::Hidden,
            };
            let visible = variable.visible || is_usetable;
            let slots = storage.add_global(name, class, variable.len, variable.default, &variable.unit, visible);
            storage.globals.insert(id, slots);
        }
        for one in &mechanism.diffusion {
            let first = |id: VariableId| storage.columns.get(&id).map_or(0, |slots| slots.first);
            let ion = match mechanism.variable(one.state).storage {
                hir::Storage::Ion { ion, variable } => Some((ion, variable)),
                _ => None,
            };
            let column = first(one.state) + one.element.unwrap_or(0);
            let (flow, volume) = (first(one.flow), first(one.volume));
            storage.layout.diffusion.push(Diffusion { column, ion, function: one.function.0, flow, volume });
        }
        for (at, function) in mechanism.functions.iter().enumerate() {
            if let Some(table) = &function.table {
                let slots = storage.add_table(mechanism, function, table);
                storage.tables.insert(FunctionId(at as u32), slots);
            }
        }
        storage
    }

    fn add_column(&mut self, id: VariableId, variable: &hir::Variable) {
        let slots = Slots { first: self.layout.n_columns() as u32, len: variable.len };
        self.layout.columns.push(Column {
            name: variable.name.clone(),
            class: match column_class(variable) {
                Some(ColumnClass::Parameter) => ColumnClass::Parameter,
                Some(ColumnClass::State) => ColumnClass::State,
                Some(ColumnClass::IonCopy) => ColumnClass::IonCopy,
                Some(ColumnClass::Assigned) if variable.class == hir::Class::Assigned => ColumnClass::Assigned,
                _ => ColumnClass::Hidden,
            },
            first: slots.first,
            len: slots.len,
            default: variable.default,
            unit: variable.unit.clone(),
            visible: variable.visible,
        });
        self.columns.insert(id, slots);
    }

    fn add_global(
        &mut self,
        name: &str,
        class: GlobalClass,
        len: u32,
        default: f64,
        unit: &str,
        visible: bool,
    ) -> Slots {
        let first = self.layout.n_globals() as u32;
        let (name, unit) = (name.to_owned(), unit.to_owned());
        self.layout.globals.push(Global { name, class, first, len, default, unit, visible });
        Slots { first, len }
    }

    fn add_table(&mut self, mechanism: &hir::Mechanism, function: &hir::Function, table: &hir::Table) -> TableSlots {
        let name = &function.name;
        let mut hidden = |what: String, len: u32| self.add_global(&what, GlobalClass::Hidden, len, 0.0, "", false);
        let built = hidden(format!("{name}.built"), 1).first;
        let from = hidden(format!("{name}.from"), 1).first;
        let scale = hidden(format!("{name}.scale"), 1).first;
        let depend = table.depend.iter().map(|id| &mechanism.variable(*id).name);
        let saved = depend.map(|depend| hidden(format!("{name}.saved.{depend}"), 1).first).collect();
        let points = table.intervals + 1;
        let mut values = Vec::new();
        if table.variables.is_empty() {
            values.push(vec![hidden(format!("{name}.table"), points)]);
        }
        for id in &table.variables {
            let variable = mechanism.variable(*id);
            let of = |element: u32| match variable.len {
                1 => format!("{name}.table.{}", variable.name),
                _ => format!("{name}.table.{}.{element}", variable.name),
            };
            values.push((0..variable.len).map(|element| hidden(of(element), points)).collect());
        }
        TableSlots { built, from, scale, saved, values }
    }

    /// Columns of an instance variable or ion copy; none for a temporary.
    pub fn column(&self, id: VariableId) -> Option<Slots> {
        self.columns.get(&id).copied()
    }

    /// Columns of the scalars that nobody but kernels can see.
    pub fn invisible(&self, mechanism: &hir::Mechanism) -> BTreeMap<u32, VariableId> {
        let hidden = |id: &VariableId| !mechanism.variable(*id).visible && mechanism.variable(*id).len == 1;
        let columns = self.columns.iter().filter(|(id, _)| hidden(id));
        columns.map(|(id, slots)| (slots.first, *id)).collect()
    }

    /// Slots of a global.
    pub fn global(&self, id: VariableId) -> Option<Slots> {
        self.globals.get(&id).copied()
    }

    /// Slots of a function's TABLE.
    pub fn table(&self, id: FunctionId) -> Option<&TableSlots> {
        self.tables.get(&id)
    }
}

fn column_class(variable: &hir::Variable) -> Option<ColumnClass> {
    match (variable.storage, variable.class) {
        (hir::Storage::Ion { .. }, _) => Some(ColumnClass::IonCopy),
        (hir::Storage::Instance, hir::Class::Parameter) => Some(ColumnClass::Parameter),
        (hir::Storage::Instance, hir::Class::State) => Some(ColumnClass::State),
        (hir::Storage::Instance, _) => Some(ColumnClass::Assigned),
        _ => None,
    }
}

fn pointer(mechanism: &hir::Mechanism, id: VariableId) -> Pointer {
    let mut assigned = false;
    for body in mechanism.bodies() {
        crate::lower::stmt::walk(&body.statements, &mut |stmt| {
            assigned |= matches!(stmt, hir::Stmt::Assign { target: hir::Target::Variable(one, _), .. } if *one == id);
        });
    }
    Pointer { name: mechanism.variable(id).name.clone(), assigned }
}

fn empty_layout(mechanism: &hir::Mechanism) -> MechanismLayout {
    let ions = mechanism.ions.iter().map(|ion| IonUse {
        ion: ion.name.clone(),
        charge: ion.charge,
        reads: ion.reads.iter().map(|(variable, _)| *variable).collect(),
        writes: ion.writes.iter().map(|(variable, _)| *variable).collect(),
    });
    let functions = mechanism.functions.iter().map(|function| Function {
        name: function.name.clone(),
        arguments: function.body.locals[..function.body.n_arguments as usize]
            .iter()
            .map(|local| local.name.clone())
            .collect(),
        has_value: function.result.is_some(),
    });
    MechanismLayout {
        name: mechanism.name.clone(),
        kind: mechanism.kind,
        source: mechanism.source.clone(),
        columns: Vec::new(),
        globals: Vec::new(),
        ions: ions.collect(),
        electrode_current: mechanism.electrode_current,
        has_current: !mechanism.currents.is_empty(),
        net_receive: mechanism.net_receive.as_ref().map(|receive| NetReceive {
            arguments: receive.arguments.clone(),
            has_initial: receive.initial.is_some(),
            sends_events: crate::lower::stmt::calls_net_event(mechanism, &receive.body.statements),
        }),
        functions: functions.collect(),
        pointers: mechanism.pointers.iter().map(|id| pointer(mechanism, *id)).collect(),
        externals: mechanism.externals.iter().map(|id| mechanism.variable(*id).name.clone()).collect(),
        function_tables: mechanism.function_tables.clone(),
        watches: mechanism.watches.iter().map(|id| id.0).collect(),
        constructor: mechanism.constructor.map(|id| id.0),
        diffusion: Vec::new(),
        random_streams: mechanism.random_streams,
        vectors: mechanism.vectors,
        thread_safe: mechanism.thread_safe,
        kernels: Vec::new(),
    }
}
