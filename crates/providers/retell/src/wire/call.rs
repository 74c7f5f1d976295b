//! A call, as in the answers to placing, listing and reading, and in webhooks.

use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_http::answer;

use super::{list::Listed, moment::Moment};

answer! {
    /// A call (OpenAPI, `V2CallResponse` and `V3CallResponse`).
    Call {
        /// The call's id.
        call_id: String = ["call_id"],
        /// `registered`, `not_connected`, `ongoing`, `ended` or `error`.
        call_status: String = ["call_status"],
        /// Why the call ended: see [`reasons`](crate::reasons).
        disconnection_reason: String = ["disconnection_reason"],
        /// When it began.
        start_timestamp: Moment = ["start_timestamp"],
        /// When it ended.
        end_timestamp: Moment = ["end_timestamp"],
        /// How long it lasted, in milliseconds.
        duration_ms: Decimal = ["duration_ms"],
        /// The number that it was made from.
        from_number: String = ["from_number"],
        /// The number that was called.
        to_number: String = ["to_number"],
        /// `inbound` or `outbound`.
        direction: String = ["direction"],
        /// The agent.
        agent_id: String = ["agent_id"],
        /// The number of the agent's version.
        agent_version: u64 = ["agent_version"],
        /// The metadata of the request.
        metadata: Value = ["metadata"],
        /// What was said, as text with one line for each utterance.
        transcript: String = ["transcript"],
        /// What was said, by utterance.
        transcript_object: Vec<Utterance> = ["transcript_object"],
        /// The recording's URL, which works without credentials.
        recording_url: String = ["recording_url"],
        /// The summary and other results of the analysis, once it is done.
        call_analysis: Analysis = ["call_analysis"],
        /// What the call cost.
        call_cost: CallCost = ["call_cost"],
        /// The carrier's id of the call, for example `{"twilio_call_sid": …}`.
        telephony_identifier: Value = ["telephony_identifier"],
    }
}

answer! {
    /// One utterance (OpenAPI, `transcript_object`).
    Utterance {
        /// `agent`, `user` or `transfer_target`.
        role: String = ["role"],
        /// What was said.
        content: String = ["content"],
        /// Each word with its time.
        words: Vec<Word> = ["words"],
    }
}

answer! {
    /// One word (OpenAPI, `transcript_object.words`).
    Word {
        /// The word.
        word: String = ["word"],
        /// Its beginning, in seconds from the start of the call.
        start: Decimal = ["start"],
        /// Its end, in seconds from the start of the call.
        end: Decimal = ["end"],
    }
}

answer! {
    /// The results of the analysis (OpenAPI, `call_analysis`).
    Analysis {
        /// A summary.
        call_summary: String = ["call_summary"],
        /// Whether the agent reached its aim.
        call_successful: bool = ["call_successful"],
        /// Whether a voicemail was reached.
        in_voicemail: bool = ["in_voicemail"],
        /// The callee's mood.
        user_sentiment: String = ["user_sentiment"],
    }
}

answer! {
    /// What a call cost (OpenAPI, `call_cost`).
    CallCost {
        /// The sum, in US cents.
        combined_cost: Decimal = ["combined_cost"],
        /// The seconds that were billed.
        total_duration_seconds: Decimal = ["total_duration_seconds"],
    }
}

impl Listed for Call {}
