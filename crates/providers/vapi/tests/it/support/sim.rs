//! A simulated Vapi, and an account at it.

use std::time::Duration;

use switchboard_core::{CallsExt, Provider, ProviderCall, ProviderCallId, SystemClock};
use switchboard_testkit::{SimConfig, SimVapi};
use switchboard_vapi::{Vapi, VapiConfig};

/// Calls that are over in a few milliseconds, and no limits.
pub(crate) fn quick() -> SimConfig {
    SimConfig::default().seed(0).speed(100_000.0).limits(10_000, 1_000_000).concurrency(1_000)
}

pub(crate) async fn started(config: SimConfig) -> (SimVapi, Vapi) {
    let simulator = SimVapi::start(config).await.unwrap();
    let provider = Vapi::new(account(&simulator)).unwrap();
    (simulator, provider)
}

pub(crate) fn account(simulator: &SimVapi) -> VapiConfig {
    let mut config = super::config(simulator.credential(), simulator.url());
    config.agent_id = Some(simulator.assistant_id().into());
    config.phone_number_id = Some(simulator.phone_number_id().into());
    config.webhook_secret = Some(simulator.webhook_secret().into());
    config
}

/// The call once it is over.
pub(crate) async fn over(provider: &Vapi, id: &ProviderCallId) -> ProviderCall {
    let (every, at_most) = (Duration::from_millis(5), Duration::from_secs(20));
    provider.calls().wait(id, &SystemClock, every, at_most).await.unwrap()
}

/// The call once its status is this one.
pub(crate) async fn until(provider: &Vapi, id: &ProviderCallId, status: &str) -> ProviderCall {
    loop {
        let call = provider.calls().get(id).await.unwrap();
        if call.status_word == status {
            return call;
        }
        assert!(!call.state.is_over(), "{call:?}");
    }
}
