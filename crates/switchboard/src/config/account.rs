//! One account: what is known of it without a credential, and how it is treated.

use std::{num::NonZeroU32, time::Duration};

use switchboard_core::{ProviderInfo, RequestLimit};
use switchboard_router::{BreakerPolicy, ProviderLimits};

use crate::{
    config::{
        Config, ProviderConfig,
        credential::wrong_variable,
        problem::{Place, Problems},
        token_store::TokenStoreConfig,
        words::did_you_mean,
    },
    registry::{Account, ProviderKind, Setting},
};

const LONGEST_NAME: usize = 64;

/// Checks an account and asks its kind what is known of it.
pub(crate) fn inspect(
    config: &Config,
    name: &str,
    provider: &ProviderConfig,
    problems: &mut Problems,
) -> Option<ProviderInfo> {
    let at = Place::of("providers").key(name);
    let before = problems.len();
    let plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_'
    };
    if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(plain) {
        problems.say(
            &at,
            "is no name of a provider: write lower-case letters, digits, - and _, as [providers.kaicalls-eu]",
        );
    }
    let Some(kind) = config.registry.kind(&provider.kind) else {
        let fix = did_you_mean(&provider.kind, config.registry.kinds());
        problems.say(
            &at.key("kind"),
            format!("{:?} is no kind of provider that this program knows: {fix}", provider.kind),
        );
        return None;
    };
    foreign_settings(kind, provider, &at, problems);
    credentials(kind, provider, &at, problems);
    address(provider, &at, problems);
    check_limits(provider, &at, problems);
    if problems.len() > before {
        return None;
    }
    match kind.info(&Account { name, config: provider }) {
        Ok(mut info) => {
            apply_limits(provider, &mut info);
            Some(info)
        }
        Err(error) => {
            let key = error.field().map_or_else(|| at.clone(), |field| at.dotted(field));
            problems.say(&key, error.message());
            None
        }
    }
}

fn foreign_settings(
    kind: &dyn ProviderKind,
    provider: &ProviderConfig,
    at: &Place,
    problems: &mut Problems,
) {
    for setting in Setting::ALL {
        if setting.is_set(provider) && !kind.settings().contains(&setting) {
            problems.say(
                &at.key(setting.key()),
                format!("has no effect on the kind {}: take it out", provider.kind),
            );
        }
    }
}

fn credentials(
    kind: &dyn ProviderKind,
    provider: &ProviderConfig,
    at: &Place,
    problems: &mut Problems,
) {
    let variables = [
        ("api_key_env", &provider.api_key_env),
        ("refresh_token_env", &provider.refresh_token_env),
        ("webhook_secret_env", &provider.webhook_secret_env),
    ];
    for (key, variable) in variables {
        if let Some(problem) = variable.as_deref().and_then(wrong_variable) {
            problems.say(&at.key(key), problem);
        }
    }
    match (&provider.api_key_env, &provider.api_key_file, kind.default_key_variable()) {
        (Some(_), Some(_), _) => {
            problems.say(&at.key("api_key_file"), "stands beside api_key_env: keep one of them")
        }
        (None, None, _) if kind.settings().contains(&Setting::TokenStore) => {
            if provider.refresh_token_env.is_some() {
                problems.say(
                    &at.key("refresh_token_env"),
                    "has no effect without api_key_env: add it, or take this out and log in",
                );
            }
            if cfg!(not(feature = "keyring"))
                && provider.token_store == Some(TokenStoreConfig::Keyring)
            {
                problems.say(
                    &at.key("token_store"),
                    "needs the keyring, and this program was built without it: build it with the feature keyring (cargo build --features keyring), or keep the tokens in a file, token_store = \"file:PATH\"",
                );
            }
            return;
        }
        (None, None, Some(usual)) if provider.enabled => {
            problems.say(
                &at.key("api_key_env"),
                format!("is missing: name the environment variable of the key, api_key_env = \"{usual}\""),
            );
        }
        (None, None, _) | (Some(_), None, _) | (None, Some(_), _) => {}
    }
    if provider.token_store.is_some() && kind.settings().contains(&Setting::TokenStore) {
        problems.say(
            &at.key("token_store"),
            "has no effect beside a token of the account's own: take out api_key_env or api_key_file to log in instead, or this",
        );
    }
}

fn address(provider: &ProviderConfig, at: &Place, problems: &mut Problems) {
    let Some(url) = &provider.base_url else {
        return;
    };
    let key = at.key("base_url");
    if !url.username().is_empty() || url.password().is_some() {
        problems
            .say(&key, "carries credentials, which logs would show: name them with api_key_env");
    } else if !matches!(url.scheme(), "https" | "http")
        || url.host_str().is_none()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        problems.say(&key, "is no base of an API: write https://, a host and at most a path");
    }
}

fn check_limits(provider: &ProviderConfig, at: &Place, problems: &mut Problems) {
    let limits = &provider.limits;
    let at_limits = at.key("limits");
    for (window, window_set, requests, requests_set) in [
        (
            "place_window_seconds",
            limits.place_window_seconds.is_some(),
            "place_requests",
            limits.place_requests.is_some(),
        ),
        (
            "read_window_seconds",
            limits.read_window_seconds.is_some(),
            "read_requests",
            limits.read_requests.is_some(),
        ),
    ] {
        if window_set && !requests_set {
            problems.say(
                &at_limits.key(window),
                format!("has no effect without {requests}: add it, or take this out"),
            );
        }
    }
    let policy = breaker(provider);
    if policy.cooldown > policy.longest_cooldown {
        let (first, longest) = (policy.cooldown.as_secs(), policy.longest_cooldown.as_secs());
        problems.say(
            &at.key("breaker").key("cooldown_seconds"),
            format!("{first} is more than longest_cooldown_seconds, {longest}: lower it, or raise the other"),
        );
    }
}

fn apply_limits(provider: &ProviderConfig, info: &mut ProviderInfo) {
    let limits = &provider.limits;
    let window = |seconds: Option<NonZeroU32>| {
        Duration::from_secs(seconds.map_or(60, |seconds| seconds.get().into()))
    };
    if let Some(requests) = limits.place_requests {
        info.place_limit = Some(RequestLimit {
            requests: requests.get(),
            window: window(limits.place_window_seconds),
        });
    }
    if let Some(requests) = limits.read_requests {
        info.read_limit = Some(RequestLimit {
            requests: requests.get(),
            window: window(limits.read_window_seconds),
        });
    }
}

/// How much may be asked of an account; `info` says what is documented, or was granted.
pub(crate) fn limits(provider: &ProviderConfig, info: &ProviderInfo) -> ProviderLimits {
    ProviderLimits {
        calls_per_second: provider.limits.calls_per_second,
        concurrent: provider.limits.concurrent_calls.map(NonZeroU32::get),
        ..ProviderLimits::documented(info)
    }
}

/// The breaker of an account.
pub(crate) fn breaker(provider: &ProviderConfig) -> BreakerPolicy {
    let usual = BreakerPolicy::default();
    let set = &provider.breaker;
    let seconds = |set: Option<NonZeroU32>, usual| {
        set.map_or(usual, |seconds| Duration::from_secs(seconds.get().into()))
    };
    BreakerPolicy {
        failures: set.failures.map_or(usual.failures, NonZeroU32::get),
        cooldown: seconds(set.cooldown_seconds, usual.cooldown),
        longest_cooldown: seconds(set.longest_cooldown_seconds, usual.longest_cooldown),
    }
}
