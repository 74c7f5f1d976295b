//! `switchboard demo`: routing, failover and experiments at work, with simulated providers.
//!
//! | file | contents |
//! |---|---|
//! | `simulation.rs` | the simulators, and a switchboard over them |
//! | `configuration.rs` | an ordinary configuration for any two of them |
//! | `calls.rs` | the calls, from `examples/calls.csv` |
//! | `event_log.rs` | the live log of `--verbose` |
//! | `highlights.rs` | a few decisions worth seeing |
//! | `row_result.rs` | what became of a row |
//! | `report.rs` | the result of each call, and the summary |
//! | `proof.rs` | whether the ledger and the phones that rang agree |

mod calls;
mod configuration;
mod event_log;
mod highlights;
mod proof;
mod report;
mod row_result;
mod simulation;

use std::{collections::HashSet, path::Path, time::Duration};

use futures::{StreamExt, future::join_all, stream};
use jiff::Timestamp;
use switchboard::{Call, CallId, CallStatus, journal::JournalExt};
use switchboard_testkit::SimKind;

use self::{
    calls::Row,
    event_log::{EventLog, LineNumbers},
    report::Report,
    row_result::RowResult,
    simulation::Simulation,
};
use crate::{
    cli::DemoArgs,
    commands::serve,
    exit::Exit,
    failure::{Failure, Outcome},
    output::{Output, hide},
};

/// How many calls are placed at a time.
const AT_ONCE: usize = 6;
/// How long a row may hold up the rows behind it.
const LONGEST_DECISION: Duration = Duration::from_secs(1);
/// The longest wait for the calls to end.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

pub(crate) async fn run(args: DemoArgs, output: Output) -> Outcome {
    let rows = calls::read(args.calls.as_deref())?;
    let (first, second) = pair(&args)?;
    let simulation =
        Simulation::start((first, second), &rows, args.seed, args.ledger.as_deref()).await?;
    let (first, second) = (first.title(), second.title());
    let engine = simulation.switchboard.engine();
    if !output.json {
        output.line(format!(
            "{} calls go to a simulated {first} and a simulated {second} on this machine: no phone rings.",
            rows.len()
        ));
        output.line(format!("{first} is down while the middle third of them is sent."));
    }
    let mut log = EventLog::new(output, args.verbose, engine.events());

    let mut results = Vec::with_capacity(rows.len());
    let third = rows.len().div_ceil(3);
    let mut thirds = rows.chunks(third.max(1));
    log.section("Both providers are up");
    send(thirds.next(), &mut results, &simulation, &mut log).await;
    simulation.begin_outage().await?;
    log.section(&format!("{first} is down: its connections are refused"));
    send(thirds.next(), &mut results, &simulation, &mut log).await;
    log.section(&format!("{first} is back, and is used again after a successful read"));
    log.during(simulation.end_outage()).await?;
    send(thirds.next(), &mut results, &simulation, &mut log).await;

    log.section("Waiting for the calls to end");
    let placed = results.iter().filter(|result| !matches!(result, RowResult::Waiting(_)));
    let ids: HashSet<CallId> = placed.filter_map(RowResult::call).collect();
    let ends = join_all(ids.iter().map(|id| simulation.switchboard.wait(*id)));
    // Calls that are still not over count as undecided in the report.
    let _ = log.during(tokio::time::timeout(LONGEST_WAIT, ends)).await;
    log.during(engine.settle_costs()).await?;
    log.end();

    // The ledger is checked once nothing writes to it, and the report shows its content.
    if !args.open {
        engine.shutdown(Duration::ZERO).await;
    }
    let check = simulation.ledger.check().await?;
    let calls = simulation.ledger.journal().list().await?;
    let report =
        Report::new(&rows, &results, calls, check, &simulation.rings, engine.policy().currency);
    if args.verbose {
        report.show_calls(output);
    }
    if !output.json {
        highlights::show(&rows, &results, report.calls(), &simulation.ledger, output).await?;
    }
    report.show(output);
    if args.open {
        serve::open(&simulation.switchboard, &simulation.ledger, output).await?;
        engine.shutdown(Duration::ZERO).await;
    } else if !output.json {
        next(&args, output);
    }
    Ok(if report.is_good() { Exit::Done } else { Exit::Failed })
}

