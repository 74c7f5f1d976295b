//! Runs one model to its end, and says whether it came out as the table of variants expects.

use std::time::{Duration, Instant};

use stateright::{Checker, Expectation, HasDiscoveries, Model, Property};

use super::{action::Action, protocol::Protocol, setup::Bounds, variants::Variant, world::World};

/// A property that broke, and a short way there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its name.
    pub property: &'static str,
    /// What happened, in order; the property is broken after the last step.
    pub steps: Vec<String>,
}

/// What became of a model.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Which one.
    pub variant: &'static Variant,
    /// Different worlds that were met.
    pub unique_states: usize,
    /// Worlds that were met, again and again.
    pub states: usize,
    /// The longest of the shortest ways to a world.
    pub depth: usize,
    /// How long it took.
    pub took: Duration,
    /// What broke, those that had to break first.
    pub failures: Vec<Failure>,
    /// What should come about in some world and did not. Asked of lawful variants only: the others
    /// are not explored to their end.
    pub missing: Vec<&'static str>,
}

impl Verdict {
    /// What is not as it should be: a lawful variant that fails, one in which too little happens, a
    /// fault that is not found.
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

/// Explores a variant breadth first on `threads` threads: a lawful one whole, one with a fault
/// until what has to break is broken. On one thread the outcome is the same each time.
///
/// # Panics
/// Where the model itself is at fault: the checker's thread panicked.
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

/// The steps up to the first world in which the property is broken, without those that it breaks
/// without: the checker goes on for a while after it met the first one, and keeps the last.
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
