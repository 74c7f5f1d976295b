//! Tasks to contact somebody over a channel that the provider selects (document 002).
//!
//! The channel may be a phone call: document 002's own example is one. So creating a task and
//! retrying one are sent like a call: once, and the error says what it proves.

use futures::stream::BoxStream;
use serde_json::json;
use switchboard_core::{PlaceError, Result};
use switchboard_http::Request;

use super::{
    section::section,
    send::{all, place, read, read_by_id, write},
};
use crate::wire::{Listing, NewOutreachTask, OutreachStatus, OutreachTask, Paging, Undocumented};

section! {
    /// Tasks to contact somebody over a channel that the provider selects. No scope is documented.
    OutreachApi
}

impl OutreachApi {
    /// One page of the tasks with one of these `statuses`, or of all tasks if there are none: `GET
    /// /v1/outreach/tasks`. Document 002; the provider returns 50 by default and at most 100.
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
        read(&self.http, request).await
    }

    /// All tasks with one of these statuses, page by page with [`list`](Self::list).
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

    /// One task with its attempts: `GET /v1/outreach/tasks/{task_id}`. Document 002.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/outreach/tasks/{task_id}")]
    pub async fn get(&self, task_id: &str) -> Result<OutreachTask> {
        let request = Request::get("outreach.get", "/v1/outreach/tasks/{task_id}");
        read_by_id(&self.http, request, ("task_id", task_id), &["id", "task_id"]).await
    }

    /// A new task: `POST /v1/outreach/tasks`. Document 002.
    ///
    /// **It may make a phone ring**: at once with `auto_execute`, and possibly without it, as the
    /// default is not documented. It is sent once, over a connection of its own, and no idempotency
    /// key is documented.
    ///
    /// # Errors
    /// The error's [`delivery`](switchboard_core::PlaceError::delivery) says whether the task may
    /// exist: on `Unknown` and `Placed` look at [`list`](Self::list) before creating another. The
    /// codes of placing a call: `emergency_number`, `toll_number`, `safety_violation`,
    /// `consent_denied` (422), `suppression_violation`, `blocked_number`, `country_restriction`,
    /// `unsupported_country` (403), `quota_exceeded` (402).
    #[doc(alias = "/v1/outreach/tasks")]
    pub async fn create(&self, task: &NewOutreachTask) -> Result<OutreachTask, PlaceError> {
        place(&self.http, Request::post("outreach.create", "/v1/outreach/tasks").json(task)).await
    }

    /// Retries a failed or waiting task: `POST /v1/outreach/tasks/{task_id}/retry`. Document 002;
    /// no answer is documented.
    ///
    /// **It may make a phone ring**, and is sent once, as [`create`](Self::create).
    ///
    /// # Errors
    /// As [`create`](Self::create); 404 if there is none.
    #[doc(alias = "/v1/outreach/tasks/{task_id}/retry")]
    pub async fn retry(&self, task_id: &str) -> Result<Undocumented, PlaceError> {
        let request = Request::post("outreach.retry", "/v1/outreach/tasks/{task_id}/retry");
        place(&self.http, request.param("task_id", task_id).json(&json!({}))).await
    }

    /// Cancels a task: `POST /v1/outreach/tasks/{task_id}/cancel`. Document 002; no answer is
    /// documented.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/outreach/tasks/{task_id}/cancel")]
    pub async fn cancel(&self, task_id: &str) -> Result<Undocumented> {
        let request = Request::post("outreach.cancel", "/v1/outreach/tasks/{task_id}/cancel");
        write(&self.http, request.param("task_id", task_id)).await
    }
}
