//! Settings of one Telnyx account.

use std::{collections::BTreeSet, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::SecretString;
use serde::Deserialize;
use switchboard_core::{
    AgentId, Country, Coverage, Error, ErrorKind, FailureDomains, Idempotency, Language,
    PhoneNumber, ProviderId, ProviderInfo, Replay, RequestLimit, Result, Tariff,
};
use switchboard_http::{ClientConfig, Network, is_plausible_key, protects_keys};
use url::Url;

/// For how long a repeated command is ignored (developers.telnyx.com, receiving-webhooks).
const COMMAND_LIFE: Duration = Duration::from_secs(60);
/// Dials a second and account, which Telnyx counts over five seconds (dials-per-second-limit).
const DIALS: RequestLimit = RequestLimit { requests: 150, window: Duration::from_secs(5) };
/// The longest call (`telnyx` 4.189.0, `time_limit_secs`).
pub(crate) const LONGEST_CALL: Duration = Duration::from_secs(14_400);
/// The shortest limit of a call that may be asked for.
pub(crate) const SHORTEST_LIMIT: Duration = Duration::from_secs(30);
/// The dynamic variable of the callee's name, for assistants that greet by it.
pub(crate) const CALLEE_NAME: &str = "callee_name";
/// The largest answer to a read: a page of the history.
const LARGEST_READ: usize = 8 << 20;
/// The length of the public key of webhooks.
const PUBLIC_KEY_BYTES: usize = 32;

/// One account at Telnyx. Only `api_key` is required; placing calls also needs `connection_id`,
/// `from_number`, and an assistant here or in each call.
///
/// ```
/// # let text = r#"{"api_key": "KEY0123456789", "connection_id": "1494404757140276705"}"#;
/// let config: switchboard_telnyx::TelnyxConfig = serde_json::from_str(text)?;
/// assert_eq!(config.base_url.as_str(), "https://api.telnyx.com/");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TelnyxConfig {
    /// The name of this account in routes, journals and errors. Two accounts need two names.
    /// Default: `telnyx`.
    #[serde(default = "default_id")]
    pub id: ProviderId,
    /// The API key.
    pub api_key: SecretString,
    /// The address of the API, without `/v2`. Plain http is allowed for a loopback address only.
    /// Default: `https://api.telnyx.com`.
    #[serde(default = "default_base_url")]
    pub base_url: Url,
    /// The Call Control application that calls are made over; it names the outbound voice profile.
    /// Without it, no call can be placed.
    #[serde(default)]
    pub connection_id: Option<String>,
    /// The assistant of calls whose profile names none.
    #[serde(default)]
    pub agent_id: Option<AgentId>,
    /// The number that calls are made from, in E.164. It must be the account's. Without it, no call
    /// can be placed.
    #[serde(default)]
    pub from_number: Option<PhoneNumber>,
    /// The dynamic variable that the assistant's instructions take the task from. Default: `task`,
    /// which instructions use as `{{task}}`.
    #[serde(default = "default_task_variable")]
    pub task_variable: String,
    /// The account's public key for webhooks, in Base64, as Telnyx' portal shows it. Without it,
    /// webhooks are not taken.
    #[serde(default)]
    pub webhook_public_key: Option<String>,
    /// True to find out whether a machine answers, which costs extra: without it, a voicemail is a
    /// completed call. Default: false.
    #[serde(default)]
    pub detect_machines: bool,
    /// True to record each call from its answer on. Default: false.
    #[serde(default)]
    pub record: bool,
    /// The platforms and carriers that the account depends on: two providers that share one are no
    /// backup for each other. Default: `telnyx`.
    #[serde(default = "default_failure_domains", alias = "failure_domain")]
    pub failure_domains: FailureDomains,
    /// The countries it calls, which the account's outbound voice profile allows. Default: US and
    /// Canada.
    #[serde(default = "default_countries")]
    pub countries: BTreeSet<Country>,
    /// The languages of the account's assistants; `en` covers `en-US`. Default: `en`.
    #[serde(default = "default_languages")]
    pub languages: BTreeSet<Language>,
    /// The prices. Default: none; they differ by country.
    #[serde(default)]
    pub tariff: Option<Tariff>,
    /// The proxy, the certificates and the cryptography of TLS; set in code only. Default: none of our
    /// own.
    #[serde(skip)]
    pub network: Network,
}

