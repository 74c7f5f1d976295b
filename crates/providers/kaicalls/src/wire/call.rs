//! A call, as in the answers to placing, listing and reading.

use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_http::answer;

use super::{list::Listed, moment::Moment};

answer! {
    /// A call (document 004, "Calls"). The answer to placing one has `to` and `name`, the list and
    /// the detail have neither.
    Call in ["call", "data"] {
        /// The call's id.
        id: String = ["id", "call_id"],
        /// The conversation's id at the voice platform.
        conversation_id: String = ["conversation_id"],
        /// The status word; new ones may appear.
        status: String = ["status"],
        /// `inbound` or `outbound`; detail only.
        direction: String = ["direction"],
        /// The duration in seconds.
        duration: Decimal = ["duration", "duration_seconds"],
        /// The agent.
        agent_id: String = ["agent_id"],
        /// The agent's name.
        agent_name: String = ["agent_name"],
        /// The business that owns the agent; detail only.
        business_id: String = ["business_id"],
        /// The lead in the CRM; detail only.
        lead_id: String = ["lead_id"],
        /// The callee, spelled as in the request; in the answer to placing only.
        to: String = ["to"],
        /// The callee's name.
        name: String = ["name", "customer_name"],
        /// A summary; detail only.
        summary: String = ["summary"],
        /// Why it failed, for example `no_answer`. Document 004 shows it in webhooks only; read if
        /// present.
        error: String = ["error"],
        /// The recording's URL, which works without credentials; detail only.
        recording_url: String = ["recording_url"],
        /// The transcript. Not in document 004; read if present.
        transcript: Value = ["transcript"],
        /// The quality of the agent's work; detail only.
        quality_dimensions: QualityDimensions = ["quality_dimensions"],
        /// The cost in cents. Document 004 shows it in the usage log only; read if present.
        cost_cents: Decimal = ["cost_cents"],
        /// When it was created.
        created_at: Moment = ["created_at"],
    }
}

answer! {
    /// Scores from 0 to 100 (document 004, "Get call details"). Other dimensions are in `raw`.
    QualityDimensions in [] {
        /// Professionalism.
        professionalism: Decimal = ["professionalism"],
        /// Empathy.
        empathy: Decimal = ["empathy"],
        /// Gathering of information.
        information_gathering: Decimal = ["information_gathering"],
        /// Resolution of the matter.
        resolution: Decimal = ["resolution"],
    }
}

impl Listed for Call {
    const NAMES: &'static [&'static str] = &["calls"];
}
