//! What a journal remembers about people: whether they asked not to be called again,
//! their consents, and how earlier calls to them went.
//!
//! It is about the person, whatever tenant, provider or purpose the calls were for. The exception
//! are consents: a person consents to calls of somebody, so a consent counts for the tenant that
//! recorded it only.

use std::fmt::Debug;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_core::{
    Attempt, AttemptState, CallId, CalleeHistory, Consent, Error, ErrorKind, PhoneNumber, Result,
    TenantId, text::one_line,
};
use uuid::Uuid;

/// The most characters of a note or of somebody's words.
pub const LONGEST_WORDS: usize = 2_000;
/// The most characters of a name, a code or a source.
pub const LONGEST_NAME: usize = 200;

/// The id of a consent, of version 7.
pub type ConsentId = Uuid;

/// When an attempt made a phone ring, or may have. `None` while it must not be sent yet, and once
/// it is proven that no phone rang.
pub fn rang_at(attempt: &Attempt) -> Option<Timestamp> {
    match attempt.state {
        AttemptState::Intent | AttemptState::NotPlaced => None,
        AttemptState::Claimed
        | AttemptState::Sent
        | AttemptState::Placed
        | AttemptState::Unknown
        | AttemptState::Reconciling => Some(attempt.sent_at.unwrap_or(attempt.created_at)),
    }
}

/// How an opt-out became known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptOutSource {
    /// The callee said so in a call.
    CalleeSaid,
    /// The callee wrote so.
    Written,
    /// A provider refused a call because the callee does not want calls. Contains its code.
    Provider(String),
    /// An operator decided so.
    Operator,
}

/// A person's request not to be called again. `Debug` omits the note.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OptOut {
    /// When they expressed it.
    pub at: Timestamp,
    /// How it became known.
    pub how: OptOutSource,
    /// Who recorded it, for example `engine` or the name of an operator.
    pub by: String,
    /// When it was recorded. [`OptOut::new`] takes the time at which it was expressed.
    pub recorded_at: Timestamp,
    /// The call in which it was expressed, or that a provider refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// What was said, or a remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl OptOut {
    /// An opt-out that was expressed and recorded now.
    pub fn new(how: OptOutSource, by: impl Into<String>, at: Timestamp) -> Self {
        Self { at, how, by: by.into(), recorded_at: at, call: None, note: None }
    }

    /// The same opt-out with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// As a journal keeps it: texts are shortened, and phone numbers in them are masked. It is
    /// never rejected: an opt-out must not be lost because of what was written about it.
    #[must_use]
    pub fn into_kept(mut self) -> Self {
        if let OptOutSource::Provider(code) = &mut self.how {
            *code = kept(code, LONGEST_NAME);
        }
        self.by = kept(&self.by, LONGEST_NAME);
        self.note = self.note.map(|note| kept(&note, LONGEST_WORDS));
        self
    }

    /// True if both are the same news: they became known in the same way from the same call.
    pub fn repeats(&self, earlier: &Self) -> bool {
        self.how == earlier.how && self.call == earlier.call && self.at <= earlier.at
    }
}

impl Debug for OptOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { at, how, by, call, .. } = self;
        f.debug_struct("OptOut")
            .field("at", at)
            .field("how", how)
            .field("by", by)
            .field("call", call)
            .finish_non_exhaustive()
    }
}

/// A person's own request to be called again after all. `Debug` omits their words.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TakeBack {
    /// When they requested it: later than they asked not to be called.
    pub at: Timestamp,
    /// Their words. Phone numbers in them are masked.
    pub words: String,
    /// Who recorded it.
    pub by: String,
    /// When it was recorded. [`TakeBack::new`] takes the time at which it was requested.
    pub recorded_at: Timestamp,
}

impl TakeBack {
    /// A request that was made and recorded now.
    pub fn new(words: impl Into<String>, by: impl Into<String>, at: Timestamp) -> Self {
        Self { at, words: words.into(), by: by.into(), recorded_at: at }
    }

    /// The same request with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// As a journal keeps it, with phone numbers masked.
    ///
    /// # Errors
    /// `InvalidRequest` if it is no evidence: it has no words or no name, or they are too long.
    pub fn into_kept(mut self) -> Result<Self> {
        self.words = checked("words", &self.words, LONGEST_WORDS)?;
        self.by = checked("by", &self.by, LONGEST_NAME)?;
        Ok(self)
    }
}

impl Debug for TakeBack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TakeBack")
            .field("at", &self.at)
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}

/// What was recorded about whether a person wants to be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum OptOutEvent {
    /// They do not want to be called again.
    OptedOut(OptOut),
    /// They want to be called again after all.
    TakenBack(TakeBack),
}

