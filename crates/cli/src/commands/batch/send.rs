//! A bounded number of rows under way.
//!
//! A row is begun only while few are undecided: the providers' limits decide how soon a call is, so
//! that the table follows their pace and no call waits so long that it is refused for it.

use std::{collections::BTreeMap, future, time::Duration};

use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use jiff::Timestamp;
use switchboard::{
    Call, CallId, CallRequest, CallStatus, Country, Engine, Error, ErrorKind, Policy, Switchboard,
    ValidCall, core::CallKey, engine::Submitted, journal::DuplicateOf,
};
use tokio::time::{Instant, interval, interval_at, sleep_until};

use crate::{
    commands::batch::{
        key::Batch,
        refusals::{Refusals, may_go_better},
        report::Report,
        table::{Row, Table},
    },
    failure::{Failure, Outcome},
    interrupt::{self, Signal},
};

/// Calls that are waited for at the same time: a provider that answers at the end of a call keeps a
/// connection open for each.
const MOST_OPEN: usize = 400;
/// How long an interrupted batch waits for answers: longer than the longest call.
const LONGEST_CALL: Duration = Duration::from_secs(75 * 60);
const TICK: Duration = Duration::from_millis(250);
/// How often the ledger is asked for calls that are waited for: an operator or another process may
/// have settled one.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// How rows are begun and how long they are waited for.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// So many are undecided at most.
    pub(super) at_once: usize,
    /// Until every call is over.
    pub(super) wait: bool,
    /// No more rows are begun after too many refusals that are alike.
    pub(super) pauses: bool,
    /// What is said of every row.
    pub(super) rows: EveryRow,
}

/// What holds for every row of the batch, where the row does not say it itself.
#[derive(Debug, Clone, Default)]
pub(super) struct EveryRow {
    /// The same person with the same task again is meant.
    pub(super) again: bool,
    /// Where a provider is out of credit, the next may be tried.
    pub(super) failover_on_quota: bool,
    /// Where numbers without + are dialled.
    pub(super) default_country: Option<Country>,
}

impl EveryRow {
    /// The row's request as it is meant in this batch.
    pub(super) fn complete(
        &self,
        mut request: CallRequest,
        batch: &str,
        policy: &Policy,
    ) -> CallRequest {
        request.batch = Some(batch.to_owned());
        request.allow_duplicate |= self.again;
        request.failover_on_quota |= self.failover_on_quota;
        if request.default_country.is_none() {
            request.default_country =
                self.default_country.map(|country| country.as_str().to_owned());
        }
        policy.complete(&request).into_owned()
    }
}

/// When the next call may be begun.
#[derive(Debug)]
pub(super) struct Pace {
    gap: Duration,
    next: Instant,
}

impl Pace {
    /// One call in each gap; zero: at once.
    pub(super) fn new(gap: Duration) -> Self {
        Self { gap, next: Instant::now() }
    }

    fn begun(&mut self) {
        self.next = Instant::now() + self.gap;
    }
}

/// A row that is waited for.
#[derive(Debug, Clone, Copy)]
struct Under {
    call: CallId,
    decided: bool,
    /// It was not over before this run.
    live: bool,
}

/// Rows, and what becomes of their calls.
type Waiting = FuturesUnordered<BoxFuture<'static, (usize, switchboard::Result<Call>)>>;

