//! What a provider bills: believed within bounds, and kept as it came beyond them.

use std::{sync::Arc, time::Duration};

use switchboard_core::{AttemptId, CallId, Cost, Money, ValidCall};

use crate::{
    engine::{lane::Lane, order, shared::Inner},
    state::Fact,
};

/// A bill is believed up to so many times the most that the call can cost.
const BELIEVED: i64 = 10;

/// The bill as a fact, in the provider's unit and in money where a credit has a price. `of`: the call, and the longest that it may last.
pub(crate) fn fact(inner: &Inner, of: (&ValidCall, Duration), attempt: AttemptId, lane: &Lane, cost: Cost) -> Fact {
    let money = match cost {
        Cost::Money(money) => Some(money),
        Cost::Credits(credits) => lane.credit_price.and_then(|price| credits.at_price(price)),
    };
    if is_credible(cost, money, most(inner, of, lane)) {
        Fact::Billed(attempt, cost, money)
    } else {
        tracing::error!(provider = %lane.id, %attempt, "the provider billed an amount that cannot be");
        Fact::Disbelieved(attempt, cost)
    }
}

/// Writes a bill down that comes by itself.
pub(crate) async fn note(inner: &Arc<Inner>, id: CallId, attempt: AttemptId, lane: &Arc<Lane>, cost: Cost) {
    let written = match of_call(inner, id, attempt, lane, cost).await {
        Ok(fact) => inner.record(id, fact).await.map(|_| ()),
        Err(error) => Err(error),
    };
    if let Err(error) = written {
        tracing::warn!(call = %id, %error, "the bill was not written down");
    }
}

/// The same of a call that is known by its id.
pub(crate) async fn of_call(
    inner: &Arc<Inner>,
    id: CallId,
    attempt: AttemptId,
    lane: &Arc<Lane>,
    cost: Cost,
) -> switchboard_core::Result<Fact> {
    let longest = order::longest(inner, lane, id).await;
    Ok(match inner.journal.request(id).await? {
        Some(request) => fact(inner, (&request, longest), attempt, lane, cost),
        // What was asked for is not kept any more: the sign is all that can be checked.
        None if is_negative(cost) => Fact::Disbelieved(attempt, cost),
        None => Fact::Billed(
            attempt,
            cost,
            match cost {
                Cost::Money(money) => Some(money),
                Cost::Credits(credits) => lane.credit_price.and_then(|price| credits.at_price(price)),
            },
        ),
    })
}

/// The most that the call can cost by the provider's price; `None`: nobody knows.
fn most(inner: &Inner, (request, longest): (&ValidCall, Duration), lane: &Lane) -> Option<Money> {
    let world = inner.world();
    let index = world.policy.index_of(&lane.id)?;
    let one = world.policy.providers.get(index)?;
    one.deck.estimate(&request.to, longest, inner.now())
}

fn is_negative(cost: Cost) -> bool {
    match cost {
        Cost::Money(money) => money.micros() < 0,
        Cost::Credits(credits) => credits.micros() < 0,
    }
}

fn is_credible(cost: Cost, money: Option<Money>, most: Option<Money>) -> bool {
    if is_negative(cost) {
        return false;
    }
    match (money, most.filter(|most| most.micros() > 0)) {
        (Some(money), Some(most)) if money.currency() == most.currency() => money.micros() <= most.micros().saturating_mul(BELIEVED),
        (Some(_) | None, Some(_) | None) => true,
    }
}
