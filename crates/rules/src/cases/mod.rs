//! Cases: a call, an instant, and what is to be decided about it. Each is a line of a table, so that
//! people who know the rules can read and write them.
//!
//! Columns are separated by tabs, and lines that are empty or begin with `#` are left out:
//!
//! | column | holds |
//! |---|---|
//! | `id`, `reason` | its name, and why it is so |
//! | `number`, `purpose` | whom is called, and why |
//! | `callee`, `line` | `consumer` or `business`; `mobile`, `landline`, `toll_free` or `emergency`; empty if not told |
//! | `facts` | facts as `name=value`, with `;` between them |
//! | `at` | the instant, as `2026-12-05T23:30Z` |
//! | `expect`, `wait_until` | `allowed`, `refused`, or `wait` and until when |
//! | `rules`, `warns` | the ids of all rows that stop the call at `at`, and of those that warn |
//!
//! Facts are `consent=express` or `express_written`, `consent_at`, `consent_hours`, `requested_at`,
//! `published`, `ebr`, `agreed=FROM/TO`, `refused`, `conversation`, `abandoned` and `opt_out` (each
//! with its instant), `calls` (earlier rings, with commas between them),
//! `list.NAME=absent@DATE`, `listed@DATE` or `not_covered@DATE`, `tz`, `tz_guess`, `sub` (the known
//! subdivision), `emergency` (where one is declared), `emergency_line=yes`, `recording=on`, `say`
//! (what the first words say; everything if it is not given), and `override` (ids with commas).

mod facts;
mod instant;
mod read;

use jiff::Timestamp;
use switchboard_core::{
    CallFacts, CalleeHistory, ListState, PhoneNumber, Region, RuleDecision, RuleEffect, RuleVerdict,
};

use crate::{Asked, NumberLists, Said, Tables, decide};

pub use read::read;

/// A call, an instant, and what is to be decided about it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Case {
    /// Its name, for example `c012`.
    pub id: String,
    /// Its line in the file, counted from 1.
    pub line: usize,
    /// The number to be called.
    pub to: PhoneNumber,
    /// The facts of the request.
    pub facts: CallFacts,
    /// What the first words say.
    pub said: Said,
    /// What is known from earlier calls.
    pub history: CalleeHistory,
    /// What lists of numbers say about the number.
    pub lists: CaseLists,
    /// Where an emergency is declared.
    pub emergencies: Vec<Region>,
    /// The instant.
    pub at: Timestamp,
    /// The verdict.
    pub expect: RuleVerdict,
    /// Until when the call waits.
    pub wait_until: Option<Timestamp>,
    /// The ids of all rows that stop the call.
    pub rules: Vec<String>,
    /// The ids of all rows that warn about it.
    pub warns: Vec<String>,
    /// Why it is so.
    pub reason: String,
}

/// What each list of a case says about its number. Lists that are not named were not imported.
#[derive(Debug, Clone, Default)]
pub struct CaseLists(pub Vec<(String, ListState)>);

impl NumberLists for CaseLists {
    fn state(&self, list: &str, _number: &PhoneNumber) -> ListState {
        let known = self.0.iter().find(|(name, _)| name == list);
        known.map_or(ListState::Missing, |(_, state)| *state)
    }
}

impl Case {
    /// What is asked.
    pub fn asked(&self) -> Asked<'_> {
        Asked::new(&self.to, &self.facts, self.said, &self.history, &self.lists)
            .with(|asked| asked.emergencies = &self.emergencies)
    }

    /// What the tables decide about it.
    pub fn decide(&self, tables: &Tables) -> RuleDecision {
        decide(&self.asked(), tables, self.at)
    }

    /// In what a decision differs from what is expected, one sentence each. Empty if they agree.
    pub fn differences(&self, decision: &RuleDecision) -> Vec<String> {
        let mut differences = Vec::new();
        if decision.verdict != self.expect {
            let (expected, is) = (verdict_word(self.expect), verdict_word(decision.verdict));
            differences.push(format!("the verdict is {is}, and {expected} was expected"));
        }
        if decision.wait_until != self.wait_until {
            let word = |at: Option<Timestamp>| at.map_or("no time".to_owned(), |at| at.to_string());
            differences.push(format!(
                "it waits until {}, and {} was expected",
                word(decision.wait_until),
                word(self.wait_until)
            ));
        }
        for (effect, expected, does) in
            [(RuleEffect::Stops, &self.rules, "stops"), (RuleEffect::Warns, &self.warns, "warns")]
        {
            let found = decision.findings.iter().filter(|one| one.effect == effect);
            let found: Vec<&str> = found.map(|one| one.rule.as_str()).collect();
            for rule in expected.iter().filter(|rule| !found.contains(&rule.as_str())) {
                differences.push(format!("{rule} {does}, but was not found"));
            }
            for rule in found.iter().filter(|rule| !expected.iter().any(|one| one == **rule)) {
                differences.push(format!("{rule} {does}, which was not expected"));
            }
        }
        differences
    }
}

/// The words of verdicts in tables of cases.
const VERDICTS: [(&str, RuleVerdict); 3] = [
    ("allowed", RuleVerdict::Allow),
    ("wait", RuleVerdict::Wait),
    ("refused", RuleVerdict::Refuse),
];

fn verdict_word(verdict: RuleVerdict) -> &'static str {
    VERDICTS.iter().find(|(_, one)| *one == verdict).map_or("", |(word, _)| word)
}
