//! Fuzzing with arbitrary bytes: of all wire types of both providers, and of what strangers send to
//! the server. Nothing may panic, and everything that was parsed can be printed, used and serialized
//! again.
//!
//! | to find | look at |
//! |---|---|
//! | the two targets, for `fuzz/` and for the runner | [`kallyai_answers`], [`kaicalls_answers`] |
//! | seeded mutations of documented examples | [`Mutator`] |
//! | the same responses over HTTP, through the backends | [`Wire`] |
//! | webhooks with any URL and body | [`Doors`] |
//! | damaged ledgers | [`Pages`] |
//! | what strangers send to the server | [`server_texts`], [`Requests`] |
//! | what agents send to it, and answers of their people | [`Agents`] |
//!
//! `cargo run -p switchboard-tests --bin fuzz-answers -- --seconds 60` mutates the fixtures without
//! other tools, and `--bin fuzz-server` does the same for the server. With a nightly toolchain, `cargo fuzz run kallyai_answers` is guided by coverage.

mod agents;
mod arguments;
mod corpus;
mod doors;
mod mutate;
mod pages;
mod server;
mod targets;
mod wire;

pub use agents::{Agents, Told, agents_corpus, agents_yes};
pub use arguments::seconds_and_seed;
pub use corpus::corpus;
pub use doors::Doors;
pub use mutate::{Chance, Mutator};
pub use pages::Pages;
pub use server::{Requests, server_corpus, server_texts};
pub use targets::{kaicalls_answers, kallyai_answers};
pub use wire::Wire;
