//! A simulated Retell, and an account at it.

use std::time::Duration;
use switchboard_core::{CallsExt, Provider, ProviderCall, ProviderCallId, SystemClock};
use switchboard_retell::{Retell, RetellConfig};
use switchboard_testkit::{SimConfig, SimRetell};

/// Calls that are over in a few milliseconds, and no limits.
pub(crate) fn quick() -> SimConfig {
    SimConfig::default().seed(0).speed(100_000.0).limits(10_000, 1_000_000).concurrency(1_000)
}

pub(crate) async fn started(config: SimConfig) -> (SimRetell, Retell) {
    let simulator = SimRetell::start(config).await.unwrap();
    let provider = Retell::new(account(&simulator)).unwrap();
    (simulator, provider)
}

pub(crate) fn account(simulator: &SimRetell) -> RetellConfig {
    let mut config = super::config(simulator.credential(), simulator.url());
    config.agent_id = Some(simulator.agent_id().into());
    config.from_number = Some(super::number(simulator.number()));
    config
}

/// The call once it is over.
pub(crate) async fn over(provider: &Retell, id: &ProviderCallId) -> ProviderCall {
    let (every, at_most) = (Duration::from_millis(5), Duration::from_secs(20));
    provider.calls().wait(id, &SystemClock, every, at_most).await.unwrap()
}
