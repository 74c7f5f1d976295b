//! A provider: what it is and what it can do.

use std::{collections::BTreeSet, fmt::Debug, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use serde::Serialize;

use crate::{
    Agents, CallControl, Calls, Country, Language, Numbers, ProviderId, Tariff, Usage, Webhooks,
};

/// Which countries or languages: all, or these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage<T: Ord> {
    /// All of them.
    All,
    /// These.
    Only(BTreeSet<T>),
}

impl<T: Ord> Coverage<T> {
    /// True where this one is covered.
    pub fn covers(&self, item: &T) -> bool {
        match self {
            Coverage::All => true,
            Coverage::Only(set) => set.contains(item),
        }
    }
}

/// What a key sent with a placing request is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Idempotency {
    /// The provider takes none (KaiCalls).
    None,
    /// It takes one and documents neither its life time nor what a replay does: it is sent and
    /// never relied on (KallyAI).
    Undocumented,
}

/// A limit that the provider documents: at most so many requests in any window of this length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RequestLimit {
    /// How many.
    pub requests: u32,
    /// In how long.
    pub window: Duration,
}

/// What is known of a provider without asking it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProviderInfo {
    /// As the configuration names it.
    pub id: ProviderId,
    /// What it rides on. Two providers of one domain are no backup of each other.
    pub failure_domain: String,
    /// Where it calls.
    pub countries: Coverage<Country>,
    /// What its agents speak; primary subtags cover their variants.
    pub languages: Coverage<Language>,
    /// True where the answer to the placing request comes when the phone call is over.
    pub synchronous: bool,
    /// What a key is worth.
    pub idempotency: Idempotency,
    /// The documented limit of placing requests.
    pub place_limit: Option<RequestLimit>,
    /// The documented limit of reads.
    pub read_limit: Option<RequestLimit>,
    /// The longest call that it makes, where it says one.
    pub max_duration: Option<Duration>,
    /// True where a call needs an agent of the account.
    pub needs_agent: bool,
    /// What it charges, where its documents or the configuration say it.
    pub tariff: Option<Tariff>,
}

/// Hands out the reads that a provider's limit allows. One question to a backend may take many
/// requests, and a limit counts each of them.
pub trait ReadTurns: Debug + Send + Sync {
    /// Ends when one more request may be sent that reads.
    fn turn(&self) -> BoxFuture<'static, ()>;
}

/// One account at one provider. A missing ability is a missing trait.
pub trait Provider: Debug + Send + Sync {
    /// What is known without asking.
    fn info(&self) -> &ProviderInfo;

    /// Placing and reading calls.
    fn calls(&self) -> &dyn Calls;

    /// Changing calls that were placed.
    fn call_control(&self) -> Option<&dyn CallControl>;

    /// Its agents.
    fn agents(&self) -> Option<&dyn Agents>;

    /// Its numbers.
    fn numbers(&self) -> Option<&dyn Numbers>;

    /// How it says what happened.
    fn webhooks(&self) -> Option<&dyn Webhooks>;

    /// Its accounts.
    fn usage(&self) -> Option<&dyn Usage>;

    /// Has the backend take a turn before each request that reads. True where it does: whoever
    /// hands out the turns then takes none itself. A backend that does not, as by default, is taken
    /// to send one request for each question.
    fn take_turns(&self, _turns: Arc<dyn ReadTurns>) -> bool {
        false
    }
}
