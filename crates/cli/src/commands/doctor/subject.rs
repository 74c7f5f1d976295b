//! What is checked.

use std::sync::Arc;

use switchboard::{Clock, Config, Policy, rules::Tables};

/// A setup: its configuration, and what was made of it.
pub(super) struct Setup {
    pub(super) config: Config,
    pub(super) policy: Policy,
    pub(super) tables: Tables,
    pub(super) clock: Arc<dyn Clock>,
}
