//! The placing request: how it is sent, which faults it meets, and its result.

use std::{panic::resume_unwind, time::Duration};

use switchboard::{
    Delivery, ErrorKind, PlaceError, Result,
    core::{AttemptId, PlaceRequest, ProviderCall, ProviderCallId, Refusal},
};

use super::{
    Sown, director,
    fault::Fault,
    kind::Kind,
    network::{self, Request},
    plan::wish_of,
    provider::{SimProvider, report},
    staff::SEND_WITHIN,
};

/// How late a faulty backend sends, in milliseconds.
const SENT_LATE: u64 = 5 * 60_000;

impl SimProvider {
    /// Places a call, possibly with a fault injected into the backend.
    pub(super) async fn placing(&self, order: &PlaceRequest) -> Result<ProviderCall, PlaceError> {
        let came = self.world.now();
        if let Some(call) = self.world.with(|state| state.attempts.get(&order.attempt).copied()) {
            director::at_door(&self.world, &self.process, call);
        }
        let stopped = self.world.now();
        self.process.gate().await;
        let resumed = self.world.now();
        if self.world.sown == Some(Sown::SentLate) {
            self.travels(SENT_LATE).await;
        }
        // What a process sleeps through after its last check cannot be held against it.
        let judged = self.world.now().saturating_sub(resumed - stopped);
        let since = judged.saturating_sub(SEND_WITHIN.as_millis() as u64);
        let readings = self.process.readings(since, judged);
        let nth = self.world.with(|state| state.notes.leaves(order.attempt, readings));
        let request = Request { order, nth };
        let (fault, draw) = self.leaves(request, came);
        let answer = self.place_with(request, fault, draw).await;
        match (answer, self.world.sown) {
            (Err(error), Some(Sown::SilenceAssumed)) if error.delivery() == Delivery::Unknown => {
                Err(PlaceError::not_sent(error.into_error()))
            }
            (Err(error), Some(Sown::RequestSentAgain)) if error.delivery() == Delivery::Unknown => {
                self.answered(request, 10, draw).await
            }
            (
                answer,
                Some(
                    Sown::SilenceAssumed
                    | Sown::RequestSentAgain
                    | Sown::ClaimForgotten
                    | Sown::NewsWithheld
                    | Sown::RulesOff
                    | Sown::CalleeUnchecked
                    | Sown::SentLate
                    | Sown::RecordLies
                    | Sown::KeyForgotten
                    | Sown::RequestHeldBack,
                )
                | None,
            ) => answer,
        }
    }

    /// After how many milliseconds a request that was held back arrives. No document says what a provider
    /// does with one that comes after its key's life: the world keeps what the engine supposes where it
    /// repeats a request, that the first one is on its way for less than that, and the repeat for less than
    /// two minutes.
    fn held_back(&self, nth: usize, late: u64) -> u64 {
        let life = match self.kind.key_life() {
            Some(life) if self.kind.repeats() => {
                u64::try_from(life.as_millis()).unwrap_or(u64::MAX)
            }
            _ => return late,
        };
        match nth {
            0 if self.world.sown == Some(Sown::RequestHeldBack) => life + 60_000,
            0 => late.min(life - 1_000),
            _ => late.min(119_000),
        }
    }

    /// Sends the request. Returns its fault and the durations.
    fn leaves(&self, request: Request<'_>, came: u64) -> (Option<Fault>, u64) {
        let Request { order, nth: request } = request;
        let (now, wish) = (self.world.now(), wish_of(&order.call));
        self.world.with(|state| {
            state.unsent.remove(&order.attempt);
            state.tallies.at(self.kind).repeats += u64::from(request > 0);
            if let Some(url) = order.webhook_url.as_ref().filter(|_| self.kind.has_webhooks())
                && let Some(tail) = url.path().strip_prefix("/hooks/v1/")
            {
                state.addresses.insert(order.attempt, tail.to_owned());
            }
            let nth = state.tried[wish];
            state.tried[wish] += 1;
            let mut fault = self.world.plan.wishes[wish]
                .places
                .get(nth)
                .copied()
                .flatten()
                .filter(|_| !state.calm);
            let places = &self.world.plan.wishes[wish].places;
            if !state.calm
                && places.iter().take(nth).any(|before| *before == Some(Fault::RateLimitedNow))
            {
                fault = Some(Fault::RateLimitedNow);
            }
            if fault == Some(Fault::ForeignAnswer) && self.foreign(state, order).is_none() {
                fault = None;
            }
            if let Some(fault) = fault {
                let stage = state.stage_of_attempt(order.attempt);
                state.met(now, fault, stage, Some(wish), Some(self.process.number));
            }
            let arrives = !matches!(
                fault,
                Some(
                    Fault::ConnectionRefused
                        | Fault::NameNotFound
                        | Fault::ConnectTimeout
                        | Fault::ResetBeforeFirstByte
                        | Fault::PanicBeforeSend
                )
            );
            if arrives && self.kind == Kind::KaiCalls {
                state.door.push(came);
            }
            (fault, state.random.next())
        })
    }

