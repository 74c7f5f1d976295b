//! Placing: what an answer claims about the phone has to be what the phone did.

use switchboard_core::{Delivery, ErrorKind, PhoneNumber, ProviderCall, Refusal};

use crate::conformance::{Report, Stage, Trouble, expect, told};

pub(crate) async fn run(stage: &Stage<'_>, report: &mut Report) {
    report.note("a placed call rings once and ends with an outcome", rings_once(stage).await);
    report.note("what is placed never claims another provider", own_name(stage).await);
    for trouble in [
        Trouble::ConnectionRefused,
        Trouble::ServerErrorAfterRing,
        Trouble::ResetAfterRing,
        Trouble::CutBodyAfterRing,
        Trouble::RateLimited,
        Trouble::Unauthorized,
        Trouble::DoNotCall,
    ] {
        let to = stage.world.fresh_number();
        match stage.world.bring(trouble, &to).await {
            Ok(()) => report.note(name(trouble), in_trouble(stage, trouble, &to).await),
            Err(why) => report.excuse(name(trouble), why),
        }
        stage.world.calm().await;
    }
    report.note("a call in doubt is traced", traced(stage).await);
}

const fn name(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::ConnectionRefused => "a refused connection is not sent",
        Trouble::ServerErrorAfterRing => "a server error is unknown",
        Trouble::ResetAfterRing => "a reset after the request is unknown",
        Trouble::CutBodyAfterRing => "a success that cannot be read is placed",
        Trouble::RateLimited => "too many requests is a refusal with its pause",
        Trouble::Unauthorized => "bad credentials are a refusal by this provider",
        Trouble::DoNotCall => "a do-not-call refusal binds everyone",
    }
}

/// What each trouble proves, and how often the phone rang.
const fn claim(trouble: Trouble) -> (Delivery, usize) {
    match trouble {
        Trouble::ConnectionRefused => (Delivery::NotSent, 0),
        Trouble::ServerErrorAfterRing | Trouble::ResetAfterRing => (Delivery::Unknown, 1),
        Trouble::CutBodyAfterRing => (Delivery::Placed, 1),
        Trouble::RateLimited => (Delivery::Refused(Refusal::RateLimited), 0),
        Trouble::Unauthorized => (Delivery::Refused(Refusal::ThisProvider), 0),
        Trouble::DoNotCall => (Delivery::Refused(Refusal::Everyone), 0),
    }
}

async fn rings_once(stage: &Stage<'_>) -> Result<(), String> {
    let (to, call) = stage.finished().await?;
    let rings = stage.world.rings(&to);
    expect(rings == 1, || format!("the phone rang {rings} times"))?;
    expect(call.state.outcome().is_some(), || {
        format!("the last status is {:?}", call.status_word)
    })?;
    expect(!call.status_word.is_empty(), || "the status word is lost".to_owned())
}

async fn own_name(stage: &Stage<'_>) -> Result<(), String> {
    let placed: ProviderCall = stage.place(&stage.world.fresh_number()).await?;
    expect(placed.provider == stage.provider.info().id, || {
        format!("it names {}", placed.provider)
    })?;
    expect(!placed.id.as_str().is_empty(), || "it has no id".to_owned())
}

async fn in_trouble(stage: &Stage<'_>, trouble: Trouble, to: &PhoneNumber) -> Result<(), String> {
    let (delivery, rings) = claim(trouble);
    let order = stage.order(to)?;
    let failed = match stage.provider.calls().place(&order).await {
        Ok(call) => return Err(format!("it answered with the call {}", call.id)),
        Err(failed) => failed,
    };
    let error = failed.error();
    let rang = stage.world.rings(to);
    expect(failed.delivery() == delivery, || told("place", &failed))?;
    expect(rang == rings, || format!("the phone rang {rang} times and {rings} was expected"))?;
    expect(error.provider() == Some(&stage.provider.info().id), || {
        "the error does not name its provider".to_owned()
    })?;
    expect(!format!("{error} {error:?}").contains(to.e164()), || {
        "the error shows the whole number".to_owned()
    })?;
    if trouble == Trouble::RateLimited {
        let wait = error.retry_after().map(|wait| wait.as_secs());
        expect(error.kind() == ErrorKind::RateLimited && wait == Some(7), || {
            format!("its pause is {wait:?}")
        })?;
    }
    Ok(())
}

async fn traced(stage: &Stage<'_>) -> Result<(), String> {
    let to = stage.world.fresh_number();
    stage.world.bring(Trouble::ServerErrorAfterRing, &to).await?;
    let (order, sent_at) = (stage.order(&to)?, stage.clock.now());
    let placed = stage.provider.calls().place(&order).await;
    stage.world.calm().await;
    if placed.is_ok() {
        return Err("the trouble did not come".to_owned());
    }
    let traces = stage
        .provider
        .calls()
        .trace(&order, sent_at)
        .await
        .map_err(|error| told("trace", &error))?;
    expect(!traces.is_empty(), || "nothing was found of a call that rang".to_owned())
}
