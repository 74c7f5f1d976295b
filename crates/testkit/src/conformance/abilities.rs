//! The optional traits, if the provider has them.

use jiff::Timestamp;
use switchboard_core::{AgentId, ErrorKind, IncomingWebhook, UsageFilter};

use crate::conformance::{
    report::Report,
    suite::{Suite, expect, failure},
};

pub(crate) async fn run(suite: &Suite<'_>, report: &mut Report) {
    report.note("what is known of it makes sense", info(suite));
    report.note("its secret is never printed", secret(suite));
    // What a provider cannot do is an ability that it lacks.
    if suite.provider.agents().is_some() {
        report.note("agents are listed and read", agents(suite).await);
    }
    if let Some(numbers) = suite.provider.numbers() {
        let listed = numbers.list().await.map(drop);
        report.note("numbers are listed", listed.map_err(|error| failure("numbers", &error)));
    }
    if suite.provider.usage().is_some() {
        report.note("accounts and usage are read", usage(suite).await);
    }
    if suite.provider.webhooks().is_some() {
        report.note("events come in, and nonsense does not", events(suite).await);
    }
}

fn info(suite: &Suite<'_>) -> Result<(), String> {
    let info = suite.provider.info();
    expect(!info.id.as_str().is_empty(), || "its id is empty".to_owned())?;
    expect(info.failure_domains.iter().all(|name| !name.trim().is_empty()), || {
        "its failure domain is empty".to_owned()
    })?;
    expect(
        info.place_limit.is_none_or(|limit| limit.requests > 0 && !limit.window.is_zero()),
        || "its limit lets nothing through".to_owned(),
    )?;
    let country = suite.harness.fresh_number().country();
    expect(info.countries.covers(&country), || {
        format!("it is called in {country} and does not say so")
    })
}

fn secret(suite: &Suite<'_>) -> Result<(), String> {
    let secret = suite.harness.secret();
    expect(!secret.is_empty(), || "the harness has no secret to look for".to_owned())?;
    expect(!format!("{:?}", suite.provider).contains(&secret), || {
        "Debug of the provider shows its credential".to_owned()
    })
}

async fn agents(suite: &Suite<'_>) -> Result<(), String> {
    let agents = suite.provider.agents().ok_or("it has no agents")?;
    let all = agents.list().await.map_err(|error| failure("agents", &error))?;
    let first = all.first().ok_or("no agent is listed")?;
    let again = agents.get(&first.id).await.map_err(|error| failure("agent", &error))?;
    expect(again.id == first.id, || format!("{} was asked for and {} came", first.id, again.id))?;
    match agents.get(&AgentId::new("no-such-agent")).await {
        Ok(_) => Err("an agent that nobody has was found".to_owned()),
        Err(error) => expect(error.kind() == ErrorKind::NotFound, || failure("agent", &error)),
    }
}

async fn usage(suite: &Suite<'_>) -> Result<(), String> {
    let usage = suite.provider.usage().ok_or("it has no accounts")?;
    suite.finished().await?;
    let balances = usage.balances().await.map_err(|error| failure("balances", &error))?;
    expect(!balances.is_empty(), || "no account is shown".to_owned())?;
    let records =
        usage.records(&UsageFilter::default()).await.map_err(|error| failure("records", &error))?;
    expect(!records.is_empty(), || "a call was placed and the log is empty".to_owned())
}

async fn events(suite: &Suite<'_>) -> Result<(), String> {
    let webhooks = suite.provider.webhooks().ok_or("it has no events")?;
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
        feed.poll().await.map_err(|error| failure("events", &error))?;
    }
    expect(webhooks.receiver().is_some() || webhooks.feed().is_some(), || {
        "it has events and no way to get them".to_owned()
    })
}
