//! Submits the rows, a bounded number at a time.
//!
//! A row is started only while few calls are undecided. How soon a call is decided depends on the
//! providers' limits, so the batch follows their pace and no call waits until it expires.

use std::{collections::BTreeMap, future, time::Duration};

use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use jiff::Timestamp;
use switchboard::{
    Call, CallId, CallStatus, Engine, Error, ErrorKind, Switchboard, ValidCall,
    core::CallKey,
    engine::{CallEvent, CallEventKind, Submitted},
    journal::DuplicateOf,
};
use switchboard_batch::{Checker, Rejection, Row, Table, is_worth_retrying};
use tokio::time::{Instant, interval, interval_at, sleep_until};

use crate::{
    commands::batch::{
        first_words::FirstWords,
        refusals::Refusals,
        report::{Report, Unsettled},
        waits::{self, Scheduled},
    },
    failure::{Failure, Outcome},
    interrupt::{self, Signal},
};

/// How many calls may be waited for at the same time. A provider that answers at the end of a call
/// keeps a connection open for each.
const MOST_OPEN: usize = 400;
/// How long an interrupted batch waits for responses: longer than the longest call.
const LONGEST_CALL: Duration = Duration::from_secs(75 * 60);
const TICK: Duration = Duration::from_millis(250);
/// How often the ledger is checked for calls that an operator or another process settled.
const CHECK_EVERY: Duration = Duration::from_secs(5);

/// How rows are started, and how long they are waited for.
#[derive(Debug)]
pub(super) struct Settings {
    /// The maximum number of undecided calls.
    pub(super) at_once: usize,
    /// Wait until every call is over, not only decided.
    pub(super) wait: bool,
    /// Pause after too many identical refusals.
    pub(super) pauses: bool,
    /// How fast rows are started.
    pub(super) pace: Pace,
}

/// When the next row may be started.
#[derive(Debug)]
pub(super) struct Pace {
    gap: Duration,
    next: Instant,
}

impl Pace {
    /// One row per `gap`; zero means no limit.
    pub(super) fn new(gap: Duration) -> Self {
        Self { gap, next: Instant::now() }
    }

    fn started(&mut self) {
        self.next = Instant::now() + self.gap;
    }
}

/// A call that is waited for.
#[derive(Debug, Clone, Copy)]
struct Pending {
    call: CallId,
    decided: bool,
    /// It was not settled before this run.
    is_new: bool,
}

/// The next news of each pending row's call.
type Waiting = FuturesUnordered<BoxFuture<'static, (usize, switchboard::Result<Call>)>>;

/// Submits the rows, and returns once no call is waited for.
///
/// # Errors
/// A ledger that fails; nothing more is sent then.
pub(super) async fn run(
    switchboard: &Switchboard,
    table: &Table,
    checker: Checker,
    settings: Settings,
    report: &mut Report,
) -> Outcome<()> {
    let mut signals = interrupt::listen()?;
    let mut sending = Sending {
        engine: switchboard.engine().clone(),
        table,
        checker,
        settings,
        waiting: Waiting::new(),
        calls: BTreeMap::new(),
        refusals: Refusals::default(),
        first_words: FirstWords::default(),
        scheduled: Scheduled::default(),
        paused: false,
    };
    let mut events = sending.engine.events();
    let mut rows = table.rows().peekable();
    let mut tick = interval(TICK);
    let mut check = interval_at(Instant::now() + CHECK_EVERY, CHECK_EVERY);
    let mut closing: BoxFuture<'static, ()> = Box::pin(future::pending());
    let mut interrupted = false;
    loop {
        let more = !interrupted && !sending.paused && rows.peek().is_some();
        let may_start = more
            && sending.undecided() < sending.settings.at_once
            && sending.calls.len() < MOST_OPEN;
        if !more && sending.calls.is_empty() {
            break;
        }
        tokio::select! {
            biased;
            Some(signal) = signals.recv() => {
                if interrupted || signal == Signal::Terminate {
                    sending.engine.stop_now();
                    interrupted = true;
                    break;
                }
                interrupted = true;
                report.say(
                    "interrupted: no more rows are started and nothing more is sent; waiting for the calls that providers have; interrupt again to leave",
                );
                let engine = sending.engine.clone();
                closing = Box::pin(async move { engine.shutdown(LONGEST_CALL).await });
            }
            () = sending.engine.failed() => return Err(ledger_failed()),
            Some((row, news)) = sending.waiting.next(), if !sending.waiting.is_empty() => sending.on_news(row, news, report)?,
            Ok(event) = events.recv() => sending.on_event(&event, report),
            () = &mut closing => break,
            () = sleep_until(sending.settings.pace.next), if may_start => {
                if let Some(row) = rows.next() {
                    sending.start(row, report).await?;
                }
            }
            _ = check.tick() => sending.check_ledger(report).await?,
            _ = tick.tick() => {
                let waits = waits::in_words(&sending.engine, &sending.scheduled);
                report.tick(sending.calls.len(), waits.as_deref());
            }
        }
    }
    sending.finish(rows.count(), report).await?;
    if !interrupted {
        sending.read_bills(report).await?;
        sending.engine.shutdown(LONGEST_CALL).await;
    }
    Ok(())
}

