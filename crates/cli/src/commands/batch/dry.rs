//! What would become of the rows, as far as the table alone says it. Nothing is sent, and no ledger
//! is opened.

use jiff::Timestamp;
use serde::Serialize;
use switchboard::{Country, ValidCall, core::text::mask};

use crate::{
    cli::Common,
    commands::batch::{
        key::Batch,
        report::is_as_dialled,
        send::{EveryRow, Refused, validate},
        table::{Row, Table},
    },
    exit::Exit,
    failure::Outcome,
    output::Output,
    setup,
};

/// One row, as it was read.
#[derive(Debug, Serialize)]
struct Read {
    row: usize,
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<Country>,
    /// The number has no + and no calling code of its own.
    as_dialled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<String>,
}

/// Prints each row as it was read, and what is wrong with it.
pub(super) fn run(
    common: &Common,
    table: &Table,
    mut batch: Batch,
    every: &EveryRow,
    output: Output,
) -> Outcome {
    let policy = setup::read(common)?.policy()?;
    let now = Timestamp::now();
    let mut check = |row: Row| -> (Read, bool) {
        let (number, line) = (row.number, row.line);
        let mut as_dialled = false;
        let mut valid = || -> Result<ValidCall, Refused> {
            let request =
                every.complete(row.request.clone().map_err(Refused::plain)?, batch.name(), &policy);
            let call = validate(&request, now)?;
            as_dialled = is_as_dialled(&request.to);
            match batch.earlier(number, &call) {
                Some(first) => Err(Refused::same(first)),
                None => Ok(call),
            }
        };
        let (call, refused) = match valid() {
            Ok(call) => (Some(call), None),
            Err(refused) => (None, Some(refused)),
        };
        let good = call.is_some();
        let read = Read {
            row: number,
            line,
            to: call.as_ref().map(|call| call.to.masked()),
            country: call.as_ref().map(ValidCall::country),
            as_dialled,
            reason: refused.as_ref().map(|refused| refused.reason.clone()),
            // A number may stand in any cell, and messages repeat some.
            because: refused.map(|refused| mask(&refused.because)),
        };
        (read, good)
    };
    let rows: Vec<(Read, bool)> = table.rows().map(&mut check).collect();
    let wrong = rows.iter().filter(|(_, good)| !good).count();
    if output.json {
        for (read, _) in &rows {
            output.object_line(read);
        }
    } else {
        let shown = rows.iter().map(|(read, _)| {
            let country = read.country.map_or_else(String::new, |country| country.to_string());
            let said = if read.as_dialled { "read as dialled" } else { "" };
            vec![
                read.row.to_string(),
                read.line.to_string(),
                read.to.clone().unwrap_or_default(),
                country,
                read.because.clone().unwrap_or_else(|| said.to_owned()),
            ]
        });
        output.table(&["row", "line", "to", "in", "remarks"], shown);
    }
    output.note(format!(
        "the batch {:?}: {} of {} rows could become calls; nothing was sent, and the ledger was not asked who was called before",
        batch.name(),
        rows.len() - wrong,
        rows.len()
    ));
    Ok(if wrong > 0 { Exit::NotPlaced } else { Exit::Done })
}
