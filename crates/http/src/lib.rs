//! How Switchboard sends requests, and what their failures mean.
//!
//! There are two HTTP clients, because there are two kinds of request. A read may be sent any
//! number of times; a request that places a call may be sent once, and its failure has to say
//! whether anything was sent. A client that is good at the first (a connection pool, retries,
//! redirects) is dangerous for the second: a stale pooled connection makes an outcome ambiguous,
//! and a followed 307 rings a phone twice. So [`HttpClient::place`] has a client of its own, and no
//! setting turns one into the other.
//!
//! No other crate uses the HTTP library. What a failure proves is decided in one place,
//! [`classify`], and returned as a [`Delivery`](switchboard_core::Delivery).
//!
//! | to find | look at |
//! |---|---|
//! | the client and its settings | [`HttpClient`], [`ClientConfig`], [`RetryPolicy`] |
//! | a proxy, certificates and cryptography of TLS | [`Network`], [`Proxy`], [`RootCertificates`] |
//! | requests and answers | [`Request`], [`Answer`], [`StreamAnswer`] |
//! | requests without a typed method | [`RawRequest`], [`lenient_segments`] |
//! | what a failure means | [`classify`], [`Codes`], [`Verdict`], [`ErrorBody`] |
//! | bearer tokens | [`Credential`], [`StaticToken`], [`RefreshingToken`] |
//! | answers whose fields may be missing or of another type | [`answer!`], [`fields`] |
//! | settings and amounts of a backend | [`is_plausible_key`], [`protects_keys`], [`bill`], [`seconds`], [`millis`] |
//! | lists | [`pages`], [`PageOf`]; how much of one is read: [`ReadBudget`], [`ReadLimits`] |
//! | reading an account for an inspection | [`Inspector`], [`Helper`], [`Shape`] |
//! | ids that were already seen | [`SeenIds`] |
//! | requests to addresses that users give | [`GuardedClient`], [`GuardRules`] |
//! | requests to addresses that the operator configures | [`OperatorClient`] |
//! | removal of secrets | [`Redactor`] |

mod account_checks;
mod amounts;
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
pub mod fields;
mod guard;
mod helper;
mod inspector;
mod network;
mod operator;
mod paging;
mod raw;
mod read_budget;
mod redact;
mod refresh;
mod request;
mod retry;
mod retry_after;
mod seen_ids;
mod shape;
mod summary;

pub use account_checks::{is_code, is_plausible_key, protects_keys};
pub use amounts::{bill, millis, seconds};
pub use answer::{Answer, StreamAnswer, is_asked_for};
pub use classify::{Codes, NoCodes, Verdict};
pub use client::HttpClient;
pub use config::{ClientConfig, RetryPolicy};
pub use credential::{Credential, NoCredential, StaticToken};
pub use decode::{from_json, from_value};
pub use envelope::ErrorBody;
pub use guard::{
    GetAnswer, GuardRules, GuardedClient, LONGEST_URL, NameResolver, PostAnswer, PostFailure,
    SystemResolver, UrlRefused, is_public,
};
pub use helper::{Helper, Sign};
pub use inspector::Inspector;
pub use network::{Network, Proxy, RootCertificates};
pub use operator::OperatorClient;
pub use paging::{PageOf, pages};
pub use raw::{RawRequest, lenient_segments, split_query};
pub use read_budget::{ReadBudget, ReadLimits};
pub use redact::{REDACTED, Redactor, usable_id};
pub use refresh::{RefreshingToken, StoreLock, TokenSet, TokenSource, TokenStore};
pub use request::{Method, Request};
pub use retry_after::{LONGEST_RETRY_AFTER, parse_retry_after};
pub use seen_ids::SeenIds;
pub use shape::{KnownField, Shape};

/// The version of this crate that stands in signatures.
pub use rustls;
