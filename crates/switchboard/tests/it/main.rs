//! All integration tests of the crate in one program, so that they are linked once.

#![allow(clippy::expect_used, clippy::unwrap_used)]

mod agents;
mod calle;
mod config_errors;
mod credentials;
mod decks;
mod default_country;
mod example_file;
mod example_keys;
mod experiments;
mod failure_domains;
mod features;
mod ledger;
mod network;
mod numbers;
mod own_settings;
mod retell;
mod rules;
mod server;
mod setup;
mod tariffs;
mod telnyx;
mod tokens;
mod vapi;
