//! Tokens that expire, renewed by one caller for all.
//!
//! A refresh token is often good for one use. Two callers that refresh at once may log the account
//! out; a caller that is dropped in the middle may lose the new token. So one refresh runs at a
//! time, in a task of its own that nobody's cancellation stops; everyone else waits and reads. New
//! tokens are saved before they are used. After a failure, callers get that failure for a while
//! instead of asking again one by one.
//!
//! Processes that share a [`TokenStore`] are callers too: a refresh holds the store's
//! [`lock`](TokenStore::lock), and whoever gets it reads what the one before him saved before he
//! asks for anything.

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

/// A token is renewed this long before it expires.
const EARLY: Duration = Duration::from_secs(60);
/// For so long after a failed refresh nobody tries again.
const COOL_DOWN: Duration = Duration::from_secs(10);

/// An access token and what belongs to it.
#[derive(Debug, Clone)]
pub struct TokenSet {
    /// What requests carry.
    pub access: SecretString,
    /// What fetches the next set; without it the access token cannot be renewed.
    pub refresh: Option<SecretString>,
    /// When the access token ends, where the provider said it.
    pub expires_at: Option<Timestamp>,
}

/// Fetches new tokens: the provider's refresh endpoint.
#[async_trait]
pub trait TokenSource: fmt::Debug + Send + Sync {
    /// Exchanges a refresh token. An answer without a refresh token keeps the one that was used.
    ///
    /// # Errors
    ///
    /// When the provider refuses or cannot be reached.
    async fn refresh(&self, refresh_token: &SecretString) -> Result<TokenSet>;
}

/// What keeps other processes from renewing the same tokens: they may when this is dropped.
pub struct StoreLock(Option<Box<dyn Any + Send>>);

impl StoreLock {
    /// Of a store that no other process has.
    pub fn none() -> Self {
        Self(None)
    }

    /// Lets go when `held` is dropped, as a locked file does.
    pub fn holding(held: impl Any + Send) -> Self {
        Self(Some(Box::new(held)))
    }
}

impl fmt::Debug for StoreLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "StoreLock(held)" } else { "StoreLock(none)" })
    }
}

/// Where tokens outlive the process.
#[async_trait]
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// The tokens that were saved last, perhaps by another process.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    async fn load(&self) -> Result<Option<TokenSet>>;

    /// Keeps the tokens.
    ///
    /// # Errors
    ///
    /// When the store cannot be written.
    async fn save(&self, tokens: &TokenSet) -> Result<()>;

    /// Waits until no other process renews these tokens, and keeps it so. A store that no other
    /// process has needs none: that is the default, and wrong for every other store, because two
    /// renewals at once may log the account out.
    ///
    /// # Errors
    ///
    /// When it cannot be had. Nothing is renewed then.
    async fn lock(&self) -> Result<StoreLock> {
        Ok(StoreLock::none())
    }
}

/// A [`Credential`] that renews itself: before it expires, and once after a 401. Cheap to clone;
/// clones share one flight.
#[derive(Clone)]
pub struct RefreshingToken {
    shared: Arc<Shared>,
}

struct Shared {
    source: Arc<dyn TokenSource>,
    store: Option<Arc<dyn TokenStore>>,
    clock: Arc<dyn Clock>,
    current: RwLock<TokenSet>,
    /// Held by the one refresh that runs; what it guards is the last failure.
    flight: Arc<Mutex<Option<Failure>>>,
}

/// The last failed refresh, kept for those who waited for it.
struct Failure {
    at: Timestamp,
    kind: ErrorKind,
    message: String,
}

impl RefreshingToken {
    /// Begins with `tokens`, kept in memory only.
    pub fn new(tokens: TokenSet, source: Arc<dyn TokenSource>, clock: Arc<dyn Clock>) -> Self {
        Self::build(tokens, source, None, clock)
    }

    /// Begins with what `store` holds, or with `fallback` where it holds nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unauthorized`] where there are no tokens at all; the store's own error where it
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

    /// Renews unless somebody else did since `stale` was read.
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

    /// The one refresh. Its guard is released when it is over, however that is.
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

    /// `None` where there is nothing to renew with.
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
        // A newer set has ended, too: its refresh token is the one that is not spent.
        let Some(refresh) = saved.and_then(|saved| saved.refresh).or(old.refresh) else {
            return Ok(None);
        };
        let fetched = self.source.refresh(&refresh).await?;
        let tokens = TokenSet { refresh: fetched.refresh.or(Some(refresh)), ..fetched };
        if let Some(store) = &self.store
            && let Err(error) = store.save(&tokens).await
        {
            // The old refresh token may be spent: using the new set unsaved beats being locked out
            // now.
            tracing::error!(error = %error, "the renewed token could not be saved and will be lost at the next start");
        }
        self.set(&tokens);
        Ok(Some(tokens))
    }

    fn set(&self, tokens: &TokenSet) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = tokens.clone();
    }

    /// A set that another process saved since `old` was read.
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
            // Early is early: the old token still works.
            Err(error) if !self.shared.expires_soon(&current, Duration::ZERO) => {
                tracing::warn!(error = %error, "the token could not be renewed ahead of its end");
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
