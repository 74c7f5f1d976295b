//! Agents and their saved versions.

use super::{list::Listed, moment::Moment};
use switchboard_http::answer;

answer! {
    /// An agent (document 004, "Agents").
    Agent in ["agent", "data"] {
        /// The agent's id.
        id: String = ["id", "agent_id"],
        /// Its name.
        name: String = ["name"],
        /// The business that owns it.
        business_id: String = ["business_id"],
        /// Its id at the voice platform; detail only.
        vapi_assistant_id: String = ["vapi_assistant_id"],
        /// The number it calls from; detail only.
        phone_number: String = ["phone_number"],
        /// When it was created.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for Agent {
    const NAMES: &'static [&'static str] = &["agents"];
}

answer! {
    /// A saved version of an agent (official Python SDK 0.1.0, `agents.versions`; its fields are
    /// not documented).
    AgentVersion in ["version", "data"] {
        /// The number of the version.
        version: u64 = ["version", "version_number"],
        /// When it was saved.
        created_at: Moment = ["created_at"],
    }
}

impl Listed for AgentVersion {
    const NAMES: &'static [&'static str] = &["versions"];
}
