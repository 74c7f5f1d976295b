//! Credits, the sole billing unit (document 002). Plans, prices and rates are run-time data: the
//! documents disagree on them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use super::{first, listed, record};

record! {
    /// What is left of this period.
    CreditBalance {
        /// Left.
        credits_remaining: Decimal = ["credits_remaining"],
        /// Used.
        credits_used: Decimal = ["credits_used"],
        /// Both together.
        credits_allocated: Decimal = ["credits_allocated"],
        /// The plan, as `pro`.
        plan_type: String = ["plan_type"],
        /// When the period began.
        period_start: Timestamp = ["period_start"],
        /// When it ends.
        period_end: Timestamp = ["period_end"],
    }
}

record! {
    /// One line of the history.
    CreditEntry {
        /// The line's id.
        id: String = ["id"],
        /// What was used, as `call`.
        kind: String = ["type"],
        /// In words.
        description: String = ["description"],
        /// What it cost.
        credits: Decimal = ["credits"],
        /// When.
        timestamp: Timestamp = ["timestamp", "created_at"],
        /// The goal it was for.
        goal_id: String = ["goal_id"],
        /// The call it was for. No document shows it.
        call_id: String = ["call_id"],
    }
}

listed!(CreditEntry = ["entries", "items", "history"]);

record! {
    /// What one kind of action used in this period.
    SpendingItem {
        /// As `call`.
        action_type: String = ["action_type"],
        /// What all of it cost.
        credits_total: Decimal = ["credits_total"],
        /// How often.
        transaction_count: u64 = ["transaction_count"],
    }
}

record! {
    /// What was used in this period, by kind.
    CreditBreakdown {
        /// By kind.
        items: Vec<SpendingItem> = ["items"],
        /// The sum.
        total_spent: Decimal = ["total_spent"],
        /// When the period began.
        period_start: Timestamp = ["period_start"],
        /// When it ends.
        period_end: Timestamp = ["period_end"],
    }
}

record! {
    /// A plan that can be bought.
    CreditPlan {
        /// Its name.
        name: String = ["name"],
        /// Credits in a period.
        credits_allocated: Decimal = ["credits_allocated"],
        /// Its price in a month; the document names no currency.
        price_monthly: Decimal = ["price_monthly"],
        /// What a credit beyond the plan costs.
        overage_rate: Decimal = ["overage_rate"],
    }
}

record! {
    /// The plans, by their id. Public.
    CreditPlans {
        /// By id, as `pro`.
        plans: BTreeMap<String, CreditPlan> = ["plans"],
    }
}

/// What a kind of action costs, in credits: the amounts by their names, as `base` and `per_minute`.
pub type Price = BTreeMap<String, Decimal>;

/// What a call costs, in credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallPrice {
    /// For each call.
    pub base: Option<Decimal>,
    /// For each minute.
    pub per_minute: Option<Decimal>,
}

impl CallPrice {
    /// The row `call` of the cost reference. Document 002's own example call costs more than its
    /// rates say: an estimate, not a bill.
    pub(crate) fn of(costs: &Value) -> Option<Self> {
        let row = costs.pointer("/costs/call")?;
        Some(Self { base: first(row, &["base"]), per_minute: first(row, &["per_minute"]) })
    }
}

record! {
    /// What each kind of action costs. Public.
    CreditCosts {
        /// By kind, as `call`.
        costs: BTreeMap<String, Price> = ["costs"],
    }
}

impl CreditCosts {
    /// What a call costs, where the reference says it.
    pub fn call(&self) -> Option<CallPrice> {
        CallPrice::of(self.raw().value())
    }
}
