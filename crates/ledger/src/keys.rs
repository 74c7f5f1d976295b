//! An API key as a row of `api_keys`.

use serde::de::DeserializeOwned;
use switchboard_core::{Error, ErrorKind, Result, TenantId};
use switchboard_journal::server::{ApiKey, KeyId, KeyLimits};

use crate::{
    refusal::unreadable,
    row::{escape, json, micros, moment, unescape},
};

/// The columns of [`KeyRow`], in order.
pub(crate) const KEY_COLUMNS: &str = "id, secret_hash, tenant, name, scopes, expires_at, ip_allow, limits, confirm, created_by, created_at, \
                                      revoked_at, last_used_at, request_key";

/// A row of `api_keys`, without its number.
#[derive(Debug)]
pub(crate) struct KeyRow {
    pub(crate) id: String,
    pub(crate) secret_hash: Vec<u8>,
    pub(crate) tenant: Option<String>,
    pub(crate) name: String,
    /// JSON: a list of words.
    pub(crate) scopes: String,
    pub(crate) expires_at: Option<i64>,
    /// JSON: a list of networks.
    pub(crate) ip_allow: String,
    /// JSON: the limits that are set.
    pub(crate) limits: String,
    pub(crate) confirm: bool,
    pub(crate) created_by: String,
    pub(crate) created_at: i64,
    pub(crate) revoked_at: Option<i64>,
    pub(crate) last_used_at: Option<i64>,
    pub(crate) request_key: Option<Vec<u8>>,
}

impl KeyRow {
    pub(crate) fn new(key: &ApiKey) -> Result<Self> {
        Ok(Self {
            id: escape(key.id.as_str()),
            secret_hash: key.secret_hash.to_vec(),
            tenant: key.tenant.as_ref().map(|tenant| tenant.as_str().to_owned()),
            name: escape(&key.name),
            scopes: json(&key.scopes)?,
            expires_at: key.expires_at.map(micros),
            ip_allow: json(&key.ip_allow)?,
            limits: json(&key.limits)?,
            confirm: key.confirm,
            created_by: escape(&key.created_by),
            created_at: micros(key.created_at),
            revoked_at: key.revoked_at.map(micros),
            last_used_at: key.last_used_at.map(micros),
            request_key: key.request_key.map(|hash| hash.to_vec()),
        })
    }

    pub(crate) fn read(self) -> Result<ApiKey> {
        let id = unescape(&self.id);
        let what = format!("the API key {id}");
        let time = |at: Option<i64>| at.map(|at| moment(at, &what)).transpose();
        let mut key = ApiKey::new(
            KeyId::new(id),
            hash(self.secret_hash, &what)?,
            moment(self.created_at, &what)?,
        );
        key.tenant = self.tenant.map(TenantId::from);
        key.name = unescape(&self.name);
        key.scopes = read(&self.scopes, &what)?;
        key.expires_at = time(self.expires_at)?;
        key.ip_allow = read(&self.ip_allow, &what)?;
        key.limits = read::<KeyLimits>(&self.limits, &what)?;
        key.confirm = self.confirm;
        key.created_by = unescape(&self.created_by);
        key.revoked_at = time(self.revoked_at)?;
        key.last_used_at = time(self.last_used_at)?;
        key.request_key = self.request_key.map(|bytes| hash(bytes, &what)).transpose()?;
        Ok(key)
    }
}

/// The id of a key as it is stored.
pub(crate) fn stored(id: &KeyId) -> String {
    escape(id.as_str())
}

/// Uses before this time are noted again at `at`.
pub(crate) fn noted_before(at: i64) -> i64 {
    at.saturating_sub(i64::try_from(ApiKey::USE_NOTED_EVERY.as_micros()).unwrap_or(i64::MAX))
}

pub(crate) fn key_exists() -> Error {
    Error::new(ErrorKind::Conflict, "a key of this id was made before").with_code("key_exists")
}

fn read<T: DeserializeOwned>(text: &str, what: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|source| unreadable(what, source))
}

pub(crate) fn hash(bytes: Vec<u8>, what: &str) -> Result<[u8; 32]> {
    let wrong = |bytes: Vec<u8>| {
        let message = format!("a hash of {} bytes", bytes.len());
        unreadable(what, std::io::Error::new(std::io::ErrorKind::InvalidData, message))
    };
    bytes.try_into().map_err(wrong)
}
