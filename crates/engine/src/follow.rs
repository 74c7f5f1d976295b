//! Follows many calls with few requests: one list page shows a hundred calls, and single reads are
//! the last resort.

use std::{
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    sync::{Arc, Weak},
    time::Duration,
};

use futures::FutureExt;
use jiff::Timestamp;
use switchboard_core::{
    AttemptId, CallFilter, CallId, CallLists, Cost, Error, ErrorKind, Outcome, PageRequest,
    ProviderCall, ProviderCallId, ProviderId, ProviderState, Result, UsageFilter,
};
use switchboard_journal::state::Fact;
use tracing::{Instrument, debug_span};

use crate::{
    bill,
    events::CallEventKind,
    provider::{ProviderRuntime, Unbilled, Watch},
    redial, review,
    shared::Shared,
    undialled,
};

/// Clocks differ, so lists are read from a little before the oldest call.
const SLACK: Duration = Duration::from_secs(120);
/// A call that is missing from this many lists is read individually.
const MISSED_OFTEN: u32 = 3;
/// At most this many single reads in one round.
const SINGLE_READS: usize = 5;
/// At most this many pages in one round.
const PAGES: usize = 20;
/// The usage log is read once in this many rounds.
const BILL_EVERY: u32 = 5;

/// Starts the follower of a provider. It ends with the engine.
pub(crate) fn start(inner: &Arc<Shared>, provider: ProviderId) {
    let weak = Arc::downgrade(inner);
    inner.spawn(async move { run(weak, provider).await });
}

/// A call that a provider has.
#[derive(Debug)]
pub(crate) struct PlacedCall {
    pub(crate) call: CallId,
    pub(crate) attempt: AttemptId,
    /// The provider's id for the call.
    pub(crate) theirs: ProviderCallId,
    /// Since when the provider has it.
    pub(crate) since: Timestamp,
    /// How long it may last.
    pub(crate) longest: Duration,
}

/// Watches the call until its end.
pub(crate) fn watch(inner: &Shared, runtime: &ProviderRuntime, placed: PlacedCall) {
    let PlacedCall { call, attempt, theirs, since, longest } = placed;
    let after = |span| since.checked_add(span).unwrap_or(Timestamp::MAX);
    let watch = Watch {
        call,
        attempt,
        since,
        longest: after(longest),
        stopped: false,
        deadline: after(longest + inner.timings().grace),
        last_word: None,
        missed: 0,
    };
    runtime.watch(theirs, watch);
}

/// Waits for the bill of a call that is over, where the provider has a usage log, or costs that come
/// late.
pub(crate) fn await_bill(runtime: &ProviderRuntime, placed: PlacedCall) {
    if runtime.provider.usage().is_some() || runtime.provider.info().late_costs {
        runtime.await_bill(placed.theirs, Unbilled::new(placed.call, placed.attempt, placed.since));
    }
}

async fn run(inner: Weak<Shared>, provider: ProviderId) {
    let mut round = 0_u32;
    loop {
        let Some(strong) = inner.upgrade() else {
            return;
        };
        // Fetched again each round: a reload may have changed its address or its key.
        let Some(runtime) = strong.runtime(&provider) else {
            return;
        };
        let idle = runtime.watches().is_empty() && !runtime.awaits_bills();
        let (clock, pause) = (Arc::clone(&strong.clock), strong.timings().poll_every);
        if !idle {
            round = round.wrapping_add(1);
            // A panic of the backend ends this round, not the follower.
            let span = debug_span!("follow", provider = %runtime.id);
            let looked = one_round(&strong, &runtime, round).instrument(span);
            if AssertUnwindSafe(looked).catch_unwind().await.is_err() {
                tracing::error!(provider = %runtime.id, "the backend panicked while its calls were read");
            }
        }
        drop(strong);
        if idle {
            // Woken when there is something to follow. Also wakes up now and then, to end with the
            // engine.
            tokio::select! {
                biased;
                () = runtime.work() => {}
                () = clock.sleep(Duration::from_secs(30)) => {}
            }
        }
        clock.sleep(pause).await;
    }
}

async fn one_round(inner: &Arc<Shared>, runtime: &Arc<ProviderRuntime>, round: u32) {
    if !runtime.watches().is_empty()
        && let Err(error) = look(inner, runtime).await
    {
        tracing::warn!(provider = %runtime.id, %error, "the list of calls could not be read");
    }
    overdue(inner, runtime).await;
    if round.is_multiple_of(BILL_EVERY)
        && let Err(error) = bills(inner, runtime).await
    {
        tracing::warn!(provider = %runtime.id, %error, "the usage log could not be read");
    }
}