    /// A call at this provider that belongs to another call.
    fn foreign(&self, state: &super::world::State, order: &PlaceRequest) -> Option<ProviderCallId> {
        let others = state
            .seen
            .values()
            .filter(|seen| seen.call.attempts.iter().all(|one| one.id != order.attempt));
        let mut owned = others.filter(|seen| seen.call.provider.as_ref() == Some(&self.info.id));
        owned.find_map(|seen| seen.call.provider_call_id.clone())
    }

    /// The request arrives and gets a normal response.
    async fn answered(
        &self,
        request: Request<'_>,
        after: u64,
        draw: u64,
    ) -> Result<ProviderCall, PlaceError> {
        let Request { order, nth } = request;
        network::deliver(&self.world, request, self.kind, after, false);
        let thinks = self.world.plan.wishes[wish_of(&order.call)].thinks + self.kind.prepares(draw);
        tokio::time::sleep(Duration::from_millis(after + thinks)).await;
        if self.kind.is_synchronous() {
            self.ends(order.attempt).await;
        }
        self.process.gate().await;
        let now = self.world.now();
        let found = self.world.with(|state| {
            let known = network::of_key(&self.world, state, self.kind, order.idempotency_key);
            let latest = || state.records.iter().rposition(|one| one.attempt == order.attempt);
            let record = &state.records[known.or_else(latest)?];
            Some((report(record, now), record.attempt == order.attempt && record.request == nth))
        });
        match found {
            Some((report, is_new)) if is_new || self.kind.repeats_answer() => Ok(report),
            Some((report, _)) => self.repeated(report, draw),
            None => Err(PlaceError::unknown(self.error(ErrorKind::Provider))),
        }
    }

    /// What a repeat is answered with is not documented: anything that places no second call.
    fn repeated(&self, first: ProviderCall, draw: u64) -> Result<ProviderCall, PlaceError> {
        let error = |kind| self.error(kind).with_code("duplicate");
        match draw % 4 {
            0 => Ok(first),
            1 => Err(PlaceError::placed(error(ErrorKind::Decode))),
            2 => Err(PlaceError::refused(Refusal::ThisProvider, error(ErrorKind::Conflict))),
            _ => Err(PlaceError::unknown(error(ErrorKind::Conflict))),
        }
    }

    /// Waits until the phone call has ended.
    async fn ends(&self, attempt: AttemptId) {
        loop {
            let now = self.world.now();
            let ends = self.world.with(|state| {
                state
                    .records
                    .iter()
                    .rev()
                    .find(|record| record.attempt == attempt)
                    .map_or(now, |record| record.ends)
            });
            if now >= ends {
                return;
            }
            tokio::time::sleep(Duration::from_millis((ends - now).min(10_000))).await;
        }
    }

