//! Sessions in memory.

use async_trait::async_trait;
use switchboard_core::Result;

use super::MemoryJournal;
use crate::server::{Session, Sessions};

#[async_trait]
impl Sessions for MemoryJournal {
    async fn add_session(&self, session: Session) -> Result<()> {
        let sessions = &mut self.store.lock().sessions;
        sessions.retain(|_, one| one.expires_at > session.created_at);
        sessions.insert(session.hash, session);
        Ok(())
    }

    async fn session(&self, hash: &[u8; 32]) -> Result<Option<Session>> {
        Ok(self.store.lock().sessions.get(hash).cloned())
    }

    async fn end_session(&self, hash: &[u8; 32]) -> Result<bool> {
        Ok(self.store.lock().sessions.remove(hash).is_some())
    }
}
