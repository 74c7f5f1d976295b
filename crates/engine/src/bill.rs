//! Bills of providers. A plausible amount counts as the call's cost; an implausible one is recorded
//! but not believed.

use switchboard_core::{AttemptId, CallId, Cost, Money, Result, ValidCall};
use switchboard_journal::state::Fact;

use crate::{provider::ProviderRuntime, shared::Shared};

/// A bill is believed up to this multiple of the most that the call can cost.
const BELIEVED: i64 = 10;

/// Turns a bill into a fact, in the provider's unit and, if credits have a price, in money.
/// `request`: the call's request, if it is still stored; without it, only the sign of the amount
/// can be checked.
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
        tracing::error!(provider = %runtime.id, %attempt, "the provider billed an implausible amount");
        Fact::Disbelieved(attempt, cost)
    }
}

/// Like [`fact`], for a call that is given by its id.
///
/// # Errors
/// `Journal` if the request cannot be read.
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

/// Records a bill that did not come together with the end of its call.
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
        tracing::warn!(call = %id, %error, "the bill was not recorded");
    }
}

/// The most that the call can cost at the provider's rates; `None` if unknown.
fn most(inner: &Shared, request: &ValidCall, runtime: &ProviderRuntime) -> Option<Money> {
    let config = inner.config();
    let one = config.policy.providers.get(config.policy.index_of(&runtime.id)?)?;
    let longest = config.policy.longest(request.max_duration, runtime.provider.info());
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
