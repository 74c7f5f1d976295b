//! API keys in memory.

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::{Result, TenantId};

use super::MemoryJournal;
use crate::server::{ApiKey, ApiKeys, KeyId};

#[async_trait]
impl ApiKeys for MemoryJournal {
    async fn add_key(&self, key: ApiKey) -> Result<Option<ApiKey>> {
        self.store.lock().api_keys.add(key)
    }

    async fn key(&self, id: &KeyId) -> Result<Option<ApiKey>> {
        Ok(self.store.lock().api_keys.get(id).cloned())
    }

    async fn keys(&self, tenant: Option<&TenantId>) -> Result<Vec<ApiKey>> {
        Ok(self.store.lock().api_keys.list(tenant))
    }

    async fn revoke_key(&self, id: &KeyId, at: Timestamp) -> Result<bool> {
        Ok(self.store.lock().api_keys.revoke(id, at))
    }

    async fn expire_key(&self, id: &KeyId, at: Timestamp) -> Result<bool> {
        Ok(self.store.lock().api_keys.expire(id, at))
    }

    async fn note_key_used(&self, id: &KeyId, at: Timestamp) -> Result<()> {
        self.store.lock().api_keys.note_used(id, at);
        Ok(())
    }

    async fn keys_epoch(&self) -> Result<u64> {
        Ok(self.store.lock().api_keys.epoch)
    }

    async fn processes(&self) -> Result<u32> {
        Ok(self.store.lock().living())
    }
}
