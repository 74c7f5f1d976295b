//! The channels between KallyAI and its user: email addresses and messengers (document 002).

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{record, request, words};

record! {
    /// A channel, and whether it is connected.
    ChannelStatus {
        /// The channel, for example `whatsapp`.
        channel: String = ["channel"],
        /// Whether it is connected.
        connected: bool = ["connected"],
        /// The account, for example `@MyBot`.
        account_name: String = ["account_name"],
        /// When it was connected.
        connected_at: Timestamp = ["connected_at"],
    }
}

record! {
    /// The channel `email`, which has addresses rather than one account.
    EmailChannel {
        /// Whether there is an email address.
        connected: bool = ["connected"],
        /// The number of email addresses.
        contact_count: u64 = ["contact_count"],
        /// The primary email address.
        primary_email: String = ["primary_email"],
        /// The assistant's own email address.
        kally_mailbox: String = ["kally_mailbox"],
    }
}

record! {
    /// All channels: `GET /v1/channels/status`.
    ChannelStatuses {
        /// One entry for each.
        channels: Vec<ChannelStatus> = ["channels"],
        /// Details of the channel `email`.
        email: EmailChannel = ["email"],
    }
}

request! {
    /// An email address of the user: `POST /v1/channels/email/add`.
    NewContactEmail {
        /// The address.
        email_address: String = "email_address",
        ;
        /// A label, for example `Work`.
        label: String = "label",
        /// Whether it is the primary address.
        is_primary: bool = "is_primary",
    }
}

request! {
    /// A change to an address: `PUT /v1/channels/email/{email_id}`. What is not set is not sent.
    ContactEmailUpdate {
        ;
        /// A label, for example `Work`.
        label: String = "label",
        /// Whether it is the primary address.
        is_primary: bool = "is_primary",
        /// Whether it receives copies.
        receives_copies: bool = "receives_copies",
        /// Whether it receives notifications.
        receives_notifications: bool = "receives_notifications",
    }
}

impl Default for ContactEmailUpdate {
    fn default() -> Self {
        Self::new()
    }
}

record! {
    /// An email address of the user.
    ContactEmail {
        /// The provider's id.
        id: String = ["id", "email_id"],
        /// The address.
        email_address: String = ["email_address"],
        /// A label, for example `Work`.
        label: String = ["label"],
        /// Whether it is the primary address.
        is_primary: bool = ["is_primary"],
        /// Whether it receives copies.
        receives_copies: bool = ["receives_copies"],
        /// Whether it receives notifications.
        receives_notifications: bool = ["receives_notifications"],
        /// Whether it is verified.
        verified: bool = ["verified"],
        /// When it was verified.
        verified_at: Timestamp = ["verified_at"],
        /// When it was added.
        created_at: Timestamp = ["created_at"],
    }
}

record! {
    /// The user's addresses: `GET /v1/channels/email/list`.
    ContactEmails {
        /// One entry for each.
        emails: Vec<ContactEmail> = ["emails"],
        /// The number of email addresses.
        total: u64 = ["total"],
        /// The assistant's own email address.
        kally_mailbox: String = ["kally_mailbox"],
    }
}

record! {
    /// The assistant's own address: `GET /v1/channels/mailbox`.
    Mailbox {
        /// The address, for example `assistant-abc123@kallyai.com`.
        mailbox: String = ["mailbox"],
        /// The user's id.
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

/// The credentials of a messenger. `Debug` shows none of the secrets.
#[derive(Debug, Clone)]
pub enum MessengerCredentials {
    /// A Telegram bot.
    Telegram {
        /// The bot's token.
        bot_token: SecretString,
    },
    /// A WhatsApp business account.
    WhatsApp {
        /// The id of the phone number, not the number.
        phone_number_id: String,
        /// The access token.
        access_token: SecretString,
        /// The business's id.
        business_account_id: String,
    },
}

impl MessengerCredentials {
    /// The messenger.
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
    /// The result of connecting, testing or disconnecting a messenger.
    MessengerOutcome {
        /// Whether it succeeded.
        success: bool = ["success"],
        /// The messenger, for example `telegram`.
        channel: String = ["channel"],
        /// The account, for example `@MyBot`.
        account_name: String = ["account_name"],
    }
}
