//! Runs many loops, some at the same time, because a loop mostly waits.

use futures::{StreamExt, stream};
use switchboard_testkit::PostgresServer;

use crate::{
    kill::{Books, program},
    serve::{Options, Totals, one::one},
};

/// Runs all loops. `tell` gets a report of each loop in which something is wrong; its directory is
/// kept. No report contains a phone number.
///
/// # Panics
/// If a loop cannot be set up.
pub async fn run(options: &Options, mut tell: impl FnMut(String)) -> Totals {
    let mut totals = Totals::default();
    let server = match options
        .run
        .postgres
        .then(|| PostgresServer::start("-c max_connections=500").unwrap())
    {
        Some(None) => {
            totals.skipped = true;
            return totals;
        }
        Some(server) => server,
        None => None,
    };
    let parent = tempfile::Builder::new().prefix("switchboard-http-").tempdir().unwrap();
    let program = options.run.program.clone().unwrap_or_else(program::built);
    let program = program::kept(&program, parent.path());
    let numbers = options.run.first..options.run.first.saturating_add(options.run.loops);
    let books =
        || server.as_ref().map_or(Books::Sqlite, |one| Books::Postgres(one.database().unwrap()));
    let mut loops = stream::iter(numbers)
        .map(|number| one(options, number, parent.path(), &program, books()))
        .buffer_unordered(options.run.at_once.max(1));
    while let Some((ended, report)) = loops.next().await {
        totals.add(ended);
        if let Some(report) = report {
            tell(report);
        }
    }
    drop(loops);
    if totals.bad_loops > 0 {
        let _ = parent.keep();
    }
    totals
}
