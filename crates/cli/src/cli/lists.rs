//! The arguments of `lists`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use switchboard::{
    Country,
    core::{CoveredArea, ListName},
    jiff::{Timestamp, civil::Date, tz::TimeZone},
};
use switchboard_lists::{Column, Format};

/// `lists`
#[derive(Debug, Args)]
pub(crate) struct ListsArgs {
    /// Use this SQLite file instead of the configured ledger.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: ListsCommand,
}

/// The subcommands of `lists`.
#[derive(Debug, Subcommand)]
pub(crate) enum ListsCommand {
    /// Import a list, and replace the one with its name.
    Import(Box<ImportArgs>),
    /// Show the lists, their dates and what they cover.
    List,
    /// Remove a list. Rules that ask for it refuse from then on.
    Remove {
        /// The name of the list.
        #[arg(value_name = "NAME")]
        name: ListName,
    },
    /// Show what each list says about a number.
    Check {
        /// The number, in E.164.
        #[arg(value_name = "NUMBER", allow_hyphen_values = true)]
        number: String,
        /// The country of a number without a plus sign, for example US.
        #[arg(long)]
        country: Option<Country>,
    },
}

/// `lists import`
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The file: text, CSV or XML, as it is or packed with gzip or zip.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The name of the list, as rules write it, for example US-FTC.
    #[arg(long)]
    pub(crate) name: ListName,
    /// The date of the list, not of the import: 2026-11-29, or a time.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) as_of: Timestamp,
    /// What it covers, as +1415,+44,US, or all [default: the area codes that the file states].
    #[arg(long, value_name = "AREA", allow_hyphen_values = true)]
    pub(crate) covers: Option<CoveredArea>,
    /// The country of numbers without a plus sign, for example US.
    #[arg(long)]
    pub(crate) country: Option<Country>,
    /// The format: area_codes, xml, fixed_width, csv or lines [default: detected].
    #[arg(long)]
    pub(crate) format: Option<Format>,
    /// The column with the numbers: its name, or its position from 1.
    #[arg(long, value_parser = column)]
    pub(crate) column: Option<Column>,
    /// The column that says whether a number is listed, of a list that a registry washed.
    #[arg(long, value_name = "COLUMN", value_parser = column, conflicts_with = "covers")]
    pub(crate) flag_column: Option<Column>,
    /// Values of that column for "listed" [default: Y, yes, 1, true, listed, …].
    #[arg(long, value_name = "VALUES", value_delimiter = ',', requires = "flag_column")]
    pub(crate) listed_values: Vec<String>,
    /// Values of that column for "not listed" [default: N, no, 0, false, empty, …].
    #[arg(long, value_name = "VALUES", value_delimiter = ',', requires = "flag_column")]
    pub(crate) clear_values: Vec<String>,
    /// How many days the list may be used, to show until when [default: what the rules that ask for
    /// it say].
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub(crate) max_age: Option<u16>,
    /// Who imports it, for the ledger. By default the user of the operating system.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// Import it although it is empty, older, less than half of the present one, or more than one
    /// line in a hundred was refused.
    #[arg(long)]
    pub(crate) yes: bool,
}

fn column(text: &str) -> Result<Column, String> {
    Ok(Column::from(text))
}

/// A date is its beginning in UTC, so that the list counts as rather older than it is.
fn date(text: &str) -> Result<Timestamp, String> {
    let date = text.parse::<Date>().and_then(|date| date.to_zoned(TimeZone::UTC));
    let moment = text.parse::<Timestamp>().or_else(|_| date.map(|date| date.timestamp()));
    moment.map_err(|_| "write a date as 2026-11-29, or a time as 2026-11-29T08:00:00Z".to_owned())
}
