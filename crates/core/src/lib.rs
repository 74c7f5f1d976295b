//! The contract for providers of phone calls made by voice agents.
//!
//! This crate knows nothing about HTTP, an async runtime or any particular provider. It defines
//! what a call is, what a provider can be asked to do and, above all, what a failure proves. A
//! failed placing request is a [`PlaceError`], which cannot be created without a [`Delivery`],
//! because the one question that matters after a failed attempt is whether a phone may have rung.
//!
//! | to find | look at |
//! |---|---|
//! | the traits a backend implements | [`Provider`] and [`Calls`]; where it can, [`CallLists`], [`Transcripts`], [`Recordings`], [`CancelCalls`], [`StopCalls`], [`RescheduleCalls`], [`TransferCalls`], [`Agents`], [`Numbers`], [`Webhooks`], [`Usage`], [`Inspect`] |
//! | what callers use on top | [`CallsExt`], [`CallListsExt`] |
//! | a request, before and after validation | [`CallRequest`], [`ValidCall`] |
//! | calls and attempts | [`Call`], [`Attempt`], [`ProviderCall`] |
//! | why and whom a call is for, and what the rules decided | [`CallFacts`], [`RuleDecision`] |
//! | failures | [`Error`], [`ErrorKind`], [`PlaceError`], [`Delivery`], [`Refusal`] |
//! | text that is safe to print | [`text`] |
//! | addresses of this machine | [`is_loopback`] |

mod agent;
mod call;
mod callee;
mod caller_number;
mod clock;
mod country;
mod delivery;
mod error;
mod event;
mod failure_domain;
mod id;
mod inspection;
mod language;
mod loopback;
mod money;
mod number;
mod phone;
mod place_error;
mod provider;
mod raw;
mod redact;
mod request;
mod tariff;
mod trusted_reasons;
mod usage;
mod zone;

pub mod seconds;
pub mod text;

/// The versions of these crates that stand in signatures.
pub use {jiff, secrecy, url, uuid};

pub use agent::{Agent, AgentDraft, AgentEditor, AgentProfile, AgentRef, AgentVersion, Agents};
pub use call::{
    Assignment, Attempt, AttemptError, AttemptState, Call, CallFailure, CallFilter, CallFlag,
    CallFlagKind, CallLists, CallListsExt, CallStatus, Calls, CallsExt, CancelCalls, Direction,
    Evidence, FactUsed, LocalTime, Outcome, Page, PageRequest, PlaceRequest, Proof, ProviderCall,
    ProviderState, Recording, Recordings, Reschedule, RescheduleCalls, RuleDecision, RuleEffect,
    RuleFinding, RuleVerdict, Speaker, StopCalls, Suppression, Trace, Transcript, TranscriptEntry,
    Transcripts, TransferCalls,
};
#[cfg(feature = "test-util")]
pub use call::{
    MockCallLists, MockCalls, MockCancelCalls, MockRecordings, MockRescheduleCalls, MockStopCalls,
    MockTranscripts, MockTransferCalls,
};
pub use callee::{
    AgreedTime, CallFacts, CalleeHistory, CalleeKind, CalleeLine, Consent, ConsentKind,
    CoveredArea, DayHours, ListName, ListState, Purpose, Region, RingCap, RuleOverride,
    WeeklyHours,
};
pub use caller_number::CallerNumber;
pub use clock::Clock;
#[cfg(feature = "tokio")]
pub use clock::SystemClock;
pub use country::{Country, CountryError};
pub use delivery::{Delivery, Refusal};
pub use error::{Error, ErrorKind, Result};
pub use event::{
    Event, EventFeed, EventKind, IncomingWebhook, Subscription, WebhookReceiver,
    WebhookSubscriptions, Webhooks,
};
pub use failure_domain::FailureDomains;
pub use id::{
    AgentId, AttemptId, BatchName, CallId, IdempotencyKey, NumberId, ProfileName, ProviderCallId,
    ProviderId, RowKey, TenantId,
};
pub use inspection::{
    Difference, Finding, Inspect, Inspection, JsonType, Severity, ShapeDifference,
};
pub use language::{Language, LanguageError};
pub use loopback::is_loopback;
pub use money::{Cost, Credits, Currency, Money, parse_currency};
#[cfg(feature = "test-util")]
pub use number::MockNumbers;
pub use number::{NumberChoice, NumberSearch, Numbers, OwnedNumber};
pub use phone::{ListedNumber, NumberType, PhoneNumber, PhoneNumberError, may_begin_number};
pub use place_error::PlaceError;
pub use provider::{
    Coverage, Idempotency, Provider, ProviderInfo, ReadTurns, Replay, RequestLimit,
};
pub use raw::Raw;
pub use request::{
    Appointment, CallKey, CallRequest, CallWindow, Redial, ValidAppointment, ValidCall, moment,
};
pub use tariff::{Destination, Tariff, TariffRow};
pub use trusted_reasons::TrustedReasons;
#[cfg(feature = "test-util")]
pub use usage::MockUsage;
pub use usage::{Balance, Usage, UsageFilter, UsageRecord};
pub use zone::time_zone;
