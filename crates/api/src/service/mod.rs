//! What can be done. Every route calls these functions and nothing else, and so does every other
//! surface.
//!
//! Each function takes an [`Allowed`](crate::caller::Allowed), which is the proof of the scope that
//! it needs, and sees what belongs to the caller's tenant. What belongs to others is not there.
//!
//! | file | purpose |
//! |---|---|
//! | `place.rs`, `preview.rs` | placing calls, and what a person is told before they confirm one |
//! | `again.rs` | placing a call once more |
//! | `batch.rs` | many at once |
//! | `batches.rs`, `batch_rules.rs`, `batch_cancel.rs`, `batch_results.rs` | tables of calls that are submitted row by row |
//! | `read.rs`, `find.rs` | reading calls and waiting for them, and lists of them |
//! | `overview.rs` | how many calls are where |
//! | `content.rs`, `facts.rs` | history, plan, transcript, recording |
//! | `control.rs` | stopping calls, and deciding about those in doubt |
//! | `plan.rs` | plans, agents, providers, quality |
//! | `money.rs`, `budgets.rs` | usage, rate decks and budgets |
//! | `room.rs`, `waiting.rs` | the bound on calls that wait, and what is left of limits on calls |
//! | `numbers.rs`, `listed_numbers.rs` | the phone numbers of the accounts |
//! | `experiments.rs` | experiments |
//! | `configuration.rs` | the configuration, and the erasure of people |
//! | `keys.rs`, `me.rs` | keys |
//! | `sessions.rs`, `proxied.rs` | signing in with a key, and by a proxy |
//! | `tokens.rs` | callers who have an access token |
//! | `rules.rs`, `number_lists.rs` | the calling rules, and the lists of numbers that they read |
//! | `people.rs` | who must not be called, and who consented |
//! | `events.rs` | reading and following events |
//! | `webhooks.rs` | webhook endpoints |
//! | `hooks.rs`, `arrivals.rs` | webhooks of providers |
//! | `audit.rs` | who decided what |

mod again;
mod arrivals;
mod audit;
mod batch;
mod batch_cancel;
mod batch_results;
mod batch_rules;
mod batches;
mod budgets;
mod configuration;
mod content;
mod control;
mod events;
mod experiments;
mod facts;
mod find;
mod hooks;
mod keys;
mod listed_numbers;
mod me;
mod money;
mod number_lists;
mod numbers;
mod overview;
mod people;
mod place;
mod plan;
mod preview;
mod proxied;
mod read;
mod room;
mod rules;
mod sessions;
mod tokens;
mod waiting;
mod webhooks;

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use http::HeaderMap;
use ipnet::IpNet;
use switchboard::{Clock, Switchboard, journal::server::ServerStore};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use url::Url;

use crate::{
    Api, Observer,
    caller::{Caller, Keys},
    cursor::Cursors,
    events::Hub,
    limits::{Left, Limits, RequestPermit, StreamPermit},
    oauth::Tokens,
    problem::{Code, Problem, Result},
    recent::Recent,
    service::{arrivals::Arrivals, listed_numbers::ListedNumbers, waiting::Waiting},
    webhooks::{Pace, Poster},
    wire::ExperimentReport,
};

pub use batch_results::BatchResultsText;
pub(crate) use batches::problem_of;
pub use batches::{BatchesFound, Table};
pub(crate) use budgets::{BudgetNow, period};
pub use configuration::{ChangedLine, ConfigurationFile};
pub use events::EventQuery;
pub use find::CallsFound;
pub use keys::KeyAdmin;
pub use number_lists::NumberList;
pub use overview::Overview;
pub use people::PeopleAdmin;
pub use place::Placed;
pub use preview::{CallPreview, Preview};
pub use read::{CallRecord, Until, WAIT_REASONS, waits_for_reason};
pub use rules::{RulesFound, RulesQuery};
pub use sessions::SessionSecret;
pub use webhooks::DeliveriesFound;

/// Reports that are made at the same time.
const REPORTS: usize = 2;
/// Tables that are read at the same time.
const TABLES: usize = 2;
/// How long a request waits for a report.
const REPORT_WITHIN: Duration = Duration::from_secs(10);

