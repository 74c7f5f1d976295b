//! The configuration of a simulator.
//!
//! One type configures all simulators; settings that only some of them use say so. If a provider's
//! documentation leaves a behaviour open, the default is the worst one that it allows.

mod platform;
mod platform_settings;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use uuid::Uuid;

pub(crate) use platform::Platform;
pub use platform::{KeyRepeat, OverLimit, VapiSignature};

use crate::RingLedger;
use crate::calls::CallScript;
use crate::fault::FaultScript;
use crate::rude::Rudeness;

/// The version of KallyAI's API documentation that the simulated KallyAI follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// Document 002, of February 2026: `error.message`, `error.details.reason`, bodies with
    /// `credits_used`.
    #[default]
    February2026,
    /// Document 003, of January 2026: `error.details.message`, a flat body for 402, `session_id`,
    /// minutes.
    January2026,
    /// Document 000, for assistants: `error` as a string with `message` beside it, lists under
    /// `items`, decimals as strings.
    Assistant,
}

/// What the simulated KallyAI does with a repeated `Idempotency-Key`. The documentation does not
/// say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyReplay {
    /// The key is ignored and the phone rings again. The default, because the documentation does
    /// not rule it out.
    #[default]
    RingsAgain,
    /// The first response is repeated. While the first call is running, the second request waits
    /// for it.
    Waits,
    /// The first response is repeated. While the first call is running, the second request gets
    /// 409.
    Conflicts,
}

/// The layout of account-level webhooks of the simulated KaiCalls. Document 004 shows per-call
/// bodies only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WebhookBody {
    /// The event's fields under `data`.
    #[default]
    UnderData,
    /// The event's fields next to `event`, as in the per-call webhook.
    Flat,
}

/// The configuration of a simulator. Start with [`SimConfig::default`] and set what differs.
///
/// ```
/// use switchboard_testkit::{SimConfig, calls::Outcome};
/// let config = SimConfig::default().seed(7).speed(600.0).outcome("+12125550101", Outcome::Busy);
/// ```
#[derive(Clone)]
pub struct SimConfig {
    pub(crate) listen: SocketAddr,
    pub(crate) seed: Option<u64>,
    pub(crate) speed: f64,
    pub(crate) shape: Shape,
    pub(crate) ledger: Option<RingLedger>,
    pub(crate) ledger_file: Option<PathBuf>,
    pub(crate) faults: FaultScript,
    pub(crate) outcomes: BTreeMap<String, Vec<CallScript>>,
    pub(crate) refusals: BTreeMap<String, String>,
    pub(crate) countries: BTreeSet<String>,
    pub(crate) restricted_countries: BTreeSet<String>,
    pub(crate) unsafe_phrases: Vec<String>,
    pub(crate) credits: u32,
    pub(crate) key_replay: KeyReplay,
    pub(crate) queue: Option<Duration>,
    pub(crate) token_life: Duration,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) limits: Option<(usize, usize)>,
    pub(crate) window: Option<Duration>,
    pub(crate) retry_after: bool,
    pub(crate) webhook_body: WebhookBody,
    pub(crate) webhook_retries: Vec<Duration>,
    pub(crate) rude: Option<Rudeness>,
    pub(crate) platform: Platform,
    pub(crate) lossy_cursor: bool,
    pub(crate) ignores_instructions: bool,
}

impl Default for SimConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            seed: None,
            speed: 1.0,
            shape: Shape::default(),
            ledger: None,
            ledger_file: None,
            faults: FaultScript::default(),
            outcomes: BTreeMap::new(),
            refusals: BTreeMap::new(),
            countries: BTreeSet::new(),
            restricted_countries: BTreeSet::new(),
            unsafe_phrases: Vec::new(),
            credits: 600,
            key_replay: KeyReplay::default(),
            queue: None,
            token_life: Duration::from_secs(3600),
            scopes: None,
            limits: None,
            window: None,
            retry_after: false,
            webhook_body: WebhookBody::default(),
            webhook_retries: vec![
                Duration::from_millis(200),
                Duration::from_secs(1),
                Duration::from_secs(5),
            ],
            rude: None,
            platform: Platform::default(),
            lossy_cursor: false,
            ignores_instructions: false,
        }
    }
}

