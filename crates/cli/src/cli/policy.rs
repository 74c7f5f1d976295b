//! The arguments of `backtest` and `policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;

/// `backtest`
#[derive(Debug, Args)]
pub(crate) struct BacktestArgs {
    /// The configuration file with the other policy. Its credentials are not needed.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: PathBuf,
    /// Only calls placed at this time or later, for example 2026-02-14T20:00:00Z; earlier ones only
    /// count against rate limits and budgets.
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<Timestamp>,
    /// Only calls received before this time.
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<Timestamp>,
    /// Use this SQLite file instead of the configured ledger.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
}

/// `policy`
#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

/// The subcommands of `policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Report all errors and likely mistakes in a configuration file.
    Check {
        /// The configuration file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}