/// The opt-outs that were not taken back, in the order in which they were recorded.
pub fn in_force(events: &[OptOutEvent]) -> impl Iterator<Item = &OptOut> {
    let after = events.iter().rposition(|event| matches!(event, OptOutEvent::TakenBack(_)));
    let events = events.iter().skip(after.map_or(0, |place| place + 1));
    events.filter_map(|event| match event {
        OptOutEvent::OptedOut(opt_out) => Some(opt_out),
        OptOutEvent::TakenBack(_) => None,
    })
}

/// Since when a person with these events does not want to be called.
pub fn opted_out(events: &[OptOutEvent]) -> Option<Timestamp> {
    in_force(events).map(|opt_out| opt_out.at).min()
}

/// What a journal does with an opt-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptOutNews {
    /// The person was not opted out: it is recorded.
    New,
    /// They were opted out, and this is further evidence: it is recorded.
    Further,
    /// It [repeats](OptOut::repeats) what is recorded.
    Nothing,
}

/// What a journal does with an opt-out of a person with these events.
pub fn opt_out_news(events: &[OptOutEvent], opt_out: &OptOut) -> OptOutNews {
    let mut recorded = in_force(events).peekable();
    if recorded.peek().is_none() {
        OptOutNews::New
    } else if recorded.any(|earlier| opt_out.repeats(earlier)) {
        OptOutNews::Nothing
    } else {
        OptOutNews::Further
    }
}

/// Checks that a person with these events can take back that they do not want to be called.
///
/// # Errors
/// As for [`People::take_back_opt_out`].
pub fn check_take_back(events: &[OptOutEvent], request: &TakeBack) -> Result<()> {
    let Some(last) = in_force(events).map(|opt_out| opt_out.at).max() else {
        return Err(Error::new(
            ErrorKind::NotFound,
            "the person is not opted out: there is nothing to take back",
        )
        .with_code("not_opted_out"));
    };
    if request.at <= last {
        return Err(Error::invalid(
            "at",
            format!(
                "is not later than {last}, when the person asked not to be called: \
                 only a later request of theirs takes it back"
            ),
        ));
    }
    Ok(())
}

/// How a call to a person went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonEventKind {
    /// They declined, without asking not to be called again.
    Refused,
    /// Somebody spoke with them.
    Conversation,
    /// They answered, and nobody spoke.
    Abandoned,
}

impl PersonEventKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Refused, Self::Conversation, Self::Abandoned];

    /// The word in JSON and journals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Conversation => "conversation",
            Self::Abandoned => "abandoned",
        }
    }
}

/// How a call to a person went, and which call it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonEvent {
    /// How it went.
    pub kind: PersonEventKind,
    /// When.
    pub at: Timestamp,
    /// The call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
}

/// A consent that is to be recorded. `Debug` omits its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewConsent {
    /// The id of the new record.
    pub id: ConsentId,
    /// Whose calls it is for.
    pub tenant: TenantId,
    /// The consent and its evidence. Phone numbers in it are masked.
    pub consent: Consent,
    /// Who recorded it.
    pub by: String,
    /// Where the record comes from, for example `import of 2026-11-02`.
    pub source: Option<String>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

impl NewConsent {
    /// A consent that is recorded now, under a new id.
    pub fn new(
        tenant: TenantId,
        consent: Consent,
        by: impl Into<String>,
        recorded_at: Timestamp,
    ) -> Self {
        Self { id: Uuid::now_v7(), tenant, consent, by: by.into(), source: None, recorded_at }
    }

    /// The same consent with other fields set.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// As a journal keeps it, with phone numbers masked.
    ///
    /// # Errors
    /// `InvalidRequest` if nobody recorded it, or a text is too long.
    pub fn into_kept(mut self) -> Result<Self> {
        let optional = |field, text: Option<String>, most| {
            text.map(|text| checked(field, &text, most)).transpose()
        };
        self.by = checked("by", &self.by, LONGEST_NAME)?;
        self.source = optional("source", self.source, LONGEST_NAME)?;
        let consent = &mut self.consent;
        consent.words = optional("words", consent.words.take(), LONGEST_WORDS)?;
        consent.channel = optional("channel", consent.channel.take(), LONGEST_NAME)?;
        consent.seller = optional("seller", consent.seller.take(), LONGEST_NAME)?;
        consent.hours = optional("hours", consent.hours.take(), LONGEST_NAME)?;
        Ok(self)
    }

    /// The record of it.
    pub fn into_record(self) -> ConsentRecord {
        let Self { id, tenant, consent, by, source, recorded_at } = self;
        ConsentRecord {
            id,
            tenant,
            consent,
            by,
            source,
            recorded_at,
            withdrawn: None,
            evidence_erased: false,
        }
    }
}

/// The withdrawal of a consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Withdrawal {
    /// When.
    pub at: Timestamp,
    /// Who recorded it; `opt_out` if the person asked not to be called again, and `erasure` if
    /// their data was erased: both withdraw all consents.
    pub by: String,
}

