//! Switchboard's HTTP API: calls, plans, reports and keys as JSON below `/v1`, described by an
//! OpenAPI document.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use switchboard::{Switchboard, journal::server::ServerStore};
//! use switchboard_api::{Api, Secrets, ServerSecret, router};
//!
//! # async fn serve(switchboard: Switchboard, store: Arc<dyn ServerStore>, secret: [u8; 32]) -> std::io::Result<()> {
//! let secrets = Secrets::new(ServerSecret::new(secret));
//! let public_url = "https://calls.example.com".parse().expect("a valid address");
//! let api = Api::new(public_url, secrets, store);
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! axum::serve(listener, router(switchboard, api)).await
//! # }
//! ```
//!
//! To limit wrong keys by address and to honour the networks of keys, serve the router with
//! `into_make_service_with_connect_info::<SocketAddr>()`.
//!
//! | module | purpose |
//! |---|---|
//! | [`Api`], [`Secrets`] | the settings |
//! | [`problem`] | errors on the wire: one table of codes |
//! | [`caller`] | API keys, scopes, and [`caller::Allowed`], the proof that a caller may do something |
//! | [`service`] | what can be done, behind one [`Service`]: every route calls it, and nothing else |
//! | [`Background`] | what runs beside the requests: the feed's reader, the delivery of webhooks, the rows of batches |
//! | [`wire`] | the types of requests and answers, with their schemas |
//! | [`oauth`] | access tokens of an issuer, for MCP clients, where [`Api::oauth`] names one |
//! | `compat` | KaiCalls' API for its own SDKs, where [`Api::kaicalls`] asks for it |
//! | [`routes`] | paths, headers and status codes, one file for each group |
//! | `events` | who follows the feed in this process |
//! | `batches` | submitting the rows of batches |
//! | [`webhooks`] | what is sent to endpoints, and when |
//! | [`Observer`] | is told what happens, for metrics |
//! | [`surface`] | what a surface outside this crate takes from a request |
//! | [`recent`] | what takes long to read, kept for a moment |
//! | [`WatchedBody`] | a body that says when it is dropped |
//! | `limits`, `headers`, `unread`, `cursor`, `idempotency`, `context` | what all routes share |

mod background;
mod batches;
mod begin;
pub mod caller;
mod compat;
mod context;
pub mod cursor;
mod document;
mod events;
mod extract;
mod headers;
pub mod idempotency;
mod limits;
pub mod oauth;
mod observer;
pub mod problem;
pub mod recent;
pub mod routes;
mod secret;
pub mod service;
mod settings;
pub mod surface;
mod table_format;
mod unread;
mod watched;
pub mod webhooks;
pub mod wire;

use switchboard::Switchboard;

pub use background::Background;
pub use context::RequestId;
pub use limits::{RequestPermit, StreamPermit};
pub use observer::{DeliveryResult, HookResult, Observer};
pub use problem::{Code, Problem};
pub use routes::document;
pub use secret::{Secrets, ServerSecret};
pub use service::{KeyAdmin, PeopleAdmin, Service, WAIT_REASONS, waits_for_reason};
pub use settings::{
    Api, CheckConfiguration, EventSettings, KaiCallsSurface, RequestLimits, WebhookSettings,
};
pub use table_format::TableFormat;
pub use watched::WatchedBody;

/// The API as a router, for programs that have a server of their own.
pub fn router(switchboard: Switchboard, api: Api) -> axum::Router {
    routes::router(&Service::new(switchboard, api))
}
