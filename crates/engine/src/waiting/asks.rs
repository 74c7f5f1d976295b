//! A call that asks for its turn.

use std::sync::Arc;

use jiff::Timestamp;
use switchboard_core::{CallId, ValidCall};

use crate::world::World;

/// A call that asks for its turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asks<'a> {
    pub(crate) id: CallId,
    pub(crate) request: &'a Arc<ValidCall>,
    pub(crate) world: &'a World,
    /// Since when it could go.
    pub(crate) since: Timestamp,
    /// Until when it waits.
    pub(crate) give_up: Timestamp,
}
