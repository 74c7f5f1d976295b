//! Settings of one Vapi account.

use std::{collections::BTreeSet, time::Duration};

use secrecy::SecretString;
use serde::Deserialize;
use switchboard_core::{
    AgentId, Country, Coverage, Error, ErrorKind, FailureDomains, Idempotency, Language, NumberId,
    ProviderId, ProviderInfo, Result, Tariff, TrustedReasons,
};
use switchboard_http::{ClientConfig, Network, is_plausible_key, protects_keys};
use url::Url;

use crate::{reasons, webhook_check::WebhookCheck};

/// The longest call that may be asked for (OpenAPI, `maxDurationSeconds`).
pub(crate) const LONGEST_CALL: Duration = Duration::from_secs(43_200);
/// The shortest limit of a call that may be asked for (the same).
pub(crate) const SHORTEST_LIMIT: Duration = Duration::from_secs(10);
/// The template variable of the callee's name, for prompts that greet by it.
pub(crate) const CALLEE_NAME: &str = "callee_name";
/// The largest answer to a read: a page of calls holds their transcripts.
const LARGEST_READ: usize = 16 << 20;

/// One account at Vapi. Only `api_key` is required; placing calls also needs `phone_number_id`, and
/// an assistant here or in each call.
///
/// ```
/// # let text = r#"{"api_key": "key_0123456789abcdef", "agent_id": "assistant-1", "agent_version": "v3"}"#;
/// let config: switchboard_vapi::VapiConfig = serde_json::from_str(text)?;
/// assert_eq!(config.base_url.as_str(), "https://api.vapi.ai/");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct VapiConfig {
    /// The name of this account in routes, journals and errors. Two accounts need two names.
    /// Default: `vapi`.
    #[serde(default = "default_id")]
    pub id: ProviderId,
    /// The private API key.
    pub api_key: SecretString,
    /// The address of the API. Plain http is allowed for a loopback address only. Default:
    /// `https://api.vapi.ai`.
    #[serde(default = "default_base_url")]
    pub base_url: Url,
    /// The assistant of calls whose profile names none. Without it, each call must name one.
    #[serde(default)]
    pub agent_id: Option<AgentId>,
    /// The version of `agent_id`, for example `v3`. It is not sent with other assistants. Default:
    /// none, which takes the newest.
    #[serde(default)]
    pub agent_version: Option<String>,
    /// Vapi's id of the number that calls are made from, which is not the number itself. Without it,
    /// no call can be placed.
    #[serde(default)]
    pub phone_number_id: Option<NumberId>,
    /// The template variable that the assistant's prompt takes the task from. Default: `task`, which
    /// a prompt uses as `{{task}}`.
    #[serde(default = "default_task_variable")]
    pub task_variable: String,
    /// The secret of the credential that webhooks are signed with. Without it, webhooks are not
    /// checked, and what they say is only a reason to read the call.
    #[serde(default)]
    pub webhook_secret: Option<SecretString>,
    /// How that credential signs. Default: an HMAC with Vapi's own defaults.
    #[serde(default)]
    pub webhook_check: WebhookCheck,
    /// Vapi's id of that credential, which is named with the webhook address of each call. Default:
    /// none, and Vapi signs as the account is set up.
    #[serde(default)]
    pub webhook_credential_id: Option<String>,
    /// The platforms and carriers that the account depends on: two providers that share one are no
    /// backup for each other. Default: `vapi`, and `twilio` as the carrier of its numbers; name
    /// another carrier if the number is from one.
    #[serde(default = "default_failure_domains", alias = "failure_domain")]
    pub failure_domains: FailureDomains,
    /// The countries it calls. Default: US, which is all that Vapi's own numbers call.
    #[serde(default = "default_countries")]
    pub countries: BTreeSet<Country>,
    /// The languages of the account's assistants; `en` covers `en-US`. A call in a language that the
    /// assistant does not speak would disturb somebody for nothing. Default: `en`.
    #[serde(default = "default_languages")]
    pub languages: BTreeSet<Language>,
    /// The prices. Default: none. Vapi's price is made of parts that depend on the assistant.
    #[serde(default)]
    pub tariff: Option<Tariff>,
    /// The reasons that are trusted to prove that an accepted call was never dialled, so that
    /// another provider may be asked: `"documented"`, or a list of [`reasons::never_dialled`].
    /// Default: none; such calls failed.
    #[serde(default)]
    pub not_dialled: TrustedReasons,
    /// The proxy, the certificates and the cryptography of TLS; set in code only. Default: none of our
    /// own.
    #[serde(skip)]
    pub network: Network,
}

