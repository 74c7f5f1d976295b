//! Keys that were read a moment ago. Entries are never changed, only replaced.

use std::{collections::HashMap, sync::Arc, time::Duration};

use parking_lot::Mutex;
use switchboard::journal::server::KeyId;

use crate::caller::Caller;

/// How long a key is believed without being read again.
const BELIEVED: Duration = Duration::from_secs(30);
/// With more keys than this, those that are not believed any more are thrown out.
const MANY: usize = 1_024;

#[derive(Debug, Default)]
pub(super) struct KeyCache(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    by_id: HashMap<KeyId, (Duration, Arc<Caller>)>,
    /// The epoch of the store when the entries were read.
    epoch: u64,
}

impl KeyCache {
    pub(super) fn get(&self, id: &KeyId, now: Duration) -> Option<Arc<Caller>> {
        let entries = self.0.lock();
        let (read, caller) = entries.by_id.get(id)?;
        (now.saturating_sub(*read) < BELIEVED).then(|| Arc::clone(caller))
    }

    /// Keeps a key that was read while the store had this epoch.
    pub(super) fn put(&self, caller: Arc<Caller>, epoch: u64, now: Duration) {
        let mut entries = self.0.lock();
        // A key was revoked meanwhile: what was read before may be that key.
        if entries.epoch != epoch {
            return;
        }
        if entries.by_id.len() >= MANY {
            entries.by_id.retain(|_, (read, _)| now.saturating_sub(*read) < BELIEVED);
        }
        entries.by_id.insert(caller.id().clone(), (now, caller));
    }

    pub(super) fn epoch(&self) -> u64 {
        self.0.lock().epoch
    }

    /// Forgets everything that was read in an earlier epoch.
    pub(super) fn set_epoch(&self, epoch: u64) {
        let mut entries = self.0.lock();
        if entries.epoch != epoch {
            entries.epoch = epoch;
            entries.by_id.clear();
        }
    }
}
