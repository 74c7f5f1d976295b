//! `switchboard keys`: makes, lists, revokes and rotates API keys in the ledger.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use switchboard::{SystemClock, TenantId};
use switchboard_api::{
    KeyAdmin,
    caller::{Caller, KeysManage, Role, ScopeName},
    wire::{CreatedKey, Key, NewKey, OwnLimits},
};

use crate::{
    cli::{Common, CreateKeyArgs, KeysArgs, KeysCommand},
    exit::Exit,
    failure::{Failure, Outcome},
    output::{Output, or_dash},
    setup,
};

pub(crate) async fn run(common: &Common, args: KeysArgs, output: Output) -> Outcome {
    let ledger = setup::ledger_or_new(common, args.ledger.as_deref()).await?;
    let admin = KeyAdmin::new(ledger.server(), Arc::new(SystemClock));
    let who = match args.command {
        // Nothing is decided.
        KeysCommand::List { .. } => "keys list".to_owned(),
        _ => setup::operator(args.by)?,
    };
    let caller = Caller::of_the_ledger(who, Timestamp::now());
    let by = caller.allowed::<KeysManage>()?;
    match args.command {
        KeysCommand::Create(args) => {
            let created = admin.create(by, &new_key(args)?, None).await?;
            show_created(&created, output);
        }
        KeysCommand::List { tenant } => {
            let mut keys = admin.list(by).await?;
            if let Some(tenant) = tenant {
                keys.data.retain(|key| key.tenant.as_deref() == Some(tenant.as_str()));
            }
            show(&keys.data, output);
        }
        KeysCommand::Revoke { id } => {
            admin.revoke(by, public_part(&id)).await?;
            if output.json {
                output.object(&json!({"revoked": public_part(&id)}));
            } else {
                output.line(format!("revoked {}", public_part(&id)));
            }
        }
        KeysCommand::Rotate { id, overlap } => {
            let created = admin.rotate(by, public_part(&id), overlap).await?;
            show_created(&created, output);
        }
    }
    Ok(Exit::Done)
}

/// The public part of a key, of which the whole may have been pasted.
fn public_part(text: &str) -> &str {
    text.strip_prefix("sb_").and_then(|rest| rest.split('_').next()).unwrap_or(text)
}

fn new_key(args: CreateKeyArgs) -> Outcome<NewKey> {
    let role = args.role.map(|role| role.role().as_str());
    let expires_at = args.expires_in.map(|span| {
        let span = SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX);
        Timestamp::now().checked_add(span).map(|at| at.to_string()).map_err(|_| {
            Failure::input("--expires-in", "is further away than times are counted: shorten it")
        })
    });
    if args.tenant.as_deref().is_some_and(|tenant| TenantId::from(tenant).as_str().is_empty()) {
        return Err(Failure::input("--tenant", "is empty: name a tenant, or leave it out"));
    }
    Ok(NewKey {
        name: args.name.or_else(|| role.map(str::to_owned)).unwrap_or_else(|| "scopes".to_owned()),
        tenant: args.tenant,
        role: role.map(str::to_owned),
        scopes: role.is_none().then_some(args.scopes),
        expires_at: expires_at.transpose()?,
        ip_allow: args.ip_allow,
        limits: OwnLimits::default(),
        confirm: args.confirm.is_asked(),
    })
}

fn show_created(created: &CreatedKey, output: Output) {
    if output.json {
        output.object(created);
        return;
    }
    output.line(created.secret.as_deref().unwrap_or_default());
    // The key alone is on stdout, for a pipe.
    let key = &created.key;
    output.note(format!(
        "{} of {}, {}: it is shown now and never again",
        may(key),
        key.tenant.as_deref().unwrap_or("every tenant"),
        key.expires_at
            .as_ref()
            .map_or_else(|| "without an end".to_owned(), |at| format!("until {}", at.0)),
    ));
}

fn show(keys: &[Key], output: Output) {
    if output.json {
        output.object(&json!({"data": keys}));
        return;
    }
    if keys.is_empty() {
        output.line("no keys: make the first one with switchboard keys create --role admin");
        return;
    }
    let rows = keys.iter().map(|key| {
        vec![
            key.id.clone(),
            key.name.clone(),
            key.tenant.clone().unwrap_or_else(|| "*".to_owned()),
            may(key),
            state(key),
            or_dash(key.last_used_at.as_ref().map(|at| format!("{:.0}", at.0))),
        ]
    });
    output.table(&["id", "name", "tenant", "may", "state", "last used"], rows);
}

/// The role whose scopes it has, or the scopes.
fn may(key: &Key) -> String {
    let is = |role: &&Role| {
        let mut scopes: Vec<_> = role.scopes(key.tenant.is_some()).map(ScopeName::as_str).collect();
        scopes.sort_unstable();
        scopes.iter().eq(key.scopes.iter())
    };
    let role = Role::ALL.iter().find(is).map(|role| role.as_str().to_owned());
    role.unwrap_or_else(|| key.scopes.join(" "))
}

fn state(key: &Key) -> String {
    let now = Timestamp::now();
    match (&key.revoked_at, &key.expires_at) {
        (Some(_), _) => "revoked".to_owned(),
        (None, Some(at)) if at.0 <= now => "expired".to_owned(),
        (None, Some(at)) => format!("until {:.0}", at.0),
        (None, None) => "works".to_owned(),
    }
}
