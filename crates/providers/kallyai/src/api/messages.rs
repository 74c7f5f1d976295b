//! The inbox across all channels (document 002).

use switchboard_core::{Error, Result};
use switchboard_http::Request;

use super::{
    section::section,
    send::{read, read_by_id, write},
};
use crate::wire::{InboxFilter, InboxMessage, Listing, MarkRead, Undocumented};

section! {
    /// The inbox across all channels. Reading needs the scope `messages:read`, marking
    /// `messages:write` (document 002).
    MessagesApi
}

impl MessagesApi {
    /// Received messages: `GET /v1/messages/inbox`. Needs `messages:read`. Document 002, which has
    /// a limit and no offset.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/messages/inbox")]
    pub async fn inbox(
        &self,
        filter: &InboxFilter,
        limit: Option<u32>,
    ) -> Result<Listing<InboxMessage>> {
        let request = Request::get("messages.inbox", "/v1/messages/inbox")
            .query_opt("channel", filter.channel)
            .query_opt("limit", limit)
            .query_opt("unread", filter.unread);
        read(&self.http, request).await
    }

    /// One message, whole: `GET /v1/messages/inbox/{message_id}`. Needs `messages:read`. Document
    /// 002; no answer is documented.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/messages/inbox/{message_id}")]
    pub async fn get(&self, message_id: &str) -> Result<Undocumented> {
        let request = Request::get("messages.get", "/v1/messages/inbox/{message_id}");
        read_by_id(&self.http, request, ("message_id", message_id), &["id", "message_id"]).await
    }

    /// All messages of a thread: `GET /v1/messages/conversation/{conversation_id}`. Needs
    /// `messages:read`. Document 002; no answer is documented.
    ///
    /// # Errors
    /// 404 if there is none.
    #[doc(alias = "/v1/messages/conversation/{conversation_id}")]
    pub async fn conversation(&self, conversation_id: &str) -> Result<Undocumented> {
        let request =
            Request::get("messages.conversation", "/v1/messages/conversation/{conversation_id}");
        read_by_id(&self.http, request, ("conversation_id", conversation_id), &["conversation_id"])
            .await
    }

    /// Marks messages as read: `POST /v1/messages/mark-read`. Needs `messages:write`. Document 002;
    /// no answer is documented.
    ///
    /// # Errors
    /// `InvalidRequest`, with nothing sent, for an empty list: it might mean all of them. 404 if
    /// there is no such message.
    #[doc(alias = "/v1/messages/mark-read")]
    pub async fn mark_read<I: Into<String>>(
        &self,
        message_ids: impl IntoIterator<Item = I> + Send,
    ) -> Result<Undocumented> {
        let ids: Vec<String> = message_ids.into_iter().map(Into::into).collect();
        if ids.is_empty() {
            return Err(Error::invalid("message_ids", "must name at least one message"));
        }
        let request = Request::post("messages.mark_read", "/v1/messages/mark-read")
            .json(&MarkRead::new(ids))?;
        write(&self.http, request).await
    }
}
