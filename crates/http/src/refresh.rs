//! Tokens that expire and are renewed once for all callers.
//!
//! A refresh token can often be used only once. Two concurrent refreshes may log the account out; a
//! caller that is cancelled halfway may lose the new token. So only one refresh runs at a time, in
//! a task of its own that cancellation does not stop; all others wait for its result. New tokens
//! are saved before they are used. After a failure, callers get the same failure for a while
//! instead of each trying again.
//!
//! Processes that share a [`TokenStore`] are coordinated too: a refresh holds the store's
//! [`lock`](TokenStore::lock), and the next holder first reads what the previous one saved.

use std::{
    any::Any,
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use switchboard_core::{Clock, Error, ErrorKind, Result};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::Credential;

/// How long before its expiry a token is renewed.
const EARLY: Duration = Duration::from_secs(60);
/// How long no refresh is attempted after a failed one.
const COOL_DOWN: Duration = Duration::from_secs(10);

/// An access token, its refresh token and its expiry.
#[derive(Debug, Clone)]
pub struct TokenSet {
    /// The access token, which requests carry.
    pub access: SecretString,
    /// The refresh token, which fetches the next set; without it the access token cannot be
    /// renewed.
    pub refresh: Option<SecretString>,
    /// When the access token expires, if the provider said so.
    pub expires_at: Option<Timestamp>,
}

/// Fetches new tokens: the provider's refresh endpoint.
#[async_trait]
pub trait TokenSource: fmt::Debug + Send + Sync {
    /// Exchanges a refresh token. If the answer has no refresh token, the one that was used is
    /// kept.
    ///
    /// # Errors
    ///
    /// If the provider refuses or cannot be reached.
    async fn refresh(&self, refresh_token: &SecretString) -> Result<TokenSet>;
}

/// Keeps other processes from renewing the same tokens until it is dropped.
pub struct StoreLock(Option<Box<dyn Any + Send>>);

impl StoreLock {
    /// For a store that no other process uses.
    pub fn none() -> Self {
        Self(None)
    }

    /// A lock that is released when `held` is dropped, such as a locked file.
    pub fn holding(held: impl Any + Send) -> Self {
        Self(Some(Box::new(held)))
    }
}

impl fmt::Debug for StoreLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "StoreLock(held)" } else { "StoreLock(none)" })
    }
}

/// Storage for tokens that outlives the process.
#[async_trait]
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// The tokens saved last, possibly by another process.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn load(&self) -> Result<Option<TokenSet>>;

    /// Saves the tokens.
    ///
    /// # Errors
    ///
    /// If the store cannot be written.
    async fn save(&self, tokens: &TokenSet) -> Result<()>;

    /// Waits until no other process is renewing these tokens, and prevents others from doing so.
    /// The default is only right for a store that no other process uses: two renewals at once may
    /// log the account out.
    ///
    /// # Errors
    ///
    /// If the lock cannot be taken. Nothing is renewed then.
    async fn lock(&self) -> Result<StoreLock> {
        Ok(StoreLock::none())
    }
}

/// A [`Credential`] that renews itself: before it expires, and once after a 401. Cheap to clone;
/// clones share one refresh.
#[derive(Clone)]
pub struct RefreshingToken {
    shared: Arc<Shared>,
}

struct Shared {
    source: Arc<dyn TokenSource>,
    store: Option<Arc<dyn TokenStore>>,
    clock: Arc<dyn Clock>,
    current: RwLock<TokenSet>,
    /// Held by the running refresh; guards the last failure.
    flight: Arc<Mutex<Option<Failure>>>,
}

/// The last failed refresh, returned to those who waited for it.
struct Failure {
    at: Timestamp,
    kind: ErrorKind,
    message: String,
}

impl RefreshingToken {
    /// Starts with `tokens`, kept in memory only.
    pub fn new(tokens: TokenSet, source: Arc<dyn TokenSource>, clock: Arc<dyn Clock>) -> Self {
        Self::build(tokens, source, None, clock)
    }

    /// Starts with the tokens in `store`, or with `fallback` if there are none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthorized`] if there are no tokens at all; the store's own error if it
    /// cannot be read.
    pub async fn open(
        store: Arc<dyn TokenStore>,
        fallback: Option<TokenSet>,
        source: Arc<dyn TokenSource>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let tokens = match (store.load().await?, fallback) {
            (Some(saved), _) => saved,
            (None, Some(given)) => given,
            (None, None) => {
                return Err(Error::new(
                    ErrorKind::Unauthorized,
                    "no tokens are stored: log in first",
                ));
            }
        };
        Ok(Self::build(tokens, source, Some(store), clock))
    }

