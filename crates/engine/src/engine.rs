//! All public methods of the engine.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use jiff::Timestamp;
use switchboard_core::{
    Call, CallId, Delivery, Error, ErrorKind, IncomingWebhook, PhoneNumber, Provider, ProviderId,
    Recording, Result, Transcript, ValidCall,
};
use switchboard_journal::{JournalExt, MemoryJournal, People, Selection, state::Resolution};
use switchboard_router::{Plan, Policy, Reading, hash::digest, quality::Row};
use switchboard_rules::Tables;
use tokio::{runtime::Handle, sync::broadcast};

use crate::{
    attempt,
    attempt_counts::AttemptCounts,
    builder::EngineBuilder,
    config::ActiveConfig,
    control::{self, Cancelled},
    events::{CallEvent, WaitReason},
    follow, hooks, learn,
    learned::LearnCursor,
    lifted, news,
    rules_check::{self, RulesChecked},
    shared::{Callbacks, Shared},
    submit::{self, Submitted},
    sweep,
    take_up::{self, Recovered},
    trials,
    webhook_address::WebhookAddresses,
};

/// Places calls through the best provider and follows them to their end. Cheap to clone: all clones
/// share one engine.
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Shared>,
}

impl Engine {
    /// Builds an engine for the providers that the policy names.
    pub fn builder(policy: Policy) -> EngineBuilder {
        EngineBuilder::new(policy)
    }

    /// Which providers would be asked for this call now, in which order, and why. Sends nothing.
    /// For strategies that draw at random, the draw is derived from the phone number, so the same
    /// number always gets the same plan.
    pub fn plan(&self, call: &ValidCall) -> Plan {
        self.inner.plan(&self.inner.config(), call, digest(&[call.to.e164().as_bytes()])).plan
    }

    /// What the calling rules say about a ring of this call at a time, with what the journal knows
    /// about the callee. Sends nothing and records nothing.
    ///
    /// # Errors
    /// `InvalidRequest` for a call without a purpose while the rules are on, and for an override
    /// that lifts nothing; `Journal`.
    pub async fn check_rules(&self, call: &ValidCall, at: Timestamp) -> Result<RulesChecked> {
        rules_check::of_engine(&self.inner, &Arc::new(call.clone()), at).await
    }

    /// Checks that each policy rule that this call lifts may be lifted.
    ///
    /// # Errors
    /// `InvalidRequest` that names the field, the rule and the fix.
    pub fn check_overrides(&self, call: &ValidCall) -> Result<()> {
        rules_check::overrides(&self.inner.config().tables, call, self.inner.now())
    }

    /// What is remembered about people: opt-outs, consents, and how calls to them went.
    pub fn people(&self) -> Arc<dyn People> {
        Arc::clone(&self.inner.journal) as Arc<dyn People>
    }

    /// The tables of calling rules that are in force.
    pub fn rule_tables(&self) -> Tables {
        self.inner.config().tables.clone()
    }

    /// Records a call and starts working on it. The call goes on even if this future is dropped.
    ///
    /// If the idempotency key was used before with the same request, returns the first call. The
    /// same holds for a batch row that was submitted before, even if its details changed.
    ///
    /// # Errors
    /// `Conflict` if the key was used with another request; `PossibleDuplicate`, with
    /// [`DuplicateOf`](switchboard_journal::DuplicateOf) as its source, if the same callee and task
    /// were submitted within [`Policy::duplicates`](switchboard_router::Policy) and
    /// the request does not confirm that it is meant as a second call; `InvalidRequest` if it lifts
    /// a rule that may not be lifted; `Journal` if the journal cannot be written. On error, nothing
    /// was sent.
    pub async fn submit(&self, request: ValidCall) -> Result<Call> {
        if request.facts.overrides.is_empty() {
            return submit::submit(&self.inner, request).await;
        }
        self.accept(request).await.map(Submitted::into_call)
    }

