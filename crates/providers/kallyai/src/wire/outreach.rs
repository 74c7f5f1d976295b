//! Tasks that reach somebody by whichever channel the provider selects (document 002). That channel
//! may be a phone call.

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use switchboard_core::{Error, PhoneNumber, Result};

use super::{listed, record, request, words};

words! {
    /// Where a task stands, as the list's filter names it.
    OutreachStatus {
        /// It has not begun.
        Pending = "pending",
        /// It is carried out.
        InProgress = "in_progress",
        /// It was carried out.
        Completed = "completed",
        /// It was tried in vain.
        Failed = "failed",
        /// It was given up.
        Cancelled = "cancelled",
    }
}

/// Whom a task reaches. A number is a [`PhoneNumber`], so that no emergency or premium number can
/// stand here.
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
    /// An address, a name in a messenger, or a number: what could be dialled must be a number that
    /// may be.
    ///
    /// # Errors
    /// `InvalidRequest` for no text at all; for text that reads as a number and is none in E.164;
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
                "is no number that may be called: write it as +14155550100",
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
        /// What shall be achieved, in words.
        goal: String = "goal",
        /// Whom it reaches.
        recipient: Recipient = "recipient_identifier",
        ;
        /// Their name.
        recipient_name: String = "recipient_name",
        /// As `high`; no other word is documented.
        urgency: String = "urgency",
        /// The message to the coordinator that it came of.
        coordination_message_id: String = "coordination_message_id",
        /// Whether it begins by itself, at once.
        auto_execute: bool = "auto_execute",
    }
}

record! {
    /// One try.
    OutreachAttempt {
        /// As `call`.
        channel: String = ["channel"],
        /// As `success`.
        status: String = ["status"],
        /// When it began.
        started_at: Timestamp = ["started_at"],
        /// When it was over.
        completed_at: Timestamp = ["completed_at"],
    }
}

record! {
    /// A task: an entry of the list, the detail, and the answer to creating one.
    OutreachTask {
        /// The provider's id.
        id: String = ["id", "task_id"],
        /// What shall be achieved.
        goal: String = ["goal"],
        /// Whom it reaches: a number, an address, or a name in a messenger.
        recipient_identifier: String = ["recipient_identifier"],
        /// Their name.
        recipient_name: String = ["recipient_name"],
        /// One of the filter's words, or another.
        status: String = ["status"],
        /// As `high`.
        urgency: String = ["urgency"],
        /// As `call`.
        selected_channel: String = ["selected_channel"],
        /// As `call`.
        completed_via_channel: String = ["completed_via_channel"],
        /// What came of it.
        completion_summary: String = ["completion_summary"],
        /// When it was made.
        created_at: Timestamp = ["created_at"],
        /// When it last changed.
        updated_at: Timestamp = ["updated_at"],
        /// When it was over.
        completed_at: Timestamp = ["completed_at"],
        /// What was tried.
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
