//! How many attempts of this process had which result.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use switchboard_core::{Delivery, ProviderId};

/// Counts since the process began, for each provider and result. Clones share them, and can be read
/// when the engine is gone.
#[derive(Debug, Clone, Default)]
pub struct AttemptCounts(Arc<Mutex<HashMap<(ProviderId, Delivery), u64>>>);

impl AttemptCounts {
    /// Counts an attempt whose result is in the journal.
    pub(crate) fn count(&self, provider: &ProviderId, delivery: Delivery) {
        *self.0.lock().entry((provider.clone(), delivery)).or_default() += 1;
    }

    /// Each provider's attempts by their first result.
    pub fn all(&self) -> Vec<(ProviderId, Delivery, u64)> {
        let counts = self.0.lock();
        counts.iter().map(|((provider, delivery), n)| (provider.clone(), *delivery, *n)).collect()
    }
}
