//! The budgets of goals (document 002).

use serde_json::json;
use switchboard_core::{PlaceError, Result};
use switchboard_http::Request;

use super::{
    section::section,
    send::{place, read_by_id, write},
};
use crate::wire::{CostBreakdown, CostEstimate, EstimateCost, Undocumented};

section! {
    /// The budgets of goals. Reading needs the scope `budget:read`, approving `budget:write`
    /// (document 002).
    BudgetApi
}

impl BudgetApi {
    /// What something would cost: `POST /v1/goals/estimate`. It changes nothing. Needs
    /// `budget:read`. Document 002.
    ///
    /// # Errors
    /// 400 for an unknown kind; `forbidden` (403).
    #[doc(alias = "/v1/goals/estimate")]
    pub async fn estimate(&self, what: &EstimateCost) -> Result<CostEstimate> {
        write(&self.http, Request::post("budget.estimate", "/v1/goals/estimate").json(what)?).await
    }

    /// Lets a goal spend what was estimated: `POST /v1/goals/{goal_id}/approve-budget`. Needs
    /// `budget:write`. Document 002; no answer is documented.
    ///
    /// **It may make a phone ring**: the goal continues, and goals make calls. It is sent once,
    /// over a connection of its own.
    ///
    /// # Errors
    /// The error's [`delivery`](switchboard_core::PlaceError::delivery) says whether the goal may
    /// have continued. `goal_not_found` (404), `goal_already_completed`, `goal_already_cancelled`
    /// (409), `quota_exceeded` (402).
    #[doc(alias = "/v1/goals/{goal_id}/approve-budget")]
    pub async fn approve(&self, goal_id: &str) -> Result<Undocumented, PlaceError> {
        let request = Request::post("budget.approve", "/v1/goals/{goal_id}/approve-budget")
            .param("goal_id", goal_id);
        place(&self.http, request.json(&json!({}))).await
    }

    /// What a goal has cost, action by action: `GET /v1/goals/{goal_id}/cost-breakdown`. Needs
    /// `budget:read`. Document 002.
    ///
    /// # Errors
    /// `goal_not_found` (404).
    #[doc(alias = "/v1/goals/{goal_id}/cost-breakdown")]
    pub async fn cost_breakdown(&self, goal_id: &str) -> Result<CostBreakdown> {
        let request = Request::get("budget.cost_breakdown", "/v1/goals/{goal_id}/cost-breakdown");
        read_by_id(&self.http, request, ("goal_id", goal_id), &["goal_id"]).await
    }

    /// Lets a goal continue beyond its soft cap: `POST /v1/goals/{goal_id}/acknowledge-soft-cap`.
    /// Needs `budget:write`. Document 002; no answer is documented.
    ///
    /// **It may make a phone ring**, as [`approve`](Self::approve), and is sent once.
    ///
    /// # Errors
    /// As [`approve`](Self::approve).
    #[doc(alias = "/v1/goals/{goal_id}/acknowledge-soft-cap")]
    pub async fn acknowledge_soft_cap(&self, goal_id: &str) -> Result<Undocumented, PlaceError> {
        let request = Request::post(
            "budget.acknowledge_soft_cap",
            "/v1/goals/{goal_id}/acknowledge-soft-cap",
        );
        place(&self.http, request.param("goal_id", goal_id).json(&json!({}))).await
    }
}
