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

/// What to do with a deck.
#[derive(Debug, Subcommand)]
pub(crate) enum DeckCommand {
    /// Read a file and say everything that is wrong with it. It needs no configuration.
    Check {
        /// The deck, in CSV.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        layout: LayoutArgs,
    },
    /// Write what a provider charges as CSV.
    Export {
        /// The account, as the configuration names it.
        #[arg(value_name = "PROVIDER")]
        provider: String,
        /// Which of its decks, where it has several: the file as the configuration names it, or
        /// tariff.
        #[arg(long, value_name = "NAME")]
        deck: Option<String>,
        /// A new file; without it, stdout.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        layout: LayoutArgs,
    },
    /// Show what a call costs at a provider, which row of which deck says so, and why that one.
    Show(DeckShowArgs),
}

/// `deck show`
#[derive(Debug, Args)]
pub(crate) struct DeckShowArgs {
    /// The account, as the configuration names it.
    #[arg(value_name = "PROVIDER")]
    pub(crate) provider: String,
    /// Whom to call, in E.164, as +442079460018.
    #[arg(value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) number: String,
    /// At this moment, as 2026-03-01T00:00:00Z; without it, now.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
    /// For so many seconds; without it, as long as the configuration expects a call to last.
    #[arg(long, value_name = "N")]
    pub(crate) seconds: Option<u32>,
    #[command(flatten)]
    pub(crate) layout: LayoutArgs,
}

/// How a deck's file is laid out.
#[derive(Debug, Args)]
pub(crate) struct LayoutArgs {
    /// How the file is laid out: trade, carrier, carrier-comma or us. Without it, as the
    /// configuration says; of check, trade.
    #[arg(long, value_name = "NAME")]
    pub(crate) layout: Option<String>,
    /// What the file calls a column, as prefix="Dial Code"; ignore=Notes leaves one out. May be
    /// given several times.
    #[arg(long = "map", value_name = "COLUMN=NAME")]
    pub(crate) map: Vec<String>,
}