    /// Like [`Engine::submit`], but also tells whether the call is new.
    ///
    /// # Errors
    /// As [`Engine::submit`].
    pub async fn accept(&self, request: ValidCall) -> Result<Submitted> {
        self.check_overrides(&request)?;
        let lifted = request.facts.overrides.clone();
        let submitted = submit::accept(&self.inner, request).await?;
        if let Submitted::New(call) = &submitted
            && !lifted.is_empty()
        {
            lifted::audit(&self.inner, call, &lifted).await?;
        }
        Ok(submitted)
    }

    /// Submits a call and waits until it is decided: a provider accepted it, or it was refused. If
    /// the provider only answers when the phone call is over, waits until the request is sent; use
    /// [`Engine::wait`] to wait for the end.
    ///
    /// # Errors
    /// As [`Engine::submit`]. A call that no provider takes is not an error: look at its status and
    /// fault.
    pub async fn place(&self, request: ValidCall) -> Result<Call> {
        if !request.facts.overrides.is_empty() {
            let call = self.accept(request).await?.into_call();
            return self.decided(call.id).await;
        }
        submit::place(&self.inner, request).await
    }

    /// Waits until a call is decided, as [`Engine::place`] does after submitting.
    ///
    /// # Errors
    /// `NotFound`; `Journal`.
    pub async fn decided(&self, id: CallId) -> Result<Call> {
        submit::decided(&self.inner, id).await
    }

    /// Waits until a call is settled: nothing more happens to it without an operator.
    ///
    /// # Errors
    /// `NotFound`; `Journal`.
    pub async fn wait(&self, id: CallId) -> Result<Call> {
        submit::wait(&self.inner, id).await
    }

    /// The current record of one call.
    ///
    /// # Errors
    /// `NotFound` if no call has this id.
    pub async fn get(&self, id: CallId) -> Result<Call> {
        self.inner.call(id).await
    }

    /// The calls that match a selection, oldest first.
    ///
    /// # Errors
    /// `Journal` if they cannot be read.
    pub async fn select(&self, selection: &Selection) -> Result<Vec<Call>> {
        self.inner.journal.select(selection).await
    }

    /// Every call, oldest first.
    ///
    /// # Errors
    /// `Journal` if it cannot be read.
    pub async fn calls(&self) -> Result<Vec<Call>> {
        self.inner.journal.list().await
    }

    /// Cancels a call. If nothing was sent yet, nothing will be sent, whichever process owns the
    /// call. If a provider has the call, asks that provider to cancel it, or to hang up if the
    /// phone is already ringing.
    ///
    /// # Errors
    /// `Conflict` if the call is over, or is being sent and the provider's id for it is not known;
    /// `Unsupported` if its provider cannot cancel calls; otherwise the provider's error.
    pub async fn cancel(&self, id: CallId) -> Result<Cancelled> {
        control::cancel(&self.inner, id).await
    }

    /// Cancels a call only if nothing was sent yet, whichever process owns it: nothing will be sent
    /// then. Returns false if something was sent, or if the call is over: it stays as it is, and no
    /// provider is asked to end it.
    ///
    /// # Errors
    /// `NotFound`; `Journal`.
    pub async fn withdraw(&self, id: CallId) -> Result<bool> {
        control::withdraw(&self.inner, id).await
    }

    /// Hangs up a call that is in progress.
    ///
    /// # Errors
    /// `Conflict` if the provider's id for the call is not known; `Unsupported` if its provider
    /// cannot hang up; otherwise the provider's error.
    pub async fn stop(&self, id: CallId) -> Result<()> {
        control::stop(&self.inner, id).await
    }

    /// Resolves a call in doubt by an operator's decision, which is stored with the call. The call
    /// continues or ends accordingly. If the call ended, pass the provider's call id if it is
    /// known; otherwise the provider is asked once, and its id is used if one of its calls is
    /// provably this one.
    ///
    /// # Errors
    /// `Conflict` unless the call is in doubt, `Indeterminate` or `Stalled`; `InvalidRequest` if
    /// the note or the name is empty; `NotFound`; `Journal`.
    pub async fn resolve(&self, id: CallId, resolution: Resolution) -> Result<Call> {
        control::resolve(&self.inner, id, resolution).await
    }

