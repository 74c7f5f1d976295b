//! Calls: what is ordered from a provider, what a provider reports, and what callers see over all
//! attempts.
//!
//! A provider's view of one call ([`ProviderCall`]) and ours ([`Call`]) are two types, because one
//! call of ours may have been refused by one provider and placed by the next, and because a
//! provider's word never overrules the journal.

mod attempt;
mod content;
mod order;
mod provider_call;
mod status;
mod traits;
mod view;

pub use attempt::{Attempt, AttemptError, AttemptState, Evidence, Proof};
pub use content::{Recording, Speaker, Transcript, TranscriptEntry};
pub use order::CallOrder;
pub use provider_call::{
    CallFilter, Direction, Page, PageRequest, ProviderCall, ProviderState, Trace,
};
pub use status::{CallStatus, Outcome};
pub use traits::{CallControl, Calls, CallsExt, Reschedule};
#[cfg(feature = "test-util")]
pub use traits::{MockCallControl, MockCalls};
pub use view::{Assignment, Call, CallFault};
