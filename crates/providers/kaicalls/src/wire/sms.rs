//! Text messages.

use switchboard_http::answer;

use super::{list::Listed, moment::Moment};

answer! {
    /// The answer to sending a message (official Python SDK 0.1.0; the answer is not documented).
    SentSms in ["data"] {
        /// Whether it was taken.
        success: bool = ["success", "ok"],
        /// Its id.
        id: String = ["id", "message_id", "sid"],
        /// The conversation.
        conversation_id: String = ["conversation_id"],
        /// The status word; new ones may appear.
        status: String = ["status"],
    }
}

answer! {
    /// A message (official Python SDK 0.1.0; the answer is not documented).
    SmsMessage in ["data"] {
        /// Its id.
        id: String = ["id", "message_id"],
        /// The conversation.
        conversation_id: String = ["conversation_id"],
        /// `inbound` or `outbound`.
        direction: String = ["direction"],
        /// The text.
        text: String = ["message", "body", "text", "content"],
        /// The recipient.
        to: String = ["to"],
        /// The sender.
        from: String = ["from"],
        /// The status word; new ones may appear.
        status: String = ["status"],
        /// When it was created.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for SmsMessage {
    const NAMES: &'static [&'static str] = &["messages"];
}

answer! {
    /// A conversation by message (official Python SDK 0.1.0; the answer is not documented).
    SmsConversation in ["data"] {
        /// Its id.
        id: String = ["id", "conversation_id"],
        /// The agent.
        agent_id: String = ["agent_id"],
        /// The lead.
        lead_id: String = ["lead_id"],
        /// The status word; new ones may appear.
        status: String = ["status"],
        /// When it was created.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for SmsConversation {
    const NAMES: &'static [&'static str] = &["conversations"];
    const ALONE: &'static [&'static str] = &["conversation"];
}
