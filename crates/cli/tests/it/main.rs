//! All integration tests of the crate in one program, so that they are linked once.

#![allow(clippy::expect_used, clippy::print_stdout, clippy::unwrap_used)]

mod accounts;
mod api;
mod backtest;
mod batch;
mod batch_again;
mod batch_before;
mod batch_credit;
mod batch_first_words;
mod batch_results;
mod call;
mod call_content;
mod call_list;
mod calls;
mod canaries;
mod common;
mod console;
mod credentials;
mod deck;
mod demo;
mod demo_open;
mod doctor;
mod experiments;
mod help;
mod json_request;
mod ledger;
mod lists;
mod login;
mod mcp;
mod mcp_sdk;
mod mistakes;
mod people;
mod plan;
mod policy;
mod quality;
mod reload;
mod rules;
mod serve;
mod serve_kill;
mod serve_metrics;
mod serve_traces;
#[cfg(target_os = "linux")]
mod session;
mod sim;
mod single_flight;
mod start;
mod terminal;
mod top;
