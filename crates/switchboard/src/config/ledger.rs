//! `[ledger]`: where calls are written down, and for how long what was said is kept.

use std::{num::NonZeroU32, path::PathBuf};

use serde::{Deserialize, Deserializer, de::IgnoredAny};

use crate::config::{
    credential::wrong_variable,
    problem::{KeyPath, Problems},
};

/// Longer leases leave the calls of a process that died unattended for too long.
const LONGEST_LEASE: u32 = 3_600;
/// A process says four times in each lease that it lives; with less than this, one that is merely
/// busy would lose its calls.
const SHORTEST_LEASE: u32 = 2;

/// `[ledger]`: one of `path`, `url_env` and `url_file`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LedgerConfig {
    /// One SQLite file, for one machine; relative to the configuration file. Made where it is
    /// missing.
    pub path: Option<PathBuf>,
    /// The environment variable that holds the address of a PostgreSQL database, as
    /// `postgres://user:password@host/name`, for several processes that share their calls.
    pub url_env: Option<String>,
    /// The file that holds that address instead, and nothing else; relative to the configuration
    /// file.
    pub url_file: Option<PathBuf>,
    /// The environment variable with the 32 bytes, as 64 hexadecimal digits, that make numbers into
    /// hashes. Without one the ledger makes its own key and keeps it beside the calls; with one,
    /// the ledger alone does not reveal whom an erased call was to.
    pub hash_key_env: Option<String>,
    /// The file that holds them instead, and nothing else; relative to the configuration file.
    pub hash_key_file: Option<PathBuf>,
    /// PostgreSQL: how long a process may fail to renew its lease before others take over its
    /// calls, 10 to 3600.
    pub lease_seconds: Option<u32>,
    /// For how long what is known of people is kept.
    pub retention: RetentionConfig,
    /// Refused.
    #[serde(rename = "url", alias = "hash_key", alias = "password")]
    pub(crate) inline: InlineLedger,
}

/// `[ledger.retention]`: after so many days `switchboard ledger sweep` destroys it, of calls that
/// are settled. Left out: kept for good.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionConfig {
    /// What was said.
    pub transcripts_days: Option<NonZeroU32>,
    /// Where the sound is.
    pub recordings_days: Option<NonZeroU32>,
    /// Providers' answers as they came.
    pub raw_answers_days: Option<NonZeroU32>,
    /// Everything that names a person: the number, the task and all that was said.
    pub people_days: Option<NonZeroU32>,
    /// Consents, after their last use. Left out: five years. They are evidence, and are kept apart
    /// from what names a person.
    pub consents_days: Option<NonZeroU32>,
}

/// An address or key of the ledger written into the configuration: refused, and not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct InlineLedger;

impl<'de> Deserialize<'de> for InlineLedger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer)?;
        Err(serde::de::Error::custom(
            "is a secret, or carries one, and this file is shown and shared: put it into an environment variable and name that one, as \
             url_env = \"DATABASE_URL\" or hash_key_env = \"SWITCHBOARD_HASH_KEY\", or into a file of its own with url_file or hash_key_file. \
             Change the secret if others saw this file",
        ))
    }
}

impl LedgerConfig {
    /// One SQLite file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { path: Some(path.into()), ..Self::default() }
    }

    /// The file of programs whose configuration names none: `switchboard/ledger.db` in the user's
    /// data directory, which is `XDG_DATA_HOME`, else `~/.local/share`; on Windows `LOCALAPPDATA`.
    /// `None` where the environment names no home.
    pub fn of_the_user(environment: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let absolute =
            |name: &str| environment(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let data = if cfg!(windows) {
            absolute("LOCALAPPDATA")
        } else {
            absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(".local/share")))
        }?;
        Some(Self::file(data.join("switchboard").join("ledger.db")))
    }
}

/// Finds what does not fit together.
pub(crate) fn check(ledger: Option<&LedgerConfig>, problems: &mut Problems) {
    let Some(ledger) = ledger else { return };
    let at = KeyPath::of("ledger");
    not_built(ledger, &at, problems);
    let places = [
        ("path", ledger.path.is_some()),
        ("url_env", ledger.url_env.is_some()),
        ("url_file", ledger.url_file.is_some()),
    ];
    let mut named = places.iter().filter(|(_, set)| *set).map(|(key, _)| *key);
    match (named.next(), named.next()) {
        (None, _) => problems.push(
            &at.key("path"),
            "is missing: name a file, path = \"ledger.db\", or a PostgreSQL database, url_env = \"DATABASE_URL\"",
        ),
        (Some(first), Some(second)) => problems.push(&at.key(second), format!("stands beside {first}: keep one of them")),
        (Some("path"), None) if ledger.lease_seconds.is_some() => problems.push(
            &at.key("lease_seconds"),
            "has no effect on a file, which knows at once when a process is gone: take it out",
        ),
        (Some(_), None) => {}
    }
    if ledger.path.as_ref().is_some_and(|path| path.as_os_str().is_empty()) {
        problems.push(&at.key("path"), "is empty: name a file, as path = \"ledger.db\"");
    }
    for (key, variable) in [("url_env", &ledger.url_env), ("hash_key_env", &ledger.hash_key_env)] {
        if let Some(problem) = variable.as_deref().and_then(wrong_variable) {
            problems.push(&at.key(key), problem);
        }
    }
    if ledger.hash_key_env.is_some() && ledger.hash_key_file.is_some() {
        problems.push(&at.key("hash_key_file"), "stands beside hash_key_env: keep one of them");
    }
    if let Some(lease) = ledger.lease_seconds
        && !(SHORTEST_LEASE..=LONGEST_LEASE).contains(&lease)
    {
        problems.push(
            &at.key("lease_seconds"),
            format!("{lease} is not between {SHORTEST_LEASE} and {LONGEST_LEASE}"),
        );
    }
    retention(&ledger.retention, &at.key("retention"), problems);
}

/// A database that this program was built without.
fn not_built(ledger: &LedgerConfig, at: &KeyPath, problems: &mut Problems) {
    if cfg!(not(feature = "sqlite")) && ledger.path.is_some() {
        problems.push(
            &at.key("path"),
            "needs SQLite, and this program was built without it: build it with the feature sqlite (cargo build --features sqlite)",
        );
    }
    for (key, named) in
        [("url_env", ledger.url_env.is_some()), ("url_file", ledger.url_file.is_some())]
    {
        if cfg!(not(feature = "postgres")) && named {
            problems.push(
                &at.key(key),
                "needs PostgreSQL, and this program was built without it: build it with the feature postgres (cargo build --features postgres), or name a file, path = \"ledger.db\"",
            );
        }
    }
}

/// What is kept longer than the people it is about has no effect.
fn retention(retention: &RetentionConfig, at: &KeyPath, problems: &mut Problems) {
    let Some(people) = retention.people_days else {
        return;
    };
    for (key, days) in [
        ("transcripts_days", retention.transcripts_days),
        ("recordings_days", retention.recordings_days),
        ("raw_answers_days", retention.raw_answers_days),
    ] {
        if days.is_some_and(|days| days > people) {
            problems.push(
                &at.key(key),
                format!("has no effect beyond people_days, {people}, which destroys it with the rest: lower it, or take it out"),
            );
        }
    }
}
