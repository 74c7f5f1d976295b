//! Leads.

use rust_decimal::Decimal;
use serde_json::Value;
use switchboard_http::answer;

use super::{list::Listed, moment::Moment};

answer! {
    /// A lead (official Python SDK 0.1.0; the answer is not documented).
    Lead in ["lead", "data"] {
        /// Its id.
        id: String = ["id", "lead_id"],
        /// The business.
        business_id: String = ["business_id"],
        /// The agent.
        agent_id: String = ["agent_id"],
        /// The name.
        name: String = ["name"],
        /// The phone number.
        phone: String = ["phone", "phone_number"],
        /// The e-mail address.
        email: String = ["email"],
        /// The status word; new ones may appear.
        status: String = ["status"],
        /// Where it came from.
        source: String = ["source"],
        /// The score, 0 to 100.
        score: Decimal = ["score", "lead_score"],
        /// When it was created.
        created_at: Moment = ["created_at"],
        /// When it was last changed.
        updated_at: Moment = ["updated_at"],
    }
}

impl Listed for Lead {
    const NAMES: &'static [&'static str] = &["leads"];
}

answer! {
    /// The health of the pipeline (official Python SDK 0.1.0; the answer is not documented).
    LeadAudit in ["audit", "data"] {
        /// The time it was seen from.
        as_of: Moment = ["as_of"],
        /// Hot leads.
        hot: Value = ["hot_leads", "hot"],
        /// Stalled leads.
        stalled: Value = ["stalled_leads", "stalled"],
    }
}
