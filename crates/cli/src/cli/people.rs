//! The arguments of `people`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use switchboard::core::{ConsentKind, Purpose};
use switchboard_api::wire;

use crate::cli::facts::word;

/// `people`
#[derive(Debug, Args)]
pub(crate) struct PeopleArgs {
    /// Use this SQLite file instead of the configured ledger.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// Who decides it, for the audit log. By default the user of the operating system.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) by: Option<String>,
    #[command(subcommand)]
    pub(crate) command: PeopleCommand,
}

/// The subcommands of `people`.
#[derive(Debug, Subcommand)]
pub(crate) enum PeopleCommand {
    /// Record that somebody does not want to be called: nobody calls them any more.
    OptOut(OptOutArgs),
    /// Record that somebody consented to be called by an artificial voice.
    Consent(Box<ConsentArgs>),
    /// Show what is remembered about somebody.
    Show {
        /// The number, in E.164.
        #[arg(value_name = "NUMBER", allow_hyphen_values = true)]
        number: String,
    },
    /// Record that somebody wants to be called again after all.
    TakeBack(TakeBackArgs),
}

/// `people opt-out`
#[derive(Debug, Args)]
pub(crate) struct OptOutArgs {
    /// The number, in E.164.
    #[arg(value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) number: String,
    /// What was said, or a remark.
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    /// How it became known.
    #[arg(long, value_name = "HOW", value_enum, default_value_t = How::Operator)]
    pub(crate) how: How,
    /// When they expressed it, for example 2026-02-14T20:00:00Z. By default now.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
}

/// How an opt-out became known.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum How {
    /// The callee said so.
    CalleeSaid,
    /// The callee wrote so.
    Written,
    /// You decide it.
    Operator,
}

impl From<How> for wire::OptOutHow {
    fn from(how: How) -> Self {
        match how {
            How::CalleeSaid => Self::CalleeSaid,
            How::Written => Self::Written,
            How::Operator => Self::Operator,
        }
    }
}

/// `people take-back`
#[derive(Debug, Args)]
pub(crate) struct TakeBackArgs {
    /// The number, in E.164.
    #[arg(value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) number: String,
    /// Their words: only their own later request takes an opt-out back.
    #[arg(long, value_name = "TEXT")]
    pub(crate) words: String,
    /// When they asked for it: later than they asked not to be called. By default now.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
}

/// `people consent`
#[derive(Debug, Args)]
pub(crate) struct ConsentArgs {
    /// The number, in E.164.
    #[arg(value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) number: String,
    /// How it was given: express or express_written.
    #[arg(long, value_name = "KIND", value_parser = word::<ConsentKind>)]
    pub(crate) kind: ConsentKind,
    /// When it was given, for example 2026-02-14T20:00:00Z. Rules that limit its age do not count
    /// it without a time.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
    /// The exact words that they saw or heard.
    #[arg(long, value_name = "TEXT")]
    pub(crate) words: Option<String>,
    /// Where it was given, for example a form's address.
    #[arg(long, value_name = "TEXT")]
    pub(crate) channel: Option<String>,
    /// The seller that it names.
    #[arg(long, value_name = "NAME")]
    pub(crate) seller: Option<String>,
    /// The purpose that it is limited to. By default any.
    #[arg(long, value_name = "PURPOSE", value_parser = word::<Purpose>)]
    pub(crate) purpose: Option<Purpose>,
    /// The hours that it names, for example 'mon-fri 08:00-22:00'.
    #[arg(long, value_name = "HOURS")]
    pub(crate) hours: Option<String>,
    /// When it expires. By default never.
    #[arg(long, value_name = "TIME")]
    pub(crate) expires_at: Option<Timestamp>,
    /// Where the record comes from, for example 'import of 2026-11-02'.
    #[arg(long, value_name = "TEXT")]
    pub(crate) source: Option<String>,
    /// The tenant whose calls it is for. By default the one of this command's own calls.
    #[arg(long, value_name = "TENANT")]
    pub(crate) tenant: Option<String>,
}