    fn build(
        tokens: TokenSet,
        source: Arc<dyn TokenSource>,
        store: Option<Arc<dyn TokenStore>>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let flight = Arc::new(Mutex::new(None));
        Self {
            shared: Arc::new(Shared { source, store, clock, current: RwLock::new(tokens), flight }),
        }
    }

    /// Renews the token unless another caller has done so since `stale` was read.
    async fn renewed(&self, stale: &SecretString) -> Result<Option<TokenSet>> {
        let flight = Arc::clone(&self.shared.flight).lock_owned().await;
        let current = self.shared.current();
        if !same(&current.access, stale) {
            return Ok(Some(current));
        }
        if current.refresh.is_none() && self.shared.store.is_none() {
            return Ok(None);
        }
        if let Some(failure) = &*flight
            && self.shared.clock.now().duration_since(failure.at)
                < COOL_DOWN.try_into().unwrap_or(jiff::SignedDuration::ZERO)
        {
            return Err(Error::new(failure.kind, failure.message.clone()));
        }
        let shared = Arc::clone(&self.shared);
        match tokio::spawn(async move { shared.refresh(flight, current).await }).await {
            Ok(renewed) => renewed,
            Err(_) => {
                Err(Error::new(ErrorKind::Unauthorized, "the renewal of the token ended early"))
            }
        }
    }
}

impl Shared {
    fn current(&self) -> TokenSet {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn expires_soon(&self, tokens: &TokenSet, margin: Duration) -> bool {
        tokens
            .expires_at
            .is_some_and(|end| self.clock.now().checked_add(margin).is_ok_and(|then| then >= end))
    }

    /// Runs the refresh. The guard is released when it ends, however it ends.
    async fn refresh(
        &self,
        mut flight: OwnedMutexGuard<Option<Failure>>,
        old: TokenSet,
    ) -> Result<Option<TokenSet>> {
        let renewed = self.renew(old).await;
        *flight = renewed.as_ref().err().map(|error| Failure {
            at: self.clock.now(),
            kind: error.kind(),
            message: error.message().to_owned(),
        });
        renewed
    }

    /// `None` if there is no refresh token.
    async fn renew(&self, old: TokenSet) -> Result<Option<TokenSet>> {
        let _alone = match &self.store {
            Some(store) => store.lock().await?,
            None => StoreLock::none(),
        };
        let saved = self.saved_elsewhere(&old).await;
        if let Some(newer) = &saved
            && !self.expires_soon(newer, EARLY)
        {
            self.set(newer);
            return Ok(saved);
        }
        // The newer set has expired as well, but its refresh token is the unused one.
        let Some(refresh) = saved.and_then(|saved| saved.refresh).or(old.refresh) else {
            return Ok(None);
        };
        let fetched = self.source.refresh(&refresh).await?;
        let tokens = TokenSet { refresh: fetched.refresh.or(Some(refresh)), ..fetched };
        if let Some(store) = &self.store
            && let Err(error) = store.save(&tokens).await
        {
            // The old refresh token may already be used up: an unsaved new set is better than being
            // locked out now.
            tracing::error!(error = %error, "the renewed token could not be saved and will be lost at the next start");
        }
        self.set(&tokens);
        Ok(Some(tokens))
    }

    fn set(&self, tokens: &TokenSet) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = tokens.clone();
    }

    /// A set that another process has saved since `old` was read.
    async fn saved_elsewhere(&self, old: &TokenSet) -> Option<TokenSet> {
        match self.store.as_ref()?.load().await {
            Ok(saved) => saved.filter(|saved| !same(&saved.access, &old.access)),
            Err(error) => {
                tracing::warn!(error = %error, "the stored token could not be read");
                None
            }
        }
    }
}

#[async_trait]
impl Credential for RefreshingToken {
    async fn bearer(&self) -> Result<SecretString> {
        let current = self.shared.current();
        if !self.shared.expires_soon(&current, EARLY) {
            return Ok(current.access);
        }
        match self.renewed(&current.access).await {
            Ok(Some(tokens)) => Ok(tokens.access),
            Ok(None) => Ok(current.access),
            // The renewal was ahead of time: the old token still works.
            Err(error) if !self.shared.expires_soon(&current, Duration::ZERO) => {
                tracing::warn!(error = %error, "the token could not be renewed before it expires");
                Ok(current.access)
            }
            Err(error) => Err(error),
        }
    }

    async fn renew(&self, rejected: &SecretString) -> Result<Option<SecretString>> {
        Ok(self.renewed(rejected).await?.map(|tokens| tokens.access))
    }

    fn secrets(&self) -> Vec<SecretString> {
        let current = self.shared.current();
        std::iter::once(current.access).chain(current.refresh).collect()
    }
}

fn same(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}

impl fmt::Debug for RefreshingToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshingToken")
            .field("source", &self.shared.source)
            .field("store", &self.shared.store)
            .finish_non_exhaustive()
    }
}
