//! `[agents.NAME]` and `[webhooks]`.

use std::collections::BTreeMap;

use serde::Deserialize;
use switchboard_core::{AgentRef, CalleeKind, Language, Purpose};
use url::Url;

use crate::config::{callers::AllowanceConfig, credential::Inline};

/// One agent profile: a neutral name for what is a different agent at each provider.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AgentConfig {
    /// The languages it speaks; empty: those of the provider's agents.
    pub languages: Vec<Language>,
    /// How long its calls usually last, for estimates.
    pub expected_duration_seconds: Option<u32>,
    /// Why its calls are made, for requests that do not say it and whose route does not either.
    pub purpose: Option<Purpose>,
    /// Who is called.
    pub callee_kind: Option<CalleeKind>,
    /// Whether its calls are recorded.
    pub recording: Option<bool>,
    /// Where the businesses that it calls publish their numbers, as
    /// `the restaurant's own website`.
    pub published_number: Option<String>,
    /// On whose behalf it calls, as it should say it.
    pub on_behalf_of: Option<String>,
    /// The number to call back, with its country: some rules ask for it in the first words.
    pub callback_number: Option<String>,
    /// How many calls the profile may have in a window and at once, over all callers.
    pub limits: AllowanceConfig,
    /// Provider by provider: KaiCalls' id of the agent, KallyAI's task category; or a table of its id,
    /// its version and the variable of its prompt that the task is put into. A provider that is not
    /// here cannot serve the profile.
    pub at: BTreeMap<String, AgentRef>,
}

/// `[webhooks]`: where providers reach this process, so that news of a call need not be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhooksConfig {
    /// What stands before `/hooks/v1/`, as `https://calls.example.com`. Left out: `public_url` of
    /// `[server]`.
    pub public_url: Option<Url>,
    /// The environment variable with the secret that makes addresses impossible to guess: at least
    /// 32 characters.
    pub secret_env: String,
    /// Refused.
    #[serde(default, rename = "secret")]
    pub(crate) inline: Inline,
}
