//! The arguments of `ledger`, `quality` and `reload`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use switchboard::Country;

/// `ledger`
#[derive(Debug, Args)]
pub(crate) struct LedgerArgs {
    /// Use this SQLite file instead of the configured ledger.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: LedgerCommand,
}

/// The subcommands of `ledger`.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Check everything that can be checked without a provider.
    Check,
    /// Write a consistent copy to a new file while calls go on (SQLite).
    Backup {
        /// The new file.
        #[arg(value_name = "COPY")]
        file: PathBuf,
    },
    /// Delete everything about a person: number, tasks and what was said. It cannot be undone.
    Erase {
        /// The person's number, in E.164.
        #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
        person: String,
        /// Confirm the deletion.
        #[arg(long)]
        yes: bool,
    },
    /// Delete what is older than `[ledger.retention]` allows.
    Sweep,
}

/// `quality`
#[derive(Debug, Args)]
pub(crate) struct QualityArgs {
    /// Show this provider only.
    #[arg(long, value_name = "NAME")]
    pub(crate) provider: Option<String>,
    /// Show calls to this country only, for example US.
    #[arg(long)]
    pub(crate) country: Option<Country>,
    /// Use this SQLite file instead of the configured ledger.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
}

/// `reload`
#[derive(Debug, Args)]
pub(crate) struct ReloadArgs {
    /// Who asks, for the ledger. By default the user of the operating system.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// How many seconds to wait for the answers of running processes [default: 4].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=60))]
    pub(crate) wait: Option<u64>,
}
