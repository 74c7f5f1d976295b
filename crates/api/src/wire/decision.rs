//! What the calling rules decided about a call.

use serde::Serialize;
use switchboard::core;
use utoipa::ToSchema;

use crate::wire::{RuleEffect, RuleVerdict, Time};

/// What the calling rules decided about a call, and on what grounds. It says which rules were
/// looked at, not that a call is legal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleDecision {
    /// The time that was decided about.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// Whether the phone may ring.
    pub verdict: RuleVerdict,
    /// The first time at which no rule stops the call, for a call that waits.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub wait_until: Option<Time>,
    /// Every rule that stops the call or warns about it.
    pub findings: Vec<RuleFinding>,
    /// Where the callee may be, and the time there.
    pub zones: Vec<LocalTime>,
    /// The facts that it relied on.
    pub facts: Vec<FactUsed>,
    /// The version of the tables of rules.
    #[schema(examples("2026-11-29"))]
    pub tables: String,
    /// The version of the time zone database.
    #[schema(examples("2026f"))]
    pub time_zones: String,
    /// How old the tables were, in days, if they should be renewed.
    #[schema(required)]
    pub tables_are_old: Option<u32>,
    /// Why the rules are turned off, if they are: nothing was checked then.
    #[schema(required)]
    pub off: Option<String>,
}

/// A rule that stops a call or warns about it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleFinding {
    /// The id of the rule.
    #[schema(examples("US-FL-HOURS"))]
    pub rule: String,
    /// Whether it stops the call.
    pub effect: RuleEffect,
    /// What it asks for and what the call lacks, in one sentence.
    pub message: String,
    /// The field of the request that would satisfy it, where one would.
    #[schema(required)]
    pub needs: Option<String>,
    /// When this rule lets the call pass, where that is known.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub until: Option<Time>,
    /// The date of the rule's row in its table.
    #[schema(format = Date)]
    pub as_of: String,
}

/// A zone in which the callee may be, and the time there.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LocalTime {
    /// The IANA name of the zone.
    #[schema(examples("America/New_York"))]
    pub zone: String,
    /// The local time, without an offset.
    #[schema(examples("2026-11-30T08:15:00"))]
    pub time: String,
}

/// A fact that a decision relied on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FactUsed {
    /// Its field.
    #[schema(examples("consent"))]
    pub name: String,
    /// Where it comes from: `request`, `route`, `profile`, `ledger` or `number`. More may be added.
    #[schema(examples("request"))]
    pub origin: String,
    /// When it was established, where that is known.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub at: Option<Time>,
}

impl From<&core::RuleDecision> for RuleDecision {
    fn from(decision: &core::RuleDecision) -> Self {
        Self {
            at: decision.at.into(),
            verdict: decision.verdict.into(),
            wait_until: decision.wait_until.map(Into::into),
            findings: decision.findings.iter().map(Into::into).collect(),
            zones: decision.zones.iter().map(Into::into).collect(),
            facts: decision.facts.iter().map(Into::into).collect(),
            tables: decision.tables.clone(),
            time_zones: decision.time_zones.clone(),
            tables_are_old: decision.tables_are_old,
            off: decision.off.clone(),
        }
    }
}

impl From<&core::RuleFinding> for RuleFinding {
    fn from(finding: &core::RuleFinding) -> Self {
        Self {
            rule: finding.rule.clone(),
            effect: finding.effect.into(),
            message: finding.message.clone(),
            needs: finding.needs.clone(),
            until: finding.until.map(Into::into),
            as_of: finding.as_of.to_string(),
        }
    }
}

impl From<&core::LocalTime> for LocalTime {
    fn from(local: &core::LocalTime) -> Self {
        Self {
            zone: local.zone.clone(),
            time: local.time.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        }
    }
}

impl From<&core::FactUsed> for FactUsed {
    fn from(fact: &core::FactUsed) -> Self {
        Self {
            name: fact.name.to_string(),
            origin: fact.origin.to_string(),
            at: fact.at.map(Into::into),
        }
    }
}
