//! `/api/v1/numbers`, the documented list, and `/api/v1/phone-numbers`, the SDK's larger group.

use switchboard_core::{Error, Result};
use switchboard_http::{HttpClient, Request};

use super::parameters::{parameters, with_query};
use crate::wire::{Acknowledgement, Listing, Number};

const PATH: &str = "/api/v1/phone-numbers";

/// The numbers of the account (document 004, "Phone Numbers").
#[derive(Debug, Clone, Copy)]
pub struct Numbers<'a> {
    http: &'a HttpClient,
}

impl<'a> Numbers<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// The numbers of the account. No paging is documented.
    ///
    /// `GET /api/v1/numbers`; scope `numbers:read`; 300 reads a minute. Source: document 004, "List
    /// phone numbers".
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/numbers")]
    pub async fn list(&self) -> Result<Listing<Number>> {
        self.http.read(Request::get("numbers.list", "/api/v1/numbers")).await?.json()
    }
}

parameters! {
    /// A query for numbers (official Python SDK 0.1.0, `phone_numbers.list`).
    NumberQuery {
        required {}
        optional {
            /// Only numbers of this business.
            business_id: String = "business_id",
            /// Only this number, in E.164.
            phone_number: String = "phone_number",
        }
    }
}

parameters! {
    /// A query for available numbers (official Python SDK 0.1.0, `phone_numbers.available`).
    AvailableQuery {
        required {}
        optional {
            /// The country, for example `US`.
            country: String = "country",
            /// The area code, for example `415`.
            area_code: String = "area_code",
            /// A required capability, for example `voice`.
            capability: String = "capability",
            /// The maximum number of results.
            limit: u32 = "limit",
        }
    }
}

parameters! {
    /// A number to rent (official Python SDK 0.1.0, `phone_numbers.assign`).
    AssignNumber {
        required {
            /// The number, in E.164.
            phone_number: String = "phone_number",
        }
        optional {
            /// The business to rent it for.
            business_id: String = "business_id",
            /// The agent to assign it to.
            agent_id: String = "agent_id",
        }
    }
}

/// Renting numbers (official Python SDK 0.1.0, `phone_numbers`).
#[derive(Debug, Clone, Copy)]
pub struct PhoneNumbers<'a> {
    http: &'a HttpClient,
}

impl<'a> PhoneNumbers<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// The numbers of the account.
    ///
    /// `GET /api/v1/phone-numbers`; scope `numbers:read`. Source: official Python SDK 0.1.0,
    /// `phone_numbers.list`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/phone-numbers")]
    pub async fn list(&self, query: &NumberQuery) -> Result<Listing<Number>> {
        self.http.read(with_query(Request::get("phone_numbers.list", PATH), query)).await?.json()
    }

    /// Numbers that could be rented.
    ///
    /// `GET /api/v1/phone-numbers/available`; scope `numbers:read`. Source: official Python SDK
    /// 0.1.0, `phone_numbers.available`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/phone-numbers/available")]
    pub async fn available(&self, query: &AvailableQuery) -> Result<Listing<Number>> {
        self.http
            .read(with_query(
                Request::get("phone_numbers.available", "/api/v1/phone-numbers/available"),
                query,
            ))
            .await?
            .json()
    }

    /// Rents a number, which costs money.
    ///
    /// `POST /api/v1/phone-numbers`; scope `numbers:write`. Source: official Python SDK 0.1.0,
    /// `phone_numbers.assign`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/phone-numbers")]
    pub async fn assign(&self, number: &AssignNumber) -> Result<Number> {
        self.http.write(Request::post("phone_numbers.assign", PATH).json(number)?).await?.json()
    }

    /// Releases a number, which cannot be undone.
    ///
    /// `DELETE /api/v1/phone-numbers?phone_number=`; scope `numbers:write`. Source: official Python
    /// SDK 0.1.0, `phone_numbers.release`.
    ///
    /// # Errors
    /// `InvalidRequest` for an empty number, with nothing sent; otherwise as for every
    /// [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/phone-numbers")]
    pub async fn release(
        &self,
        phone_number: &str,
        business_id: Option<&str>,
    ) -> Result<Acknowledgement> {
        if phone_number.is_empty() {
            return Err(Error::invalid("phone_number", "is empty: name the number to release"));
        }
        let request = Request::delete("phone_numbers.release", PATH)
            .query("phone_number", phone_number)
            .query_opt("business_id", business_id);
        super::webhooks::acknowledged(&self.http.write(request).await?)
    }
}
