//! Credits, the only billing unit (document 002). Plans, prices and rates are never hard-coded: the
//! documents disagree on them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use super::{first, listed, record};

record! {
    /// The credits of this period.
    CreditBalance {
        /// Credits left.
        credits_remaining: Decimal = ["credits_remaining"],
        /// Credits used.
        credits_used: Decimal = ["credits_used"],
        /// Credits left and used together.
        credits_allocated: Decimal = ["credits_allocated"],
        /// The plan, for example `pro`.
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
        /// The kind of action, for example `call`.
        kind: String = ["type"],
        /// A description in plain text.
        description: String = ["description"],
        /// The cost in credits.
        credits: Decimal = ["credits"],
        /// When it was charged.
        timestamp: Timestamp = ["timestamp", "created_at"],
        /// The goal it was for.
        goal_id: String = ["goal_id"],
        /// The call it was for. No document shows it.
        call_id: String = ["call_id"],
    }
}

listed!(CreditEntry = ["entries", "items", "history"]);

record! {
    /// The usage of one kind of action in this period.
    SpendingItem {
        /// The kind of action, for example `call`.
        action_type: String = ["action_type"],
        /// The total cost in credits.
        credits_total: Decimal = ["credits_total"],
        /// The number of actions.
        transaction_count: u64 = ["transaction_count"],
    }
}

record! {
    /// The credits used in this period, by kind of action.
    CreditBreakdown {
        /// One entry for each kind.
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
        /// Its monthly price; the document names no currency.
        price_monthly: Decimal = ["price_monthly"],
        /// What a credit beyond the plan costs.
        overage_rate: Decimal = ["overage_rate"],
    }
}

record! {
    /// The plans, by their id. Public.
    CreditPlans {
        /// The plans by id, for example `pro`.
        plans: BTreeMap<String, CreditPlan> = ["plans"],
    }
}

/// The price of a kind of action, in credits: amounts by name, for example `base` and `per_minute`.
pub type Price = BTreeMap<String, Decimal>;

/// The price of a call, in credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallPrice {
    /// Credits for each call.
    pub base: Option<Decimal>,
    /// Credits for each minute.
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
        /// The prices by kind of action, for example `call`.
        costs: BTreeMap<String, Price> = ["costs"],
    }
}

impl CreditCosts {
    /// The price of a call, if the answer has it.
    pub fn call(&self) -> Option<CallPrice> {
        CallPrice::of(self.raw().value())
    }
}
