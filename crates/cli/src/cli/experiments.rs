//! The arguments of `experiments`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `experiments`
#[derive(Debug, Args)]
pub(crate) struct ExperimentsArgs {
    /// This SQLite file, instead of the ledger of the configuration.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: ExperimentsCommand,
}

/// What to do with experiments.
#[derive(Debug, Subcommand)]
pub(crate) enum ExperimentsCommand {
    /// The experiments of the configuration, and where each is in its life.
    List,
    /// One experiment: what it is, what was decided, and what it can find at all.
    Show(ShowArgs),
    /// Begin to assign people.
    Start {
        /// The experiment, as the configuration names it.
        #[arg(value_name = "NAME")]
        name: String,
        /// With so many of its people, 0 to 100, whatever was said before.
        #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=100))]
        ramp: Option<u32>,
        #[command(flatten)]
        decided: Decided,
    },
    /// Change how many of its people are in it.
    Ramp {
        /// The experiment, as the configuration names it.
        #[arg(value_name = "NAME")]
        name: String,
        /// So many, 0 to 100. More moves nobody who is in.
        #[arg(value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=100))]
        percent: u32,
        #[command(flatten)]
        decided: Decided,
    },
    /// End it, or one of its arms: calls go their ordinary way from then on.
    Stop {
        /// The experiment, as the configuration names it.
        #[arg(value_name = "NAME")]
        name: String,
        /// Only this arm, for good: its people stay counted to it.
        #[arg(long, value_name = "ARM")]
        arm: Option<String>,
        #[command(flatten)]
        decided: Decided,
    },
    /// What it shows, and how sure that is. Look as often as you like.
    Report {
        /// The experiment, as the configuration names it.
        #[arg(value_name = "NAME")]
        name: String,
        /// Draw the differences over time into this new file.
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
    },
}

/// `experiments show`
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The experiment, as the configuration names it.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Say what it can find with calls to so many different people.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) calls: Option<u64>,
    /// The control's share of calls in which somebody talks, in percent; without it, as the
    /// ledger's calls say.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(crate) baseline: Option<u32>,
}

/// Who decides, and why.
#[derive(Debug, Args)]
pub(crate) struct Decided {
    /// On what grounds. Kept in the ledger: write no number into it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: Option<String>,
    /// Who decides; without it, the user of the operating system.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
}
