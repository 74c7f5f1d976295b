//! Settings of one CALL-E account.

use std::{collections::BTreeSet, time::Duration};

use secrecy::SecretString;
use serde::Deserialize;
use switchboard_core::{
    Country, Coverage, Error, ErrorKind, FailureDomains, Idempotency, Language, ProviderId,
    ProviderInfo, Replay, Result, Tariff,
};
use switchboard_http::{ClientConfig, Network, is_plausible_key, protects_keys};
use url::Url;

/// How long to wait for the answer to a placing request: the task is prepared for up to 25 s before
/// it (`calle-ai` 1.0.1).
const PLACE_TIMEOUT: Duration = Duration::from_secs(60);
/// The largest answer to a read, which holds a transcript.
const LARGEST_READ: usize = 8 << 20;
/// How long a key is relied on, if the configuration does not say. No document names a time. The one
/// repeat is made in the first half of it: soon after a placing request has timed out, and not later.
const KEY_LIFE_SECONDS: u32 = 240;

/// One account at CALL-E. Only `api_key` is required.
///
/// ```
/// let config: switchboard_calle::CallEConfig =
///     serde_json::from_str(r#"{"api_key": "iams_live_0123456789"}"#)?;
/// assert_eq!(config.base_url.as_str(), "https://api.heycall-e.com/");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CallEConfig {
    /// The name of this account in routes, journals and errors. Two accounts need two names.
    /// Default: `calle`.
    #[serde(default = "default_id")]
    pub id: ProviderId,
    /// The API key, `iams_live_…`.
    pub api_key: SecretString,
    /// The address of the API. Plain http is allowed for a loopback address only. Default:
    /// `https://api.heycall-e.com`.
    #[serde(default = "default_base_url")]
    pub base_url: Url,
    /// For how many seconds an idempotency key is relied on: a request without an answer is sent once
    /// more in the first half of that time, to learn the id of the call. CALL-E documents that a
    /// repeat brings back the first call, and not for how long: if it forgot the key sooner, the repeat
    /// would ring a second time. Default: 240, which is also the least: a repeat needs two minutes to
    /// arrive. 0 never repeats; such a call is then settled by its webhook or by a person.
    #[serde(default = "default_key_life")]
    pub key_life_seconds: u32,
    /// The platforms and carriers that the account depends on: two providers that share one are no
    /// backup for each other. Default: `calle`.
    #[serde(default = "default_failure_domains", alias = "failure_domain")]
    pub failure_domains: FailureDomains,
    /// The countries it calls, which CALL-E tells by refusals only. Default: US.
    #[serde(default = "default_countries")]
    pub countries: BTreeSet<Country>,
    /// The languages it speaks; `en` covers `en-US`. Default: `en`.
    #[serde(default = "default_languages")]
    pub languages: BTreeSet<Language>,
    /// The prices. Default: none; CALL-E reports no cost of calls.
    #[serde(default)]
    pub tariff: Option<Tariff>,
    /// The proxy, the certificates and the cryptography of TLS; set in code only. Default: none of our
    /// own.
    #[serde(skip)]
    pub network: Network,
}

impl CallEConfig {
    /// The defaults with this API key.
    pub fn new(api_key: impl Into<SecretString>) -> Self {
        Self {
            id: default_id(),
            api_key: api_key.into(),
            base_url: default_base_url(),
            key_life_seconds: default_key_life(),
            failure_domains: default_failure_domains(),
            countries: default_countries(),
            languages: default_languages(),
            tariff: None,
            network: Network::default(),
        }
    }

    /// Refuses settings that cannot work.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix, and never shows a secret.
    pub fn check(&self) -> Result<()> {
        let problem = if self.id.as_str().is_empty() {
            ("id", "is empty: give the account a name, or leave it out for calle")
        } else if !is_plausible_key(&self.api_key) {
            ("api_key", "is not a key: set it to the whole key, without spaces or quotes")
        } else if !protects_keys(&self.base_url) {
            (
                "base_url",
                "would send the key unprotected: write https://, or http:// with a loopback address",
            )
        } else if self.idempotency().repeats_within().is_none() && self.key_life_seconds != 0 {
            (
                "key_life_seconds",
                "is too short, as a repeat needs two minutes to arrive: write at least 240, or 0 to repeat nothing",
            )
        } else if self.countries.is_empty() {
            ("countries", "names no country: leave it out for US")
        } else if self.languages.is_empty() {
            ("languages", "names no language: leave it out for en")
        } else {
            return Ok(());
        };
        let (key, message) = problem;
        Err(Error::new(ErrorKind::Configuration, message)
            .with_field(key)
            .with_provider(self.id.clone()))
    }

    pub(crate) fn http(&self) -> ClientConfig {
        let mut config = ClientConfig::new(self.id.clone(), self.base_url.clone());
        config.network = self.network.clone();
        config.place_timeout = PLACE_TIMEOUT;
        config
    }

    /// The settings for reads, whose answers may be long.
    pub(crate) fn http_for_reads(&self) -> ClientConfig {
        let mut config = self.http();
        config.body_cap = LARGEST_READ;
        config
    }

    fn idempotency(&self) -> Idempotency {
        match self.key_life_seconds {
            0 => Idempotency::Undocumented,
            seconds => Idempotency::Documented {
                lives: Duration::from_secs(seconds.into()),
                replay: Replay::FirstAnswer,
            },
        }
    }

    /// What is known about the account without asking the provider. No client is built and nothing
    /// is sent.
    ///
    /// CALL-E publishes no limits, and takes neither an agent, a longest duration, nor first words.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn info(&self) -> Result<ProviderInfo> {
        self.check()?;
        let mut info = ProviderInfo::new(self.id.clone());
        info.failure_domains = self.failure_domains.clone();
        info.countries = Coverage::Only(self.countries.clone());
        info.languages = Coverage::Only(self.languages.clone());
        info.idempotency = self.idempotency();
        info.tariff = self.tariff.clone();
        Ok(info)
    }
}

fn default_id() -> ProviderId {
    ProviderId::from_static("calle")
}

#[expect(clippy::expect_used, reason = "a literal, covered by the test of the defaults")]
fn default_base_url() -> Url {
    Url::parse("https://api.heycall-e.com").expect("a literal URL")
}

const fn default_key_life() -> u32 {
    KEY_LIFE_SECONDS
}

fn default_failure_domains() -> FailureDomains {
    FailureDomains::from("calle")
}

fn default_countries() -> BTreeSet<Country> {
    BTreeSet::from([Country::US])
}

fn default_languages() -> BTreeSet<Language> {
    BTreeSet::from([Language::EN])
}
