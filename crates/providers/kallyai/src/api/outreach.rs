//! Tasks that reach somebody by whichever channel the provider selects (document 002).
//!
//! That channel may be a phone call: document 002's own example is one. So creating a task and
//! trying one again is sent as a call is: once, with an error that says what it proves.

use futures::stream::BoxStream;
use serde_json::json;
use switchboard_core::{PlaceError, Result};
use switchboard_http::Request;

use super::{
    section::section,
    send::{act, all, look, look_at, ring},
};
use crate::wire::{Listing, NewOutreachTask, OutreachStatus, OutreachTask, Paging, Undocumented};

section! {
    /// Tasks that reach somebody by whichever channel the provider selects. No scope is documented.
    OutreachApi
}

impl OutreachApi {
    /// A part of the tasks that stand in one of `statuses`, or of all for none: `GET
    /// /v1/outreach/tasks`. Document 002; the provider gives 50 unless asked, and at most 100.
    ///
    /// # Errors
    /// `missing_token`, `token_expired` (401).
    #[doc(alias = "/v1/outreach/tasks")]
    pub async fn list(
        &self,
        statuses: &[OutreachStatus],
        paging: &Paging,
    ) -> Result<Listing<OutreachTask>> {
        let words: Vec<&str> = statuses.iter().map(|status| status.as_str()).collect();
        let request = Request::get("outreach.list", "/v1/outreach/tasks")
            .query_opt("status", (!words.is_empty()).then(|| words.join(",")))
            .query_opt("limit", paging.limit)
            .query_opt("offset", paging.offset);
        look(&self.http, request).await
    }

    /// All tasks that stand so, page after page of [`list`](Self::list).
    #[doc(alias = "/v1/outreach/tasks")]
    pub fn all(
        &self,
        statuses: &[OutreachStatus],
        paging: Paging,
    ) -> BoxStream<'static, Result<OutreachTask>> {
        let statuses = statuses.to_vec();
        all(&self.http, paging, move |http, paging| {
            let statuses = statuses.clone();
            async move { Self::new(http).list(&statuses, &paging).await }
        })
    }

    /// One task with what was tried: `GET /v1/outreach/tasks/{task_id}`. Document 002.
    ///
    /// # Errors
    /// 404 where there is none.
    #[doc(alias = "/v1/outreach/tasks/{task_id}")]
    pub async fn get(&self, task_id: &str) -> Result<OutreachTask> {
        let request = Request::get("outreach.get", "/v1/outreach/tasks/{task_id}");
        look_at(&self.http, request, ("task_id", task_id), &["id", "task_id"]).await
    }

    /// A new task: `POST /v1/outreach/tasks`. Document 002.
    ///
    /// **It may make a phone ring**, at once with `auto_execute`, and perhaps without: what its
    /// absence means is not documented. It is sent once, over a connection of its own, and nothing
    /// documents a key against doubles.
    ///
    /// # Errors
    /// The error's [`delivery`](switchboard_core::PlaceError::delivery) says whether the task may
    /// exist: on `Unknown` and `Placed` look at [`list`](Self::list) before creating another. The
    /// codes of placing a call: `emergency_number`, `toll_number`, `safety_violation`,
    /// `consent_denied` (422), `suppression_violation`, `blocked_number`, `country_restriction`,
    /// `unsupported_country` (403), `quota_exceeded` (402).
    #[doc(alias = "/v1/outreach/tasks")]
    pub async fn create(&self, task: &NewOutreachTask) -> Result<OutreachTask, PlaceError> {
        ring(&self.http, Request::post("outreach.create", "/v1/outreach/tasks").json(task)).await
    }

    /// Tries a task again that failed or waits: `POST /v1/outreach/tasks/{task_id}/retry`. Document
    /// 002; no answer is documented.
    ///
    /// **It may make a phone ring**, and is sent once, as [`create`](Self::create).
    ///
    /// # Errors
    /// As [`create`](Self::create); 404 where there is none.
    #[doc(alias = "/v1/outreach/tasks/{task_id}/retry")]
    pub async fn retry(&self, task_id: &str) -> Result<Undocumented, PlaceError> {
        let request = Request::post("outreach.retry", "/v1/outreach/tasks/{task_id}/retry");
        ring(&self.http, request.param("task_id", task_id).json(&json!({}))).await
    }

    /// Gives a task up: `POST /v1/outreach/tasks/{task_id}/cancel`. Document 002; no answer is
    /// documented.
    ///
    /// # Errors
    /// 404 where there is none.
    #[doc(alias = "/v1/outreach/tasks/{task_id}/cancel")]
    pub async fn cancel(&self, task_id: &str) -> Result<Undocumented> {
        let request = Request::post("outreach.cancel", "/v1/outreach/tasks/{task_id}/cancel");
        act(&self.http, request.param("task_id", task_id)).await
    }
}
