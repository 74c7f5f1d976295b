//! Misleading responses and broken connections.
//!
//! After a failed call everything depends on whether the phone rang, and the failure alone does not
//! show it. So a fault specifies two independent things: what the caller sees, and whether the
//! phone rang before.
//!
//! # The script
//!
//! A script is TOML or JSON. Its rules are tried in order, and the first one that fires applies to
//! the request.
//!
//! ```
//! let script = switchboard_testkit::fault::FaultScript::from_toml(r#"
//!     ## The second placed call rings, but the caller sees a 500.
//!     [[rule]]
//!     method = "POST"
//!     path = "/v1/calls"
//!     nth = [2]
//!     after = "ring"
//!     fault = { kind = "answer", status = 500, code = "internal_error" }
//!
//!     ## Every third read is slow; the path is a prefix because it ends in `*`.
//!     [[rule]]
//!     method = "GET"
//!     path = "/v1/*"
//!     every = 3
//!     delay_ms = 250
//!     fault = { kind = "pass" }
//!
//!     ## Calls to this number are refused for a while.
//!     [[rule]]
//!     to = "+12125550101"
//!     until_ms = 5000
//!     fault.kind = "answer"
//!     fault.status = 429
//!     fault.code = "rate_limited"
//!     fault.headers = { Retry-After = "2" }
//!
//!     ## The provider is down between 10 and 12 seconds after this script was set.
//!     [[outage]]
//!     from_ms = 10000
//!     until_ms = 12000
//!     mode = "refuse"
//!
//!     [list]
//!     lag_ms = 2000
//!     omit = ["+12125550102"]
//!
//!     [webhooks]
//!     lose = [1]
//!     twice = [2]
//!     forge = [3]
//!     delay_ms = 100
//! "#)?;
//! assert_eq!(script.rules.len(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A rule matches by `method`, `path`, `to` (the number in the body of the request) and by time
//! (`from_ms`, `until_ms`, since the script was set); a field that is left out matches everything.
//! Of the requests that match it fires for the `nth` (a list, from 1), for `every` k-th, or for
//! all. See [`Rule`] for all fields, [`Fault`] for what the caller sees and [`After`] for how far
//! the request gets before.

mod engine;
mod script;

pub use engine::FaultHandle;
pub(crate) use engine::{Hit, Seen};
pub use script::{
    After, Envelope, Fault, FaultScript, ListFaults, Outage, OutageMode, Rule, ScriptError,
    WebhookFaults,
};
