//! Accounts at a server that gives a test's answers, and at a simulated Retell.

pub(crate) mod sim;

use switchboard_core::{PhoneNumber, PlaceRequest};
use switchboard_retell::{Retell, RetellConfig};
pub(crate) use switchboard_testkit::backend::{Asked, Server, cut_server, order_for as order};

pub(crate) const KEY: &str = "key_0123456789abcdef";
pub(crate) const CALLEE: &str = "+12125550123";
/// The number that the simulated account has.
pub(crate) const FROM: &str = "+14155550100";

/// An account that can place calls.
pub(crate) fn config(key: &str, url: &str) -> RetellConfig {
    let mut config = RetellConfig::new(key);
    config.base_url = url.parse().unwrap();
    config.agent_id = Some("agent_1".into());
    config.from_number = Some(number(FROM));
    config
}

pub(crate) fn config_at(server: &Server) -> RetellConfig {
    config(KEY, server.url())
}

pub(crate) fn provider_at(server: &Server) -> Retell {
    Retell::new(config_at(server)).unwrap()
}

pub(crate) fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

pub(crate) fn plain_order() -> PlaceRequest {
    switchboard_testkit::backend::order(CALLEE)
}