    async fn place_with(
        &self,
        request: Request<'_>,
        fault: Option<Fault>,
        draw: u64,
    ) -> Result<ProviderCall, PlaceError> {
        let order = request.order;
        let wish = &self.world.plan.wishes[wish_of(&order.call)];
        let (soon, travel) = (50 + draw % 3_000, 10 + draw % 150);
        let fails = |kind, delivery| Err(PlaceError::new(delivery, self.error(kind)));
        let refused = |kind, refusal| fails(kind, Delivery::Refused(refusal));
        let arrives =
            |after, is_late| network::deliver(&self.world, request, self.kind, after, is_late);
        let Some(fault) = fault else {
            return self.answered(request, travel, draw).await;
        };
        match fault {
            Fault::ConnectionRefused | Fault::NameNotFound => {
                self.travels(travel).await;
                fails(ErrorKind::Connect, Delivery::NotSent)
            }
            Fault::ConnectTimeout => {
                self.travels(5_000).await;
                fails(ErrorKind::Timeout, Delivery::NotSent)
            }
            Fault::ResetBeforeFirstByte => {
                self.travels(travel).await;
                fails(ErrorKind::Transport, Delivery::NotSent)
            }
            Fault::PanicBeforeSend => {
                self.travels(travel).await;
                resume_unwind(Box::new("the backend panics"))
            }
            Fault::ResetRequestLost => {
                self.travels(soon).await;
                fails(ErrorKind::Transport, Delivery::Unknown)
            }
            Fault::TimeoutRequestLost => {
                self.travels(self.kind.patience()).await;
                fails(ErrorKind::Timeout, Delivery::Unknown)
            }
            Fault::ServerErrorLost => {
                self.travels(soon).await;
                fails(ErrorKind::Provider, Delivery::Unknown)
            }
            Fault::AnswerLost => {
                arrives(travel, false);
                self.travels(travel + soon).await;
                fails(ErrorKind::Transport, Delivery::Unknown)
            }
            Fault::ServerErrorPlaced => {
                arrives(travel, false);
                self.travels(travel + soon).await;
                fails(ErrorKind::Provider, Delivery::Unknown)
            }
            Fault::PanicAfterDelivery => {
                arrives(travel, false);
                self.travels(travel + soon).await;
                resume_unwind(Box::new("the backend panics"))
            }
            Fault::TimeoutDelivered => {
                arrives(travel, false);
                self.travels(self.kind.patience()).await;
                fails(ErrorKind::Timeout, Delivery::Unknown)
            }
            Fault::TimeoutDeliveredLate => {
                arrives(self.held_back(request.nth, self.kind.patience() + wish.late), true);
                self.travels(self.kind.patience()).await;
                fails(ErrorKind::Timeout, Delivery::Unknown)
            }
            Fault::ResetDeliveredLate => {
                // Soon enough to come after a repeat, or much later.
                let late = if draw.is_multiple_of(2) { 5_000 + draw % 40_000 } else { wish.late };
                arrives(self.held_back(request.nth, soon + late), true);
                self.travels(soon).await;
                fails(ErrorKind::Transport, Delivery::Unknown)
            }
            Fault::ProviderPause => {
                let pause = 5_000 + draw % (self.kind.patience() * 2);
                match tokio::time::timeout(
                    Duration::from_millis(self.kind.patience()),
                    self.answered(request, pause, draw),
                )
                .await
                {
                    Ok(answer) => answer,
                    Err(_) => {
                        self.process.gate().await;
                        fails(ErrorKind::Timeout, Delivery::Unknown)
                    }
                }
            }
            Fault::RateLimited => {
                self.travels(soon).await;
                let wait = Duration::from_secs(1 + draw % 90);
                let refusal = self.error(ErrorKind::RateLimited).with_retry_after(wait);
                Err(PlaceError::refused(Refusal::RateLimited, refusal))
            }
            Fault::RateLimitedBlind => {
                self.travels(soon).await;
                refused(ErrorKind::RateLimited, Refusal::RateLimited)
            }
            Fault::RateLimitedNow => {
                self.travels(soon).await;
                let refusal = self.error(ErrorKind::RateLimited).with_retry_after(Duration::ZERO);
                Err(PlaceError::refused(Refusal::RateLimited, refusal))
            }
            Fault::OutOfCredit => {
                self.travels(soon).await;
                refused(ErrorKind::QuotaExceeded, Refusal::Quota)
            }
            Fault::ApprovalRequired => {
                self.travels(soon).await;
                refused(ErrorKind::NeedsApproval, Refusal::NeedsApproval)
            }
            Fault::RefusedHere => {
                self.travels(soon).await;
                refused(ErrorKind::CountryNotSupported, Refusal::ThisProvider)
            }
            Fault::RefusedForAll => {
                self.travels(soon).await;
                refused(ErrorKind::Blocked, Refusal::Everyone)
            }
            Fault::OptedOutThere => {
                self.travels(soon).await;
                let refusal = self.error(ErrorKind::Blocked);
                let refusal = match self.kind.suppression() {
                    Some(code) => {
                        self.world.with(|state| state.tallies.at(self.kind).opt_outs += 1);
                        refusal.with_code(code)
                    }
                    None => refusal,
                };
                Err(PlaceError::refused(Refusal::Everyone, refusal))
            }
            Fault::AsksOut => {
                self.world.with(|state| state.asking_out.insert(order.attempt));
                self.answered(request, travel, draw).await
            }
            Fault::NeverDialled => {
                self.world.with(|state| state.dropped.insert(order.attempt));
                self.answered(request, travel, draw).await
            }
            Fault::UnreadableAnswer => {
                self.answered(request, travel, draw).await?;
                fails(ErrorKind::Decode, Delivery::Placed)
            }
            Fault::ForeignAnswer => {
                let mut answer = self.answered(request, travel, draw).await?;
                match self.world.with(|state| self.foreign(state, order)) {
                    Some(foreign) => answer.id = foreign,
                    None => return fails(ErrorKind::Transport, Delivery::Unknown),
                }
                Ok(answer)
            }
            _ => self.answered(request, travel, draw).await,
        }
    }
}
