//! What a server keeps beside the calls: the feed of events, API keys, webhook endpoints and their
//! deliveries, batches, and pages of calls.
//!
//! | file | purpose |
//! |---|---|
//! | `feed.rs` | everything that happened, in one order, for streams, polling and webhooks |
//! | `keys.rs` | API keys |
//! | `sessions.rs` | who is signed in with a key |
//! | `endpoints.rs` | where webhooks go |
//! | `deliveries.rs` | which event still has to go to which endpoint |
//! | `batches.rs` | tables of calls that are submitted row by row |
//! | `search.rs` | pages of calls, newest first |
//! | `spending.rs` | budgets, usage, and how many calls wait |
//! | `signal.rs` | wakes tasks of one process that wait for the feed |
//! | `derived_id.rs` | ids that several processes make alike |
//!
//! The engine needs none of this: a [`Journal`](crate::Journal) alone is enough to place calls.

mod batches;
mod deliveries;
mod derived_id;
mod endpoints;
mod feed;
mod keys;
mod search;
mod sessions;
mod signal;
mod spending;

pub use batches::{
    BatchCounts, BatchId, BatchRow, BatchState, Batches, BatchesQuery, NewBatch, NewBatchRow,
    RowOutcome, RowProblem, RowResult, RowSettled, RowState, RowsQuery, StoredBatch,
};
pub use deliveries::{
    Deliveries, DeliveryFilter, DeliveryId, DeliveryOutcome, DeliveryState, DueDelivery,
    WebhookDelivery,
};
pub use derived_id::derived_id;
pub use endpoints::{
    DisabledBecause, EndpointChange, EndpointFormat, EndpointId, EndpointSecrets, NewEndpoint,
    WebhookEndpoint, WebhookEndpoints,
};
pub use feed::{EventFeed, EventId, FeedBounds, FeedEvent, FeedPage, FeedQuery, Positioned};
pub use keys::{ApiKey, ApiKeys, KeyId, KeyLimits};
pub use search::{COUNTED, COUNTS_AT_MOST, CallSearch, CallsFilter, CallsPage};
pub use sessions::{Session, Sessions};
pub use signal::FeedSignal;
pub use spending::{BudgetUse, RateUse, Spending, UsageQuery, UsageSum, UsageSums};

/// Everything that a server keeps, in one store.
pub trait ServerStore:
    EventFeed
    + ApiKeys
    + Sessions
    + WebhookEndpoints
    + Deliveries
    + Batches
    + CallSearch
    + Spending
    + crate::AuditLog
{
}

impl<T> ServerStore for T where
    T: EventFeed
        + ApiKeys
        + Sessions
        + WebhookEndpoints
        + Deliveries
        + Batches
        + CallSearch
        + Spending
        + crate::AuditLog
        + ?Sized
{
}
