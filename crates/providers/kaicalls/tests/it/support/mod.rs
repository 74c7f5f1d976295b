//! Accounts at a server that gives a test's answers, and at a simulated KaiCalls.

pub(crate) mod sim;

use std::sync::Arc;

use switchboard_core::{PlaceRequest, Result, SystemClock};
use switchboard_kaicalls::{KaiCalls, KaiCallsConfig};
pub(crate) use switchboard_testkit::backend::{Asked, Server, cut_server, order_for as order};

pub(crate) const KEY: &str = "kc_live_0123456789abcdef";
pub(crate) const CALLEE: &str = "+12125550123";

pub(crate) fn config_at(server: &Server) -> KaiCallsConfig {
    let mut config = KaiCallsConfig::new(KEY);
    config.base_url = server.url().parse().unwrap();
    config.agent_id = Some("uuid-abc123".into());
    config.business_id = Some("uuid-biz456".to_owned());
    config
}

pub(crate) fn provider_at(server: &Server) -> KaiCalls {
    open(&config_at(server)).unwrap()
}

/// The provider on the machine's clock.
pub(crate) fn open(config: &KaiCallsConfig) -> Result<KaiCalls> {
    KaiCalls::new(config.clone(), Arc::new(SystemClock))
}

pub(crate) fn plain_order() -> PlaceRequest {
    switchboard_testkit::backend::order(CALLEE)
}
