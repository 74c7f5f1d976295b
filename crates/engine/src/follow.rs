//! Many calls watched with few requests: one list shows a hundred, and a single read is the last
//! resort.

use std::{
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    sync::{Arc, Weak},
    time::Duration,
};

use futures::FutureExt;
use jiff::Timestamp;
use switchboard_core::{
    AttemptId, CallFilter, CallId, Error, ErrorKind, PageRequest, ProviderCall, ProviderCallId,
    ProviderId, Result, UsageFilter,
};
use switchboard_journal::state::Fact;
use tracing::{Instrument, debug_span};

use crate::{
    bill,
    events::CallEventKind,
    lane::{Lane, Unbilled, Watch},
    redial,
    shared::Inner,
};

/// Clocks differ: a list is read from a little before the oldest call.
const SLACK: Duration = Duration::from_secs(120);
/// A call that lists leave out this often is read by itself.
const MISSED_OFTEN: u32 = 3;
/// At most this many single reads in one round.
const SINGLE_READS: usize = 5;
/// At most this many pages in one round.
const PAGES: usize = 20;
/// One look at the usage log in this many rounds.
const BILL_EVERY: u32 = 5;

/// Starts the follower of a provider. It ends with the router.
pub(crate) fn start(inner: &Arc<Inner>, provider: ProviderId) {
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
pub(crate) fn watch(inner: &Inner, lane: &Lane, placed: PlacedCall) {
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
    lane.watch(theirs, watch);
}

/// Waits for the bill of a call that is over, where the provider has a usage log.
pub(crate) fn await_bill(lane: &Lane, placed: PlacedCall) {
    if lane.provider.usage().is_some() {
        lane.await_bill(placed.theirs, Unbilled::new(placed.call, placed.attempt, placed.since));
    }
}

async fn run(inner: Weak<Inner>, provider: ProviderId) {
    let mut round = 0_u32;
    loop {
        let Some(strong) = inner.upgrade() else {
            return;
        };
        // As the configuration that holds now has it: its address and its key may be new.
        let Some(lane) = strong.lane(&provider) else {
            return;
        };
        let idle = lane.watches().is_empty() && lane.unbilled().is_empty();
        let (clock, pause) = (Arc::clone(&strong.clock), strong.timings().poll_every);
        if !idle {
            round = round.wrapping_add(1);
            // A backend that panics loses this round, not the watch.
            let span = debug_span!("follow", provider = %lane.id);
            let looked = one_round(&strong, &lane, round).instrument(span);
            if AssertUnwindSafe(looked).catch_unwind().await.is_err() {
                tracing::error!(provider = %lane.id, "the backend panicked while its calls were read");
            }
        }
        drop(strong);
        if idle {
            // Woken by work; looks up now and then, so that it ends with the router.
            tokio::select! {
                biased;
                () = lane.work() => {}
                () = clock.sleep(Duration::from_secs(30)) => {}
            }
        }
        clock.sleep(pause).await;
    }
}

async fn one_round(inner: &Arc<Inner>, lane: &Arc<Lane>, round: u32) {
    if !lane.watches().is_empty()
        && let Err(error) = look(inner, lane).await
    {
        tracing::warn!(provider = %lane.id, %error, "the list of calls could not be read");
    }
    overdue(inner, lane).await;
    if round.is_multiple_of(BILL_EVERY)
        && let Err(error) = bills(inner, lane).await
    {
        tracing::warn!(provider = %lane.id, %error, "the usage log could not be read");
    }
}

/// Reads the list from the oldest watched call on, page by page.
async fn look(inner: &Arc<Inner>, lane: &Arc<Lane>) -> Result<()> {
    let watched = lane.watches();
    let Some(oldest) = watched.values().map(|watch| watch.since).min() else {
        return Ok(());
    };
    let filter = CallFilter { since: oldest.checked_sub(SLACK).ok(), ..CallFilter::default() };
    let mut unseen: BTreeMap<&ProviderCallId, &Watch> = watched.iter().collect();
    let mut page = PageRequest { limit: Some(100), cursor: None };
    for _ in 0..PAGES {
        lane.read_turn(&*inner.clock).await;
        let answer = lane.provider.calls().list(&filter, &page).await?;
        for report in answer.items {
            if let Some(watch) = unseen.remove(&report.id) {
                saw(inner, lane, watch, report).await;
            }
        }
        match answer.next {
            Some(cursor) if !unseen.is_empty() => page.cursor = Some(cursor),
            Some(_) | None => break,
        }
    }
    let lost: Vec<_> = unseen
        .into_iter()
        .filter(|(id, _)| lane.missed(id) >= MISSED_OFTEN)
        .take(SINGLE_READS)
        .collect();
    for (id, watch) in lost {
        lane.read_turn(&*inner.clock).await;
        match read(lane, id).await {
            Ok(report) => {
                lane.saw(&report.id, &report.status_word);
                note(inner, lane, watch.call, watch.attempt, watch.since, report).await;
            }
            Err(error) => {
                tracing::debug!(provider = %lane.id, call = %watch.call, %error, "the call could not be read")
            }
        }
    }
    Ok(())
}

/// One call's own record. A record of another call is told from it by its id and dropped: what is
/// in it would end this one.
pub(crate) async fn read(lane: &Lane, theirs: &ProviderCallId) -> Result<ProviderCall> {
    let report = lane.provider.calls().get(theirs).await?;
    if report.id == *theirs {
        return Ok(report);
    }
    tracing::warn!(provider = %lane.id, asked = %theirs, "the provider answered with the record of another call: it is left out");
    Err(Error::new(
        ErrorKind::Decode,
        "the answer is the record of another call than was asked for",
    )
    .with_provider(lane.id.clone())
    .with_operation("calls.get"))
}

async fn saw(inner: &Arc<Inner>, lane: &Arc<Lane>, watch: &Watch, report: ProviderCall) {
    if !lane.saw(&report.id, &report.status_word) {
        return;
    }
    if report.state.outcome().is_none() {
        inner.report(watch.call, || CallEventKind::Progressed {
            provider: lane.id.clone(),
            status: report.status_word.clone(),
        });
    }
    // A list leaves out what a single read has: the summary above all. Worth one read where there
    // is room.
    let report = if report.state.outcome().is_some() && lane.may_read_now(inner.now()) {
        read(lane, &report.id)
            .await
            .ok()
            .filter(|detail| detail.state.outcome().is_some())
            .unwrap_or(report)
    } else {
        report
    };
    note(inner, lane, watch.call, watch.attempt, watch.since, report).await;
}

/// Writes a provider's record of a call down, and stops watching one that is over.
pub(crate) async fn note(
    inner: &Arc<Inner>,
    lane: &Arc<Lane>,
    call: CallId,
    attempt: AttemptId,
    since: Timestamp,
    report: ProviderCall,
) {
    let (theirs, cost, outcome) = (report.id.clone(), report.cost, report.state.outcome());
    let fact = Fact::Reported(Box::new(report));
    let written = match outcome {
        Some(outcome) => {
            let bill = match cost {
                Some(cost) => bill::of_call(inner, call, attempt, lane, cost).await.map(Some),
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
        tracing::warn!(%call, %error, "a report was not written down");
        return;
    }
    let Some(outcome) = outcome else { return };
    if lane.unwatch(&theirs).is_some() {
        inner.report(call, || CallEventKind::Ended { provider: lane.id.clone(), outcome });
    }
    match cost {
        Some(_) => {}
        None if lane.provider.usage().is_some() => {
            lane.await_bill(theirs, Unbilled::new(call, attempt, since))
        }
        None => {}
    }
}

/// Hangs up a call that lasts longer than it may.
pub(crate) async fn stop_overlong(
    inner: &Arc<Inner>,
    call: CallId,
    lane: &Arc<Lane>,
    theirs: &ProviderCallId,
) {
    let Some(control) = lane.provider.call_control() else {
        return;
    };
    inner.report(call, || CallEventKind::StopRequested { provider: lane.id.clone() });
    match AssertUnwindSafe(control.stop(theirs)).catch_unwind().await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(%call, %error, "a call that lasts too long could not be stopped")
        }
        Err(_) => {
            tracing::error!(%call, provider = %lane.id, "the backend panicked while it stopped a call")
        }
    }
}

/// Calls that last too long are stopped; those that should be over by now get one last read, then
/// they are `stalled`.
async fn overdue(inner: &Arc<Inner>, lane: &Arc<Lane>) {
    for (id, watch) in lane.watches() {
        if inner.now() >= watch.longest && lane.stops(&id) {
            stop_overlong(inner, watch.call, lane, &id).await;
        }
        if inner.now() < watch.deadline {
            continue;
        }
        lane.read_turn(&*inner.clock).await;
        match read(lane, &id).await {
            Ok(report) if report.state.outcome().is_some() => {
                note(inner, lane, watch.call, watch.attempt, watch.since, report).await
            }
            Ok(_) | Err(_) => {
                lane.unwatch(&id);
                inner.report(watch.call, || CallEventKind::Overdue { provider: lane.id.clone() });
                if let Err(error) = inner.record(watch.call, Fact::Overdue).await {
                    tracing::warn!(call = %watch.call, %error, "an overdue call was not written down");
                }
            }
        }
    }
}

/// Looks for the bills of calls that are over.
async fn bills(inner: &Arc<Inner>, lane: &Arc<Lane>) -> Result<()> {
    let (Some(usage), unbilled) = (lane.provider.usage(), lane.unbilled()) else {
        return Ok(());
    };
    let Some(oldest) = unbilled.values().map(|one| one.since).min() else {
        return Ok(());
    };
    lane.read_turn(&*inner.clock).await;
    let filter = UsageFilter { since: oldest.checked_sub(SLACK).ok(), ..UsageFilter::default() };
    let records = usage.records(&filter).await?;
    let mut open = unbilled;
    for record in records {
        if let (Some(id), Some(cost)) = (record.call, record.cost)
            && let Some(one) = open.remove(&id)
        {
            bill::note(inner, one.call, one.attempt, lane, cost).await;
            lane.billed(&id);
        }
    }
    for id in open.keys() {
        lane.no_bill(id);
    }
    Ok(())
}

pub(crate) async fn settle_costs(inner: &Arc<Inner>) -> Result<()> {
    let mut failed = None;
    for lane in inner.lanes() {
        if let Err(error) = bills(inner, &lane).await
            && error.kind() != ErrorKind::Unsupported
        {
            failed.get_or_insert(error);
        }
    }
    failed.map_or(Ok(()), Err)
}
