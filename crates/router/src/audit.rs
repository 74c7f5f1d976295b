//! The audit log: decisions that do not belong to a single call, such as a new configuration or the
//! start of an experiment.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The subject area of an audit entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AuditTopic {
    /// A configuration was applied or rejected.
    Configuration,
    /// An operator asked every process to reload its configuration.
    Reload,
    /// An experiment was started, ramped or stopped, or one of its arms was stopped.
    Experiment,
    /// An API key was made, replaced or revoked.
    Key,
    /// An operator stopped or resolved a call, or read its content.
    Call,
    /// A webhook endpoint was made, changed or removed.
    WebhookEndpoint,
    /// A person's data was erased.
    Person,
    /// Somebody signed in or out.
    Session,
}

impl AuditTopic {
    /// Every topic.
    pub const ALL: [Self; 8] = [
        AuditTopic::Configuration,
        AuditTopic::Reload,
        AuditTopic::Experiment,
        AuditTopic::Key,
        AuditTopic::Call,
        AuditTopic::WebhookEndpoint,
        AuditTopic::Person,
        AuditTopic::Session,
    ];

    /// The topic with this name. `None` if this version has none.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.as_str() == name)
    }

    /// The name used in JSON and in ledgers.
    pub const fn as_str(self) -> &'static str {
        match self {
            AuditTopic::Configuration => "configuration",
            AuditTopic::Reload => "reload",
            AuditTopic::Experiment => "experiment",
            AuditTopic::Key => "key",
            AuditTopic::Call => "call",
            AuditTopic::WebhookEndpoint => "webhook_endpoint",
            AuditTopic::Person => "person",
            AuditTopic::Session => "session",
        }
    }
}

/// One decision: what was decided, by whom and when. The audit log is append-only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// The subject area.
    pub topic: AuditTopic,
    /// What the decision applies to: the name of the experiment, the configuration file, the id of
    /// the key, call or endpoint, or a person's tag.
    pub subject: String,
    /// The decision itself. It contains no secrets and no phone numbers.
    pub what: Value,
    /// Who decided: an operator, or the rule that did.
    pub by: String,
    /// When it was decided.
    pub at: Timestamp,
}
