//! Phone numbers of the account.

use serde::Serialize;
use switchboard_core::Result;
use switchboard_http::{HttpClient, Request};

use crate::wire::{Listing, Number};

/// A number of Vapi's own to add to the account (OpenAPI, `POST /phone-number`): of the USA.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateNumber {
    provider: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    number_desired_area_code: Option<String>,
}

impl Default for CreateNumber {
    fn default() -> Self {
        Self { provider: "vapi", number_desired_area_code: None }
    }
}

impl CreateNumber {
    /// Any number.
    pub fn new() -> Self {
        Self::default()
    }

    /// A number with this area code, for example 415.
    #[must_use]
    pub fn area_code(mut self, area: impl Into<String>) -> Self {
        self.number_desired_area_code = Some(area.into());
        self
    }
}

/// Numbers.
#[derive(Debug, Clone, Copy)]
pub struct Numbers<'a> {
    http: &'a HttpClient,
    reads: &'a HttpClient,
}

impl<'a> Numbers<'a> {
    pub(crate) fn new(http: &'a HttpClient, reads: &'a HttpClient) -> Self {
        Self { http, reads }
    }

    /// The account's numbers. The sources do not say how long an answer may be.
    ///
    /// `GET /phone-number`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/phone-number")]
    pub async fn list(&self) -> Result<Vec<Number>> {
        let request = Request::get("numbers.list", "/phone-number");
        let rows: Listing<Number> = self.reads.read(request).await?.json()?;
        Ok(rows.0)
    }

    /// Adds a number of Vapi's own to the account.
    ///
    /// `POST /phone-number`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors).
    #[doc(alias = "/phone-number")]
    pub async fn create(&self, number: &CreateNumber) -> Result<Number> {
        let request = Request::post("numbers.create", "/phone-number").json(number)?;
        self.http.write(request).await?.json()
    }

    /// Releases the number with this id of Vapi. This cannot be undone.
    ///
    /// `DELETE /phone-number/{id}`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// `NotFound` if this key has no such number; otherwise as for every
    /// [write](crate::api#errors).
    #[doc(alias = "/phone-number/{id}")]
    pub async fn delete(&self, id: &str) -> Result<()> {
        let request = Request::delete("numbers.delete", "/phone-number/{id}").param("id", id);
        self.http.write(request).await.map(drop)
    }
}
