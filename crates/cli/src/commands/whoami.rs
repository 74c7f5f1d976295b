//! `switchboard whoami`: the accounts, and where their credentials are stored.

use std::sync::Arc;

use futures::future::join_all;
use jiff::Timestamp;
use serde::Serialize;
use switchboard::{
    Clock, Config, ProviderId, SystemClock,
    core::{Balance, text::mask},
    process_environment,
};

use crate::{
    cli::{Common, WhoamiArgs},
    exit::Exit,
    failure::{Failure, Outcome},
    output::{Output, or_dash},
    setup,
};

/// One account, without its credential.
#[derive(Debug, Serialize)]
struct Account {
    provider: String,
    kind: String,
    account: Option<String>,
    plan: Option<String>,
    status: Option<String>,
    scopes: Option<Vec<String>>,
    expires_at: Option<Timestamp>,
    renewable: bool,
    kept_in: Option<String>,
    error: Option<Failure>,
}

pub(crate) async fn run(common: &Common, args: WhoamiArgs, output: Output) -> Outcome {
    let config = match &args.provider {
        Some(name) => setup::read_to_sign_in(common, name)?,
        None => setup::read(common)?,
    };
    let wanted: Vec<&str> = config
        .providers
        .iter()
        .filter(|(name, provider)| {
            args.provider.as_ref().map_or(provider.enabled, |wanted| wanted == *name)
        })
        .map(|(name, _)| name.as_str())
        .collect();
    if let (Some(name), []) = (&args.provider, wanted.as_slice()) {
        let known: Vec<&str> = config.providers.keys().map(String::as_str).collect();
        return Err(Failure::input(
            "PROVIDER",
            format!("{name:?} is not configured: name one of {}", known.join(", ")),
        ));
    }
    let accounts = join_all(wanted.iter().map(|name| read_account(&config, name))).await;
    let exit = match accounts.as_slice() {
        [only] => only.error.as_ref().map_or(Exit::Done, |failure| failure.exit),
        several if several.iter().any(|one| one.error.is_some()) => Exit::Failed,
        _ => Exit::Done,
    };
    for account in &accounts {
        if let Some(failure) = &account.error {
            output.note(format!("error: {}: {failure}", account.provider));
            failure.refused().warn(common, output);
        }
    }
    if output.json {
        output.object(&serde_json::json!({ "accounts": accounts }));
    } else {
        let header =
            ["provider", "account", "plan", "status", "scopes", "token expires", "stored in"];
        output.table(&header, accounts.iter().map(row));
    }
    Ok(exit)
}

async fn read_account(config: &Config, name: &str) -> Account {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let asked: Result<Option<Balance>, switchboard::Error> = async {
        let provider = config.provider(name, process_environment, &clock)?;
        let Some(usage) = provider.usage() else {
            return Ok(None);
        };
        Ok(usage.balances().await?.into_iter().next())
    }
    .await;
    let (balance, error) = match asked {
        Ok(balance) => (balance, None),
        Err(error) => (
            None,
            Some(Failure::from(setup::with_provider(error, &ProviderId::new(name.to_owned())))),
        ),
    };
    let provider = config.providers.get(name);
    let mut account = Account {
        provider: name.to_owned(),
        kind: provider.map(|provider| provider.kind.clone()).unwrap_or_default(),
        account: balance.as_ref().and_then(|balance| balance.account.clone()),
        plan: balance.as_ref().and_then(|balance| balance.plan.clone()),
        status: balance.and_then(|balance| balance.status),
        scopes: None,
        expires_at: None,
        renewable: provider
            .is_some_and(|provider| provider.settings.contains_key("refresh_token_env")),
        kept_in: provider.and_then(|provider| {
            let variable = provider
                .api_key_env
                .as_ref()
                .map(|name| format!("the environment variable {name}"));
            variable
                .or_else(|| Some(format!("the file {}", provider.api_key_file.as_ref()?.display())))
        }),
        error,
    };
    // Read last, because the request above may have renewed the token. If the store cannot be read,
    // the request has failed and reported it.
    if account.kept_in.is_none()
        && let Ok(sign_in) = config.sign_in(name, process_environment)
        && let Ok(Some((saved, kept))) = sign_in.kept().await
    {
        account.scopes = saved.scope.map(|scope| scope.split(' ').map(str::to_owned).collect());
        account.expires_at = saved.tokens.expires_at;
        account.renewable = saved.tokens.refresh.is_some();
        account.kept_in = Some(kept.to_string());
    }
    account
}

fn row(account: &Account) -> Vec<String> {
    vec![
        account.provider.clone(),
        or_dash(account.account.as_deref().map(mask)),
        or_dash(account.plan.as_ref()),
        match &account.error {
            Some(failure) if !failure.refused().is_empty() => "credential refused".to_owned(),
            Some(failure) => format!("error: {}", failure.kind()),
            None => or_dash(account.status.as_ref()),
        },
        or_dash(account.scopes.as_ref().map(|scopes| scopes.join(" "))),
        or_dash(account.expires_at),
        or_dash(account.kept_in.as_ref()),
    ]
}
