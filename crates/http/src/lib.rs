//! How Switchboard sends.
//!
//! Two clients, because two kinds of request exist. A read may be sent as often as one likes; a
//! request that places a call may be sent once, and whoever reads its failure must learn whether
//! anything left this machine. A client that is good at the first (a pool, retries, followed
//! redirects) is a danger at the second: a stale pooled connection makes an outcome ambiguous that
//! need not be, and a followed 307 rings a phone twice. So [`HttpClient::place`] has a client of
//! its own, and no setting turns one into the other.
//!
//! No other crate names the HTTP library: what a failure proves is decided in one place,
//! [`classify`], and handed out as a [`Delivery`](switchboard_core::Delivery).
//!
//! | to find | look at |
//! |---|---|
//! | the client and its settings | [`HttpClient`], [`ClientConfig`], [`RetryPolicy`] |
//! | what is sent, what comes back | [`Request`], [`Answer`], [`StreamAnswer`] |
//! | what a failure means | [`classify`], [`Codes`], [`Verdict`], [`ErrorBody`] |
//! | who is asking | [`Credential`], [`StaticToken`], [`RefreshingToken`] |
//! | lists | [`pages`], [`PageOf`]; what reading one may take: [`Walk`], [`Bounds`] |
//! | ids that come again | [`SeenIds`] |
//! | what must not come out | [`Redactor`] |

mod answer;
mod body;
pub mod classify;
mod client;
mod config;
mod connect;
mod credential;
mod decode;
mod envelope;
mod exchange;
mod paging;
mod redact;
mod refresh;
mod request;
mod retry;
mod retry_after;
mod said;
mod seen_ids;
mod walk;

pub use answer::{Answer, StreamAnswer, is_asked_for};
pub use classify::{Codes, NoCodes, Verdict};
pub use client::HttpClient;
pub use config::{ClientConfig, RetryPolicy};
pub use credential::{Credential, NoCredential, StaticToken};
pub use decode::{from_json, from_value};
pub use envelope::ErrorBody;
pub use paging::{PageOf, pages};
pub use redact::{REDACTED, Redactor, usable_id};
pub use refresh::{RefreshingToken, StoreLock, TokenSet, TokenSource, TokenStore};
pub use request::{Method, Request};
pub use retry_after::{LONGEST_RETRY_AFTER, parse_retry_after};
pub use seen_ids::SeenIds;
pub use walk::{Bounds, Walk};
