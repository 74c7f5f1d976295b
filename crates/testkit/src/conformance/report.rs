//! What the suite found.

use std::fmt;

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Passed,
    /// It cannot hold for this provider, for this reason.
    Excused(String),
    /// It does not hold.
    Failed(String),
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What has to hold.
    pub name: &'static str,
    /// Whether it does.
    pub verdict: Verdict,
}

/// All checks of one backend, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The backend.
    pub provider: String,
    /// The checks.
    pub checks: Vec<Check>,
    excused: Vec<(&'static str, &'static str)>,
}

impl Report {
    pub(crate) fn new(provider: &str, excused: Vec<(&'static str, &'static str)>) -> Self {
        Self { provider: provider.to_owned(), checks: Vec::new(), excused }
    }

    /// Notes a check. One that the world excuses and that holds all the same has failed: its excuse
    /// is stale.
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

    /// True where no check failed and at least one passed.
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|check| !matches!(check.verdict, Verdict::Failed(_)))
            && self.checks.iter().any(|check| check.verdict == Verdict::Passed)
    }

    /// How many passed and how many were excused.
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
