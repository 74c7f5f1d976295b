//! What was said in calls, and their sound.

use switchboard_core::Result;
use switchboard_http::{HttpClient, Request};

use crate::wire::{Conversation, Insight, Listing, Message, Recording};

/// Conversations and recordings.
#[derive(Debug, Clone, Copy)]
pub struct Conversations<'a> {
    reads: &'a HttpClient,
}

impl<'a> Conversations<'a> {
    pub(crate) fn new(reads: &'a HttpClient) -> Self {
        Self { reads }
    }

    /// The conversations of one call.
    ///
    /// `GET /v2/ai/conversations`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/v2/ai/conversations")]
    pub async fn of_call(&self, call_control_id: &str) -> Result<Listing<Conversation>> {
        let request = Request::get("conversations.list", "/v2/ai/conversations")
            .query("metadata->call_control_id", format_args!("eq.{call_control_id}"));
        self.reads.read(request).await?.json()
    }

    /// What was said in a conversation.
    ///
    /// `GET /v2/ai/conversations/{id}/messages`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/v2/ai/conversations/{id}/messages")]
    pub async fn messages(&self, id: &str) -> Result<Listing<Message>> {
        let request = Request::get("conversations.messages", "/v2/ai/conversations/{id}/messages")
            .param("id", id);
        self.reads.read(request).await?.json()
    }

    /// The insights of a conversation, such as its summary.
    ///
    /// `GET /v2/ai/conversations/{id}/conversations-insights`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/v2/ai/conversations/{id}/conversations-insights")]
    pub async fn insights(&self, id: &str) -> Result<Listing<Insight>> {
        let path = "/v2/ai/conversations/{id}/conversations-insights";
        let request = Request::get("conversations.insights", path).param("id", id);
        self.reads.read(request).await?.json()
    }

    /// The recordings of one leg of a call.
    ///
    /// `GET /v2/recordings`. Source: `telnyx` 4.189.0, that path.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/v2/recordings")]
    pub async fn recordings(&self, call_leg_id: &str) -> Result<Listing<Recording>> {
        let request = Request::get("calls.recording", "/v2/recordings")
            .query("filter[call_leg_id]", call_leg_id);
        self.reads.read(request).await?.json()
    }
}
