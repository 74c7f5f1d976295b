//! What the programs of this package share with tests.
//!
//! | to find | look at |
//! |---|---|
//! | a provider of your own, as small as one can be | [`pager`] |
//! | what the conformance suite has to know about it | [`pager_harness`] |
//!
//! The programs themselves are beside this folder: `cargo run -p switchboard-examples --example
//! place_call`. None of them needs an account, because every provider in them is simulated.

pub mod pager;
pub mod pager_harness;
