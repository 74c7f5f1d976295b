//! Accounts at a server that gives a test's answers, and at a simulated Vapi.

pub(crate) mod sim;

use switchboard_core::{PhoneNumber, PlaceRequest};
pub(crate) use switchboard_testkit::backend::{Asked, Server, cut_server, order_for as order};
use switchboard_vapi::{Vapi, VapiConfig};

pub(crate) const KEY: &str = "key_0123456789abcdef";
pub(crate) const CALLEE: &str = "+12125550123";
pub(crate) const ID: &str = "11111111-1111-4111-8111-111111111111";

/// An account that can place calls.
pub(crate) fn config(key: &str, url: &str) -> VapiConfig {
    let mut config = VapiConfig::new(key);
    config.base_url = url.parse().unwrap();
    config.agent_id = Some("assistant-1".into());
    config.phone_number_id = Some("number-1".into());
    config
}

pub(crate) fn config_at(server: &Server) -> VapiConfig {
    config(KEY, server.url())
}

pub(crate) fn provider_at(server: &Server) -> Vapi {
    Vapi::new(config_at(server)).unwrap()
}

pub(crate) fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

pub(crate) fn plain_order() -> PlaceRequest {
    switchboard_testkit::backend::order(CALLEE)
}