/// Sends the rows and returns when nothing is waited for any more.
///
/// # Errors
/// A ledger that fails: nothing is sent any more then.
pub(super) async fn run(
    switchboard: &Switchboard,
    table: &Table,
    batch: Batch,
    settings: Settings,
    pace: Pace,
    report: &mut Report,
) -> Outcome<()> {
    let mut asked = interrupt::listen()?;
    let mut sending = Sending {
        engine: switchboard.engine().clone(),
        table,
        batch,
        settings,
        pace,
        waiting: Waiting::new(),
        calls: BTreeMap::new(),
        refusals: Refusals::default(),
        paused: false,
    };
    let mut rows = table.rows().peekable();
    let mut tick = interval(TICK);
    let mut look = interval_at(Instant::now() + LOOK_AGAIN, LOOK_AGAIN);
    let mut closing: BoxFuture<'static, ()> = Box::pin(future::pending());
    let mut interrupted = false;
    loop {
        let more = !interrupted && !sending.paused && rows.peek().is_some();
        let may_begin = more
            && sending.undecided() < sending.settings.at_once
            && sending.calls.len() < MOST_OPEN;
        if !more && sending.calls.is_empty() {
            break;
        }
        tokio::select! {
            biased;
            Some(who) = asked.recv() => {
                if interrupted || who == Signal::Terminate {
                    sending.engine.stop_now();
                    interrupted = true;
                    break;
                }
                interrupted = true;
                report.say(
                    "interrupted: no more rows are begun and nothing more is sent; what is at a provider is waited for; interrupt again to leave",
                );
                let engine = sending.engine.clone();
                closing = Box::pin(async move { engine.shutdown(LONGEST_CALL).await });
            }
            () = sending.engine.failed() => return Err(ledger_failed()),
            Some((row, told)) = sending.waiting.next(), if !sending.waiting.is_empty() => sending.told(row, told, report)?,
            () = &mut closing => break,
            () = sleep_until(sending.pace.next), if may_begin => {
                if let Some(row) = rows.next() {
                    sending.begin(row, report).await?;
                }
            }
            _ = look.tick() => sending.look(report).await?,
            _ = tick.tick() => report.tick(sending.calls.len()),
        }
    }
    sending.leave(rows.count(), report).await?;
    if !interrupted {
        sending.bills(report).await?;
        sending.engine.shutdown(LONGEST_CALL).await;
    }
    Ok(())
}

fn ledger_failed() -> Failure {
    Failure::from(Error::new(
        ErrorKind::Journal,
        "the ledger cannot be written any more and nothing is sent: mend it and run the batch again, which goes on where it stopped",
    ))
}

struct Sending<'a> {
    engine: Engine,
    table: &'a Table,
    batch: Batch,
    settings: Settings,
    pace: Pace,
    waiting: Waiting,
    /// The rows that are waited for.
    calls: BTreeMap<usize, Under>,
    refusals: Refusals,
    /// After too many refusals that are alike.
    paused: bool,
}

