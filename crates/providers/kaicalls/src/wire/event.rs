//! Durable events and their deliveries, from the SDK only; their answers are not documented.

use serde_json::Value;
use switchboard_http::answer;

use super::{list::Listed, moment::Moment};

answer! {
    /// An event in the account's log (official Python SDK 0.1.0, `events.list`, whose filters name
    /// these fields).
    EventRecord in ["event", "data"] {
        /// The event's id.
        id: String = ["id", "event_id"],
        /// The type of the event, for example `call.completed`.
        event_type: String = ["event_type", "type", "event"],
        /// The type of the object that it is about, for example `call`.
        object_type: String = ["object_type"],
        /// The id of that object.
        object_id: String = ["object_id"],
        /// The business.
        business_id: String = ["business_id"],
        /// The status of the event itself, in the provider's word. It is not the call's status.
        status: String = ["status"],
        /// The content of a delivery.
        data: Value = ["data", "payload"],
        /// When it happened.
        created_at: Moment = ["created_at", "occurred_at", "timestamp"],
    }
}

impl Listed for EventRecord {
    const NAMES: &'static [&'static str] = &["events"];
}

answer! {
    /// One attempt to deliver an event (official Python SDK 0.1.0, `events.deliveries`).
    EventDelivery in ["delivery", "data"] {
        /// The delivery's id.
        id: String = ["id", "delivery_id"],
        /// The event.
        event_id: String = ["event_id"],
        /// The type of the event, for example `call.completed`.
        event_type: String = ["event_type"],
        /// The subscription that it is for.
        webhook_id: String = ["webhook_id", "subscription_id"],
        /// The URL that it was sent to.
        webhook_url: String = ["webhook_url", "url"],
        /// The number of the attempt, from 1.
        attempt: u64 = ["attempt", "attempt_number", "attempts"],
        /// Whether it was accepted, in the provider's word.
        status: String = ["status"],
        /// The HTTP status of the receiver's answer.
        response_status: u64 = ["response_status", "status_code", "response_code"],
        /// When it was attempted.
        created_at: Moment = ["created_at", "attempted_at", "delivered_at"],
    }
}

impl Listed for EventDelivery {
    const NAMES: &'static [&'static str] = &["deliveries", "event_deliveries"];
}

answer! {
    /// The answer to delivering events again (official Python SDK 0.1.0, `events.replay` and
    /// `events.backfill`).
    Redelivery in ["data"] {
        /// The id of the job, if it has one.
        id: String = ["id", "replay_id", "backfill_id", "job_id"],
        /// Whether it was accepted.
        success: bool = ["success", "ok"],
        /// The number of events.
        count: u64 = ["count", "replayed", "backfilled", "queued"],
        /// The ids of the events.
        event_ids: Vec<String> = ["event_ids"],
        /// The status, in the provider's word.
        status: String = ["status"],
    }
}
