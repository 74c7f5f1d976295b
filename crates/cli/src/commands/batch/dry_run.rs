//! `--dry-run`: how each row is read. Nothing is sent, and no ledger is opened.

use jiff::Timestamp;
use serde::Serialize;
use switchboard::{Country, ValidCall, core::text::mask};
use switchboard_batch::{Checked, Checker, Row, Table};

use crate::{cli::Common, exit::Exit, failure::Outcome, output::Output, setup};

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
pub(super) fn run(common: &Common, table: &Table, mut checker: Checker, output: Output) -> Outcome {
    checker.set_fallback(setup::read(common)?.policy()?.default_country);
    let now = Timestamp::now();
    let mut check = |row: Row| -> (ReadRow, bool) {
        let Checked { number, line, call, default_country_used, .. } = checker.check(row, now);
        let (call, rejection) = match call {
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
        checker.keys().name(),
        rows.len() - wrong,
        rows.len()
    ));
    Ok(if wrong > 0 { Exit::NotPlaced } else { Exit::Done })
}
