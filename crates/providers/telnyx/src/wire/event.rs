//! Events, as webhooks deliver them and the history keeps them.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_http::answer;

answer! {
    /// One event (`telnyx` 4.189.0, `data` of every webhook event).
    WebhookEvent {
        /// The event's id, the same for each delivery.
        id: String = ["id"],
        /// Its name, for example `call.hangup`.
        event_type: String = ["event_type"],
        /// When it happened.
        occurred_at: Timestamp = ["occurred_at"],
        /// What happened.
        payload: EventPayload = ["payload"],
    }
}

answer! {
    /// What the events of a call have between them.
    EventPayload {
        /// The call's id.
        call_control_id: String = ["call_control_id"],
        /// The id of this leg of the call.
        call_leg_id: String = ["call_leg_id"],
        /// The text that went with the Dial command, in Base64.
        client_state: String = ["client_state"],
        /// The connection.
        connection_id: String = ["connection_id"],
        /// The number that it was made from.
        from: String = ["from"],
        /// The number that was called.
        to: String = ["to"],
        /// `incoming` or `outgoing`.
        direction: String = ["direction"],
        /// When it began.
        start_time: Timestamp = ["start_time"],
        /// When it ended.
        end_time: Timestamp = ["end_time"],
        /// Why it ended: see [`causes`](crate::causes).
        hangup_cause: String = ["hangup_cause"],
        /// Who hung up: `caller`, `callee` or `unknown`.
        hangup_source: String = ["hangup_source"],
        /// The SIP status of its end, as text.
        sip_hangup_cause: String = ["sip_hangup_cause"],
        /// What answering machine detection found.
        result: String = ["result"],
        /// How long the assistant talked, in seconds.
        duration_sec: Decimal = ["duration_sec"],
        /// What the call cost in all.
        total_cost: Decimal = ["total_cost"],
        /// The parts of the cost.
        cost_parts: Vec<CostPart> = ["cost_parts"],
    }
}

answer! {
    /// One part of what a call cost.
    CostPart {
        /// The amount.
        cost: Decimal = ["cost"],
        /// Its currency.
        currency: String = ["currency"],
        /// The seconds that were billed.
        billed_duration_secs: Decimal = ["billed_duration_secs"],
    }
}

answer! {
    /// One row of the history (`telnyx` 4.189.0, `call_event_list_response`).
    HistoryRow {
        /// The name of the event.
        name: String = ["name"],
        /// `command` or `webhook`.
        kind: String = ["type"],
        /// The leg of the call.
        call_leg_id: String = ["call_leg_id"],
        /// When it happened.
        event_timestamp: Timestamp = ["event_timestamp"],
        /// The raw event.
        metadata: Value = ["metadata"],
    }
}
