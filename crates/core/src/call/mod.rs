//! Calls: what a provider is asked to place, what it reports, and what callers see across all
//! attempts.
//!
//! A provider's view of a call ([`ProviderCall`]) and Switchboard's ([`Call`]) are two types,
//! because one call may be refused by one provider and placed by the next, and because a provider's
//! report never overrides the journal.

mod attempt;
mod briefing;
mod content;
mod decision;
mod flag;
mod order;
mod provider_call;
mod status;
mod suppression;
mod traits;
mod view;

pub use attempt::{Attempt, AttemptError, AttemptState, Evidence, Proof};
pub use content::{Recording, Speaker, Transcript, TranscriptEntry};
pub use decision::{FactUsed, LocalTime, RuleDecision, RuleEffect, RuleFinding, RuleVerdict};
pub use flag::{CallFlag, CallFlagKind};
pub use order::PlaceRequest;
pub use provider_call::{
    CallFilter, Direction, Page, PageRequest, ProviderCall, ProviderState, Trace,
};
pub use status::{CallStatus, Outcome};
pub use suppression::Suppression;
pub use traits::{
    CallLists, CallListsExt, Calls, CallsExt, CancelCalls, Recordings, Reschedule, RescheduleCalls,
    StopCalls, Transcripts, TransferCalls,
};
#[cfg(feature = "test-util")]
pub use traits::{
    MockCallLists, MockCalls, MockCancelCalls, MockRecordings, MockRescheduleCalls, MockStopCalls,
    MockTranscripts, MockTransferCalls,
};
pub use view::{Assignment, Call, CallFailure};
