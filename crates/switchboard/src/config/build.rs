//! From a configuration to an engine: the step that reads secrets.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use secrecy::ExposeSecret;
use switchboard_core::{Clock, Error, Provider, Result, SystemClock, ValidCall};
use switchboard_engine::{Engine, EngineBuilder, WebhookAddress};
use switchboard_router::{Headroom, Plan, Policy, ProviderPolicy, Reading, Snapshot, plan};

use crate::{
    Switchboard,
    config::{
        Config, ConfigError, ProviderConfig, TokenLocation, TokenStoreConfig, credential,
        problem::{KeyPath, Problems},
        suggest::did_you_mean,
    },
    disabled::SwitchedOff,
    registry::{Account, Credential, ProviderKind, RawApi, Secrets},
};

/// How long the webhook address of an attempt holds: news of a call may be a day late, and a
/// weekend longer.
const WEBHOOK_LIFETIME: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// The shortest secret that the engine accepts.
const SHORTEST_WEBHOOK_SECRET: usize = 32;

/// Where secrets are looked up.
type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Config {
    /// Reads the credentials and starts an engine over every account, which keeps its calls in
    /// memory: for looking at accounts and plans, and for programs that keep records themselves.
    /// `[ledger]` is not opened; [`Config::open`] does that. Has to be called inside a tokio
    /// runtime; nothing is sent.
    ///
    /// `environment` is asked for the variables that the file names:
    /// [`process_environment`](crate::process_environment) in a program, a closure over a map in a
    /// test.
    ///
    /// # Errors
    /// `Configuration` that names every credential that is missing, its provider and its variable;
    /// never a secret.
    pub fn build(&self, environment: impl Fn(&str) -> Option<String>) -> Result<Switchboard> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let engine = self.engine_builder(environment, &clock)?.build()?;
        Ok(Switchboard::new(engine, clock).with_configuration(self))
    }

    /// The same, stopped before the engine starts, for a journal of your own and another clock.
    ///
    /// # Errors
    /// As [`Config::build`].
    pub fn engine_builder(
        &self,
        environment: impl Fn(&str) -> Option<String>,
        clock: &Arc<dyn Clock>,
    ) -> Result<EngineBuilder> {
        let policy = self.policy()?;
        let mut problems = Problems::default();
        let mut opened = Vec::with_capacity(policy.providers.len());
        let account = self.accounts(&environment, &mut problems);
        for one in &policy.providers {
            let Some((name, config)) = self.providers.get_key_value(one.info.id.as_str()) else {
                continue;
            };
            let provider = self.account(&account(name, config), &environment, clock, &mut problems);
            let provider = provider.or_else(|| {
                (!one.enabled).then(|| SwitchedOff::new(one.info.clone()) as Arc<dyn Provider>)
            });
            opened.extend(provider);
        }
        let webhooks = self.webhook_address(&environment, &mut problems);
        if !problems.is_empty() {
            return Err(problems.into_error(|_| None).into());
        }
        let tables = self.rule_tables()?;
        let mut builder = Engine::builder(policy).clock(Arc::clone(clock)).rule_tables(tables);
        if let Some(version) = self.version() {
            builder = builder.version(version);
        }
        for provider in opened {
            builder = builder.provider(provider);
        }
        Ok(match webhooks {
            Some(address) => builder.webhooks(address),
            None => builder,
        })
    }

    /// Opens one account alone, whatever is missing from the others.
    ///
    /// # Errors
    /// `Configuration` for an account that does not exist, and as [`Config::build`].
    pub fn provider(
        &self,
        account: &str,
        environment: impl Fn(&str) -> Option<String>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Arc<dyn Provider>> {
        let (account, kind, secrets) = self.one(account, &environment)?;
        kind.open(&account, &secrets, clock).map_err(|error| self.locate(&account, &error))
    }

    /// One account's own API, for requests that this library does not model. `None` if its kind
    /// offers none.
    ///
    /// # Errors
    /// As [`Config::provider`].
    pub fn raw(
        &self,
        account: &str,
        environment: impl Fn(&str) -> Option<String>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Option<Arc<dyn RawApi>>> {
        let (account, kind, secrets) = self.one(account, &environment)?;
        kind.raw(&account, &secrets, clock).map_err(|error| self.locate(&account, &error))
    }

    fn one(
        &self,
        account: &str,
        environment: Environment<'_>,
    ) -> Result<(Account<'_>, &dyn ProviderKind, Secrets)> {
        let mut problems = Problems::default();
        let at = KeyPath::of("providers").key(account);
        let known = self.providers.keys().map(String::as_str);
        let Some((name, config)) = self.providers.get_key_value(account) else {
            problems.push(
                &at,
                format!("is not in the configuration: {}", did_you_mean(account, known)),
            );
            return Err(problems.into_error(|_| None).into());
        };
        let Some(kind) = self.registry.kind(&config.kind) else {
            problems.push(&at.key("kind"), "is not a kind of provider that this program knows");
            return Err(problems.into_error(|_| None).into());
        };
        let account = self.accounts(environment, &mut problems)(name, config);
        let secrets = self.secrets(&account, environment, &at, &mut problems);
        if !problems.is_empty() {
            return Err(problems.into_error(|_| None).into());
        }
        Ok((account, kind, secrets))
    }

    /// Makes accounts behind the network of the configuration.
    pub(crate) fn accounts<'a>(
        &self,
        environment: Environment<'_>,
        problems: &mut Problems,
    ) -> impl Fn(&'a str, &'a ProviderConfig) -> Account<'a> + use<'a> {
        #[cfg(feature = "backend")]
        let network = self.read_network(environment, problems);
        #[cfg(not(feature = "backend"))]
        let _ = (environment, problems);
        move |name, config| {
            let account = Account::new(name, config);
            #[cfg(feature = "backend")]
            let account = account.behind(network.clone());
            account
        }
    }

    fn locate(&self, account: &Account<'_>, error: &Error) -> Error {
        let mut problems = Problems::default();
        problems.push(&path_of(account, error), describe(account, error));
        problems.into_error(|_| None).into()
    }

    /// The plan that an engine would make which has just started: every provider is healthy and its
    /// rate limit is free. It needs no credential and sends nothing. `draw` is the call's chance,
    /// for the `weighted` strategy: the same draw gives the same plan.
    ///
    /// # Errors
    /// As [`Config::policy`].
    pub fn plan(&self, call: &ValidCall, now: Timestamp, draw: u64) -> Result<Plan, ConfigError> {
        let policy = self.shared_policy()?;
        let readings = untouched(&policy);
        Ok(plan(
            call,
            &Snapshot {
                policy: &policy,
                readings: &readings,
                draw,
                quality: None,
                experiments: None,
            },
            now,
        ))
    }

    fn account(
        &self,
        account: &Account<'_>,
        environment: Environment<'_>,
        clock: &Arc<dyn Clock>,
        problems: &mut Problems,
    ) -> Option<Arc<dyn Provider>> {
        let at = KeyPath::of("providers").key(account.name);
        let kind = self.registry.kind(&account.config.kind)?;
        let mut missing = Problems::default();
        let secrets = self.secrets(account, environment, &at, &mut missing);
        if !missing.is_empty() {
            if account.config.enabled {
                problems.append(missing);
            }
            return None;
        }
        let may_lack_a_key = match kind.credential() {
            Credential::None => true,
            Credential::Key(_) => false,
            Credential::KeyOrLogin(_) => account.config.enabled,
        };
        if secrets.api_key.is_none() && !may_lack_a_key {
            return None;
        }
        kind.open(account, &secrets, clock)
            .map_err(|error| problems.push(&path_of(account, &error), describe(account, &error)))
            .ok()
    }

    fn secrets(
        &self,
        account: &Account<'_>,
        environment: Environment<'_>,
        at: &KeyPath,
        problems: &mut Problems,
    ) -> Secrets {
        let config = account.config;
        let mut named = BTreeMap::new();
        for (key, name) in config.variables() {
            match credential::from_environment(name, environment) {
                Some(secret) => {
                    named.insert(key.to_owned(), secret);
                }
                None => problems.push(
                    &at.key(key),
                    format!(
                        "the environment variable {name} is not set: set it to the {} of the provider {}, or switch the provider off with enabled = false",
                        what(key),
                        account.name
                    ),
                ),
            }
        }
        let from_file = config.api_key_file.as_ref().and_then(|path| {
            credential::from_file(&self.directory.join(path))
                .map_err(|problem| {
                    problems.push(
                        &at.key("api_key_file"),
                        format!("the API key of the provider {}: {problem}", account.name),
                    )
                })
                .ok()
        });
        Secrets::new(
            named.remove("api_key_env").or(from_file),
            named,
            TokenLocation::new(TokenStoreConfig::default(), self.directory(), environment),
        )
    }

    fn webhook_address(
        &self,
        environment: Environment<'_>,
        problems: &mut Problems,
    ) -> Option<WebhookAddress> {
        let webhooks = self.webhooks.as_ref()?;
        let name = &webhooks.secret_env;
        let Some(secret) = credential::from_environment(name, environment) else {
            problems.push(
                &KeyPath::of("webhooks").key("secret_env"),
                format!(
                    "the environment variable {name} is not set: set it to at least 32 random characters, as from openssl rand -hex 32"
                ),
            );
            return None;
        };
        let length = secret.expose_secret().len();
        if length < SHORTEST_WEBHOOK_SECRET {
            problems.push(
                &KeyPath::of("webhooks").key("secret_env"),
                format!("what {name} holds has {length} characters: use at least {SHORTEST_WEBHOOK_SECRET} random ones, as from openssl rand -hex 32"),
            );
            return None;
        }
        let of_server = || self.server.as_ref()?.public_url.clone();
        Some(WebhookAddress {
            base: webhooks.public_url.clone().or_else(of_server)?,
            secret,
            lifetime: WEBHOOK_LIFETIME,
        })
    }
}

fn path_of(account: &Account<'_>, error: &Error) -> KeyPath {
    let at = KeyPath::of("providers").key(account.name);
    error.field().map_or_else(|| at.clone(), |field| at.dotted(field))
}

fn describe(account: &Account<'_>, error: &Error) -> String {
    format!("{}{}", source_of(account.config, error.field()), error.message())
}

/// What a variable holds, derived from the key that names it.
fn what(key: &str) -> String {
    match key {
        "api_key_env" => "API key".to_owned(),
        other => other.trim_end_matches("_env").replace('_', " "),
    }
}

/// Names the variable that a refused secret came from.
fn source_of(config: &ProviderConfig, field: Option<&str>) -> String {
    let variable = config.variables().find(|(key, _)| Some(*key) == field).map(|(_, name)| name);
    variable.map_or_else(String::new, |name| format!("what {name} holds "))
}

fn untouched(policy: &Policy) -> Vec<Reading> {
    let free = |limit: switchboard_core::RequestLimit| Headroom {
        free: limit.requests,
        of: limit.requests,
        frees_at: None,
    };
    let reading = |one: &ProviderPolicy| Reading {
        headroom: one.limits.placing.map(free),
        ..Reading::default()
    };
    policy.providers.iter().map(reading).collect()
}
