//! `[routing.outliers]` as the router's policy.

use std::{num::NonZeroU32, time::Duration};

use switchboard_router::OutlierPolicy;

use crate::config::{
    OutliersConfig,
    file::Config,
    problem::{KeyPath, Problems},
};

/// With fewer attempts a share says nothing; and more than so many of one provider are not looked
/// at.
const ATTEMPTS: std::ops::RangeInclusive<u32> = 5..=1_000;
/// A day.
const LONGEST: u32 = 86_400;

/// What the router obeys.
pub(crate) fn policy(outliers: &OutliersConfig) -> OutlierPolicy {
    let usual = OutlierPolicy::default();
    let seconds = |set: Option<NonZeroU32>, usual| {
        set.map_or(usual, |seconds| Duration::from_secs(seconds.get().into()))
    };
    OutlierPolicy {
        enabled: outliers.enabled.unwrap_or(usual.enabled),
        minimum_attempts: outliers.minimum_attempts.map_or(usual.minimum_attempts, NonZeroU32::get),
        window: seconds(outliers.window_seconds, usual.window),
        cooldown: seconds(outliers.cooldown_seconds, usual.cooldown),
        longest_cooldown: seconds(outliers.longest_cooldown_seconds, usual.longest_cooldown),
    }
}

/// Refuses settings that fit no router, or have no effect.
pub(crate) fn check(config: &Config, problems: &mut Problems) {
    let outliers = &config.routing.outliers;
    let at = KeyPath::of("routing").key("outliers");
    let OutliersConfig {
        enabled,
        minimum_attempts,
        window_seconds,
        cooldown_seconds,
        longest_cooldown_seconds,
    } = *outliers;
    let numbers = [
        ("minimum_attempts", minimum_attempts, ATTEMPTS),
        ("window_seconds", window_seconds, 1..=LONGEST),
        ("cooldown_seconds", cooldown_seconds, 1..=LONGEST),
        ("longest_cooldown_seconds", longest_cooldown_seconds, 1..=LONGEST),
    ];
    let one_alone = config.providers.len() < 2;
    if enabled.is_some() && one_alone {
        problems.push(
            &at.key("enabled"),
            "has no effect on one provider, which is never left out: take it out",
        );
    }
    for (key, set, allowed) in numbers {
        let Some(number) = set.map(NonZeroU32::get) else {
            continue;
        };
        if one_alone {
            problems.push(
                &at.key(key),
                "has no effect on one provider, which is never left out: take it out",
            );
        } else if enabled == Some(false) {
            problems.push(
                &at.key(key),
                "has no effect, because enabled is false: take it out, or enabled",
            );
        } else if !allowed.contains(&number) {
            problems.push(
                &at.key(key),
                format!("{number} is not between {} and {}", allowed.start(), allowed.end()),
            );
        }
    }
    let policy = policy(outliers);
    if policy.cooldown > policy.longest_cooldown {
        let (first, longest) = (policy.cooldown.as_secs(), policy.longest_cooldown.as_secs());
        problems.push(
            &at.key("cooldown_seconds"),
            format!("{first} is more than longest_cooldown_seconds, {longest}: lower it, or raise the other"),
        );
    }
}
