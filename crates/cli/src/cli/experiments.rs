//! The arguments of `experiments`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `experiments`
#[derive(Debug, Args)]
pub(crate) struct ExperimentsArgs {
    /// Use this SQLite file instead of the configured ledger.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: ExperimentsCommand,
}

/// The subcommands of `experiments`.
#[derive(Debug, Subcommand)]
pub(crate) enum ExperimentsCommand {
    /// List the configured experiments and the stage of each.
    List,
    /// Show one experiment: its definition, the decisions so far, and which effects it can detect.
    Show(ShowArgs),
    /// Start enrolling people.
    Start {
        /// The experiment's name in the configuration.
        #[arg(value_name = "NAME")]
        name: String,
        /// The percentage of people to enrol, 0 to 100, instead of the current one.
        #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=100))]
        ramp: Option<u32>,
        #[command(flatten)]
        decided: DecisionArgs,
    },
    /// Change the percentage of people who are enrolled.
    Ramp {
        /// The experiment's name in the configuration.
        #[arg(value_name = "NAME")]
        name: String,
        /// The new percentage, 0 to 100. A larger one keeps everyone in their arm.
        #[arg(value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=100))]
        percent: u32,
        #[command(flatten)]
        decided: DecisionArgs,
    },
    /// Stop it, or one of its arms: its calls are then routed as usual.
    Stop {
        /// The experiment's name in the configuration.
        #[arg(value_name = "NAME")]
        name: String,
        /// Stop only this arm, permanently. Its people still count for it.
        #[arg(long, value_name = "ARM")]
        arm: Option<String>,
        #[command(flatten)]
        decided: DecisionArgs,
    },
    /// Show the results and how certain they are. Look as often as you like.
    Report {
        /// The experiment's name in the configuration.
        #[arg(value_name = "NAME")]
        name: String,
        /// Draw the differences over time to this new file.
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
    },
}

/// `experiments show`
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The experiment's name in the configuration.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Show which effects it can detect with calls to this many different people.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) calls: Option<u64>,
    /// The control's success rate in percent. By default that of the calls in the ledger.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(crate) baseline: Option<u32>,
}

/// Who makes a decision, and why.
#[derive(Debug, Args)]
pub(crate) struct DecisionArgs {
    /// The reason. It is kept in the ledger: do not put phone numbers in it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: Option<String>,
    /// Who decides. By default the user of the operating system.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
}
