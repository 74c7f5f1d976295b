//! The arguments of `calls list`.

use clap::{Args, ValueEnum};
use switchboard::{CallStatus, Outcome, ProviderId, TenantId, core::BatchName};

use crate::cli::{
    when::When,
    words::{parse_word, status},
};

/// The heading of the options that select calls.
const SELECT: &str = "Which calls";
/// The heading of the options that say how calls are shown.
const SHOW: &str = "How they are shown";

/// `calls list`
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only calls with this status, for example indeterminate. May be repeated.
    #[arg(long, value_name = "STATUS", value_parser = status, help_heading = SELECT)]
    pub(crate) status: Vec<CallStatus>,
    /// Only calls that ended so, for example no_answer. May be repeated.
    #[arg(long, value_name = "OUTCOME", value_parser = outcome, help_heading = SELECT)]
    pub(crate) outcome: Vec<Outcome>,
    /// Only calls that this provider has.
    #[arg(long, value_name = "PROVIDER", value_parser = provider, help_heading = SELECT)]
    pub(crate) provider: Option<ProviderId>,
    /// Only calls with this tag; with several, those with one of them. May be repeated.
    #[arg(long, value_name = "TAG", help_heading = SELECT)]
    pub(crate) tag: Vec<String>,
    /// Only calls of this tenant.
    #[arg(long, value_name = "TENANT", help_heading = SELECT)]
    pub(crate) tenant: Option<TenantId>,
    /// Only calls of this batch.
    #[arg(long, value_name = "NAME", help_heading = SELECT)]
    pub(crate) batch: Option<BatchName>,
    /// Only calls to this number, in E.164.
    #[arg(
        long,
        visible_alias = "number",
        value_name = "NUMBER",
        allow_hyphen_values = true,
        help_heading = SELECT
    )]
    pub(crate) to: Option<String>,
    /// Only calls of this experiment.
    #[arg(long, value_name = "NAME", help_heading = SELECT)]
    pub(crate) experiment: Option<String>,
    /// Only calls received at this time or later: 2026-11-29, 2026-11-29T20:00:00Z, yesterday, or
    /// how long ago, such as 2h.
    #[arg(long, value_name = "TIME", help_heading = SELECT)]
    pub(crate) since: Option<When>,
    /// Only calls received before this time; a day is part of it.
    #[arg(long, value_name = "TIME", help_heading = SELECT)]
    pub(crate) until: Option<When>,
    /// List the latest N of them.
    #[arg(
        long,
        visible_alias = "limit",
        value_name = "N",
        default_value_t = 50,
        value_parser = clap::value_parser!(u32).range(1..),
        help_heading = SELECT
    )]
    pub(crate) last: u32,
    /// Only these columns, in this order.
    #[arg(
        long,
        value_name = "COLUMNS",
        value_enum,
        value_delimiter = ',',
        num_args = 1..,
        require_equals = false,
        conflicts_with = "json",
        help_heading = SHOW
    )]
    pub(crate) columns: Vec<ListColumn>,
    /// A table with whole ids and every column (wide), JSON, or CSV. By default a table that fits
    /// the terminal, or 80 columns.
    #[arg(short, long, value_name = "FORMAT", value_enum, help_heading = SHOW)]
    pub(crate) output: Option<ListFormat>,
    /// Show phone numbers in full, on a terminal only. The audit log says who did.
    #[arg(long, help_heading = SHOW)]
    pub(crate) reveal: bool,
}

/// The formats of `calls list`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// A table as wide as its content.
    Wide,
    /// The same as --json.
    Json,
    /// One line for each call, with phone numbers masked.
    Csv,
}

/// The columns of `calls list`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum ListColumn {
    /// The id, as short as it is unique.
    Id,
    /// When the call was received.
    Received,
    /// When it last changed.
    Updated,
    /// The callee's number.
    To,
    /// The callee's country.
    Country,
    /// The callee's name, otherwise the task.
    About,
    /// The name of the callee or of their business.
    Name,
    /// What the agent should accomplish.
    Task,
    /// The tenant.
    Tenant,
    /// The agent profile.
    Agent,
    /// The batch.
    Batch,
    /// The tags.
    Tags,
    /// The experiment and its arm.
    Experiment,
    /// The provider that has the call.
    Provider,
    /// The status; without the column outcome, the outcome of a call that has one.
    Status,
    /// How the call ended.
    Outcome,
    /// What was billed.
    Cost,
    /// How long the call lasted, in seconds.
    Seconds,
    /// How many attempts were made.
    Attempts,
    /// When a waiting call is due.
    Due,
    /// Why a call was refused, or why its result is unknown.
    Reason,
}

impl ListColumn {
    /// The name of the column.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            ListColumn::Id => "id",
            ListColumn::Received => "received",
            ListColumn::Updated => "updated",
            ListColumn::To => "to",
            ListColumn::Country => "country",
            ListColumn::About => "about",
            ListColumn::Name => "name",
            ListColumn::Task => "task",
            ListColumn::Tenant => "tenant",
            ListColumn::Agent => "agent",
            ListColumn::Batch => "batch",
            ListColumn::Tags => "tags",
            ListColumn::Experiment => "experiment",
            ListColumn::Provider => "provider",
            ListColumn::Status => "status",
            ListColumn::Outcome => "outcome",
            ListColumn::Cost => "cost",
            ListColumn::Seconds => "seconds",
            ListColumn::Attempts => "attempts",
            ListColumn::Due => "due",
            ListColumn::Reason => "reason",
        }
    }
}

fn outcome(word: &str) -> Result<Outcome, String> {
    parse_word(word).ok_or_else(|| {
        "is not an outcome: use completed, no_answer, declined, busy, voicemail, menu, \
         invalid_number, blocked, failed or cancelled"
            .to_owned()
    })
}

fn provider(name: &str) -> Result<ProviderId, String> {
    let name = name.trim();
    if name.is_empty() {
        return Err("is empty: use a provider's name in the configuration".to_owned());
    }
    Ok(ProviderId::new(name.to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn columns_are_typed_as_they_are_printed() {
        for column in ListColumn::value_variants() {
            let typed = column.to_possible_value().unwrap();
            assert_eq!(typed.get_name(), column.name());
        }
    }

    #[test]
    fn outcomes_are_read_as_they_are_shown() {
        assert_eq!(outcome("no-answer"), Ok(Outcome::NoAnswer));
        assert!(outcome("great").is_err());
    }
}
