//! Phone numbers of the account.

use serde::Serialize;
use switchboard_core::Result;
use switchboard_http::{HttpClient, Request};

use crate::wire::{Listing, Number};

/// A number to buy (OpenAPI, `/create-phone-number`).
#[derive(Debug, Clone, Default, Serialize)]
pub struct CreateNumber {
    #[serde(skip_serializing_if = "Option::is_none")]
    country_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    area_code: Option<u16>,
}

impl CreateNumber {
    /// Any number.
    pub fn new() -> Self {
        Self::default()
    }

    /// A number of this country: `US` or `CA`.
    #[must_use]
    pub fn country_code(mut self, country: impl Into<String>) -> Self {
        self.country_code = Some(country.into());
        self
    }

    /// A number with this area code, for example 415.
    #[must_use]
    pub fn area_code(mut self, area: u16) -> Self {
        self.area_code = Some(area);
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

    /// One page of the account's numbers.
    ///
    /// `GET /v2/list-phone-numbers`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/v2/list-phone-numbers")]
    pub async fn list(&self, pagination_key: Option<&str>) -> Result<Listing<Number>> {
        let request = Request::get("numbers.list", "/v2/list-phone-numbers");
        let request = request.query_opt("pagination_key", pagination_key);
        self.reads.read(request).await?.json()
    }

    /// Buys a number, which costs money each month.
    ///
    /// `POST /create-phone-number`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors).
    #[doc(alias = "/create-phone-number")]
    pub async fn create(&self, number: &CreateNumber) -> Result<Number> {
        let request = Request::post("numbers.create", "/create-phone-number").json(number)?;
        self.http.write(request).await?.json()
    }

    /// Releases a number, in E.164. This cannot be undone.
    ///
    /// `DELETE /delete-phone-number/{phone_number}`. Source: OpenAPI, that path.
    ///
    /// # Errors
    /// `NotFound` if this key has no such number; otherwise as for every
    /// [write](crate::api#errors).
    #[doc(alias = "/delete-phone-number/{phone_number}")]
    pub async fn delete(&self, number: &str) -> Result<()> {
        let request = Request::delete("numbers.delete", "/delete-phone-number/{phone_number}")
            .param("phone_number", number);
        self.http.write(request).await.map(drop)
    }
}
