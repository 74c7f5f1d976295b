//! A row of the tables.

use jiff::civil;
use switchboard_core::{CalleeKind, Purpose, Region};

use super::word::{Checked, Effect, Kind, Line, Unless};
use crate::rule::Rule;

/// A rule as its row states it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// Its id, for example `US-FL-HOURS`.
    pub id: String,
    /// Where it holds.
    pub jurisdiction: Jurisdiction,
    /// What it is about.
    pub kind: Kind,
    /// The purposes of calls that it is about.
    pub purposes: Vec<Purpose>,
    /// The callees that it is about; `None` means all.
    pub callee: Option<CalleeKind>,
    /// The lines that it is about; empty means all.
    pub lines: Vec<Line>,
    /// What it asks for, as written in the table.
    pub rule: String,
    /// The facts that lift it: any one of them does.
    pub unless: Vec<Unless>,
    /// What it does to a call that it objects to.
    pub effect: Effect,
    /// The first day on which it is in force, where the callee is.
    pub from: Option<civil::Date>,
    /// The last day on which it is in force, where the callee is.
    pub until: Option<civil::Date>,
    /// Where the rule is written, and what was read.
    pub source: String,
    /// What was read.
    pub checked: Checked,
    /// The date of the row.
    pub as_of: civil::Date,
    /// Anything else that people should know.
    pub note: String,
    /// True if it comes from an operator's own table.
    pub is_own: bool,
}

impl Row {
    /// True if it is a default of this product and no rule of law.
    pub fn is_policy(&self) -> bool {
        self.checked == Checked::Policy
    }

    /// The source without what was read for it.
    pub fn cited(&self) -> &str {
        self.source.split("; read").next().unwrap_or_default().trim_end()
    }
}

/// Where a row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Jurisdiction {
    /// Everywhere; written as `*`.
    Everywhere,
    /// In the European Union and in the rest of the European Economic Area; written as `EU`.
    Eu,
    /// In a country or in a subdivision of one.
    Region(Region),
}

impl std::fmt::Display for Jurisdiction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Everywhere => f.pad("*"),
            Self::Eu => f.pad("EU"),
            Self::Region(region) => f.pad(&region.to_string()),
        }
    }
}

/// A row that is ready to be applied.
#[derive(Debug, Clone)]
pub(crate) struct Ready {
    pub(crate) row: Row,
    pub(crate) rule: Rule,
    /// [`Line`]s as bits; what is unknown counts as mobile.
    pub(crate) lines: u8,
    /// [`Unless`] as bits.
    pub(crate) unless: u8,
    /// Days since 1970-01-01, both inclusive.
    pub(crate) days: std::ops::RangeInclusive<i64>,
}

impl Ready {
    pub(crate) fn new(row: Row, rule: Rule) -> Self {
        let mut lines = row.lines.iter().fold(0, |bits, line| bits | 1 << *line as u8);
        if lines == 0 {
            lines = u8::MAX;
        } else if lines & (1 << Line::Mobile as u8) != 0 {
            lines |= 1 << Line::Unknown as u8;
        }
        let unless = row.unless.iter().fold(0, |bits, one| bits | one.bit());
        let days = row.from.map_or(i64::MIN, day)..=row.until.map_or(i64::MAX, day);
        Self { row, rule, lines, unless, days }
    }

    pub(crate) fn stops(&self) -> bool {
        matches!(self.row.effect, Effect::Gate | Effect::Say)
    }
}

/// The days from 1970-01-01 to a date.
pub(crate) fn day(date: civil::Date) -> i64 {
    const EPOCH: civil::Date = civil::Date::constant(1970, 1, 1);
    EPOCH.duration_until(date).as_hours() / 24
}