/// Everything that the API can do. Cheap to clone: all clones share one state.
#[derive(Debug, Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    switchboard: Switchboard,
    api: Api,
    keys: Keys,
    tokens: Option<Tokens>,
    limits: Limits,
    cursors: Cursors,
    reports: Semaphore,
    experiment_reports: Arc<Recent<ExperimentReport>>,
    tables: Semaphore,
    /// A batch was accepted.
    batches: Notify,
    hub: Arc<Hub>,
    /// Event streams of this process.
    streams: Arc<AtomicU32>,
    poster: Poster,
    pace: Pace,
    arrivals: Arrivals,
    numbers: ListedNumbers,
    waiting: Waiting,
}

impl Service {
    /// The service over a running switchboard. The store and the clock of `api` have to be its own.
    pub fn new(switchboard: Switchboard, api: Api) -> Self {
        let keys = Keys::new(Arc::clone(&api.store), Arc::clone(&api.clock));
        let tokens = api.oauth.clone().map(|oauth| Tokens::new(oauth, Arc::clone(&api.clock)));
        let limits = Limits::new(api.limits, Arc::clone(&api.clock));
        let cursors = Cursors::new(&api.secrets);
        let reports = Semaphore::new(REPORTS);
        let poster = Poster::new(&api.webhooks, &api.secrets);
        let inner = Inner {
            switchboard,
            api,
            keys,
            tokens,
            limits,
            cursors,
            reports,
            experiment_reports: Recent::new(Duration::ZERO, REPORT_WITHIN),
            tables: Semaphore::new(TABLES),
            batches: Notify::new(),
            hub: Arc::default(),
            streams: Arc::default(),
            poster,
            pace: Pace::default(),
            arrivals: Arrivals::default(),
            numbers: ListedNumbers::default(),
            waiting: Waiting::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The caller that sent these headers. `from` is the client's address, if it is known.
    ///
    /// # Errors
    /// `missing_key`, `invalid_key`, `expired_key`, `revoked_key`, `ip_not_allowed`; `rate_limited`
    /// if the address sent too many wrong keys.
    pub async fn caller(&self, headers: &HeaderMap, from: Option<IpAddr>) -> Result<Arc<Caller>> {
        self.inner.keys.caller(headers, from).await
    }

    /// Counts an event stream of this caller.
    ///
    /// # Errors
    /// `too_many_streams`.
    pub fn count_stream(&self, caller: &Caller) -> Result<StreamPermit> {
        self.inner.limits.stream(caller)
    }

    /// Counts an event stream of this process.
    pub(crate) fn count_any_stream(&self) -> Result<StreamPermit> {
        StreamPermit::of_process(&self.inner.streams, self.inner.api.events.streams)
    }

    /// How many event streams this process has.
    pub fn streams(&self) -> u32 {
        self.inner.streams.load(Ordering::Relaxed)
    }

    /// Who follows the feed in this process.
    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.inner.hub
    }

    pub(crate) fn poster(&self) -> &Poster {
        &self.inner.poster
    }

    pub(crate) fn pace(&self) -> &Pace {
        &self.inner.pace
    }

    pub(crate) fn observer(&self) -> Option<&dyn Observer> {
        self.inner.api.observer.as_deref()
    }

    /// What wakes whoever submits batches in this process.
    pub(crate) fn batches(&self) -> &Notify {
        &self.inner.batches
    }

    async fn table_turn(&self) -> Result<SemaphorePermit<'_>> {
        let turn = self.inner.tables.acquire().await;
        turn.map_err(|_| Problem::new(Code::Internal, "the table could not be read"))
    }

    fn arrivals(&self) -> &Arrivals {
        &self.inner.arrivals
    }

    /// Where clients reach the server.
    pub fn public_url(&self) -> &Url {
        &self.inner.api.public_url
    }

    /// The source of time.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.api.clock
    }

    /// Seals and opens cursors.
    pub fn cursors(&self) -> &Cursors {
        &self.inner.cursors
    }

    /// The settings.
    pub fn settings(&self) -> &Api {
        &self.inner.api
    }

    /// What the service stands on. What is read there belongs to everybody: only what needs an
    /// operator, or checks the tenant itself, may use it.
    pub(crate) fn switchboard(&self) -> &Switchboard {
        &self.inner.switchboard
    }

    pub(crate) fn store(&self) -> &dyn ServerStore {
        &*self.inner.api.store
    }

    pub(crate) fn trusted_proxies(&self) -> &[IpNet] {
        &self.inner.api.trusted_proxies
    }

    pub(crate) fn request_timeout(&self) -> Duration {
        self.inner.api.request_timeout
    }

    pub(crate) fn count_request(&self, caller: &Caller) -> (Left, Result<RequestPermit>) {
        self.inner.limits.request(caller, self.inner.keys.processes())
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.inner.limits
    }
}
