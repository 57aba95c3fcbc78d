//! `compare`: how two NeuroH5 files differ in what they say, not in how it is stored.
//!
//! Cells are matched by gid and edges by destination, so the order in the file and the chunks do not matter. What
//! stands outside of types, populations and projections is compared path by path.

mod statistics;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use neuroh5::{EdgeTable, Error, Kind, Numbers, Store, Types};

pub use statistics::{Distribution, LEVEL};

/// What counts as equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The same bits.
    Exact,
    /// Floats at most so many representable numbers apart; the rest bit for bit.
    Ulp(u64),
    /// Distributions of values that may come from the same source; see [`Distribution`].
    Statistics,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Path in the files.
    pub at: String,
    /// Cell, if it is of one.
    pub gid: Option<u32>,
    /// First index at which values differ, if they do.
    pub index: Option<usize>,
    /// What the first file has.
    pub first: String,
    /// What the second file has.
    pub second: String,
    /// Anything more, e.g. how many values differ.
    pub note: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.at)?;
        if let Some(gid) = self.gid {
            write!(out, " gid {gid}")?;
        }
        if let Some(index) = self.index {
            write!(out, " [{index}]")?;
        }
        write!(out, ": {} | {}", self.first, self.second)?;
        if self.note.is_empty() { Ok(()) } else { write!(out, " ({})", self.note) }
    }
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comparison {
    /// Number of differences.
    pub differences: usize,
    /// Number of values that both files have.
    pub values: u64,
    /// Every pair of distributions, if distributions were compared.
    pub distributions: Vec<Distribution>,
}

/// Compares two files; every difference is told as it is found.
pub fn compare(a: &Store, b: &Store, mode: Mode, tell: &mut dyn FnMut(Difference)) -> Result<Comparison, Error> {
    let mut comparer = Comparer { mode, tell, out: Comparison::default() };
    let types = [types(a)?, types(b)?];
    comparer.types(types[0].as_ref(), types[1].as_ref());
    comparer.populations([a, b], &types)?;
    comparer.projections([a, b], &types)?;
    comparer.rest([a, b])?;
    Ok(comparer.out)
}

/// The types of a file; trees that were just imported have none.
fn types(store: &Store) -> Result<Option<Types>, Error> {
    if store.has("/H5Types") { store.types().map(Some) } else { Ok(None) }
}

/// Gids of a population; counted from 0 in a file without types.
fn gids(types: Option<&Types>, population: &str) -> Range<u32> {
    let known = types.and_then(|types| types.population(population));
    known.map_or(0..u32::MAX, |one| one.gids.clone())
}

struct Comparer<'a> {
    mode: Mode,
    tell: &'a mut dyn FnMut(Difference),
    out: Comparison,
}

const PRESENT: &str = "present";
const ABSENT: &str = "absent";

