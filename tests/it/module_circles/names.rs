//! Finds the module that defines what a path names, through every `use` on the way.

use std::collections::{BTreeMap, BTreeSet};

use super::module::{Mention, Module};

/// What a path leads to. The number is a module.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Target {
    Module(usize),
    /// An item, and the module that defines it.
    ItemOf(usize),
    /// An item of another crate, which a module hands on.
    Elsewhere,
}

/// For each module, the modules whose items it names, with each place where it does.
pub(super) type Edges = BTreeMap<(usize, usize), BTreeSet<(usize, String)>>;

pub(super) struct Names<'a> {
    modules: &'a [Module],
    edges: Edges,
    /// Paths of this crate that lead nowhere: this reader did not understand them.
    lost: Vec<String>,
}

pub(super) fn edges(modules: &[Module]) -> (Edges, Vec<String>) {
    let mut names = Names { modules, edges: Edges::new(), lost: Vec::new() };
    for (at, module) in modules.iter().enumerate() {
        for import in module.imports.iter().filter(|import| !import.is_glob) {
            let found = names.resolve(at, &import.path.segments, &mut BTreeSet::new());
            names.check(at, &import.path, &found);
            if !import.is_reexport {
                names.add(at, &import.path, &found);
            }
        }
        // The same names come again and again.
        let mut known = BTreeMap::new();
        for mention in &module.mentions {
            let found = known
                .entry(&mention.segments)
                .or_insert_with(|| names.resolve(at, &mention.segments, &mut BTreeSet::new()));
            names.check(at, mention, found);
            names.add(at, mention, found);
        }
    }
    (names.edges, names.lost)
}

impl Names<'_> {
    fn add(&mut self, from: usize, mention: &Mention, found: &BTreeSet<Target>) {
        for target in found {
            if let Target::ItemOf(to) = *target
                && to != from
            {
                let place = (mention.line, mention.segments.join("::"));
                self.edges.entry((from, to)).or_default().insert(place);
            }
        }
    }

    fn check(&mut self, at: usize, mention: &Mention, found: &BTreeSet<Target>) {
        let first = mention.segments.first().map(String::as_str);
        if found.is_empty() && matches!(first, Some("crate" | "self" | "super")) {
            let path = mention.segments.join("::");
            self.lost.push(format!("{}:{} {path}", self.modules[at].file, mention.line));
        }
    }

    fn resolve(
        &self,
        at: usize,
        path: &[String],
        seen: &mut BTreeSet<(usize, String)>,
    ) -> BTreeSet<Target> {
        let Some((first, rest)) = path.split_first() else { return BTreeSet::new() };
        let mut targets = match first.as_str() {
            // `self` alone is the value of a method.
            "self" if rest.is_empty() => BTreeSet::from([Target::Module(at)]),
            "crate" | "self" | "super" => self.step(at, first).into_iter().collect(),
            name => self.look_up(at, name, seen),
        };
        for segment in rest {
            // What stands before `::` and is a module is no value of the same name.
            let is_module = targets.iter().any(|target| matches!(target, Target::Module(_)));
            targets = targets
                .into_iter()
                .flat_map(|target| match target {
                    Target::ItemOf(_) | Target::Elsewhere if is_module => BTreeSet::new(),
                    Target::ItemOf(_) | Target::Elsewhere => BTreeSet::from([target]),
                    Target::Module(module) if segment == "super" => {
                        self.step(module, segment).into_iter().collect()
                    }
                    Target::Module(module) => {
                        let found = self.look_up(module, segment, seen);
                        if found.is_empty() && self.modules[module].has_generated_items {
                            BTreeSet::from([Target::ItemOf(module)])
                        } else {
                            found
                        }
                    }
                })
                .collect();
        }
        targets
    }

    fn step(&self, at: usize, word: &str) -> Option<Target> {
        match word {
            "crate" => Some(Target::Module(0)),
            "super" => self.modules[at].parent.map(Target::Module),
            _ => Some(Target::Module(at)),
        }
    }

    fn look_up(
        &self,
        at: usize,
        name: &str,
        seen: &mut BTreeSet<(usize, String)>,
    ) -> BTreeSet<Target> {
        if !seen.insert((at, name.to_owned())) {
            return BTreeSet::new();
        }
        let module = &self.modules[at];
        let mut found = BTreeSet::new();
        if let Some(&child) = module.children.get(name) {
            found.insert(Target::Module(child));
        }
        if module.items.contains(name) {
            found.insert(Target::ItemOf(at));
        }
        for import in &module.imports {
            if import.name.as_deref() == Some(name) {
                let named = self.resolve(at, &import.path.segments, seen);
                if named.is_empty() && import.is_reexport {
                    found.insert(Target::Elsewhere);
                }
                found.extend(named);
            }
        }
        if found.is_empty() {
            for import in module.imports.iter().filter(|import| import.is_glob) {
                for target in self.resolve(at, &import.path.segments, seen) {
                    if let Target::Module(module) = target {
                        found.extend(self.look_up(module, name, seen));
                    }
                }
            }
        }
        seen.remove(&(at, name.to_owned()));
        found
    }
}
