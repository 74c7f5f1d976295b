//! The commands, one file or folder each. Each takes its arguments and returns an
//! [`Exit`](crate::exit::Exit).

pub(crate) mod agents;
pub(crate) mod api;
pub(crate) mod backtest;
pub(crate) mod batch;
pub(crate) mod call;
pub(crate) mod calls;
pub(crate) mod deck;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod experiments;
pub(crate) mod init;
pub(crate) mod keys;
pub(crate) mod ledger;
pub(crate) mod listen;
pub(crate) mod lists;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod manual;
pub(crate) mod mcp;
pub(crate) mod numbers;
pub(crate) mod openapi;
pub(crate) mod people;
pub(crate) mod plan;
pub(crate) mod policy;
pub(crate) mod providers;
pub(crate) mod quality;
pub(crate) mod reload;
pub(crate) mod rules;
pub(crate) mod serve;
pub(crate) mod sim;
mod simulated_account;
mod simulated_rules;
pub(crate) mod usage;
pub(crate) mod version;
pub(crate) mod whoami;
pub(crate) mod words;
