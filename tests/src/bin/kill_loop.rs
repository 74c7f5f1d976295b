//! Kills and pauses real processes of the program while they place calls, and compares their ledger
//! with the records of the simulated providers.
//!
//! `cargo run --release -p switchboard-tests --bin kill-loop -- --loops N --ledger sqlite|postgres
//! [--providers ONE,OTHER] [--pause] [--seed S] [--json]`. `--first N` starts at another loop of the seed, `--at-once N`
//! sets the number of concurrent loops, `--program FILE` uses an existing program. The last line is
//! a JSON object; with `--json` it is the only one on stdout. Exits with 1 if a phone rang twice or
//! a call was lost.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

#[cfg(unix)]
mod unix {
    use std::{env, process::ExitCode, time::Instant};

    use switchboard_tests::{kill::run, loops::LoopOptions};

    const USAGE: &str = "usage: kill-loop --loops N --ledger sqlite|postgres [--providers ONE,OTHER] [--pause] [--seed S] [--first N] [--at-once N] [--program FILE] [--json]";

    pub(crate) fn main() -> ExitCode {
        let asked = LoopOptions::new(20, 4).read(env::args().skip(1), |_, _| Ok(false));
        let options = match asked {
            Ok(options) => options,
            Err(wrong) => {
                eprintln!("{wrong}\n{USAGE}");
                return ExitCode::from(2);
            }
        };
        let began = Instant::now();
        eprintln!("seed {}, {} loops, {} at once", options.seed, options.loops, options.at_once);
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
        if !options.json {
            println!(
                "{} phones rang in {:.0} s; {} calls were in doubt after a kill, an operator decided {}, {} are indeterminate; {} runs gave up by themselves and were run again",
                totals.rings,
                began.elapsed().as_secs_f64(),
                totals.doubted,
                totals.resolved,
                totals.indeterminate,
                totals.failures,
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
