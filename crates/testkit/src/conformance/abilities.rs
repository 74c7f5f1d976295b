//! The other traits, where the provider has them: a missing ability is a missing trait, not an
//! error.

use jiff::Timestamp;
use switchboard_core::{AgentId, ErrorKind, IncomingWebhook, UsageFilter};

use crate::conformance::{Report, Stage, expect, told};

pub(crate) async fn run(stage: &Stage<'_>, report: &mut Report) {
    report.note("what is known of it makes sense", info(stage));
    report.note("its secret is never printed", secret(stage));
    match stage.provider.agents() {
        Some(_) => report.note("agents are listed and read", agents(stage).await),
        None => report.excuse("agents are listed and read", "it has no agents".to_owned()),
    }
    match stage.provider.numbers() {
        Some(numbers) => report.note(
            "numbers are listed",
            numbers.list().await.map(|_| ()).map_err(|error| told("numbers", &error)),
        ),
        None => report.excuse("numbers are listed", "it has no numbers".to_owned()),
    }
    match stage.provider.usage() {
        Some(_) => report.note("accounts and usage are read", usage(stage).await),
        None => report.excuse("accounts and usage are read", "it has no accounts".to_owned()),
    }
    match stage.provider.webhooks() {
        Some(_) => report.note("events come in, and nonsense does not", events(stage).await),
        None => {
            report.excuse("events come in, and nonsense does not", "it has no events".to_owned())
        }
    }
}

fn info(stage: &Stage<'_>) -> Result<(), String> {
    let info = stage.provider.info();
    expect(!info.id.as_str().is_empty(), || "its id is empty".to_owned())?;
    expect(!info.failure_domain.is_empty(), || "its failure domain is empty".to_owned())?;
    expect(
        info.place_limit.is_none_or(|limit| limit.requests > 0 && !limit.window.is_zero()),
        || "its limit lets nothing through".to_owned(),
    )?;
    let country = stage.world.fresh_number().country();
    expect(info.countries.covers(&country), || {
        format!("it is called in {country} and does not say so")
    })
}

fn secret(stage: &Stage<'_>) -> Result<(), String> {
    let secret = stage.world.secret();
    expect(!secret.is_empty(), || "the world has no secret to look for".to_owned())?;
    expect(!format!("{:?}", stage.provider).contains(&secret), || {
        "Debug of the provider shows its credential".to_owned()
    })
}

async fn agents(stage: &Stage<'_>) -> Result<(), String> {
    let agents = stage.provider.agents().ok_or("it has no agents")?;
    let all = agents.list().await.map_err(|error| told("agents", &error))?;
    let first = all.first().ok_or("no agent is listed")?;
    let again = agents.get(&first.id).await.map_err(|error| told("agent", &error))?;
    expect(again.id == first.id, || format!("{} was asked for and {} came", first.id, again.id))?;
    match agents.get(&AgentId::new("no-such-agent")).await {
        Ok(_) => Err("an agent that nobody has was found".to_owned()),
        Err(error) => expect(error.kind() == ErrorKind::NotFound, || told("agent", &error)),
    }
}

async fn usage(stage: &Stage<'_>) -> Result<(), String> {
    let usage = stage.provider.usage().ok_or("it has no accounts")?;
    stage.finished().await?;
    let balances = usage.balances().await.map_err(|error| told("balances", &error))?;
    expect(!balances.is_empty(), || "no account is shown".to_owned())?;
    let records =
        usage.records(&UsageFilter::default()).await.map_err(|error| told("records", &error))?;
    expect(!records.is_empty(), || "a call was placed and the log is empty".to_owned())
}

async fn events(stage: &Stage<'_>) -> Result<(), String> {
    let webhooks = stage.provider.webhooks().ok_or("it has no events")?;
    if let Some(receiver) = webhooks.receiver() {
        let garbage = IncomingWebhook {
            headers: Vec::new(),
            body: b"{\"event\":".to_vec(),
            received_at: Timestamp::UNIX_EPOCH,
        };
        expect(receiver.receive(&garbage).is_err(), || {
            "a body that is cut was taken for an event".to_owned()
        })?;
    }
    if let Some(feed) = webhooks.feed() {
        feed.poll().await.map_err(|error| told("events", &error))?;
    }
    expect(webhooks.receiver().is_some() || webhooks.feed().is_some(), || {
        "it has events and no way to get them".to_owned()
    })
}