impl Comparer<'_> {
    fn differ(&mut self, at: &str, first: impl Into<String>, second: impl Into<String>) {
        let (first, second) = (first.into(), second.into());
        self.report(Difference { at: at.to_owned(), gid: None, index: None, first, second, note: String::new() });
    }

    fn report(&mut self, difference: Difference) {
        self.out.differences += 1;
        (self.tell)(difference);
    }

    /// Names that both have; the others are differences.
    fn common(&mut self, at: &str, names: [Vec<String>; 2]) -> Vec<String> {
        let [a, b]: [BTreeSet<String>; 2] = names.map(|names| names.into_iter().collect());
        for name in a.symmetric_difference(&b) {
            let (first, second) = if a.contains(name) { (PRESENT, ABSENT) } else { (ABSENT, PRESENT) };
            self.differ(&format!("{at}/{name}"), first, second);
        }
        a.intersection(&b).cloned().collect()
    }

    fn types(&mut self, a: Option<&Types>, b: Option<&Types>) {
        let (a, b) = match (a, b) {
            (Some(a), Some(b)) => (a, b),
            (None, None) => return,
            (a, _) => {
                let (first, second) = if a.is_some() { (PRESENT, ABSENT) } else { (ABSENT, PRESENT) };
                return self.differ("/H5Types", first, second);
            }
        };
        let text = |types: &Types, name: &str| match types.population(name) {
            None => ABSENT.to_owned(),
            Some(one) => format!("number {}, gids {}..{}", one.number, one.gids.start, one.gids.end),
        };
        let names: BTreeSet<&str> = a.populations.iter().chain(&b.populations).map(|one| one.name.as_str()).collect();
        for name in names {
            let (first, second) = (text(a, name), text(b, name));
            if first != second {
                self.differ(&format!("/H5Types/Populations {name}"), first, second);
            }
        }
        let pairs = |types: &Types| -> BTreeSet<(String, String)> { types.projections.iter().cloned().collect() };
        let (first, second) = (pairs(a), pairs(b));
        for pair in first.symmetric_difference(&second) {
            let at = format!("/H5Types/Valid population projections {} to {}", pair.0, pair.1);
            let here = first.contains(pair);
            self.differ(&at, if here { PRESENT } else { ABSENT }, if here { ABSENT } else { PRESENT });
        }
    }

    fn populations(&mut self, stores: [&Store; 2], types: &[Option<Types>; 2]) -> Result<(), Error> {
        let names = [stores[0].populations()?, stores[1].populations()?];
        for population in self.common("/Populations", names) {
            let at = format!("/Populations/{population}");
            let start = [0, 1].map(|file: usize| gids(types[file].as_ref(), &population).start);
            let namespaces = [stores[0].namespaces(&population)?, stores[1].namespaces(&population)?];
            for namespace in self.common(&at, namespaces) {
                let at = format!("{at}/{namespace}");
                self.group_attributes(&at, stores)?;
                let names = [
                    stores[0].attribute_names(&population, &namespace)?,
                    stores[1].attribute_names(&population, &namespace)?,
                ];
                for attribute in self.common(&at, names) {
                    let read = |file: usize| stores[file].attributes(&population, &namespace, &attribute, start[file]);
                    let columns = [read(0)?, read(1)?];
                    let mut cells: BTreeMap<u32, [Option<Numbers>; 2]> = BTreeMap::new();
                    for (file, column) in columns.iter().enumerate() {
                        for gid in column.gids() {
                            cells.entry(gid).or_default()[file] = Some(column.values(gid));
                        }
                    }
                    self.cells(&format!("{at}/{attribute}"), cells);
                }
            }
        }
        Ok(())
    }

    /// Compares the values of one attribute cell by cell, or as distributions.
    fn cells(&mut self, at: &str, cells: BTreeMap<u32, [Option<Numbers>; 2]>) {
        if self.mode == Mode::Statistics {
            let lengths = |file: usize| -> Vec<f64> {
                cells.values().filter_map(|pair| pair[file].as_ref()).map(|values| values.len() as f64).collect()
            };
            self.distributions(&format!("{at}, values of a cell"), lengths(0), lengths(1));
            // Numbers that only name something have no distribution.
            if !at.ends_with("/syn_id") && !at.ends_with("/syn_ids") {
                let pooled = |file: usize| -> Vec<f64> {
                    cells.values().filter_map(|pair| pair[file].as_ref()).flat_map(Numbers::to_f64).collect()
                };
                self.distributions(at, pooled(0), pooled(1));
            }
            return;
        }
        for (gid, pair) in cells {
            match pair {
                [Some(a), Some(b)] => self.numbers(at, Some(gid), &a, &b),
                [a, _] => {
                    let (first, second) = if a.is_some() { (PRESENT, ABSENT) } else { (ABSENT, PRESENT) };
                    let (first, second) = (first.to_owned(), second.to_owned());
                    let (gid, index, note) = (Some(gid), None, String::new());
                    self.report(Difference { at: at.to_owned(), gid, index, first, second, note });
                }
            }
        }
    }

    /// Compares two lists of numbers of one place.
    fn numbers(&mut self, at: &str, gid: Option<u32>, a: &Numbers, b: &Numbers) {
        self.out.values += a.len().min(b.len()) as u64;
        let ulps = match self.mode {
            Mode::Ulp(ulps) => ulps,
            Mode::Exact | Mode::Statistics => 0,
        };
        let Some(found) = values::differ(a, b, self.mode == Mode::Exact, ulps) else { return };
        let (index, first, second, note) = found;
        self.report(Difference { at: at.to_owned(), gid, index, first, second, note });
    }

    fn distributions(&mut self, at: &str, a: Vec<f64>, b: Vec<f64>) {
        self.out.values += a.len().min(b.len()) as u64;
        let found = Distribution::of(at, a, b);
        if found.differs() {
            let text =
                |side: usize| format!("{} of mean {:.6}, sd {:.6}", found.n[side], found.mean[side], found.sd[side]);
            let (first, second) = (text(0), text(1));
            let note = format!("Kolmogorov-Smirnov distance {:.5} above {:.5}", found.distance, found.limit);
            self.report(Difference { at: at.to_owned(), gid: None, index: None, first, second, note });
        }
        self.out.distributions.push(found);
    }

    fn group_attributes(&mut self, at: &str, stores: [&Store; 2]) -> Result<(), Error> {
        let [a, b] = [stores[0].group_attributes(at)?, stores[1].group_attributes(at)?];
        let names = [&a, &b].map(|all| all.iter().map(|(name, _)| name.clone()).collect());
        for name in self.common(at, names) {
            let value = |all: &[(String, f64)]| -> Vec<f64> {
                all.iter().filter(|(one, _)| *one == name).map(|(_, value)| *value).collect()
            };
            self.numbers(&format!("{at}/{name}"), None, &Numbers::F64(value(&a)), &Numbers::F64(value(&b)));
        }
        Ok(())
    }

    fn projections(&mut self, stores: [&Store; 2], types: &[Option<Types>; 2]) -> Result<(), Error> {
        let names = |store: &Store| -> Result<Vec<String>, Error> {
            Ok(store.projection_names()?.into_iter().map(|(post, pre)| format!("{post}/{pre}")).collect())
        };
        for name in self.common("/Projections", [names(stores[0])?, names(stores[1])?]) {
            let (post, pre) = name.split_once('/').unwrap_or((&name, ""));
            let read = |file: usize| {
                let types = types[file].as_ref();
                stores[file].edge_table(post, pre, gids(types, post), gids(types, pre))
            };
            let tables = [read(0)?, read(1)?];
            let at = format!("/Projections/{name}");
            let labels = |table: &EdgeTable| -> Vec<String> {
                table.attributes.iter().map(|one| format!("{}/{}", one.namespace, one.name)).collect()
            };
            let attributes = self.common(&at, [labels(&tables[0]), labels(&tables[1])]);
            let sources = [0, 1].map(|file: usize| Numbers::U32(tables[file].source.clone()));
            let by_gid = [rows(&tables[0]), rows(&tables[1])];
            if self.mode == Mode::Statistics {
                self.degrees(&at, &tables);
            } else {
                self.cells(&format!("{at}/Edges/Source"), selected(&by_gid, [&sources[0], &sources[1]]));
            }
            for label in attributes {
                let column = |table: &EdgeTable| -> Option<Numbers> {
                    let mut all = table.attributes.iter();
                    all.find(|one| format!("{}/{}", one.namespace, one.name) == label).map(|one| one.values.clone())
                };
                if let (Some(a), Some(b)) = (column(&tables[0]), column(&tables[1])) {
                    self.cells(&format!("{at}/{label}"), selected(&by_gid, [&a, &b]));
                }
            }
        }
        Ok(())
    }

    /// Distributions of the numbers of sources and targets that cells have.
    fn degrees(&mut self, at: &str, tables: &[EdgeTable; 2]) {
        let count = |gids: &mut dyn Iterator<Item = (u32, usize)>| -> Vec<f64> {
            let mut degrees: BTreeMap<u32, usize> = BTreeMap::new();
            for (gid, n) in gids {
                *degrees.entry(gid).or_default() += n;
            }
            degrees.into_values().map(|n| n as f64).collect()
        };
        let inward = |table: &EdgeTable| count(&mut table.rows.iter().map(|(gid, range)| (*gid, range.len())));
        let outward = |table: &EdgeTable| count(&mut table.source.iter().map(|gid| (*gid, 1)));
        self.distributions(&format!("{at}, in-degree"), inward(&tables[0]), inward(&tables[1]));
        self.distributions(&format!("{at}, out-degree"), outward(&tables[0]), outward(&tables[1]));
    }

    /// Everything that is not of the three groups with a meaning.
    fn rest(&mut self, stores: [&Store; 2]) -> Result<(), Error> {
        let known = ["/H5Types", "/Populations", "/Projections"];
        let other = |store: &Store, kind: Kind| -> Result<Vec<String>, Error> {
            let inside = |path: &str| known.iter().any(|one| path == *one || path.starts_with(&format!("{one}/")));
            let all = store.walk("/")?.into_iter().filter(|(path, one)| *one == kind && !inside(path));
            Ok(all.map(|(path, _)| path.trim_start_matches('/').to_owned()).collect())
        };
        for path in self.common("", [other(stores[0], Kind::Dataset)?, other(stores[1], Kind::Dataset)?]) {
            let at = format!("/{path}");
            let (a, b) = (stores[0].numbers(&at)?, stores[1].numbers(&at)?);
            if self.mode == Mode::Statistics {
                self.distributions(&at, a.to_f64(), b.to_f64());
            } else {
                self.numbers(&at, None, &a, &b);
            }
        }
        Ok(())
    }
}

/// Ranges of edges of each destination.
fn rows(table: &EdgeTable) -> BTreeMap<u32, Vec<Range<usize>>> {
    let mut rows: BTreeMap<u32, Vec<Range<usize>>> = BTreeMap::new();
    for (gid, range) in &table.rows {
        rows.entry(*gid).or_default().push(range.clone());
    }
    rows
}

/// The values of each destination in both files.
fn selected(
    rows: &[BTreeMap<u32, Vec<Range<usize>>>; 2],
    values: [&Numbers; 2],
) -> BTreeMap<u32, [Option<Numbers>; 2]> {
    let mut cells: BTreeMap<u32, [Option<Numbers>; 2]> = BTreeMap::new();
    for file in 0..2 {
        for (gid, ranges) in &rows[file] {
            cells.entry(*gid).or_default()[file] = Some(values[file].select(ranges));
        }
    }
    cells
}
