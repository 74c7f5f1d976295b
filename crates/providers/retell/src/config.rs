//! Settings of one Retell account.

use std::{collections::BTreeSet, time::Duration};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use switchboard_core::{
    AgentId, Country, Coverage, Error, ErrorKind, FailureDomains, Idempotency, Language,
    PhoneNumber, ProviderId, ProviderInfo, Replay, RequestLimit, Result, Tariff, TrustedReasons,
};
use switchboard_http::{ClientConfig, Network, is_plausible_key, protects_keys};
use url::Url;

use crate::reasons;

/// How long a placing request may be repeated under its idempotency key (OpenAPI,
/// `idempotency_key`).
const KEY_LIFE: Duration = Duration::from_secs(3600);
/// The longest call that may be asked for (OpenAPI, `max_call_duration_ms`).
pub(crate) const LONGEST_CALL: Duration = Duration::from_secs(7200);
/// The shortest limit of a call that may be asked for (the same).
pub(crate) const SHORTEST_LIMIT: Duration = Duration::from_secs(60);
/// The largest answer to a read: a page of calls holds their transcripts.
const LARGEST_READ: usize = 8 << 20;

/// One account at Retell. Only `api_key` is required; placing calls also needs `from_number`, and
/// an agent here or in each call.
///
/// ```
/// # let text = r#"{"api_key": "key_0123456789abcdef", "agent_id": "agent_1", "agent_version": "live"}"#;
/// let config: switchboard_retell::RetellConfig = serde_json::from_str(text)?;
/// assert_eq!(config.base_url.as_str(), "https://api.retellai.com/");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RetellConfig {
    /// The name of this account in routes, journals and errors. Two accounts need two names.
    /// Default: `retell`.
    #[serde(default = "default_id")]
    pub id: ProviderId,
    /// The API key.
    pub api_key: SecretString,
    /// The address of the API. Plain http is allowed for a loopback address only. Default:
    /// `https://api.retellai.com`.
    #[serde(default = "default_base_url")]
    pub base_url: Url,
    /// The agent of calls whose profile names none. Without it, each call must name one: the agent
    /// that Retell has for the number is never used.
    #[serde(default)]
    pub agent_id: Option<AgentId>,
    /// The version of `agent_id`: a whole number, or a tag. It is not sent with other agents.
    /// Default: none, and Retell chooses.
    #[serde(default)]
    pub agent_version: Option<VersionSelector>,
    /// The number that calls are made from, in E.164. It must be bought from Retell or imported.
    /// Without it, no call can be placed.
    #[serde(default)]
    pub from_number: Option<PhoneNumber>,
    /// The dynamic variable that the agent's prompt takes the task from. Default: `task`, which a
    /// prompt uses as `{{task}}`.
    #[serde(default = "default_task_variable")]
    pub task_variable: String,
    /// The API key that carries the webhook mark in Retell's console, with which webhooks are
    /// signed. Default: `api_key`.
    #[serde(default)]
    pub webhook_key: Option<SecretString>,
    /// The platforms and carriers that the account depends on: two providers that share one are no
    /// backup for each other. Default: `retell` and `twilio`, the carrier of its numbers unless
    /// another one was chosen.
    #[serde(default = "default_failure_domains", alias = "failure_domain")]
    pub failure_domains: FailureDomains,
    /// The countries it calls. Default: US. Retell's documents contradict each other on others.
    #[serde(default = "default_countries")]
    pub countries: BTreeSet<Country>,
    /// The languages of the account's agents; `en` covers `en-US`. A call in a language that the
    /// agent does not speak would disturb somebody for nothing. Default: `en`.
    #[serde(default = "default_languages")]
    pub languages: BTreeSet<Language>,
    /// The prices. Default: none. Retell's price is made of parts that depend on the agent.
    #[serde(default)]
    pub tariff: Option<Tariff>,
    /// The reasons that are trusted to prove that an accepted call was never dialled, so that
    /// another provider may be asked: `"documented"`, or a list. Default: none; such calls failed.
    #[serde(default)]
    pub not_dialled: TrustedReasons,
    /// The proxy, the certificates and the cryptography of TLS; set in code only. Default: none of our
    /// own.
    #[serde(skip)]
    pub network: Network,
}

/// Which version of an agent speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "must be a whole number, or a tag")]
pub enum VersionSelector {
    /// The number of a version.
    Number(u64),
    /// A tag, which may be moved to another version at Retell.
    Tag(String),
}

impl From<&str> for VersionSelector {
    /// A whole number is the number of a version; anything else is a tag.
    fn from(text: &str) -> Self {
        match text.parse() {
            Ok(number) => Self::Number(number),
            Err(_) => Self::Tag(text.to_owned()),
        }
    }
}

