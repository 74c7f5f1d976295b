//! The body of a placing request.

use std::{collections::BTreeMap, fmt, time::Duration};

use serde::Serialize;
use switchboard_core::uuid::Uuid;
use url::Url;

use crate::VersionSelector;

/// A call to place (OpenAPI, `/v2/create-phone-call`).
///
/// It always names the agent, because the number's own one may be chosen by weights, and always
/// honours the account's do-not-call contacts. It has no way to set SIP headers or to skip the check
/// of the number. `Debug` shows no values.
#[derive(Clone, Serialize)]
pub struct CreateCall {
    from_number: String,
    to_number: String,
    override_agent_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    override_agent_version: Option<VersionSelector>,
    idempotency_key: String,
    honor_internal_dnc: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    retell_llm_dynamic_variables: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Overrides::is_empty")]
    agent_override: Overrides,
}

#[derive(Clone, Default, Serialize)]
struct Overrides {
    agent: AgentOverride,
}

/// The agent's settings for this call alone.
#[derive(Clone, Default, Serialize)]
struct AgentOverride {
    #[serde(skip_serializing_if = "Option::is_none")]
    max_call_duration_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_url: Option<String>,
}

impl Overrides {
    fn is_empty(&self) -> bool {
        self.agent.max_call_duration_ms.is_none() && self.agent.webhook_url.is_none()
    }
}

impl CreateCall {
    /// A call from one number to another, both in E.164, by this agent. The same request under the
    /// same key places no second call for an hour.
    pub fn new(
        from_number: impl Into<String>,
        to_number: impl Into<String>,
        agent_id: impl Into<String>,
        idempotency_key: Uuid,
    ) -> Self {
        Self {
            from_number: from_number.into(),
            to_number: to_number.into(),
            override_agent_id: agent_id.into(),
            override_agent_version: None,
            idempotency_key: idempotency_key.to_string(),
            honor_internal_dnc: true,
            metadata: BTreeMap::new(),
            retell_llm_dynamic_variables: BTreeMap::new(),
            agent_override: Overrides::default(),
        }
    }

    /// The version of the agent; without it, Retell chooses.
    #[must_use]
    pub fn agent_version(mut self, version: VersionSelector) -> Self {
        self.override_agent_version = Some(version);
        self
    }

    /// A field that is given back with the call and has no other use.
    #[must_use]
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(name.into(), value.into());
        self
    }

    /// A variable of the agent's prompt.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.retell_llm_dynamic_variables.insert(name.into(), value.into());
        self
    }

    /// The longest duration of the call: 60 s to 2 h; the provider's default is 1 h.
    #[must_use]
    pub fn max_duration(mut self, longest: Duration) -> Self {
        let millis = u64::try_from(longest.as_millis()).unwrap_or(u64::MAX);
        self.agent_override.agent.max_call_duration_ms = Some(millis);
        self
    }

    /// Where the events of this call are delivered, instead of the URL of the agent or account.
    #[must_use]
    pub fn webhook_url(mut self, url: &Url) -> Self {
        self.agent_override.agent.webhook_url = Some(url.as_str().to_owned());
        self
    }
}

impl fmt::Debug for CreateCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateCall").finish_non_exhaustive()
    }
}
