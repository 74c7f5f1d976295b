//! What the calling rules say about the rows of a table.

use serde::Serialize;
use switchboard_batch::Verdicts;
use utoipa::ToSchema;

use crate::wire::{RuleVerdict, Time};

/// What the calling rules say about the rows of a table, if it was sent now.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct BatchRules {
    /// Why the rules are turned off, if they are: no row was asked about then.
    #[schema(required)]
    pub off: Option<String>,
    /// Rows that no rule stops.
    pub allowed: u32,
    /// Rows that wait, by the time until which they do.
    pub waiting: Vec<BatchWaiting>,
    /// Rows that would be refused.
    pub refused: u32,
    /// The rules that refuse rows. A row may be refused by several.
    pub refused_by: Vec<BatchRefusedBy>,
    /// What was decided about each valid row, in their order.
    pub rows: Vec<BatchRowVerdict>,
    /// The version of the tables of rules.
    #[schema(examples("2026-11-29"))]
    pub tables: String,
    /// How old the tables are, in days, if they should be renewed.
    #[schema(required)]
    pub tables_are_old: Option<u32>,
}

/// Rows that wait until the same time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchWaiting {
    /// How many.
    pub rows: u32,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub until: Time,
    /// A zone in which the callees may be.
    #[schema(required, examples("America/New_York"))]
    pub zone: Option<String>,
    /// The local time there, without an offset.
    #[schema(examples("2026-12-01T09:00:00"))]
    pub local_time: String,
}

/// A rule that refuses rows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchRefusedBy {
    /// How many rows.
    pub rows: u32,
    /// The id of the rule.
    #[schema(examples("US-TCPA-WIRELESS"))]
    pub rule: String,
    /// The field that would satisfy it, where one would.
    #[schema(required)]
    pub needs: Option<String>,
    /// What it says about the first of the rows.
    pub message: String,
    /// The date of the rule's row in its table.
    #[schema(format = Date)]
    pub as_of: String,
}

/// What was decided about a row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchRowVerdict {
    /// Its number, from 1.
    pub row: u32,
    /// Whether the phone may ring.
    pub verdict: RuleVerdict,
    /// The first time at which no rule stops the call, for a call that waits.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub wait_until: Option<Time>,
    /// The ids of the rules that stop it.
    pub rules: Vec<String>,
}

impl BatchRules {
    /// Fills in what was counted.
    pub(crate) fn count(&mut self, verdicts: &Verdicts) {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        self.allowed = number(verdicts.allowed);
        self.refused = number(verdicts.refused);
        let waiting = verdicts.waiting.iter().map(|(until, rows)| BatchWaiting {
            rows: number(*rows),
            until: until.at.into(),
            zone: until.zone.clone(),
            local_time: until.local().strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        });
        self.waiting = waiting.collect();
        let by = verdicts.refused_by.iter().map(|(rule, by)| BatchRefusedBy {
            rows: number(by.rows),
            rule: rule.clone(),
            needs: by.needs.clone(),
            message: by.message.clone(),
            as_of: by.as_of.to_string(),
        });
        self.refused_by = by.collect();
    }
}
