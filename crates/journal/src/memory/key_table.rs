//! The table of API keys.

use jiff::Timestamp;
use switchboard_core::{Error, ErrorKind, Result, TenantId};

use crate::server::{ApiKey, KeyId};

/// All keys, in the order in which they were stored.
#[derive(Debug, Default)]
pub(super) struct KeyTable {
    keys: Vec<ApiKey>,
    pub(super) epoch: u64,
}

impl KeyTable {
    pub(super) fn add(&mut self, key: ApiKey) -> Result<Option<ApiKey>> {
        let request = key.request_key;
        if let Some(first) =
            self.keys.iter().find(|one| request.is_some() && one.request_key == request)
        {
            return Ok(Some(first.clone()));
        }
        if self.get(&key.id).is_some() {
            let error = Error::new(ErrorKind::Conflict, "a key of this id was made before");
            return Err(error.with_code("key_exists"));
        }
        self.keys.push(key);
        Ok(None)
    }

    pub(super) fn get(&self, id: &KeyId) -> Option<&ApiKey> {
        self.keys.iter().find(|key| key.id == *id)
    }

    pub(super) fn list(&self, tenant: Option<&TenantId>) -> Vec<ApiKey> {
        let wanted =
            |key: &&ApiKey| tenant.is_none_or(|tenant| key.tenant.as_ref() == Some(tenant));
        let mut keys: Vec<ApiKey> = self.keys.iter().rev().filter(wanted).cloned().collect();
        keys.sort_by_key(|key| std::cmp::Reverse(key.created_at));
        keys
    }

    fn change(&mut self, id: &KeyId) -> Option<&mut ApiKey> {
        self.keys.iter_mut().find(|key| key.id == *id && key.revoked_at.is_none())
    }

    pub(super) fn revoke(&mut self, id: &KeyId, at: Timestamp) -> bool {
        let Some(key) = self.change(id).filter(|key| key.works(at)) else {
            return false;
        };
        key.revoked_at = Some(at);
        self.epoch += 1;
        true
    }

    pub(super) fn expire(&mut self, id: &KeyId, at: Timestamp) -> bool {
        let Some(key) = self.change(id) else {
            return false;
        };
        if key.expires_at.is_none_or(|expires| expires > at) {
            key.expires_at = Some(at);
            self.epoch += 1;
        }
        true
    }

    pub(super) fn note_used(&mut self, id: &KeyId, at: Timestamp) {
        let used = self.keys.iter_mut().find(|key| key.id == *id && key.notes_use(at));
        if let Some(key) = used {
            key.last_used_at = Some(at);
        }
    }
}
