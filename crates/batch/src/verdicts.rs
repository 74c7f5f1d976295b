//! What the calling rules say about the rows of a batch, counted.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil};
use switchboard_core::{RuleDecision, RuleFinding, RuleVerdict, time_zone};

/// What the calling rules say about the rows of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdicts {
    /// Rows that no rule stops.
    pub allowed: usize,
    /// Rows that wait, by the instant and the zone that shows it.
    pub waiting: BTreeMap<Until, usize>,
    /// Rows that are refused.
    pub refused: usize,
    /// What refuses rows, by rule. A row may be refused by several.
    pub refused_by: BTreeMap<String, RefusedBy>,
    /// Rows that a rule warns about, by rule.
    pub warned_by: BTreeMap<String, usize>,
}

/// Until when rows wait.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Until {
    /// The instant.
    pub at: Timestamp,
    /// The first zone in which the callee may be; `None` if none is known.
    pub zone: Option<String>,
    /// How many other zones there are.
    pub more_zones: usize,
}

/// A rule that refuses rows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedBy {
    /// How many.
    pub rows: usize,
    /// The field that would satisfy it, where one would.
    pub needs: Option<String>,
    /// What it says about the first of them. Phone numbers are not in it.
    pub message: String,
    /// The date of the rule's row in its table.
    pub as_of: civil::Date,
}

impl Verdicts {
    /// Counts what was decided about a row.
    pub fn add(&mut self, decision: &RuleDecision) {
        match (decision.verdict, decision.wait_until) {
            (RuleVerdict::Allow, _) => self.allowed += 1,
            (RuleVerdict::Wait, Some(at)) => {
                *self.waiting.entry(Until::of(decision, at)).or_default() += 1;
            }
            (RuleVerdict::Wait, None) | (RuleVerdict::Refuse, _) => {
                self.refused += 1;
                self.refuse(decision);
            }
        }
        for warning in decision.warnings() {
            *self.warned_by.entry(warning.rule.clone()).or_default() += 1;
        }
    }

    /// How many rows wait.
    pub fn waits(&self) -> usize {
        self.waiting.values().sum()
    }

    /// How many rows were asked about.
    pub fn rows(&self) -> usize {
        self.allowed + self.waits() + self.refused
    }

    fn refuse(&mut self, decision: &RuleDecision) {
        // A row that is refused may also be stopped by hours, which would pass.
        let for_good = |one: &&RuleFinding| one.until.is_none();
        let any = decision.stops().any(|one| one.until.is_none());
        for stop in decision.stops().filter(|one| !any || for_good(one)) {
            let entry = self.refused_by.entry(stop.rule.clone()).or_insert_with(|| RefusedBy {
                rows: 0,
                needs: stop.needs.clone(),
                message: stop.message.clone(),
                as_of: stop.as_of,
            });
            entry.rows += 1;
        }
    }
}

impl Until {
    fn of(decision: &RuleDecision, at: Timestamp) -> Self {
        let zone = decision.zones.first().map(|local| local.zone.clone());
        Self { at, zone, more_zones: decision.zones.len().saturating_sub(1) }
    }

    /// The local time in the zone, or else in UTC.
    pub fn local(&self) -> civil::DateTime {
        let zone = self.zone.as_deref().and_then(|name| time_zone(name).ok());
        zone.unwrap_or(jiff::tz::TimeZone::UTC).to_datetime(self.at)
    }
}

/// For example `2026-12-01 09:00 in America/New_York and 3 more zones`.
impl std::fmt::Display for Until {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let zone = self.zone.as_deref().unwrap_or("UTC");
        write!(f, "{} in {zone}", self.local().strftime("%Y-%m-%d %H:%M"))?;
        match self.more_zones {
            0 => Ok(()),
            1 => f.write_str(" and 1 more zone"),
            more => write!(f, " and {more} more zones"),
        }
    }
}

impl RefusedBy {
    /// What the rows lack, as the end of “3 …”, for example `have no consent record`.
    pub fn lack(&self) -> String {
        let of = |one: &'static str, many: &'static str| if self.rows == 1 { one } else { many };
        let have = of("has", "have");
        match self.needs.as_deref() {
            Some("consent") => format!("{have} no consent record"),
            Some("published_number") => {
                format!("{} not say where the number is published", of("does", "do"))
            }
            Some("requested_at") => {
                format!("{} not say when the callee asked to be called", of("does", "do"))
            }
            Some("callee_timezone") => format!("{have} no time zone of the callee"),
            Some(field) => format!("{} {field}", of("lacks", "lack")),
            None => format!("{} stopped", of("is", "are")),
        }
    }
}
