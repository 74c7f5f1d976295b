//! Sets what only the simulated Retell, CALL-E, Vapi and Telnyx have.

use std::time::Duration;

use super::SimConfig;
use super::platform::{KeyRepeat, OverLimit, VapiSignature};
use crate::calls::Ending;

impl SimConfig {
    /// How calls to `number` end, in the provider's own words: a `disconnection_reason` (Retell), an
    /// `endedReason` (Vapi), a `call_outcome` or error code (CALL-E), a `hangup_cause` or a code of
    /// the carrier such as `D13` (Telnyx). The word decides whether the phone rings at all, as the
    /// provider's documents file it, unless the [`Ending`] says otherwise. If set several times for
    /// a number, the first one applies to its first call and so on; the last one applies to all
    /// further calls. It takes precedence over the result in [`SimConfig::outcome`], whose durations
    /// stay. Retell, CALL-E, Vapi and Telnyx only.
    #[must_use]
    pub fn ending(mut self, number: impl Into<String>, ending: impl Into<Ending>) -> Self {
        self.platform.endings.entry(number.into()).or_default().push(ending.into());
        self
    }

    /// The answer to a repeated idempotency key. Retell, CALL-E and Telnyx only.
    #[must_use]
    pub fn key_repeat(mut self, repeat: KeyRepeat) -> Self {
        self.platform.key_repeat = repeat;
        self
    }

    /// Whether a known idempotency key with another body is an error; otherwise it is answered like
    /// a repeat. Not documented, so off by default. Retell and Telnyx only: at CALL-E it is
    /// documented to be 409.
    #[must_use]
    pub fn other_body_refused(mut self, refused: bool) -> Self {
        self.platform.other_body_refused = refused;
        self
    }

    /// How long an idempotency key is known, in real time; after that, it is a new key. The default
    /// is one hour at Retell, 60 s at Telnyx, and no end at CALL-E, which documents none.
    #[must_use]
    pub fn key_life(mut self, life: Duration) -> Self {
        self.platform.key_life = Some(life);
        self
    }

    /// How many calls the account may have at once: 20 at Retell, 1 at CALL-E, 10 at Vapi and Telnyx
    /// by default.
    #[must_use]
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.platform.concurrency = Some(calls);
        self
    }

    /// What happens to a call over the limit of [`SimConfig::concurrency`]. Vapi only: the others
    /// document it.
    #[must_use]
    pub fn over_limit(mut self, over: OverLimit) -> Self {
        self.platform.over_limit = over;
        self
    }

    /// How long, in call time, a request to place a call is prepared before there is a call and an
    /// answer: up to 25 s are documented, none is the default. CALL-E only.
    #[must_use]
    pub fn preparation(mut self, preparation: Duration) -> Self {
        self.platform.preparation = preparation;
        self
    }

    /// How long, in call time, an ended call still occupies its line. The default is not at all; that
    /// it does was seen. CALL-E only.
    #[must_use]
    pub fn slot_lag(mut self, lag: Duration) -> Self {
        self.platform.slot_lag = lag;
        self
    }

    /// Whether the repeat of a key whose call has failed is refused with 422, which was seen, instead
    /// of answered as in [`SimConfig::key_repeat`]. CALL-E only.
    #[must_use]
    pub fn failed_key_refused(mut self, refused: bool) -> Self {
        self.platform.failed_key_refused = refused;
        self
    }

    /// The webhook URL of the account. Retell, Vapi and Telnyx (there of the
    /// connection) only: CALL-E has none.
    #[must_use]
    pub fn webhook_url(mut self, url: impl Into<String>) -> Self {
        self.platform.webhook_url = Some(url.into());
        self
    }

    /// Where a webhook goes once if it was not accepted and its repeats are used up. Telnyx only.
    #[must_use]
    pub fn webhook_failover_url(mut self, url: impl Into<String>) -> Self {
        self.platform.webhook_failover_url = Some(url.into());
        self
    }

    /// How webhooks prove who sends them. Vapi only.
    #[must_use]
    pub fn vapi_signature(mut self, signature: VapiSignature) -> Self {
        self.platform.vapi_signature = signature;
        self
    }

    /// Whether a list shows calls that were accepted and not yet dialled. Not documented, so off by
    /// default. Retell only.
    #[must_use]
    pub fn lists_undialled(mut self, lists: bool) -> Self {
        self.platform.lists_undialled = lists;
        self
    }

    /// What a missing `retry_on_timeout` means: whether a phone that did not answer rings again by
    /// another route. The default is true, because no document says so. Telnyx only.
    #[must_use]
    pub fn retries_routes_by_default(mut self, retries: bool) -> Self {
        self.platform.routes_once = !retries;
        self
    }

    /// The ending of the `nth` call (from 0) to `number`.
    pub(crate) fn ending_of(&self, number: &str, nth: usize) -> Option<&Ending> {
        let endings = self.platform.endings.get(number)?;
        endings.get(nth).or_else(|| endings.last())
    }
}
