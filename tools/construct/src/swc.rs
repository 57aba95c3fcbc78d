//! Morphologies in the SWC format: one point a line, `id type x y z radius parent [layer]`.
//!
//! Lines that begin with `#`, and what follows a `#`, are comments. Everything that would make a tree that no reader
//! can use is an error at its place: all of them are told at once.

use diag::{Diagnostic, FileId, Problems, Span};

/// How to read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Added to every id, and to every parent that is not negative (`-n`).
    pub node_offset: i64,
    /// SWC type of all points (`-t`); the second column is then the layer, and an eighth is not read.
    pub constant_type: Option<i8>,
    /// Added to a layer that is given in the second column (`-y`).
    pub layer_offset: i64,
    /// Whether several points may be without a parent. The original accepts that; readers of the trees do not.
    pub several_roots: bool,
}

/// The points of a morphology in the order of the file; the position of a point is its id.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Swc {
    /// um
    pub x: Vec<f32>,
    /// um
    pub y: Vec<f32>,
    /// um
    pub z: Vec<f32>,
    /// um
    pub radius: Vec<f32>,
    /// Number of the section's type.
    pub swc_type: Vec<i8>,
    /// Number of the layer; -1 unknown.
    pub layer: Vec<i8>,
    /// Id of the parent; negative for a root.
    pub parent: Vec<i32>,
}

impl Swc {
    /// Number of points.
    pub fn len(&self) -> usize {
        self.parent.len()
    }

    /// Whether there are no points.
    pub fn is_empty(&self) -> bool {
        self.parent.is_empty()
    }

    /// Points without a parent, ascending.
    pub fn roots(&self) -> Vec<u32> {
        (0_u32..).zip(&self.parent).filter(|(_, parent)| **parent < 0).map(|(point, _)| point).collect()
    }

    /// Children of each point, ascending.
    pub fn children(&self) -> Vec<Vec<u32>> {
        let mut children = vec![Vec::new(); self.len()];
        for (point, parent) in (0_u32..).zip(&self.parent) {
            if let Some(list) = usize::try_from(*parent).ok().and_then(|parent| children.get_mut(parent)) {
                list.push(point);
            }
        }
        children
    }
}

/// Ids are stored in 16 bits.
const MAX_POINTS: usize = 1 << 16;

/// Reads a morphology.
pub fn parse(text: &str, file: FileId, options: &Options) -> Result<Swc, Problems> {
    let mut problems = Problems::new();
    let mut swc = Swc::default();
    // Where each point stands, and its parent's number.
    let mut places: Vec<(Span, Span)> = Vec::new();
    let mut first_id = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let code = line.split('#').next().unwrap_or("");
        let words: Vec<Word<'_>> = words(code, start, file);
        let whole = Span::new(file, start, start + code.trim_end().len().max(1));
        start += line.len();
        if words.is_empty() {
            continue;
        }
        match point(&words, whole, options) {
            Ok(point) => {
                let first = *first_id.get_or_insert(point.id);
                let expected = first + places.len() as i64;
                if point.id != expected {
                    problems.push(
                        Diagnostic::error(
                            "W0003",
                            words[0].span,
                            format!("point {} where {expected} is due", point.id),
                        )
                        .help("ids must count up by 1 from line to line: number the points anew"),
                    );
                    return Err(problems);
                }
                swc.x.push(point.numbers[0]);
                swc.y.push(point.numbers[1]);
                swc.z.push(point.numbers[2]);
                swc.radius.push(point.numbers[3]);
                swc.swc_type.push(point.swc_type);
                swc.layer.push(point.layer);
                swc.parent.push(point.parent);
                places.push((whole, words[6].span));
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.has_errors() {
        return Err(problems);
    }
    let anywhere = places.first().map_or(Span::new(file, 0, 0), |place| place.0);
    let first = first_id.unwrap_or(0);
    if swc.is_empty() {
        problems.push(Diagnostic::error("W0004", anywhere, "no points").help("a morphology has a point on each line"));
    } else if first != 0 {
        let needed = options.node_offset - first;
        let title = format!("the first point has the id {first}; NeuroH5 counts from 0");
        problems.push(Diagnostic::error("W0005", anywhere, title).help(format!("import with -n {needed}")));
    } else if swc.len() > MAX_POINTS {
        let title = format!("{} points; NeuroH5 trees have at most {MAX_POINTS}", swc.len());
        problems.push(Diagnostic::error("W0006", anywhere, title).help("leave out points along the dendrites"));
    } else {
        connected(&swc, &places, options, &mut problems);
    }
    if problems.has_errors() { Err(problems) } else { Ok(swc) }
}

struct Word<'a> {
    text: &'a str,
    span: Span,
}

fn words(line: &str, start: usize, file: FileId) -> Vec<Word<'_>> {
    let offset = |word: &str| start + (word.as_ptr() as usize - line.as_ptr() as usize);
    let word = |text| Word { text, span: Span::new(file, offset(text), offset(text) + text.len()) };
    line.split_whitespace().map(word).collect()
}