/// Reads the watched calls: by the provider's list where it has one, and one by one where they are
/// missing from it.
async fn look(inner: &Arc<Shared>, runtime: &Arc<ProviderRuntime>) -> Result<()> {
    let watched = runtime.watches();
    let Some(lists) = runtime.provider.lists() else {
        read_each(inner, runtime, watched.iter()).await;
        return Ok(());
    };
    let unseen = look_at_list(inner, runtime, lists, &watched).await?;
    let lost = unseen.into_iter().filter(|(id, _)| runtime.missed(id) >= MISSED_OFTEN);
    read_each(inner, runtime, lost.take(SINGLE_READS)).await;
    Ok(())
}

/// Reads the provider's list page by page, from the oldest watched call on. Returns the watched
/// calls that are missing from it.
async fn look_at_list<'a>(
    inner: &Arc<Shared>,
    runtime: &Arc<ProviderRuntime>,
    lists: &dyn CallLists,
    watched: &'a BTreeMap<ProviderCallId, Watch>,
) -> Result<BTreeMap<&'a ProviderCallId, &'a Watch>> {
    let mut unseen: BTreeMap<&ProviderCallId, &Watch> = watched.iter().collect();
    let Some(oldest) = watched.values().map(|watch| watch.since).min() else {
        return Ok(unseen);
    };
    let filter = CallFilter { since: oldest.checked_sub(SLACK).ok(), ..CallFilter::default() };
    let mut page = PageRequest { limit: Some(100), cursor: None };
    for _ in 0..PAGES {
        runtime.read_turn(&*inner.clock).await;
        let answer = lists.list(&filter, &page).await?;
        for report in answer.items {
            if let Some(watch) = unseen.remove(&report.id) {
                saw(inner, runtime, watch, report).await;
            }
        }
        match answer.next {
            Some(cursor) if !unseen.is_empty() => page.cursor = Some(cursor),
            Some(_) | None => break,
        }
    }
    Ok(unseen)
}

async fn read_each<'a>(
    inner: &Arc<Shared>,
    runtime: &Arc<ProviderRuntime>,
    calls: impl Iterator<Item = (&'a ProviderCallId, &'a Watch)>,
) {
    for (id, watch) in calls {
        runtime.read_turn(&*inner.clock).await;
        match read(runtime, id).await {
            Ok(report) => {
                runtime.saw(&report.id, &report.status_word);
                note(inner, runtime, watch.call, watch.attempt, watch.since, report).await;
            }
            Err(error) => {
                tracing::debug!(provider = %runtime.id, call = %watch.call, %error, "the call could not be read")
            }
        }
    }
}

/// Reads the record of one call. If the provider returns the record of another call, that is an
/// error: its content must not be applied to this call.
pub(crate) async fn read(
    runtime: &ProviderRuntime,
    theirs: &ProviderCallId,
) -> Result<ProviderCall> {
    let report = runtime.provider.calls().get(theirs).await?;
    if report.id == *theirs {
        return Ok(report);
    }
    tracing::warn!(provider = %runtime.id, asked = %theirs, "the provider answered with the record of another call: it is ignored");
    Err(Error::new(
        ErrorKind::Decode,
        "the answer is the record of another call than was asked for",
    )
    .with_provider(runtime.id.clone())
    .with_operation("calls.get"))
}

async fn saw(
    inner: &Arc<Shared>,
    runtime: &Arc<ProviderRuntime>,
    watch: &Watch,
    report: ProviderCall,
) {
    if !runtime.saw(&report.id, &report.status_word) {
        return;
    }
    if !report.state.is_over() {
        inner.report(watch.call, || CallEventKind::Progressed {
            provider: runtime.id.clone(),
            status: report.status_word.clone(),
        });
    }
    // A list leaves out details such as the summary. Read the call itself if the read limit allows
    // it now.
    let report = if report.state.is_over() && runtime.may_read_now(inner.now()) {
        read(runtime, &report.id)
            .await
            .ok()
            .filter(|detail| detail.state.is_over())
            .unwrap_or(report)
    } else {
        report
    };
    note(inner, runtime, watch.call, watch.attempt, watch.since, report).await;
}

/// Records a provider's report of a call, and stops watching the call if it is over.
pub(crate) async fn note(
    inner: &Arc<Shared>,
    runtime: &Arc<ProviderRuntime>,
    call: CallId,
    attempt: AttemptId,
    since: Timestamp,
    report: ProviderCall,
) {
    if let ProviderState::NotDialled(refusal) = report.state {
        return undialled::note(inner, runtime, call, attempt, report, refusal).await;
    }
    let (theirs, cost, outcome) = (report.id.clone(), report.cost, report.state.outcome());
    let fact = Fact::Reported(Box::new(report));
    let written = match outcome {
        Some(outcome) => {
            let bill = match cost {
                Some(cost) => bill::of_call(inner, call, attempt, runtime, cost).await.map(Some),
                None => Ok(None),
            };
            match bill {
                Ok(bill) => redial::over(inner, call, fact, bill, outcome).await,
                Err(error) => Err(error.into()),
            }
        }
        None => inner.record(call, fact).await,
    };
    if let Err(error) = written {
        tracing::warn!(%call, %error, "a report was not recorded");
        return;
    }
    let Some(outcome) = outcome else { return };
    if runtime.unwatch(&theirs).is_some() {
        if outcome == Outcome::Completed {
            review::start(inner, runtime, call, theirs.clone());
        }
        inner.report(call, || CallEventKind::Ended { provider: runtime.id.clone(), outcome });
    }
    let late = runtime.provider.info().late_costs;
    if late || cost.is_none() && runtime.provider.usage().is_some() {
        runtime.await_bill(theirs, Unbilled::new(call, attempt, since).knowing(cost));
    }
}