impl Sending<'_> {
    /// One row into the ledger, from where it goes its own way.
    async fn begin(&mut self, row: Row, report: &mut Report) -> Outcome<()> {
        let number = row.number;
        let call = match self.check(row, report) {
            Ok(call) => call,
            Err(refused) => {
                return report.rejected(self.table, number, &refused.because, &refused.reason);
            }
        };
        match self.store_webhook(call).await {
            Ok((submitted, after_refusals)) => {
                report.submitted(&submitted, after_refusals);
                if matches!(submitted, Submitted::New(_)) {
                    self.pace.begun();
                }
                let call = submitted.into_call();
                let under =
                    Under { call: call.id, decided: false, live: !call.status.is_settled() };
                if under.live {
                    self.refusals.begun(number);
                }
                self.calls.insert(number, under);
                let engine = self.engine.clone();
                self.waiting.push(Box::pin(async move { (number, engine.decided(call.id).await) }));
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::Journal => Err(error.into()),
            Err(error) => match DuplicateOf::in_error(&error) {
                Some(of) => report.held_back(self.table, number, of),
                None => {
                    let refused = Refused::from(error);
                    report.rejected(self.table, number, &refused.because, &refused.reason)
                }
            },
        }
    }

    /// The row's call, and how many of its calls were refused before. A row without a key of its
    /// own has one call after another, each only once the one before was refused for what another
    /// time may go better, and while its window is open; nobody's phone rang for those. A key of
    /// the caller's own has one call.
    async fn store_webhook(
        &mut self,
        mut call: ValidCall,
    ) -> switchboard::Result<(Submitted, u32)> {
        let derived = call.key.is_none();
        let in_time = call.window.closes.is_none_or(|closes| closes > Timestamp::now());
        let mut after = 0;
        loop {
            if derived {
                call.key = Some(CallKey::Derived(self.batch.key(&call, after)));
            }
            match self.engine.store_webhook(call.clone()).await? {
                Submitted::Before(refused) | Submitted::Changed(refused)
                    if derived && in_time && may_go_better(&refused) =>
                {
                    after += 1
                }
                submitted => return Ok((submitted, after)),
            }
        }
    }

    fn check(&mut self, row: Row, report: &mut Report) -> Result<ValidCall, Refused> {
        let request = row.request.map_err(Refused::plain)?;
        let request =
            self.settings.rows.complete(request, self.batch.name(), &self.engine.policy());
        let call = validate(&request, Timestamp::now())?;
        if let Some(first) = self.batch.earlier(row.number, &call) {
            return Err(Refused::same(first));
        }
        report.read(&request, &call);
        Ok(call)
    }

    fn undecided(&self) -> usize {
        self.calls.values().filter(|under| !under.decided).count()
    }

    /// The engine says that a row's call is decided, or that it is over.
    fn told(
        &mut self,
        row: usize,
        told: switchboard::Result<Call>,
        report: &mut Report,
    ) -> Outcome<()> {
        let call = match told {
            Ok(call) => call,
            Err(error) => {
                // Nobody tells any more what becomes of it: a look at the ledger does.
                tracing::debug!(%error, row, "a call is not followed any more");
                return Ok(());
            }
        };
        // A look at the ledger may have been faster.
        let Some(under) = self.calls.get_mut(&row) else {
            return Ok(());
        };
        if call.status.is_settled() {
            return self.settled(row, &call, report);
        }
        under.decided = true;
        // A provider that answers when the phone call is over has told nothing until then.
        if self.settings.wait || call.status == CallStatus::Attempting {
            let engine = self.engine.clone();
            self.waiting.push(Box::pin(async move { (row, engine.wait(call.id).await) }));
        } else {
            self.calls.remove(&row);
            report.met(&call);
            report.unsettled(row, &call, true);
        }
        Ok(())
    }

    fn settled(&mut self, row: usize, call: &Call, report: &mut Report) -> Outcome<()> {
        if self.calls.remove(&row).is_some_and(|under| under.live) {
            report.met(call);
            if let Some(refusal) = self.refusals.settled(row, call)
                && self.settings.pauses
                && !std::mem::replace(&mut self.paused, true)
            {
                report.paused(refusal);
            }
        }
        report.settled(self.table, row, call)
    }

    /// What somebody else settled.
    async fn look(&mut self, report: &mut Report) -> Outcome<()> {
        let waiting: Vec<(usize, CallId)> =
            self.calls.iter().map(|(row, under)| (*row, under.call)).collect();
        for (row, id) in waiting {
            let call = self.engine.get(id).await?;
            if call.status.is_settled() {
                self.settled(row, &call, report)?;
            }
        }
        Ok(())
    }

    /// Reads the calls that nobody waited for to the end.
    async fn leave(&mut self, left: usize, report: &mut Report) -> Outcome<()> {
        report.left(left);
        for (row, under) in std::mem::take(&mut self.calls) {
            let call = self.engine.get(under.call).await?;
            report.met(&call);
            if call.status.is_settled() {
                report.settled(self.table, row, &call)?;
            } else {
                report.unsettled(row, &call, false);
            }
        }
        Ok(())
    }

    /// The bill is in the usage log where it is not in the answer. A log that cannot be read leaves
    /// it unknown.
    async fn bills(&mut self, report: &mut Report) -> Outcome<()> {
        if report.unbilled().is_empty() {
            return Ok(());
        }
        if let Err(error) = self.engine.settle_costs().await {
            tracing::warn!(%error, "bills are not known");
        }
        for id in report.unbilled().to_vec() {
            let call = self.engine.get(id).await?;
            report.billed(&call);
        }
        Ok(())
    }
}

/// A row that became a call before its window was over is still that call: it is asked for as it
/// was. One that did not is refused by the engine, because its window is over.
pub(super) fn validate(request: &CallRequest, now: Timestamp) -> Result<ValidCall, Refused> {
    let error = match request.validate(now) {
        Ok(call) => return Ok(call),
        Err(error) => error,
    };
    let closes = request.closes().ok().flatten().filter(|closes| *closes <= now);
    let closes = closes.filter(|_| error.field() == Some("not_after"));
    let before = closes.and_then(|closes| closes.checked_sub(Duration::from_millis(1)).ok());
    before.and_then(|before| request.validate(before).ok()).ok_or_else(|| Refused::from(error))
}

/// Why a row became no call.
pub(super) struct Refused {
    /// For a person, with the fix.
    pub(super) because: String,
    /// In a word.
    pub(super) reason: String,
}

impl Refused {
    pub(super) fn same(first: usize) -> Self {
        Self {
            because: format!(
                "is the same as row {first}: give each an idempotency_key of its own where both are meant"
            ),
            reason: ErrorKind::PossibleDuplicate.as_str().to_owned(),
        }
    }

    pub(super) fn plain(because: String) -> Self {
        Self { because, reason: "invalid_request".to_owned() }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self {
            reason: error.code().unwrap_or(error.kind().as_str()).to_owned(),
            because: error.to_string(),
        }
    }
}
