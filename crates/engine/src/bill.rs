//! What a provider bills: believed within bounds, and kept as it came beyond them.

use switchboard_core::{AttemptId, CallId, Cost, Money, Result, ValidCall};
use switchboard_journal::state::Fact;

use crate::{place_request, provider::ProviderRuntime, shared::Shared};

/// A bill is believed up to so many times the most that the call can cost.
const BELIEVED: i64 = 10;

/// The bill as a fact, in the provider's unit and in money where a credit has a price. `request`:
/// what was asked for, where that is still kept; without it the sign is all that can be checked.
pub(crate) fn fact(
    inner: &Shared,
    request: Option<&ValidCall>,
    attempt: AttemptId,
    runtime: &ProviderRuntime,
    cost: Cost,
) -> Fact {
    let money = match cost {
        Cost::Money(money) => Some(money),
        Cost::Credits(credits) => runtime.credit_price.and_then(|price| credits.at_price(price)),
    };
    if is_credible(cost, money, request.and_then(|request| most(inner, request, runtime))) {
        Fact::Billed(attempt, cost, money)
    } else {
        tracing::error!(provider = %runtime.id, %attempt, "the provider billed an amount that cannot be");
        Fact::Disbelieved(attempt, cost)
    }
}

/// The same of a call that is known by its id.
///
/// # Errors
/// `Journal` where what was asked for cannot be read.
pub(crate) async fn of_call(
    inner: &Shared,
    id: CallId,
    attempt: AttemptId,
    runtime: &ProviderRuntime,
    cost: Cost,
) -> Result<Fact> {
    let request = inner.journal.request(id).await?;
    Ok(fact(inner, request.as_deref(), attempt, runtime, cost))
}

/// Writes a bill down that comes by itself.
pub(crate) async fn note(
    inner: &Shared,
    id: CallId,
    attempt: AttemptId,
    runtime: &ProviderRuntime,
    cost: Cost,
) {
    let written = match of_call(inner, id, attempt, runtime, cost).await {
        Ok(fact) => inner.record(id, fact).await.map(|_| ()),
        Err(error) => Err(error.into()),
    };
    if let Err(error) = written {
        tracing::warn!(call = %id, %error, "the bill was not written down");
    }
}

/// The most that the call can cost by the provider's price; `None`: nobody knows.
fn most(inner: &Shared, request: &ValidCall, runtime: &ProviderRuntime) -> Option<Money> {
    let config = inner.config();
    let one = config.policy.providers.get(config.policy.index_of(&runtime.id)?)?;
    let longest = place_request::within(&config.policy, runtime, request.max_duration);
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
        (Some(money), Some(most)) if money.currency() == most.currency() => {
            money.micros() <= most.micros().saturating_mul(BELIEVED)
        }
        (Some(_) | None, Some(_) | None) => true,
    }
}
