//! `switchboard top`: every provider and what waits, over all processes, as the ledger has it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use switchboard::{
    Call, CallStatus, Config, Ledger, Money, Policy, ProviderId,
    core::AttemptState,
    journal::server::{COUNTED, CallsFilter, UsageQuery},
    process_environment,
    router::Reading,
};

use super::{due::is_waiting, plan, waits::Waits};
use crate::{
    cli::{Common, TopArgs},
    exit::Exit,
    failure::{Failure, Outcome},
    fitted::FittedColumn,
    interrupt,
    local::Local,
    output::Output,
    setup,
};

/// How often the screen is drawn.
const EVERY: std::time::Duration = std::time::Duration::from_secs(2);
/// So many of the latest calls are looked at for what their processes knew of the providers.
const PLANS: u32 = 20;
/// So many waiting calls are asked what they wait for.
const ASKED: usize = 100;

/// What there is to see.
#[derive(Debug, Serialize)]
struct Top {
    at: Timestamp,
    providers: Vec<ProviderRow>,
    /// Calls by status, at most 10,000 of each; those that are over are not counted.
    calls: BTreeMap<&'static str, u32>,
    /// Calls that may have rung.
    in_doubt: usize,
    /// What waiting calls wait for, the most frequent first.
    waiting: Vec<WaitingFor>,
    /// Waiting calls that were not asked.
    not_asked: usize,
}

/// A provider.
#[derive(Debug, Serialize)]
struct ProviderRow {
    provider: ProviderId,
    /// `ok`, `disabled`, or what keeps it from calls.
    state: String,
    until: Option<Timestamp>,
    /// What is left of each of its limits.
    headroom: Vec<Left>,
    /// Calls that it has.
    open: usize,
    /// Calls that were received today, by the clock of this machine.
    calls_today: u64,
    cost_today: Option<Money>,
    /// Calls of today without a bill.
    unbilled_today: u64,
}

/// What is left of a limit.
#[derive(Debug, Serialize)]
struct Left {
    free: u32,
    of: u32,
    /// In which window, in seconds; `None` for calls at the same time.
    window_seconds: Option<u64>,
}

/// Why calls wait.
#[derive(Debug, Serialize)]
struct WaitingFor {
    calls: usize,
    #[serde(flatten)]
    waits: serde_json::Value,
    #[serde(skip)]
    line: String,
}

