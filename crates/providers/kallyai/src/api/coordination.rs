//! The coordinator: conversations, and the goals that result from them (documents 000 and 002).
//!
//! KallyAI recommends this workflow, and here a phone may ring although nobody asked for a call:
//! document 002's own example of a message answers `call_initiated`. So a message, and everything
//! that lets a goal continue, is sent like a call: once, and its error says what it proves.

use futures::stream::BoxStream;
use serde_json::json;
use switchboard_core::{Error, PlaceError, Result};
use switchboard_http::Request;

use super::{
    section::section,
    send::{all, place, read, read_by_id, write},
};
use crate::wire::{
    BatchArchive, ConversationRecord, CoordinationReply, GoalBudget, GoalRecord, GoalStatus,
    Listing, Paging, SendMessage, Undocumented,
};

section! {
    /// Conversations with the coordinator, and its goals. Reading needs the scope
    /// `coordination:read`, everything else `coordination:write` (document 002).
    CoordinationApi
}

impl CoordinationApi {
    /// Sends the coordinator a message: `POST /v1/coordination/message`. Needs
    /// `coordination:write`. Documents 000 and 002, whose answers differ; both are read.
    ///
    /// **It may make a phone ring.** It is sent once, over a connection of its own, and no
    /// idempotency key is documented.
    ///
    /// # Errors
    /// The error's [`delivery`](PlaceError::delivery) says whether the message may have arrived: on
    /// `Unknown` and `Placed` look at [`goals`](Self::goals) and the calls before sending another.
    /// Codes: `quota_exceeded`, `budget_exceeded`, `budget_approval_required`, `soft_cap_reached`
    /// (402), `safety_violation` (422), `forbidden` (403), `rate_limited` (429).
    #[doc(alias = "/v1/coordination/message")]
    pub async fn message(&self, message: &SendMessage) -> Result<CoordinationReply, PlaceError> {
        let request = Request::post("coordination.message", "/v1/coordination/message");
        place(&self.http, request.json(message)).await
    }

    /// The messages of a conversation: `GET /v1/coordination/history`. Needs `coordination:read`.
    /// Documents 000, 001 and 002; no answer is documented.
    ///
    /// # Errors
    /// `forbidden` (403), `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/coordination/history")]
    pub async fn history(
        &self,
        conversation_id: Option<&str>,
        limit: Option<u32>,
    ) -> Result<Undocumented> {
        let request = Request::get("coordination.history", "/v1/coordination/history")
            .query_opt("conversation_id", conversation_id)
            .query_opt("limit", limit);
        read(&self.http, request).await
    }

    /// The conversations: `GET /v1/coordination/conversations`. Needs `coordination:read`. Document
    /// 002, without paging.
    ///
    /// # Errors
    /// `forbidden` (403), `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/coordination/conversations")]
    pub async fn conversations(&self) -> Result<Listing<ConversationRecord>> {
        read(
            &self.http,
            Request::get("coordination.conversations", "/v1/coordination/conversations"),
        )
        .await
    }

    /// A new conversation, empty: `POST /v1/coordination/conversations`. Needs
    /// `coordination:write`. Documents 000, 001 and 002.
    ///
    /// # Errors
    /// `forbidden` (403), `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/coordination/conversations")]
    pub async fn create_conversation(&self) -> Result<ConversationRecord> {
        write(
            &self.http,
            Request::post("coordination.create_conversation", "/v1/coordination/conversations"),
        )
        .await
    }

    /// One page of goals: `GET /v1/coordination/goals`. Needs `coordination:read`. Document 000
    /// pages by limit and offset, document 002 filters by status; all three are sent if given.
    ///
    /// # Errors
    /// `forbidden` (403), `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/coordination/goals")]
    pub async fn goals(
        &self,
        status: Option<GoalStatus>,
        paging: &Paging,
    ) -> Result<Listing<GoalRecord>> {
        let request = Request::get("coordination.goals", "/v1/coordination/goals")
            .query_opt("status", status)
            .query_opt("limit", paging.limit)
            .query_opt("offset", paging.offset);
        read(&self.http, request).await
    }

