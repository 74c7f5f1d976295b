//! `/api/v1/agents`.

use serde::Serialize;
use serde_json::{Map, Value};
use switchboard_core::{Error, Result};
use switchboard_http::{HttpClient, Request, is_asked_for};

use super::parameters::{parameters, with_query};
use crate::wire::{Agent, AgentVersion, Listing};

const PATH: &str = "/api/v1/agents";

parameters! {
    /// A new agent (official Python SDK 0.1.0, `agents.create`).
    CreateAgent {
        required {
            /// The business that owns it.
            business_id: String = "business_id",
            /// Its name.
            name: String = "name",
            /// Its prompt.
            system_prompt: String = "system_prompt",
        }
        optional {
            /// Its opening line.
            first_message: String = "first_message",
            /// Its voice, in the provider's terms.
            voice: Value = "voice",
            /// Its language model, in the provider's terms.
            model: Value = "model",
            /// Custom data.
            metadata: Value = "metadata",
        }
    }
}

parameters! {
    /// A change of an agent (official Python SDK 0.1.0, `agents.update`); what is not set stays as
    /// it is.
    UpdateAgent {
        required {
            /// The agent.
            id: String = "id",
        }
        optional {
            /// Its name.
            name: String = "name",
            /// Its prompt for inbound calls.
            inbound_prompt: String = "inbound_prompt",
            /// Its prompt for outbound calls.
            outbound_prompt: String = "outbound_prompt",
            /// Its prompt for text messages.
            sms_prompt: String = "sms_prompt",
            /// Its opening line.
            first_message: String = "first_message",
            /// Its opening line in outbound calls.
            outbound_first_message: String = "outbound_first_message",
            /// Its language model for outbound calls.
            outbound_llm: Value = "outbound_llm",
            /// Its language model for text messages.
            sms_llm: Value = "sms_llm",
            /// Its voice.
            voice: Value = "voice",
            /// Its language model.
            model: Value = "model",
            /// Custom data.
            metadata: Value = "metadata",
            /// The maximum length of a call, in seconds.
            max_duration: u64 = "max_duration",
            /// Settings of the voice platform.
            vapi_config: Value = "vapi_config",
            /// Whether it may transfer a call.
            transfer_enabled: bool = "transfer_enabled",
            /// The number to transfer to.
            transfer_phone_number: String = "transfer_phone_number",
        }
    }
}

parameters! {
    /// A query for saved versions (official Python SDK 0.1.0, `agents.versions`).
    VersionQuery {
        required {
            /// The agent.
            agent_id: String = "agent_id",
        }
        optional {
            /// Only this version.
            version: u64 = "version",
            /// The maximum number of versions.
            limit: u32 = "limit",
        }
    }
}

/// Agents.
#[derive(Debug, Clone, Copy)]
pub struct Agents<'a> {
    http: &'a HttpClient,
}

impl<'a> Agents<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// All agents of the account. No paging is documented.
    ///
    /// `GET /api/v1/agents`; scope `agents:read`; 300 reads a minute. Source: document 004, "List
    /// all agents".
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/agents")]
    pub async fn list(&self) -> Result<Listing<Agent>> {
        self.http.read(Request::get("agents.list", PATH)).await?.json()
    }

    /// One agent with its number.
    ///
    /// `GET /api/v1/agents?id=`; scope `agents:read`; 300 reads a minute. Source: document 004,
    /// "Get agent details".
    ///
    /// # Errors
    /// `NotFound` if there is none with that id; `InvalidRequest` for an empty id, with nothing
    /// sent; otherwise as for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/agents")]
    pub async fn get(&self, id: &str) -> Result<Agent> {
        if id.is_empty() {
            return Err(Error::invalid("id", "is empty: an empty id would list all agents"));
        }
        let answer = self.http.read(Request::get("agents.get", PATH).query("id", id)).await?;
        let agent: Agent = answer.json()?;
        if is_asked_for(id, agent.id.as_deref()) { Ok(agent) } else { Err(answer.another()) }
    }

    /// Creates an agent.
    ///
    /// `POST /api/v1/agents`; scope `agents:write`. Source: official Python SDK 0.1.0,
    /// `agents.create`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/agents")]
    pub async fn create(&self, agent: &CreateAgent) -> Result<Agent> {
        self.create_with(agent, &Map::new()).await
    }

    /// Changes an agent.
    ///
    /// `PATCH /api/v1/agents`; scope `agents:write`. Source: official Python SDK 0.1.0,
    /// `agents.update`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/agents")]
    pub async fn update(&self, change: &UpdateAgent) -> Result<Agent> {
        self.update_with(change, &Map::new()).await
    }

    /// The saved versions of an agent.
    ///
    /// `GET /api/v1/agents/versions`; scope `agents:read`. Source: official Python SDK 0.1.0,
    /// `agents.versions`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/agents/versions")]
    pub async fn versions(&self, query: &VersionQuery) -> Result<Listing<AgentVersion>> {
        self.http
            .read(with_query(Request::get("agents.versions", "/api/v1/agents/versions"), query))
            .await?
            .json()
    }

    pub(crate) async fn create_with(
        &self,
        agent: &CreateAgent,
        more: &Map<String, Value>,
    ) -> Result<Agent> {
        self.http
            .write(Request::post("agents.create", PATH).json(&joined(agent, more)?)?)
            .await?
            .json()
    }

    pub(crate) async fn update_with(
        &self,
        change: &UpdateAgent,
        more: &Map<String, Value>,
    ) -> Result<Agent> {
        self.http
            .write(Request::patch("agents.update", PATH).json(&joined(change, more)?)?)
            .await?
            .json()
    }
}

/// The typed parameters and any others. A typed one wins.
fn joined(named: &impl Serialize, more: &Map<String, Value>) -> Result<Value> {
    let named = serde_json::to_value(named).map_err(|source| {
        Error::invalid("agent", "cannot be written as JSON").with_source(source)
    })?;
    let mut body = more.clone();
    if let Value::Object(named) = named {
        body.extend(named);
    }
    Ok(Value::Object(body))
}
