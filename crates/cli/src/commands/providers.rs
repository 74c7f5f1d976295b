//! `switchboard providers`: the configured providers, and whether they answer.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::future::join_all;
use serde_json::{Value, json};
use switchboard::{
    Provider, ProviderId, ProviderInfo,
    core::{Coverage, RequestLimit},
};

use crate::{
    cli::Common,
    credential::RefusedCredentials,
    exit::Exit,
    failure::{Failure, Outcome},
    output::{Output, or_dash},
    rules_state, setup,
};

/// A provider that takes longer is not healthy enough to place a call now.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The result of the probe.
enum Health {
    Healthy,
    Unhealthy(Failure),
    Disabled,
}

pub(crate) async fn run(common: &Common, output: Output) -> Outcome {
    let switchboard = setup::open(common)?;
    let engine = switchboard.engine();
    let spinner = output.spinner("asking every provider for one call");
    let policy = engine.policy();
    let probes = policy.providers.iter().map(|one| async {
        let provider = engine.provider(&one.info.id).filter(|_| one.enabled);
        let health = match provider {
            Some(provider) => probe(provider, &one.info.id).await,
            None => Health::Disabled,
        };
        (&one.info, health)
    });
    let found = join_all(probes).await;
    spinner.finish_and_clear();
    let mut refused = RefusedCredentials::default();
    for (_, health) in &found {
        if let Health::Unhealthy(failure) = health {
            refused.extend(failure.refused());
        }
    }
    let fixes = refused.fixes(common);
    if output.json {
        let entries: Vec<Value> =
            found.iter().map(|(info, health)| entry(info, health, &fixes)).collect();
        output.object(&json!({ "providers": entries }));
    } else {
        output.table(
            &[
                "provider",
                "health",
                "countries",
                "languages",
                "calls",
                "reads",
                "answers",
                "depends on",
            ],
            found.iter().map(|(info, health)| row(info, health, &fixes)),
        );
    }
    rules_state::note(&policy, &engine.rule_tables(), output);
    refused.warn(common, output);
    let failed = found.iter().any(|(_, health)| matches!(health, Health::Unhealthy(_)));
    Ok(if failed { Exit::Failed } else { Exit::Done })
}

async fn probe(provider: Arc<dyn Provider>, id: &ProviderId) -> Health {
    match tokio::time::timeout(TIMEOUT, provider.look()).await {
        Ok(Ok(())) => Health::Healthy,
        Ok(Err(error)) => Health::Unhealthy(setup::with_provider(error, id).into()),
        Err(_) => {
            Health::Unhealthy(Failure::local(format!("no answer within {} s", TIMEOUT.as_secs())))
        }
    }
}

fn entry(info: &ProviderInfo, health: &Health, fixes: &BTreeMap<&ProviderId, String>) -> Value {
    let limit = |limit: Option<RequestLimit>| {
        limit.map(
            |limit| json!({"requests": limit.requests, "window_seconds": limit.window.as_secs()}),
        )
    };
    json!({
        "provider": info.id,
        "health": match health {
            Health::Healthy => "healthy",
            Health::Unhealthy(_) => "unhealthy",
            Health::Disabled => "switched_off",
        },
        "error": match health {
            Health::Unhealthy(failure) => Some(failure),
            Health::Healthy | Health::Disabled => None,
        },
        "fix": fixes.get(&info.id),
        "countries": info.countries,
        "country_count": count(&info.countries),
        "languages": info.languages,
        "place_limit": limit(info.place_limit),
        "read_limit": limit(info.read_limit),
        "synchronous": info.synchronous,
        "idempotency": info.idempotency,
        "failure_domains": info.failure_domains,
    })
}

fn row(info: &ProviderInfo, health: &Health, fixes: &BTreeMap<&ProviderId, String>) -> Vec<String> {
    let limit = |limit: Option<RequestLimit>| {
        or_dash(limit.map(|limit| format!("{} in {} s", limit.requests, limit.window.as_secs())))
    };
    let all =
        |count: Option<usize>| count.map_or_else(|| "all".to_owned(), |count| count.to_string());
    vec![
        info.id.to_string(),
        match health {
            Health::Healthy => "healthy".to_owned(),
            Health::Unhealthy(failure) => match fixes.get(&info.id) {
                Some(fix) => format!("credential refused: {fix}"),
                None => format!("unhealthy: {failure}"),
            },
            Health::Disabled => "disabled".to_owned(),
        },
        all(count(&info.countries)),
        match &info.languages {
            Coverage::All => "all".to_owned(),
            Coverage::Only(some) => {
                some.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            }
        },
        limit(info.place_limit),
        limit(info.read_limit),
        if info.synchronous { "when the call is over" } else { "at once" }.to_owned(),
        info.failure_domains.to_string(),
    ]
}

fn count<T: Ord>(coverage: &Coverage<T>) -> Option<usize> {
    match coverage {
        Coverage::All => None,
        Coverage::Only(some) => Some(some.len()),
    }
}
