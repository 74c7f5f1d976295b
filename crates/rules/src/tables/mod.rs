//! The tables of rules.

use std::sync::Arc;

use jiff::{Timestamp, civil};
use switchboard_core::{
    Error, RingCap, RuleDecision, RuleEffect, RuleFinding, RuleOverride, RuleVerdict,
};

use crate::Asked;

/// The rules, and the area codes, time zones and holidays that they count with.
#[derive(Debug, Clone)]
pub struct Tables {
    version: Arc<str>,
}

impl Tables {
    /// The built-in tables.
    pub fn builtin() -> Self {
        Self { version: "2026-11-29".into() }
    }

    /// The date of the built-in tables, and a short hash of an operator's own rows if there are
    /// any, for example `2026-11-29+3f9a01bc`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How often the person's phone may ring by the rules that apply to this call: the ledger checks
    /// it again when it lets the call be sent.
    pub fn caps(&self, _asked: &Asked<'_>, _now: Timestamp) -> Vec<RingCap> {
        Vec::new()
    }

    /// Checks that a rule may be lifted, and that this lifts it at `now`.
    ///
    /// # Errors
    /// There is no such rule, it is not a policy of the product, or it is one of those that nobody
    /// may lift; the name or the reason is missing; or the time is over.
    pub fn check_override(&self, _lifted: &RuleOverride, _now: Timestamp) -> Result<(), Error> {
        Err(Error::invalid("overrides", "is not supported yet: leave it out"))
    }
}

/// Decides whether a person may be called at `now`.
pub fn decide(_asked: &Asked<'_>, tables: &Tables, now: Timestamp) -> RuleDecision {
    let finding = RuleFinding::new(
        "P-ZONE".to_owned(),
        RuleEffect::Stops,
        "The tables of rules are not read yet.".to_owned(),
        civil::Date::constant(2026, 11, 29),
    );
    RuleDecision::new(now, RuleVerdict::Refuse, tables.version().to_owned(), "unknown".to_owned())
        .with(|one| one.findings.push(finding))
}
