//! Kills and pauses `switchboard serve` while calls come in over HTTP, events are followed and
//! webhooks are sent, and compares what everybody saw with the ledger and with the phones that rang.
//!
//! `cargo run -p switchboard-tests --bin http-loop -- --loops N --calls N --replicas N --ledger
//! sqlite|postgres [--pause] [--seed S] [--json]`. `--first N` starts at another loop of the seed,
//! `--at-once N` sets the number of loops at the same time, `--program FILE` uses an existing
//! program. The last line is a JSON object; with `--json` it is the only one on stdout. Exits with
//! 1 if a phone rang twice, a call or an event was lost, a client gave up, or a limit was exceeded.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

#[cfg(unix)]
mod unix {
    use std::{env, process::ExitCode, time::Instant};

    use switchboard_tests::{
        loops::{LoopOptions, number},
        serve::{Options, PROVIDERS, run},
    };

    const USAGE: &str = "usage: http-loop --loops N --calls N --replicas N --ledger sqlite|postgres [--pause] [--seed S] [--first N] [--at-once N] [--program FILE] [--json]";

    pub(crate) fn main() -> ExitCode {
        let options = match asked(env::args().skip(1)) {
            Ok(options) => options,
            Err(wrong) => {
                eprintln!("{wrong}\n{USAGE}");
                return ExitCode::from(2);
            }
        };
        let began = Instant::now();
        eprintln!(
            "seed {}, {} loops of {} calls, {} at once",
            options.run.seed, options.run.loops, options.calls, options.run.at_once
        );
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let totals = match runtime {
            Ok(runtime) => runtime.block_on(run(&options, |report| eprintln!("{report}"))),
            Err(error) => {
                eprintln!("the runtime could not be started: {error}");
                return ExitCode::FAILURE;
            }
        };
        if totals.skipped {
            eprintln!(
                "skipped: no PostgreSQL on this machine; install it with `apt-get install postgresql`"
            );
        }
        if !options.run.json {
            println!(
                "{} calls, {} phones rang in {:.0} s; {} requests had no answer and were sent again; {} kills, {} pauses, {} ends; {} events",
                totals.calls,
                totals.rings,
                began.elapsed().as_secs_f64(),
                totals.failures,
                totals.kills,
                totals.pauses,
                totals.ends,
                totals.events,
            );
        }
        match serde_json::to_string(&totals) {
            Ok(line) => println!("{line}"),
            Err(error) => eprintln!("{error}"),
        }
        if totals.is_good() {
            return ExitCode::SUCCESS;
        }
        eprintln!("in {} loops something is wrong: their directories are kept", totals.bad_loops);
        ExitCode::FAILURE
    }

    fn asked(arguments: impl Iterator<Item = String>) -> Result<Options, String> {
        let (mut calls, mut replicas) = (100, 1);
        let run = LoopOptions::new(1, 1).read(arguments, |name, value| {
            match name {
                "--calls" => calls = number(value)?,
                "--replicas" => replicas = number(value)?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        if run.providers != PROVIDERS {
            return Err("--providers is for kill-loop only".to_owned());
        }
        if calls == 0 || calls > MOST_CALLS {
            return Err(format!("--calls is not from 1 to {MOST_CALLS}"));
        }
        if replicas == 0 || replicas > 1 && !run.postgres {
            return Err("several replicas need --ledger postgres".to_owned());
        }
        Ok(Options { run, calls, replicas })
    }

    /// Each call is for another person, and so many numbers are reserved for fiction.
    const MOST_CALLS: usize = 10_000;
}

#[cfg(unix)]
fn main() -> ExitCode {
    unix::main()
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("there is no SIGSTOP here");
    ExitCode::FAILURE
}
