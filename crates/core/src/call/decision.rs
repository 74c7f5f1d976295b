//! What the calling rules decided about a call.

use std::borrow::Cow;

use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

/// Whether a phone may ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleVerdict {
    /// No rule of the tables stops the call.
    Allow,
    /// Rules stop it now, and all of them let it pass at [`RuleDecision::wait_until`].
    Wait,
    /// A rule stops it, and no time is known at which it would pass.
    Refuse,
}

/// What a rule that applies has to say about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleEffect {
    /// It stops the call.
    Stops,
    /// It is shown and recorded, and stops nothing.
    Warns,
}

/// A rule that stops a call or warns about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuleFinding {
    /// The id of the rule, for example `US-FL-HOURS`.
    pub rule: String,
    /// Whether it stops the call.
    pub effect: RuleEffect,
    /// What it asks for and what the call lacks, in one sentence.
    pub message: String,
    /// The field of the request that would satisfy it, where one would.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// When this rule lets the call pass, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The date of the rule's row in its table.
    pub as_of: civil::Date,
}

impl RuleFinding {
    /// A finding that names no field and no time.
    pub const fn new(
        rule: String,
        effect: RuleEffect,
        message: String,
        as_of: civil::Date,
    ) -> Self {
        Self { rule, effect, message, needs: None, until: None, as_of }
    }

    /// The message without the rule and its citation, which are looked up by the rule's id: for
    /// sentences that name the rule themselves.
    ///
    /// ```
    /// use switchboard_core::{RuleEffect, RuleFinding};
    ///
    /// let message = "X-HOURS (Act 9, 2026-11-29): it is too late".to_owned();
    /// let as_of = "2026-11-29".parse()?;
    /// let finding = RuleFinding::new("X-HOURS".to_owned(), RuleEffect::Stops, message, as_of);
    /// assert_eq!(finding.why(), "it is too late");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn why(&self) -> &str {
        let cited = format!("{}): ", self.as_of);
        self.message.split_once(&cited).map_or(self.message.as_str(), |(_, why)| why)
    }

    /// The same finding with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

/// A zone in which the callee may be, and the time there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalTime {
    /// The IANA name of the zone.
    pub zone: String,
    /// The local time of the decision.
    pub time: civil::DateTime,
}

/// A fact that a decision relied on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactUsed {
    /// Its field, for example `consent`.
    pub name: Cow<'static, str>,
    /// Where it comes from: `request`, `route`, `profile`, `ledger` or `number`.
    pub origin: Cow<'static, str>,
    /// When it was established, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// What the calling rules decided about one ring of a call, and on what grounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuleDecision {
    /// The time that was decided about.
    pub at: Timestamp,
    /// Whether the phone may ring.
    pub verdict: RuleVerdict,
    /// The first time at which no rule stops the call, for a call that waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_until: Option<Timestamp>,
    /// Every rule that stops the call or warns about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<RuleFinding>,
    /// Where the callee may be, and the time there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<LocalTime>,
    /// The facts that it relied on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<FactUsed>,
    /// The version of the tables of rules, for example `2026-11-29`, and of an operator's own rows.
    pub tables: String,
    /// The version of the time zone database, for example `2026f`.
    pub time_zones: String,
    /// How old the tables were, in days, if they should be renewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tables_are_old: Option<u32>,
    /// Why the rules are turned off, if they are: nothing was checked then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off: Option<String>,
}

impl RuleDecision {
    /// A decision that rests on nothing yet.
    pub const fn new(
        at: Timestamp,
        verdict: RuleVerdict,
        tables: String,
        time_zones: String,
    ) -> Self {
        Self {
            at,
            verdict,
            wait_until: None,
            findings: Vec::new(),
            zones: Vec::new(),
            facts: Vec::new(),
            tables,
            time_zones,
            tables_are_old: None,
            off: None,
        }
    }

    /// The same decision with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The findings that stop the call.
    pub fn stops(&self) -> impl Iterator<Item = &RuleFinding> {
        self.findings.iter().filter(|one| one.effect == RuleEffect::Stops)
    }

    /// The findings that warn about the call and stop nothing.
    pub fn warnings(&self) -> impl Iterator<Item = &RuleFinding> {
        self.findings.iter().filter(|one| one.effect == RuleEffect::Warns)
    }
}
