//! People who are signed in with a key. A session's secret is never stored, only its hash.

use std::fmt::Debug;

use async_trait::async_trait;
use jiff::Timestamp;
use switchboard_core::Result;

use crate::server::KeyId;

/// Somebody who is signed in, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of its secret.
    pub hash: [u8; 32],
    /// The key that it was begun with. The session may do what the key may, as long as the key works.
    pub key: KeyId,
    /// When it was begun.
    pub created_at: Timestamp,
    /// It ends at this time.
    pub expires_at: Timestamp,
}

/// Stores sessions.
#[async_trait]
pub trait Sessions: Debug + Send + Sync {
    /// Stores a new session, and forgets those that were over when it was begun.
    async fn add_session(&self, session: Session) -> Result<()>;

    /// The session with this hash, also if it is over.
    async fn session(&self, hash: &[u8; 32]) -> Result<Option<Session>>;

    /// Ends a session. Returns false if there is none.
    async fn end_session(&self, hash: &[u8; 32]) -> Result<bool>;
}