impl RetellConfig {
    /// The defaults with this API key.
    pub fn new(api_key: impl Into<SecretString>) -> Self {
        Self {
            id: default_id(),
            api_key: api_key.into(),
            base_url: default_base_url(),
            agent_id: None,
            agent_version: None,
            from_number: None,
            task_variable: default_task_variable(),
            webhook_key: None,
            failure_domains: default_failure_domains(),
            countries: default_countries(),
            languages: default_languages(),
            tariff: None,
            not_dialled: TrustedReasons::default(),
            network: Network::default(),
        }
    }

    /// Refuses settings that cannot work.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix, and never shows a secret.
    pub fn check(&self) -> Result<()> {
        let empty_tag =
            matches!(&self.agent_version, Some(VersionSelector::Tag(tag)) if tag.trim().is_empty());
        let problem = if self.id.as_str().is_empty() {
            ("id", "is empty: give the account a name, or leave it out for retell")
        } else if !is_plausible_key(&self.api_key) {
            ("api_key", "is not a key: set it to the whole key, without spaces or quotes")
        } else if self.webhook_key.as_ref().is_some_and(|key| !is_plausible_key(key)) {
            (
                "webhook_key",
                "is not a key: set it to the API key with the webhook mark, or leave it out if that is api_key",
            )
        } else if !protects_keys(&self.base_url) {
            (
                "base_url",
                "would send the key unprotected: write https://, or http:// with a loopback address",
            )
        } else if self.agent_id.as_ref().is_some_and(|agent| agent.as_str().trim().is_empty()) {
            ("agent_id", "is empty: name an agent, or leave it out")
        } else if empty_tag {
            ("agent_version", "is empty: write a number or a tag, or leave it out")
        } else if self.agent_version.is_some() && self.agent_id.is_none() {
            ("agent_version", "is a version of no agent: set agent_id too")
        } else if self.task_variable.trim().is_empty() {
            ("task_variable", "is empty: leave it out for task")
        } else if self.task_variable == crate::task::CALLEE_NAME {
            ("task_variable", "is the variable of the callee's name: choose another one")
        } else if self.countries.is_empty() {
            ("countries", "names no country: leave it out for US")
        } else if self.languages.is_empty() {
            ("languages", "names no language: leave it out for en")
        } else {
            let trusted = self.not_dialled.check(reasons::never_dialled());
            return trusted.map_err(|error| error.with_provider(self.id.clone()));
        };
        let (key, message) = problem;
        Err(Error::new(ErrorKind::Configuration, message)
            .with_field(key)
            .with_provider(self.id.clone()))
    }

    pub(crate) fn http(&self) -> ClientConfig {
        let mut config = ClientConfig::new(self.id.clone(), self.base_url.clone());
        config.network = self.network.clone();
        config.secrets = vec![self.api_key.clone()];
        config.secrets.extend(self.webhook_key.clone());
        config
    }

    /// The settings for reads, whose answers may be long.
    pub(crate) fn http_for_reads(&self) -> ClientConfig {
        let mut config = self.http();
        config.body_cap = LARGEST_READ;
        config
    }

    /// The key that webhooks are signed with.
    pub(crate) fn signing_key(&self) -> &SecretString {
        self.webhook_key.as_ref().unwrap_or(&self.api_key)
    }

    /// What is known about the account without asking the provider. No client is built and nothing
    /// is sent.
    ///
    /// The limit of placing requests is one a second, the documented default of a number. No limit
    /// of reads is published.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn info(&self) -> Result<ProviderInfo> {
        self.check()?;
        let mut info = ProviderInfo::new(self.id.clone());
        info.failure_domains = self.failure_domains.clone();
        info.countries = Coverage::Only(self.countries.clone());
        info.languages = Coverage::Only(self.languages.clone());
        info.idempotency = Idempotency::Documented { lives: KEY_LIFE, replay: Replay::Silent };
        info.place_limit = Some(RequestLimit { requests: 1, window: Duration::from_secs(1) });
        info.max_duration = Some(LONGEST_CALL);
        info.needs_agent = self.agent_id.is_none();
        // No document lets a placing request name the first words.
        info.takes_first_message = false;
        info.tariff = self.tariff.clone();
        Ok(info)
    }
}

fn default_id() -> ProviderId {
    ProviderId::from_static("retell")
}

#[expect(clippy::expect_used, reason = "a literal, covered by the test of the defaults")]
fn default_base_url() -> Url {
    Url::parse("https://api.retellai.com").expect("a literal URL")
}

fn default_task_variable() -> String {
    "task".to_owned()
}

fn default_failure_domains() -> FailureDomains {
    FailureDomains::from("retell").and("twilio")
}

fn default_countries() -> BTreeSet<Country> {
    BTreeSet::from([Country::US])
}

fn default_languages() -> BTreeSet<Language> {
    BTreeSet::from([Language::EN])
}
