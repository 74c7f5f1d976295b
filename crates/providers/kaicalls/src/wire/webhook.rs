//! Webhooks: subscriptions, and the bodies of deliveries.

use rust_decimal::Decimal;
use secrecy::SecretString;
use switchboard_http::answer;

use super::{list::Listed, moment::Moment};

answer! {
    /// A webhook subscription of the account (official Python SDK 0.1.0, `webhooks`; the types of
    /// the official JavaScript SDK).
    WebhookSubscription in ["webhook", "subscription", "data"] {
        /// The subscription's id.
        id: String = ["id", "webhook_id"],
        /// The URL that deliveries are sent to.
        webhook_url: String = ["url", "webhook_url"],
        /// The business it is for.
        business_id: String = ["business_id"],
        /// The events.
        events: Vec<String> = ["events"],
        /// A description in plain text.
        description: String = ["description"],
        /// Whether it is enabled.
        is_active: bool = ["is_active"],
        /// The signing secret, shown once. It is not in `raw`.
        secret: SecretString = ["webhook_secret", "secret", "signing_secret"],
        /// The part of the secret that may be shown.
        webhook_secret_masked: String = ["webhook_secret_masked"],
        /// When it was created.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for WebhookSubscription {
    const NAMES: &'static [&'static str] = &["webhooks", "subscriptions"];
}

answer! {
    /// The fields of a delivery (document 004, "Webhooks"), beside `event` or under `data`.
    WebhookEvent in [] {
        /// The type of the event, for example `call.completed`.
        event: String = ["event", "type", "event_type"],
        /// The call.
        call_id: String = ["call_id"],
        /// The object's own id, if the event is under `data`.
        id: String = ["id"],
        /// The call's status word.
        status: String = ["status"],
        /// The duration in seconds.
        duration: Decimal = ["duration", "duration_seconds"],
        /// `inbound` or `outbound`; not in document 004.
        direction: String = ["direction"],
        /// Why it failed, for example `no_answer`.
        error: String = ["error"],
        /// A summary.
        summary: String = ["summary"],
        /// The recording's URL, which works without credentials.
        recording_url: String = ["recording_url"],
        /// When it happened.
        timestamp: Moment = ["timestamp", "created_at"],
    }
}
