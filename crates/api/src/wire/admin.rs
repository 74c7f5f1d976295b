//! Keys, the configuration, the audit log, and the erasure of people.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use switchboard::{
    journal::server::{ApiKey, KeyLimits as StoredLimits},
    router::AuditEntry as StoredEntry,
};
use utoipa::ToSchema;

use crate::wire::Time;

/// Limits of a key that differ from the server's.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OwnLimits {
    /// Requests a minute. Null: as the server has it.
    #[schema(minimum = 1)]
    pub requests_per_minute: Option<u32>,
    /// Requests at the same time.
    #[schema(minimum = 1)]
    pub concurrent_requests: Option<u32>,
    /// Event streams at the same time.
    #[schema(minimum = 1)]
    pub streams: Option<u32>,
}

impl From<OwnLimits> for StoredLimits {
    fn from(limits: OwnLimits) -> Self {
        Self {
            requests_per_minute: limits.requests_per_minute,
            concurrent_requests: limits.concurrent_requests,
            streams: limits.streams,
        }
    }
}

impl From<StoredLimits> for OwnLimits {
    fn from(limits: StoredLimits) -> Self {
        Self {
            requests_per_minute: limits.requests_per_minute,
            concurrent_requests: limits.concurrent_requests,
            streams: limits.streams,
        }
    }
}

/// A request to make a key. Either `role` or `scopes` says what it may do.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeyRequest)]
pub struct NewKey {
    /// What it is for.
    #[schema(examples("production"))]
    pub name: String,
    /// The tenant that it acts for. A tenant's key can leave it out. An operator's key that leaves
    /// it out makes another operator's key.
    pub tenant: Option<String>,
    /// `caller`, `reader`, `operator` or `admin`.
    pub role: Option<String>,
    /// Single scopes.
    pub scopes: Option<Vec<String>>,
    /// It stops working at this time, in RFC 3339.
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
    /// Networks that it may be used from, as `10.0.0.0/8`. Empty: any.
    #[serde(default)]
    pub ip_allow: Vec<String>,
    /// Limits that differ from the server's.
    #[serde(default)]
    pub limits: OwnLimits,
    /// False if no person has to confirm each call that an agent places with it. The default is
    /// true.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub confirm: bool,
}

const fn yes() -> bool {
    true
}

/// A request to replace a key by a new one with the same settings.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RotateKey {
    /// How long the old key goes on working, 0 to 168 hours.
    #[schema(minimum = 0, maximum = 168)]
    pub overlap_hours: u32,
}

/// A key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Key {
    /// Its public part.
    #[schema(examples("4jT0aQ9xW2bC"))]
    pub id: String,
    /// What it is for.
    pub name: String,
    /// The tenant that it acts for. Null: every tenant.
    #[schema(required)]
    pub tenant: Option<String>,
    /// What it may do.
    pub scopes: Vec<String>,
    /// It stops working at this time.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Time>,
    /// Networks that it may be used from. Empty: any.
    pub ip_allow: Vec<String>,
    /// Limits that differ from the server's.
    pub limits: OwnLimits,
    /// True if a person has to confirm each call that an agent places with it.
    pub confirm: bool,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    /// When it was revoked.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Time>,
    /// When it was last used, to within five minutes.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Time>,
}

/// Keys, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeyList {
    /// The keys, revoked ones too.
    pub data: Vec<Key>,
}

/// A key that was made.
#[derive(Clone, Serialize, ToSchema)]
pub struct CreatedKey {
    /// The whole key. It is shown now and never again. Null if the same request was sent before:
    /// if the key was lost, rotate it.
    #[schema(required)]
    pub secret: Option<String>,
    /// The key without its secret.
    pub key: Key,
}

impl std::fmt::Debug for CreatedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedKey").field("key", &self.key).finish_non_exhaustive()
    }
}

impl From<&ApiKey> for Key {
    fn from(key: &ApiKey) -> Self {
        Self {
            id: key.id.as_str().to_owned(),
            name: key.name.clone(),
            tenant: key.tenant.as_ref().map(|tenant| tenant.as_str().to_owned()),
            scopes: key.scopes.clone(),
            expires_at: key.expires_at.map(Into::into),
            ip_allow: key.ip_allow.clone(),
            limits: key.limits.into(),
            confirm: key.confirm,
            created_by: key.created_by.clone(),
            created_at: key.created_at.into(),
            revoked_at: key.revoked_at.map(Into::into),
            last_used_at: key.last_used_at.map(Into::into),
        }
    }
}

/// The configuration in force.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ActiveConfiguration)]
pub struct Configuration {
    /// Its version. Null if it does not come from a file.
    #[schema(required)]
    pub version: Option<String>,
    /// Since when it is in force, if that was written down.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub since: Option<Time>,
    /// Which process took it up.
    #[schema(required)]
    pub by: Option<String>,
}

/// A reload that was asked for. Every process answers in the audit log.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReloadRequested {
    /// The version of the file. Null if it is not known here.
    #[schema(required)]
    pub version: Option<String>,
    /// The number of the request in the audit log.
    pub number: u64,
}

/// A decision that was written down.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditRecord {
    /// Its number: later ones have higher numbers.
    pub number: u64,
    /// What it is about. More may be added.
    #[schema(examples("experiment"))]
    pub topic: String,
    /// What it applies to.
    pub subject: String,
    /// The decision.
    #[schema(value_type = std::collections::HashMap<String, Value>)]
    pub what: Value,
    /// Who decided.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
}

/// Decisions, oldest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditPage {
    /// The decisions.
    pub data: Vec<AuditRecord>,
    /// True if there are more: send the last number as `after`.
    pub has_more: bool,
}

impl AuditRecord {
    /// An entry and its number.
    pub fn new(number: u64, entry: &StoredEntry) -> Self {
        Self {
            number,
            topic: entry.topic.as_str().to_owned(),
            subject: entry.subject.clone(),
            what: entry.what.clone(),
            by: entry.by.clone(),
            at: entry.at.into(),
        }
    }
}

/// A request to erase a person.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErasePerson {
    /// The person's number, in E.164.
    #[schema(examples("+442079460123"))]
    pub to: String,
    /// Why. Without the number and the name.
    pub note: String,
}

impl std::fmt::Debug for ErasePerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ErasePerson").finish_non_exhaustive()
    }
}

/// What was destroyed.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct ErasedPerson {
    /// Calls that lost their number and content.
    pub calls: u64,
    /// Facts that lost their content.
    pub facts: u64,
    /// Rows of batches that lost their cells. Those that were no calls yet will not be.
    pub batch_rows: u64,
}
