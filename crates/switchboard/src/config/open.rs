//! From a configuration to an engine whose calls outlive it.

use std::sync::Arc;

use switchboard_core::{Clock, Result, SystemClock};
use switchboard_engine::{Recovered, TakesUp};

use crate::{Switchboard, config::Config};

#[cfg(feature = "ledger")]
use {
    crate::config::{
        LedgerConfig, RetentionConfig, credential,
        problem::{KeyPath, Problems},
    },
    secrecy::{ExposeSecret, SecretString},
    std::{num::NonZeroU32, path::PathBuf, time::Duration},
    switchboard_ledger::{HashKey, Ledger, Retention},
};

impl Config {
    /// Opens the ledger, starts an engine over every account and takes up the calls that former
    /// processes left. Has to be called inside a tokio runtime. When it returns, every call that
    /// may have rung is written down as such, and the program may say that it is ready.
    ///
    /// Without `[ledger]` calls are kept in memory. `environment` is asked as by [`Config::build`].
    ///
    /// # Errors
    /// `Configuration` that names every credential that is missing and what is wrong with the
    /// ledger; `Journal` where it cannot be read or written.
    pub async fn open(
        &self,
        environment: impl Fn(&str) -> Option<String> + Send + Sync,
    ) -> Result<Switchboard> {
        self.open_with_report(TakesUp::Everything, environment)
            .await
            .map(|(switchboard, _)| switchboard)
    }

    /// The same, which also says what was taken up, and goes on with these calls only.
    ///
    /// # Errors
    /// As [`Config::open`].
    pub async fn open_with_report(
        &self,
        takes_up: TakesUp,
        environment: impl Fn(&str) -> Option<String> + Send + Sync,
    ) -> Result<(Switchboard, Recovered)> {
        let switchboard = self.start(takes_up, environment).await?;
        let recovered = switchboard.engine().recover().await?;
        if let Some(version) = self.version() {
            switchboard.note(self, &version, None, false).await?;
        }
        if recovered.calls > 0 {
            tracing::info!(
                calls = recovered.calls,
                uncertain = recovered.uncertain,
                followed = recovered.followed,
                resumed = recovered.resumed,
                "took up what former processes left"
            );
        }
        Ok((switchboard, recovered))
    }

    /// The same without taking anything up: for looking at the calls of a process that may be
    /// running, and for deciding one of them.
    ///
    /// # Errors
    /// As [`Config::open`].
    pub async fn attach(
        &self,
        environment: impl Fn(&str) -> Option<String> + Send + Sync,
    ) -> Result<Switchboard> {
        self.start(TakesUp::Asked, environment).await
    }

    async fn start(
        &self,
        takes_up: TakesUp,
        environment: impl Fn(&str) -> Option<String> + Send + Sync,
    ) -> Result<Switchboard> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let engine = self.engine_builder(&environment, &clock)?.takes_up(takes_up);
        #[cfg(feature = "ledger")]
        if let Some(ledger) = self.open_ledger(&environment).await? {
            let engine = engine.journal(ledger.journal()).build()?;
            return Ok(Switchboard::new(engine, clock)
                .with_configuration(self)
                .with_ledger(ledger));
        }
        Ok(Switchboard::new(engine.build()?, clock).with_configuration(self))
    }
}

#[cfg(feature = "ledger")]
const DAY: u64 = 24 * 60 * 60;

#[cfg(feature = "ledger")]
impl Config {
    /// Where the ledger's file is, for one that is a file.
    pub fn ledger_file(&self) -> Option<PathBuf> {
        self.ledger.as_ref()?.path.as_deref().map(|path| self.directory().join(path))
    }

    /// Opens the ledger that `[ledger]` names, and makes it where it is missing; `None` without
    /// `[ledger]`. It needs no credential of a provider, takes no call over and sends nothing.
    ///
    /// # Errors
    /// `Configuration` that names the key, never what is in it; `Journal` where the ledger cannot
    /// be opened.
    pub async fn open_ledger(
        &self,
        environment: impl Fn(&str) -> Option<String> + Send + Sync,
    ) -> Result<Option<Ledger>> {
        let Some(ledger) = &self.ledger else {
            return Ok(None);
        };
        let mut problems = Problems::default();
        crate::config::ledger::check(Some(ledger), &mut problems);
        let key = self.hash_key(ledger, &environment, &mut problems);
        let url = self.ledger_url(ledger, &environment, &mut problems);
        if !problems.is_empty() {
            return Err(problems.into_error(|_| None).into());
        }
        match (url, self.ledger_file()) {
            (Some(url), _) => {
                postgres(url.expose_secret(), key, ledger.lease_seconds).await.map(Some)
            }
            (None, Some(path)) => Ledger::file(path, key).await.map(Some),
            (None, None) => Ok(None),
        }
    }