fn ledger_failed() -> Failure {
    Failure::from(Error::new(
        ErrorKind::Journal,
        "the ledger cannot be written any more, and nothing more is sent: fix it and run the batch again, which continues where it stopped",
    ))
}

struct Sending<'a> {
    engine: Engine,
    table: &'a Table,
    checker: Checker,
    settings: Settings,
    waiting: Waiting,
    /// The rows that are waited for.
    calls: BTreeMap<usize, Pending>,
    refusals: Refusals,
    first_words: FirstWords,
    scheduled: Scheduled,
    /// True after too many identical refusals, or too many calls without their first words.
    paused: bool,
}

impl Sending<'_> {
    /// Writes one row's call to the ledger, from where the engine places it.
    async fn start(&mut self, row: Row, report: &mut Report) -> Outcome<()> {
        let number = row.number;
        let call = match self.check(row, report) {
            Ok(call) => call,
            Err(rejection) => {
                return report.rejected(self.table, number, &rejection);
            }
        };
        match self.submit(call).await {
            Ok((submitted, after_refusals)) => {
                report.submitted(number, &submitted, after_refusals);
                if matches!(submitted, Submitted::New(_)) {
                    self.settings.pace.started();
                }
                let call = submitted.into_call();
                self.first_words.started(call.id);
                let pending =
                    Pending { call: call.id, decided: false, is_new: !call.status.is_settled() };
                if pending.is_new {
                    self.refusals.started(number);
                }
                self.calls.insert(number, pending);
                let engine = self.engine.clone();
                self.waiting.push(Box::pin(async move { (number, engine.decided(call.id).await) }));
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::Journal => Err(error.into()),
            Err(error) => match DuplicateOf::in_error(&error) {
                Some(of) => report.held_back(self.table, number, of),
                None => report.rejected(self.table, number, &Rejection::from(error)),
            },
        }
    }

    /// Submits a row's call, and returns how many of its calls were refused before. A row without
    /// its own idempotency key gets a new call if the last one was refused for a reason that may
    /// pass, while its window is open; no phone rang for those. A row with its own key has one
    /// call.
    async fn submit(&mut self, mut call: ValidCall) -> switchboard::Result<(Submitted, u32)> {
        let derived = call.key.is_none();
        let in_time = call.window.closes.is_none_or(|closes| closes > Timestamp::now());
        let mut after = 0;
        loop {
            if derived {
                call.key = Some(CallKey::Derived(self.checker.keys().key(&call, after)));
            }
            match self.engine.accept(call.clone()).await? {
                Submitted::Before(refused) | Submitted::Changed(refused)
                    if derived && in_time && is_worth_retrying(&refused) =>
                {
                    after += 1
                }
                submitted => return Ok((submitted, after)),
            }
        }
    }

    fn check(&mut self, row: Row, report: &mut Report) -> Result<ValidCall, Rejection> {
        self.checker.set_fallback(self.engine.policy().default_country);
        let checked = self.checker.check(row, Timestamp::now());
        let call = checked.call?;
        if checked.default_country_used {
            report.default_country_used(&call);
        }
        Ok(call)
    }

    fn undecided(&self) -> usize {
        self.calls.values().filter(|pending| !pending.decided).count()
    }

    /// Says what became of a provider. Stops the batch where agents leave out what they have to say
    /// first: each further call would break the same rule.
    fn on_event(&mut self, event: &CallEvent, report: &mut Report) {
        self.scheduled.on_event(event);
        if let CallEventKind::OutOfCredit { .. }
        | CallEventKind::BreakerOpened { .. }
        | CallEventKind::DomainBreakerOpened { .. }
        | CallEventKind::Ejected { .. } = event.kind
        {
            report.say(&event.to_string());
        }
        if self.first_words.stop_at(event) {
            self.paused = true;
            report.first_words_missing();
        }
    }

    /// A row's call was decided, or is over.
    fn on_news(
        &mut self,
        row: usize,
        news: switchboard::Result<Call>,
        report: &mut Report,
    ) -> Outcome<()> {
        let call = match news {
            Ok(call) => call,
            Err(error) => {
                // From now on only the regular check of the ledger sees it.
                tracing::debug!(%error, row, "a call is not followed any more");
                return Ok(());
            }
        };
        // The check of the ledger may have been faster.
        let Some(pending) = self.calls.get_mut(&row) else {
            return Ok(());
        };
        if call.status.is_settled() {
            return self.settled(row, &call, report);
        }
        pending.decided = true;
        // "Attempting" means that the provider answers only when the phone call is over.
        if self.settings.wait || call.status == CallStatus::Attempting {
            let engine = self.engine.clone();
            self.waiting.push(Box::pin(async move { (row, engine.wait(call.id).await) }));
        } else {
            self.calls.remove(&row);
            report.add_credentials(&call);
            report.unsettled(row, &call, Unsettled::AsAsked);
        }
        Ok(())
    }

    fn settled(&mut self, row: usize, call: &Call, report: &mut Report) -> Outcome<()> {
        if self.calls.remove(&row).is_some_and(|pending| pending.is_new) {
            report.add_credentials(call);
            if let Some(refusal) = self.refusals.settled(row, call)
                && self.settings.pauses
                && !std::mem::replace(&mut self.paused, true)
            {
                report.paused(refusal);
            }
        }
        report.settled(self.table, row, call)
    }

    /// Looks for calls that an operator or another process settled.
    async fn check_ledger(&mut self, report: &mut Report) -> Outcome<()> {
        let waiting: Vec<(usize, CallId)> =
            self.calls.iter().map(|(row, pending)| (*row, pending.call)).collect();
        for (row, id) in waiting {
            let call = self.engine.get(id).await?;
            if call.status.is_settled() {
                self.settled(row, &call, report)?;
            }
        }
        Ok(())
    }

    /// Reports the calls that were not waited for.
    async fn finish(&mut self, left: usize, report: &mut Report) -> Outcome<()> {
        report.not_started(left);
        for (row, pending) in std::mem::take(&mut self.calls) {
            let call = self.engine.get(pending.call).await?;
            report.add_credentials(&call);
            if call.status.is_settled() {
                report.settled(self.table, row, &call)?;
            } else {
                report.unsettled(row, &call, Unsettled::Left);
            }
        }
        Ok(())
    }

    /// Reads missing bills from the providers' usage logs. If a log cannot be read, they stay
    /// unknown.
    async fn read_bills(&mut self, report: &mut Report) -> Outcome<()> {
        if report.unbilled().is_empty() {
            return Ok(());
        }
        if let Err(error) = self.engine.settle_costs().await {
            tracing::warn!(%error, "the usage log could not be read; some bills are unknown");
        }
        for id in report.unbilled().to_vec() {
            let call = self.engine.get(id).await?;
            report.billed(&call);
        }
        Ok(())
    }
}