impl VapiConfig {
    /// The defaults with this API key.
    pub fn new(api_key: impl Into<SecretString>) -> Self {
        Self {
            id: default_id(),
            api_key: api_key.into(),
            base_url: default_base_url(),
            agent_id: None,
            agent_version: None,
            phone_number_id: None,
            task_variable: default_task_variable(),
            webhook_secret: None,
            webhook_check: WebhookCheck::default(),
            webhook_credential_id: None,
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
        let of = |key: &'static str, message: &'static str| {
            Error::new(ErrorKind::Configuration, message)
                .with_field(key)
                .with_provider(self.id.clone())
        };
        let blank = |text: Option<&str>| text.is_some_and(|text| text.trim().is_empty());
        let problem = if self.id.as_str().is_empty() {
            ("id", "is empty: give the account a name, or leave it out for vapi")
        } else if !is_plausible_key(&self.api_key) {
            ("api_key", "is not a key: set it to the whole private key, without spaces or quotes")
        } else if self.webhook_secret.as_ref().is_some_and(|key| !is_plausible_key(key)) {
            (
                "webhook_secret",
                "is not a secret: set it to the whole secret of the credential, or leave it out",
            )
        } else if !protects_keys(&self.base_url) {
            (
                "base_url",
                "would send the key unprotected: write https://, or http:// with a loopback address",
            )
        } else if blank(self.agent_id.as_ref().map(AgentId::as_str)) {
            ("agent_id", "is empty: name an assistant, or leave it out")
        } else if blank(self.agent_version.as_deref()) {
            ("agent_version", "is empty: write a version as v3, or leave it out")
        } else if self.agent_version.is_some() && self.agent_id.is_none() {
            ("agent_version", "is a version of no assistant: set agent_id too")
        } else if blank(self.phone_number_id.as_ref().map(NumberId::as_str)) {
            ("phone_number_id", "is empty: write Vapi's id of the number, or leave it out")
        } else if self.task_variable.trim().is_empty() {
            ("task_variable", "is empty: leave it out for task")
        } else if self.task_variable == CALLEE_NAME {
            ("task_variable", "is the variable of the callee's name: choose another one")
        } else if blank(self.webhook_credential_id.as_deref()) {
            ("webhook_credential_id", "is empty: write the credential's id, or leave it out")
        } else if self.countries.is_empty() {
            ("countries", "names no country: leave it out for US")
        } else if self.languages.is_empty() {
            ("languages", "names no language: leave it out for en")
        } else {
            self.webhook_check
                .check(self.webhook_secret.as_ref())
                .map_err(|message| of("webhook_check", message))?;
            let trusted = self.not_dialled.check(reasons::never_dialled());
            return trusted.map_err(|error| error.with_provider(self.id.clone()));
        };
        Err(of(problem.0, problem.1))
    }

    pub(crate) fn http(&self) -> ClientConfig {
        let mut config = ClientConfig::new(self.id.clone(), self.base_url.clone());
        config.network = self.network.clone();
        config.secrets = vec![self.api_key.clone()];
        config.secrets.extend(self.webhook_secret.clone());
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
    /// Vapi publishes no limit of requests.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn info(&self) -> Result<ProviderInfo> {
        self.check()?;
        let mut info = ProviderInfo::new(self.id.clone());
        info.failure_domains = self.failure_domains.clone();
        info.countries = Coverage::Only(self.countries.clone());
        info.languages = Coverage::Only(self.languages.clone());
        info.synchronous = false;
        info.idempotency = Idempotency::None;
        info.max_duration = Some(LONGEST_CALL);
        info.needs_agent = self.agent_id.is_none();
        info.takes_first_message = true;
        info.late_costs = true;
        info.tariff = self.tariff.clone();
        Ok(info)
    }
}

fn default_id() -> ProviderId {
    ProviderId::from_static("vapi")
}

#[expect(clippy::expect_used, reason = "a literal, covered by the test of the defaults")]
fn default_base_url() -> Url {
    Url::parse("https://api.vapi.ai").expect("a literal URL")
}

fn default_task_variable() -> String {
    "task".to_owned()
}

fn default_failure_domains() -> FailureDomains {
    FailureDomains::from("vapi").and("twilio")
}

fn default_countries() -> BTreeSet<Country> {
    BTreeSet::from([Country::US])
}

fn default_languages() -> BTreeSet<Language> {
    BTreeSet::from([Language::EN])
}
