//! From rows to lines.

use std::{
    io::{Error, ErrorKind, Write},
    time::Duration,
};

use jiff::Timestamp;
use switchboard_core::{Destination, Money};
use switchboard_table::Writer;

use super::Column;
use crate::rates::RateRow;

/// Writes a deck so that reading it gives the same prices: of a row without a price of a minute
/// that price is 0, and steps are written out.
///
/// # Errors
/// The writer's, and `InvalidInput` for a row that no file can hold: one without a price, with
/// prices in two currencies, with a step or a minimum over an hour, or with a line break in its
/// name.
pub fn write_deck<'a>(
    rows: impl IntoIterator<Item = &'a RateRow, IntoIter: Clone>,
    output: impl Write,
) -> std::io::Result<()> {
    let rows = rows.into_iter();
    let with_minimum = rows.clone().any(|row| row.minimum.is_some_and(|least| !least.is_zero()));
    let columns = if with_minimum { Column::WRITTEN } else { Column::WRITTEN - 1 };
    let mut writer = Writer::new(output, Column::ALL.into_iter().take(columns).map(written))?;
    for (index, row) in rows.enumerate() {
        let cells = cells(row)
            .map_err(|what| Error::new(ErrorKind::InvalidInput, format!("row {index} {what}")))?;
        writer.write(cells.iter().take(columns))?;
    }
    writer.flush()
}

/// What a destination is called is the carrier's text; all else we write ourselves.
fn written(column: Column) -> switchboard_table::Column {
    match column {
        Column::Destination => switchboard_table::Column::others(column.name()),
        other => switchboard_table::Column::ours(other.name()),
    }
}

fn cells(row: &RateRow) -> Result<[String; Column::WRITTEN], String> {
    let Some(currency) = row.per_minute.or(row.connection_fee).map(Money::currency) else {
        return Err("has no price".to_owned());
    };
    if row.connection_fee.is_some_and(|fee| fee.currency() != currency) {
        return Err("has prices in two currencies".to_owned());
    }
    if row.name.as_ref().is_some_and(|name| name.contains(['\n', '\r', '\0'])) {
        return Err("has a line break in its name".to_owned());
    }
    let amount = |money: Money| money.amount().to_string();
    let moment =
        |moment: Option<Timestamp>| moment.map(|moment| moment.to_string()).unwrap_or_default();
    let (first, next) = match (row.first_increment, row.next_increment) {
        (None, None) => (String::new(), String::new()),
        (first, next) => {
            let second = Duration::from_secs(1);
            let step = |step: Option<Duration>| match step.unwrap_or(second) {
                Duration::ZERO => Err("has a step of zero".to_owned()),
                step => seconds(step),
            };
            (step(first)?, step(next)?)
        }
    };
    Ok([
        match &row.destination {
            Destination::Prefix(digits) => digits.clone(),
            Destination::Country(country) => country.to_string(),
            Destination::Everywhere => "*".to_owned(),
        },
        row.name.clone().unwrap_or_default(),
        row.per_minute.map_or_else(|| "0".to_owned(), amount),
        row.connection_fee.map(amount).unwrap_or_default(),
        first,
        next,
        currency.code().to_owned(),
        moment(row.effective_from),
        moment(row.effective_until),
        row.minimum.map(seconds).transpose()?.unwrap_or_default(),
    ])
}

fn seconds(step: Duration) -> Result<String, String> {
    match step.as_secs() {
        whole @ ..=3_600 if step.subsec_nanos() == 0 => Ok(whole.to_string()),
        _ => Err(format!("has a step of {step:?}, and a deck has whole seconds up to an hour")),
    }
}
