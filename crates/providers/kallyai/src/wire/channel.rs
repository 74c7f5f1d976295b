//! How KallyAI and its user reach each other: addresses, and messengers (document 002).

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{record, request, words};

record! {
    /// A channel, and whether it is connected.
    ChannelStatus {
        /// As `whatsapp`.
        channel: String = ["channel"],
        /// Whether it is.
        connected: bool = ["connected"],
        /// As `@MyBot`.
        account_name: String = ["account_name"],
        /// Since when.
        connected_at: Timestamp = ["connected_at"],
    }
}

record! {
    /// The channel `email`, which has addresses rather than one account.
    EmailChannel {
        /// Whether there is an address.
        connected: bool = ["connected"],
        /// How many.
        contact_count: u64 = ["contact_count"],
        /// The first of them.
        primary_email: String = ["primary_email"],
        /// The assistant's own address.
        kally_mailbox: String = ["kally_mailbox"],
    }
}

record! {
    /// All channels: `GET /v1/channels/status`.
    ChannelStatuses {
        /// One entry each.
        channels: Vec<ChannelStatus> = ["channels"],
        /// More of the channel `email`.
        email: EmailChannel = ["email"],
    }
}

request! {
    /// An address of the user: `POST /v1/channels/email/add`.
    NewContactEmail {
        /// The address.
        email_address: String = "email_address",
        ;
        /// As `Work`.
        label: String = "label",
        /// Whether it is the first one.
        is_primary: bool = "is_primary",
    }
}

request! {
    /// A change to an address: `PUT /v1/channels/email/{email_id}`. What is not set is not sent.
    ContactEmailUpdate {
        ;
        /// As `Work`.
        label: String = "label",
        /// Whether it is the first one.
        is_primary: bool = "is_primary",
        /// Whether copies go there.
        receives_copies: bool = "receives_copies",
        /// Whether notifications go there.
        receives_notifications: bool = "receives_notifications",
    }
}

impl Default for ContactEmailUpdate {
    fn default() -> Self {
        Self::new()
    }
}

record! {
    /// An address of the user.
    ContactEmail {
        /// The provider's id.
        id: String = ["id", "email_id"],
        /// The address.
        email_address: String = ["email_address"],
        /// As `Work`.
        label: String = ["label"],
        /// Whether it is the first one.
        is_primary: bool = ["is_primary"],
        /// Whether copies go there.
        receives_copies: bool = ["receives_copies"],
        /// Whether notifications go there.
        receives_notifications: bool = ["receives_notifications"],
        /// Whether the user proved that it is theirs.
        verified: bool = ["verified"],
        /// Since when.
        verified_at: Timestamp = ["verified_at"],
        /// When it was added.
        created_at: Timestamp = ["created_at"],
    }
}

record! {
    /// The user's addresses: `GET /v1/channels/email/list`.
    ContactEmails {
        /// One entry each.
        emails: Vec<ContactEmail> = ["emails"],
        /// How many.
        total: u64 = ["total"],
        /// The assistant's own address.
        kally_mailbox: String = ["kally_mailbox"],
    }
}

record! {
    /// The assistant's own address: `GET /v1/channels/mailbox`.
    Mailbox {
        /// As `assistant-abc123@kallyai.com`.
        mailbox: String = ["mailbox"],
        /// Whose.
        user_id: String = ["user_id"],
    }
}

words! {
    /// A messenger that can be connected.
    Messenger {
        /// Telegram, by a bot.
        Telegram = "telegram",
        /// WhatsApp, by a business account.
        WhatsApp = "whatsapp",
    }
}

/// What opens a messenger. The secrets in it are shown nowhere.
#[derive(Debug, Clone)]
pub enum MessengerCredentials {
    /// A Telegram bot.
    Telegram {
        /// What its maker was given.
        bot_token: SecretString,
    },
    /// A WhatsApp business account.
    WhatsApp {
        /// The number's id, not the number.
        phone_number_id: String,
        /// What opens it.
        access_token: SecretString,
        /// The business's id.
        business_account_id: String,
    },
}

impl MessengerCredentials {
    /// Of which messenger.
    pub const fn messenger(&self) -> Messenger {
        match self {
            MessengerCredentials::Telegram { .. } => Messenger::Telegram,
            MessengerCredentials::WhatsApp { .. } => Messenger::WhatsApp,
        }
    }

    pub(crate) const fn secret(&self) -> &SecretString {
        match self {
            MessengerCredentials::Telegram { bot_token } => bot_token,
            MessengerCredentials::WhatsApp { access_token, .. } => access_token,
        }
    }
}

impl Serialize for MessengerCredentials {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        match self {
            MessengerCredentials::Telegram { bot_token } => {
                body.serialize_entry("bot_token", bot_token.expose_secret())?
            }
            MessengerCredentials::WhatsApp {
                phone_number_id,
                access_token,
                business_account_id,
            } => {
                body.serialize_entry("phone_number_id", phone_number_id)?;
                body.serialize_entry("access_token", access_token.expose_secret())?;
                body.serialize_entry("business_account_id", business_account_id)?;
            }
        }
        body.end()
    }
}

record! {
    /// How connecting, testing or disconnecting a messenger went.
    MessengerOutcome {
        /// Whether it did.
        success: bool = ["success"],
        /// As `telegram`.
        channel: String = ["channel"],
        /// As `@MyBot`.
        account_name: String = ["account_name"],
    }
}
