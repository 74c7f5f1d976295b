//! The engine's public methods, all of them.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use switchboard_core::{
    Call, CallId, Error, ErrorKind, IncomingWebhook, Provider, ProviderId, Recording, Result,
    Transcript, ValidCall,
};
use switchboard_journal::{JournalExt, MemoryJournal, Selection, state::Resolution};
use switchboard_router::{Plan, Policy, Reading, hash::digest, quality::Row};
use tokio::{runtime::Handle, sync::broadcast};

use crate::{
    builder::EngineBuilder,
    config::ActiveConfig,
    control::{self, Cancelled},
    events::CallEvent,
    follow, hooks, learn,
    learned::LearnCursor,
    news,
    shared::{Callbacks, Shared},
    submit::{self, Submitted},
    sweep,
    take_up::{self, Recovered},
    trials,
    webhook_address::WebhookAddresses,
};

/// Places calls through the best provider and follows them to their end. Cheap to clone: all clones
/// are one engine.
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Shared>,
}

impl Engine {
    /// A router over the providers that the policy names.
    pub fn builder(policy: Policy) -> EngineBuilder {
        EngineBuilder::new(policy)
    }

    /// Who would take the call now, and why. Sends nothing. A strategy that draws is shown one
    /// draw, the same for the same number.
    pub fn plan(&self, call: &ValidCall) -> Plan {
        self.inner.plan(&self.inner.config(), call, digest(&[call.to.e164().as_bytes()])).plan
    }

    /// Writes a call down and lets it go its way: it does not stop when this future is dropped.
    ///
    /// A key that came before with the same request answers with the first call; so does a row of a
    /// batch that came before in another way.
    ///
    /// # Errors
    /// `Conflict` for a key that came with another request; `PossibleDuplicate`, with
    /// [`DuplicateOf`](switchboard_journal::DuplicateOf) as its source, for the same callee and task within
    /// [`Policy::duplicates`](switchboard_router::Policy) without a word that it is meant again;
    /// `Journal`. Nothing was sent then.
    pub async fn submit(&self, request: ValidCall) -> Result<Call> {
        submit::submit(&self.inner, request).await
    }

    /// The same, and says whether the call is a new one.
    ///
    /// # Errors
    /// As [`Engine::submit`].
    pub async fn accept(&self, request: ValidCall) -> Result<Submitted> {
        submit::accept(&self.inner, request).await
    }

    /// Submits a call and waits until it is decided: a provider has it, or nobody takes it. With a
    /// provider that answers when the phone call is over, until the request is sent; use
    /// [`Engine::wait`] for the end.
    ///
    /// # Errors
    /// As [`Engine::submit`]. A call that nobody takes is no error: look at its status and fault.
    pub async fn place(&self, request: ValidCall) -> Result<Call> {
        submit::place(&self.inner, request).await
    }

    /// Waits until a call is decided, as [`Engine::place`] does after it was submitted.
    ///
    /// # Errors
    /// `NotFound`; `Journal`.
    pub async fn decided(&self, id: CallId) -> Result<Call> {
        submit::decided(&self.inner, id).await
    }

    /// Waits until nothing more happens to a call on its own.
    ///
    /// # Errors
    /// `NotFound`; `Journal`.
    pub async fn wait(&self, id: CallId) -> Result<Call> {
        submit::wait(&self.inner, id).await
    }

    /// One call as it stands.
    ///
    /// # Errors
    /// `NotFound` where there is none of that id.
    pub async fn get(&self, id: CallId) -> Result<Call> {
        self.inner.call(id).await
    }

    /// The calls that a selection names, oldest first.
    ///
    /// # Errors
    /// `Journal` where they cannot be read.
    pub async fn select(&self, selection: &Selection) -> Result<Vec<Call>> {
        self.inner.journal.select(selection).await
    }

    /// Every call, oldest first.
    ///
    /// # Errors
    /// `Journal` where it cannot be read.
    pub async fn calls(&self) -> Result<Vec<Call>> {
        self.inner.journal.list().await
    }

    /// Takes a call back. Where nothing was sent, nothing is sent any more, whoever has the call;
    /// where a provider has it, the provider is asked to cancel it, or to hang up where its phone
    /// rings already.
    ///
    /// # Errors
    /// `Conflict` where it is over, or is being sent and no provider's id of it is known;
    /// `Unsupported` where its provider cannot; whatever the provider answers.
    pub async fn cancel(&self, id: CallId) -> Result<Cancelled> {
        control::cancel(&self.inner, id).await
    }