impl SimConfig {
    /// The address to listen on. The default is `127.0.0.1` with a port of the system's choice.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// The seed of every draw: outcomes, durations, ids and credentials. Without one, it is random,
    /// and [`SimHandle::seed`](crate::SimHandle::seed) returns it.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// How much faster than real time calls run: at 60.0, a minute of call takes one second. Must
    /// be greater than zero.
    #[must_use]
    pub fn speed(mut self, speed: f64) -> Self {
        self.speed = speed;
        self
    }

    /// The version of the documentation that responses follow. KallyAI only.
    #[must_use]
    pub fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// The ledger to write to, for example one that two simulators share.
    #[must_use]
    pub fn ledger(mut self, ledger: RingLedger) -> Self {
        self.ledger = Some(ledger);
        self
    }

    /// A file that gets one JSON line per ring. Ignored if [`SimConfig::ledger`] is set.
    #[must_use]
    pub fn ledger_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ledger_file = Some(path.into());
        self
    }

    /// The initial fault script.
    #[must_use]
    pub fn faults(mut self, script: FaultScript) -> Self {
        self.faults = script;
        self
    }

    /// The script for calls to `number`. If set several times for a number, the first script
    /// applies to its first call and so on; the last one applies to all further calls.
    #[must_use]
    pub fn outcome(mut self, number: impl Into<String>, script: impl Into<CallScript>) -> Self {
        self.outcomes.entry(number.into()).or_default().push(script.into());
        self
    }

    /// Refuses calls to `number` with one of the provider's documented error codes, such as
    /// `suppression_violation`, `budget_approval_required` (KallyAI), `number_on_dnc` (KaiCalls) or
    /// `recipient_blocked` (CALL-E). Retell and Vapi have no codes: there it is the status, such as
    /// `402`, and at Vapi, after a colon, its message. At Telnyx it is the number of the error, such as `10015`, with a status before it if it needs
    /// another one, as in `402:20100`.
    #[must_use]
    pub fn refuse(mut self, number: impl Into<String>, code: impl Into<String>) -> Self {
        self.refusals.insert(number.into(), code.into());
        self
    }

    /// The ISO 3166 countries that can be called. The default is what the documents promise: for
    /// KallyAI the United States, Canada, the United Kingdom and most of Europe; for KaiCalls the
    /// United States and Canada; for Retell the United States, for Telnyx the United States and Canada. At Retell and Telnyx a call to another
    /// country is accepted and never dialled. For the rest, the default is every country.
    #[must_use]
    pub fn countries<I: IntoIterator<Item: Into<String>>>(mut self, countries: I) -> Self {
        self.countries = countries.into_iter().map(Into::into).collect();
        self
    }

    /// Countries refused with `country_restriction`. KallyAI only.
    #[must_use]
    pub fn restricted_countries<I: IntoIterator<Item: Into<String>>>(
        mut self,
        countries: I,
    ) -> Self {
        self.restricted_countries = countries.into_iter().map(Into::into).collect();
        self
    }

    /// Rejects tasks that contain this phrase with `safety_violation` (KallyAI) or
    /// `content_blocked` (KaiCalls).
    #[must_use]
    pub fn unsafe_phrase(mut self, phrase: impl Into<String>) -> Self {
        self.unsafe_phrases.push(phrase.into());
        self
    }

    /// Agents do not say what they are instructed to say first.
    #[must_use]
    pub fn ignores_instructions(mut self) -> Self {
        self.ignores_instructions = true;
        self
    }

    /// The initial credits. With less than one credit, a call is refused with `quota_exceeded`. At
    /// Retell, CALL-E, Vapi and Telnyx no call is billed to them, and with none, calls are refused
    /// with 402, or at Vapi and Telnyx accepted and never dialled. Not for KaiCalls.
    #[must_use]
    pub fn credits(mut self, credits: u32) -> Self {
        self.credits = credits;
        self
    }

    /// What a repeated `Idempotency-Key` does. KallyAI only.
    #[must_use]
    pub fn key_replay(mut self, replay: KeyReplay) -> Self {
        self.key_replay = replay;
        self
    }

    /// How long, in call time, a call waits before it is dialled. At KallyAI (default: no wait) it
    /// can be cancelled in that time and then never rings. At KaiCalls (default: one second) it
    /// cannot be cancelled, and the ledger has the ring immediately. At Retell, CALL-E, Vapi and
    /// Telnyx (default: no wait) the ledger has the ring when the wait is over, and a call that is
    /// stopped before never rings.
    #[must_use]
    pub fn queue(mut self, queue: Duration) -> Self {
        self.queue = Some(queue);
        self
    }

    /// The lifetime of an access token. KallyAI only.
    #[must_use]
    pub fn token_life(mut self, life: Duration) -> Self {
        self.token_life = life;
        self
    }

    /// The scopes of the credential. The default is every documented one at KallyAI and `*` at
    /// KaiCalls.
    #[must_use]
    pub fn scopes<I: IntoIterator<Item: Into<String>>>(mut self, scopes: I) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// How many placing requests and how many other ones a window allows for one key. By default 60
    /// and 300 GETs a minute at KaiCalls, one call a second at Retell, 150 calls in 5 s at Telnyx, as
    /// documented; CALL-E and Vapi document none. Not for KallyAI.
    #[must_use]
    pub fn limits(mut self, posts: usize, gets: usize) -> Self {
        self.limits = Some((posts, gets));
        self
    }

    /// The length of the window of [`SimConfig::limits`] in real time, whatever the speed: by default
    /// a second at Retell, 5 s at Telnyx, a minute at the others. Not for KallyAI.
    #[must_use]
    pub fn limit_window(mut self, window: Duration) -> Self {
        self.window = Some(window);
        self
    }

    /// Whether a 429 has a `Retry-After` header. Not documented, so off by default. Not for
    /// KallyAI.
    #[must_use]
    pub fn retry_after(mut self, tell: bool) -> Self {
        self.retry_after = tell;
        self
    }

    /// The layout of account-level webhooks. KaiCalls only.
    #[must_use]
    pub fn webhook_body(mut self, body: WebhookBody) -> Self {
        self.webhook_body = body;
        self
    }

    /// The delays before a webhook that was not accepted is sent again, in real time. Not for
    /// KallyAI; at Telnyx, a request may bring its own, and at Vapi only those count that the
    /// receiver asks for.
    #[must_use]
    pub fn webhook_retries<I: IntoIterator<Item = Duration>>(mut self, pauses: I) -> Self {
        self.webhook_retries = pauses.into_iter().collect();
        self
    }

    /// Whether creation times are whole seconds, as in document 004, so that a page of the list
    /// that ends within a second loses the other calls of that second. Otherwise no two calls have
    /// the same `created_at`, and the cursor loses nothing. KaiCalls only.
    #[must_use]
    pub fn lossy_cursor(mut self, lossy: bool) -> Self {
        self.lossy_cursor = lossy;
        self
    }

    /// Makes the provider misbehave in this way for as long as it runs. KallyAI and KaiCalls only.
    #[must_use]
    pub fn rude(mut self, rudeness: Rudeness) -> Self {
        self.rude = Some(rudeness);
        self
    }

    /// The configured seed, or a random one that is short enough to type.
    pub(crate) fn draw_seed(&mut self) -> u64 {
        *self.seed.get_or_insert_with(|| Uuid::new_v4().as_fields().0.into())
    }

    /// The script of the `nth` call (from 0) to `number`.
    pub(crate) fn script(&self, number: &str, nth: usize) -> Option<CallScript> {
        let scripts = self.outcomes.get(number)?;
        scripts.get(nth).or_else(|| scripts.last()).copied()
    }
}

impl fmt::Debug for SimConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimConfig")
            .field("listen", &self.listen)
            .field("seed", &self.seed)
            .field("speed", &self.speed)
            .field("shape", &self.shape)
            .field("scripted_numbers", &self.outcomes.len())
            .field("refused_numbers", &self.refusals.len())
            .finish_non_exhaustive()
    }
}
