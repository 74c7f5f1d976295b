//! A session as a row of `sessions`.

use switchboard_core::Result;
use switchboard_journal::server::{KeyId, Session};

use crate::{
    keys::{hash, stored},
    row::{micros, moment, unescape},
};

/// A row of `sessions`.
#[derive(Debug)]
pub(crate) struct SessionRow {
    pub(crate) hash: Vec<u8>,
    pub(crate) key: String,
    pub(crate) created_at: i64,
    pub(crate) expires_at: i64,
}

impl SessionRow {
    pub(crate) fn new(session: &Session) -> Self {
        Self {
            hash: session.hash.to_vec(),
            key: stored(&session.key),
            created_at: micros(session.created_at),
            expires_at: micros(session.expires_at),
        }
    }

    pub(crate) fn read(self) -> Result<Session> {
        let key = unescape(&self.key);
        let what = format!("a session of the API key {key}");
        Ok(Session {
            hash: hash(self.hash, &what)?,
            key: KeyId::new(key),
            created_at: moment(self.created_at, &what)?,
            expires_at: moment(self.expires_at, &what)?,
        })
    }
}
