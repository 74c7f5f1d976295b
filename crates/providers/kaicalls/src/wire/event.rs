//! Durable events and their deliveries: the larger surface, whose answers no document describes.

use serde_json::Value;

use super::{
    list::Listed,
    read::{Moment, answer},
};

answer! {
    /// Something that happened, as the account's log keeps it (official Python SDK 0.1.0,
    /// `events.list`, whose filters name these fields).
    EventRecord in ["event", "data"] {
        /// The event's id.
        id: String = ["id", "event_id"],
        /// As `call.completed`.
        event_type: String = ["event_type", "type", "event"],
        /// What it happened to, as `call`.
        object_type: String = ["object_type"],
        /// The id of that object.
        object_id: String = ["object_id"],
        /// The business.
        business_id: String = ["business_id"],
        /// What became of the event itself, in the provider's word. It is not the call's status.
        status: String = ["status"],
        /// What a delivery of it carries.
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
        /// As `call.completed`.
        event_type: String = ["event_type"],
        /// The standing order that it is for.
        webhook_id: String = ["webhook_id", "subscription_id"],
        /// Where it went.
        webhook_url: String = ["webhook_url", "url"],
        /// Which attempt it was, from 1.
        attempt: u64 = ["attempt", "attempt_number", "attempts"],
        /// Whether it was taken, in the provider's word.
        status: String = ["status"],
        /// The HTTP status that the receiver answered.
        response_status: u64 = ["response_status", "status_code", "response_code"],
        /// When.
        created_at: Moment = ["created_at", "attempted_at", "delivered_at"],
    }
}

impl Listed for EventDelivery {
    const NAMES: &'static [&'static str] = &["deliveries", "event_deliveries"];
}

answer! {
    /// That events are delivered again (official Python SDK 0.1.0, `events.replay` and
    /// `events.backfill`).
    Redelivery in ["data"] {
        /// The id of the work, where it has one.
        id: String = ["id", "replay_id", "backfill_id", "job_id"],
        /// Whether it was taken on.
        success: bool = ["success", "ok"],
        /// How many events.
        count: u64 = ["count", "replayed", "backfilled", "queued"],
        /// Which events.
        event_ids: Vec<String> = ["event_ids"],
        /// In the provider's word.
        status: String = ["status"],
    }
}
