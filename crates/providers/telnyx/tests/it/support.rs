//! Accounts at a server that gives a test's answers, and at a simulated Telnyx.

use std::time::Duration;

use switchboard_core::{
    CallsExt, PhoneNumber, PlaceRequest, Provider, ProviderCall, ProviderCallId, SystemClock,
};
use switchboard_telnyx::{Telnyx, TelnyxConfig};
pub(crate) use switchboard_testkit::backend::{Asked, Server, cut_server, order_for as order};
use switchboard_testkit::{SimConfig, SimTelnyx};

pub(crate) const KEY: &str = "KEY0123456789ABCDEF";
pub(crate) const CALLEE: &str = "+12125550123";
pub(crate) const FROM: &str = "+13125550100";

pub(crate) fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

/// An account that can place calls.
pub(crate) fn config(key: &str, url: &str) -> TelnyxConfig {
    let mut config = TelnyxConfig::new(key);
    config.base_url = url.parse().unwrap();
    config.connection_id = Some("conn_1".to_owned());
    config.agent_id = Some("assistant-1".into());
    config.from_number = Some(number(FROM));
    config
}

pub(crate) fn config_at(server: &Server) -> TelnyxConfig {
    config(KEY, server.url())
}

pub(crate) fn provider_at(server: &Server) -> Telnyx {
    Telnyx::new(config_at(server)).unwrap()
}

pub(crate) fn plain_order() -> PlaceRequest {
    switchboard_testkit::backend::order(CALLEE)
}

/// Calls that are over in a few milliseconds, and no limits.
pub(crate) fn quick() -> SimConfig {
    SimConfig::default().seed(0).speed(100_000.0).limits(10_000, 1_000_000).concurrency(1_000)
}

pub(crate) fn account(simulator: &SimTelnyx) -> TelnyxConfig {
    let mut config = config(simulator.credential(), simulator.url());
    config.connection_id = Some(simulator.connection_id().to_owned());
    config.agent_id = Some(simulator.assistant_id().into());
    config.from_number = Some(number(simulator.number()));
    config.webhook_public_key = Some(simulator.public_key());
    config.record = true;
    config
}

pub(crate) async fn started(config: SimConfig) -> (SimTelnyx, Telnyx) {
    let simulator = SimTelnyx::start(config).await.unwrap();
    let provider = Telnyx::new(account(&simulator)).unwrap();
    (simulator, provider)
}

/// The call once it is over.
pub(crate) async fn over(provider: &Telnyx, id: &ProviderCallId) -> ProviderCall {
    let (every, at_most) = (Duration::from_millis(5), Duration::from_secs(20));
    provider.calls().wait(id, &SystemClock, every, at_most).await.unwrap()
}
