//! Assistants and their versions.

use serde_json::{Map, Value};
use switchboard_core::Result;
use switchboard_http::{HttpClient, Request};

use crate::wire::{Assistant, Listing};

/// Assistants: Telnyx' agents.
#[derive(Debug, Clone, Copy)]
pub struct Assistants<'a> {
    http: &'a HttpClient,
    reads: &'a HttpClient,
}

impl<'a> Assistants<'a> {
    pub(crate) fn new(http: &'a HttpClient, reads: &'a HttpClient) -> Self {
        Self { http, reads }
    }

    /// All assistants.
    ///
    /// `GET /v2/ai/assistants`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/v2/ai/assistants")]
    pub async fn list(&self) -> Result<Listing<Assistant>> {
        self.reads.read(Request::get("agents.list", "/v2/ai/assistants")).await?.json()
    }

    /// One assistant.
    ///
    /// `GET /v2/ai/assistants/{id}`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// `NotFound` if the account has none with that id; `Decode` for an answer about another one;
    /// otherwise as for every [read](crate::api#errors).
    #[doc(alias = "/v2/ai/assistants/{id}")]
    pub async fn get(&self, id: &str) -> Result<Assistant> {
        let request = Request::get("agents.get", "/v2/ai/assistants/{id}").param("id", id);
        self.reads.read(request).await?.about(id, &["id"])?.json()
    }

    /// Creates an assistant from these settings, by Telnyx' names.
    ///
    /// `POST /v2/ai/assistants`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors).
    #[doc(alias = "/v2/ai/assistants")]
    pub async fn create(&self, settings: &Map<String, Value>) -> Result<Assistant> {
        let request = Request::post("agents.create", "/v2/ai/assistants").json(settings)?;
        self.http.write(request).await?.json()
    }

    /// Changes these settings of an assistant, by Telnyx' names.
    ///
    /// `POST /v2/ai/assistants/{id}`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// `NotFound` if the account has none with that id; otherwise as for every
    /// [write](crate::api#errors).
    #[doc(alias = "/v2/ai/assistants/{id}")]
    pub async fn update(&self, id: &str, settings: &Map<String, Value>) -> Result<Assistant> {
        let request = Request::post("agents.update", "/v2/ai/assistants/{id}")
            .param("id", id)
            .json(settings)?;
        self.http.write(request).await?.about(id, &["id"])?.json()
    }

    /// The versions of an assistant.
    ///
    /// `GET /v2/ai/assistants/{id}/versions`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// As for [`get`](Self::get).
    #[doc(alias = "/v2/ai/assistants/{id}/versions")]
    pub async fn versions(&self, id: &str) -> Result<Listing<Assistant>> {
        let request =
            Request::get("agents.versions", "/v2/ai/assistants/{id}/versions").param("id", id);
        self.reads.read(request).await?.json()
    }
}
