//! What reads many calls: it is read beside the requests that ask for it, by one task, and kept for a
//! moment. With a million calls, reading takes longer than a request may.

use std::{collections::HashMap, future::Future, sync::Arc, time::Duration};

use parking_lot::Mutex;
use switchboard::{Clock, TenantId};
use tokio::sync::watch;

/// With more values than this, old ones are thrown out.
const MANY: usize = 256;
/// What takes longer than this to read is kept for some time, however fresh it has to be.
const SLOW: Duration = Duration::from_secs(1);
/// So many times as long as the reading took.
const KEPT: u32 = 10;

/// Whose values they are, and of what; operators' are everybody's.
pub type Key = (Option<TenantId>, String);

/// Values of one kind.
#[derive(Debug)]
pub struct Recent<T> {
    /// Values that are older are read again.
    fresh: Duration,
    /// How long a request waits for a reading.
    wait: Duration,
    kept: Mutex<HashMap<Key, Kept<T>>>,
}

#[derive(Debug)]
struct Kept<T> {
    value: Option<Value<T>>,
    /// Closes when the reading that is under way is over.
    reading: Option<watch::Receiver<()>>,
}

#[derive(Debug)]
struct Value<T> {
    /// When it was read, as the clock's uptime.
    at: Duration,
    /// How long that took.
    took: Duration,
    value: Arc<T>,
}

/// What is there when somebody asks.
enum Found<T> {
    Fresh(Arc<T>),
    Old(Option<Arc<T>>, watch::Receiver<()>),
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { value: None, reading: None }
    }
}

impl<T: Send + Sync + 'static> Recent<T> {
    /// Values older than `fresh` are read again, and a request waits this long for a reading.
    pub fn new(fresh: Duration, wait: Duration) -> Arc<Self> {
        Arc::new(Self { fresh, wait, kept: Mutex::default() })
    }

    /// The value that was read last, at once. `None` if nothing was read yet, and the reading takes
    /// longer than a request waits.
    pub async fn last<F>(
        self: &Arc<Self>,
        key: Key,
        clock: &Arc<dyn Clock>,
        read: impl FnOnce() -> F + Send,
    ) -> Option<Arc<T>>
    where
        F: Future<Output = Option<T>> + Send + 'static,
    {
        match self.find(&key, clock, read) {
            Found::Fresh(value) | Found::Old(Some(value), _) => Some(value),
            Found::Old(None, over) => self.when(over, &key, clock).await,
        }
    }

    /// A fresh value, or the one that was read last if the reading takes longer than a request waits.
    pub async fn newest<F>(
        self: &Arc<Self>,
        key: Key,
        clock: &Arc<dyn Clock>,
        read: impl FnOnce() -> F + Send,
    ) -> Option<Arc<T>>
    where
        F: Future<Output = Option<T>> + Send + 'static,
    {
        match self.find(&key, clock, read) {
            Found::Fresh(value) => Some(value),
            Found::Old(_, over) => self.when(over, &key, clock).await,
        }
    }

    /// What is there, with a reading under way if it is not fresh.
    fn find<F>(
        self: &Arc<Self>,
        key: &Key,
        clock: &Arc<dyn Clock>,
        read: impl FnOnce() -> F + Send,
    ) -> Found<T>
    where
        F: Future<Output = Option<T>> + Send + 'static,
    {
        let now = clock.uptime();
        let mut kept = self.kept.lock();
        if kept.len() >= MANY {
            let fresh = self.fresh;
            kept.retain(|_, one| one.reading.is_some() || one.fresh(now, fresh).is_some());
        }
        let one = kept.entry(key.clone()).or_default();
        if let Some(value) = one.fresh(now, self.fresh) {
            return Found::Fresh(value);
        }
        // One that ended without an answer is no longer under way.
        let under_way = one.reading.take().filter(|over| over.has_changed().is_ok());
        let over = under_way.unwrap_or_else(|| self.begin(key.clone(), clock, read()));
        one.reading = Some(over.clone());
        Found::Old(one.shown(), over)
    }

    async fn when(
        &self,
        mut over: watch::Receiver<()>,
        key: &Key,
        clock: &Arc<dyn Clock>,
    ) -> Option<Arc<T>> {
        tokio::select! {
            _ = over.changed() => {}
            () = clock.sleep(self.wait) => {}
        }
        self.kept.lock().get(key).and_then(Kept::shown)
    }

    fn begin(
        self: &Arc<Self>,
        key: Key,
        clock: &Arc<dyn Clock>,
        reading: impl Future<Output = Option<T>> + Send + 'static,
    ) -> watch::Receiver<()> {
        let (open, over) = watch::channel(());
        let (recent, clock) = (Arc::clone(self), Arc::clone(clock));
        tokio::spawn(async move {
            let began = clock.uptime();
            let read = reading.await;
            let at = clock.uptime();
            let mut kept = recent.kept.lock();
            let one = kept.entry(key).or_default();
            one.reading = None;
            if let Some(read) = read {
                let took = at.saturating_sub(began);
                one.value = Some(Value { at, took, value: Arc::new(read) });
            }
            drop(kept);
            drop(open);
        });
        over
    }
}

impl<T> Kept<T> {
    fn fresh(&self, now: Duration, fresh: Duration) -> Option<Arc<T>> {
        let value = self.value.as_ref()?;
        let slow = if value.took > SLOW { value.took * KEPT } else { Duration::ZERO };
        (now.saturating_sub(value.at) < fresh.max(slow)).then(|| Arc::clone(&value.value))
    }

    fn shown(&self) -> Option<Arc<T>> {
        self.value.as_ref().map(|value| Arc::clone(&value.value))
    }
}