impl TelnyxConfig {
    /// The defaults with this API key.
    pub fn new(api_key: impl Into<SecretString>) -> Self {
        Self {
            id: default_id(),
            api_key: api_key.into(),
            base_url: default_base_url(),
            connection_id: None,
            agent_id: None,
            from_number: None,
            task_variable: default_task_variable(),
            webhook_public_key: None,
            detect_machines: false,
            record: false,
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
        let is_blank = |text: &str| text.trim().is_empty();
        let problem = if self.id.as_str().is_empty() {
            ("id", "is empty: give the account a name, or leave it out for telnyx")
        } else if !is_plausible_key(&self.api_key) {
            ("api_key", "is not a key: set it to the whole key, without spaces or quotes")
        } else if !protects_keys(&self.base_url) {
            (
                "base_url",
                "would send the key unprotected: write https://, or http:// with a loopback address",
            )
        } else if self.connection_id.as_deref().is_some_and(is_blank) {
            ("connection_id", "is empty: name a Call Control application, or leave it out")
        } else if self.agent_id.as_ref().is_some_and(|agent| is_blank(agent.as_str())) {
            ("agent_id", "is empty: name an assistant, or leave it out")
        } else if is_blank(&self.task_variable) {
            ("task_variable", "is empty: leave it out for task")
        } else if self.task_variable == CALLEE_NAME {
            ("task_variable", "is the variable of the callee's name: choose another one")
        } else if self.webhook_public_key.is_some() && self.public_key().is_none() {
            (
                "webhook_public_key",
                "is not a public key: copy the 44 characters that Telnyx' portal shows",
            )
        } else if self.countries.is_empty() {
            ("countries", "names no country: leave it out for US and CA")
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

    /// The bytes of the public key of webhooks; `None` if there is none, or it is not readable.
    pub(crate) fn public_key(&self) -> Option<Vec<u8>> {
        let bytes = STANDARD.decode(self.webhook_public_key.as_ref()?.trim()).ok()?;
        (bytes.len() == PUBLIC_KEY_BYTES).then_some(bytes)
    }

    pub(crate) fn http(&self) -> ClientConfig {
        let mut config = ClientConfig::new(self.id.clone(), self.base_url.clone());
        config.network = self.network.clone();
        config
    }

    /// The settings for reads, whose answers may be long.
    pub(crate) fn http_for_reads(&self) -> ClientConfig {
        let mut config = self.http();
        config.body_cap = LARGEST_READ;
        config
    }

    /// What is known about the account without asking the provider. No client is built and nothing
    /// is sent.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn info(&self) -> Result<ProviderInfo> {
        self.check()?;
        let mut info = ProviderInfo::new(self.id.clone());
        info.failure_domains = self.failure_domains.clone();
        info.countries = Coverage::Only(self.countries.clone());
        info.languages = Coverage::Only(self.languages.clone());
        info.idempotency = Idempotency::Documented { lives: COMMAND_LIFE, replay: Replay::Silent };
        info.place_limit = Some(DIALS);
        info.max_duration = Some(LONGEST_CALL);
        info.needs_agent = self.agent_id.is_none();
        info.takes_first_message = true;
        info.late_costs = true;
        info.tariff = self.tariff.clone();
        Ok(info)
    }
}

fn default_id() -> ProviderId {
    ProviderId::from_static("telnyx")
}

#[expect(clippy::expect_used, reason = "a literal, covered by the test of the defaults")]
fn default_base_url() -> Url {
    Url::parse("https://api.telnyx.com").expect("a literal URL")
}

fn default_task_variable() -> String {
    "task".to_owned()
}

fn default_failure_domains() -> FailureDomains {
    FailureDomains::from("telnyx")
}

fn default_countries() -> BTreeSet<Country> {
    BTreeSet::from([Country::US, Country::CA])
}

fn default_languages() -> BTreeSet<Language> {
    BTreeSet::from([Language::EN])
}
