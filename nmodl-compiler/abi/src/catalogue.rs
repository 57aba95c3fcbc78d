//! All mechanisms of a run, in NEURON's order of registration.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;

use crate::{KernelData, KernelError, KernelKind, MechanismLayout};

/// A compiled entry of a mechanism.
pub trait Kernel: Send + Sync + std::fmt::Debug {
    /// Runs over `data.rows`; `Err(Shape)` if the arrays do not fit the layout.
    fn run(&self, data: &mut KernelData<'_>) -> Result<(), KernelError>;

    /// What it reads and changes of its mechanism's own memory; nothing if that is not known.
    fn touches(&self) -> Option<&Touches> {
        None
    }

    /// A kernel for all rows of `data` that gives the same bits as long as `frozen` holds; nothing if this kernel is as
    /// good.
    fn specialize(&self, _frozen: &Frozen<'_>, _data: &mut KernelData<'_>) -> Option<Arc<dyn Kernel>> {
        None
    }
}

/// What a kernel touches of its mechanism's own memory, by physical column and slot of the global array.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touches {
    /// Columns that it may read.
    pub reads: BTreeSet<u32>,
    /// Columns that it may change.
    pub writes: BTreeSet<u32>,
    /// Shared variables that it may change.
    pub global_writes: BTreeSet<u32>,
}

/// What does not change between calls, besides `dt`, `celsius`, `secondorder`, `state_adjust`, the places of rows, the
/// areas and diameters of nodes, and the charges of ions.
#[derive(Debug, Clone, Copy)]
pub struct Frozen<'a> {
    /// For each physical column: nothing changes it.
    pub columns: &'a [bool],
    /// For each slot of the global array: nothing changes it.
    pub globals: &'a [bool],
    /// For each physical column: nothing looks at it, so it need not be written.
    pub unread: &'a [bool],
}

/// A mechanism ready to run.
#[derive(Debug, Clone)]
pub struct CompiledMechanism {
    /// Its variables.
    pub layout: Arc<MechanismLayout>,
    /// Its kernels; exactly those of `layout.kernels`.
    pub kernels: BTreeMap<KernelKind, Arc<dyn Kernel>>,
}

/// Position of a mechanism in a [`Catalogue`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MechanismId(pub u32);

/// Position of an ion species in a [`Catalogue`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IonId(pub u32);

/// An ion species that some mechanism uses.
#[derive(Debug, Clone, PartialEq)]
pub struct IonSpecies {
    /// `na`, `k`, `ca`, ….
    pub name: String,
    /// Charge of one ion.
    pub charge: f64,
    /// Default reversal potential, mV.
    pub reversal: f64,
    /// Default inside concentration, mM (`Xi0_X_ion`).
    pub inside: f64,
    /// Default outside concentration, mM (`Xo0_X_ion`).
    pub outside: f64,
}

impl IonSpecies {
    /// NEURON's defaults (nrnoc/eion.cpp: ion_reg).
    pub fn with_defaults(name: &str, charge: f64) -> IonSpecies {
        let (reversal, inside, outside) = match name {
            "na" => (50.0, 10.0, 140.0),
            "k" => (-77.0, 54.4, 2.5),
            "ca" => (12.5 * (2.0_f64 / 5e-5).ln(), 5e-5, 2.0),
            _ => (0.0, 1.0, 1.0),
        };
        IonSpecies { name: name.to_owned(), charge, reversal, inside, outside }
    }
}

/// What is wrong with a set of mechanisms.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CatalogueError {
    /// The same name twice.
    #[error("mechanism `{name}` is in both {first} and {second}; remove one of them or rename its SUFFIX")]
    Duplicate {
        /// Mechanism.
        name: String,
        /// File of the first.
        first: String,
        /// File of the second.
        second: String,
    },
    /// Charges disagree.
    #[error("ion `{ion}` has charge {first} in {first_source} and {second} in {second_source}; make VALENCE agree")]
    Charge {
        /// Species.
        ion: String,
        /// One charge.
        first: f64,
        /// Where it is said.
        first_source: String,
        /// Another.
        second: f64,
        /// Where it is said.
        second_source: String,
    },
    /// No charge anywhere.
    #[error("no file says the charge of ion `{ion}`; add VALENCE to its USEION, for instance in {source_file}")]
    NoCharge {
        /// Species.
        ion: String,
        /// A file that uses it.
        source_file: String,
    },
}

