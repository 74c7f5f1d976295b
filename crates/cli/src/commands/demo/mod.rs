//! `switchboard demo`: everything at work, with simulated providers.
//!
//! | file | its one reason |
//! |---|---|
//! | `world.rs` | the simulators, and a router over them by the same configuration that users write |
//! | `calls.rs` | the calls, from `examples/calls.csv` |
//! | `story.rs` | what happens, as it happens |
//! | `highlights.rs` | a few decisions worth seeing |
//! | `report.rs` | what became of each call |
//! | `proof.rs` | whether the calls, their ledger and the phones that rang agree |

mod calls;
mod highlights;
mod proof;
mod report;
mod story;
mod world;

use std::{collections::HashSet, path::Path, time::Duration};

use futures::{StreamExt, future::join_all, stream};
use switchboard::{Call, CallId, Error, journal::JournalExt};

use self::{
    calls::Row,
    report::Report,
    story::{Names, Story},
    world::World,
};
use crate::{
    cli::DemoArgs,
    exit::Exit,
    failure::Outcome,
    output::{Output, hide},
};

/// So many calls are being decided at a time.
const AT_ONCE: usize = 6;
/// A call that is not over by then never will be.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What became of one line.
#[derive(Debug)]
enum Fate {
    /// It never became a call.
    Rejected(Error),
    /// It is this call.
    Became(CallId),
    /// Its key came before: it is the call of an earlier line.
    Replayed(CallId),
}

pub(crate) async fn run(args: DemoArgs, output: Output) -> Outcome {
    let rows = calls::read(args.calls.as_deref())?;
    let world = World::start(&rows, args.seed, args.ledger.as_deref()).await?;
    let router = world.switchboard.engine();
    if !output.json {
        output.line(format!(
            "{} calls go to a simulated KaiCalls and a simulated KallyAI on this machine: no telephone rings.",
            rows.len()
        ));
        output.line("While the middle third of them is sent, KaiCalls is down.");
    }
    let mut story = Story::new(output, args.verbose, router.events());

    let mut fates = Vec::with_capacity(rows.len());
    let third = rows.len().div_ceil(3);
    let mut thirds = rows.chunks(third.max(1));
    story.part("Both providers are up");
    send(thirds.next(), &mut fates, &world, &mut story).await;
    world.strike().await;
    story.part("KaiCalls is down: its connections are refused");
    send(thirds.next(), &mut fates, &world, &mut story).await;
    story.part("KaiCalls is back, and is used again after a successful read");
    story.during(world.recover()).await?;
    send(thirds.next(), &mut fates, &world, &mut story).await;

    story.part("Waiting for the calls to end");
    let ids: HashSet<CallId> = fates.iter().filter_map(Fate::call).collect();
    let ends = join_all(ids.iter().map(|id| world.switchboard.wait(*id)));
    // Whoever is not over then is found undecided in the report.
    let _ = story.during(tokio::time::timeout(LONGEST_WAIT, ends)).await;
    story.during(router.settle_costs()).await?;
    story.end();

    // The ledger is verified at rest, and what is shown is what it holds.
    router.shutdown(Duration::ZERO).await;
    let check = world.ledger.check().await?;
    let calls = world.ledger.journal().list().await?;
    let report = Report::new(&rows, &fates, calls, check, &world.rings, router.policy().currency);
    if args.verbose {
        report.show_calls(output);
    }
    if !output.json {
        highlights::show(&rows, &fates, report.calls(), &world.ledger, output).await?;
    }
    report.show(output);
    if !output.json {
        next(&args, output);
    }
    Ok(if report.is_good() { Exit::Done } else { Exit::Failed })
}

/// What to type next, with the name under which this program was started.
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
            (format!("{program} demo --ledger demo.db"), "keep the calls, to look at them again")
        }
    };
    // There in a clone of the repository, and not beside an installed program.
    let example = "switchboard.example.toml";
    let plan = if Path::new(example).exists() {
        format!("{program} plan --config {example} --to +442079460958")
    } else {
        format!("{program} plan --help")
    };
    let steps = [
        (
            format!("{program} demo --verbose"),
            "every decision with its reasons, and what became of each call",
        ),
        kept,
        (plan, "who would take a call, and why: sends nothing and needs no account"),
    ];
    for (command, what) in steps {
        output.line(format!("  {command}"));
        output.line(format!("      {what}"));
    }
}

/// Sends the calls of some lines, and returns when each is decided.
async fn send(rows: Option<&[Row]>, fates: &mut Vec<Fate>, world: &World, story: &mut Story) {
    let first = fates.len() + 1;
    let mut results: Vec<(usize, Fate)> = Vec::new();
    let names = story.names();
    let mut placing = stream::iter(rows.unwrap_or_default().iter().enumerate())
        .map(|(at, row)| {
            let (line, names) = (first + at, &names);
            async move { (line, row, decided(row, line, names, world).await) }
        })
        .buffer_unordered(AT_ONCE);
    while let Some((line, row, result)) = story.during(placing.next()).await {
        let known = |id| {
            fates
                .iter()
                .chain(results.iter().map(|(_, fate)| fate))
                .filter_map(Fate::call)
                .any(|one| one == id)
        };
        let fate = match result {
            Ok(call) if known(call.id) => {
                story.tell(line, "the same key came before: the first call is the answer");
                Fate::Replayed(call.id)
            }
            Ok(call) => Fate::Became(call.id),
            Err(error) => {
                story.tell(line, &format!("{} not called: {error}", hide(&row.to)));
                Fate::Rejected(error)
            }
        };
        results.push((line, fate));
    }
    results.sort_by_key(|(line, _)| *line);
    fates.extend(results.into_iter().map(|(_, fate)| fate));
}

async fn decided(
    row: &Row,
    line: usize,
    names: &Names,
    world: &World,
) -> switchboard::Result<Call> {
    let id = world.switchboard.submit(&row.request()).await?.id;
    names.give(id, line);
    world.switchboard.engine().decided(id).await
}

impl Fate {
    fn call(&self) -> Option<CallId> {
        match self {
            Fate::Became(id) | Fate::Replayed(id) => Some(*id),
            Fate::Rejected(_) => None,
        }
    }
}
