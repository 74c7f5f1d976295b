//! One account: what is known of it without a credential, and how it is treated.

use std::{num::NonZeroU32, time::Duration};

use switchboard_core::{ProviderInfo, RequestLimit};
use switchboard_router::{BreakerPolicy, ProviderLimits};

use crate::{
    config::{
        Config, ProviderConfig,
        credential::wrong_variable,
        problem::{KeyPath, Problems},
        suggest::did_you_mean,
    },
    registry::{Account, Credential, ProviderKind, is_setting_error, is_unknown_setting},
};

const LONGEST_NAME: usize = 64;

/// Checks an account and asks its kind what is known of it.
pub(crate) fn inspect(
    config: &Config,
    name: &str,
    provider: &ProviderConfig,
    problems: &mut Problems,
) -> Option<ProviderInfo> {
    let at = KeyPath::of("providers").key(name);
    let before = problems.len();
    let plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_'
    };
    if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(plain) {
        problems.push(
            &at,
            "is no name of a provider: write lower-case letters, digits, - and _, as [providers.kaicalls-eu]",
        );
    }
    let Some(kind) = config.registry.kind(&provider.kind) else {
        let fix = did_you_mean(&provider.kind, config.registry.kinds());
        problems.push(
            &at.key("kind"),
            format!("{:?} is not a kind of provider that this program knows: {fix}", provider.kind),
        );
        return None;
    };
    let asked = ask(config, kind, name, provider);
    if let Err(misfits) = &asked {
        own(misfits).for_each(|misfit| problems.push(&misfit.at, misfit.message.as_str()));
    }
    if problems.len() > before {
        return None;
    }
    credentials(kind, provider, &at, problems);
    address(provider, &at, problems);
    check_limits(provider, &at, problems);
    if problems.len() > before {
        return None;
    }
    match asked {
        Ok(mut info) => {
            apply_limits(provider, &mut info);
            Some(info)
        }
        Err(misfits) => {
            misfits.into_iter().for_each(|misfit| problems.push(&misfit.at, misfit.message));
            None
        }
    }
}

/// What a kind does not take of an account.
struct Misfit {
    at: KeyPath,
    message: String,
    /// It is about a setting that only the kind has.
    own: bool,
}

/// The misfits of settings that only the kind has.
fn own(misfits: &[Misfit]) -> impl Iterator<Item = &Misfit> {
    misfits.iter().filter(|misfit| misfit.own)
}

/// Asks a kind what is known of an account: all that it does not take, and not the first thing
/// only. A setting that it does not take is left out, and it is asked again.
fn ask(
    config: &Config,
    kind: &dyn ProviderKind,
    name: &str,
    provider: &ProviderConfig,
) -> Result<ProviderInfo, Vec<Misfit>> {
    let at = KeyPath::of("providers").key(name);
    let mut tried = provider.clone();
    let mut misfits: Vec<Misfit> = Vec::new();
    loop {
        let account = Account::new(name, &tried);
        let asked = kind.info(&account).and_then(|info| account.require_read().map(|()| info));
        let error = match asked {
            Ok(info) if misfits.is_empty() => return Ok(info),
            Ok(_) => return Err(misfits),
            Err(error) => error,
        };
        let field = error.field().unwrap_or_default().to_owned();
        let key = field.split(['.', '[']).next().unwrap_or_default();
        let removed = tried.settings.remove(key).is_some();
        let place = if field.is_empty() { at.clone() } else { at.dotted(&field) };
        // A setting that was left out for another reason is not missing.
        if misfits.iter().all(|other| other.at != place) {
            let foreign = is_unknown_setting(&error) && is_setting_elsewhere(config, provider, key);
            let message = match foreign {
                true => format!("has no effect on the kind {}: take it out", provider.kind),
                false => error.message().to_owned(),
            };
            let own = removed || is_setting_error(&error);
            misfits.push(Misfit { at: place, message, own });
        }
        if !removed {
            return Err(misfits);
        }
    }
}

/// True where another kind has a setting of this name.
fn is_setting_elsewhere(config: &Config, provider: &ProviderConfig, key: &str) -> bool {
    let mut alone = provider.clone();
    alone.settings.retain(|name, _| name == key);
    config.registry.kinds().filter(|word| *word != provider.kind).any(|word| {
        let account = Account::new(word, &alone);
        let asked = config
            .registry
            .kind(word)
            .map(|kind| kind.info(&account).map(drop).and_then(|()| account.require_read()));
        asked.is_some_and(|asked| asked.err().is_none_or(|error| !is_unknown_setting(&error)))
    })
}

/// Says which settings a kind does not take, where the rest of the file has problems already.
pub(crate) fn check_settings(config: &Config, problems: &mut Problems) {
    for (name, provider) in &config.providers {
        let Some(kind) = config.registry.kind(&provider.kind) else { continue };
        let misfits = ask(config, kind, name, provider).err().unwrap_or_default();
        own(&misfits).for_each(|misfit| problems.push(&misfit.at, misfit.message.as_str()));
    }
}

fn credentials(
    kind: &dyn ProviderKind,
    provider: &ProviderConfig,
    at: &KeyPath,
    problems: &mut Problems,
) {
    for (key, variable) in provider.variables() {
        if let Some(problem) = wrong_variable(variable) {
            problems.push(&at.key(key), problem);
        }
    }
    match (&provider.api_key_env, &provider.api_key_file, kind.credential()) {
        (Some(_), Some(_), _) => {
            problems.push(&at.key("api_key_file"), "stands beside api_key_env: keep one of them")
        }
        (None, None, Credential::Key(usual)) if provider.enabled => {
            problems.push(
                &at.key("api_key_env"),
                format!("is missing: name the environment variable of the key, api_key_env = \"{usual}\""),
            );
        }
        (None, None, _) | (Some(_), None, _) | (None, Some(_), _) => {}
    }
}

fn address(provider: &ProviderConfig, at: &KeyPath, problems: &mut Problems) {
    let Some(url) = &provider.base_url else {
        return;
    };
    let key = at.key("base_url");
    if !url.username().is_empty() || url.password().is_some() {
        problems
            .push(&key, "carries credentials, which logs would show: name them with api_key_env");
    } else if !matches!(url.scheme(), "https" | "http")
        || url.host_str().is_none()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        problems.push(&key, "is no base of an API: write https://, a host and at most a path");
    }
}

fn check_limits(provider: &ProviderConfig, at: &KeyPath, problems: &mut Problems) {
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
            problems.push(
                &at_limits.key(window),
                format!("has no effect without {requests}: add it, or take this out"),
            );
        }
    }
    let policy = breaker(provider);
    if policy.cooldown > policy.longest_cooldown {
        let (first, longest) = (policy.cooldown.as_secs(), policy.longest_cooldown.as_secs());
        problems.push(
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
        placing_in: provider.limits.calls_per_day.map(a_day).into_iter().collect(),
        ..ProviderLimits::documented(info)
    }
}

fn a_day(calls: NonZeroU32) -> RequestLimit {
    RequestLimit { requests: calls.get(), window: Duration::from_secs(24 * 3600) }
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
