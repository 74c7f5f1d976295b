//! A call, as in the answers to placing and reading, and in webhooks.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_http::answer;

answer! {
    /// A call (`calle-ai` 1.0.1, `AgenticCall`).
    Call {
        /// The call's id, `call_…`.
        id: String = ["id"],
        /// The telephone call in the bill; null until it is recorded, and for good where the call was
        /// cancelled before it was dialled.
        call_id: String = ["call_id"],
        /// `queued`, `in_progress`, `completed`, `failed` or `canceled`.
        status: String = ["status"],
        /// `completed`, `no_answer`, `busy` or `declined`, for a completed call.
        call_outcome: String = ["call_outcome"],
        /// `pending`, `available`, `unavailable` or `not_applicable`.
        result_status: String = ["result_status"],
        /// What was asked for by the schema.
        result: Value = ["result"],
        /// Why the call or its result failed.
        error: Failure = ["error"],
        /// What was said.
        transcript: Vec<Utterance> = ["transcript"],
        /// The task.
        task: String = ["task"],
        /// The number that was called.
        phone: String = ["phone"],
        /// The region that was worked out from the number and the task.
        region: String = ["region"],
        /// The language and region of the conversation.
        locale: String = ["locale"],
        /// The metadata of the request.
        metadata: Value = ["metadata"],
        /// When the call was accepted.
        created_at: Timestamp = ["created_at"],
        /// When it ended.
        completed_at: Timestamp = ["completed_at"],
    }
}

answer! {
    /// Why a call or its result failed.
    Failure {
        /// `call_failed`, `result_failed`, `result_invalid` or `timed_out`.
        code: String = ["code"],
        /// The same in words.
        message: String = ["message"],
        /// A more precise code.
        detail_code: String = ["detail_code"],
    }
}

answer! {
    /// One utterance.
    Utterance {
        /// Seconds from the start of the call.
        offset_seconds: Decimal = ["offset_seconds"],
        /// `bot`, `user` or `unknown`.
        speaker: String = ["speaker"],
        /// What was said.
        text: String = ["text"],
    }
}
