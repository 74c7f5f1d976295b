//! Phone numbers.

use serde_json::json;
use switchboard_core::Result;
use switchboard_http::{HttpClient, Request};

use crate::wire::{Listing, Number, NumberOrder, Wrapped};

/// A search for numbers that could be bought.
#[derive(Debug, Clone, Default)]
pub struct NumberQuery {
    country_code: Option<String>,
    area_code: Option<String>,
    limit: Option<u32>,
}

impl NumberQuery {
    /// Any numbers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only numbers of this country, as `US`.
    #[must_use]
    pub fn country_code(mut self, country: impl Into<String>) -> Self {
        self.country_code = Some(country.into());
        self
    }

    /// Only numbers with this area code.
    #[must_use]
    pub fn area_code(mut self, area: impl Into<String>) -> Self {
        self.area_code = Some(area.into());
        self
    }

    /// At most this many.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
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

    /// One page of the account's numbers, from 1 on.
    ///
    /// `GET /v2/phone_numbers`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/v2/phone_numbers")]
    pub async fn list(&self, page: u32) -> Result<Listing<Number>> {
        let request = Request::get("numbers.list", "/v2/phone_numbers")
            .query("page[number]", page)
            .query("page[size]", 100);
        self.reads.read(request).await?.json()
    }

    /// The account's record of this number, in E.164.
    ///
    /// `GET /v2/phone_numbers`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/v2/phone_numbers")]
    pub async fn find(&self, number: &str) -> Result<Listing<Number>> {
        let request =
            Request::get("numbers.find", "/v2/phone_numbers").query("filter[phone_number]", number);
        self.reads.read(request).await?.json()
    }

    /// Numbers that could be bought.
    ///
    /// `GET /v2/available_phone_numbers`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/v2/available_phone_numbers")]
    pub async fn available(&self, query: &NumberQuery) -> Result<Listing<Number>> {
        let request = Request::get("numbers.available", "/v2/available_phone_numbers")
            .query_opt("filter[country_code]", query.country_code.as_deref())
            .query_opt("filter[national_destination_code]", query.area_code.as_deref())
            .query_opt("filter[limit]", query.limit);
        self.reads.read(request).await?.json()
    }

    /// Buys a number, in E.164, for a connection. It costs money each month.
    ///
    /// `POST /v2/number_orders`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors).
    #[doc(alias = "/v2/number_orders")]
    pub async fn order(&self, number: &str, connection: &str) -> Result<NumberOrder> {
        let request = Request::post("numbers.create", "/v2/number_orders").json(&json!({
            "phone_numbers": [{"phone_number": number}],
            "connection_id": connection,
        }))?;
        let wrapped: Wrapped<NumberOrder> = self.http.write(request).await?.json()?;
        Ok(wrapped.data)
    }

    /// Releases a number by its id. This cannot be undone.
    ///
    /// `DELETE /v2/phone_numbers/{id}`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// `NotFound` if the account has no such number; otherwise as for every
    /// [write](crate::api#errors).
    #[doc(alias = "/v2/phone_numbers/{id}")]
    pub async fn delete(&self, id: &str) -> Result<()> {
        let request = Request::delete("numbers.delete", "/v2/phone_numbers/{id}").param("id", id);
        self.http.write(request).await.map(drop)
    }
}
