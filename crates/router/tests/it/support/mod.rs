//! Providers made of mocks, and requests and policies that make sense.

#![allow(dead_code, unused_imports)]

pub(crate) mod fake;
mod log;
pub(crate) mod plans;

use std::{future::Future, sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard_core::{
    Call, CallRequest, Clock, Cost, Currency, Money, Outcome, ProviderCall, ProviderId,
    ProviderState, Raw, ValidCall,
};
use switchboard_router::{Policy, ProviderPolicy, RateDeck};

pub(crate) use fake::Fake;
pub(crate) use log::{Log, Op};

/// The moment at which the virtual clock begins.
pub(crate) fn epoch() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

pub(crate) fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

pub(crate) fn usd(amount: &str) -> Money {
    Money::parse(amount, "USD").unwrap()
}

pub(crate) fn id(name: &str) -> ProviderId {
    ProviderId::new(name.to_owned())
}

/// A valid number in Texas, another for each `n` below 100,000.
pub(crate) fn number(n: u32) -> String {
    format!("+1512{:07}", 5_550_000 + n)
}

/// A request to the `n`th number.
pub(crate) fn request(n: u32) -> CallRequest {
    CallRequest::new(number(n), "Ask whether they are open on Sunday.")
}

pub(crate) fn valid(request: CallRequest) -> ValidCall {
    request.validate(epoch()).unwrap()
}

/// A valid call to the `n`th number.
pub(crate) fn call(n: u32) -> ValidCall {
    valid(request(n))
}

/// What a provider says of a call in this state.
pub(crate) fn report(provider: &str, theirs: &str, state: ProviderState) -> ProviderCall {
    ProviderCall {
        provider: id(provider),
        id: theirs.into(),
        state,
        status_word: format!("{state:?}"),
        direction: None,
        to: None,
        task: None,
        agent: None,
        lead_id: None,
        created_at: None,
        duration: None,
        summary: None,
        next_steps: None,
        recording_url: None,
        cost: None,
        raw: Raw::default(),
    }
}

pub(crate) fn queued(provider: &str, theirs: &str) -> ProviderCall {
    report(provider, theirs, ProviderState::Queued)
}

pub(crate) fn completed(provider: &str, theirs: &str) -> ProviderCall {
    report(provider, theirs, ProviderState::Ended(Outcome::Completed))
}

/// The same, with a bill.
pub(crate) fn billed(provider: &str, theirs: &str, amount: &str) -> ProviderCall {
    ProviderCall { cost: Some(Cost::Money(usd(amount))), ..completed(provider, theirs) }
}

/// A policy under which these providers may take every call, at unknown prices.
pub(crate) fn policy(fakes: &[Fake]) -> Policy {
    let providers = fakes
        .iter()
        .map(|fake| ProviderPolicy::new(fake.info.clone(), RateDeck::unknown(Currency::USD)));
    Policy::new(providers.collect(), Currency::USD)
}

/// Chi-square of counts against weights.
pub(crate) fn chi_square(counts: &[u64], weights: &[f64]) -> f64 {
    let (drawn, whole) = (counts.iter().sum::<u64>() as f64, weights.iter().sum::<f64>());
    counts
        .iter()
        .zip(weights)
        .map(|(count, weight)| {
            let expected = drawn * weight / whole;
            (*count as f64 - expected).powi(2) / expected
        })
        .sum()
}

/// The most moments in any window `(t - window, t]`.
pub(crate) fn most_in_any_window(moments: &[Duration], window: Duration) -> usize {
    let in_window =
        |last: &Duration| moments.iter().filter(|at| *at <= last && **at + window > *last).count();
    moments.iter().map(in_window).max().unwrap_or(0)
}