impl Withdrawal {
    /// What withdraws all consents of a person who asks not to be called again.
    pub const BY_OPT_OUT: &str = "opt_out";
    /// What withdraws all consents of a person whose data is erased.
    pub const BY_ERASURE: &str = "erasure";

    /// A withdrawal.
    pub fn new(by: impl Into<String>, at: Timestamp) -> Self {
        Self { at, by: by.into() }
    }

    /// As a journal keeps it, with phone numbers masked and cut to its length.
    #[must_use]
    pub fn into_kept(mut self) -> Self {
        self.by = kept(&self.by, LONGEST_NAME);
        self
    }
}

/// A consent on record. `Debug` omits its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConsentRecord {
    /// The id of the record.
    pub id: ConsentId,
    /// Whose calls it is for.
    pub tenant: TenantId,
    /// The consent and its evidence.
    pub consent: Consent,
    /// Who recorded it.
    pub by: String,
    /// Where the record comes from.
    pub source: Option<String>,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it was withdrawn, and by whom.
    pub withdrawn: Option<Withdrawal>,
    /// True if its words and its channel were erased.
    pub evidence_erased: bool,
}

/// Everything that a journal remembers about a person, for an operator. Their number is not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Person {
    /// Since when they do not want to be called, unless they took it back.
    pub opted_out: Option<Timestamp>,
    /// Every opt-out that was recorded, and every time that they were taken back, in order.
    pub opt_outs: Vec<OptOutEvent>,
    /// When their phone rang or may have rung, oldest first: the last [`Person::MOST_RINGS`] times.
    pub rings: Vec<Timestamp>,
    /// The last call of each kind.
    pub events: Vec<PersonEvent>,
    /// All consents on record, in the order in which they were recorded.
    pub consents: Vec<ConsentRecord>,
}

impl Person {
    /// The most rings that are listed.
    pub const MOST_RINGS: usize = 1_000;
}

/// What is remembered about people, by their phone number.
///
/// Each method is one transaction, and what it writes is durable when it returns. A journal keeps
/// what it remembers under a keyed hash of the number where it can, so that it survives the erasure
/// of the person's data.
#[async_trait]
pub trait People: Debug + Send + Sync {
    /// What is known about a callee: the rings after `since`, the opt-out, how earlier
    /// calls went, of all tenants; and the consents to calls of this tenant that were not withdrawn,
    /// in the order in which they were recorded.
    async fn history(
        &self,
        tenant: &TenantId,
        to: &PhoneNumber,
        since: Timestamp,
    ) -> Result<CalleeHistory>;

    /// Records that a person does not want to be called again, and withdraws all their consents.
    /// No attempt whose reservation has [`Reservation::callee`](switchboard_router::Reservation)
    /// may be sent any more once this has returned. Returns false if they were opted out before;
    /// it is recorded all the same unless it [repeats](OptOut::repeats) what is recorded.
    async fn opt_out(&self, to: &PhoneNumber, opt_out: &OptOut) -> Result<bool>;

    /// Records that a person wants to be called again after all. Their consents stay withdrawn.
    ///
    /// # Errors
    /// `NotFound` with the code `not_opted_out` if they are not opted out; `InvalidRequest` if the
    /// request is not later than each of their opt-outs, or is no evidence.
    async fn take_back_opt_out(&self, to: &PhoneNumber, request: &TakeBack) -> Result<()>;

    /// Records a consent. Returns false if there is a consent with this id.
    ///
    /// # Errors
    /// `InvalidRequest` if it is incomplete or too long.
    async fn add_consent(&self, to: &PhoneNumber, consent: &NewConsent) -> Result<bool>;

    /// Records that a consent was withdrawn. Returns false if there is no consent of this person
    /// with this id, or it was withdrawn before.
    async fn withdraw_consent(
        &self,
        to: &PhoneNumber,
        id: ConsentId,
        withdrawal: &Withdrawal,
    ) -> Result<bool>;

    /// Records how a call to a person went. The latest of each kind is kept.
    async fn note(&self, to: &PhoneNumber, event: &PersonEvent) -> Result<()>;

    /// Everything that is remembered about a person.
    async fn person(&self, to: &PhoneNumber) -> Result<Person>;
}

fn kept(text: &str, most: usize) -> String {
    let line = one_line(text);
    match line.char_indices().nth(most) {
        Some((end, _)) => line.get(..end).unwrap_or_default().to_owned(),
        None => line,
    }
}

fn checked(field: &'static str, text: &str, most: usize) -> Result<String> {
    let line = one_line(text);
    if line.is_empty() {
        return Err(Error::invalid(field, "is empty: write what it is about, or leave it out"));
    }
    if line.chars().count() > most {
        return Err(Error::invalid(field, format!("has more than {most} characters: shorten it")));
    }
    Ok(line)
}
