//! Settings of one KallyAI account.

use std::{collections::BTreeSet, time::Duration};

use secrecy::SecretString;
use serde::Deserialize;
use switchboard_core::{
    Country, Coverage, Error, ErrorKind, FailureDomains, Idempotency, Language, ProviderId,
    ProviderInfo, Result, Tariff, is_loopback,
};
use switchboard_http::{ClientConfig, Network};
use url::Url;

use crate::wire::TaskCategory;

/// The shortest allowed time limit of the placing request. It is answered when the phone call is
/// over, so a shorter limit would leave ordinary calls in doubt.
const SHORTEST_PLACE_TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// How much longer the placing request may take than its call.
const LEEWAY: Duration = Duration::from_secs(60);

/// "Calls supported to US, Canada, UK, Spain, and most European countries" (documents 002 and 003):
/// the four named ones, and the European Union, Iceland, Liechtenstein, Norway and Switzerland.
const DOCUMENTED_COUNTRIES: &str = "US CA GB ES AT BE BG CH CY CZ DE DK EE FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK";

/// One account at KallyAI. Only `access_token` is required.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct KallyAiConfig {
    /// The name of this account in routes, journals and errors. Two accounts need two names.
    /// Default: `kallyai`.
    #[serde(default = "default_id")]
    pub id: ProviderId,
    /// The OAuth access token, sent as `Authorization: Bearer`.
    pub access_token: SecretString,
    /// The token that renews the access token after a 401; without it an expired access token stays
    /// expired.
    #[serde(default)]
    pub refresh_token: Option<SecretString>,
    /// The address of the API. Plain http is allowed for a loopback address only. Default:
    /// `https://api.kallyai.com`.
    #[serde(default = "default_base_url")]
    pub base_url: Url,
    /// The platforms and carriers that the account depends on: two providers that share one are no
    /// backup for each other. Default: `kallyai`.
    #[serde(default = "default_domain", alias = "failure_domain")]
    pub failure_domains: FailureDomains,
    /// The task category of calls whose profile names none. Default: `general`.
    #[serde(default = "default_category")]
    pub task_category: TaskCategory,
    /// The IANA time zone of calls that name none; the provider requires one and reads appointments
    /// in it. Default: `UTC`.
    #[serde(default = "default_timezone")]
    pub timezone: String,
    /// Time limit of the placing request, in seconds. It is answered when the phone call is over,
    /// so less than 900 is refused, except for a loopback address, where a simulated call lasts a
    /// moment. Default: 1200.
    #[serde(default = "default_place_timeout", rename = "place_timeout_seconds", with = "seconds")]
    pub place_timeout: Duration,
    /// The countries it calls. Default: the ones that the documents name, with "most European
    /// countries" read as the European Union, Iceland, Liechtenstein, Norway and Switzerland. The
    /// account may be allowed more or fewer.
    #[serde(default = "default_countries")]
    pub countries: BTreeSet<Country>,
    /// The languages it speaks. Default: `en` and `es`.
    #[serde(default = "default_languages")]
    pub languages: BTreeSet<Language>,
    /// What it charges, for plans and budgets. Default: none, because prices change and the
    /// documents disagree on them.
    #[serde(default)]
    pub tariff: Option<Tariff>,
    /// The proxy, the certificates and the cryptography of TLS; set in code only. Default: none of our
    /// own.
    #[serde(skip)]
    pub network: Network,
}

impl KallyAiConfig {
    /// The defaults with this access token.
    pub fn new(access_token: impl Into<SecretString>) -> Self {
        Self {
            id: default_id(),
            access_token: access_token.into(),
            refresh_token: None,
            base_url: default_base_url(),
            failure_domains: default_domain(),
            task_category: default_category(),
            timezone: default_timezone(),
            place_timeout: default_place_timeout(),
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
        let refuse = |key: &'static str, message: String| {
            Err(Error::new(ErrorKind::Configuration, message)
                .with_field(key)
                .with_provider(self.id.clone()))
        };
        let loopback = is_loopback(&self.base_url);
        if self.base_url.scheme() != "https" && !loopback {
            return refuse(
                "base_url",
                "must begin with https://, or the access token would be sent unencrypted"
                    .to_owned(),
            );
        }
        if self.place_timeout < SHORTEST_PLACE_TIMEOUT && !loopback {
            let asked = self.place_timeout.as_secs();
            return refuse(
                "place_timeout_seconds",
                format!("{asked} is less than 900: the answer comes when the phone call is over"),
            );
        }
        if self.place_timeout.is_zero() {
            return refuse("place_timeout_seconds", "must be more than 0".to_owned());
        }
        if switchboard_core::time_zone(&self.timezone).is_err() {
            return refuse(
                "timezone",
                format!(
                    "{:?} is not an IANA time zone: use one such as America/New_York",
                    self.timezone
                ),
            );
        }
        Ok(())
    }