/// The two providers to simulate.
fn pair(args: &DemoArgs) -> Outcome<(SimKind, SimKind)> {
    match args.providers[..] {
        [first, second] if first != second => Ok((first.kind(), second.kind())),
        _ => Err(Failure::input(
            "--providers",
            "takes two different providers with a comma between them, such as retell,vapi",
        )),
    }
}

/// Suggests the next commands, under the name by which this program was started.
fn next(args: &DemoArgs, output: Output) {
    let program = std::env::args_os().next();
    let program =
        program.map_or_else(|| "switchboard".into(), |name| name.to_string_lossy().into_owned());
    output.heading("What to do next");
    let kept = match &args.ledger {
        Some(file) => {
            (format!("{program} calls --ledger {} list", file.display()), "look at the calls again")
        }
        None => {
            (format!("{program} demo --ledger demo.db"), "keep the calls and look at them again")
        }
    };
    // It exists in a clone of the repository, but not next to an installed program.
    let example = "switchboard.example.toml";
    let plan = if Path::new(example).exists() {
        format!("{program} plan --config {example} --to +442079460958")
    } else {
        format!("{program} plan --help")
    };
    let steps = [
        (format!("{program} demo --open"), "look at the calls in a browser"),
        (
            format!("{program} demo --verbose"),
            "every decision with its reasons, and the result of each call",
        ),
        kept,
        (plan, "which provider would take a call, and why; sends nothing, needs no account"),
    ];
    for (command, what) in steps {
        output.line(format!("  {command}"));
        output.line(format!("      {what}"));
    }
}

/// Submits the calls of some rows, and returns once each is decided or waits for a provider.
async fn send(
    rows: Option<&[Row]>,
    results: &mut Vec<RowResult>,
    simulation: &Simulation,
    log: &mut EventLog,
) {
    let first = results.len() + 1;
    let mut decided: Vec<(usize, RowResult)> = Vec::new();
    let numbers = log.line_numbers();
    let mut placing = stream::iter(rows.unwrap_or_default().iter().enumerate())
        .map(|(at, row)| {
            let (line, numbers) = (first + at, &numbers);
            async move { (line, row, place(row, line, numbers, simulation).await) }
        })
        .buffer_unordered(AT_ONCE);
    while let Some((line, row, result)) = log.during(placing.next()).await {
        let known = |id| {
            results
                .iter()
                .chain(decided.iter().map(|(_, result)| result))
                .filter_map(RowResult::call)
                .any(|one| one == id)
        };
        let result = match result {
            Ok(call) if known(call.id) => {
                log.line(line, "same key as an earlier line: answered with that call");
                RowResult::Replayed(call.id)
            }
            Ok(call) if call.status == CallStatus::Scheduled => RowResult::Waiting(call.id),
            Ok(call) => RowResult::Placed(call.id),
            Err(error) => {
                log.line(line, &format!("{} not called: {error}", hide(&row.to)));
                RowResult::Rejected(error)
            }
        };
        decided.push((line, result));
    }
    decided.sort_by_key(|(line, _)| *line);
    results.extend(decided.into_iter().map(|(_, result)| result));
}

async fn place(
    row: &Row,
    line: usize,
    numbers: &LineNumbers,
    simulation: &Simulation,
) -> switchboard::Result<Call> {
    let request = row.request(Timestamp::now());
    let call = simulation.switchboard.submit(&request).await?;
    let id = call.id;
    numbers.insert(id, line);
    let engine = simulation.switchboard.engine();
    match tokio::time::timeout(LONGEST_DECISION, engine.decided(id)).await {
        Ok(decided) => decided,
        // It waits for a provider that is down, and goes on when that is back.
        Err(_) => Ok(call),
    }
}
