//! One provider in the policy.

use switchboard_core::ProviderInfo;

use crate::{
    health::BreakerPolicy,
    policy::{NumberPolicy, ProviderLimits},
    rates::RateDeck,
};

/// All that is configured for one provider.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProviderPolicy {
    /// What the provider offers and documents.
    pub info: ProviderInfo,
    /// What it charges.
    pub deck: RateDeck,
    /// False: it takes no call, and plans list it as switched off.
    pub enabled: bool,
    /// How much may be asked of it.
    pub limits: ProviderLimits,
    /// The numbers that its calls are made from. Without any, the backend chooses.
    pub numbers: Vec<NumberPolicy>,
    /// After how many failures it gets no calls, and for how long.
    pub breaker: BreakerPolicy,
}

impl ProviderPolicy {
    /// An enabled provider with the limits that it documents and the default breaker.
    pub fn new(info: ProviderInfo, deck: RateDeck) -> Self {
        Self {
            limits: ProviderLimits::documented(&info),
            numbers: Vec::new(),
            breaker: BreakerPolicy::default(),
            enabled: true,
            info,
            deck,
        }
    }
}
