//! Looks for what patterns say in folded text.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::tongue::Tongue;

/// How many words before a pattern can turn it into its opposite.
const BEFORE: usize = 2;

/// The patterns of one language, ready to be looked for.
#[derive(Debug)]
pub(super) struct Patterns {
    pub(super) ai: Vec<Regex>,
    pub(super) recording: Vec<Regex>,
    pub(super) purpose: Vec<Regex>,
    pub(super) opt_out: Vec<Regex>,
    leave_alone: Vec<Regex>,
    wants_no_calls: Vec<Regex>,
    only_then: Option<Regex>,
    stop: Option<Regex>,
    not: &'static [&'static str],
    not_asking: &'static [&'static str],
}

static ALL: LazyLock<Vec<(Tongue, Patterns)>> =
    LazyLock::new(|| Tongue::ALL.into_iter().map(|one| (one, Patterns::new(one))).collect());

impl Patterns {
    /// Those of one language.
    pub(super) fn of(tongue: Tongue) -> Option<&'static Self> {
        ALL.iter().find(|(one, _)| *one == tongue).map(|(_, patterns)| patterns)
    }

    /// Those of all languages.
    pub(super) fn all() -> impl Iterator<Item = &'static Self> {
        ALL.iter().map(|(_, patterns)| patterns)
    }

    fn new(tongue: Tongue) -> Self {
        let tables = tongue.tables();
        let (myself, article, of) = (tables.myself, tables.article, tables.of);
        let ai = format!(r"{}(?:[.,]|$| (?:{})\b)", tables.ai, tables.after_ai);
        let name = "(?<gap>[^ .,]+(?: [^ .,]+){0,3}?)";
        let company = format!("(?:,? (?:{of}) (?<company>[^.,]{{1,80}}?))?");
        let mut ways = vec![
            format!("{myself},? {article}?{ai}"),
            format!("{myself} {name}{company}, {article}?{ai}"),
            format!("{myself} {name}{company} {article}{ai}"),
        ];
        ways.extend(tables.also_ai.iter().map(|one| (*one).to_owned()));
        Self {
            ai: ways.iter().filter_map(|one| compile(one)).collect(),
            recording: compile_all(tables.recording),
            purpose: compile_all(tables.purpose),
            opt_out: compile_all(tables.opt_out),
            leave_alone: compile_all(tables.leave_alone),
            wants_no_calls: compile_all(tables.wants_no_calls),
            only_then: Regex::new(&format!(r"^[., ]*{}\b", tables.only_then)).ok(),
            stop: Regex::new(&format!(r"^{}[.,]?$", tables.stop)).ok(),
            not: tables.not,
            not_asking: tables.not_asking,
        }
    }

    /// True if one of these patterns is said, and not denied.
    pub(super) fn says(&self, patterns: &[Regex], folded: &str) -> bool {
        patterns.iter().any(|pattern| {
            matches(pattern, folded).any(|found| {
                let gap = found.name("gap").map_or("", |gap| gap.as_str());
                !gap.split(' ').any(|word| self.not.contains(&word))
                    && !follows(folded, start(&found), self.not)
            })
        })
    }

    /// True if somebody asks not to be called again.
    pub(super) fn asks_to_be_left_alone(&self, folded: &str) -> bool {
        let unlimited = |found: &Captures<'_>| {
            let end = found.get(0).map_or(0, |whole| whole.end());
            // A pattern that ends with the sentence cannot be limited by the next one.
            let ended = folded[..end].ends_with('.');
            ended || !self.only_then.as_ref().is_some_and(|then| then.is_match(&folded[end..]))
        };
        let demands = self.leave_alone.iter().any(|pattern| {
            matches(pattern, folded)
                .any(|found| unlimited(&found) && !follows(folded, start(&found), self.not_asking))
        });
        let states = || {
            self.wants_no_calls.iter().any(|pattern| {
                matches(pattern, folded)
                    .any(|found| unlimited(&found) && !follows(folded, start(&found), &["if"]))
            })
        };
        demands || states() || self.stop.as_ref().is_some_and(|stop| stop.is_match(folded))
    }
}

fn compile_all(patterns: &[&str]) -> Vec<Regex> {
    patterns.iter().filter_map(|one| compile(one)).collect()
}

/// A pattern that begins and ends with whole words. Every pattern is a constant, and a test below
/// compiles each of them.
fn compile(pattern: &str) -> Option<Regex> {
    Regex::new(&format!(r"\b{{start-half}}(?:{pattern})\b{{end-half}}")).ok()
}

/// Every match, overlapping ones included: one that is denied may hide another.
fn matches<'a>(pattern: &'a Regex, text: &'a str) -> impl Iterator<Item = Captures<'a>> {
    let mut from = Some(0);
    std::iter::from_fn(move || {
        let found = pattern.captures_at(text, from?)?;
        let at = start(&found);
        from = text[at..].char_indices().nth(1).map(|(next, _)| at + next);
        Some(found)
    })
    .take(64)
}

fn start(found: &Captures<'_>) -> usize {
    found.get(0).map_or(0, |whole| whole.start())
}

/// True if one of the words stands right before `at`, in the same clause.
fn follows(text: &str, at: usize, words: &[&str]) -> bool {
    let clause = text[..at].rsplit(['.', ',']).next().unwrap_or_default();
    clause
        .split(' ')
        .rev()
        .filter(|word| !word.is_empty())
        .take(BEFORE)
        .any(|word| words.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for tongue in Tongue::ALL {
            let (tables, patterns) = (tongue.tables(), Patterns::new(tongue));
            assert_eq!(patterns.ai.len(), 3 + tables.also_ai.len(), "{tongue:?}");
            assert_eq!(patterns.recording.len(), tables.recording.len(), "{tongue:?}");
            assert_eq!(patterns.purpose.len(), tables.purpose.len(), "{tongue:?}");
            assert_eq!(patterns.opt_out.len(), tables.opt_out.len(), "{tongue:?}");
            assert_eq!(patterns.leave_alone.len(), tables.leave_alone.len(), "{tongue:?}");
            assert_eq!(patterns.wants_no_calls.len(), tables.wants_no_calls.len(), "{tongue:?}");
            assert!(patterns.only_then.is_some() && patterns.stop.is_some(), "{tongue:?}");
        }
    }
}
