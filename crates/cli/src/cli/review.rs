//! The arguments of `backtest` and `policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;

/// `backtest`
#[derive(Debug, Args)]
pub(crate) struct BacktestArgs {
    /// The configuration file whose policy is tried on the calls of the ledger. Its credentials are
    /// not needed.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: PathBuf,
    /// Only rings that began at this moment or later, as 2026-02-14T20:00:00Z; earlier ones fill
    /// windows and budgets.
    #[arg(long, value_name = "MOMENT")]
    pub(crate) since: Option<Timestamp>,
    /// Only calls that came before this moment.
    #[arg(long, value_name = "MOMENT")]
    pub(crate) until: Option<Timestamp>,
    /// This SQLite file, instead of the ledger of the configuration.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
}

/// `policy`
#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

/// What to do with a policy.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Read a configuration file and say everything that is wrong with it, and what is right and
    /// probably not meant.
    Check {
        /// The configuration file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}
