//! The binary `switchboard`: the command line over the library of the same name.
//!
//! | to find | look at |
//! |---|---|
//! | arguments and their help | `cli/`, `help/` |
//! | what a command does | `commands/`, one file or folder each |
//! | printing to stdout and stderr | `output.rs`, `terminal.rs`, `wrap.rs`, `progress.rs` |
//! | exit codes and errors | `exit.rs`, `failure.rs`, `credential.rs` |
//! | traces, with the feature `otel` | `traces/` |
//! | what is said about the calling rules of a configuration | `rules_state.rs` |
//! | a call as JSON | `request.rs` |
//! | where the configuration is | `config_file.rs` |
//! | interrupts | `interrupt.rs`, `commands/call.rs` |

mod cli;
mod commands;
mod config_file;
mod credential;
mod exit;
mod failure;
mod fitted;
mod help;
mod interrupt;
mod local;
mod log_writer;
mod logging;
mod output;
mod private_file;
mod progress;
mod reload;
mod request;
mod rules_state;
mod setup;
mod terminal;
#[cfg(feature = "otel")]
mod traces;
mod wrap;

use std::{ffi::OsString, process::ExitCode};

use clap::Parser;

use crate::{
    cli::{Cli, Command},
    failure::{Failure, Outcome},
    output::Output,
};

fn main() -> ExitCode {
    let cli = match Cli::try_parse_from(arguments()) {
        Ok(cli) => cli,
        Err(error) => return output::usage(&error),
    };
    let output = Output::new(cli.common.json);
    let cli = Cli { common: cli.common.located(), ..cli };
    let common = cli.common.clone();
    let exit = run(cli, output).unwrap_or_else(|failure| {
        output.failure(&failure);
        failure.refused().warn(&common, output);
        failure.exit
    });
    logging::finish();
    exit.into()
}

/// The arguments, where `help words` is the command `words`: it is no help of a command.
fn arguments() -> Vec<OsString> {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    if let [_, help, words, ..] = arguments.as_slice()
        && help == "help"
        && words == "words"
    {
        arguments.remove(1);
    }
    arguments
}

fn run(cli: Cli, output: Output) -> Outcome {
    let Cli { common, command } = cli;
    logging::start(common.log.as_deref(), matches!(command, Command::Serve(_)))?;
    // These need no async runtime, and start faster without one.
    if let Command::Plan(args) = command {
        return commands::plan::run(&common, args, output);
    }
    if let Command::Deck(args) = command {
        return commands::deck::run(&common, args, output);
    }
    if let Command::Policy(args) = command {
        return commands::policy::run(args, output);
    }
    if let Command::Openapi(args) = command {
        return commands::openapi::run(&args, output);
    }
    match &command {
        Command::Words(args) => return commands::words::run(args, output),
        Command::Version => return commands::version::run(output),
        Command::Completions(args) => return commands::manual::completions(args, output),
        Command::Man(args) => return commands::manual::man(args, output),
        _ => {}
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
            Failure::local(format!("the async runtime could not be started: {error}"))
        })?;
    let result = runtime.block_on(async {
        match command {
            Command::Init(args) => commands::init::run(&common, args, output).await,
            Command::Demo(args) => commands::demo::run(args, output).await,
            Command::Serve(args) => commands::serve::run(&common, args, output).await,
            Command::Keys(args) => commands::keys::run(&common, args, output).await,
            Command::Mcp(args) => commands::mcp::run(&common, args, output).await,
            Command::Listen(args) => commands::listen::run(args, output).await,
            Command::Openapi(args) => commands::openapi::run(&args, output),
            Command::Call(args) => commands::call::run(&common, *args, output).await,
            Command::Batch(args) => commands::batch::run(&common, args, output).await,
            Command::Calls(args) => commands::calls::run(&common, args, output).await,
            Command::Top(args) => commands::calls::top(&common, &args, output).await,
            Command::Ledger(args) => commands::ledger::run(&common, args, output).await,
            Command::Rules(args) => commands::rules::run(&common, args, output).await,
            Command::People(args) => commands::people::run(&common, args, output).await,
            Command::Lists(args) => commands::lists::run(&common, args, output).await,
            Command::Plan(args) => commands::plan::run(&common, args, output),
            Command::Deck(args) => commands::deck::run(&common, args, output),
            Command::Backtest(args) => commands::backtest::run(&common, args, output).await,
            Command::Policy(args) => commands::policy::run(args, output),
            Command::Experiments(args) => commands::experiments::run(&common, args, output).await,
            Command::Reload(args) => commands::reload::run(&common, args, output).await,
            Command::Quality(args) => commands::quality::run(&common, args, output).await,
            Command::Doctor(args) => commands::doctor::run(&common, args, output).await,
            Command::Providers => commands::providers::run(&common, output).await,
            Command::Numbers(args) => commands::numbers::run(&common, args, output).await,
            Command::Agents(args) => commands::agents::run(&common, args, output).await,
            Command::Usage(args) => commands::usage::run(&common, args, output).await,
            Command::Login(args) => commands::login::run(&common, args, output).await,
            Command::Logout(args) => commands::logout::run(&common, args, output).await,
            Command::Whoami(args) => commands::whoami::run(&common, args, output).await,
            Command::Api(args) => commands::api::run(&common, args, output).await,
            Command::Sim(args) => commands::sim::run(args, output).await,
            Command::Words(args) => commands::words::run(&args, output),
            Command::Version => commands::version::run(output),
            Command::Completions(args) => commands::manual::completions(&args, output),
            Command::Man(args) => commands::manual::man(&args, output),
        }
    });
    // Only background tasks that may be dropped are left.
    runtime.shutdown_background();
    result
}
