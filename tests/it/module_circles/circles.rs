//! Circles of modules: the sets in which each module uses every other, if only through others.

use std::{
    collections::BTreeSet,
    fmt::Write,
    path::{Path, PathBuf},
};

use super::{
    module::Module,
    names::{Edges, edges},
    parse::parse,
};

/// How many places of an edge are printed.
const SHOWN: usize = 3;

/// What was found below one root file.
#[derive(Default)]
pub(super) struct Found {
    /// Each circle, with the places that make it.
    pub(super) circles: Vec<String>,
    /// Paths that could not be followed.
    pub(super) lost: Vec<String>,
    pub(super) edges: usize,
    pub(super) files: BTreeSet<PathBuf>,
}

pub(super) fn find(folder: &Path, root: &Path) -> Found {
    let parsed = parse(folder, root);
    let (edges, lost) = edges(&parsed.modules);
    let circles = circles(parsed.modules.len(), &edges);
    let circles = circles.iter().map(|circle| describe(&parsed.modules, &edges, circle)).collect();
    Found { circles, lost, edges: edges.len(), files: parsed.files }
}

fn circles(modules: usize, edges: &Edges) -> Vec<BTreeSet<usize>> {
    let reached: Vec<_> = (0..modules).map(|from| reachable(from, edges)).collect();
    let mut circles: Vec<BTreeSet<usize>> = Vec::new();
    for at in 0..modules {
        let back = reached[at].iter().copied().filter(|&other| reached[other].contains(&at));
        let circle: BTreeSet<usize> = back.collect();
        if circle.len() > 1 && !circles.contains(&circle) {
            circles.push(circle);
        }
    }
    circles
}

fn reachable(from: usize, edges: &Edges) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        for &(_, to) in edges.range((at, 0)..=(at, usize::MAX)).map(|(edge, _)| edge) {
            if reached.insert(to) {
                open.push(to);
            }
        }
    }
    reached
}

fn describe(modules: &[Module], edges: &Edges, circle: &BTreeSet<usize>) -> String {
    let names: Vec<_> = circle.iter().map(|&at| modules[at].name.as_str()).collect();
    let mut text = names.join(", ");
    for (&(from, to), places) in edges {
        if circle.contains(&from) && circle.contains(&to) {
            let (from, to) = (&modules[from], &modules[to]);
            let _ = write!(text, "\n    {} -> {}:", from.name, to.name);
            for (line, path) in places.iter().take(SHOWN) {
                let _ = write!(text, "\n        {}:{line} {path}", from.file);
            }
            if places.len() > SHOWN {
                let _ = write!(text, "\n        and {} more", places.len() - SHOWN);
            }
        }
    }
    text
}
