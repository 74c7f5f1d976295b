//! Traces of calls, sent to a collector of OpenTelemetry, with the feature `otel`.
//!
//! Everything that happens to a call is one trace, in whatever process it happens: **the trace id is
//! the call's id**, so nothing has to be stored and handed on, and a process that takes a call over
//! goes on with its trace. The first span of the trace has an id that follows from the call's, too:
//! spans of other processes name it as their parent.
//!
//! A request with a `traceparent` belongs to its client's trace instead. Its span and the call's
//! first span link to each other. `tracestate` is not read, and nothing of either is sent on.
//!
//! | file | contents |
//! |---|---|
//! | `ids.rs` | the ids of a call's trace, `traceparent`, and which calls are traced |
//! | `recorded.rs` | what is remembered of a span while it is open |
//! | `layer.rs` | makes spans of OpenTelemetry from spans of `tracing` |
//! | `export.rs` | sends them, with our own HTTP client |

mod export;
mod ids;
mod layer;
mod recorded;

pub(crate) use export::{finish, start};
pub(crate) use layer::layer;