    /// Looks at the ledger that `[ledger]` names without changing it: it is not made, not brought up
    /// to this version and not taken part in. `None` without `[ledger]`, and where its file is not
    /// there yet. Searching for damage ends after `patience`.
    ///
    /// # Errors
    /// As [`Config::open_ledger`]; `Timeout`.
    pub async fn look_at_ledger(
        &self,
        patience: Duration,
        environment: impl Fn(&str) -> Option<String> + Send + Sync,
    ) -> Result<Option<switchboard_ledger::Look>> {
        let Some(ledger) = &self.ledger else {
            return Ok(None);
        };
        let mut problems = Problems::default();
        crate::config::ledger::check(Some(ledger), &mut problems);
        let url = self.ledger_url(ledger, &environment, &mut problems);
        if !problems.is_empty() {
            return Err(problems.into_error(|_| None).into());
        }
        match (url, self.ledger_file()) {
            (Some(url), _) => {
                Ledger::look_at_postgres(url.expose_secret(), patience).await.map(Some)
            }
            (None, Some(path)) if path.exists() => {
                Ledger::look_at_file(path, patience).await.map(Some)
            }
            (None, _) => Ok(None),
        }
    }

    /// For how long what is known of people is kept, and for how long events are: as `[server.events]`
    /// says, or a week.
    pub fn retention(&self) -> Retention {
        let Some(ledger) = &self.ledger else {
            return Retention::default();
        };
        let events = self.server.as_ref().map_or(Retention::EVENTS, |server| {
            Duration::from_secs(u64::from(server.events.retention_days) * DAY)
        });
        Retention { events: Some(events), ..ledger.retention.as_durations() }
    }

    fn ledger_url(
        &self,
        ledger: &LedgerConfig,
        environment: &dyn Fn(&str) -> Option<String>,
        problems: &mut Problems,
    ) -> Option<SecretString> {
        let names = ("url_env", ledger.url_env.as_deref());
        let files = ("url_file", ledger.url_file.as_deref());
        self.secret_of_the_ledger(
            names,
            files,
            "address of a PostgreSQL database, as postgres://user:password@host/name",
            environment,
            problems,
        )
    }

    fn hash_key(
        &self,
        ledger: &LedgerConfig,
        environment: &dyn Fn(&str) -> Option<String>,
        problems: &mut Problems,
    ) -> Option<HashKey> {
        let names = ("hash_key_env", ledger.hash_key_env.as_deref());
        let files = ("hash_key_file", ledger.hash_key_file.as_deref());
        let what = "ledger's key, 64 hexadecimal digits, as from openssl rand -hex 32";
        let text = self.secret_of_the_ledger(names, files, what, environment, problems)?;
        let key = credential::from_hex(text.expose_secret());
        if key.is_none() {
            let (key, source) = match (names, files) {
                ((key, Some(name)), _) => (key, name.to_owned()),
                ((_, None), (key, path)) => {
                    (key, path.map(|path| path.display().to_string()).unwrap_or_default())
                }
            };
            problems
                .push(&KeyPath::of("ledger").key(key), format!("what {source} holds is no {what}"));
        }
        key.map(HashKey::new)
    }

    fn secret_of_the_ledger(
        &self,
        (variable_key, variable): (&str, Option<&str>),
        (file_key, file): (&str, Option<&std::path::Path>),
        what: &str,
        environment: &dyn Fn(&str) -> Option<String>,
        problems: &mut Problems,
    ) -> Option<SecretString> {
        let at = KeyPath::of("ledger");
        if let Some(name) = variable {
            let found = credential::from_environment(name, environment);
            if found.is_none() {
                problems.push(
                    &at.key(variable_key),
                    format!("the environment variable {name} is not set: set it to the {what}"),
                );
            }
            return found;
        }
        let read = credential::from_file(&self.directory().join(file?));
        read.map_err(|problem| problems.push(&at.key(file_key), format!("the {what}: {problem}")))
            .ok()
    }
}

#[cfg(feature = "postgres")]
async fn postgres(url: &str, key: Option<HashKey>, lease_seconds: Option<u32>) -> Result<Ledger> {
    use switchboard_ledger::{PostgresJournal, PostgresOptions};

    let usual = PostgresOptions::default();
    let lease = lease_seconds.map_or(usual.lease, |seconds| Duration::from_secs(seconds.into()));
    let journal = PostgresJournal::connect_with(url, PostgresOptions { key, lease }).await?;
    Ok(Ledger::Postgres(Arc::new(journal)))
}

/// The check of `[ledger]` has refused the address before; this says it again.
#[cfg(all(feature = "ledger", not(feature = "postgres")))]
async fn postgres(url: &str, key: Option<HashKey>, _lease_seconds: Option<u32>) -> Result<Ledger> {
    Ledger::postgres(url, key).await
}

#[cfg(feature = "ledger")]
impl RetentionConfig {
    /// All but that of events, which is not the ledger's section.
    fn as_durations(&self) -> Retention {
        let days = |days: Option<NonZeroU32>| {
            days.map(|days| Duration::from_secs(u64::from(days.get()) * DAY))
        };
        Retention {
            transcripts: days(self.transcripts_days),
            recordings: days(self.recordings_days),
            raw_answers: days(self.raw_answers_days),
            people: days(self.people_days),
            events: None,
            consents: days(self.consents_days).or(Some(Retention::CONSENTS)),
        }
    }
}
