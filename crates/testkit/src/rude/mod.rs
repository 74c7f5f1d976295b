//! Providers whose responses are well-formed but malicious or nonsensical.
//!
//! A fault script breaks responses and connections. These responses are intact, but no client may
//! believe, repeat or print them unchanged: "retry immediately", a negative bill, somebody else's
//! call, an endless list, a refusal with a success status, the client's own key, the callee's
//! number, terminal control characters. Each is a variant of [`Rudeness`], and the simulated KallyAI
//! and KaiCalls can be configured with one: [`SimConfig::rude`](crate::SimConfig::rude). Everything
//! else follows the documentation, including the ring ledger.

mod asked;
mod bills;
mod corrupt;
mod layer;
mod lists;
mod rudeness;
mod words;

pub(crate) use layer::over;
pub use rudeness::Rudeness;
pub use words::{FORGED, NO, OWNED};
