//! Mutates documented examples for a while and parses the results with every wire type of both
//! providers. The same inputs are sent as webhooks and stored in the columns of a ledger.
//!
//! `cargo run -p switchboard-tests --bin fuzz-answers -- --seconds 60 [--seed N]`. The seed is
//! printed and reproduces the inputs. Exits with 1 and prints the input if something panics.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use std::{
    panic::catch_unwind,
    process::ExitCode,
    time::{Duration, Instant},
};

use switchboard_tests::fuzz::{
    Chance, Doors, Mutator, Pages, Wire, corpus, kaicalls_answers, kallyai_answers,
    seconds_and_seed,
};

/// One of this many inputs is also sent over HTTP.
const OVER_HTTP: u64 = 16;

#[tokio::main]
async fn main() -> ExitCode {
    let (seconds, seed) = match seconds_and_seed(std::env::args().skip(1)) {
        Ok(asked) => asked,
        Err(wrong) => {
            eprintln!("{wrong}\nusage: fuzz-answers [--seconds N] [--seed N]");
            return ExitCode::from(2);
        }
    };
    let seeds = corpus();
    println!("{} examples, seed {seed}, {seconds} s", seeds.len());
    let (begin, limit) = (Instant::now(), Duration::from_secs(seconds));
    let (wire, doors, mut pages) =
        (Wire::start().await, Doors::start().await, Pages::start().await);
    let (mut mutator, mut chance) = (Mutator::new(seeds, seed), Chance::new(!seed));
    let (mut inputs, mut json, mut bytes, mut http) = (0_u64, 0_u64, 0_u64, 0_u64);
    while begin.elapsed() < limit {
        let input = mutator.input();
        inputs += 1;
        bytes += input.len() as u64;
        json += u64::from(serde_json::from_slice::<serde::de::IgnoredAny>(&input).is_ok());
        for (name, target) in [
            ("kallyai_answers", kallyai_answers as fn(&[u8])),
            ("kaicalls_answers", kaicalls_answers),
        ] {
            if catch_unwind(|| target(&input)).is_err() {
                return found(&format!("{name}, input {inputs} of seed {seed}"), &input);
            }
        }
        if inputs % OVER_HTTP == 0 {
            http += 1;
            if let Err(what) = wire.ask(&input, &mut chance).await {
                return found(&format!("over HTTP, {what}, input {inputs} of seed {seed}"), &input);
            }
            if let Err(what) = doors.knock(&input, &mut chance).await {
                return found(
                    &format!("as a webhook, {what}, input {inputs} of seed {seed}"),
                    &input,
                );
            }
            // A panic ends the program, with the seed printed above.
            pages.corrupt(&input, &mut chance).await;
        }
    }
    println!(
        "{inputs} inputs ({json} of them JSON, {bytes} bytes), {http} over HTTP, as webhooks and in a ledger: nothing panicked"
    );
    ExitCode::SUCCESS
}

fn found(what: &str, input: &[u8]) -> ExitCode {
    eprintln!("{what}:\n{}", input.escape_ascii());
    ExitCode::FAILURE
}