/// Hangs up a call that exceeds its maximum duration.
pub(crate) async fn stop_overlong(
    inner: &Arc<Shared>,
    call: CallId,
    runtime: &Arc<ProviderRuntime>,
    theirs: &ProviderCallId,
) {
    let Some(stops) = runtime.provider.stops() else {
        return;
    };
    inner.report(call, || CallEventKind::StopRequested { provider: runtime.id.clone() });
    match AssertUnwindSafe(stops.stop(theirs)).catch_unwind().await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(%call, %error, "a call that lasts too long could not be stopped")
        }
        Err(_) => {
            tracing::error!(%call, provider = %runtime.id, "the backend panicked while it stopped a call")
        }
    }
}

/// Stops calls that exceed their maximum duration. Calls past their deadline get one last read and
/// then become `stalled`.
async fn overdue(inner: &Arc<Shared>, runtime: &Arc<ProviderRuntime>) {
    for (id, watch) in runtime.watches() {
        if inner.now() >= watch.longest && runtime.stops(&id) {
            stop_overlong(inner, watch.call, runtime, &id).await;
        }
        if inner.now() < watch.deadline {
            continue;
        }
        runtime.read_turn(&*inner.clock).await;
        match read(runtime, &id).await {
            Ok(report) if report.state.is_over() => {
                note(inner, runtime, watch.call, watch.attempt, watch.since, report).await
            }
            Ok(_) | Err(_) => {
                runtime.unwatch(&id);
                inner
                    .report(watch.call, || CallEventKind::Overdue { provider: runtime.id.clone() });
                if let Err(error) = inner.record(watch.call, Fact::Overdue).await {
                    tracing::warn!(call = %watch.call, %error, "an overdue call was not recorded");
                }
            }
        }
    }
}

/// Reads the usage log for the bills of calls that are over.
/// Looks for the bills that it is time to look for: in the usage log where there is one, or else in the
/// records of the calls.
async fn bills(inner: &Arc<Shared>, runtime: &Arc<ProviderRuntime>) -> Result<()> {
    let mut due = runtime.bills_due();
    if runtime.provider.usage().is_none() {
        // The others are still due in the next round.
        due = due.into_iter().take(SINGLE_READS).collect();
    }
    let Some(oldest) = due.values().map(|one| one.since).min() else {
        return Ok(());
    };
    let found = match runtime.provider.usage() {
        Some(usage) => {
            runtime.read_turn(&*inner.clock).await;
            let since = oldest.checked_sub(SLACK).ok();
            let filter = UsageFilter { since, ..UsageFilter::default() };
            let records = usage.records(&filter).await?.into_iter();
            records.filter_map(|record| Some((record.call?, record.cost?))).collect()
        }
        None => costs_in_records(inner, runtime, due.keys()).await,
    };
    for (id, cost) in found {
        let Some(one) = due.get(&id) else { continue };
        if one.known != Some(cost) {
            bill::note(inner, one.call, one.attempt, runtime, cost).await;
            runtime.bill_known(&id, cost);
        }
        if !runtime.provider.info().late_costs {
            runtime.billed(&id);
        }
    }
    for id in due.keys() {
        runtime.looked_for_bill(id);
    }
    Ok(())
}

async fn costs_in_records(
    inner: &Arc<Shared>,
    runtime: &ProviderRuntime,
    calls: impl Iterator<Item = &ProviderCallId>,
) -> Vec<(ProviderCallId, Cost)> {
    let mut costs = Vec::new();
    for id in calls {
        runtime.read_turn(&*inner.clock).await;
        match read(runtime, id).await {
            Ok(report) => costs.extend(report.cost.map(|cost| (report.id, cost))),
            Err(error) => {
                tracing::debug!(provider = %runtime.id, %error, "the cost of a call could not be read")
            }
        }
    }
    costs
}

pub(crate) async fn settle_costs(inner: &Arc<Shared>) -> Result<()> {
    let mut failed = None;
    for runtime in inner.runtimes() {
        if let Err(error) = bills(inner, &runtime).await
            && error.kind() != ErrorKind::Unsupported
        {
            failed.get_or_insert(error);
        }
    }
    failed.map_or(Ok(()), Err)
}
