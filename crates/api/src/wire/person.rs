//! What is remembered about people.

use serde::{Deserialize, Serialize};
use switchboard::journal::{self, OptOutEvent, server::CallsPage};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::wire::{CallStatus, Consent, ConsentKind, Outcome, Purpose, Time};

/// How an operator learnt that somebody does not want to be called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OptOutHow {
    /// They said so.
    CalleeSaid,
    /// They wrote so.
    Written,
    /// An operator decides it.
    #[default]
    Operator,
}

/// A person who does not want to be called.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OptOutRequest)]
pub struct OptOutPerson {
    /// The person's number, in E.164.
    #[schema(examples("+442079460123"))]
    pub to: String,
    /// How it became known. Left out: `operator`.
    #[serde(default)]
    #[schema(default = "operator")]
    pub how: OptOutHow,
    /// When they expressed it, in RFC 3339. Left out: now.
    #[schema(format = DateTime)]
    pub at: Option<String>,
    /// What was said, or a remark. At most 2,000 characters; phone numbers in it are masked.
    pub note: Option<String>,
}

/// A person who wants to be called again after all.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TakeBackRequest)]
pub struct TakeBackOptOut {
    /// The person's number, in E.164.
    #[schema(examples("+442079460123"))]
    pub to: String,
    /// Their words, which are kept as evidence. At most 2,000 characters; phone numbers in them are
    /// masked.
    pub words: String,
    /// When they asked for it, in RFC 3339: later than they asked not to be called. Left out: now.
    #[schema(format = DateTime)]
    pub at: Option<String>,
}

/// Since when a person does not want to be called.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct OptOutState {
    /// Since when. Null: they may be called.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub opted_out_at: Option<Time>,
    /// True if this request changed it.
    pub changed: bool,
}

/// A consent to record, with its evidence.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConsentRequest)]
pub struct RecordConsent {
    /// The person's number, in E.164.
    #[schema(examples("+442079460123"))]
    pub to: String,
    /// The tenant whose calls it is for. Only operators' keys need it, and have to name it.
    pub tenant: Option<String>,
    /// The consent.
    pub consent: Consent,
    /// Where the record comes from, for example `import of 2026-11-02`. At most 200 characters.
    pub source: Option<String>,
}

/// A person, by their number.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PersonRequest)]
pub struct ShowPerson {
    /// The person's number, in E.164.
    #[schema(examples("+442079460123"))]
    pub to: String,
}

macro_rules! without_values {
    ($($name:ident)*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

without_values! { OptOutPerson TakeBackOptOut RecordConsent ShowPerson Person ConsentRecord OptOutRecord }

/// What is remembered about a person. Their number is not in it.
#[derive(Clone, Serialize, ToSchema)]
pub struct Person {
    /// Since when they do not want to be called, of any tenant. Null: they may be called.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub opted_out_at: Option<Time>,
    /// Every opt-out and every time that they were taken back, in order.
    pub opt_outs: Vec<OptOutRecord>,
    /// How often their phone rang or may have rung, over all tenants.
    pub rings: PersonRings,
    /// The last call that went like this, of each kind.
    pub events: Vec<PersonEvent>,
    /// All consents on record, in the order in which they were recorded.
    pub consents: Vec<ConsentRecord>,
    /// Their latest calls, newest first: at most 50.
    pub calls: Vec<PersonCall>,
}

/// How often a phone rang or may have rung. Limits count the same rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonRings {
    /// In the last 24 hours.
    pub last_24_hours: u32,
    /// In the last 7 days.
    pub last_7_days: u32,
    /// In the last 30 days.
    pub last_30_days: u32,
    /// The last time.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub last_at: Option<Time>,
}

/// An opt-out, or that it was taken back.
#[derive(Clone, Serialize, ToSchema)]
pub struct OptOutRecord {
    /// True if it was taken back.
    pub taken_back: bool,
    /// When it was expressed.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// How an opt-out became known: `callee_said`, `written`, `provider` or `operator`. More may be
    /// added. Null if it was taken back.
    #[schema(required)]
    pub how: Option<String>,
    /// Who recorded it.
    pub by: String,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Time,
    /// The call in which it was expressed, or that a provider refused.
    #[schema(required)]
    pub call: Option<String>,
    /// What was said, or a remark.
    #[schema(required)]
    pub note: Option<String>,
}

/// How a call went.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonEvent {
    /// `refused`: they declined; `conversation`: they were spoken with; `abandoned`: they answered,
    /// and nobody spoke. More may be added.
    #[schema(examples("conversation"))]
    pub kind: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// The call.
    #[schema(required)]
    pub call: Option<String>,
}

