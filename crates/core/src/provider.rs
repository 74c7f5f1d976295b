//! A provider: what it is and what it can do.

use std::{collections::BTreeSet, fmt::Debug, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use serde::Serialize;

use crate::{
    Agents, CallFilter, CallLists, Calls, CancelCalls, Country, ErrorKind, FailureDomains, Inspect,
    Language, Numbers, PageRequest, ProviderCallId, ProviderId, Recordings, RescheduleCalls,
    Result, StopCalls, Tariff, Transcripts, TransferCalls, Usage, Webhooks,
};

/// The countries or languages that a provider supports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage<T: Ord> {
    /// Every country or language.
    All,
    /// Only the listed ones.
    Only(BTreeSet<T>),
}

impl<T: Ord> Coverage<T> {
    /// True if the item is covered.
    pub fn covers(&self, item: &T) -> bool {
        match self {
            Coverage::All => true,
            Coverage::Only(set) => set.contains(item),
        }
    }
}

/// What an idempotency key in a placing request guarantees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Idempotency {
    /// The provider does not accept a key (KaiCalls).
    None,
    /// The provider accepts a key but documents neither how long it is kept nor what a replay does.
    /// The key is sent but never relied on (KallyAI).
    Undocumented,
    /// The provider documents that a repeat of the same request under the same key places no second
    /// call for this long.
    Documented {
        /// How long the key is kept.
        lives: Duration,
        /// What a repeat is answered with.
        replay: Replay,
    },
}

impl Idempotency {
    /// The shortest life of a key under which a request may be repeated: four minutes. A shorter one leaves
    /// a repeat no time to arrive while the provider still knows the key.
    pub const SHORTEST_LIFE: Duration = Duration::from_secs(240);

    /// How long after the first request a repeat under the same key may leave; `None` if none may. This is
    /// half of the key's life. The other half, at least two minutes, is for the repeat to arrive: a provider
    /// that stands still reads it late, and would ring a second time if it had forgotten the key by then.
    pub fn repeats_within(self) -> Option<Duration> {
        match self {
            Idempotency::Documented { lives, .. } if lives >= Self::SHORTEST_LIFE => {
                Some(lives / 2)
            }
            Idempotency::Documented { .. } | Idempotency::None | Idempotency::Undocumented => None,
        }
    }
}

/// The answer to a repeated request, if the first one was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Replay {
    /// The first answer, with the id of the call.
    FirstAnswer,
    /// Not documented, or without the id of the call.
    Silent,
}

/// A rate limit that the provider documents: at most `requests` in any time window of length
/// `window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RequestLimit {
    /// The maximum number of requests in one window.
    pub requests: u32,
    /// The length of the window.
    pub window: Duration,
}

/// What is known about a provider without sending a request.
///
/// Fields will be added: start from [`ProviderInfo::new`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ProviderInfo {
    /// The name of the provider in the configuration.
    pub id: ProviderId,
    /// The platforms and carriers that the provider depends on.
    pub failure_domains: FailureDomains,
    /// The countries that it calls.
    pub countries: Coverage<Country>,
    /// The languages that its agents speak. A primary subtag such as `en` covers its variants.
    pub languages: Coverage<Language>,
    /// True if the response to the placing request arrives only after the phone call has ended.
    pub synchronous: bool,
    /// What an idempotency key guarantees.
    pub idempotency: Idempotency,
    /// The documented limit of placing requests.
    pub place_limit: Option<RequestLimit>,
    /// The documented limit of reads.
    pub read_limit: Option<RequestLimit>,
    /// The maximum length of a call, if the provider has one.
    pub max_duration: Option<Duration>,
    /// True if a placing request must name an agent of the account.
    pub needs_agent: bool,
    /// True if a placing request can name the first words that the agent says. Otherwise they are
    /// an instruction, and only the transcript shows whether they were said.
    pub takes_first_message: bool,
    /// True if what a call cost may come after its end, in parts, or change: it is looked at again for
    /// some hours then, and the latest amount counts.
    pub late_costs: bool,
    /// The prices, if the provider's documentation or the configuration states them.
    pub tariff: Option<Tariff>,
}