struct Point {
    id: i64,
    swc_type: i8,
    layer: i8,
    parent: i32,
    /// x, y, z and radius, um.
    numbers: [f32; 4],
}

const COLUMNS: [&str; 8] = ["id", "type", "x", "y", "z", "radius", "parent", "layer"];

fn point(words: &[Word<'_>], line: Span, options: &Options) -> Result<Point, Diagnostic> {
    if words.len() < 7 {
        let title = format!("{} columns where a point has 7 or 8", words.len());
        return Err(Diagnostic::error("W0001", line, title)
            .help("a point is `id type x y z radius parent [layer]`; comments begin with `#`"));
    }
    let integer = |column: usize| {
        words[column].text.parse::<i64>().map_err(|_| {
            let title = format!("`{}` is not a whole number", words[column].text);
            let diagnostic = Diagnostic::error("W0001", words[column].span, title);
            diagnostic.label(COLUMNS[column]).help("correct the number; comments begin with `#`")
        })
    };
    let small = |column: usize, value: i64| {
        i8::try_from(value).map_err(|_| {
            let title = format!("{} {value} is not between -128 and 127", COLUMNS[column]);
            Diagnostic::error("W0002", words[column].span, title)
                .help("NeuroH5 stores it in 8 bits: use another number")
        })
    };
    let id = integer(0)?.saturating_add(options.node_offset);
    let second = integer(1)?;
    let mut numbers = [0.0_f32; 4];
    for (at, number) in numbers.iter_mut().enumerate() {
        let word = &words[at + 2];
        let name = COLUMNS[at + 2];
        *number = word.text.parse().map_err(|_| {
            let title = format!("`{}` is not a number", word.text);
            Diagnostic::error("W0001", word.span, title).label(name).help("correct the number (um)")
        })?;
        if !number.is_finite() {
            let title = format!("{name} is {}", word.text);
            return Err(Diagnostic::error("W0007", word.span, title).help("give a finite number of um"));
        }
    }
    if numbers[3] <= 0.0 {
        let title = format!("a radius of {} um", words[5].text);
        return Err(Diagnostic::error("W0008", words[5].span, title)
            .help("a point of no width has no membrane: give its radius, or leave the point out"));
    }
    let mut parent = integer(6)?;
    if parent >= 0 {
        parent = parent.saturating_add(options.node_offset);
    }
    let parent = i32::try_from(parent).map_err(|_| {
        let title = format!("parent {parent} is out of range");
        Diagnostic::error("W0002", words[6].span, title).help("give the id of a point, or -1 for the root")
    })?;
    let (swc_type, layer) = match options.constant_type {
        Some(kind) => (kind, small(1, second.saturating_add(options.layer_offset).max(0))?),
        None => (small(1, second)?, if words.len() > 7 { small(7, integer(7)?)? } else { -1 }),
    };
    Ok(Point { id, swc_type, layer, parent, numbers })
}

/// Checks that every parent exists and that every point hangs on the root.
fn connected(swc: &Swc, places: &[(Span, Span)], options: &Options, problems: &mut Problems) {
    // As the file has it.
    let original = |id: i64| id - options.node_offset;
    for (point, parent) in swc.parent.iter().enumerate() {
        if i64::from(*parent) >= swc.len() as i64 {
            let title = format!("there is no point {}", original(i64::from(*parent)));
            problems.push(
                Diagnostic::error("W0009", places[point].1, title)
                    .label("parent")
                    .help("give the id of a point of this file, or -1 for the root"),
            );
        }
    }
    if problems.has_errors() {
        return;
    }
    let roots = swc.roots();
    if let ([first, second, ..], false) = (roots.as_slice(), options.several_roots) {
        let title = format!("{} points have no parent; a tree has one root", roots.len());
        problems.push(
            Diagnostic::error("W0010", places[*second as usize].1, title)
                .also(places[*first as usize].1, "the first root")
                .help("attach this point to the tree, or leave it and its branches out"),
        );
        return;
    }
    let children = swc.children();
    let mut reached = vec![false; swc.len()];
    let mut open = roots;
    while let Some(point) = open.pop() {
        reached[point as usize] = true;
        open.extend(&children[point as usize]);
    }
    if let Some(lost) = reached.iter().position(|reached| !reached) {
        let point = cycle_of(swc, lost);
        let title = format!("point {} is its own ancestor", original(point as i64));
        problems.push(
            Diagnostic::error("W0011", places[point].1, title)
                .label("the parents go round in a circle")
                .help("correct the parent: following parents must lead to the root"),
        );
    }
}

/// A point on the circle that the parents of `point` lead to.
fn cycle_of(swc: &Swc, point: usize) -> usize {
    let parent = |point: usize| usize::try_from(swc.parent[point]).unwrap_or(0);
    let mut at = point;
    for _ in 0..swc.len() {
        at = parent(at);
    }
    let (mut lowest, mut next) = (at, parent(at));
    while next != at {
        lowest = lowest.min(next);
        next = parent(next);
    }
    lowest
}
