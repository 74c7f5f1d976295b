//! A call, as placing, listing and reading it show it.

use rust_decimal::Decimal;
use serde_json::Value;

use super::{
    list::Listed,
    read::{Moment, answer},
};

answer! {
    /// A call (document 004, "Calls"). The answer to placing one has `to` and `name`, the list and
    /// the detail have neither.
    Call in ["call", "data"] {
        /// The call's id.
        id: String = ["id", "call_id"],
        /// The voice platform's id of the conversation.
        conversation_id: String = ["conversation_id"],
        /// The status word, of an open enumeration.
        status: String = ["status"],
        /// `inbound` or `outbound`; detail only.
        direction: String = ["direction"],
        /// Seconds.
        duration: Decimal = ["duration", "duration_seconds"],
        /// The agent.
        agent_id: String = ["agent_id"],
        /// The agent's name.
        agent_name: String = ["agent_name"],
        /// The business that owns the agent; detail only.
        business_id: String = ["business_id"],
        /// The lead in the CRM; detail only.
        lead_id: String = ["lead_id"],
        /// The callee as the request spelled it; in the answer to placing only.
        to: String = ["to"],
        /// The callee's name.
        name: String = ["name", "customer_name"],
        /// What came of it; detail only.
        summary: String = ["summary"],
        /// Where the sound is, a bearer secret; detail only.
        recording_url: String = ["recording_url"],
        /// What was said. Not in document 004; read where it comes.
        transcript: Value = ["transcript"],
        /// How well the agent did; detail only.
        quality_dimensions: QualityDimensions = ["quality_dimensions"],
        /// What it cost, in hundredths of a dollar. Document 004 shows it in the usage log only;
        /// read where it comes.
        cost_cents: Decimal = ["cost_cents"],
        /// When it was made.
        created_at: Moment = ["created_at"],
    }
}

answer! {
    /// Marks from 0 to 100 (document 004, "Get call details"). Dimensions of other names are in
    /// `raw`.
    QualityDimensions in [] {
        /// How professional the agent was.
        professionalism: Decimal = ["professionalism"],
        /// How well it felt with the callee.
        empathy: Decimal = ["empathy"],
        /// How well it found out what there was to find out.
        information_gathering: Decimal = ["information_gathering"],
        /// How well the matter was settled.
        resolution: Decimal = ["resolution"],
    }
}

impl Listed for Call {
    const NAMES: &'static [&'static str] = &["calls"];
}
