//! Ordering a call, and moving one (documents 002 and 003).

use std::{fmt, str::FromStr};

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};
use switchboard_core::{Error, Language, PhoneNumber, Result};

/// What kind of task it is. KallyAI has no agents of an account: these four are what it has
/// instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskCategory {
    /// Tables.
    Restaurant,
    /// Appointments with doctors.
    Clinic,
    /// Rooms.
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
                format!("{text:?} is no task category of KallyAI: write restaurant, clinic, hotel or general"),
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

/// An order for a call: `POST /v1/calls`. The callee is a [`PhoneNumber`], so that no emergency or
/// premium number can stand here.
#[derive(Clone, PartialEq, Serialize)]
pub struct CreateCall {
    submission: Submission,
    timezone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
}

impl CreateCall {
    /// An order with what is required. `timezone` is an IANA name, as `America/New_York`.
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

    /// The callee's business.
    #[must_use]
    pub fn business_name(mut self, name: impl Into<String>) -> Self {
        self.submission.business_name = Some(name.into());
        self
    }

    /// Who asks for the call.
    #[must_use]
    pub fn user_name(mut self, name: impl Into<String>) -> Self {
        self.submission.user_name = Some(name.into());
        self
    }

    /// Where the callee can ring back.
    #[must_use]
    pub fn user_phone(mut self, number: PhoneNumber) -> Self {
        self.submission.user_phone = Some(number);
        self
    }

    /// The day that is wanted.
    #[must_use]
    pub fn appointment_date(mut self, date: Date) -> Self {
        self.submission.appointment_date = Some(date);
        self
    }

    /// The local time that is wanted, to the minute.
    #[must_use]
    pub fn appointment_time(mut self, time: Time) -> Self {
        self.submission.appointment_time = Some(hour_and_minute(time));
        self
    }

    /// The time that is wanted in words, as `after 5pm`.
    #[must_use]
    pub fn time_preference(mut self, words: impl Into<String>) -> Self {
        self.submission.time_preference_text = Some(words.into());
        self
    }

    /// For how many people, 1 to 50.
    #[must_use]
    pub fn party_size(mut self, people: u32) -> Self {
        self.submission.party_size = Some(people);
        self
    }

    /// What is spoken, and what the answer is written in. The provider knows languages without
    /// regions: `es-MX` is sent as `es`.
    #[must_use]
    pub fn language(mut self, language: &Language) -> Self {
        self.submission.language = Some(language.primary().to_owned());
        self.submission.call_language = Some(language.primary().to_owned());
        self
    }

    /// What the answer is written in, where that is not what is spoken: set it after
    /// [`language`](Self::language).
    #[must_use]
    pub fn app_language(mut self, language: &Language) -> Self {
        self.submission.language = Some(language.primary().to_owned());
        self
    }

    /// The provider shall hurry.
    #[must_use]
    pub fn urgent(mut self, urgent: bool) -> Self {
        self.submission.is_urgent = urgent;
        self
    }

    /// One more instruction.
    #[must_use]
    pub fn instruction(mut self, line: impl Into<String>) -> Self {
        self.submission.additional_instructions.push(line.into());
        self
    }

    /// The session it belongs to (document 003).
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
    /// To this local date and time, to the minute.
    pub fn new(at: DateTime) -> Self {
        Self { date: at.date(), time: hour_and_minute(at.time()) }
    }
}

fn hour_and_minute(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}
