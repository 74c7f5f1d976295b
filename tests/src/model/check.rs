//! Runs a model, and compares the result with the expectation of its variant.

use std::time::{Duration, Instant};

use stateright::{Checker, Expectation, HasDiscoveries, Model, Property};

use super::{action::Action, protocol::Protocol, setup::Bounds, variants::Variant, world::World};

/// A violated property with a short counterexample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The name of the property.
    pub property: &'static str,
    /// The steps in order; the property is violated after the last one.
    pub steps: Vec<String>,
}

/// The result of a model.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The variant.
    pub variant: &'static Variant,
    /// The number of unique states.
    pub unique_states: usize,
    /// The number of visited states, including repetitions.
    pub states: usize,
    /// The maximum depth of the breadth-first search.
    pub depth: usize,
    /// How long it took.
    pub took: Duration,
    /// The violated properties, expected ones first.
    pub failures: Vec<Failure>,
    /// Reachability properties without an example. Only for variants without a fault, because the
    /// others are not explored completely.
    pub missing: Vec<&'static str>,
}

impl Verdict {
    /// Describes an unexpected result: a variant without a fault that fails or reaches too little,
    /// or a fault that is not found.
    pub fn surprise(&self) -> Option<String> {
        let breaks = self.variant.breaks;
        let unfound = breaks
            .iter()
            .find(|wanted| !self.failures.iter().any(|failure| failure.property == **wanted));
        match (breaks, self.failures.first(), unfound, self.missing.first()) {
            ([], Some(failure), _, _) => {
                Some(format!("\"{}\" should hold and fails", failure.property))
            }
            ([], None, _, Some(missing)) => {
                Some(format!("\"{missing}\" should come about and never does"))
            }
            ([], None, _, None) | (_, _, None, _) => None,
            (_, _, Some(unfound), _) => Some(format!("\"{unfound}\" should fail and holds")),
        }
    }
}

/// Explores a variant breadth first on `threads` threads: completely if it has no fault, otherwise
/// until the expected properties are violated. With one thread the result is deterministic.
///
/// # Panics
/// If the model itself has a bug and the checker's thread panicked.
pub fn check(variant: &'static Variant, bounds: Bounds, threads: usize) -> Verdict {
    let protocol = Protocol { setup: variant.setup, bounds, fault: variant.fault };
    let finish = if variant.breaks.is_empty() {
        HasDiscoveries::AnyFailures
    } else {
        HasDiscoveries::AllOf(variant.breaks.iter().copied().collect())
    };
    let began = Instant::now();
    let checker = protocol.checker().threads(threads).finish_when(finish).spawn_bfs().join();
    let took = began.elapsed();
    let (mut failures, mut missing) = (Vec::new(), Vec::new());
    for property in checker.model().properties() {
        let found = checker.discovery(property.name);
        match (&property.expectation, found) {
            (Expectation::Always | Expectation::Eventually, Some(path)) => failures.push(Failure {
                property: property.name,
                steps: steps(checker.model(), &property, path.into_actions()),
            }),
            (Expectation::Sometimes, None) if variant.breaks.is_empty() => {
                missing.push(property.name)
            }
            (Expectation::Always | Expectation::Eventually, None) | (Expectation::Sometimes, _) => {
            }
        }
    }
    failures.sort_by_key(|failure| !variant.breaks.contains(&failure.property));
    Verdict {
        variant,
        unique_states: checker.unique_state_count(),
        states: checker.state_count(),
        depth: checker.max_depth(),
        took,
        failures,
        missing,
    }
}

/// The steps to the first state in which the property is violated, without unnecessary ones: the
/// checker continues for a while after the first violation and returns the last one.
fn steps(protocol: &Protocol, property: &Property<Protocol>, path: Vec<Action>) -> Vec<String> {
    let mut shortest = path;
    while let Some(shorter) = shorter(protocol, property, &shortest) {
        shortest = shorter;
    }
    shortest.iter().map(Action::to_string).collect()
}

fn shorter(
    protocol: &Protocol,
    property: &Property<Protocol>,
    path: &[Action],
) -> Option<Vec<Action>> {
    let pairs =
        (0..path.len()).flat_map(|first| (first..path.len()).map(move |second| [first, second]));
    pairs
        .map(|left_out| {
            let kept = path.iter().enumerate().filter(|(index, _)| !left_out.contains(index));
            kept.map(|(_, action)| *action).collect::<Vec<_>>()
        })
        .find(|path| leads_there(protocol, property, path))
}

fn leads_there(protocol: &Protocol, property: &Property<Protocol>, path: &[Action]) -> bool {
    let breaks = |world: &World| !(property.condition)(protocol, world);
    let mut open = Vec::new();
    let mut worlds = protocol.init_states();
    for action in path {
        let Some(world) = worlds.pop() else {
            return false;
        };
        open.clear();
        protocol.actions(&world, &mut open);
        worlds
            .extend(open.contains(action).then(|| protocol.next_state(&world, *action)).flatten());
    }
    worlds.last().is_some_and(breaks)
}