impl ProviderInfo {
    /// A provider on a platform of its own that calls everywhere in every language, answers at
    /// once, accepts neither an idempotency key nor first words, and documents neither limits nor
    /// prices.
    pub fn new(id: ProviderId) -> Self {
        Self {
            failure_domains: FailureDomains::from(id.as_str()),
            id,
            countries: Coverage::All,
            languages: Coverage::All,
            synchronous: false,
            idempotency: Idempotency::None,
            place_limit: None,
            read_limit: None,
            max_duration: None,
            needs_agent: false,
            takes_first_message: false,
            late_costs: false,
            tariff: None,
        }
    }
}

/// The id of a call that does not exist.
const NO_CALL: &str = "00000000-0000-4000-8000-000000000000";

impl dyn Provider {
    /// Reads something that any account may read, to see whether the provider answers: the first
    /// call of its list, or where it has none, that a call does not exist.
    ///
    /// # Errors
    /// What the provider or the connection said.
    pub async fn look(&self) -> Result<()> {
        if let Some(lists) = self.lists() {
            let one = PageRequest { limit: Some(1), cursor: None };
            return lists.list(&CallFilter::default(), &one).await.map(drop);
        }
        match self.calls().get(&ProviderCallId::from(NO_CALL)).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

/// Paces read requests to keep within a provider's rate limit. One operation of a backend may take
/// many requests, and the limit counts each of them.
pub trait ReadTurns: Debug + Send + Sync {
    /// Completes when one more read request may be sent.
    fn turn(&self) -> BoxFuture<'static, ()>;
}

/// One account at one provider. What a provider cannot do is an optional trait that it does not
/// return.
pub trait Provider: Debug + Send + Sync {
    /// What is known about the provider without sending a request.
    fn info(&self) -> &ProviderInfo;

    /// Places and reads calls.
    fn calls(&self) -> &dyn Calls;

    /// Lists calls.
    fn lists(&self) -> Option<&dyn CallLists> {
        None
    }

    /// Reads what was said in calls.
    fn transcripts(&self) -> Option<&dyn Transcripts> {
        None
    }

    /// Finds the sound of calls.
    fn recordings(&self) -> Option<&dyn Recordings> {
        None
    }

    /// Cancels calls that were not dialled yet.
    fn cancels(&self) -> Option<&dyn CancelCalls> {
        None
    }

    /// Hangs up calls.
    fn stops(&self) -> Option<&dyn StopCalls> {
        None
    }

    /// Moves calls to another time.
    fn reschedules(&self) -> Option<&dyn RescheduleCalls> {
        None
    }

    /// Transfers calls to other numbers.
    fn transfers(&self) -> Option<&dyn TransferCalls> {
        None
    }

    /// Reads and changes agents.
    fn agents(&self) -> Option<&dyn Agents> {
        None
    }

    /// Manages phone numbers.
    fn numbers(&self) -> Option<&dyn Numbers> {
        None
    }

    /// Reports events.
    fn webhooks(&self) -> Option<&dyn Webhooks> {
        None
    }

    /// Reads balances and the usage log.
    fn usage(&self) -> Option<&dyn Usage> {
        None
    }

    /// Inspects the account. Without it, nothing can be said about the account's settings there.
    fn inspects(&self) -> Option<&dyn Inspect> {
        None
    }

    /// Gives the backend a pacer, which it must await before each read request. Returns true if the
    /// backend does so; then the caller does not pace its requests itself. The default returns
    /// false, and the backend is assumed to send one request per operation.
    fn take_turns(&self, _turns: Arc<dyn ReadTurns>) -> bool {
        false
    }
}
