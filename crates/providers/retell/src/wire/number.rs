//! Phone numbers of the account.

use super::list::Listed;
use switchboard_http::answer;

answer! {
    /// A number (OpenAPI, `/get-phone-number/{phone_number}`).
    Number {
        /// The number, in E.164. It is its own id.
        phone_number: String = ["phone_number"],
        /// The agents of outbound calls and their shares.
        outbound_agents: Vec<OutboundAgent> = ["outbound_agents"],
    }
}

answer! {
    /// An agent of a number's outbound calls (OpenAPI, `outbound_agents`).
    OutboundAgent {
        /// The agent.
        agent_id: String = ["agent_id"],
    }
}

impl Listed for Number {}
