//! `switchboard batch`: the calls of a table, each of them once.
//!
//! What a row became stands in the ledger, under a key that follows from the batch and the row.
//! This process keeps nothing of its own, so that it can be killed at any moment and run again.
//!
//! | file | its one reason |
//! |---|---|
//! | `table.rs` | rows of the file |
//! | `fields.rs` | from a cell to a field of a request |
//! | `key.rs` | the same row is the same call; the same row twice is a mistake |
//! | `dry.rs` | what would become of the rows |
//! | `refusals.rs` | the same refusal again and again |
//! | `send.rs` | a bounded number of rows under way |
//! | `progress.rs` | how far it is, for whoever waits |
//! | `rejected.rs` | the rows that became no ringing phone |
//! | `report.rs` | what became of all of them |

mod dry;
mod fields;
mod key;
mod progress;
mod refusals;
mod rejected;
mod report;
mod send;
mod table;

use std::{num::NonZeroU32, time::Duration};

use self::{
    key::Batch,
    progress::Display,
    rejected::Rejected,
    report::Report,
    send::{EveryRow, Pace},
    table::Table,
};
use crate::{
    cli::{BatchArgs, Common},
    failure::Outcome,
    output::Output,
    reload, setup,
};

pub(crate) async fn run(common: &Common, args: BatchArgs, output: Output) -> Outcome {
    // The whole table is looked at before anything is sent: a column that nobody knows is found
    // now, not after a thousand calls.
    let table = Table::read(&args.file, &args.column)?;
    let batch = Batch::new(args.name.as_deref(), &args.file)?;
    let rows = EveryRow {
        again: args.again,
        failover_on_quota: args.failover_on_quota,
        default_country: args.default_country,
    };
    if args.dry_run {
        return dry::run(common, &table, batch, &rows, output);
    }
    let rejected = Rejected::new(&args.file, args.rejected.as_deref(), table.header())?;
    let pace = args.rate.and_then(NonZeroU32::new);
    let pace = pace.map_or(Duration::ZERO, |rate| Duration::from_secs(60) / rate.get());
    let switchboard = setup::open_for_calls(common, output).await?;
    let _listening = reload::listen(&switchboard, common, output).await?;
    let currency = switchboard.engine().policy().currency;
    let mut report = Report::new(
        batch.name(),
        table.len(),
        rejected,
        currency,
        Display::new(table.len(), output),
    );
    let settings = send::Settings {
        at_once: usize::try_from(args.at_once).unwrap_or(usize::MAX),
        wait: !args.no_wait,
        pauses: !args.no_pause,
        rows,
    };
    send::run(&switchboard, &table, batch, settings, Pace::new(pace), &mut report).await?;
    Ok(report.end(common, output))
}
