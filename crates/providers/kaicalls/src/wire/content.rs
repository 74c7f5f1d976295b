//! Recordings and transcripts, from the SDK only; their answers are not documented.

use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_http::answer;

use super::{list::Listed, moment::Moment};

answer! {
    /// Where the recording of a call is (official Python SDK 0.1.0, `recordings.get`: a signed URL
    /// and a status).
    Recording in ["recording", "data"] {
        /// The call.
        call_id: String = ["call_id"],
        /// The signed URL, which works without credentials.
        recording_url: String = ["recording_url", "signed_url", "url"],
        /// Whether it is ready, in the provider's word.
        status: String = ["status"],
        /// The duration in seconds.
        duration: Decimal = ["duration", "duration_seconds"],
        /// The format, for example `mp3`.
        format: String = ["format"],
    }
}

answer! {
    /// The transcript of a call (official Python SDK 0.1.0, `transcripts.list`; the types of the
    /// official JavaScript SDK).
    Transcript in ["transcript", "data"] {
        /// The call; without a `call_id`, the row's own id.
        call_id: String = ["call_id", "id"],
        /// The conversation's id at the voice platform.
        conversation_id: String = ["conversation_id"],
        /// The agent.
        agent_id: String = ["agent_id"],
        /// The agent's name.
        agent_name: String = ["agent_name"],
        /// The call's status word; new ones may appear.
        status: String = ["status"],
        /// The duration in seconds.
        duration: Decimal = ["duration", "duration_seconds"],
        /// A summary of the call.
        summary: String = ["summary"],
        /// The transcript as a list of utterances.
        messages: Value = ["messages", "entries"],
        /// The transcript as text or in another form.
        content: Value = ["transcript", "text", "content"],
        /// When it was created.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for Transcript {
    const NAMES: &'static [&'static str] = &["transcripts"];
}
