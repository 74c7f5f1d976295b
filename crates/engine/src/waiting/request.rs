//! A call that asks for a permit.

use std::sync::Arc;

use jiff::Timestamp;
use switchboard_core::{CallId, ValidCall};

use crate::config::ActiveConfig;

/// A call that asks for a permit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WaitRequest<'a> {
    pub(crate) id: CallId,
    pub(crate) request: &'a Arc<ValidCall>,
    pub(crate) config: &'a ActiveConfig,
    /// Since when the call could go.
    pub(crate) since: Timestamp,
    /// Until when the call waits.
    pub(crate) give_up: Timestamp,
}
