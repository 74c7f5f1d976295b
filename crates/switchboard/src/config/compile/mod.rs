//! From the words of the file to what the router obeys, and what is wrong with them.
//!
//! `policy.rs` puts it together. Each of the others has the table of its name, whose words are in
//! the file of the same name one folder above.

mod budget;
mod callers;
mod console;
mod deck;
mod duplicates;
mod experiment;
mod facts;
mod numbers;
mod oauth;
mod outliers;
mod policy;
mod quality;
mod rules;
mod server;
pub(super) mod tariff;

pub(super) use policy::policy;
pub(super) use rules::tables;