    /// All goals with this status, page by page with [`goals`](Self::goals).
    #[doc(alias = "/v1/coordination/goals")]
    pub fn all_goals(
        &self,
        status: Option<GoalStatus>,
        paging: Paging,
    ) -> BoxStream<'static, Result<GoalRecord>> {
        all(&self.http, paging, move |http, paging| async move {
            Self::new(http).goals(status, &paging).await
        })
    }

    /// One goal with its steps: `GET /v1/coordination/goals/{goal_id}`. Needs `coordination:read`.
    /// Documents 000, 001 and 002.
    ///
    /// # Errors
    /// `goal_not_found` (404).
    #[doc(alias = "/v1/coordination/goals/{goal_id}")]
    pub async fn goal(&self, goal_id: &str) -> Result<GoalRecord> {
        let request = Request::get("coordination.goal", "/v1/coordination/goals/{goal_id}");
        read_by_id(&self.http, request, ("goal_id", goal_id), &["id", "goal_id"]).await
    }

    /// A goal with its subgoals: `GET /v1/coordination/goals/{goal_id}/tree`. Needs
    /// `coordination:read`. Document 002; no answer is documented.
    ///
    /// # Errors
    /// `goal_not_found` (404).
    #[doc(alias = "/v1/coordination/goals/{goal_id}/tree")]
    pub async fn tree(&self, goal_id: &str) -> Result<Undocumented> {
        let request = Request::get("coordination.tree", "/v1/coordination/goals/{goal_id}/tree");
        read_by_id(&self.http, request, ("goal_id", goal_id), &["goal_id"]).await
    }

    /// Cancels a goal, but not its subgoals: `POST /v1/coordination/goals/{goal_id}/cancel`. Needs
    /// `coordination:write`. Document 002; no answer is documented.
    ///
    /// # Errors
    /// `goal_not_found` (404), `goal_already_completed`, `goal_already_cancelled` (409).
    #[doc(alias = "/v1/coordination/goals/{goal_id}/cancel")]
    pub async fn cancel(&self, goal_id: &str) -> Result<Undocumented> {
        let request =
            Request::post("coordination.cancel", "/v1/coordination/goals/{goal_id}/cancel");
        write(&self.http, at(request, goal_id)).await
    }

    /// Cancels a goal with its subgoals: `POST /v1/coordination/goals/{goal_id}/cascade-cancel`.
    /// Needs `coordination:write`. Document 002; no answer is documented.
    ///
    /// # Errors
    /// `goal_not_found` (404), `goal_already_completed`, `goal_already_cancelled` (409).
    #[doc(alias = "/v1/coordination/goals/{goal_id}/cascade-cancel")]
    pub async fn cascade_cancel(&self, goal_id: &str) -> Result<Undocumented> {
        let request = Request::post(
            "coordination.cascade_cancel",
            "/v1/coordination/goals/{goal_id}/cascade-cancel",
        );
        write(&self.http, at(request, goal_id)).await
    }

    /// Marks a goal for the user's attention: `POST /v1/coordination/goals/{goal_id}/escalate`.
    /// Needs `coordination:write`. Document 002; neither body is documented.
    ///
    /// # Errors
    /// `goal_not_found` (404), `goal_already_completed`, `goal_already_cancelled` (409).
    #[doc(alias = "/v1/coordination/goals/{goal_id}/escalate")]
    pub async fn escalate(&self, goal_id: &str) -> Result<Undocumented> {
        let request =
            Request::post("coordination.escalate", "/v1/coordination/goals/{goal_id}/escalate");
        write(&self.http, at(request, goal_id)).await
    }

    /// Approves the next step of a goal: `POST /v1/coordination/goals/{goal_id}/approve-step`.
    /// Needs `coordination:write`. Document 002; no answer is documented.
    ///
    /// **It may make a phone ring**: the step may be a call. It is sent once, as
    /// [`message`](Self::message), and a second approval may approve the step after it.
    ///
    /// # Errors
    /// The error's [`delivery`](PlaceError::delivery) says whether the step may have been approved.
    /// `goal_not_found` (404), `goal_already_completed`, `goal_already_cancelled` (409),
    /// `budget_approval_required`, `soft_cap_reached` (402).
    #[doc(alias = "/v1/coordination/goals/{goal_id}/approve-step")]
    pub async fn approve_step(&self, goal_id: &str) -> Result<Undocumented, PlaceError> {
        let request = Request::post(
            "coordination.approve_step",
            "/v1/coordination/goals/{goal_id}/approve-step",
        );
        place(&self.http, at(request, goal_id).json(&json!({}))).await
    }

    /// Accepts the outcome of a goal: `POST /v1/coordination/goals/{goal_id}/accept-outcome`. Needs
    /// `coordination:write`. Document 002; no answer is documented.
    ///
    /// # Errors
    /// `goal_not_found` (404), `goal_already_completed`, `goal_already_cancelled` (409).
    #[doc(alias = "/v1/coordination/goals/{goal_id}/accept-outcome")]
    pub async fn accept_outcome(&self, goal_id: &str) -> Result<Undocumented> {
        let request = Request::post(
            "coordination.accept_outcome",
            "/v1/coordination/goals/{goal_id}/accept-outcome",
        );
        write(&self.http, at(request, goal_id)).await
    }

    /// Lets a goal go on negotiating, for a better price or time: `POST
    /// /v1/coordination/goals/{goal_id}/continue-negotiating`. Needs `coordination:write`. Document
    /// 002; no answer is documented.
    ///
    /// **It may make a phone ring**: the other side is called again. It is sent once, as
    /// [`message`](Self::message).
    ///
    /// # Errors
    /// The error's [`delivery`](PlaceError::delivery) says whether it may have continued.
    /// `goal_not_found` (404), `goal_already_completed`, `goal_already_cancelled` (409),
    /// `budget_approval_required`, `soft_cap_reached` (402).
    #[doc(alias = "/v1/coordination/goals/{goal_id}/continue-negotiating")]
    pub async fn continue_negotiating(&self, goal_id: &str) -> Result<Undocumented, PlaceError> {
        let request = Request::post(
            "coordination.continue_negotiating",
            "/v1/coordination/goals/{goal_id}/continue-negotiating",
        );
        place(&self.http, at(request, goal_id).json(&json!({}))).await
    }

    /// Archives a finished goal: `POST /v1/coordination/goals/{goal_id}/archive`. Needs
    /// `coordination:write`. Document 002; no answer is documented.
    ///
    /// # Errors
    /// `goal_not_found` (404).
    #[doc(alias = "/v1/coordination/goals/{goal_id}/archive")]
    pub async fn archive(&self, goal_id: &str) -> Result<Undocumented> {
        let request =
            Request::post("coordination.archive", "/v1/coordination/goals/{goal_id}/archive");
        write(&self.http, at(request, goal_id)).await
    }

    /// Archives goals: `POST /v1/coordination/goals/batch-archive`. Needs `coordination:write`.
    /// Document 002; no answer is documented.
    ///
    /// # Errors
    /// `InvalidRequest`, with nothing sent, for an empty list: what that would do is not
    /// documented. `goal_not_found` (404).
    #[doc(alias = "/v1/coordination/goals/batch-archive")]
    pub async fn batch_archive<I: Into<String>>(
        &self,
        goal_ids: impl IntoIterator<Item = I> + Send,
    ) -> Result<Undocumented> {
        let ids: Vec<String> = goal_ids.into_iter().map(Into::into).collect();
        if ids.is_empty() {
            return Err(Error::invalid("goal_ids", "must name at least one goal"));
        }
        let request =
            Request::post("coordination.batch_archive", "/v1/coordination/goals/batch-archive")
                .json(&BatchArchive::new(ids))?;
        write(&self.http, request).await
    }

    /// The budget of a goal and what it has cost: `GET /v1/coordination/goals/{goal_id}/budget`.
    /// Needs `budget:read`. Document 002.
    ///
    /// # Errors
    /// `goal_not_found` (404).
    #[doc(alias = "/v1/coordination/goals/{goal_id}/budget")]
    pub async fn budget(&self, goal_id: &str) -> Result<GoalBudget> {
        let request =
            Request::get("coordination.budget", "/v1/coordination/goals/{goal_id}/budget");
        read_by_id(&self.http, request, ("goal_id", goal_id), &["goal_id"]).await
    }
}

fn at(request: Request, goal_id: &str) -> Request {
    request.param("goal_id", goal_id)
}
