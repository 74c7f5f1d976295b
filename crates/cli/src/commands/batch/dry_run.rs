//! `--dry-run`: how each row is read. Nothing is sent, and no ledger is opened.

use jiff::Timestamp;
use serde::Serialize;
use switchboard::{Country, ValidCall, core::text::mask};

use crate::{
    cli::Common,
    commands::batch::{
        key::Batch,
        report::has_no_country_code,
        row::{Rejection, RowDefaults, validate},
        table::{Row, Table},
    },
    exit::Exit,
    failure::Outcome,
    output::Output,
    setup,
};

/// One row, as it was read.
#[derive(Debug, Serialize)]
struct ReadRow {
    row: usize,
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<Country>,
    /// True if the number has no + and was read as dialled in a country.
    default_country_used: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// Prints each row as it was read, and what is wrong with it.
pub(super) fn run(
    common: &Common,
    table: &Table,
    mut batch: Batch,
    defaults: &RowDefaults,
    output: Output,
) -> Outcome {
    let policy = setup::read(common)?.policy()?;
    let now = Timestamp::now();
    let mut check = |row: Row| -> (ReadRow, bool) {
        let (number, line) = (row.number, row.line);
        let mut default_country_used = false;
        let mut valid = || -> Result<ValidCall, Rejection> {
            let request = defaults.complete(
                row.request.clone().map_err(Rejection::invalid)?,
                batch.name(),
                &policy,
            );
            let call = validate(&request, now)?;
            default_country_used = has_no_country_code(&request.to);
            match batch.earlier(number, &call) {
                Some(first) => Err(Rejection::repeated(first)),
                None => Ok(call),
            }
        };
        let (call, rejection) = match valid() {
            Ok(call) => (Some(call), None),
            Err(rejection) => (None, Some(rejection)),
        };
        let good = call.is_some();
        let read = ReadRow {
            row: number,
            line,
            to: call.as_ref().map(|call| call.to.masked()),
            country: call.as_ref().map(ValidCall::country),
            default_country_used,
            reason: rejection.as_ref().map(|one| one.reason.clone()),
            // Messages repeat parts of cells, and any cell may contain a phone number.
            detail: rejection.map(|one| mask(&one.detail)),
        };
        (read, good)
    };
    let rows: Vec<(ReadRow, bool)> = table.rows().map(&mut check).collect();
    let wrong = rows.iter().filter(|(_, good)| !good).count();
    if output.json {
        for (read, _) in &rows {
            output.object_line(read);
        }
    } else {
        let shown = rows.iter().map(|(read, _)| {
            let country = read.country.map_or_else(String::new, |country| country.to_string());
            let remark = if read.default_country_used { "read as dialled" } else { "" };
            vec![
                read.row.to_string(),
                read.line.to_string(),
                read.to.clone().unwrap_or_default(),
                country,
                read.detail.clone().unwrap_or_else(|| remark.to_owned()),
            ]
        });
        output.table(&["row", "line", "to", "country", "remarks"], shown);
    }
    output.note(format!(
        "batch {:?}: {} of {} rows are valid; nothing was sent, and the ledger was not checked for earlier calls",
        batch.name(),
        rows.len() - wrong,
        rows.len()
    ));
    Ok(if wrong > 0 { Exit::NotPlaced } else { Exit::Done })
}
