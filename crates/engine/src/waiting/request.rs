//! A call that asks for its turn.

use std::sync::Arc;

use jiff::Timestamp;
use switchboard_core::{CallId, ValidCall};

use crate::config::ActiveConfig;

/// A call that asks for its turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WaitRequest<'a> {
    pub(crate) id: CallId,
    pub(crate) request: &'a Arc<ValidCall>,
    pub(crate) config: &'a ActiveConfig,
    /// Since when it could go.
    pub(crate) since: Timestamp,
    /// Until when it waits.
    pub(crate) give_up: Timestamp,
}
