//! Pages at Stripe (documents 000, 001 and 003), changes of plan and referrals (document 002).

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{listed, record, request};

request! {
    /// The paid trial's checkout: `POST /v1/stripe/trial-checkout` (document 000).
    TrialCheckout {
        /// The page to redirect to after a payment.
        success_url: url::Url = "success_url",
        /// The page to redirect to after cancelling.
        cancel_url: url::Url = "cancel_url",
    }
}

record! {
    /// A payment page.
    CheckoutSession {
        /// The URL of the page.
        checkout_url: String = ["checkout_url"],
        /// Stripe's id of the session.
        session_id: String = ["session_id"],
    }
}

record! {
    /// The page where billing is managed. The URL is a secret while it is valid.
    BillingPortal {
        /// `portal_url` in document 000, `url` in document 003.
        url: String = ["portal_url", "url"],
    }
}

request! {
    /// Another plan: `POST /v1/subscriptions/change-plan`. Upgrades cost money at once.
    ChangePlan {
        /// As `pro`. Plans are run-time data.
        new_plan: String = "new_plan",
        ;
        /// Whether it is billed yearly.
        annual: bool = "annual",
    }
}

record! {
    /// The result of a change of plan.
    PlanChange {
        /// Whether it succeeded.
        success: bool = ["success"],
        /// `upgrade`, `downgrade_scheduled` or `refresh`.
        change_type: String = ["change_type"],
        /// The new plan, for example `pro`.
        new_plan: String = ["new_plan"],
        /// Bonus minutes, which document 002 itself calls obsolete.
        bonus_minutes: Decimal = ["bonus_minutes"],
        /// When the new period begins.
        new_period_start: Timestamp = ["new_period_start"],
        /// When it ends.
        new_period_end: Timestamp = ["new_period_end"],
    }
}

record! {
    /// The result of cancelling a change of plan.
    PendingChangeCancelled {
        /// Whether it succeeded.
        success: bool = ["success"],
        /// A message in plain text.
        message: String = ["message"],
    }
}

record! {
    /// The user's own referral code.
    ReferralCode {
        /// The code.
        code: String = ["code"],
        /// Whether it is active.
        is_active: bool = ["is_active"],
        /// The URL to share.
        share_url: String = ["share_url"],
        /// When it was made.
        created_at: Timestamp = ["created_at"],
    }
}

record! {
    /// Numbers of referred users and what they earned.
    ReferralStats {
        /// The total number of referred users.
        total_referrals: u64 = ["total_referrals"],
        /// The number who have not paid yet.
        pending: u64 = ["pending"],
        /// The number who have paid.
        converted: u64 = ["converted"],
        /// Minutes earned.
        total_reward_minutes: Decimal = ["total_reward_minutes"],
        /// Credits earned.
        total_reward_credits: Decimal = ["total_reward_credits"],
    }
}

record! {
    /// A referred user.
    Referral {
        /// The provider's id.
        id: String = ["id"],
        /// Their email address.
        referred_email: String = ["referred_email"],
        /// The status, for example `converted`.
        status: String = ["status"],
        /// Minutes for the user.
        referrer_reward_minutes: Decimal = ["referrer_reward_minutes"],
        /// Minutes for the referred user.
        referred_reward_minutes: Decimal = ["referred_reward_minutes"],
        /// Credits for the user.
        referrer_reward_credits: Decimal = ["referrer_reward_credits"],
        /// Credits for the referred user.
        referred_reward_credits: Decimal = ["referred_reward_credits"],
        /// When they signed up.
        created_at: Timestamp = ["created_at"],
        /// When they first paid.
        converted_at: Timestamp = ["converted_at"],
    }
}

listed!(Referral = ["referrals", "items", "data"]);

record! {
    /// Whether a code is valid. Public.
    CodeValidity {
        /// Whether it is valid.
        valid: bool = ["valid"],
        /// The code.
        code: String = ["code"],
    }
}

request! {
    /// The use of a referral link: `POST /v1/referrals/track`.
    TrackReferral {
        /// The code of the link.
        code: String = "code",
        ;
        /// Their email address.
        email: String = "email",
    }
}

record! {
    /// The result of recording the use of a link. Public.
    ReferralTracked {
        /// Whether it was recorded.
        tracked: bool = ["tracked"],
        /// A message in plain text.
        message: String = ["message"],
    }
}
