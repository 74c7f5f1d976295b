//! Signing in with a key, for people in a browser.

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest, Sha256};
use switchboard::{journal::server::Session, router::AuditTopic};

use crate::{
    Service,
    caller::{Caller, Console},
    problem::{Code, Problem, Result},
};

/// The bytes of a session's secret.
const SECRET: usize = 32;

/// What a browser sends back to stay signed in: 256 random bits. The ledger has its hash only.
#[derive(Clone)]
pub struct SessionSecret(String);

impl SessionSecret {
    fn random() -> Result<Self> {
        let mut bytes = [0; SECRET];
        getrandom::fill(&mut bytes)
            .map_err(|_| Problem::new(Code::Internal, "the session could not be made"))?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Reads what a browser sent. `None` if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == SECRET).then(|| Self(text.to_owned()))
    }

    /// The whole text. It is a secret.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The token of forms of this session. Who knows it does not know the secret.
    pub fn form_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.hashed("form"))
    }

    fn hashed(&self, what: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(what.as_bytes());
        hash.update([0]);
        hash.update(self.0.as_bytes());
        hash.finalize().into()
    }

    fn stored(&self) -> [u8; 32] {
        self.hashed("session")
    }
}

impl fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionSecret(..)")
    }
}

impl Service {
    /// Begins a session with a key, as its text was pasted. It ends after this long, with the key,
    /// or when the person signs out.
    ///
    /// # Errors
    /// Those of [`Service::caller`]; `missing_scope` if the key lacks `console`.
    pub async fn sign_in(
        &self,
        key: &str,
        from: Option<IpAddr>,
        lasts: Duration,
    ) -> Result<SessionSecret> {
        let caller = self.inner.keys.of_text(key.trim(), from).await?;
        caller.allowed::<Console>()?;
        let (secret, now) = (SessionSecret::random()?, self.clock().now());
        let session = Session {
            hash: secret.stored(),
            key: caller.id().clone(),
            created_at: now,
            expires_at: now.checked_add(lasts).unwrap_or(now),
        };
        self.store().add_session(session).await?;
        self.note_session(&caller, "signed_in").await?;
        Ok(secret)
    }

    /// Who is signed in with this secret. `None` if the session or its key is over: they have to
    /// sign in again.
    ///
    /// # Errors
    /// `ip_not_allowed`, `journal_unavailable`.
    pub async fn session(
        &self,
        secret: &SessionSecret,
        from: Option<IpAddr>,
    ) -> Result<Option<Arc<Caller>>> {
        let stored = self.store().session(&secret.stored()).await?;
        let now = self.clock().now();
        let Some(session) = stored.filter(|session| session.expires_at > now) else {
            return Ok(None);
        };
        match self.inner.keys.of_id(&session.key, from).await {
            Ok(caller) => Ok(caller.has(crate::caller::ScopeName::Console).then_some(caller)),
            Err(problem) => match problem.code() {
                Code::InvalidKey | Code::ExpiredKey | Code::RevokedKey => Ok(None),
                _ => Err(problem),
            },
        }
    }

    /// Ends a session. One that is over already is no error.
    ///
    /// # Errors
    /// `journal_unavailable`.
    pub async fn sign_out(&self, caller: &Caller, secret: &SessionSecret) -> Result<()> {
        if self.store().end_session(&secret.stored()).await? {
            self.note_session(caller, "signed_out").await?;
        }
        Ok(())
    }

    async fn note_session(&self, caller: &Caller, event: &'static str) -> Result<()> {
        let what = json!({"event": event});
        self.note(caller, AuditTopic::Session, caller.id().as_str(), what).await
    }
}
