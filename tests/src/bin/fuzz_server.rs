//! Mutates examples of what the server reads for a while: cursors, keys, idempotency headers, event
//! ids, addresses of webhooks in both directions, requests and queries of KaiCalls' clients, and
//! messages of agents with the answers of their people.
//!
//! `cargo run -p switchboard-tests --bin fuzz-server -- --seconds 60 [--seed N]`. The seed is printed
//! and reproduces the inputs. Exits with 1 and prints the input if something is wrong.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use std::{
    collections::BTreeMap,
    panic::catch_unwind,
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use switchboard_tests::fuzz::{
    Agents, Chance, Mutator, Requests, agents_corpus, agents_yes, seconds_and_seed, server_corpus,
    server_texts,
};

/// One of this many messages of agents is the person's yes as it is.
const YES: u64 = 64;

/// Something panicked, wherever it was caught.
static PANICKED: AtomicBool = AtomicBool::new(false);

#[tokio::main]
async fn main() -> ExitCode {
    let (seconds, seed) = match seconds_and_seed(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(wrong) => {
            eprintln!("{wrong}\nusage: fuzz-server [--seconds N] [--seed N]");
            return ExitCode::from(2);
        }
    };
    let seeds = server_corpus();
    println!("{} examples, seed {seed}, {seconds} s", seeds.len() + agents_corpus().len());
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICKED.store(true, Ordering::SeqCst);
        usual(panic);
    }));
    let (begin, limit) = (Instant::now(), Duration::from_secs(seconds));
    let requests = Requests::start().await;
    let (mut mutator, mut chance) = (Mutator::new(seeds, seed), Chance::new(!seed));
    let mut agents = Agents::start().await;
    let mut messages = Mutator::new(agents_corpus(), seed.rotate_left(7));
    let (mut inputs, mut answers) = (0_u64, BTreeMap::new());
    let (mut told, mut placed) = (BTreeMap::new(), 0_u64);
    while begin.elapsed() < limit {
        let input = mutator.input();
        inputs += 1;
        if catch_unwind(|| server_texts(&input)).is_err() {
            return found(&format!("as a text, input {inputs} of seed {seed}"), &input);
        }
        match requests.ask(&input, &mut chance).await {
            Ok(status) => *answers.entry(status.unwrap_or_default()).or_insert(0_u64) += 1,
            Err(what) => {
                return found(&format!("{what}, input {inputs} of seed {seed}"), &input);
            }
        }
        let message = if inputs % YES == 0 { agents_yes() } else { messages.input() };
        match agents.ask(&message, &mut chance).await {
            Ok(one) => {
                *told.entry(one.status).or_insert(0_u64) += 1;
                placed += u64::from(one.placed);
            }
            Err(what) => {
                let what = format!("from an agent, {what}, input {inputs} of seed {seed}");
                return found(&what, &message);
            }
        }
        if PANICKED.load(Ordering::SeqCst) {
            return found(
                &format!("a panic, input {inputs} of seed {seed}, from an agent"),
                &message,
            );
        }
    }
    println!("{inputs} inputs, as texts and in requests: nothing was wrong");
    println!("answers by status, 0 for no request: {answers:?}");
    println!(
        "answers to agents by status: {told:?}; {placed} calls, each with a person's yes to it"
    );
    ExitCode::SUCCESS
}

fn found(what: &str, input: &[u8]) -> ExitCode {
    eprintln!("{what}:\n{}", input.escape_ascii());
    ExitCode::FAILURE
}
