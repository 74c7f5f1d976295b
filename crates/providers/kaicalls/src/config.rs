//! Settings of one KaiCalls account.

use std::{collections::BTreeSet, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use switchboard_core::{
    AgentId, Country, Coverage, Error, ErrorKind, FailureDomains, Language, ProviderId,
    ProviderInfo, RequestLimit, Result, is_loopback,
};
use switchboard_http::{ClientConfig, Network};
use url::Url;

const KEY_PREFIXES: [&str; 2] = ["kc_live_", "kc_test_"];

/// One account at KaiCalls. Only `api_key` is required.
///
/// ```
/// # let text = r#"{"api_key": "kc_live_0123456789abcdef", "agent_id": "uuid-abc123"}"#;
/// let config: switchboard_kaicalls::KaiCallsConfig = serde_json::from_str(text)?;
/// assert_eq!(config.base_url.as_str(), "https://www.kaicalls.com/");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct KaiCallsConfig {
    /// The name of this account in routes, journals and errors. Two accounts need two names.
    /// Default: `kaicalls`.
    #[serde(default = "default_id")]
    pub id: ProviderId,
    /// The API key, `kc_live_…` (or `kc_test_…`, for the sandbox that document 004 announces).
    pub api_key: SecretString,
    /// The address of the API. Plain http is allowed for a loopback address only. Default:
    /// `https://www.kaicalls.com`, the host of the official SDK; document 004 has the bare domain,
    /// and redirects are never followed.
    #[serde(default = "default_base_url")]
    pub base_url: Url,
    /// The agent of calls whose profile names none. Without it, each call must name one.
    #[serde(default)]
    pub agent_id: Option<AgentId>,
    /// The business that new agents, numbers and webhooks belong to, if the account has several.
    #[serde(default)]
    pub business_id: Option<String>,
    /// The platforms and carriers that the account depends on: two providers that share one are no
    /// backup for each other. Default: `vapi`, the voice platform that document 004 names.
    #[serde(default = "default_failure_domain", alias = "failure_domain")]
    pub failure_domains: FailureDomains,
    /// The countries it calls. KaiCalls publishes no list. Default: US and CA.
    #[serde(default = "default_countries")]
    pub countries: BTreeSet<Country>,
    /// The languages of the account's agents; `en` covers `en-US`. KaiCalls publishes no list,
    /// requests have no field for it, and every example is English. A call in a language that the
    /// agent does not speak would disturb somebody for nothing. Default: `en`.
    #[serde(default = "default_languages")]
    pub languages: BTreeSet<Language>,
    /// Time limit of a read or write, in seconds. Default: 30.
    #[serde(default = "default_read_timeout")]
    pub read_timeout_seconds: u32,
    /// How incoming webhook deliveries are verified.
    #[serde(default)]
    pub webhook: WebhookConfig,
    /// Rate limits, for an account with limits other than the documented ones.
    #[serde(default)]
    pub limits: LimitsConfig,
    /// A dashboard session, for managing API keys: according to document 004 an API key cannot
    /// manage keys. It is used for nothing else.
    #[serde(default)]
    pub session: Option<SessionCredential>,
    /// The proxy, the certificates and the cryptography of TLS; set in code only. Default: none of our
    /// own.
    #[serde(skip)]
    pub network: Network,
}

/// How deliveries are verified. The header names and the tolerance are settings because no document
/// of KaiCalls defines them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct WebhookConfig {
    /// The signing secret that was returned when the subscription was created. If it is set, a
    /// delivery without a valid signature is rejected, also one to a call's own URL, for which no
    /// signature is documented. If not, deliveries are taken as hints.
    pub secret: Option<SecretString>,
    /// The header with the time of sending, in Unix seconds. Default: `X-KaiCalls-Timestamp`.
    pub timestamp_header: String,
    /// The header with `sha256=<hex>`. Default: `X-KaiCalls-Signature`.
    pub signature_header: String,
    /// How far that time may differ from ours, in seconds, either way. Default: 300.
    pub tolerance_seconds: u32,
}

impl Default for WebhookConfig {
    fn default() -> Self {
        Self {
            secret: None,
            timestamp_header: "X-KaiCalls-Timestamp".to_owned(),
            signature_header: "X-KaiCalls-Signature".to_owned(),
            tolerance_seconds: 300,
        }
    }
}

/// Requests a minute.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct LimitsConfig {
    /// Calls placed. Default: 60 (document 004).
    pub places_per_minute: u32,
    /// Reads. Default: 300 (document 004).
    pub reads_per_minute: u32,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self { places_per_minute: 60, reads_per_minute: 300 }
    }
}

/// A dashboard session. Document 004 requires one and does not say how it is sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionCredential {
    /// The whole value of the `Cookie` header.
    Cookie(SecretString),
    /// A bearer token.
    Bearer(SecretString),
}

