//! The arguments of `rules`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use switchboard::{
    Country,
    core::{Purpose, Region},
    rules::Kind,
};

use crate::cli::facts::{FactArgs, OverrideArgs, word};

/// `rules`
#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

/// The subcommands of `rules`.
#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Ask the rules about a call. Sends nothing.
    Check(Box<CheckArgs>),
    /// List the rules.
    List(ListRulesArgs),
    /// Show one rule: what it asks for, where it is written, and what lifts it.
    Show {
        /// The id of the rule, for example US-FL-HOURS.
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Decide a table of cases, and show those that differ from what it expects.
    Test {
        /// A file with cases, as tab-separated values; docs/rules.md explains its columns.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// `rules check`
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The number to call, in E.164; with a default country also as it is dialled there.
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) to: String,
    /// The country in which a number without + is dialled, for example GB. By default the
    /// configured one.
    #[arg(long, value_name = "COUNTRY")]
    pub(crate) default_country: Option<Country>,
    /// The time of the call, for example 2026-02-14T20:00:00Z, or 2026-02-14T20:00 with a
    /// --callee-timezone. By default now.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The agent profile, which may say why callees are called. By default the configured one.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) agent: Option<String>,
    /// The language to speak, for example en or es-MX.
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) language: Option<String>,
    /// A label of the call that routes can match. May be repeated.
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: Vec<String>,
    /// The tenant whose call it would be: consents are recorded for a tenant.
    #[arg(long, value_name = "TENANT")]
    pub(crate) tenant: Option<String>,
    /// Use what this SQLite file knows about the callee instead of the configured ledger.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) facts: FactArgs,
    #[command(flatten)]
    pub(crate) lifted: OverrideArgs,
}

/// `rules list`
#[derive(Debug, Args)]
pub(crate) struct ListRulesArgs {
    /// Only rules that may hold in this country, state or province, for example FR or US-FL.
    #[arg(long, value_name = "COUNTRY", value_parser = region)]
    pub(crate) country: Option<Region>,
    /// Only rules of this kind: quiet_hours, days, holidays, consent, ai_disclosure, recording,
    /// dnc, cap or identity.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub(crate) kind: Option<Kind>,
    /// Only rules about calls with this purpose, for example reservation.
    #[arg(long, value_name = "PURPOSE", value_parser = word::<Purpose>)]
    pub(crate) purpose: Option<Purpose>,
}

fn region(text: &str) -> Result<Region, String> {
    let text = text.trim().to_ascii_uppercase();
    text.parse().map_err(|error: switchboard::Error| error.message().to_owned())
}

fn kind(text: &str) -> Result<Kind, String> {
    let wanted = text.trim().replace('-', "_");
    Kind::ALL.iter().copied().find(|one| one.as_str() == wanted).ok_or_else(|| {
        let known: Vec<_> = Kind::ALL.iter().map(|one| one.as_str()).collect();
        format!("is no kind of rule: write one of {}", known.join(", "))
    })
}
