//! The arguments of `deck`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;

/// `deck`
#[derive(Debug, Args)]
pub(crate) struct DeckArgs {
    #[command(subcommand)]
    pub(crate) command: DeckCommand,
}

/// The subcommands of `deck`.
#[derive(Debug, Subcommand)]
pub(crate) enum DeckCommand {
    /// Report everything that is wrong with a file. It needs no configuration.
    Check {
        /// The deck, in CSV.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        layout: LayoutArgs,
    },
    /// Write a provider's prices as CSV.
    Export {
        /// The account's name in the configuration.
        #[arg(value_name = "PROVIDER")]
        provider: String,
        /// Which deck, if it has several: the file as the configuration names it, or tariff.
        #[arg(long, value_name = "NAME")]
        deck: Option<String>,
        /// A new file. By default stdout.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        layout: LayoutArgs,
    },
    /// Show what a call costs at a provider, and which row of which deck sets the price.
    Show(DeckShowArgs),
}

/// `deck show`
#[derive(Debug, Args)]
pub(crate) struct DeckShowArgs {
    /// The account's name in the configuration.
    #[arg(value_name = "PROVIDER")]
    pub(crate) provider: String,
    /// The number to call, in E.164, for example +442079460018.
    #[arg(value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) number: String,
    /// The time of the call, for example 2026-03-01T00:00:00Z. By default now.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
    /// The duration in seconds. By default the configured expected duration.
    #[arg(long, value_name = "N")]
    pub(crate) seconds: Option<u32>,
    #[command(flatten)]
    pub(crate) layout: LayoutArgs,
}

/// The layout of a deck's file.
#[derive(Debug, Args)]
pub(crate) struct LayoutArgs {
    /// The layout of the file: trade, carrier, carrier-comma or us. By default the configured one;
    /// for check, trade.
    #[arg(long, value_name = "NAME")]
    pub(crate) layout: Option<String>,
    /// The file's own name of a column, for example prefix="Dial Code"; ignore=Notes leaves a
    /// column out. May be repeated.
    #[arg(long = "map", value_name = "COLUMN=NAME")]
    pub(crate) map: Vec<String>,
}