impl KaiCallsConfig {
    /// The defaults with this API key.
    pub fn new(api_key: impl Into<SecretString>) -> Self {
        Self {
            id: default_id(),
            api_key: api_key.into(),
            base_url: default_base_url(),
            agent_id: None,
            business_id: None,
            failure_domains: default_failure_domain(),
            countries: default_countries(),
            languages: default_languages(),
            read_timeout_seconds: default_read_timeout(),
            webhook: WebhookConfig::default(),
            limits: LimitsConfig::default(),
            session: None,
            network: Network::default(),
        }
    }

    /// Refuses settings that cannot work.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix, and never shows a secret.
    pub fn check(&self) -> Result<()> {
        let problem = if self.id.as_str().is_empty() {
            ("id", "is empty: give the account a name, or leave it out for kaicalls".to_owned())
        } else if !is_plausible_key(self.api_key.expose_secret()) {
            let fix = "set it to the whole key from Dashboard → Settings → API Keys, without spaces or quotes";
            (
                "api_key",
                format!(
                    "is not a KaiCalls key, which starts with {} or {}: {fix}",
                    KEY_PREFIXES[0], KEY_PREFIXES[1]
                ),
            )
        } else if !is_safe_url(&self.base_url) {
            (
                "base_url",
                "would send the key unprotected: write https://, or http:// with a loopback address".to_owned(),
            )
        } else if self.base_url.path().trim_end_matches('/').ends_with("/api/v1") {
            (
                "base_url",
                "must end before /api/v1, which every request adds: write https://www.kaicalls.com"
                    .to_owned(),
            )
        } else if self.countries.is_empty() {
            ("countries", "names no country: leave it out for US and CA".to_owned())
        } else if self.languages.is_empty() {
            ("languages", "names no language: leave it out for en".to_owned())
        } else if self.read_timeout_seconds == 0 {
            ("read_timeout_seconds", "is 0: leave it out for 30".to_owned())
        } else if self.limits.places_per_minute == 0 || self.limits.reads_per_minute == 0 {
            (
                "limits",
                "lets nothing through: leave it out for 60 calls and 300 reads a minute".to_owned(),
            )
        } else if self
            .webhook
            .secret
            .as_ref()
            .is_some_and(|secret| secret.expose_secret().is_empty())
        {
            (
                "webhook.secret",
                "is empty, and anybody could sign with it: leave it out, or set the secret of the subscription".to_owned(),
            )
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
        config.read_timeout = Duration::from_secs(self.read_timeout_seconds.into());
        config.secrets = self.secrets();
        config
    }

    /// All secrets to remove from every answer, whichever request it answers. The session's cookie
    /// is also listed by its parts, because a page shows those.
    fn secrets(&self) -> Vec<SecretString> {
        let mut secrets = vec![self.api_key.clone()];
        secrets.extend(self.webhook.secret.clone());
        match &self.session {
            Some(SessionCredential::Bearer(token)) => secrets.push(token.clone()),
            Some(SessionCredential::Cookie(cookie)) => {
                secrets.push(cookie.clone());
                let values =
                    cookie.expose_secret().split(';').filter_map(|pair| pair.split_once('='));
                secrets.extend(values.map(|(_, value)| SecretString::from(value.trim())));
            }
            None => {}
        }
        secrets
    }

    /// What is known about the account without asking the provider. No client is built and nothing
    /// is sent; only the form of the API key is checked.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn info(&self) -> Result<ProviderInfo> {
        self.check()?;
        let limit = |requests| Some(RequestLimit { requests, window: Duration::from_secs(60) });
        let mut info = ProviderInfo::new(self.id.clone());
        info.failure_domains = self.failure_domains.clone();
        info.countries = Coverage::Only(self.countries.clone());
        info.languages = Coverage::Only(self.languages.clone());
        info.place_limit = limit(self.limits.places_per_minute);
        info.read_limit = limit(self.limits.reads_per_minute);
        info.needs_agent = self.agent_id.is_none();
        info.takes_first_message = true;
        Ok(info)
    }
}

fn is_plausible_key(key: &str) -> bool {
    KEY_PREFIXES.iter().any(|prefix| key.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()))
        && key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"')
}

fn is_safe_url(url: &Url) -> bool {
    url.scheme() == "https" || url.scheme() == "http" && is_loopback(url)
}

fn default_id() -> ProviderId {
    ProviderId::from_static("kaicalls")
}

#[expect(clippy::expect_used, reason = "a literal, covered by the test of the defaults")]
fn default_base_url() -> Url {
    Url::parse("https://www.kaicalls.com").expect("a literal URL")
}

fn default_failure_domain() -> FailureDomains {
    FailureDomains::from("vapi")
}

fn default_countries() -> BTreeSet<Country> {
    BTreeSet::from([Country::US, Country::CA])
}

fn default_languages() -> BTreeSet<Language> {
    BTreeSet::from([Language::EN])
}

fn default_read_timeout() -> u32 {
    30
}
