//! API keys. A secret is never stored, only its hash.

use std::{fmt::Debug, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use switchboard_core::{Result, TenantId};

/// The public part of a key: twelve letters and digits. It may appear in logs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(Arc<str>);

impl KeyId {
    /// Wraps the text as it is.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a key may use, where it differs from the server's defaults.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyLimits {
    /// Requests a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_minute: Option<u32>,
    /// Requests at the same time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrent_requests: Option<u32>,
    /// Event streams at the same time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub streams: Option<u32>,
}

/// An API key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiKey {
    /// Its public part.
    pub id: KeyId,
    /// SHA-256 of its secret part.
    pub secret_hash: [u8; 32],
    /// The tenant that it acts for. `None`: an operator's key, which acts for every tenant.
    pub tenant: Option<TenantId>,
    /// What it is for, in its maker's words.
    pub name: String,
    /// What it may do, sorted.
    pub scopes: Vec<String>,
    /// It stops working at this time.
    pub expires_at: Option<Timestamp>,
    /// Networks that it may be used from, as `10.0.0.0/8`. Empty: any.
    pub ip_allow: Vec<String>,
    /// Its own limits.
    pub limits: KeyLimits,
    /// True if a person has to confirm each call that an agent places with it.
    pub confirm: bool,
    /// Who made it: another key's id, or an operator's name.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to within five minutes.
    pub last_used_at: Option<Timestamp>,
    /// The idempotency key of the request that made it, hashed with its maker's tenant.
    pub request_key: Option<[u8; 32]>,
}

impl ApiKey {
    /// A key of an operator without any scope.
    pub fn new(id: KeyId, secret_hash: [u8; 32], created_at: Timestamp) -> Self {
        Self {
            id,
            secret_hash,
            tenant: None,
            name: String::new(),
            scopes: Vec::new(),
            expires_at: None,
            ip_allow: Vec::new(),
            limits: KeyLimits::default(),
            confirm: true,
            created_by: String::new(),
            created_at,
            revoked_at: None,
            last_used_at: None,
            request_key: None,
        }
    }
}

impl ApiKey {
    /// How long after a use the next one is noted.
    pub const USE_NOTED_EVERY: Duration = Duration::from_secs(300);

    /// True if the key is neither revoked nor expired at this time.
    pub fn works(&self, at: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expires| expires > at)
    }

    /// True if a use at this time is to be noted.
    pub fn notes_use(&self, at: Timestamp) -> bool {
        self.last_used_at
            .is_none_or(|last| last.checked_add(Self::USE_NOTED_EVERY).is_ok_and(|next| next <= at))
    }
}

/// Stores API keys. A key is never deleted.
#[async_trait]
pub trait ApiKeys: Debug + Send + Sync {
    /// Stores a new key. If a key with the same `request_key` was stored before, returns that key
    /// and stores nothing.
    ///
    /// # Errors
    /// `Conflict` with the code `key_exists` if the id is taken.
    async fn add_key(&self, key: ApiKey) -> Result<Option<ApiKey>>;

    /// The key with this id, revoked or not.
    async fn key(&self, id: &KeyId) -> Result<Option<ApiKey>>;

    /// All keys of a tenant, or of everybody, newest first. Revoked ones too.
    async fn keys(&self, tenant: Option<&TenantId>) -> Result<Vec<ApiKey>>;

    /// Revokes a key and raises the epoch. Returns false if there is none that
    /// [works](ApiKey::works): nothing changes then.
    async fn revoke_key(&self, id: &KeyId, at: Timestamp) -> Result<bool>;

    /// Lets a key expire at this time and raises the epoch, unless it expires earlier anyway.
    /// Returns false if there is none, or if it was revoked.
    async fn expire_key(&self, id: &KeyId, at: Timestamp) -> Result<bool>;

    /// Notes that a key was used, at most every [`ApiKey::USE_NOTED_EVERY`].
    async fn note_key_used(&self, id: &KeyId, at: Timestamp) -> Result<()>;

    /// A number that rises with every key that is revoked or made to expire, by whichever process.
    async fn keys_epoch(&self) -> Result<u64>;

    /// How many living processes share this store, this one included.
    async fn processes(&self) -> Result<u32>;
}
