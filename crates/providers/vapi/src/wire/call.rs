//! A call, as in the answers to placing, listing and reading, and in webhooks.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_http::answer;

use super::monitor::Monitor;

answer! {
    /// A call (OpenAPI, `Call`).
    Call {
        /// The call's id, a UUID.
        id: String = ["id"],
        /// `scheduled`, `queued`, `ringing`, `in-progress`, `forwarding` or `ended`; `not-found` and
        /// `deletion-failed` speak of the deletion of its data.
        status: String = ["status"],
        /// Why the call ended: see [`reasons`](crate::reasons).
        ended_reason: String = ["endedReason"],
        /// When it was created.
        created_at: Timestamp = ["createdAt"],
        /// When the conversation began.
        started_at: Timestamp = ["startedAt"],
        /// When it ended.
        ended_at: Timestamp = ["endedAt"],
        /// The callee.
        customer: Customer = ["customer"],
        /// The assistant.
        assistant_id: String = ["assistantId"],
        /// The version of the assistant, for example `v3`.
        assistant_version: String = ["assistantVersion"],
        /// The name of the call.
        name: String = ["name"],
        /// The assistant's settings for this call alone.
        assistant_overrides: Overrides = ["assistantOverrides"],
        /// What it cost so far, in US dollars.
        cost: Decimal = ["cost"],
        /// The results of the analysis, once it is done.
        analysis: Analysis = ["analysis"],
        /// What was said, and the sound.
        artifact: Artifact = ["artifact"],
        /// How to control it while it is live.
        monitor: Monitor = ["monitor"],
        /// The carrier.
        phone_call_provider: String = ["phoneCallProvider"],
        /// The carrier's id of the call.
        phone_call_provider_id: String = ["phoneCallProviderId"],
        /// In the answer to placing it: how many calls the account may have at once.
        subscription_limits: SubscriptionLimits = ["subscriptionLimits"],
    }
}

answer! {
    /// A callee (OpenAPI, `CreateCustomerDTO`).
    Customer {
        /// The number, in E.164.
        number: String = ["number"],
        /// Our id.
        external_id: String = ["externalId"],
        /// The name.
        name: String = ["name"],
    }
}

answer! {
    /// Settings for one call (OpenAPI, `AssistantOverrides`).
    Overrides {
        /// The metadata of the request.
        metadata: Value = ["metadata"],
    }
}

answer! {
    /// The results of the analysis (OpenAPI, `Call.analysis`).
    Analysis {
        /// A summary.
        summary: String = ["summary"],
        /// Data in the form that the assistant's settings ask for.
        structured_data: Value = ["structuredData"],
        /// Whether the call reached its aim, in the form that the settings ask for.
        success_evaluation: Value = ["successEvaluation"],
    }
}

answer! {
    /// What was said, and the sound (OpenAPI, `Call.artifact`).
    Artifact {
        /// Each message with its speaker and time.
        messages: Vec<Message> = ["messages"],
        /// What was said, as text with one line for each utterance.
        transcript: String = ["transcript"],
        /// The address of the recording, which is private by default.
        recording_url: String = ["recordingUrl"],
        /// When the addresses that work without the key expire.
        presigned_urls_expires_at: Timestamp = ["presignedUrlsExpiresAt"],
    }
}

answer! {
    /// One message (OpenAPI, `Call.artifact.messages`).
    Message {
        /// The speaker.
        role: String = ["role"],
        /// What was said.
        message: String = ["message", "content"],
        /// Its beginning, in seconds from the start of the call.
        seconds_from_start: Decimal = ["secondsFromStart"],
    }
}

answer! {
    /// How many calls the account may have at once (OpenAPI, `Call.subscriptionLimits`).
    SubscriptionLimits {
        /// True if this call could not start because all places were taken. It is accepted all the
        /// same, and its record says what became of it.
        concurrency_blocked: bool = ["concurrencyBlocked"],
        /// The most calls at once.
        concurrency_limit: u64 = ["concurrencyLimit"],
        /// How many more there may be.
        remaining_concurrent_calls: u64 = ["remainingConcurrentCalls"],
    }
}
