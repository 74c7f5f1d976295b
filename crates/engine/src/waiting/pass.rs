//! What is set aside for one call.

use std::{fmt, sync::Arc};

use switchboard_core::ProviderId;
use switchboard_router::Scope;
use tokio::sync::oneshot;

use super::{class::Class, room::WaitingRoom};
use crate::fair::Turn;

/// A call that waits: where it is told that it may go.
pub(crate) type Waiter = Option<oneshot::Sender<Pass>>;

/// What is set aside at one provider; nothing of what is not limited.
#[derive(Debug)]
pub(super) struct Share {
    pub(super) provider: ProviderId,
    /// A slot of its rate limit.
    pub(super) slot: bool,
    /// One of the calls that it may have under way.
    pub(super) room: bool,
    /// One call each of its caller's and its agent profile's limits.
    pub(super) gates: Vec<Scope>,
}

impl Share {
    pub(super) fn is_empty(&self) -> bool {
        !self.slot && !self.room && self.gates.is_empty()
    }
}

/// A share of what is free at one provider, set aside for one call; and its turn, as long as the
/// turn is not used. Whatever is dropped is free for others.
pub(crate) struct Pass {
    room: Arc<WaitingRoom>,
    share: Option<Share>,
    pub(super) turn: Option<Turn<Class, Waiter>>,
}

impl Pass {
    pub(super) fn new(
        room: &Arc<WaitingRoom>,
        share: Option<Share>,
        turn: Option<Turn<Class, Waiter>>,
    ) -> Self {
        Self { room: Arc::clone(room), share, turn }
    }

    /// Where it may go.
    pub(crate) fn provider(&self) -> Option<&ProviderId> {
        self.share.as_ref().map(|share| &share.provider)
    }

    /// The provider's rate limit knows of the attempt from now on.
    pub(crate) fn slot_taken(&mut self) {
        if let Some(share) = &mut self.share
            && std::mem::take(&mut share.slot)
        {
            self.room.slot_taken(&share.provider);
        }
    }

    /// Leaves the share to others, and keeps the turn: the call could not go.
    pub(crate) fn let_go(&mut self) {
        if let Some(share) = self.share.take() {
            self.room.leave(&share);
        }
    }

    /// The share is another one from now on. The former one is the room's to set free.
    pub(super) fn change(&mut self, share: Share) -> Option<Share> {
        self.share.replace(share)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pass").field("share", &self.share).finish_non_exhaustive()
    }
}
