//! Figures that read many calls, kept for a moment: pages ask for them with every event.

use std::{collections::HashMap, sync::Arc, time::Duration};

use parking_lot::Mutex;
use switchboard::TenantId;

/// How long figures are shown that were read.
const KEPT: Duration = Duration::from_secs(15);
/// With more tenants than this, old figures are thrown out.
const MANY: usize = 256;

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

/// When figures were read, and the figures.
type Kept = (Duration, Arc<Figures>);

/// Figures by tenant; those of operators are everybody's.
#[derive(Debug, Default)]
pub(crate) struct Recent(Mutex<HashMap<Option<TenantId>, Kept>>);

impl Recent {
    /// What was read a moment ago, if anything was.
    pub(crate) fn get(&self, tenant: Option<&TenantId>, now: Duration) -> Option<Arc<Figures>> {
        let kept = self.0.lock();
        let (read, figures) = kept.get(&tenant.cloned())?;
        (now.saturating_sub(*read) < KEPT).then(|| Arc::clone(figures))
    }

    /// Keeps what was read now.
    pub(crate) fn put(
        &self,
        tenant: Option<&TenantId>,
        now: Duration,
        figures: Figures,
    ) -> Arc<Figures> {
        let mut kept = self.0.lock();
        if kept.len() >= MANY {
            kept.retain(|_, (read, _)| now.saturating_sub(*read) < KEPT);
        }
        let figures = Arc::new(figures);
        kept.insert(tenant.cloned(), (now, Arc::clone(&figures)));
        figures
    }
}
