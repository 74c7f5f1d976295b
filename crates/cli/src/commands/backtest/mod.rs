//! `switchboard backtest`: replays the calls of the ledger under another policy. The ledger is only
//! read.

mod show;

use std::{path::Path, time::Duration};

use jiff::Timestamp;
use switchboard::{
    Config, Ledger, Policy,
    journal::{Pages, Selection},
    router::AuditTopic,
};
use switchboard_backtest::{BacktestSettings, PastCall, backtest};

use crate::{
    cli::{BacktestArgs, Common},
    exit::Exit,
    failure::{Failure, Outcome},
    output::Output,
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
    let reading = output.spinner("reading the ledger");
    let calls = past(&ledger, from, args.until).await?;
    reading.finish_and_clear();
    let report = backtest(&policy, &calls, &settings);
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

/// Reads the calls with their requests and histories.
async fn past(
    ledger: &Ledger,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Outcome<Vec<PastCall>> {
    let journal = ledger.journal();
    let selection = Selection { after: from.map(Selection::from_moment), ..Selection::default() };
    let (mut pages, mut past) = (Pages::new(&*journal, selection), Vec::new());
    while let Some(page) = pages.next().await? {
        for call in page.iter().filter(|call| until.is_none_or(|until| call.created_at < until)) {
            // The request is gone if the person was erased.
            let Some(request) = journal.request(call.id).await? else {
                continue;
            };
            let history = ledger.history(call.id).await?;
            let facts = history.iter().filter_map(|entry| Some((entry.at, entry.fact.as_ref()?)));
            past.push(PastCall::of(call, request, facts));
        }
        if until.is_some_and(|until| page.last().is_some_and(|last| last.created_at > until)) {
            break;
        }
    }
    Ok(past)
}
