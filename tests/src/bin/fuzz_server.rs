//! Mutates examples of what the server reads for a while: cursors, keys, idempotency headers, event
//! ids, addresses of webhooks in both directions, and requests and queries of KaiCalls' clients.
//!
//! `cargo run -p switchboard-tests --bin fuzz-server -- --seconds 60 [--seed N]`. The seed is printed
//! and reproduces the inputs. Exits with 1 and prints the input if something is wrong.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use std::{
    collections::BTreeMap,
    panic::catch_unwind,
    process::ExitCode,
    time::{Duration, Instant},
};

use switchboard_tests::fuzz::{
    Chance, Mutator, Requests, seconds_and_seed, server_corpus, server_texts,
};

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
    println!("{} examples, seed {seed}, {seconds} s", seeds.len());
    let (begin, limit) = (Instant::now(), Duration::from_secs(seconds));
    let requests = Requests::start().await;
    let (mut mutator, mut chance) = (Mutator::new(seeds, seed), Chance::new(!seed));
    let (mut inputs, mut answers) = (0_u64, BTreeMap::new());
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
    }
    println!("{inputs} inputs, as texts and in requests: nothing was wrong");
    println!("answers by status, 0 for no request: {answers:?}");
    ExitCode::SUCCESS
}

fn found(what: &str, input: &[u8]) -> ExitCode {
    eprintln!("{what}:\n{}", input.escape_ascii());
    ExitCode::FAILURE
}