    /// What was said on the call. Stored with the call.
    ///
    /// # Errors
    /// `Conflict` if the provider's id for the call is not known; otherwise the provider's error.
    pub async fn transcript(&self, id: CallId) -> Result<Transcript> {
        control::transcript(&self.inner, id).await
    }

    /// Where the recording can be fetched. Stored with the call.
    ///
    /// # Errors
    /// `Conflict` if the provider's id for the call is not known; otherwise the provider's error.
    pub async fn recording(&self, id: CallId) -> Result<Recording> {
        control::recording(&self.inner, id).await
    }

    /// Handles a webhook. `path` is the part after `/hooks/v1/`. Checks the address first, then the
    /// provider's signature if one is configured; then reads the call from its provider and records
    /// the result of that read.
    ///
    /// # Errors
    /// `Unauthorized` if the address was never issued or has expired, or if the signature is wrong:
    /// answer 401. `InvalidRequest` if the body is over 64 KiB: answer 413. `Decode` if the body is
    /// not an event: answer 400. Anything else: answer 500, so that the provider sends it again.
    pub async fn receive_webhook(&self, path: &str, webhook: IncomingWebhook) -> Result<()> {
        hooks::receive_webhook(&self.inner, path, webhook).await
    }

    /// True if `path`, what follows `/hooks/v1/`, is an address that was issued and has not expired.
    /// Reads nothing, so that a flood of wrong ones costs little.
    pub fn is_webhook_address(&self, path: &str, now: Timestamp) -> bool {
        hooks::is_issued(&self.inner, path, now)
    }

    /// Like [`Engine::receive_webhook`], but returns as soon as the webhook is stored durably, so
    /// that the provider gets its answer at once; it is handled afterwards. A webhook that cannot
    /// be handled, because the provider does not answer, is handled again a few times, and by the
    /// next process that [recovers](Engine::recover).
    ///
    /// # Errors
    /// As [`Engine::receive_webhook`], for everything up to storing it.
    pub async fn accept_webhook(&self, path: &str, webhook: IncomingWebhook) -> Result<()> {
        hooks::accept_webhook(&self.inner, path, webhook).await
    }

    /// Why a call of this process waits, if it waits for a limit, a provider or its callee. `None`
    /// for calls that do not wait, and for those of other processes.
    pub fn waits_for(&self, id: CallId) -> Option<WaitReason> {
        self.inner.in_progress.waits_for(id)
    }

    /// The calls of this process that wait for a limit, a provider or their callee, each with its
    /// reason, in no order.
    pub fn waits(&self) -> Vec<(CallId, WaitReason)> {
        self.inner.in_progress.waits()
    }

    /// How many attempts of this process had which result since it began, by provider. An attempt
    /// is counted when its first result is in the journal; what is found out later is not counted.
    pub fn attempts(&self) -> Vec<(ProviderId, Delivery, u64)> {
        self.inner.attempts.all()
    }

    /// The same, to be read later without keeping the engine.
    pub fn attempt_counts(&self) -> AttemptCounts {
        self.inner.attempts.clone()
    }

    /// Subscribes to all events from now on. A receiver that is too slow loses the oldest events.
    pub fn events(&self) -> broadcast::Receiver<CallEvent> {
        self.inner.subscribe_events()
    }

    /// Takes over the calls of dead processes and handles stored webhooks that are still pending.
    /// Call it once, before this process reports that it is ready: when it returns, every attempt
    /// in doubt is recorded as such. With a shared journal, the engine repeats this regularly by
    /// itself.
    ///
    /// # Errors
    /// `Journal` if it cannot be read or written.
    pub async fn recover(&self) -> Result<Recovered> {
        let recovered = take_up::sweep(&self.inner).await?;
        take_up::pending_webhooks(&self.inner).await?;
        learn::begin(&self.inner).await?;
        Ok(recovered)
    }

    /// Reads the calls of the quality window to measure the providers, however long that takes.
    /// Returns how many calls were read. [`Engine::recover`] does this too; this method is for
    /// programs that only plan while another process is running.
    ///
    /// # Errors
    /// `Journal` if it cannot be read.
    pub async fn learn(&self) -> Result<usize> {
        trials::catch_up(&self.inner).await?;
        learn::learn(&self.inner).await
    }

