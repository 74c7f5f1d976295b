//! The pages.
//!
//! | file | page |
//! |---|---|
//! | `batches.rs` | tables of calls |
//! | `api.rs`, `configuration.rs`, `experiments.rs`, `keys.rs`, `money.rs`, `people.rs`, `providers.rs`, `rates.rs`, `webhooks.rs` | these |
//! | `files.rs` | styles and scripts |
//! | `llms.rs` | what a program that reads text has to know |
//! | `session.rs` | signing in and out, light or dark, the stream of events |
//! | `now.rs` | what happens now |
//! | `calls.rs`, `calls_csv.rs`, `calls_filter.rs` | lists of calls |
//! | `call.rs`, `call_view.rs`, `call_actions.rs` | a call |

pub(crate) mod api;
pub(crate) mod batches;
pub(crate) mod call;
pub(crate) mod call_actions;
mod call_view;
pub(crate) mod calls;
pub(crate) mod calls_csv;
mod calls_filter;
pub(crate) mod configuration;
pub(crate) mod experiments;
pub(crate) mod files;
pub(crate) mod keys;
pub(crate) mod llms;
pub(crate) mod money;
pub(crate) mod now;
pub(crate) mod people;
pub(crate) mod providers;
pub(crate) mod rates;
pub(crate) mod session;
pub(crate) mod webhooks;
