//! `/api/v1/recordings` and `/api/v1/transcripts`.

use switchboard_core::Result;
use switchboard_http::{HttpClient, Request, is_asked_for};

use super::parameters::{parameters, with_query};
use crate::wire::{Listing, Recording, Transcript};

/// Recordings (official Python SDK 0.1.0).
#[derive(Debug, Clone, Copy)]
pub struct Recordings<'a> {
    http: &'a HttpClient,
}

impl<'a> Recordings<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// A signed URL of one call's recording.
    ///
    /// `GET /api/v1/recordings?call_id=`; scope `calls:read`. Source: official Python SDK 0.1.0,
    /// `recordings.get`.
    ///
    /// # Errors
    /// `NotFound` if there is no such call or no recording; otherwise as for every
    /// [read](crate::api#errors).
    #[doc(alias = "/api/v1/recordings")]
    pub async fn get(&self, call_id: &str) -> Result<Recording> {
        let request =
            Request::get("recordings.get", "/api/v1/recordings").query("call_id", call_id);
        let answer = self.http.read(request).await?;
        let recording: Recording = answer.json()?;
        if is_asked_for(call_id, recording.call_id.as_deref()) {
            Ok(recording)
        } else {
            Err(answer.another())
        }
    }
}

parameters! {
    /// A query for transcripts (official Python SDK 0.1.0, `transcripts.list`).
    TranscriptQuery {
        required {}
        optional {
            /// The maximum number of transcripts.
            limit: u32 = "limit",
            /// Only transcripts of this agent.
            agent_id: String = "agent_id",
            /// The cursor, taken to be of the same kind as that of the list of calls.
            after: String = "after",
            /// Only transcripts of this many past days.
            days: u32 = "days",
        }
    }
}

/// Transcripts (official Python SDK 0.1.0). They can be listed, but not requested by call.
#[derive(Debug, Clone, Copy)]
pub struct Transcripts<'a> {
    http: &'a HttpClient,
}

impl<'a> Transcripts<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// One page of transcripts.
    ///
    /// `GET /api/v1/transcripts`; scope `calls:read`. Source: official Python SDK 0.1.0,
    /// `transcripts.list`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/transcripts")]
    pub async fn list(&self, query: &TranscriptQuery) -> Result<Listing<Transcript>> {
        self.http
            .read(with_query(Request::get("transcripts.list", "/api/v1/transcripts"), query))
            .await?
            .json()
    }
}
