//! Answers that nobody expects: every wire type of both providers, from any bytes. Nothing may
//! panic; whatever is read may be shown, asked and written again.
//!
//! | to find | look at |
//! |---|---|
//! | the two targets, for `fuzz/` and for the runner | [`kallyai_answers`], [`kaicalls_answers`] |
//! | mutations of the documents' examples, seeded | [`Mutator`] |
//! | the same answers over HTTP, through the backends | [`Wire`] |
//! | webhooks on any address, with any body | [`Doors`] |
//! | damaged ledgers | [`Pages`] |
//!
//! `cargo run -p switchboard-tests --bin fuzz-answers -- --seconds 60` mutates the fixtures without
//! any other tool; with a nightly toolchain `cargo fuzz run kallyai_answers` lets coverage lead the
//! way.

mod corpus;
mod doors;
mod mutate;
mod pages;
mod targets;
mod wire;

pub use corpus::corpus;
pub use doors::Doors;
pub use mutate::{Chance, Mutator};
pub use pages::Pages;
pub use targets::{kaicalls_answers, kallyai_answers};
pub use wire::Wire;