    /// Hangs up a call that is under way.
    ///
    /// # Errors
    /// `Conflict` where no provider's id of it is known; `Unsupported` where its provider cannot;
    /// whatever the provider answers.
    pub async fn stop(&self, id: CallId) -> Result<()> {
        control::stop(&self.inner, id).await
    }

    /// Ends a doubt by an operator's word, which is kept with the call. The call moves on, or ends,
    /// as the word says. Give the provider's id with an end where it is known; else the provider is
    /// asked once, and a call that is provably this one is taken.
    ///
    /// # Errors
    /// `Conflict` unless the call is in doubt, `Indeterminate` or `Stalled`; `InvalidRequest` for
    /// an empty note or name; `NotFound`; `Journal`.
    pub async fn resolve(&self, id: CallId, resolution: Resolution) -> Result<Call> {
        control::resolve(&self.inner, id, resolution).await
    }

    /// What was said. ProviderState with the call.
    ///
    /// # Errors
    /// `Conflict` where no provider's id of it is known; whatever the provider answers.
    pub async fn transcript(&self, id: CallId) -> Result<Transcript> {
        control::transcript(&self.inner, id).await
    }

    /// Where the sound is. ProviderState with the call.
    ///
    /// # Errors
    /// `Conflict` where no provider's id of it is known; whatever the provider answers.
    pub async fn recording(&self, id: CallId) -> Result<Recording> {
        control::recording(&self.inner, id).await
    }

    /// Takes a webhook in. `path` is what stands behind `/hooks/v1/`. The address is checked first;
    /// then the provider's signature, where one is configured; then the call is read at its
    /// provider, and what that read says is written down.
    ///
    /// # Errors
    /// `Unauthorized` for an address that was not given out or has expired, or a wrong signature:
    /// answer 401. `InvalidRequest` for a body over 64 KiB: answer 413. `Decode` for a body that is
    /// no event: answer 400. Anything else: answer 500, the provider comes again.
    pub async fn receive_webhook(&self, path: &str, webhook: IncomingWebhook) -> Result<()> {
        hooks::receive_webhook(&self.inner, path, webhook).await
    }

    /// What happens from now on. A receiver that is too slow loses the oldest events.
    pub fn events(&self) -> broadcast::Receiver<CallEvent> {
        self.inner.subscribe_events()
    }

    /// Takes up the calls of processes that are gone, and webhooks that nobody handled. To be
    /// called once, before this process says that it is ready: when it returns, every attempt in
    /// doubt is written down as such. A router over a shared journal goes on looking by itself.
    ///
    /// # Errors
    /// `Journal` where it cannot be read or written.
    pub async fn recover(&self) -> Result<Recovered> {
        let recovered = take_up::sweep(&self.inner).await?;
        take_up::pending_webhooks(&self.inner).await?;
        learn::begin(&self.inner).await?;
        Ok(recovered)
    }

    /// Reads what the calls of the quality window say of the providers. [`Engine::recover`] does it
    /// as well; it is for programs that plan beside a running process, for as long as it takes.
    /// Blame how many calls were read.
    ///
    /// # Errors
    /// `Journal` where it cannot be read.
    pub async fn learn(&self) -> Result<usize> {
        trials::catch_up(&self.inner).await?;
        learn::learn(&self.inner).await
    }

    /// What is measured of each provider, country and profile.
    pub fn quality(&self) -> Vec<Row> {
        self.inner.quality.read().table(self.inner.now())
    }

    /// Looks once at the usage logs for calls that are over and whose bill is not known.
    ///
    /// # Errors
    /// The first provider's failure; the others are still asked.
    pub async fn settle_costs(&self) -> Result<()> {
        follow::settle_costs(&self.inner).await
    }

    /// One provider.
    pub fn provider(&self, id: &ProviderId) -> Option<Arc<dyn Provider>> {
        self.inner.runtime(id).map(|runtime| Arc::clone(&runtime.provider))
    }

