//! `/api/v1/balance` and `/api/v1/usage`.

use switchboard_core::Result;
use switchboard_http::{HttpClient, Request};

use super::parameters::{parameters, with_query};
use crate::wire::{BusinessBalance, Listing, UsageRow};

parameters! {
    /// A part of the usage log (document 004, "Get API usage log"). It has no cursor: request
    /// slices of time.
    UsageQuery {
        required {}
        optional {
            /// The earliest time, ISO 8601.
            start: String = "start",
            /// The latest time, ISO 8601.
            end: String = "end",
            /// The maximum number of rows: 100 by default, 500 at most.
            limit: u32 = "limit",
        }
    }
}

/// The account (document 004, "Account").
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    http: &'a HttpClient,
}

impl<'a> Account<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// The balance of each business.
    ///
    /// `GET /api/v1/balance`; no scope is documented; 300 reads a minute. Source: document 004,
    /// "Get subscription info".
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/balance")]
    pub async fn balance(&self) -> Result<Listing<BusinessBalance>> {
        self.http.read(Request::get("account.balance", "/api/v1/balance")).await?.json()
    }

    /// One slice of the usage log.
    ///
    /// `GET /api/v1/usage`; no scope is documented; 300 reads a minute. Source: document 004, "Get
    /// API usage log".
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/usage")]
    pub async fn usage(&self, query: &UsageQuery) -> Result<Listing<UsageRow>> {
        self.http
            .read(with_query(Request::get("account.usage", "/api/v1/usage"), query))
            .await?
            .json()
    }
}
