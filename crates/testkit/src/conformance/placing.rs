//! Placing: what a result claims about the phone has to match what the phone did.

use switchboard_core::{
    Delivery, ErrorKind, Idempotency, PhoneNumber, ProviderCall, Refusal, Replay,
};

use crate::conformance::{
    harness::PlacingFault,
    report::Report,
    suite::{Suite, expect, failure},
};

pub(crate) async fn run(suite: &Suite<'_>, report: &mut Report) {
    report.note("a placed call rings once and ends with an outcome", rings_once(suite).await);
    report.note("what is placed never claims another provider", own_name(suite).await);
    for fault in [
        PlacingFault::ConnectionRefused,
        PlacingFault::ServerErrorAfterRing,
        PlacingFault::ResetAfterRing,
        PlacingFault::CutBodyAfterRing,
        PlacingFault::RateLimited,
        PlacingFault::Unauthorized,
        PlacingFault::DoNotCall,
    ] {
        let to = suite.harness.fresh_number();
        match suite.harness.inject(fault, &to).await {
            Ok(()) => report.note(name(fault), with_fault(suite, fault, &to).await),
            Err(why) => report.excuse(name(fault), why),
        }
        suite.harness.clear().await;
    }
    report.note("a call in doubt is found", found(suite).await);
}

const fn name(fault: PlacingFault) -> &'static str {
    match fault {
        PlacingFault::ConnectionRefused => "a refused connection is not sent",
        PlacingFault::ServerErrorAfterRing => "a server error is unknown",
        PlacingFault::ResetAfterRing => "a reset after the request is unknown",
        PlacingFault::CutBodyAfterRing => "a success that cannot be read is placed",
        PlacingFault::RateLimited => "too many requests is a refusal with its pause",
        PlacingFault::Unauthorized => "bad credentials are a refusal by this provider",
        PlacingFault::DoNotCall => "a do-not-call refusal binds everyone",
    }
}

/// The delivery that each fault must be reported as, and how often the phone rings.
const fn claim(fault: PlacingFault) -> (Delivery, usize) {
    match fault {
        PlacingFault::ConnectionRefused => (Delivery::NotSent, 0),
        PlacingFault::ServerErrorAfterRing | PlacingFault::ResetAfterRing => (Delivery::Unknown, 1),
        PlacingFault::CutBodyAfterRing => (Delivery::Placed, 1),
        PlacingFault::RateLimited => (Delivery::Refused(Refusal::RateLimited), 0),
        PlacingFault::Unauthorized => (Delivery::Refused(Refusal::ThisProvider), 0),
        PlacingFault::DoNotCall => (Delivery::Refused(Refusal::Everyone), 0),
    }
}

async fn rings_once(suite: &Suite<'_>) -> Result<(), String> {
    let (order, call) = suite.finished().await?;
    let rings = suite.harness.rings(&order.call.to);
    expect(rings == 1, || format!("the phone rang {rings} times"))?;
    expect(call.state.outcome().is_some(), || {
        format!("the last status is {:?}", call.status_word)
    })?;
    expect(!call.status_word.is_empty(), || "the status word is lost".to_owned())
}

async fn own_name(suite: &Suite<'_>) -> Result<(), String> {
    let placed: ProviderCall = suite.place(&suite.harness.fresh_number()).await?;
    expect(placed.provider == suite.provider.info().id, || {
        format!("it names {}", placed.provider)
    })?;
    expect(!placed.id.as_str().is_empty(), || "it has no id".to_owned())
}

async fn with_fault(
    suite: &Suite<'_>,
    fault: PlacingFault,
    to: &PhoneNumber,
) -> Result<(), String> {
    let (delivery, rings) = claim(fault);
    let order = suite.order(to)?;
    let failed = match suite.provider.calls().place(&order).await {
        Ok(call) => return Err(format!("it answered with the call {}", call.id)),
        Err(failed) => failed,
    };
    let error = failed.error();
    let rang = suite.harness.rings(to);
    expect(failed.delivery() == delivery, || failure("place", &failed))?;
    expect(rang == rings, || format!("the phone rang {rang} times and {rings} was expected"))?;
    expect(error.provider() == Some(&suite.provider.info().id), || {
        "the error does not name its provider".to_owned()
    })?;
    expect(!format!("{error} {error:?}").contains(to.e164()), || {
        "the error shows the whole number".to_owned()
    })?;
    if fault == PlacingFault::RateLimited {
        let wait = error.retry_after().map(|wait| wait.as_secs());
        expect(error.kind() == ErrorKind::RateLimited && wait == Some(7), || {
            format!("its pause is {wait:?}")
        })?;
    }
    Ok(())
}

/// Found by evidence, or by a repeat of the request where the provider documents that it answers with
/// the first call.
async fn found(suite: &Suite<'_>) -> Result<(), String> {
    let to = suite.harness.fresh_number();
    suite.harness.inject(PlacingFault::ServerErrorAfterRing, &to).await?;
    let (order, sent_at) = (suite.order(&to)?, suite.clock.now());
    let calls = suite.provider.calls();
    let placed = calls.place(&order).await;
    suite.harness.clear().await;
    if placed.is_ok() {
        return Err("the injected fault did not happen".to_owned());
    }
    let traces = calls.trace(&order, sent_at).await.map_err(|error| failure("trace", &error))?;
    let repeats = matches!(
        suite.provider.info().idempotency,
        Idempotency::Documented { replay: Replay::FirstAnswer, .. }
    );
    if traces.is_empty() && repeats {
        let first = calls.place(&order).await.map_err(|error| failure("repeat", &error))?;
        let again = calls.place(&order).await.map_err(|error| failure("repeat", &error))?;
        expect(first.id == again.id, || "two repeats give two calls".to_owned())?;
        let rings = suite.harness.rings(&to);
        return expect(rings == 1, || format!("the phone rang {rings} times"));
    }
    expect(!traces.is_empty(), || "nothing was found of a call that rang".to_owned())
}