    /// What is known about the account without asking the provider. No client is built and nothing
    /// is sent.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix.
    pub fn info(&self) -> Result<ProviderInfo> {
        self.check()?;
        let mut info = ProviderInfo::new(self.id.clone());
        info.failure_domains = self.failure_domains.clone();
        info.countries = Coverage::Only(self.countries.clone());
        info.languages = Coverage::Only(self.languages.clone());
        info.synchronous = true;
        info.idempotency = Idempotency::Undocumented;
        info.max_duration =
            Some(self.place_timeout.saturating_sub(LEEWAY).max(self.place_timeout / 2));
        info.tariff = self.tariff.clone();
        Ok(info)
    }

    pub(crate) fn http(&self) -> ClientConfig {
        ClientConfig {
            place_timeout: self.place_timeout,
            secrets: std::iter::once(&self.access_token)
                .chain(&self.refresh_token)
                .cloned()
                .collect(),
            network: self.network.clone(),
            ..ClientConfig::new(self.id.clone(), self.base_url.clone())
        }
    }
}

fn default_id() -> ProviderId {
    ProviderId::from_static("kallyai")
}

#[allow(clippy::expect_used, reason = "a literal, parsed by a test")]
fn default_base_url() -> Url {
    Url::parse("https://api.kallyai.com").expect("a literal URL")
}

fn default_domain() -> FailureDomains {
    FailureDomains::from("kallyai")
}

const fn default_category() -> TaskCategory {
    TaskCategory::General
}

fn default_timezone() -> String {
    "UTC".to_owned()
}

const fn default_place_timeout() -> Duration {
    Duration::from_secs(20 * 60)
}

fn default_countries() -> BTreeSet<Country> {
    DOCUMENTED_COUNTRIES.split(' ').filter_map(|code| code.parse().ok()).collect()
}

fn default_languages() -> BTreeSet<Language> {
    BTreeSet::from([Language::EN, Language::ES])
}

mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_secs)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn config(extra: serde_json::Value) -> serde_json::Result<KallyAiConfig> {
        let mut settings = json!({"access_token": "at_secret"});
        settings.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        serde_json::from_value(settings)
    }

    #[test]
    fn the_defaults_are_the_documents() {
        let config = config(json!({})).unwrap();
        config.check().unwrap();
        assert_eq!(config.base_url.as_str(), "https://api.kallyai.com/");
        assert_eq!(config.countries.len(), DOCUMENTED_COUNTRIES.split(' ').count());
        assert!(
            config.countries.contains(&Country::ES) && !config.countries.contains(&Country::MX)
        );
        assert_eq!(config.place_timeout, Duration::from_secs(1200));
        assert!(!format!("{config:?}").contains("at_secret"));
    }

    #[test]
    fn what_cannot_work_is_refused_by_its_key() {
        let cases = [
            (json!({"base_url": "http://api.kallyai.com"}), "base_url"),
            (json!({"base_url": "http://127.0.0.1.example.com"}), "base_url"),
            (json!({"place_timeout_seconds": 60}), "place_timeout_seconds"),
            (
                json!({"base_url": "http://127.0.0.1:1", "place_timeout_seconds": 0}),
                "place_timeout_seconds",
            ),
            (json!({"timezone": "Mars/Olympus"}), "timezone"),
        ];
        for (extra, key) in cases {
            let error = config(extra.clone()).unwrap().check().unwrap_err();
            assert_eq!(
                (error.kind(), error.field()),
                (ErrorKind::Configuration, Some(key)),
                "{extra}"
            );
        }
        config(json!({"base_url": "http://127.0.0.1:1", "place_timeout_seconds": 2}))
            .unwrap()
            .check()
            .unwrap();
        config(json!({"base_url": "http://[::1]:1"})).unwrap().check().unwrap();
        assert!(config(json!({"acces_token": "typo"})).is_err());
    }
}
