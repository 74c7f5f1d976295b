//! Placing and rescheduling a call (documents 002 and 003).

use std::{fmt, str::FromStr};

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};
use switchboard_core::{Error, Language, PhoneNumber, Result};

/// A kind of task. KallyAI accounts have no agents; these four categories take their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskCategory {
    /// Restaurant reservations.
    Restaurant,
    /// Medical appointments.
    Clinic,
    /// Hotel reservations.
    Hotel,
    /// Everything else.
    General,
}

impl TaskCategory {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Restaurant, Self::Clinic, Self::Hotel, Self::General];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            TaskCategory::Restaurant => "restaurant",
            TaskCategory::Clinic => "clinic",
            TaskCategory::Hotel => "hotel",
            TaskCategory::General => "general",
        }
    }
}

impl fmt::Display for TaskCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TaskCategory {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let known = Self::ALL.into_iter().find(|category| category.as_str() == text);
        known.ok_or_else(|| {
            Error::invalid(
                "agent",
                format!("{text:?} is not a KallyAI task category: use restaurant, clinic, hotel or general"),
            )
        })
    }
}

#[derive(Clone, PartialEq, Serialize)]
struct Submission {
    task_category: TaskCategory,
    task_description: String,
    respondent_phone: PhoneNumber,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_phone: Option<PhoneNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    appointment_date: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    appointment_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_preference_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    party_size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_language: Option<String>,
    is_urgent: bool,
    additional_instructions: Vec<String>,
}

/// A call to place: `POST /v1/calls`. The callee is a [`PhoneNumber`], so it cannot be an emergency
/// or premium-rate number.
#[derive(Clone, PartialEq, Serialize)]
pub struct CreateCall {
    submission: Submission,
    timezone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
}

impl CreateCall {
    /// A call with the required fields. `timezone` is an IANA name, for example `America/New_York`.
    pub fn new(
        category: TaskCategory,
        task: impl Into<String>,
        to: PhoneNumber,
        timezone: impl Into<String>,
    ) -> Self {
        let submission = Submission {
            task_category: category,
            task_description: task.into(),
            respondent_phone: to,
            business_name: None,
            user_name: None,
            user_phone: None,
            appointment_date: None,
            appointment_time: None,
            time_preference_text: None,
            party_size: None,
            language: None,
            call_language: None,
            is_urgent: false,
            additional_instructions: Vec::new(),
        };
        Self { submission, timezone: timezone.into(), session_id: None }
    }

    /// Sets the name of the business that is called.
    #[must_use]
    pub fn business_name(mut self, name: impl Into<String>) -> Self {
        self.submission.business_name = Some(name.into());
        self
    }

    /// Sets on whose behalf the call is made.
    #[must_use]
    pub fn user_name(mut self, name: impl Into<String>) -> Self {
        self.submission.user_name = Some(name.into());
        self
    }

    /// Sets the number to call back.
    #[must_use]
    pub fn user_phone(mut self, number: PhoneNumber) -> Self {
        self.submission.user_phone = Some(number);
        self
    }

    /// Sets the requested day.
    #[must_use]
    pub fn appointment_date(mut self, date: Date) -> Self {
        self.submission.appointment_date = Some(date);
        self
    }

    /// Sets the requested local time, to the minute.
    #[must_use]
    pub fn appointment_time(mut self, time: Time) -> Self {
        self.submission.appointment_time = Some(hour_and_minute(time));
        self
    }

    /// Sets the requested time in plain text, for example `after 5pm`.
    #[must_use]
    pub fn time_preference(mut self, words: impl Into<String>) -> Self {
        self.submission.time_preference_text = Some(words.into());
        self
    }

    /// Sets the number of people, 1 to 50.
    #[must_use]
    pub fn party_size(mut self, people: u32) -> Self {
        self.submission.party_size = Some(people);
        self
    }

    /// Sets the language of the conversation and of the answer. The provider knows languages
    /// without regions: `es-MX` is sent as `es`.
    #[must_use]
    pub fn language(mut self, language: &Language) -> Self {
        self.submission.language = Some(language.primary().to_owned());
        self.submission.call_language = Some(language.primary().to_owned());
        self
    }

    /// Sets the language of the answer, if it differs from the conversation's: set it after
    /// [`language`](Self::language).
    #[must_use]
    pub fn app_language(mut self, language: &Language) -> Self {
        self.submission.language = Some(language.primary().to_owned());
        self
    }

    /// Marks the call as urgent.
    #[must_use]
    pub fn urgent(mut self, urgent: bool) -> Self {
        self.submission.is_urgent = urgent;
        self
    }

    /// Adds an instruction.
    #[must_use]
    pub fn instruction(mut self, line: impl Into<String>) -> Self {
        self.submission.additional_instructions.push(line.into());
        self
    }

    /// Sets the session it belongs to (document 003).
    #[must_use]
    pub fn session_id(mut self, id: impl Into<String>) -> Self {
        self.session_id = Some(id.into());
        self
    }
}

impl fmt::Debug for CreateCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateCall")
            .field("task_category", &self.submission.task_category)
            .field("respondent_phone", &self.submission.respondent_phone)
            .finish_non_exhaustive()
    }
}

/// A new time for a call that has not been dialled. No time zone is documented: it is the call's
/// own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RescheduleCall {
    date: Date,
    time: String,
}

impl RescheduleCall {
    /// A new local date and time, to the minute.
    pub fn new(at: DateTime) -> Self {
        Self { date: at.date(), time: hour_and_minute(at.time()) }
    }
}

fn hour_and_minute(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}
