//! The KaiCalls-compatible surface, over real HTTP and real backends at the simulators.

mod account;
mod errors;
mod http_client;
mod lists;
mod placing;
mod sdk;
mod server;
mod webhooks;
