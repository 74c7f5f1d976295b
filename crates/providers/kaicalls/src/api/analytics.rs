//! `/api/v1/analytics`.

use switchboard_core::Result;
use switchboard_http::{HttpClient, Request};

use super::parameters::{parameters, with_query};
use crate::wire::{
    AgentAnalytics, BusinessAnalytics, CallAnalytics, Dashboard, Funnel, WeeklyReport,
};

parameters! {
    /// What the dashboard covers (official Python SDK 0.1.0, `analytics.dashboard`).
    DashboardQuery {
        required {}
        optional {
            /// How far back, in days.
            days: u32 = "days",
        }
    }
}

parameters! {
    /// What the figures of calls cover (official Python SDK 0.1.0, `analytics.calls`).
    CallAnalyticsQuery {
        required {}
        optional {
            /// How far back, in days.
            days: u32 = "days",
            /// What to group by, for example `day`.
            group_by: String = "group_by",
            /// Only this agent.
            agent_id: String = "agent_id",
        }
    }
}

parameters! {
    /// What the funnel covers (official Python SDK 0.1.0, `analytics.funnel`).
    FunnelQuery {
        required {}
        optional {
            /// How far back, in days.
            days: u32 = "days",
            /// Only leads from this source.
            source: String = "source",
        }
    }
}

parameters! {
    /// What the figures of agents cover (official Python SDK 0.1.0, `analytics.agents`).
    AgentAnalyticsQuery {
        required {}
        optional {
            /// How far back, in days.
            days: u32 = "days",
            /// Only this agent.
            agent_id: String = "agent_id",
        }
    }
}

parameters! {
    /// What the figures of businesses cover (official Python SDK 0.1.0, `analytics.businesses`).
    BusinessAnalyticsQuery {
        required {}
        optional {
            /// How far back, in days.
            days: u32 = "days",
        }
    }
}

/// Figures (official Python SDK 0.1.0, `analytics`). No answer is documented: the raw object is what counts.
#[derive(Debug, Clone, Copy)]
pub struct Analytics<'a> {
    http: &'a HttpClient,
}

impl<'a> Analytics<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// The figures of the dashboard.
    ///
    /// `GET /api/v1/analytics/dashboard`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `analytics.dashboard`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/analytics/dashboard")]
    pub async fn dashboard(&self, query: &DashboardQuery) -> Result<Dashboard> {
        self.http
            .read(with_query(
                Request::get("analytics.dashboard", "/api/v1/analytics/dashboard"),
                query,
            ))
            .await?
            .json()
    }

    /// The figures of calls.
    ///
    /// `GET /api/v1/analytics/calls`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `analytics.calls`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/analytics/calls")]
    pub async fn calls(&self, query: &CallAnalyticsQuery) -> Result<CallAnalytics> {
        self.http
            .read(with_query(Request::get("analytics.calls", "/api/v1/analytics/calls"), query))
            .await?
            .json()
    }

    /// How far leads come.
    ///
    /// `GET /api/v1/analytics/funnel`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `analytics.funnel`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/analytics/funnel")]
    pub async fn funnel(&self, query: &FunnelQuery) -> Result<Funnel> {
        self.http
            .read(with_query(Request::get("analytics.funnel", "/api/v1/analytics/funnel"), query))
            .await?
            .json()
    }

    /// The figures of each agent.
    ///
    /// `GET /api/v1/analytics/agents`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `analytics.agents`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/analytics/agents")]
    pub async fn agents(&self, query: &AgentAnalyticsQuery) -> Result<AgentAnalytics> {
        self.http
            .read(with_query(Request::get("analytics.agents", "/api/v1/analytics/agents"), query))
            .await?
            .json()
    }

    /// The figures of the week.
    ///
    /// `GET /api/v1/analytics/weekly`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `analytics.weekly`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/analytics/weekly")]
    pub async fn weekly(&self) -> Result<WeeklyReport> {
        self.http.read(Request::get("analytics.weekly", "/api/v1/analytics/weekly")).await?.json()
    }

    /// The figures of each business.
    ///
    /// `GET /api/v1/analytics/businesses`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `analytics.businesses`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/analytics/businesses")]
    pub async fn businesses(&self, query: &BusinessAnalyticsQuery) -> Result<BusinessAnalytics> {
        self.http
            .read(with_query(
                Request::get("analytics.businesses", "/api/v1/analytics/businesses"),
                query,
            ))
            .await?
            .json()
    }
}
