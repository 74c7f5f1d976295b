//! Rate limits, concurrency limits and budgets of the other policy. They are counted by the
//! journal's own code, which is filled by the replay.

use std::time::Duration;

use jiff::Timestamp;
use switchboard_core::{AttemptId, Money, ValidCall};
use switchboard_journal::{Denied, Reservations, Settlement};
use switchboard_router::{
    BudgetHold, Headroom, Parties, Policy, ProviderPolicy, Reservation, Scope, hold, scopes::slots,
};
use uuid::Uuid;

/// Why an attempt cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shortage {
    /// A rate limit, or a concurrency limit, is used up until this time.
    Full { scope: Scope, until: Timestamp, concurrency: bool },
    /// The named budget has too little left.
    OverBudget(String),
    /// The named budget covers the attempt, and its cost is unknown.
    CostUnknown(String),
    /// The other policy does not have this provider.
    NoSuchProvider,
}

/// What the attempts of the replay have reserved.
#[derive(Debug, Default)]
pub(super) struct ReplayReservations {
    reservations: Reservations,
    taken: u128,
}

/// An attempt for which reservations are to be made.
#[derive(Debug, Clone, Copy)]
pub(super) struct AttemptSpec<'a> {
    pub(super) policy: &'a Policy,
    pub(super) provider: &'a ProviderPolicy,
    pub(super) request: &'a ValidCall,
    pub(super) parties: Parties<'a>,
}

impl ReplayReservations {
    /// Reserves everything that the attempt needs, or says what is short.
    pub(super) fn take(
        &mut self,
        spec: AttemptSpec<'_>,
        now: Timestamp,
    ) -> Result<AttemptId, Shortage> {
        let limits = spec.limits(now);
        self.reservations.check(&limits, now).map_err(|denied| full(denied, now))?;
        let hold = spec.hold(now)?;
        for budget in hold.iter().flat_map(|hold| &hold.budgets) {
            let alone = Reservation {
                hold: hold
                    .as_ref()
                    .map(|hold| BudgetHold { amount: hold.amount, budgets: vec![budget.clone()] }),
                ..Reservation::default()
            };
            if self.reservations.check(&alone, now).is_err() {
                return Err(Shortage::OverBudget(budget.name.clone()));
            }
        }
        Ok(self.give(Reservation { hold, ..limits }))
    }

    /// Reserves for an attempt that is known to have been sent, whatever is left.
    pub(super) fn force(&mut self, spec: AttemptSpec<'_>, now: Timestamp) -> AttemptId {
        let reservation =
            Reservation { hold: spec.hold(now).unwrap_or_default(), ..spec.limits(now) };
        // Only to expire old reservations: the result does not matter.
        let _ = self.reservations.check(&reservation, now);
        self.give(reservation)
    }

    fn give(&mut self, reservation: Reservation) -> AttemptId {
        self.taken += 1;
        let id = AttemptId::new(Uuid::from_u128(self.taken));
        self.reservations.reserve(id, reservation);
        id
    }

    pub(super) fn not_placed(&mut self, attempt: AttemptId, unsent: bool) {
        self.reservations.settle(Settlement::Nothing { attempt, unsent });
        self.reservations.release_concurrency(attempt);
        self.reservations.forget_hold(attempt);
    }

    pub(super) fn bill(&mut self, attempt: AttemptId, amount: Money) {
        self.reservations.settle(Settlement::Bill { attempt, amount });
        // There is no second bill in a replay.
        self.reservations.forget_hold(attempt);
    }

    pub(super) fn ended(&mut self, attempt: AttemptId) {
        self.reservations.release_concurrency(attempt);
    }

    /// What is left of a provider's rate limit and of its concurrency limit.
    pub(super) fn left(
        &self,
        provider: &ProviderPolicy,
        now: Timestamp,
    ) -> (Option<Headroom>, Option<Headroom>) {
        let (limits, id) = (&provider.limits, &provider.info.id);
        let slots = limits.rate_slot(id).map(|need| self.reservations.rate_headroom(&need, now));
        let concurrent = limits
            .concurrency_slot(id, now)
            .map(|need| self.reservations.concurrency_headroom(&need, now));
        (slots, concurrent)
    }
}

impl AttemptSpec<'_> {
    fn longest(&self) -> Duration {
        self.policy.longest(self.request.max_duration, &self.provider.info)
    }

    fn limits(&self, now: Timestamp) -> Reservation {
        let until =
            now.checked_add(self.longest() + self.policy.timings.grace).unwrap_or(Timestamp::MAX);
        let provider = (&self.provider.info.id, &self.provider.limits);
        slots(self.policy, provider, self.parties, until)
    }

    fn hold(&self, now: Timestamp) -> Result<Option<BudgetHold>, Shortage> {
        let id = &self.provider.info.id;
        hold(
            &self.policy.budgets,
            &self.provider.deck,
            &self.request.to,
            self.longest(),
            id,
            self.parties,
            now,
        )
        .map_err(|_| {
            let mut budgets = self.policy.budgets.iter();
            let first = budgets.find(|budget| budget.covers(id, self.parties));
            Shortage::CostUnknown(first.map_or_else(String::new, |budget| budget.name.clone()))
        })
    }
}

/// The shortage that a denied reservation means.
fn full(denied: Denied, now: Timestamp) -> Shortage {
    let full = |scope, wait, concurrency| Shortage::Full {
        scope,
        until: now.checked_add(wait).unwrap_or(Timestamp::MAX),
        concurrency,
    };
    match denied {
        Denied::RateLimited { scope, wait } => full(scope, wait, false),
        Denied::ConcurrencyFull { scope, wait, .. } => full(scope, wait, true),
        Denied::OverBudget { budget, .. } => Shortage::OverBudget(budget),
        // Reservations alone are denied for no other reason.
        Denied::CalleeBusy { .. }
        | Denied::AttemptInFlight
        | Denied::OwnedBy(_)
        | Denied::NotOwner
        | Denied::AgentInDoubt
        | Denied::HoldExists
        | Denied::OptedOut
        | Denied::CapReached { .. } => Shortage::NoSuchProvider,
    }
}
