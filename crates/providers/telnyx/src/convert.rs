//! From Telnyx' terms for agents and numbers to neutral ones.

use switchboard_core::{
    Agent, AgentId, AgentVersion, NumberId, OwnedNumber, PhoneNumber, ProviderId,
};
use switchboard_http::usable_id;

use crate::wire;

/// An agent; `None` where the answer has no id.
pub(crate) fn agent(provider: &ProviderId, agent: wire::Assistant) -> Option<Agent> {
    Some(Agent {
        provider: provider.clone(),
        id: AgentId::from(usable_id(agent.id)?),
        name: agent.name,
        built_in: false,
        phone_number: None,
        created_at: agent.created_at,
        raw: agent.raw,
    })
}

/// A version of an agent.
pub(crate) fn version(version: wire::Assistant) -> AgentVersion {
    AgentVersion {
        version: version.version_id,
        created_at: version.version_created_at.or(version.created_at),
        raw: version.raw,
    }
}

/// A number of the account, or one that could be bought.
pub(crate) fn number(provider: &ProviderId, number: wire::Number) -> OwnedNumber {
    OwnedNumber {
        provider: provider.clone(),
        id: usable_id(number.id).map(NumberId::from),
        number: number.phone_number.as_ref().and_then(|text| PhoneNumber::parse(text).ok()),
        agent: None,
        created_at: number.purchased_at,
        raw: number.raw,
    }
}