/// All mechanisms of a run in order of registration: built-in ones first, then the user's by file name.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    mechanisms: IndexMap<String, CompiledMechanism>,
    ions: IndexMap<String, IonSpecies>,
}

impl Catalogue {
    /// Checks names and charges.
    pub fn new(mechanisms: impl IntoIterator<Item = CompiledMechanism>) -> Result<Catalogue, CatalogueError> {
        let mut catalogue = Catalogue::default();
        let mut charges: IndexMap<String, Option<(f64, String)>> = IndexMap::new();
        for one in mechanisms {
            let layout = one.layout.clone();
            for ion in &layout.ions {
                let known = charges.entry(ion.ion.clone()).or_default();
                match (ion.charge, known.as_ref()) {
                    (Some(charge), None) => *known = Some((charge, layout.source.clone())),
                    (Some(second), Some((first, source))) if second != *first => {
                        return Err(CatalogueError::Charge {
                            ion: ion.ion.clone(),
                            first: *first,
                            first_source: source.clone(),
                            second,
                            second_source: layout.source.clone(),
                        });
                    }
                    _ => {}
                }
            }
            if let Some(before) = catalogue.mechanisms.get(&layout.name) {
                return Err(CatalogueError::Duplicate {
                    name: layout.name.clone(),
                    first: before.layout.source.clone(),
                    second: layout.source.clone(),
                });
            }
            catalogue.mechanisms.insert(layout.name.clone(), one);
        }
        for (ion, charge) in charges {
            let Some((charge, _)) = charge else {
                let uses = |one: &&CompiledMechanism| one.layout.ions.iter().any(|used| used.ion == ion);
                let source = catalogue.mechanisms.values().find(uses).map(|one| one.layout.source.clone());
                return Err(CatalogueError::NoCharge { ion, source_file: source.unwrap_or_default() });
            };
            catalogue.ions.insert(ion.clone(), IonSpecies::with_defaults(&ion, charge));
        }
        Ok(catalogue)
    }

    /// A mechanism's id by name.
    pub fn id(&self, name: &str) -> Option<MechanismId> {
        self.mechanisms.get_index_of(name).map(|at| MechanismId(at as u32))
    }

    /// A mechanism by id; ids come from [`Catalogue::id`] or [`Catalogue::ids`].
    pub fn mechanism(&self, id: MechanismId) -> &CompiledMechanism {
        &self.mechanisms[id.0 as usize]
    }

    /// Layout by id.
    pub fn layout(&self, id: MechanismId) -> &Arc<MechanismLayout> {
        &self.mechanisms[id.0 as usize].layout
    }

    /// All ids in order of registration.
    pub fn ids(&self) -> impl Iterator<Item = MechanismId> + use<> {
        (0..self.mechanisms.len() as u32).map(MechanismId)
    }

    /// All ids in the order in which kernels of one phase run: writers of a concentration, last registered first,
    /// then the others as registered (NEURON's memb_order_).
    pub fn run_order(&self) -> Vec<MechanismId> {
        let (mut writers, others): (Vec<_>, Vec<_>) =
            self.ids().partition(|id| self.layout(*id).writes_concentration());
        writers.reverse();
        writers.extend(others);
        writers
    }

    /// An ion's id by name.
    pub fn ion_id(&self, name: &str) -> Option<IonId> {
        self.ions.get_index_of(name).map(|at| IonId(at as u32))
    }

    /// An ion species by id.
    pub fn ion(&self, id: IonId) -> &IonSpecies {
        &self.ions[id.0 as usize]
    }

    /// All ion ids in order of registration.
    pub fn ion_ids(&self) -> impl Iterator<Item = IonId> + use<> {
        (0..self.ions.len() as u32).map(IonId)
    }

    /// Names of all mechanisms in order of registration.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.mechanisms.keys().map(String::as_str)
    }
}