    /// The measured quality by provider, country and agent profile.
    pub fn quality(&self) -> Vec<Row> {
        self.inner.quality.read().table(self.inner.now())
    }

    /// Reads the providers' usage logs once, for calls that are over and whose cost is not known.
    ///
    /// # Errors
    /// The first error of a provider; the other providers are still asked.
    pub async fn settle_costs(&self) -> Result<()> {
        follow::settle_costs(&self.inner).await
    }

    /// The provider with this id.
    pub fn provider(&self, id: &ProviderId) -> Option<Arc<dyn Provider>> {
        self.inner.runtime(id).map(|runtime| Arc::clone(&runtime.provider))
    }

    /// A pseudonym for this person in logs and answers, if the journal makes any. See
    /// [`CallLog::tag`](switchboard_journal::CallLog::tag).
    pub fn tag(&self, to: &PhoneNumber) -> Option<String> {
        self.inner.journal.tag(to)
    }

    /// The current policy.
    pub fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.inner.config().policy)
    }

    /// The name of the configuration in the journal.
    pub fn version(&self) -> Option<String> {
        self.inner.config().version.clone()
    }

    /// Replaces the whole configuration with this builder's policy, providers and timings. The same
    /// rules apply as for [`EngineBuilder::build`]. Calls in progress keep the configuration under
    /// which they were planned; waiting calls are planned again. For a provider that stays, its
    /// health, used limits and calls are kept; the calls of a provider that is removed are followed
    /// to their end. The builder's journal, clock, ids and webhook address are ignored: they cannot
    /// change while the engine runs.
    ///
    /// # Errors
    /// `Configuration`, as [`EngineBuilder::build`]. On error, nothing has changed.
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
            // The watch starts empty: read past calls again, so that a guardrail counts its
            // experiment from the beginning.
            *inner.learned.lock() = LearnCursor::default();
        }
        inner.quality.write().set(config.policy.quality);
        inner.set_config(config);
        for provider in new {
            follow::start(inner, provider);
        }
        inner.released.notify_waiters();
        inner.waiting.requeue_all();
        Ok(())
    }

    /// How many calls are waiting in this process because of a limit, a pause or a failing
    /// provider. They are served in fair order by tenant: see [`crate::fair`].
    pub fn waiting(&self) -> usize {
        self.inner.waiting.len()
    }

    /// The current readings of all providers, in the policy's order.
    pub fn readings(&self) -> Vec<Reading> {
        let now = self.inner.now();
        self.inner.config().runtimes.iter().map(|runtime| runtime.reading(now)).collect()
    }

    /// Shuts down gracefully: accepts no new calls, sends nothing more, waits up to `grace` for the
    /// answers to open placing requests, and stops. Calls that are not over stay in the journal,
    /// for [`Engine::recover`] of the next process.
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

    /// Stops at once, as if the process were killed: open calls stay as the journal has them.
    pub fn stop_now(&self) {
        self.inner.shutdown.closing.store(true, Ordering::SeqCst);
        self.inner.shutdown.over.store(true, Ordering::SeqCst);
        self.inner.abort_all();
        // Nothing changes any more: wake everyone who waits for a change, so that they return.
        self.inner.wake_all();
    }

    /// Waits until the journal fails. End the process then: after a failed write, only a process
    /// that reads the journal again knows what it contains.
    pub async fn failed(&self) {
        self.inner.shutdown.until(|shutdown| shutdown.halted.load(Ordering::SeqCst)).await;
    }
}

#[cfg(feature = "test-util")]
impl Engine {
    /// True if this process drives the call, searches for evidence of it or watches it at its
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
    /// Builds the engine and starts to follow the providers' calls. Must be called inside a tokio
    /// runtime.
    ///
    /// # Errors
    /// `Configuration` if the policy and the providers do not match, the webhook secret is too
    /// short, or there is no tokio runtime.
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
            Callbacks {
                resume: submit::resume,
                look_again: news::look_again_soon,
                repeat: attempt::repeat,
            },
        ))))
    }
}
