//! How much may be asked of a provider.

use std::num::NonZeroU32;

use jiff::Timestamp;
use switchboard_core::{ProviderId, ProviderInfo, RequestLimit};

use crate::{
    policy::caller_number::window_seconds,
    reservation::{ConcurrencySlot, RateSlot, Scope},
};

/// How much may be asked of a provider. What is `None` is not limited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProviderLimits {
    /// Requests that place a call, in any window; with the margin already taken off.
    pub placing: Option<RequestLimit>,
    /// Further limits of requests that place a call, each in its own window: of a day, for example.
    pub placing_in: Vec<RequestLimit>,
    /// Requests that read, in any window; with the margin already taken off.
    pub reading: Option<RequestLimit>,
    /// Calls in progress at the same time, over all processes that share the journal.
    pub concurrent: Option<u32>,
    /// Requests that place a call are spread out to this many a second.
    pub calls_per_second: Option<NonZeroU32>,
}

impl ProviderLimits {
    /// What the provider documents, less one part in twenty: its window and ours never begin at the
    /// same moment, and requests take time to arrive. Of KaiCalls' 60 a minute 57 are used.
    pub fn documented(info: &ProviderInfo) -> Self {
        let margin = |limit: RequestLimit| RequestLimit {
            requests: (limit.requests * 19 / 20).max(1),
            ..limit
        };
        Self {
            placing: info.place_limit.map(margin),
            placing_in: Vec::new(),
            reading: info.read_limit.map(margin),
            concurrent: None,
            calls_per_second: None,
        }
    }

    /// The slot that an attempt at this provider takes of the limit of placing requests.
    pub fn rate_slot(&self, provider: &ProviderId) -> Option<RateSlot> {
        self.placing.map(|limit| RateSlot::new(Scope::Placing(provider.clone()), limit))
    }

    /// The slots that an attempt at this provider takes of all limits of placing requests.
    pub fn rate_slots(&self, provider: &ProviderId) -> Vec<RateSlot> {
        let further = self.placing_in.iter().map(|limit| {
            let scope = Scope::PlacingIn(provider.clone(), window_seconds(limit.window));
            RateSlot::new(scope, *limit)
        });
        self.rate_slot(provider).into_iter().chain(further).collect()
    }

    /// The slot that an attempt at this provider takes of the limit of calls at the same time,
    /// until this moment at the latest.
    pub fn concurrency_slot(
        &self,
        provider: &ProviderId,
        until: Timestamp,
    ) -> Option<ConcurrencySlot> {
        let scope = || Scope::Calls(provider.clone());
        self.concurrent.map(|limit| ConcurrencySlot { scope: scope(), limit, until })
    }
}
