//! Recordings and transcripts: the larger surface, whose answers no document describes.

use rust_decimal::Decimal;
use serde_json::Value;

use super::{
    list::Listed,
    read::{Moment, answer},
};

answer! {
    /// Where the sound of a call is (official Python SDK 0.1.0, `recordings.get`: a signed URL and
    /// a status).
    Recording in ["recording", "data"] {
        /// The call.
        call_id: String = ["call_id"],
        /// The signed URL, a bearer secret.
        recording_url: String = ["recording_url", "signed_url", "url"],
        /// Whether it is ready, in the provider's word.
        status: String = ["status"],
        /// Seconds.
        duration: Decimal = ["duration", "duration_seconds"],
        /// As `mp3`.
        format: String = ["format"],
    }
}

answer! {
    /// What was said in a call (official Python SDK 0.1.0, `transcripts.list`; the types of the
    /// official JavaScript SDK).
    Transcript in ["transcript", "data"] {
        /// The call; where there is no `call_id`, the row's own id.
        call_id: String = ["call_id", "id"],
        /// The voice platform's id of the conversation.
        conversation_id: String = ["conversation_id"],
        /// The agent.
        agent_id: String = ["agent_id"],
        /// The agent's name.
        agent_name: String = ["agent_name"],
        /// The call's status word, of an open enumeration.
        status: String = ["status"],
        /// Seconds.
        duration: Decimal = ["duration", "duration_seconds"],
        /// What came of the call.
        summary: String = ["summary"],
        /// What was said, as a list of utterances.
        messages: Value = ["messages", "entries"],
        /// What was said, as text or otherwise.
        content: Value = ["transcript", "text", "content"],
        /// When it was made.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for Transcript {
    const NAMES: &'static [&'static str] = &["transcripts"];
}
