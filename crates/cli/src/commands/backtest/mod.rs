//! `switchboard backtest`: replays the calls of the ledger under another policy. The ledger is only
//! read.

mod show;

use std::{path::Path, time::Duration};

use jiff::Timestamp;
use switchboard::{
    CallId, Config, Ledger, Policy,
    journal::{Pages, Selection},
    router::AuditTopic,
};
use switchboard_backtest::{Backtest, BacktestSettings, PastCall};
use tokio::task::JoinHandle;

use crate::{
    cli::{BacktestArgs, Common},
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
    progress::Progress,
    setup,
};

/// The longest that a call may hold its concurrency slot.
const LONGEST_CALL: Duration = Duration::from_secs(2 * 3_600);

pub(crate) async fn run(common: &Common, args: BacktestArgs, output: Output) -> Outcome {
    if let (Some(since), Some(until)) = (args.since, args.until)
        && since >= until
    {
        return Err(Failure::input("--until", format!("{until} is not after --since, {since}")));
    }
    let other = read(&args.policy)?;
    let policy = other.policy()?;
    let (ledger, _) = setup::ledger(common, args.ledger.as_deref()).await?;
    let settings = BacktestSettings {
        since: args.since,
        version: other.version(),
        decisions: ledger.journal().audit_entries(AuditTopic::Experiment, 0).await?,
        ..BacktestSettings::default()
    };
    let from = args.since.map(|since| lead_in(&policy, since));
    let mut backtest = Backtest::new(&policy, &settings);
    replay(&ledger, (from, args.until), &mut backtest, output).await?;
    let report = backtest.report();
    if output.json {
        output.object(&report);
    } else if report.calls == 0 {
        output.line("no calls");
    } else {
        show::report(&report, &args.policy, output);
    }
    Ok(Exit::Done)
}

fn read(file: &Path) -> Outcome<Config> {
    if !file.exists() {
        return Err(Failure::input("--policy", format!("{} does not exist", file.display())));
    }
    Ok(Config::from_file(file)?)
}

/// The time from which on calls count against rate limits, concurrency and budgets of the replay.
fn lead_in(policy: &Policy, since: Timestamp) -> Timestamp {
    let providers = policy.providers.iter().filter_map(|one| one.limits.placing);
    let callers =
        policy.tenants.values().chain(policy.agents.values()).chain([&policy.each_tenant]);
    let windows = providers
        .chain(callers.filter_map(|allowance| allowance.requests))
        .map(|limit| limit.window);
    let longest = windows.chain([LONGEST_CALL]).max().unwrap_or(LONGEST_CALL);
    let windows = since.checked_sub(longest).unwrap_or(Timestamp::UNIX_EPOCH);
    let budgets = policy.budgets.iter().map(|budget| budget.began(since));
    budgets.chain([windows]).min().unwrap_or(windows)
}

/// Replays the calls with their requests and histories, while they are read.
async fn replay(
    ledger: &Ledger,
    (from, until): (Option<Timestamp>, Option<Timestamp>),
    backtest: &mut Backtest<'_>,
    output: Output,
) -> Outcome<()> {
    let mut progress = Progress::new(output, "replaying the ledger");
    let mut next = read_page(ledger, from.map(Selection::from_moment));
    loop {
        let page = next.await.map_err(|error| Failure::local(error.to_string()))??;
        let Some((last, created_at)) = page.last else {
            break;
        };
        // The next page is read while this one is replayed.
        next = read_page(ledger, Some(last));
        progress.read_until(page.read, created_at);
        let until = until.unwrap_or(Timestamp::MAX);
        page.calls
            .into_iter()
            .filter(|call| call.created_at() < until)
            .for_each(|call| backtest.add(call));
        if page.read < Pages::SIZE as usize || created_at > until {
            next.abort();
            break;
        }
    }
    Ok(())
}

/// A page of the ledger.
struct Page {
    /// The calls that can be replayed.
    calls: Vec<PastCall>,
    /// How many calls it has, and the last of them.
    read: usize,
    last: Option<(CallId, Timestamp)>,
}

/// Begins to read the page behind this call.
fn read_page(ledger: &Ledger, after: Option<CallId>) -> JoinHandle<switchboard::Result<Page>> {
    let ledger = ledger.clone();
    tokio::spawn(async move {
        let selection = Selection { after, limit: Some(Pages::SIZE), ..Selection::default() };
        let records = ledger.records(&selection).await?;
        let read = records.len();
        let last = records.last().map(|last| (last.call.id, last.call.created_at));
        let calls = records.into_iter().filter_map(|record| {
            // The request is gone if the person was erased.
            let request = record.request?;
            let facts = record.history.iter();
            let facts = facts.filter_map(|entry| Some((entry.at, entry.fact.as_ref()?)));
            Some(PastCall::of(&record.call, request, facts))
        });
        Ok(Page { calls: calls.collect(), read, last })
    })
}
