//! The feed: everything that programs outside are told, in one order without gaps.

use std::{fmt::Debug, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::Value;
use switchboard_core::{CallId, Result, TenantId};
use uuid::Uuid;

/// The id of an event, of version 7. On the wire it is written as `evt_` and the UUID.
pub type EventId = Uuid;

/// Something that happened. It contains no phone number and no words that were said.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FeedEvent {
    /// Its id, the same in every channel.
    pub id: EventId,
    /// Its type, for example `call.ended`.
    pub kind: String,
    /// When it happened.
    pub at: Timestamp,
    /// Whose event it is. `None`: only operators see it.
    pub tenant: Option<TenantId>,
    /// The call that it is about.
    pub call: Option<CallId>,
    /// What the event says, as the object `data` of its JSON.
    pub data: Value,
}

impl FeedEvent {
    /// An event about no call, which only operators see.
    pub fn new(id: EventId, kind: impl Into<String>, at: Timestamp, data: Value) -> Self {
        Self { id, kind: kind.into(), at, tenant: None, call: None, data }
    }

    /// The same event, for this tenant.
    #[must_use]
    pub fn of_tenant(mut self, tenant: TenantId) -> Self {
        self.tenant = Some(tenant);
        self
    }

    /// The same event, about this call.
    #[must_use]
    pub fn about(mut self, call: CallId) -> Self {
        self.call = Some(call);
        self
    }
}

/// An event and its position in the feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Positioned {
    /// 1 for the first event of the feed, and one more for each that follows: no position is left
    /// out, and events become visible in the order of their positions.
    pub position: u64,
    /// The event.
    pub event: FeedEvent,
}

/// Which events to read, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedQuery {
    /// Only events behind this position.
    pub after: u64,
    /// Only this tenant's events. `None`: everybody's, and those that only operators see.
    pub tenant: Option<TenantId>,
    /// Only events of these types. Empty: any type.
    pub kinds: Vec<String>,
    /// Only events about this call.
    pub call: Option<CallId>,
    /// At most this many events, and at least one. At most [`FeedQuery::LOOKS_AT_MOST`] positions
    /// are looked at.
    pub limit: u32,
}

impl FeedQuery {
    /// At most this many positions are looked at for one page.
    pub const LOOKS_AT_MOST: u64 = 10_000;

    /// True if an event matches, wherever it stands.
    pub fn takes(&self, event: &FeedEvent) -> bool {
        (self.tenant.is_none() || self.tenant == event.tenant)
            && (self.kinds.is_empty() || self.kinds.contains(&event.kind))
            && (self.call.is_none() || self.call == event.call)
    }
}

/// Events, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeedPage {
    /// The events that match.
    pub events: Vec<Positioned>,
    /// Everything up to this position was looked at: the `after` of the next query.
    pub read_up_to: u64,
    /// True if there are positions behind `read_up_to`.
    pub has_more: bool,
}

/// How far the feed reaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FeedBounds {
    /// The first position that is still there; one more than `newest` if nothing is.
    pub oldest: u64,
    /// The last position; 0 if nothing was ever published.
    pub newest: u64,
}

/// The events of all processes, in one order.
///
/// The transaction that changes a call writes its events too: an event is there if and only if the
/// change is.
#[async_trait]
pub trait EventFeed: Debug + Send + Sync {
    /// Publishes events that belong to no write of a call, durably.
    async fn publish(&self, events: Vec<FeedEvent>) -> Result<()>;

    /// Gives positions to events that have none yet, and makes the deliveries of events to the
    /// endpoints that ask for them. Returns true if more are left. If another process is doing this
    /// at the moment, returns false without doing anything.
    async fn sequence(&self, at: Timestamp) -> Result<bool>;

    /// Reads events. A position that is older than [`FeedBounds::oldest`] reads from the oldest on:
    /// compare with [`EventFeed::bounds`] first.
    async fn feed(&self, query: &FeedQuery) -> Result<FeedPage>;

    /// How far the feed reaches.
    async fn bounds(&self) -> Result<FeedBounds>;

    /// When the oldest event happened that waits for [`EventFeed::sequence`], of any process. `None`
    /// if none waits, or if there is nothing to do for it: no endpoint, and it has its position.
    async fn waits_since(&self) -> Result<Option<Timestamp>>;

    /// Waits until this process has written something that [`EventFeed::sequence`] has to see, at
    /// most for this long. What other processes wrote is not noticed: call `sequence` each second
    /// in any case.
    async fn wants_turn(&self, at_most: Duration);

    /// Waits until events behind this position may be there, at most for this long. May return
    /// earlier, for no reason.
    async fn changed(&self, after: u64, at_most: Duration);

    /// Forgets the positions before the first event that is not older than this, with their
    /// deliveries that are finished or whose endpoint is disabled; and endpoints for one call that
    /// have nothing to deliver any more, once that call is settled. Returns how many events were
    /// forgotten. Positions are never given twice.
    async fn forget(&self, before: Timestamp) -> Result<u64>;
}
