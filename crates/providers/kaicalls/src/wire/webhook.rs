//! Webhooks: standing orders, and the bodies that come in.

use rust_decimal::Decimal;
use secrecy::SecretString;

use super::{
    list::Listed,
    read::{Moment, answer},
};

answer! {
    /// An account's standing order for deliveries (official Python SDK 0.1.0, `webhooks`; the types
    /// of the official JavaScript SDK).
    WebhookSubscription in ["webhook", "subscription", "data"] {
        /// The order's id.
        id: String = ["id", "webhook_id"],
        /// Where deliveries go.
        webhook_url: String = ["url", "webhook_url"],
        /// The business it is for.
        business_id: String = ["business_id"],
        /// Which events.
        events: Vec<String> = ["events"],
        /// In words.
        description: String = ["description"],
        /// Whether it is on.
        is_active: bool = ["is_active"],
        /// The signing secret, shown once. It is not in `raw`.
        secret: SecretString = ["webhook_secret", "secret", "signing_secret"],
        /// What may be shown of the secret.
        webhook_secret_masked: String = ["webhook_secret_masked"],
        /// When it was made.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for WebhookSubscription {
    const NAMES: &'static [&'static str] = &["webhooks", "subscriptions"];
}

answer! {
    /// The fields of a delivery (document 004, "Webhooks"), beside `event` or under `data`.
    WebhookEvent in [] {
        /// As `call.completed`.
        event: String = ["event", "type", "event_type"],
        /// The call.
        call_id: String = ["call_id"],
        /// The object's own id, where the event is under `data`.
        id: String = ["id"],
        /// The call's status word.
        status: String = ["status"],
        /// Seconds.
        duration: Decimal = ["duration", "duration_seconds"],
        /// `inbound` or `outbound`; not in document 004.
        direction: String = ["direction"],
        /// Why it failed, as `no_answer`.
        error: String = ["error"],
        /// What came of it.
        summary: String = ["summary"],
        /// Where the sound is, a bearer secret.
        recording_url: String = ["recording_url"],
        /// When it happened.
        timestamp: Moment = ["timestamp", "created_at"],
    }
}
