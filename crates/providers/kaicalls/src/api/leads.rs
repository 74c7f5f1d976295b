//! `/api/v1/leads`: the people in the CRM.

use serde_json::{Map, Value};
use switchboard_core::Result;
use switchboard_http::{HttpClient, Request};

use super::parameters::{named, parameters, with_query};
use crate::wire::{Lead, LeadAudit, Listing};

parameters! {
    /// A query for leads (official Python SDK 0.1.0, `leads.list`).
    LeadQuery {
        required {}
        optional {
            /// Only leads with this status; several are separated by commas.
            status: String = "status",
            /// Only leads from this source.
            source: String = "source",
            /// Only leads of this agent.
            agent_id: String = "agent_id",
            /// Only leads with this phone number.
            phone: String = "phone",
            /// Only leads with this e-mail address.
            email: String = "email",
            /// Only leads created after this time, ISO 8601.
            created_after: String = "created_after",
            /// Only leads created before this time, ISO 8601.
            created_before: String = "created_before",
            /// Only leads changed after this time, ISO 8601.
            updated_after: String = "updated_after",
            /// Only leads changed before this time, ISO 8601.
            updated_before: String = "updated_before",
            /// The lowest score, 0 to 100.
            score_gte: u32 = "score_gte",
            /// The highest score, 0 to 100.
            score_lte: u32 = "score_lte",
            /// The maximum number of leads.
            limit: u32 = "limit",
        }
    }
}

parameters! {
    /// What an audit of the leads looks at (official Python SDK 0.1.0, `leads.audit`).
    LeadAuditQuery {
        required {}
        optional {
            /// How far back it looks, in hours.
            window_hours: u32 = "window_hours",
            /// After how many days without progress a lead is stalled.
            stalled_days: u32 = "stalled_days",
            /// From which score a lead is hot.
            hot_score: u32 = "hot_score",
            /// The time to look from, ISO 8601.
            as_of: String = "as_of",
        }
    }
}

/// Fields of a lead. The SDK passes any field on and lists none, so they are free: `phone`, `email`,
/// `status`, `source` and `agent_id` are those that leads can be searched by.
#[derive(Clone, serde::Serialize)]
#[serde(transparent)]
pub struct UpdateLead(Map<String, Value>);

impl UpdateLead {
    /// A change of the lead with this id.
    pub fn new(id: impl Into<String>) -> Self {
        Self(Map::from_iter([("id".to_owned(), Value::String(id.into()))]))
    }
}

/// A new lead. Its fields are as free as those of [`UpdateLead`].
#[derive(Clone, serde::Serialize)]
#[serde(transparent)]
pub struct CreateLead(Map<String, Value>);

impl CreateLead {
    /// A lead of this business.
    pub fn new(business_id: impl Into<String>) -> Self {
        Self(Map::from_iter([("business_id".to_owned(), Value::String(business_id.into()))]))
    }
}

macro_rules! free_fields {
    ($($name:ident),*) => {$(
        impl $name {
            /// Sets a field.
            #[must_use]
            pub fn set(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
                self.0.insert(name.into(), value.into());
                self
            }
        }

        /// Shows the names of the fields without their values, which are about people.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0.keys().collect::<Vec<_>>()).finish()
            }
        }
    )*};
}

free_fields!(UpdateLead, CreateLead);

/// The leads of the account (official Python SDK 0.1.0, `leads`).
#[derive(Debug, Clone, Copy)]
pub struct Leads<'a> {
    http: &'a HttpClient,
}

impl<'a> Leads<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// The leads. The SDK has a limit and no cursor: request slices of time.
    ///
    /// `GET /api/v1/leads`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `leads.list`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/leads")]
    pub async fn list(&self, query: &LeadQuery) -> Result<Listing<Lead>> {
        self.http.read(with_query(Request::get("leads.list", "/api/v1/leads"), query)).await?.json()
    }

    /// One lead.
    ///
    /// `GET /api/v1/leads?id=`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `leads.get`.
    ///
    /// # Errors
    /// `InvalidRequest` for an empty id, with nothing sent; otherwise as for every
    /// [read](crate::api#errors).
    #[doc(alias = "/api/v1/leads")]
    pub async fn get(&self, id: &str) -> Result<Lead> {
        named(id, "lead")?;
        self.http.read(Request::get("leads.get", "/api/v1/leads").query("id", id)).await?.json()
    }

    /// Adds a lead. The sources say nothing of a call that follows from it.
    ///
    /// `POST /api/v1/leads`; scope `leads:write`. Source: official Python SDK 0.1.0,
    /// `leads.create`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/leads")]
    pub async fn create(&self, lead: &CreateLead) -> Result<Lead> {
        self.http.write(Request::post("leads.create", "/api/v1/leads").json(lead)?).await?.json()
    }

    /// Changes the fields of a lead that are set.
    ///
    /// `PATCH /api/v1/leads`; scope `leads:write`. Source: official Python SDK 0.1.0,
    /// `leads.update`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/leads")]
    pub async fn update(&self, lead: &UpdateLead) -> Result<Lead> {
        self.http.write(Request::patch("leads.update", "/api/v1/leads").json(lead)?).await?.json()
    }

    /// The health of the pipeline: hot and stalled leads, sign-ups, voicemails.
    ///
    /// `GET /api/v1/leads/audit`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `leads.audit`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/leads/audit")]
    pub async fn audit(&self, query: &LeadAuditQuery) -> Result<LeadAudit> {
        self.http
            .read(with_query(Request::get("leads.audit", "/api/v1/leads/audit"), query))
            .await?
            .json()
    }
}
