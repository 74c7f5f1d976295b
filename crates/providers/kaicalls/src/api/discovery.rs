//! Capabilities and schemas of the API.

use switchboard_core::{Raw, Result};
use switchboard_http::{HttpClient, Request};

use crate::wire::Capabilities;

/// Discovery (official Python SDK 0.1.0, `discovery`). `health` is on the
/// [client](crate::KaiCallsClient::health).
#[derive(Debug, Clone, Copy)]
pub struct Discovery<'a> {
    http: &'a HttpClient,
}

impl<'a> Discovery<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// What the account or one of its businesses may use.
    ///
    /// `GET /api/v1/capabilities`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `discovery.capabilities`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/capabilities")]
    pub async fn capabilities(&self, business_id: Option<&str>) -> Result<Capabilities> {
        self.http
            .read(
                Request::get("discovery.capabilities", "/api/v1/capabilities")
                    .query_opt("business_id", business_id),
            )
            .await?
            .json()
    }

    /// The current OpenAPI document as received. At most 1 MiB is read.
    ///
    /// `GET /api/v1/openapi.json`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `discovery.openapi`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/openapi.json")]
    pub async fn openapi(&self) -> Result<Raw> {
        self.http.read(Request::get("discovery.openapi", "/api/v1/openapi.json")).await?.json()
    }

    /// The schemas of the API's objects, or the one with this name, as received.
    ///
    /// `GET /api/v1/schemas`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `discovery.schemas`.
    ///
    /// # Errors
    /// `NotFound` for an unknown name; otherwise as for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/schemas")]
    pub async fn schemas(&self, name: Option<&str>) -> Result<Raw> {
        self.http
            .read(Request::get("discovery.schemas", "/api/v1/schemas").query_opt("name", name))
            .await?
            .json()
    }
}
