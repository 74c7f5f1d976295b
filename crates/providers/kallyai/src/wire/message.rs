//! The inbox over all channels, mail, and searches (document 002).

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{listed, record, request, words};

words! {
    /// How a message came.
    MessageChannel {
        /// By email.
        Email = "email",
        /// By a text message.
        Sms = "sms",
        /// By a call.
        Call = "call",
        /// By chat.
        Chat = "chat",
    }
}

/// Which messages of the inbox.
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

    /// Only those that came so.
    #[must_use]
    pub const fn channel(mut self, channel: MessageChannel) -> Self {
        self.channel = Some(channel);
        self
    }

    /// Only those that nobody read.
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
        /// From whom.
        from: String = ["from"],
        /// Its subject.
        subject: String = ["subject"],
        /// As `email`.
        channel: String = ["channel"],
        /// How it begins.
        preview: String = ["preview"],
        /// Whether nobody read it yet.
        is_unread: bool = ["unread"],
        /// When it came.
        received_at: Timestamp = ["received_at"],
    }
}

listed!(InboxMessage = ["messages", "items", "data"]);

request! {
    /// Which messages were read: `POST /v1/messages/mark-read`.
    MarkRead {
        /// Their ids.
        message_ids: Vec<String> = "message_ids",
    }
}

request! {
    /// A search: `POST /v1/search`.
    SearchRequest {
        /// In words.
        query: String = "query",
        ;
        /// Near where, as `San Francisco, CA`.
        location: String = "location",
    }
}

request! {
    /// A search for one fact: `POST /v1/search/quick`.
    QuickSearch {
        /// In words.
        query: String = "query",
    }
}

record! {
    /// Something that was found.
    SearchResult {
        /// Its name.
        title: String = ["title"],
        /// In words.
        description: String = ["description"],
        /// Its number.
        phone: String = ["phone"],
        /// Where it is.
        address: String = ["address"],
        /// Of five.
        rating: Decimal = ["rating"],
        /// As `$$`.
        price_range: String = ["price_range"],
        /// Its page.
        url: String = ["url"],
    }
}

record! {
    /// What a search found.
    SearchResults {
        /// In the provider's order.
        results: Vec<SearchResult> = ["results"],
        /// What it cost.
        credits_used: Decimal = ["credits_used"],
    }
}

words! {
    /// What an email is, as the provider sorts it.
    EmailClass {
        /// It matters.
        Important = "important",
        /// It wants something done.
        Actionable = "actionable",
        /// It tells something.
        Informational = "informational",
        /// Nobody wants it.
        Spam = "spam",
    }
}

words! {
    /// Whose mailboxes can be connected.
    EmailProvider {
        /// Google's.
        Gmail = "gmail",
        /// Microsoft's.
        Outlook = "outlook",
    }
}

record! {
    /// A mailbox that is connected.
    EmailAccount {
        /// The provider's id.
        id: String = ["id", "account_id"],
        /// As `gmail`.
        provider: String = ["provider"],
        /// Its address.
        email: String = ["email"],
        /// Since when.
        connected_at: Timestamp = ["connected_at"],
        /// As `active`.
        status: String = ["status"],
    }
}

listed!(EmailAccount = ["accounts", "items", "data"]);

request! {
    /// How to answer an email: `POST /v1/email/messages/{message_id}/respond`.
    EmailResponse {
        /// In words, as `Accept the meeting but suggest 3pm`.
        instructions: String = "instructions",
    }
}
