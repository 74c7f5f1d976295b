//! The results of the conformance suite.

use std::fmt;

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The check passed.
    Passed,
    /// The check cannot pass for this provider, for this reason.
    Excused(String),
    /// The check failed, with this message.
    Failed(String),
}

/// One check of the suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The name of the check, which says what has to hold.
    pub name: &'static str,
    /// The result.
    pub verdict: Verdict,
}

/// The results of all checks of one backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The id of the provider.
    pub provider: String,
    /// The checks, in the order in which they ran.
    pub checks: Vec<Check>,
    excused: Vec<(&'static str, &'static str)>,
}

impl Report {
    pub(crate) fn new(provider: &str, excused: Vec<(&'static str, &'static str)>) -> Self {
        Self { provider: provider.to_owned(), checks: Vec::new(), excused }
    }

    /// Records a check. A check that passes although it is excused counts as failed, because its
    /// excuse is outdated.
    pub(crate) fn note(&mut self, name: &'static str, result: Result<(), String>) {
        let excuse = self
            .excused
            .iter()
            .find(|(excused, _)| *excused == name)
            .map(|(_, why)| (*why).to_owned());
        let verdict = match (excuse, result) {
            (None, Ok(())) => Verdict::Passed,
            (None, Err(why)) => Verdict::Failed(why),
            (Some(why), Err(_)) => Verdict::Excused(why),
            (Some(why), Ok(())) => Verdict::Failed(format!("it holds, and is excused: {why}")),
        };
        self.checks.push(Check { name, verdict });
    }

    pub(crate) fn excuse(&mut self, name: &'static str, why: String) {
        self.checks.push(Check { name, verdict: Verdict::Excused(why) });
    }

    /// True if no check failed and at least one passed.
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|check| !matches!(check.verdict, Verdict::Failed(_)))
            && self.checks.iter().any(|check| check.verdict == Verdict::Passed)
    }

    /// The number of checks that passed, and of those that were excused.
    pub fn counts(&self) -> (usize, usize) {
        let count = |wanted: fn(&Verdict) -> bool| {
            self.checks.iter().filter(|check| wanted(&check.verdict)).count()
        };
        (
            count(|verdict| *verdict == Verdict::Passed),
            count(|verdict| matches!(verdict, Verdict::Excused(_))),
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}:", self.provider)?;
        for check in &self.checks {
            match &check.verdict {
                Verdict::Passed => writeln!(f, "  passed   {}", check.name)?,
                Verdict::Excused(why) => writeln!(f, "  excused  {}: {why}", check.name)?,
                Verdict::Failed(why) => writeln!(f, "  FAILED   {}: {why}", check.name)?,
            }
        }
        Ok(())
    }
}
