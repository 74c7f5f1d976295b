//! Inbound calls and the rules for them (document 002). No answer of this section is documented.

use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use super::{listed, record};

record! {
    /// An inbound call. No document shows one: the fields are read under the names that the other
    /// records use.
    InboundCall {
        /// The provider's id.
        call_id: String = ["call_id", "id"],
        /// `active`, `completed`, `missed`, `rejected`, or another word.
        status: String = ["status"],
        /// The caller's number.
        caller_number: String = ["caller_number", "from_number", "from", "caller_phone", "/caller/phone_number"],
        /// The caller's name.
        caller_name: String = ["caller_name", "/caller/name"],
        /// A summary.
        summary: String = ["summary", "highlights"],
        /// How long it lasted, in seconds.
        duration_seconds: Decimal = ["duration_seconds"],
        /// When it started.
        created_at: Timestamp = ["created_at", "started_at", "/metadata/created_at"],
    }
}

listed!(InboundCall = ["calls", "items", "data"]);

/// The status of an inbound call, as in the list's filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InboundStatus {
    /// In progress.
    Active,
    /// Answered and over.
    Completed,
    /// Nobody answered.
    Missed,
    /// Rejected.
    Rejected,
}

impl InboundStatus {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            InboundStatus::Active => "active",
            InboundStatus::Completed => "completed",
            InboundStatus::Missed => "missed",
            InboundStatus::Rejected => "rejected",
        }
    }
}

/// A filter for inbound calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InboundFilter {
    pub(crate) status: Option<InboundStatus>,
    pub(crate) vip_only: Option<bool>,
    pub(crate) date_from: Option<Date>,
    pub(crate) date_to: Option<Date>,
}

impl InboundFilter {
    /// All of them.
    pub const fn new() -> Self {
        Self { status: None, vip_only: None, date_from: None, date_to: None }
    }

    /// Only those with this status.
    #[must_use]
    pub const fn status(mut self, status: InboundStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Only callers that are marked as important.
    #[must_use]
    pub const fn vip_only(mut self, only: bool) -> Self {
        self.vip_only = Some(only);
        self
    }

    /// From this day on.
    #[must_use]
    pub const fn from(mut self, day: Date) -> Self {
        self.date_from = Some(day);
        self
    }

    /// Up to this day.
    #[must_use]
    pub const fn to(mut self, day: Date) -> Self {
        self.date_to = Some(day);
        self
    }
}

/// The confirmation for deleting the records of inbound calls in bulk. The document names no
/// selector, so it may delete all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteAllInboundCalls {
    /// Confirmed, whatever it deletes.
    Confirmed,
}

/// A routing rule: `POST` and `PUT /v1/inbound/rules`. The body of the `PUT` is undocumented and
/// taken to be the same.
#[derive(Clone, PartialEq, Serialize)]
pub struct RoutingRule {
    name: String,
    action: String,
    priority: i32,
    is_active: bool,
    conditions: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    action_config: Option<Value>,
}

impl RoutingRule {
    /// An active rule. `action` is the provider's word, for example `transfer`; `conditions` is its
    /// object, for example `{"caller_vip": true}`.
    pub fn new(
        name: impl Into<String>,
        priority: i32,
        conditions: Value,
        action: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            action: action.into(),
            priority,
            is_active: true,
            conditions,
            action_config: None,
        }
    }

    /// Sets the parameters of the action, for example `{"target": …}`.
    #[must_use]
    pub fn action_config(mut self, config: Value) -> Self {
        self.action_config = Some(config);
        self
    }

    /// Sets whether the rule is active.
    #[must_use]
    pub fn active(mut self, active: bool) -> Self {
        self.is_active = active;
        self
    }
}

impl std::fmt::Debug for RoutingRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RoutingRule")
            .field("priority", &self.priority)
            .field("is_active", &self.is_active)
            .finish_non_exhaustive()
    }
}

/// A contact that the receptionist knows.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ContactDraft {
    name: String,
    phone_number: String,
    is_vip: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
}

impl ContactDraft {
    /// A name and a number in E.164.
    pub fn new(name: impl Into<String>, phone_number: impl Into<String>) -> Self {
        Self { name: name.into(), phone_number: phone_number.into(), is_vip: false, notes: None }
    }

    /// Whether the caller is important.
    #[must_use]
    pub fn vip(mut self, vip: bool) -> Self {
        self.is_vip = vip;
        self
    }

    /// Sets a note in plain text.
    #[must_use]
    pub fn notes(mut self, notes: impl Into<String>) -> Self {
        self.notes = Some(notes.into());
        self
    }
}

impl std::fmt::Debug for ContactDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContactDraft").field("is_vip", &self.is_vip).finish_non_exhaustive()
    }
}
