//! Tasks to contact somebody over a channel that the provider selects (document 002). It may be a
//! phone call.

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use switchboard_core::{Error, PhoneNumber, Result};

use super::{listed, record, request, words};

words! {
    /// The status of a task, as in the list's filter.
    OutreachStatus {
        /// Not started.
        Pending = "pending",
        /// In progress.
        InProgress = "in_progress",
        /// Completed.
        Completed = "completed",
        /// Failed.
        Failed = "failed",
        /// Cancelled.
        Cancelled = "cancelled",
    }
}

/// The recipient of a task. A number is a [`PhoneNumber`], so it cannot be an emergency or
/// premium-rate number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Phone(PhoneNumber),
    Other(String),
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Kind::Phone(number) => number.fmt(f),
            Kind::Other(_) => f.write_str("Other(..)"),
        }
    }
}

impl Recipient {
    /// An email address, a messenger name or a number. Anything that could be dialled must be a
    /// number that may be called.
    ///
    /// # Errors
    /// `InvalidRequest` for empty text, for text that looks like a number but is not valid E.164,
    /// and for a number that must not be called.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Error::invalid("recipient_identifier", "must not be empty"));
        }
        // `+1-800-FLOWERS` is dialled, and so is a URI of the scheme tel.
        let scheme = text.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("tel:"));
        let begins_as_number =
            text.starts_with(|c: char| c.is_numeric() || matches!(c, '+' | '(' | '*' | '#'));
        let dialled = scheme || begins_as_number || !text.contains(char::is_alphabetic);
        if text.contains('@') || !dialled {
            return Ok(Self(Kind::Other(text.to_owned())));
        }
        match PhoneNumber::parse(text) {
            Ok(number) => Ok(number.into()),
            Err(source) => Err(Error::invalid(
                "recipient_identifier",
                "is not a number that may be called: write it like +14155550100",
            )
            .with_source(source)),
        }
    }
}

impl From<PhoneNumber> for Recipient {
    fn from(number: PhoneNumber) -> Self {
        Self(Kind::Phone(number))
    }
}

impl Serialize for Recipient {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match &self.0 {
            Kind::Phone(number) => number.serialize(serializer),
            Kind::Other(text) => serializer.serialize_str(text),
        }
    }
}

request! {
    /// A task: `POST /v1/outreach/tasks`.
    NewOutreachTask {
        /// The goal of the task in plain text.
        goal: String = "goal",
        /// The recipient.
        recipient: Recipient = "recipient_identifier",
        ;
        /// The recipient's name.
        recipient_name: String = "recipient_name",
        /// The priority, for example `high`; no other word is documented.
        urgency: String = "urgency",
        /// The message to the coordinator that led to it.
        coordination_message_id: String = "coordination_message_id",
        /// Whether it starts at once without confirmation.
        auto_execute: bool = "auto_execute",
    }
}

record! {
    /// One attempt.
    OutreachAttempt {
        /// The channel, for example `call`.
        channel: String = ["channel"],
        /// The status, for example `success`.
        status: String = ["status"],
        /// When it started.
        started_at: Timestamp = ["started_at"],
        /// When it ended.
        completed_at: Timestamp = ["completed_at"],
    }
}

record! {
    /// A task: an entry of the list, the detail, and the answer to creating one.
    OutreachTask {
        /// The provider's id.
        id: String = ["id", "task_id"],
        /// The goal of the task.
        goal: String = ["goal"],
        /// The recipient: a number, an email address, or a messenger name.
        recipient_identifier: String = ["recipient_identifier"],
        /// The recipient's name.
        recipient_name: String = ["recipient_name"],
        /// The status: a word of the filter, or another one.
        status: String = ["status"],
        /// The urgency, for example `high`.
        urgency: String = ["urgency"],
        /// The selected channel, for example `call`.
        selected_channel: String = ["selected_channel"],
        /// The channel used, for example `call`.
        completed_via_channel: String = ["completed_via_channel"],
        /// The outcome.
        completion_summary: String = ["completion_summary"],
        /// When it was made.
        created_at: Timestamp = ["created_at"],
        /// When it last changed.
        updated_at: Timestamp = ["updated_at"],
        /// When it ended.
        completed_at: Timestamp = ["completed_at"],
        /// The attempts.
        attempts: Vec<OutreachAttempt> = ["attempts"],
    }
}

listed!(OutreachTask = ["tasks", "items", "data"]);

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;

    #[test]
    fn what_could_be_dialled_must_be_a_number_that_may_be() {
        for text in [
            "911",
            "112",
            "+1911",
            "+1 900 555 0123",
            "tel:911",
            "TEL:112",
            "0",
            "",
            " ",
            "+",
            "*#06#",
            "+1-800-FLOWERS",
            "911 please",
        ] {
            assert!(Recipient::parse(text).is_err(), "{text}");
        }
        assert_eq!(
            to_value(Recipient::parse("+15125550142").unwrap()).unwrap(),
            json!("+15125550142")
        );
        assert_eq!(
            to_value(Recipient::parse("dr@clinic.com").unwrap()).unwrap(),
            json!("dr@clinic.com")
        );
        assert_eq!(to_value(Recipient::parse("@drsmith").unwrap()).unwrap(), json!("@drsmith"));
        assert!(!format!("{:?}", Recipient::parse("dr@clinic.com").unwrap()).contains("clinic"));
    }
}
