//! `/api/v1/sms`: text messages.

use switchboard_core::{PlaceError, Result};
use switchboard_http::{HttpClient, Request};

use super::parameters::{parameters, with_query};
use crate::wire::{Agent, Listing, SentSms, SmsConversation, SmsMessage};

parameters! {
    /// A text message to send (official Python SDK 0.1.0, `sms.send`).
    SendSms {
        required {
            /// The recipient, in E.164.
            to: String = "to",
            /// The agent whose number sends it.
            from_agent_id: String = "from_agent_id",
            /// The text.
            message: String = "message",
        }
        optional {
            /// The lead in the CRM.
            lead_id: String = "lead_id",
        }
    }
}

parameters! {
    /// New instructions for an agent's messages (official Python SDK 0.1.0, `sms.update_prompt`).
    UpdateSmsPrompt {
        required {
            /// The agent.
            agent_id: String = "agent_id",
            /// The instructions.
            sms_prompt: String = "sms_prompt",
        }
        optional {
            /// Why they change, for the history.
            reason: String = "reason",
        }
    }
}

parameters! {
    /// A query for conversations (official Python SDK 0.1.0, `sms.conversations`).
    SmsConversationQuery {
        required {}
        optional {
            /// Only this conversation.
            id: String = "id",
            /// The maximum number of conversations.
            limit: u32 = "limit",
        }
    }
}

parameters! {
    /// A query for messages (official Python SDK 0.1.0, `sms.messages`).
    SmsMessageQuery {
        required {}
        optional {
            /// Only messages of this conversation.
            conversation_id: String = "conversation_id",
            /// Only this direction, for example `inbound`.
            direction: String = "direction",
            /// Only messages after this point.
            after: String = "after",
            /// The maximum number of messages.
            limit: u32 = "limit",
        }
    }
}

/// Text messages (official Python SDK 0.1.0, `sms`).
#[derive(Debug, Clone, Copy)]
pub struct Sms<'a> {
    http: &'a HttpClient,
}

impl<'a> Sms<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// Sends a text message: a person gets it. None of the router's rules has looked at it.
    ///
    /// It is sent once. There is no idempotency key, so a second request is a second message: look at
    /// [`PlaceError::delivery`] first, which is told as for a call.
    ///
    /// `POST /api/v1/sms/send`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `sms.send`.
    ///
    /// # Errors
    /// [`Delivery::Placed`](switchboard_core::Delivery::Placed) for a success that cannot be read,
    /// [`Delivery::Unknown`](switchboard_core::Delivery::Unknown) for a success whose body says that it
    /// failed; otherwise the delivery says what the failure proves.
    #[doc(alias = "/api/v1/sms/send")]
    pub async fn send(&self, sms: &SendSms) -> Result<SentSms, PlaceError> {
        let request = Request::post("sms.send", "/api/v1/sms/send")
            .json(sms)
            .map_err(PlaceError::not_sent)?;
        let answer = self.http.place(request).await?;
        let sent: SentSms = answer.placed()?;
        if sent.success == Some(false) {
            let message = "the answer is a success, and its body says that it is none";
            return Err(PlaceError::unknown(answer.unusable(message)));
        }
        Ok(sent)
    }

    /// Changes how an agent writes messages. None is sent.
    ///
    /// `POST /api/v1/sms/update-prompt`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `sms.update_prompt`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/sms/update-prompt")]
    pub async fn update_prompt(&self, prompt: &UpdateSmsPrompt) -> Result<Agent> {
        self.http
            .write(Request::post("sms.update_prompt", "/api/v1/sms/update-prompt").json(prompt)?)
            .await?
            .json()
    }

    /// The conversations by message.
    ///
    /// `GET /api/v1/sms/conversations`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `sms.conversations`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/sms/conversations")]
    pub async fn conversations(
        &self,
        query: &SmsConversationQuery,
    ) -> Result<Listing<SmsConversation>> {
        self.http
            .read(with_query(Request::get("sms.conversations", "/api/v1/sms/conversations"), query))
            .await?
            .json()
    }

    /// The messages.
    ///
    /// `GET /api/v1/sms/messages`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `sms.messages`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/sms/messages")]
    pub async fn messages(&self, query: &SmsMessageQuery) -> Result<Listing<SmsMessage>> {
        self.http
            .read(with_query(Request::get("sms.messages", "/api/v1/sms/messages"), query))
            .await?
            .json()
    }
}
