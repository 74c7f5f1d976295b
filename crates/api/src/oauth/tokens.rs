//! From a token to a caller, with the keys that were read before.

use std::{sync::Arc, time::Duration};

use parking_lot::Mutex;
use switchboard::Clock;
use switchboard_http::OperatorClient;

use super::{BadToken, Jwks, OAuth, claims, discovery, jwks::Signed};
use crate::{
    caller::{Caller, name},
    problem::{Code, Problem},
};

/// How long an answer of the issuer may take.
const WITHIN: Duration = Duration::from_secs(5);
/// Keys are read at most this often, so that strangers who name keys that do not exist cannot make
/// us ask the issuer again and again.
const READ_EVERY: Duration = Duration::from_secs(60);
/// Keys that are older are read again, so that one that the issuer has withdrawn is not believed for
/// long.
const FRESH: Duration = Duration::from_secs(10 * 60);
/// Keys that could not be read again for so long are not believed any more.
const BELIEVED: Duration = Duration::from_secs(24 * 60 * 60);

/// True if a text has the form of a token. Keys have no dot.
pub(crate) fn is_token(text: &str) -> bool {
    text.bytes().filter(|byte| *byte == b'.').count() == 2
}

/// Why a token is refused.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The issuer did not sign it, as far as is known.
    Forged(Problem),
    /// It is the issuer's, and does not open this server; or the issuer cannot be asked.
    Other(Problem),
}

/// Verifies tokens.
#[derive(Debug)]
pub(crate) struct Tokens(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    oauth: OAuth,
    /// What went wrong when it was built, if something did.
    client: Result<OperatorClient, switchboard::Error>,
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
    /// One request at a time asks the issuer.
    reading: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct Known {
    keys: Option<Arc<Jwks>>,
    read: Duration,
    tried: Option<Duration>,
}

impl Tokens {
    pub(crate) fn new(oauth: OAuth, clock: Arc<dyn Clock>) -> Self {
        let client = OperatorClient::with_network(WITHIN, &oauth.network);
        let (known, reading) = (Mutex::default(), Arc::default());
        Self(Arc::new(Inner { oauth, client, clock, known, reading }))
    }

    /// The caller who sent this token.
    ///
    /// # Errors
    /// `invalid_token`; `issuer_unavailable` if no key of the issuer was ever read.
    pub(crate) async fn caller(&self, token: &str) -> Result<Arc<Caller>, Refused> {
        let payload = self.payload(token).await?;
        let (oauth, now) = (&self.0.oauth, self.0.clock.now());
        let claims =
            claims::read(&payload, oauth, now).map_err(|detail| Refused::Other(invalid(detail)))?;
        let id = name::id("token", &[&oauth.issuer, &claims.subject]);
        let subject = name::shown(&claims.subject);
        Ok(Arc::new(Caller::of_token(id, &subject, claims.tenant, &claims.scopes, now)))
    }

    async fn payload(&self, token: &str) -> Result<Vec<u8>, Refused> {
        let token = Signed::parse(token).map_err(forged)?;
        let keys = self.keys().await.ok_or_else(unavailable)?;
        match keys.verify_signed(&token) {
            // The issuer may have a new key.
            Err(BadToken::UnknownKey) => match self.newer(Some(&keys)).await {
                Some(keys) => keys.verify_signed(&token).map_err(forged),
                None => Err(forged(BadToken::UnknownKey)),
            },
            known => known.map_err(forged),
        }
    }

    /// The keys, read again if they are old.
    async fn keys(&self) -> Option<Arc<Jwks>> {
        let (keys, age) = self.0.known();
        match keys {
            Some(keys) if age < FRESH => Some(keys),
            Some(keys) => match self.newer(Some(&keys)).await {
                Some(newer) => Some(newer),
                None => Some(keys).filter(|_| age < BELIEVED),
            },
            None => self.newer(None).await,
        }
    }

    /// Other keys than these, if they were read meanwhile or can be read now.
    async fn newer(&self, than: Option<&Arc<Jwks>>) -> Option<Arc<Jwks>> {
        let inner = &self.0;
        let turn = Arc::clone(&inner.reading).lock_owned().await;
        let others = || {
            let (keys, _) = inner.known();
            keys.filter(|keys| than.is_none_or(|than| !Arc::ptr_eq(keys, than)))
        };
        if let Some(others) = others() {
            return Some(others);
        }
        let now = inner.clock.uptime();
        let tried = inner.known.lock().tried.replace(now);
        if let Some(tried) = tried.filter(|tried| now.saturating_sub(*tried) < READ_EVERY) {
            inner.known.lock().tried = Some(tried);
            return None;
        }
        let reader = Arc::clone(inner);
        // It goes on if this request ends early: otherwise whoever breaks off at the right moment
        // could keep new keys from everybody else.
        let read = tokio::spawn(async move {
            let _turn = turn;
            reader.read().await;
        });
        read.await.ok()?;
        others()
    }
}

impl Inner {
    fn known(&self) -> (Option<Arc<Jwks>>, Duration) {
        let known = self.known.lock();
        (known.keys.clone(), self.clock.uptime().saturating_sub(known.read))
    }

    async fn read(&self) {
        let read = match &self.client {
            Ok(client) => discovery::keys(client, &self.oauth.issuer).await,
            Err(error) => Err(error.to_string()),
        };
        match read {
            Ok(keys) => {
                let now = self.clock.uptime();
                let mut known = self.known.lock();
                (known.keys, known.read) = (Some(Arc::new(keys)), now);
            }
            Err(reason) => {
                tracing::warn!(%reason, "the keys of the issuer of access tokens were not read");
            }
        }
    }
}

fn invalid(detail: &'static str) -> Problem {
    Problem::new(Code::InvalidToken, detail).fix("get a new token from the issuer, for this server")
}

fn forged(bad: BadToken) -> Refused {
    Refused::Forged(invalid(match bad {
        BadToken::Malformed => "the header Authorization has no access token that can be read",
        BadToken::Algorithm => "the token is not signed with RS256, ES256 or EdDSA",
        BadToken::UnknownKey => "the token is signed with a key that the issuer does not have",
        BadToken::Signature => "the signature of the token is wrong",
    }))
}

fn unavailable() -> Refused {
    let detail = "the issuer of access tokens cannot be asked for its keys";
    Refused::Other(Problem::new(Code::IssuerUnavailable, detail).retry_after(READ_EVERY))
}
