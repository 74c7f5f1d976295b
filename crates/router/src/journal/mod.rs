//! Where calls are written down before anything is sent, and what may never be written.
//!
//! Each method is one transaction. The rules are the journal's, not its callers': one live attempt for each call, one
//! active call for each person, one call for each key, one owner for each of a provider's calls.

mod memory;
#[cfg(feature = "test-util")]
pub mod rules;

use std::{fmt::Debug, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{AttemptId, Call, CallId, CallStatus, ProviderCallId, ProviderId, Result, ValidCall};

pub use memory::MemoryJournal;

use crate::state::{Effect, Fact};

/// A call that is about to exist.
#[derive(Debug, Clone)]
pub struct NewCall {
    /// Its id.
    pub id: CallId,
    /// What was asked for.
    pub request: Arc<ValidCall>,
    /// When.
    pub at: Timestamp,
}

impl NewCall {
    /// The same callee and task within this long is taken for a mistake.
    pub const DUPLICATE_WINDOW: Duration = Duration::from_secs(600);

    /// The call as it is written down first.
    pub fn received(&self) -> Call {
        let request = &self.request;
        Call {
            id: self.id,
            tenant: request.tenant.clone(),
            to: request.to,
            country: request.country(),
            agent: request.agent.clone(),
            status: CallStatus::Received,
            outcome: None,
            provider: None,
            provider_call_id: None,
            experiment: None,
            attempts: Vec::new(),
            fault: None,
            estimated_cost: None,
            cost: None,
            duration: None,
            summary: None,
            next_steps: None,
            transcript: None,
            recording: None,
            metadata: request.metadata.clone(),
            created_at: self.at,
            updated_at: self.at,
            raw: None,
        }
    }
}

/// What became of a new call.
#[derive(Debug, Clone)]
pub enum Opened {
    /// It is written down.
    New(Box<Call>),
    /// The same key and the same request came before: the first call.
    Replayed(Box<Call>),
}

/// What became of a fact.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The call as it stands now.
    pub call: Arc<Call>,
    /// What has to be done next.
    pub effects: &'static [Effect],
}

/// Which calls to read, oldest first. The default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// In one of these states; empty: in any.
    pub statuses: Vec<CallStatus>,
    /// Younger than this call, to go on where a former selection ended.
    pub after: Option<CallId>,
    /// At most so many.
    pub limit: Option<u32>,
}

impl Selection {
    /// True where a call in this state may be in it.
    pub fn takes(&self, status: CallStatus) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&status)
    }
}

/// Keeps calls. An error of kind `Journal` means that nothing may be sent any more.
#[async_trait]
pub trait Journal: Debug + Send + Sync {
    /// Writes a new call down.
    ///
    /// # Errors
    /// `Conflict` where the key came with another request; `PossibleDuplicate` where the same callee and task came within ten
    /// minutes without a key and without leave.
    async fn open(&self, call: NewCall) -> Result<Opened>;

    /// Writes a fact down.
    ///
    /// # Errors
    /// `Conflict` where a rule forbids it: for [`Fact::Admitted`], where the callee is on another call (code `callee_busy`); for a
    /// second live attempt; for a provider's call that another call owns (code `owned`). Nothing changed then.
    async fn record(&self, id: CallId, fact: Fact, at: Timestamp) -> Result<Recorded>;

    /// One call.
    async fn get(&self, id: CallId) -> Result<Option<Call>>;

    /// What was asked for.
    async fn request(&self, id: CallId) -> Result<Option<Arc<ValidCall>>>;

    /// Whose call a provider's call is.
    async fn owner(&self, provider: &ProviderId, id: &ProviderCallId) -> Result<Option<CallId>>;

    /// Whose attempt it is.
    async fn call_of(&self, attempt: AttemptId) -> Result<Option<CallId>>;

    /// Every call, oldest first.
    async fn list(&self) -> Result<Vec<Call>>;

    /// Some calls, oldest first.
    async fn select(&self, selection: &Selection) -> Result<Vec<Call>>;

    /// The calls that are not settled, oldest first: what a process that starts has to take up.
    async fn unfinished(&self) -> Result<Vec<Call>>;
}
