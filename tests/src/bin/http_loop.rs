//! Kills and pauses `switchboard serve` while calls come in over HTTP, events are followed and
//! webhooks are sent, and compares what everybody saw with the ledger and with the phones that rang.
//!
//! `cargo run -p switchboard-tests --bin http-loop -- --loops N --calls N --replicas N --ledger
//! sqlite|postgres [--pause] [--seed S] [--json]`. `--first N` starts at another loop of the seed,
//! `--at-once N` sets the number of loops at the same time, `--program FILE` uses an existing
//! program. The last line is a JSON object; with `--json` it is the only one on stdout. Exits with
//! 1 if a phone rang twice, a call or an event was lost, or a limit was exceeded.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

#[cfg(unix)]
mod unix {
    use std::{
        env,
        hash::{BuildHasher, Hasher, RandomState},
        path::PathBuf,
        process::ExitCode,
        str::FromStr,
        time::Instant,
    };

    use switchboard_tests::{
        kill::program,
        serve::{Options, run},
    };

    const USAGE: &str = "usage: http-loop --loops N --calls N --replicas N --ledger sqlite|postgres [--pause] [--seed S] [--first N] [--at-once N] [--program FILE] [--json]";

    pub(crate) fn main() -> ExitCode {
        let (options, json) = match asked(env::args().skip(1)) {
            Ok(asked) => asked,
            Err(wrong) => {
                eprintln!("{wrong}\n{USAGE}");
                return ExitCode::from(2);
            }
        };
        let began = Instant::now();
        eprintln!(
            "seed {}, {} loops of {} calls, {} at once",
            options.seed, options.loops, options.calls, options.at_once
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
        if !json {
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

    fn asked(mut arguments: impl Iterator<Item = String>) -> Result<(Options, bool), String> {
        let mut json = false;
        let mut program = None;
        let mut options = Options {
            loops: 1,
            first: 0,
            calls: 100,
            replicas: 1,
            postgres: false,
            pause: false,
            seed: RandomState::new().build_hasher().finish() >> 32,
            at_once: 1,
            program: PathBuf::new(),
        };
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{name} wants a value"));
            match name.as_str() {
                "--loops" => options.loops = number(&value()?)?,
                "--calls" => options.calls = number(&value()?)?,
                "--replicas" => options.replicas = number(&value()?)?,
                "--first" => options.first = number(&value()?)?,
                "--seed" => options.seed = number(&value()?)?,
                "--at-once" => options.at_once = number(&value()?)?,
                "--program" => program = Some(PathBuf::from(value()?)),
                "--ledger" => options.postgres = postgres(&value()?)?,
                "--pause" => options.pause = true,
                "--json" => json = true,
                _ => return Err(format!("{name} is not known")),
            }
        }
        if options.calls == 0 || options.calls > MOST_CALLS {
            return Err(format!("--calls is not from 1 to {MOST_CALLS}"));
        }
        if options.replicas == 0 || options.replicas > 1 && !options.postgres {
            return Err("several replicas need --ledger postgres".to_owned());
        }
        options.program = program.unwrap_or_else(program::built);
        Ok((options, json))
    }

    /// Each call is for another person, and so many numbers are reserved for fiction.
    const MOST_CALLS: usize = 10_000;

    fn number<T: FromStr>(text: &str) -> Result<T, String> {
        text.parse().map_err(|_| format!("{text} is no number"))
    }

    fn postgres(name: &str) -> Result<bool, String> {
        match name {
            "sqlite" => Ok(false),
            "postgres" => Ok(true),
            _ => Err(format!("{name} is no ledger: sqlite or postgres")),
        }
    }
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