/// A consent on record.
#[derive(Clone, Serialize, ToSchema)]
pub struct ConsentRecord {
    /// Its id.
    pub id: Uuid,
    /// The tenant whose calls it is for.
    pub tenant: String,
    /// How it was given.
    pub kind: ConsentKind,
    /// When it was given.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub at: Option<Time>,
    /// The exact words that the person saw or heard.
    #[schema(required)]
    pub words: Option<String>,
    /// Where it was given.
    #[schema(required)]
    pub channel: Option<String>,
    /// The seller that it names.
    #[schema(required)]
    pub seller: Option<String>,
    /// The purpose that it is limited to. Null: any.
    #[schema(required)]
    pub purpose: Option<Purpose>,
    /// The hours that it names.
    #[schema(required)]
    pub hours: Option<String>,
    /// When it expires. Null: never.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Time>,
    /// Who recorded it.
    pub by: String,
    /// Where the record comes from.
    #[schema(required)]
    pub source: Option<String>,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Time,
    /// When it was withdrawn: it does not count any more.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub withdrawn_at: Option<Time>,
    /// True if its words and its channel were erased.
    pub evidence_erased: bool,
}

/// A call to a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonCall {
    /// Its id.
    pub id: String,
    /// The tenant that it belongs to.
    pub tenant: String,
    /// When it was received.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// Where it stands.
    pub status: CallStatus,
    /// How it ended.
    #[schema(required)]
    pub outcome: Option<Outcome>,
}

impl From<&OptOutEvent> for OptOutRecord {
    fn from(event: &OptOutEvent) -> Self {
        match event {
            OptOutEvent::OptedOut(one) => Self {
                taken_back: false,
                at: one.at.into(),
                how: Some(one.how.as_str().to_owned()),
                by: one.by.clone(),
                recorded_at: one.recorded_at.into(),
                call: one.call.map(|id| id.to_string()),
                note: one.note.clone(),
            },
            OptOutEvent::TakenBack(one) => Self {
                taken_back: true,
                at: one.at.into(),
                how: None,
                by: one.by.clone(),
                recorded_at: one.recorded_at.into(),
                call: None,
                note: Some(one.words.clone()),
            },
        }
    }
}

impl From<&journal::PersonEvent> for PersonEvent {
    fn from(event: &journal::PersonEvent) -> Self {
        Self {
            kind: event.kind.as_str().to_owned(),
            at: event.at.into(),
            call: event.call.map(|id| id.to_string()),
        }
    }
}

impl From<&journal::ConsentRecord> for ConsentRecord {
    fn from(record: &journal::ConsentRecord) -> Self {
        let consent = &record.consent;
        Self {
            id: record.id,
            tenant: record.tenant.as_str().to_owned(),
            kind: consent.kind.into(),
            at: consent.at.map(Into::into),
            words: consent.words.clone(),
            channel: consent.channel.clone(),
            seller: consent.seller.clone(),
            purpose: consent.purpose.map(Into::into),
            hours: consent.hours.clone(),
            expires_at: consent.expires_at.map(Into::into),
            by: record.by.clone(),
            source: record.source.clone(),
            recorded_at: record.recorded_at.into(),
            withdrawn_at: record.withdrawn.as_ref().map(|one| one.at.into()),
            evidence_erased: record.evidence_erased,
        }
    }
}

impl PersonCall {
    /// The calls of a page.
    pub(crate) fn of(page: &CallsPage) -> Vec<Self> {
        let calls = page.calls.iter().map(|(call, _)| Self {
            id: call.id.to_string(),
            tenant: call.tenant.as_str().to_owned(),
            created_at: call.created_at.into(),
            status: call.status.into(),
            outcome: call.outcome.map(Into::into),
        });
        calls.collect()
    }
}
