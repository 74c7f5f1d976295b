//! The inbox across all channels, email, and searches (document 002).

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{listed, record, request, words};

words! {
    /// The channel of a message.
    MessageChannel {
        /// Email.
        Email = "email",
        /// A text message.
        Sms = "sms",
        /// A phone call.
        Call = "call",
        /// Chat.
        Chat = "chat",
    }
}

/// A filter for the inbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InboxFilter {
    pub(crate) channel: Option<MessageChannel>,
    pub(crate) unread: Option<bool>,
}

impl InboxFilter {
    /// All of them.
    pub const fn new() -> Self {
        Self { channel: None, unread: None }
    }

    /// Only messages of this channel.
    #[must_use]
    pub const fn channel(mut self, channel: MessageChannel) -> Self {
        self.channel = Some(channel);
        self
    }

    /// Only unread messages.
    #[must_use]
    pub const fn unread(mut self, only: bool) -> Self {
        self.unread = Some(only);
        self
    }
}

record! {
    /// A message in the inbox.
    InboxMessage {
        /// The provider's id.
        id: String = ["id", "message_id"],
        /// The sender.
        from: String = ["from"],
        /// Its subject.
        subject: String = ["subject"],
        /// The channel, for example `email`.
        channel: String = ["channel"],
        /// The beginning of the text.
        preview: String = ["preview"],
        /// Whether it is unread.
        is_unread: bool = ["unread"],
        /// When it was received.
        received_at: Timestamp = ["received_at"],
    }
}

listed!(InboxMessage = ["messages", "items", "data"]);

request! {
    /// The messages to mark as read: `POST /v1/messages/mark-read`.
    MarkRead {
        /// The messages' ids.
        message_ids: Vec<String> = "message_ids",
    }
}

request! {
    /// A search: `POST /v1/search`.
    SearchRequest {
        /// Plain text.
        query: String = "query",
        ;
        /// The place to search near, for example `San Francisco, CA`.
        location: String = "location",
    }
}

request! {
    /// A search for one fact: `POST /v1/search/quick`.
    QuickSearch {
        /// Plain text.
        query: String = "query",
    }
}

record! {
    /// A search result.
    SearchResult {
        /// Its name.
        title: String = ["title"],
        /// Plain text.
        description: String = ["description"],
        /// Its phone number.
        phone: String = ["phone"],
        /// Its address.
        address: String = ["address"],
        /// The rating, out of 5.
        rating: Decimal = ["rating"],
        /// The price level, for example `$$`.
        price_range: String = ["price_range"],
        /// Its website.
        url: String = ["url"],
    }
}

record! {
    /// The results of a search.
    SearchResults {
        /// The results in the provider's order.
        results: Vec<SearchResult> = ["results"],
        /// The cost in credits.
        credits_used: Decimal = ["credits_used"],
    }
}

words! {
    /// The provider's classification of an email.
    EmailClass {
        /// Important.
        Important = "important",
        /// Needs an action.
        Actionable = "actionable",
        /// Informational.
        Informational = "informational",
        /// Spam.
        Spam = "spam",
    }
}

words! {
    /// The services whose mailboxes can be connected.
    EmailProvider {
        /// Google's.
        Gmail = "gmail",
        /// Microsoft's.
        Outlook = "outlook",
    }
}

record! {
    /// A connected mailbox.
    EmailAccount {
        /// The provider's id.
        id: String = ["id", "account_id"],
        /// The service, for example `gmail`.
        provider: String = ["provider"],
        /// Its email address.
        email: String = ["email"],
        /// When it was connected.
        connected_at: Timestamp = ["connected_at"],
        /// The status, for example `active`.
        status: String = ["status"],
    }
}

listed!(EmailAccount = ["accounts", "items", "data"]);

request! {
    /// Instructions for a reply: `POST /v1/email/messages/{message_id}/respond`.
    EmailResponse {
        /// Plain text, for example `Accept the meeting but suggest 3pm`.
        instructions: String = "instructions",
    }
}
