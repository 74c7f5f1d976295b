//! How one provider is treated.

use std::num::NonZeroU32;

use switchboard_core::{ProviderInfo, RequestLimit};

use crate::health::BreakerPolicy;

/// How one provider is treated.
#[derive(Debug, Clone, Default)]
pub struct LaneSettings {
    /// At most so many placing requests in any window; with the margin already taken off.
    pub place_limit: Option<RequestLimit>,
    /// At most so many calls under way.
    pub concurrent: Option<u32>,
    /// At most so many reads in any window.
    pub read_limit: Option<RequestLimit>,
    /// Placing requests are spread to this many a second.
    pub calls_per_second: Option<NonZeroU32>,
    /// When it is left alone.
    pub breaker: BreakerPolicy,
}

impl LaneSettings {
    /// What the provider documents, less one part in twenty: its window and ours never begin at the
    /// same moment, and requests travel. Of KaiCalls' 60 a minute 57 are used.
    pub fn documented(info: &ProviderInfo) -> Self {
        let margin = |limit: RequestLimit| RequestLimit {
            requests: (limit.requests * 19 / 20).max(1),
            ..limit
        };
        Self {
            place_limit: info.place_limit.map(margin),
            concurrent: None,
            read_limit: info.read_limit.map(margin),
            calls_per_second: None,
            breaker: BreakerPolicy::default(),
        }
    }
}
