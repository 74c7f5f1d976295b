//! How many attempts of this process had which result.

use std::collections::HashMap;

use parking_lot::Mutex;
use switchboard_core::{Delivery, ProviderId};

/// Counts since the process began, for each provider and result.
#[derive(Debug, Default)]
pub(crate) struct AttemptCounts(Mutex<HashMap<(ProviderId, Delivery), u64>>);

impl AttemptCounts {
    /// Counts an attempt whose result is in the journal.
    pub(crate) fn count(&self, provider: &ProviderId, delivery: Delivery) {
        *self.0.lock().entry((provider.clone(), delivery)).or_default() += 1;
    }

    pub(crate) fn all(&self) -> Vec<(ProviderId, Delivery, u64)> {
        let counts = self.0.lock();
        counts.iter().map(|((provider, delivery), n)| (provider.clone(), *delivery, *n)).collect()
    }
}
