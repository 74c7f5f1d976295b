//! Assistants.

use serde_json::{Map, Value};
use switchboard_core::Result;
use switchboard_http::{HttpClient, Request};

use crate::wire::{Assistant, Listing};

/// Assistants.
#[derive(Debug, Clone, Copy)]
pub struct Assistants<'a> {
    http: &'a HttpClient,
    reads: &'a HttpClient,
}

impl<'a> Assistants<'a> {
    pub(crate) fn new(http: &'a HttpClient, reads: &'a HttpClient) -> Self {
        Self { http, reads }
    }

    /// The assistants. The sources do not say how long an answer may be, or how the rest is had.
    ///
    /// `GET /assistant`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/assistant")]
    pub async fn list(&self) -> Result<Vec<Assistant>> {
        let request = Request::get("agents.list", "/assistant");
        let rows: Listing<Assistant> = self.reads.read(request).await?.json()?;
        Ok(rows.0)
    }

    /// One assistant, in its newest version.
    ///
    /// `GET /assistant/{id}`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// `NotFound` if this key has no assistant with that id; `Decode` for an answer about another
    /// one; otherwise as for every [read](crate::api#errors).
    #[doc(alias = "/assistant/{id}")]
    pub async fn get(&self, id: &str) -> Result<Assistant> {
        let request = Request::get("agents.get", "/assistant/{id}").param("id", id);
        self.reads.read(request).await?.about(id, &["id"])?.json()
    }

    /// Creates an assistant from these settings, by Vapi's names.
    ///
    /// `POST /assistant`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors).
    #[doc(alias = "/assistant")]
    pub async fn create(&self, settings: &Map<String, Value>) -> Result<Assistant> {
        let request = Request::post("agents.create", "/assistant").json(settings)?;
        self.http.write(request).await?.json()
    }

    /// Changes these settings of an assistant, by Vapi's names, which makes a new version.
    ///
    /// `PATCH /assistant/{id}`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// `NotFound` if this key has no assistant with that id; otherwise as for every
    /// [write](crate::api#errors).
    #[doc(alias = "/assistant/{id}")]
    pub async fn update(&self, id: &str, settings: &Map<String, Value>) -> Result<Assistant> {
        let request =
            Request::patch("agents.update", "/assistant/{id}").param("id", id).json(settings)?;
        self.http.write(request).await?.about(id, &["id"])?.json()
    }
}
