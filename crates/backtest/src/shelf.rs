//! Slots, rooms and budgets of the other policy: the journal's own stock, filled by the replay.

use std::time::Duration;

use jiff::Timestamp;
use switchboard_core::{AttemptId, Money, ProfileName, ValidCall};
use switchboard_journal::{Denied, Settlement, Stock};
use switchboard_router::{
    BudgetHold, ConcurrencySlot, Headroom, Policy, ProviderPolicy, RateSlot, Reservation, Scope,
    hold, reservation::add_needs,
};
use uuid::Uuid;

/// What keeps an attempt from being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Short {
    /// A window or a room is full until then.
    Full { scope: Scope, until: Timestamp, room: bool },
    /// A budget does not hold it.
    OverBudget(String),
    /// A budget covers it, and nobody knows what it costs.
    CostUnknown(String),
    /// The other policy has no such provider.
    Gone,
}

/// The stock, and who takes from it.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    stock: Stock,
    taken: u128,
}

/// One attempt that wants to be sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish<'a> {
    pub(super) policy: &'a Policy,
    pub(super) provider: &'a ProviderPolicy,
    pub(super) request: &'a ValidCall,
    pub(super) experiment: Option<&'a str>,
    /// The agent profile that serves it.
    pub(super) profile: Option<&'a ProfileName>,
}

impl Shelf {
    /// Takes all that the attempt needs, or says what is missing.
    pub(super) fn take(&mut self, wish: Wish<'_>, now: Timestamp) -> Result<AttemptId, Short> {
        let limits = wish.limits(now);
        self.stock.ask(&limits, now).map_err(|denied| full(denied, now))?;
        let hold = wish.hold(now)?;
        for budget in hold.iter().flat_map(|hold| &hold.budgets) {
            let alone = Reservation {
                hold: hold
                    .as_ref()
                    .map(|hold| BudgetHold { amount: hold.amount, budgets: vec![budget.clone()] }),
                ..Reservation::default()
            };
            if self.stock.ask(&alone, now).is_err() {
                return Err(Short::OverBudget(budget.name.clone()));
            }
        }
        Ok(self.give(Reservation { hold, ..limits }))
    }

    /// The same for what is known to have been sent, whatever is left.
    pub(super) fn force(&mut self, wish: Wish<'_>, now: Timestamp) -> AttemptId {
        let reservation =
            Reservation { hold: wish.hold(now).unwrap_or_default(), ..wish.limits(now) };
        // Told the time, the stock forgets what is over; its answer does not matter.
        let _ = self.stock.ask(&reservation, now);
        self.give(reservation)
    }

    fn give(&mut self, reservation: Reservation) -> AttemptId {
        self.taken += 1;
        let id = AttemptId::new(Uuid::from_u128(self.taken));
        self.stock.take(id, reservation);
        id
    }

    pub(super) fn silent(&mut self, attempt: AttemptId, unsent: bool) {
        self.stock.settle(Settlement::Nothing { attempt, unsent });
        self.stock.leave(attempt);
    }

    pub(super) fn bill(&mut self, attempt: AttemptId, amount: Money) {
        self.stock.settle(Settlement::Bill { attempt, amount });
    }

    pub(super) fn over(&mut self, attempt: AttemptId) {
        self.stock.leave(attempt);
    }

    /// What is left of a provider's window and of its rooms.
    pub(super) fn left(
        &self,
        provider: &ProviderPolicy,
        now: Timestamp,
    ) -> (Option<Headroom>, Option<Headroom>) {
        let slots = slot_need(provider).map(|need| self.stock.left(&need, now));
        let rooms = room_need(provider, now).map(|need| self.stock.rooms_left(&need, now));
        (slots, rooms)
    }
}

impl Wish<'_> {
    fn longest(&self) -> Duration {
        let longest = self.request.max_duration.unwrap_or(self.policy.max_duration);
        self.provider.info.max_duration.map_or(longest, |most| longest.min(most))
    }

    fn limits(&self, now: Timestamp) -> Reservation {
        let until =
            now.checked_add(self.longest() + self.policy.timings.grace).unwrap_or(Timestamp::MAX);
        let mut reservation = Reservation {
            slots: slot_need(self.provider).into_iter().collect(),
            rooms: room_need(self.provider, until).into_iter().collect(),
            ..Reservation::default()
        };
        add_needs(&mut reservation, self.policy, (&self.request.tenant, self.profile), until);
        reservation
    }

    fn hold(&self, now: Timestamp) -> Result<Option<BudgetHold>, Short> {
        let (tenant, id) = (&self.request.tenant, &self.provider.info.id);
        let whose = (tenant, id, self.experiment);
        hold(
            &self.policy.budgets,
            &self.provider.deck,
            &self.request.to,
            self.longest(),
            whose,
            now,
        )
        .map_err(|_| {
            let mut budgets = self.policy.budgets.iter();
            let first = budgets.find(|budget| budget.covers(tenant, id, self.experiment));
            Short::CostUnknown(first.map_or_else(String::new, |budget| budget.name.clone()))
        })
    }
}

fn slot_need(provider: &ProviderPolicy) -> Option<RateSlot> {
    provider.limits.placing.map(|limit| RateSlot {
        scope: Scope::Placing(provider.info.id.clone()),
        limit: limit.requests,
        window: limit.window,
    })
}

fn room_need(provider: &ProviderPolicy, until: Timestamp) -> Option<ConcurrencySlot> {
    provider.limits.concurrent.map(|limit| ConcurrencySlot {
        scope: Scope::Calls(provider.info.id.clone()),
        limit,
        until,
    })
}

/// What is missing, where the reservations deny a limit.
fn full(denied: Denied, now: Timestamp) -> Short {
    let full = |scope, wait, room| Short::Full {
        scope,
        until: now.checked_add(wait).unwrap_or(Timestamp::MAX),
        room,
    };
    match denied {
        Denied::RateLimited { scope, wait } => full(scope, wait, false),
        Denied::ConcurrencyFull { scope, wait, .. } => full(scope, wait, true),
        Denied::OverBudget { budget, .. } => Short::OverBudget(budget),
        // Reservations alone deny nothing else.
        Denied::CalleeBusy { .. }
        | Denied::AttemptInFlight
        | Denied::OwnedBy(_)
        | Denied::NotOwner
        | Denied::AgentInDoubt
        | Denied::HoldExists => Short::Gone,
    }
}