pub(crate) async fn run(common: &Common, args: &TopArgs, output: Output) -> Outcome {
    let config = setup::with_ledger(setup::read(common)?)?;
    let policy = config.policy()?;
    let ledger = open(common, config, output).await?;
    let Some(ledger) = ledger else {
        return Ok(Exit::Done);
    };
    if output.json || args.once || !output.is_terminal() {
        let local = Local::read();
        let top = Top::read(&ledger, &policy, &local).await?;
        if output.json {
            output.object(&top);
        } else {
            top.lines(&local, output).iter().for_each(|line| output.painted(line));
        }
        return Ok(Exit::Done);
    }
    let mut signals = interrupt::listen()?;
    output.clear();
    loop {
        let local = Local::read();
        let top = Top::read(&ledger, &policy, &local).await?;
        output.frame(&top.lines(&local, output));
        tokio::select! {
            Some(_) = signals.recv() => return Ok(Exit::Done),
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn open(common: &Common, config: Config, output: Output) -> Outcome<Option<Ledger>> {
    if config.ledger_file().is_some_and(|file| !file.exists()) {
        return setup::ledger_if_any(common, None, output).await;
    }
    let ledger = config.open_ledger(process_environment).await?;
    ledger.map(Some).ok_or_else(|| Failure::local("the configuration names no ledger"))
}

impl Top {
    async fn read(ledger: &Ledger, policy: &Policy, local: &Local) -> Outcome<Self> {
        let (store, journal, now) = (ledger.server(), ledger.journal(), local.now);
        let open = journal.unfinished().await?;
        let readings = readings(ledger).await?;
        let query = UsageQuery { tenant: None, from: local.midnight(), until: now };
        let used = store.usage(&query).await?;
        let mut providers = Vec::new();
        for one in &policy.providers {
            let id = &one.info.id;
            let mut headroom = Vec::new();
            for slot in one.limits.rate_slots(id) {
                let used = store.rate_use(&slot, now).await?.used;
                let window_seconds = Some(slot.window.as_secs());
                headroom.push(Left {
                    free: slot.limit.saturating_sub(used),
                    of: slot.limit,
                    window_seconds,
                });
            }
            let has = open.iter().filter(|call| is_with(call, id)).count();
            if let Some(of) = one.limits.concurrent {
                let used = u32::try_from(has).unwrap_or(u32::MAX);
                headroom.push(Left { free: of.saturating_sub(used), of, window_seconds: None });
            }
            let full = headroom.iter().any(|left| left.free == 0);
            let kept = readings.get(id).and_then(|reading| obstacle(reading, now));
            let (state, until) = match kept {
                _ if !one.enabled => ("disabled".to_owned(), None),
                Some((state, until)) => (state, until),
                None if full => ("at its limit".to_owned(), None),
                None => ("ok".to_owned(), None),
            };
            let today: Vec<_> =
                used.iter().filter(|sum| sum.provider.as_ref() == Some(id)).collect();
            let costs = today.iter().filter_map(|sum| sum.cost);
            providers.push(ProviderRow {
                provider: id.clone(),
                state,
                until,
                headroom,
                open: has,
                calls_today: today.iter().map(|sum| sum.calls).sum(),
                cost_today: costs.reduce(|sum, more| sum.checked_add(more).unwrap_or(sum)),
                unbilled_today: today.iter().map(|sum| sum.unpriced).sum(),
            });
        }
        let counts = store.count().await?;
        let calls: BTreeMap<&str, u32> =
            COUNTED.into_iter().map(CallStatus::as_str).zip(counts).collect();
        let indeterminate = calls.get(CallStatus::Indeterminate.as_str()).copied();
        let doubted = open.iter().filter(|call| is_in_doubt(call)).count();
        let in_doubt = indeterminate.unwrap_or_default() as usize + doubted;
        let turn = turn(&providers);
        let (waiting, not_asked) = waiting(ledger, &open, &turn, local).await?;
        Ok(Self { at: now, providers, calls, in_doubt, waiting, not_asked })
    }

    /// The screen.
    fn lines(&self, local: &Local, output: Output) -> Vec<String> {
        let counts: Vec<String> = self
            .calls
            .iter()
            .filter(|(_, calls)| **calls > 0)
            .map(|(status, calls)| format!("{calls} {status}"))
            .collect();
        let counts = if counts.is_empty() { "no open calls".to_owned() } else { counts.join(", ") };
        let mut lines = vec![format!("{}  {counts}", local.clock(self.at))];
        if self.in_doubt > 0 {
            lines.push(format!(
                "{} may have rung: switchboard calls list --status indeterminate",
                self.in_doubt
            ));
        }
        lines.push(String::new());
        let column =
            |name: &str, least, order| FittedColumn { name: name.to_owned(), least, order };
        let columns = [
            column("provider", Some(8), 2),
            column("state", Some(10), 1),
            column("free", Some(12), 0),
            column("open", None, 0),
            column("today", None, 0),
            column("cost today", None, 0),
        ];
        let rows = self.providers.iter().map(|one| one.cells(local)).collect();
        lines.extend(output.fitted_lines(&columns, rows));
        if !self.waiting.is_empty() {
            lines.push(String::new());
        }
        for one in &self.waiting {
            lines.push(output.shortened(&format!("{} wait: {}", one.calls, one.line)));
        }
        if self.not_asked > 0 {
            lines.push(format!("{} more wait", self.not_asked));
        }
        lines
    }
}

impl ProviderRow {
    fn cells(&self, local: &Local) -> Vec<String> {
        let until = self.until.map(|until| format!(" until {}", local.clock(until)));
        let free = self.headroom.iter().map(|left| match left.window_seconds {
            Some(seconds) => format!("{} of {} in {seconds} s", left.free, left.of),
            None => format!("{} of {} at once", left.free, left.of),
        });
        let free: Vec<String> = free.collect();
        let unbilled = match self.unbilled_today {
            0 => String::new(),
            calls => format!(" + {calls} unbilled"),
        };
        let cost = self.cost_today.map_or_else(|| "-".to_owned(), |cost| cost.to_string());
        vec![
            self.provider.to_string(),
            format!("{}{}", self.state, until.unwrap_or_default()),
            if free.is_empty() { "no limit".to_owned() } else { free.join(", ") },
            self.open.to_string(),
            self.calls_today.to_string(),
            format!("{cost}{unbilled}"),
        ]
    }
}

/// True if the provider has the call, or may have it.
fn is_with(call: &Call, provider: &ProviderId) -> bool {
    let last = call.attempts.last().filter(|last| last.state.is_live());
    call.provider.as_ref().or(last.map(|last| &last.provider)) == Some(provider)
}

fn is_in_doubt(call: &Call) -> bool {
    let last = call.attempts.last();
    last.is_some_and(|last| matches!(last.state, AttemptState::Unknown | AttemptState::Reconciling))
}

/// What keeps a provider from calls now, and until when. Its limits are read elsewhere.
fn obstacle(reading: &Reading, now: Timestamp) -> Option<(String, Option<Timestamp>)> {
    let reading = Reading { headroom: None, concurrency: None, ..reading.clone() };
    let rejection = reading.rejection(None, &[], now)?;
    // A breaker stays open until a read works, which may take longer.
    let until = rejection.clears_at().filter(|until| *until > now)?;
    Some((rejection.code().replace('_', " "), Some(until)))
}

/// The last reading of each provider by any process, from the plans of the latest calls.
async fn readings(ledger: &Ledger) -> Outcome<BTreeMap<ProviderId, Reading>> {
    let latest = CallsFilter { limit: PLANS, ..CallsFilter::default() };
    let mut plans = Vec::new();
    for (call, _) in ledger.server().find(&latest).await?.calls {
        let history = ledger.history(call.id).await?;
        plans.extend(history.iter().rev().find_map(plan::of).cloned());
    }
    plans.sort_by_key(|plan| plan.at);
    let readings = plans.into_iter().flat_map(|plan| plan.readings);
    Ok(readings.map(|reading| (reading.provider.clone(), reading.reading())).collect())
}

/// What a call waits for whose own record does not say: the providers, if none takes calls now.
fn turn(providers: &[ProviderRow]) -> String {
    let enabled = || providers.iter().filter(|one| one.state != "disabled");
    if enabled().next().is_none() || enabled().any(|one| one.state == "ok") {
        return "for their turn".to_owned();
    }
    let kept: Vec<String> =
        enabled().map(|one| format!("{} {}", one.provider, one.state)).collect();
    kept.join(", ")
}

/// What waiting calls wait for, and how many were not asked.
async fn waiting(
    ledger: &Ledger,
    open: &[Call],
    turn: &str,
    local: &Local,
) -> Outcome<(Vec<WaitingFor>, usize)> {
    let journal = ledger.journal();
    let all: Vec<&Call> = open.iter().filter(|call| is_waiting(call)).collect();
    let mut reasons: BTreeMap<String, WaitingFor> = BTreeMap::new();
    for call in all.iter().take(ASKED) {
        let (request, history) = (journal.request(call.id).await?, ledger.history(call.id).await?);
        let waits = Waits::read(&*journal, call, request.as_deref(), &history, local.now).await?;
        let (line, waits) = match waits {
            Some(waits) => (waits.describe(local), waits.json()),
            None => (turn.to_owned(), serde_json::json!({"why": turn, "until": null})),
        };
        let new = || WaitingFor { calls: 0, waits, line: line.clone() };
        reasons.entry(line.clone()).or_insert_with(new).calls += 1;
    }
    let mut reasons: Vec<WaitingFor> = reasons.into_values().collect();
    reasons.sort_by_key(|one| std::cmp::Reverse(one.calls));
    Ok((reasons, all.len().saturating_sub(ASKED)))
}
