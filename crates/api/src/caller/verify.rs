//! From the header `Authorization` to a caller.

use std::{net::IpAddr, sync::Arc, time::Duration};

use http::{HeaderMap, header};
use ipnet::IpNet;
use jiff::Timestamp;
use parking_lot::Mutex;
use switchboard::{
    Clock,
    journal::server::{ApiKey, KeyId, ServerStore},
};

use crate::{
    caller::{BadKey, Caller, KeyText, cache::KeyCache},
    limits::WrongKeys,
    problem::{Code, Problem, Result},
};

/// How often the store is asked whether a key was revoked.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// A key's last use is noted at most this often.
const NOTE_EVERY: Duration = Duration::from_secs(5 * 60);

/// Verifies keys.
#[derive(Debug)]
pub(crate) struct Keys {
    store: Arc<dyn ServerStore>,
    clock: Arc<dyn Clock>,
    cache: KeyCache,
    wrong: WrongKeys,
    /// When the store's epoch was read last.
    asked: tokio::sync::Mutex<Option<Duration>>,
    /// How many processes share the store.
    processes: Mutex<u32>,
}

impl Keys {
    pub(crate) fn new(store: Arc<dyn ServerStore>, clock: Arc<dyn Clock>) -> Self {
        Self {
            wrong: WrongKeys::new(Arc::clone(&clock)),
            store,
            clock,
            cache: KeyCache::default(),
            asked: tokio::sync::Mutex::new(None),
            processes: Mutex::new(1),
        }
    }

    /// The number of living processes, as of a second ago.
    pub(crate) fn processes(&self) -> u32 {
        (*self.processes.lock()).max(1)
    }

    /// The caller that sent these headers from this address.
    pub(crate) async fn caller(
        &self,
        headers: &HeaderMap,
        from: Option<IpAddr>,
    ) -> Result<Arc<Caller>> {
        self.of_text(bearer(headers)?, from).await
    }

    /// The caller with this key, as its text was sent.
    pub(crate) async fn of_text(&self, text: &str, from: Option<IpAddr>) -> Result<Arc<Caller>> {
        let found = match KeyText::parse(text) {
            Ok(key) => self.find(&key, from).await?,
            Err(BadKey) => None,
        };
        let Some(caller) = found else {
            self.count_wrong(from)?;
            return Err(Problem::new(Code::InvalidKey, "no key like this exists"));
        };
        self.check(caller.key(), from)?;
        Ok(caller)
    }

    /// The caller whose key has this id, for somebody who has proven before that they hold it.
    pub(crate) async fn of_id(&self, id: &KeyId, from: Option<IpAddr>) -> Result<Arc<Caller>> {
        self.ask().await?;
        let now = self.clock.uptime();
        let caller = match self.cache.get(id, now) {
            Some(caller) => caller,
            None => {
                let epoch = self.cache.epoch();
                let stored = self.store.key(id).await?;
                let stored = stored.ok_or_else(|| {
                    Problem::new(Code::InvalidKey, "no key like this exists any more")
                })?;
                let caller = Arc::new(Caller::new(stored));
                self.cache.put(Arc::clone(&caller), epoch, now);
                self.note_use(id, caller.key().last_used_at).await;
                caller
            }
        };
        self.check(caller.key(), from)?;
        Ok(caller)
    }

    /// Counts something wrong that is no key, but was sent instead of one.
    ///
    /// # Errors
    /// `rate_limited` if this address sent too many.
    pub(crate) fn count_wrong(&self, from: Option<IpAddr>) -> Result<()> {
        self.wrong.check(from)?;
        self.wrong.count(from);
        Ok(())
    }

    async fn find(&self, key: &KeyText, from: Option<IpAddr>) -> Result<Option<Arc<Caller>>> {
        self.ask().await?;
        let (id, now) = (key.id(), self.clock.uptime());
        let caller = match self.cache.get(&id, now) {
            Some(caller) => caller,
            None => {
                // Only what costs a query is limited: keys that are in use stay unharmed by what
                // else their address sends.
                self.wrong.check(from)?;
                let epoch = self.cache.epoch();
                let Some(stored) = self.store.key(&id).await? else {
                    return Ok(None);
                };
                let caller = Arc::new(Caller::new(stored));
                if key.has_hash(&caller.key().secret_hash) {
                    self.cache.put(Arc::clone(&caller), epoch, now);
                    self.note_use(&id, caller.key().last_used_at).await;
                }
                caller
            }
        };
        Ok(key.has_hash(&caller.key().secret_hash).then_some(caller))
    }

    /// Asks the store once a second whether a key was revoked, and forgets all keys if so. Whoever
    /// comes meanwhile waits: nobody is served by what may be older.
    async fn ask(&self) -> Result<()> {
        let mut asked = self.asked.lock().await;
        let now = self.clock.uptime();
        if asked.is_none_or(|asked| now.saturating_sub(asked) >= ASK_EVERY) {
            self.cache.set_epoch(self.store.keys_epoch().await?);
            *self.processes.lock() = self.store.processes().await?;
            *asked = Some(now);
        }
        Ok(())
    }

    async fn note_use(&self, id: &KeyId, last: Option<Timestamp>) {
        let now = self.clock.now();
        let noted = last.is_some_and(|last| now.duration_since(last) < as_signed(NOTE_EVERY));
        if !noted && let Err(error) = self.store.note_key_used(id, now).await {
            tracing::warn!(%error, "a key's last use was not noted");
        }
    }

    fn check(&self, key: &ApiKey, from: Option<IpAddr>) -> Result<()> {
        if key.revoked_at.is_some() {
            return Err(Problem::new(Code::RevokedKey, "the key was revoked"));
        }
        if key.expires_at.is_some_and(|at| at <= self.clock.now()) {
            return Err(Problem::new(Code::ExpiredKey, "the key has expired"));
        }
        let inside = |network: &String| {
            let network = network.parse::<IpNet>();
            matches!((network, from), (Ok(network), Some(from)) if network.contains(&from))
        };
        if !key.ip_allow.is_empty() && !key.ip_allow.iter().any(inside) {
            let detail = "the key is limited to networks that this address is not in";
            return Err(Problem::new(Code::IpNotAllowed, detail));
        }
        Ok(())
    }
}

fn as_signed(duration: Duration) -> jiff::SignedDuration {
    jiff::SignedDuration::try_from(duration).unwrap_or(jiff::SignedDuration::MAX)
}

/// What `Authorization` has behind `Bearer`.
///
/// # Errors
/// `missing_key`.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<&str> {
    let missing = || {
        Problem::new(Code::MissingKey, "the header Authorization has no API key")
            .fix("send Authorization: Bearer sb_…")
    };
    let value = headers.get(header::AUTHORIZATION).ok_or_else(missing)?;
    let (scheme, key) =
        value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(missing)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(key.trim()) } else { Err(missing()) }
}
