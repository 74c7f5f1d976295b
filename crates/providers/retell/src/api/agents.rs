//! Agents and their versions.

use serde_json::{Map, Value};
use switchboard_core::Result;
use switchboard_http::{HttpClient, Request};

use crate::wire::{Agent, Listing};

/// Agents.
#[derive(Debug, Clone, Copy)]
pub struct Agents<'a> {
    http: &'a HttpClient,
    reads: &'a HttpClient,
}

impl<'a> Agents<'a> {
    pub(crate) fn new(http: &'a HttpClient, reads: &'a HttpClient) -> Self {
        Self { http, reads }
    }

    /// One page of agents. The sources do not say how it pages: the key is sent as a parameter of
    /// the query.
    ///
    /// `GET /v2/list-agents`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/v2/list-agents")]
    pub async fn list(&self, pagination_key: Option<&str>) -> Result<Listing<Agent>> {
        let request = Request::get("agents.list", "/v2/list-agents");
        let request = request.query_opt("pagination_key", pagination_key);
        self.reads.read(request).await?.json()
    }

    /// One agent, in its latest version.
    ///
    /// `GET /get-agent/{agent_id}`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// `NotFound` if this key has no agent with that id; `Decode` for an answer about another agent;
    /// otherwise as for every [read](crate::api#errors).
    #[doc(alias = "/get-agent/{agent_id}")]
    pub async fn get(&self, id: &str) -> Result<Agent> {
        let request = Request::get("agents.get", "/get-agent/{agent_id}").param("agent_id", id);
        self.reads.read(request).await?.about(id, &["agent_id"])?.json()
    }

    /// Creates an agent from these settings, by Retell's names.
    ///
    /// `POST /create-agent`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors).
    #[doc(alias = "/create-agent")]
    pub async fn create(&self, settings: &Map<String, Value>) -> Result<Agent> {
        let request = Request::post("agents.create", "/create-agent").json(settings)?;
        self.http.write(request).await?.json()
    }

    /// Changes these settings of an agent, by Retell's names. A published version is not changed: a
    /// new one is drafted.
    ///
    /// `PATCH /update-agent/{agent_id}`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// `NotFound` if this key has no agent with that id; otherwise as for every
    /// [write](crate::api#errors).
    #[doc(alias = "/update-agent/{agent_id}")]
    pub async fn update(&self, id: &str, settings: &Map<String, Value>) -> Result<Agent> {
        let request = Request::patch("agents.update", "/update-agent/{agent_id}")
            .param("agent_id", id)
            .json(settings)?;
        self.http.write(request).await?.about(id, &["agent_id"])?.json()
    }

    /// The versions of an agent.
    ///
    /// `GET /list-agent-versions/{agent_id}`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// As for [`get`](Self::get).
    #[doc(alias = "/list-agent-versions/{agent_id}")]
    pub async fn versions(&self, id: &str, pagination_key: Option<&str>) -> Result<Listing<Agent>> {
        let request = Request::get("agents.versions", "/list-agent-versions/{agent_id}")
            .param("agent_id", id)
            .query_opt("pagination_key", pagination_key);
        self.reads.read(request).await?.json()
    }
}
