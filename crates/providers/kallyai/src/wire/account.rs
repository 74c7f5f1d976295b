//! Whose account it is: subscription and counters.
//!
//! Two documents describe two endpoints with two bodies for the subscription
//! (`/v1/users/me/subscription` and `/v1/subscriptions/status`); both are here. Minutes are called
//! obsolete by document 002 and are all that 003 counts.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::record;

record! {
    /// The plan of a subscription (document 003).
    Plan {
        /// As `personal`.
        kind: String = ["type"],
        /// As `monthly`.
        period: String = ["period"],
        /// Minutes in a period.
        minutes_included: Decimal = ["minutes_included"],
    }
}

record! {
    /// `GET /v1/users/me/subscription` (documents 000, 001 and 003).
    AccountSubscription {
        /// Whether there is one.
        has_active_subscription: bool = ["has_active_subscription"],
        /// Who bills, as `stripe`.
        provider: String = ["provider"],
        /// What was bought.
        plan: Plan = ["plan"],
        /// As `active`.
        status: String = ["status"],
        /// When it ends.
        expires_at: Timestamp = ["expires_at"],
        /// Whether it renews itself.
        auto_renew: bool = ["auto_renew"],
        /// Where it is managed.
        management_url: String = ["management_url"],
    }
}

record! {
    /// `GET /v1/users/me/statistics` (document 003).
    Statistics {
        /// The plan, as `personal`.
        plan_type: String = ["plan_type"],
        /// Minutes in this period.
        minutes_allocated: Decimal = ["minutes_allocated"],
        /// Minutes used.
        minutes_used: Decimal = ["minutes_used"],
        /// Minutes left.
        minutes_remaining: Decimal = ["minutes_remaining"],
        /// Calls in this period.
        calls_allocated: u64 = ["calls_allocated"],
        /// Calls made.
        calls_used: u64 = ["calls_used"],
        /// Calls left.
        calls_remaining: u64 = ["calls_remaining"],
        /// When the period began.
        period_start: Timestamp = ["period_start"],
        /// When it ends.
        period_end: Timestamp = ["period_end"],
        /// Of a hundred.
        usage_percentage: Decimal = ["usage_percentage"],
        /// As `active`.
        subscription_status: String = ["subscription_status"],
    }
}

record! {
    /// A change of plan that is to come.
    PendingChange {
        /// To this plan.
        new_plan: String = ["new_plan"],
        /// From then on.
        effective_date: Timestamp = ["effective_date"],
    }
}

record! {
    /// `GET /v1/subscriptions/status` (document 002).
    SubscriptionStatus {
        /// The plan, as `pro`.
        plan_type: String = ["plan_type"],
        /// As `active`.
        status: String = ["status"],
        /// When the period began.
        current_period_start: Timestamp = ["current_period_start"],
        /// When it ends.
        current_period_end: Timestamp = ["current_period_end"],
        /// What is to change.
        pending_change: PendingChange = ["pending_change"],
    }
}
