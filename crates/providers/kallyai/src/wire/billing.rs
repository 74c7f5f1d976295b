//! Money and friends: Stripe's pages (documents 000, 001 and 003), changes of plan and referrals
//! (document 002).

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{listed, record, request};

request! {
    /// The paid trial's checkout: `POST /v1/stripe/trial-checkout` (document 000).
    TrialCheckout {
        /// Where the user goes after paying.
        success_url: url::Url = "success_url",
        /// Where the user goes otherwise.
        cancel_url: url::Url = "cancel_url",
    }
}

record! {
    /// A page to pay on.
    CheckoutSession {
        /// The page.
        checkout_url: String = ["checkout_url"],
        /// Stripe's id.
        session_id: String = ["session_id"],
    }
}

record! {
    /// The page where billing is managed. The link is a secret for as long as it lasts.
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
        /// Whether it is paid by the year.
        annual: bool = "annual",
    }
}

record! {
    /// What became of a change of plan.
    PlanChange {
        /// Whether it went through.
        success: bool = ["success"],
        /// `upgrade`, `downgrade_scheduled` or `refresh`.
        change_type: String = ["change_type"],
        /// As `pro`.
        new_plan: String = ["new_plan"],
        /// Minutes on top, which document 002 itself calls obsolete.
        bonus_minutes: Decimal = ["bonus_minutes"],
        /// When the new period begins.
        new_period_start: Timestamp = ["new_period_start"],
        /// When it ends.
        new_period_end: Timestamp = ["new_period_end"],
    }
}

record! {
    /// What became of taking a change of plan back.
    PendingChangeCancelled {
        /// Whether it went through.
        success: bool = ["success"],
        /// In words.
        message: String = ["message"],
    }
}

record! {
    /// The user's own code.
    ReferralCode {
        /// The code.
        code: String = ["code"],
        /// Whether it works.
        is_active: bool = ["is_active"],
        /// The page to share.
        share_url: String = ["share_url"],
        /// When it was made.
        created_at: Timestamp = ["created_at"],
    }
}

record! {
    /// How many came by the code, and what it earned.
    ReferralStats {
        /// In all.
        total_referrals: u64 = ["total_referrals"],
        /// Who have not paid yet.
        pending: u64 = ["pending"],
        /// Who have.
        converted: u64 = ["converted"],
        /// Minutes earned.
        total_reward_minutes: Decimal = ["total_reward_minutes"],
        /// Credits earned.
        total_reward_credits: Decimal = ["total_reward_credits"],
    }
}

record! {
    /// Somebody who came by the code.
    Referral {
        /// The provider's id.
        id: String = ["id"],
        /// Who.
        referred_email: String = ["referred_email"],
        /// As `converted`.
        status: String = ["status"],
        /// Minutes for the user.
        referrer_reward_minutes: Decimal = ["referrer_reward_minutes"],
        /// Minutes for who came.
        referred_reward_minutes: Decimal = ["referred_reward_minutes"],
        /// Credits for the user.
        referrer_reward_credits: Decimal = ["referrer_reward_credits"],
        /// Credits for who came.
        referred_reward_credits: Decimal = ["referred_reward_credits"],
        /// When they came.
        created_at: Timestamp = ["created_at"],
        /// When they paid.
        converted_at: Timestamp = ["converted_at"],
    }
}

listed!(Referral = ["referrals", "items", "data"]);

record! {
    /// Whether a code works. Public.
    CodeValidity {
        /// Whether it does.
        valid: bool = ["valid"],
        /// The code.
        code: String = ["code"],
    }
}

request! {
    /// Somebody who came by a link: `POST /v1/referrals/track`.
    TrackReferral {
        /// The code of the link.
        code: String = "code",
        ;
        /// Who.
        email: String = "email",
    }
}

record! {
    /// What became of noting that somebody came. Public.
    ReferralTracked {
        /// Whether it was noted.
        tracked: bool = ["tracked"],
        /// In words.
        message: String = ["message"],
    }
}
