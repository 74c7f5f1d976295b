//! Accounts at a server that gives a test's answers, and at a simulated CALL-E.

use switchboard_calle::{CallE, CallEConfig};
use switchboard_core::PlaceRequest;
pub(crate) use switchboard_testkit::backend::{Server, cut_server, order_for as order};
use switchboard_testkit::{SimCallE, SimConfig};

pub(crate) const KEY: &str = "iams_live_0123456789abcdef";
pub(crate) const CALLEE: &str = "+12125550123";

pub(crate) fn config(key: &str, url: &str) -> CallEConfig {
    let mut config = CallEConfig::new(key);
    config.base_url = url.parse().unwrap();
    config
}

pub(crate) fn provider_at(server: &Server) -> CallE {
    CallE::new(config(KEY, server.url())).unwrap()
}

pub(crate) fn plain_order() -> PlaceRequest {
    switchboard_testkit::backend::order(CALLEE)
}

/// Calls that are over in a few milliseconds, and no limits.
pub(crate) fn quick() -> SimConfig {
    SimConfig::default().seed(0).speed(100_000.0).limits(10_000, 1_000_000).concurrency(1_000)
}

pub(crate) async fn started(config: SimConfig) -> (SimCallE, CallE) {
    let simulator = SimCallE::start(config).await.unwrap();
    let provider = CallE::new(self::config(simulator.credential(), simulator.url())).unwrap();
    (simulator, provider)
}