    /// What planning rests on.
    pub fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.inner.config().policy)
    }

    /// What the configuration is called in the journal.
    pub fn version(&self) -> Option<String> {
        self.inner.config().version.clone()
    }

    /// Swaps the configuration as a whole: policy, providers and times of this builder, which must
    /// name the providers as for [`EngineBuilder::build`]. Calls under way keep the one that they
    /// were planned in; calls that wait are planned anew. What was learnt of a provider that stays,
    /// its limits that are used and its calls, is kept; the calls of one that goes are followed to
    /// their end. The builder's journal, clock, ids and webhook address are not looked at: they
    /// last as long as the router.
    ///
    /// # Errors
    /// `Configuration`, as [`EngineBuilder::build`]. Nothing changed then.
    pub fn reload(&self, with: EngineBuilder) -> Result<()> {
        let inner = &self.inner;
        let former = inner.config();
        let config = ActiveConfig::new(with.parts(), Some(&former), &inner.clock)?;
        let new: Vec<ProviderId> = config
            .runtimes
            .iter()
            .filter(|runtime| former.runtime(&runtime.id).is_none())
            .map(|runtime| runtime.id.clone())
            .collect();
        if inner.watch.lock().set(&config.policy) {
            // Calls of an experiment that is guarded from now on count from its beginning.
            *inner.learnt.lock() = LearnCursor::default();
        }
        inner.quality.write().set(config.policy.quality);
        inner.set_world(config);
        for provider in new {
            follow::start(inner, provider);
        }
        inner.released.notify_waiters();
        inner.waiting.requeue_all();
        Ok(())
    }

    /// How many calls wait here for a limit, a pause or a provider that fails. They go in fair
    /// order by tenant: see [`crate::fair`].
    pub fn waiting(&self) -> usize {
        self.inner.waiting.len()
    }

    /// The providers at this moment, in the policy's order.
    pub fn readings(&self) -> Vec<Reading> {
        let now = self.inner.now();
        self.inner.config().runtimes.iter().map(|runtime| runtime.reading(now)).collect()
    }

    /// Ends in order: takes no new calls, sends nothing more, waits at most so long for the answers
    /// to requests that are open, and stops. What is not over then is in the journal, for
    /// [`Engine::recover`] of the next process.
    pub async fn shutdown(&self, grace: Duration) {
        let inner = &self.inner;
        inner.shutdown.closing.store(true, Ordering::SeqCst);
        let answered = inner.shutdown.until(|shutdown| shutdown.open.load(Ordering::SeqCst) == 0);
        tokio::select! {
            biased;
            () = answered => {}
            () = inner.clock.sleep(grace) => {}
        }
        self.stop_now();
    }

    /// Stops at once, as a process that is killed: whatever is open stays as the journal has it.
    pub fn stop_now(&self) {
        self.inner.shutdown.closing.store(true, Ordering::SeqCst);
        self.inner.shutdown.over.store(true, Ordering::SeqCst);
        self.inner.abort_all();
        // Nothing changes any more: whoever waits for a change is told so.
        self.inner.wake_all();
    }

    /// Waits until the journal fails. Whoever runs a router ends its process then: after a write
    /// that failed, only a process that reads the journal afresh knows what it holds.
    pub async fn failed(&self) {
        self.inner.shutdown.until(|shutdown| shutdown.halted.load(Ordering::SeqCst)).await;
    }
}

#[cfg(feature = "test-util")]
impl Engine {
    /// True where this process sends the call on, looks for evidence of it or watches it at its
    /// provider.
    #[doc(hidden)]
    pub fn attends(&self, id: CallId) -> bool {
        let watched = || {
            let runtimes = self.inner.runtimes();
            runtimes.iter().any(|runtime| runtime.watches().values().any(|watch| watch.call == id))
        };
        self.inner.in_progress.has(id) || watched()
    }
}

fn start(inner: Arc<Shared>) -> Engine {
    for runtime in &inner.config().runtimes {
        follow::start(&inner, runtime.id.clone());
    }
    if inner.journal.is_shared() {
        sweep::start(&inner);
    }
    Engine { inner }
}

impl EngineBuilder {
    /// Starts the followers. Has to be called inside a tokio runtime.
    ///
    /// # Errors
    /// `Configuration` where the policy and the providers do not fit, a webhook secret is too
    /// short, or there is no runtime.
    pub fn build(self) -> Result<Engine> {
        let runtime = Handle::try_current().map_err(|source| {
            Error::new(
                ErrorKind::Configuration,
                "an engine runs in a tokio runtime: build it inside one",
            )
            .with_source(source)
        })?;
        let hooks = self.webhooks.clone().map(WebhookAddresses::new).transpose()?;
        let takes_up = self.takes_up;
        let (journal, clock, ids) =
            (self.journal.clone(), Arc::clone(&self.clock), Arc::clone(&self.ids));
        let config = ActiveConfig::new(self.parts(), None, &clock)?;
        Ok(start(Arc::new(Shared::new(
            config,
            journal.unwrap_or_else(|| Arc::new(MemoryJournal::new())),
            clock,
            hooks,
            ids,
            runtime,
            takes_up,
            Callbacks { resume: submit::resume, look_again: news::look_again_soon },
        ))))
    }
}
