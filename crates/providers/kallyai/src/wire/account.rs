//! The account: subscription and usage counters.
//!
//! Two endpoints with different answers describe the subscription (`/v1/users/me/subscription` and
//! `/v1/subscriptions/status`); both are here. Document 002 calls minutes obsolete; document 003
//! counts nothing else.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::record;

record! {
    /// The plan of a subscription (document 003).
    Plan {
        /// The kind, for example `personal`.
        kind: String = ["type"],
        /// The billing period, for example `monthly`.
        period: String = ["period"],
        /// Minutes included in a period.
        minutes_included: Decimal = ["minutes_included"],
    }
}

record! {
    /// `GET /v1/users/me/subscription` (documents 000, 001 and 003).
    AccountSubscription {
        /// Whether there is a subscription.
        has_active_subscription: bool = ["has_active_subscription"],
        /// The billing service, for example `stripe`.
        provider: String = ["provider"],
        /// The plan.
        plan: Plan = ["plan"],
        /// The status, for example `active`.
        status: String = ["status"],
        /// When it ends.
        expires_at: Timestamp = ["expires_at"],
        /// Whether it renews itself.
        auto_renew: bool = ["auto_renew"],
        /// Where the subscription is managed.
        management_url: String = ["management_url"],
    }
}

record! {
    /// `GET /v1/users/me/statistics` (document 003).
    Statistics {
        /// The plan, for example `personal`.
        plan_type: String = ["plan_type"],
        /// Minutes included in this period.
        minutes_allocated: Decimal = ["minutes_allocated"],
        /// Minutes used.
        minutes_used: Decimal = ["minutes_used"],
        /// Minutes left.
        minutes_remaining: Decimal = ["minutes_remaining"],
        /// Calls included in this period.
        calls_allocated: u64 = ["calls_allocated"],
        /// Calls made.
        calls_used: u64 = ["calls_used"],
        /// Calls left.
        calls_remaining: u64 = ["calls_remaining"],
        /// When the period began.
        period_start: Timestamp = ["period_start"],
        /// When it ends.
        period_end: Timestamp = ["period_end"],
        /// Percentage of the minutes used.
        usage_percentage: Decimal = ["usage_percentage"],
        /// The status of the subscription, for example `active`.
        subscription_status: String = ["subscription_status"],
    }
}

record! {
    /// A pending change of plan.
    PendingChange {
        /// The new plan.
        new_plan: String = ["new_plan"],
        /// When the change takes effect.
        effective_date: Timestamp = ["effective_date"],
    }
}

record! {
    /// `GET /v1/subscriptions/status` (document 002).
    SubscriptionStatus {
        /// The plan, for example `pro`.
        plan_type: String = ["plan_type"],
        /// The status, for example `active`.
        status: String = ["status"],
        /// When the period began.
        current_period_start: Timestamp = ["current_period_start"],
        /// When it ends.
        current_period_end: Timestamp = ["current_period_end"],
        /// The pending change.
        pending_change: PendingChange = ["pending_change"],
    }
}
