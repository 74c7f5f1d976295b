//! Figures that read many calls: they are read beside the pages that show them, and kept for a moment.
//!
//! A page shows what was read last and waits only a moment for more: with a million calls, reading
//! takes longer than a page may.

use std::{collections::HashMap, future::Future, sync::Arc, time::Duration};

use parking_lot::Mutex;
use switchboard::{Clock, TenantId};
use tokio::sync::watch;

/// With more figures than this, old ones are thrown out.
const MANY: usize = 256;

/// Whose figures they are, and of what; operators' are everybody's.
pub(crate) type Key = (Option<TenantId>, String);

/// What happened lately.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    /// What was billed today, as far as it is known.
    pub(crate) spent: String,
    /// How many bills of today are not known.
    pub(crate) unpriced: u64,
    /// The calls of the last hour by five minutes, each with its begin.
    pub(crate) hour: Vec<(String, u64)>,
}

/// Figures of one kind.
#[derive(Debug)]
pub(crate) struct Recent<T> {
    /// Figures that are older are read again.
    fresh: Duration,
    /// How long a page waits that has nothing to show yet.
    wait: Duration,
    kept: Mutex<HashMap<Key, Kept<T>>>,
}

#[derive(Debug)]
struct Kept<T> {
    /// When they were read, as the clock's uptime, and the figures.
    value: Option<(Duration, Arc<T>)>,
    /// Closes when the reading that is under way is over.
    reading: Option<watch::Receiver<()>>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { value: None, reading: None }
    }
}

impl<T: Send + Sync + 'static> Recent<T> {
    pub(crate) fn new(fresh: Duration, wait: Duration) -> Arc<Self> {
        Arc::new(Self { fresh, wait, kept: Mutex::default() })
    }

    /// The figures that were read last. Old ones are read again beside it, by one task; `None` if
    /// nothing was read yet, and the reading takes longer than a page waits.
    pub(crate) async fn get<F>(
        self: &Arc<Self>,
        key: Key,
        clock: &Arc<dyn Clock>,
        read: impl FnOnce() -> F + Send,
    ) -> Option<Arc<T>>
    where
        F: Future<Output = Option<T>> + Send + 'static,
    {
        let now = clock.uptime();
        let mut over = {
            let mut kept = self.kept.lock();
            if kept.len() >= MANY {
                let fresh = self.fresh;
                kept.retain(|_, one| one.reading.is_some() || one.is_fresh(now, fresh));
            }
            let one = kept.entry(key.clone()).or_default();
            if one.is_fresh(now, self.fresh) {
                return one.shown();
            }
            // One that ended without an answer is no longer under way.
            let under_way = one.reading.take().filter(|over| over.has_changed().is_ok());
            let over = under_way.unwrap_or_else(|| self.begin(key.clone(), clock, read()));
            one.reading = Some(over.clone());
            if let Some(old) = one.shown() {
                return Some(old);
            }
            over
        };
        tokio::select! {
            _ = over.changed() => {}
            () = clock.sleep(self.wait) => {}
        }
        self.kept.lock().get(&key).and_then(Kept::shown)
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
            let read = reading.await;
            let at = clock.uptime();
            let mut kept = recent.kept.lock();
            let one = kept.entry(key).or_default();
            one.reading = None;
            if let Some(read) = read {
                one.value = Some((at, Arc::new(read)));
            }
            drop(kept);
            drop(open);
        });
        over
    }
}

impl<T> Kept<T> {
    fn is_fresh(&self, now: Duration, fresh: Duration) -> bool {
        self.value.as_ref().is_some_and(|(at, _)| now.saturating_sub(*at) < fresh)
    }

    fn shown(&self) -> Option<Arc<T>> {
        self.value.as_ref().map(|(_, value)| Arc::clone(value))
    }
}
