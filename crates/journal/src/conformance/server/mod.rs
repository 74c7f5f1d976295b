//! What a server keeps beside the calls, held to the same rules in every store.
//!
//! | file | rules about |
//! |---|---|
//! | `keys.rs` | API keys |
//! | `sessions.rs` | who is signed in |
//! | `batches.rs`, `batch_claims.rs` | batches |
//! | `search.rs` | pages of calls |
//! | `spending.rs` | budgets, usage, and how many calls wait |

mod batch_claims;
mod batches;
mod keys;
mod search;
mod sessions;
mod spending;

use std::sync::Arc;

use futures::future::BoxFuture;

use crate::{
    Journal,
    server::{ApiKeys, Batches, CallSearch, Sessions, Spending},
};

/// Every rule about API keys, each on a store of its own.
///
/// # Panics
/// Where the store breaks one.
pub async fn hold_keys<Store: ApiKeys, Made: Future<Output = Arc<Store>> + Send>(
    new: impl Fn() -> Made + Send + Sync,
) {
    keys::a_key_comes_back_whole(&*new().await).await;
    keys::the_same_request_makes_one_key(&*new().await).await;
    keys::keys_are_listed_newest_first(&*new().await).await;
    keys::a_key_is_revoked_once(&*new().await).await;
    keys::a_key_expires_at_the_earlier_time(&*new().await).await;
    keys::a_use_is_noted_every_five_minutes(&*new().await).await;
}

/// Every rule about sessions, each on a store of its own.
///
/// # Panics
/// Where the store breaks one.
pub async fn hold_sessions<Store: Sessions, Made: Future<Output = Arc<Store>> + Send>(
    new: impl Fn() -> Made + Send + Sync,
) {
    sessions::a_session_comes_back_whole(&*new().await).await;
    sessions::a_session_ends_once(&*new().await).await;
    sessions::what_is_over_is_forgotten(&*new().await).await;
}

/// Every rule about API keys of several processes. The arguments are those of
/// [`hold_shared`](super::hold_shared).
///
/// # Panics
/// Where the store breaks one.
pub async fn hold_shared_keys<Store, Made>(new: impl Fn() -> Made + Send + Sync)
where
    Store: ApiKeys,
    Made: Future<Output = (Arc<Store>, Arc<Store>, BoxFuture<'static, ()>)> + Send,
{
    let (one, other, _gone) = new().await;
    keys::a_revocation_is_seen_by_everybody(&*one, &*other).await;
    let (_one, other, gone) = new().await;
    keys::living_processes_are_counted(&*other, gone).await;
}

/// Every rule about pages of calls, each on a store of its own.
///
/// # Panics
/// Where the store breaks one.
pub async fn hold_search<Store, Made>(new: impl Fn() -> Made + Send + Sync)
where
    Store: CallSearch + Journal + 'static,
    Made: Future<Output = Arc<Store>> + Send,
{
    search::pages_neither_lose_nor_double_a_call(new().await).await;
    search::a_page_has_whole_calls(new().await).await;
    search::a_call_is_its_tenants(new().await).await;
    search::calls_are_counted_by_status(new().await).await;
}

/// Every rule about what calls cost, each on a store of its own.
///
/// # Panics
/// Where the store breaks one.
pub async fn hold_spending<Store, Made>(new: impl Fn() -> Made + Send + Sync)
where
    Store: Spending + Journal + 'static,
    Made: Future<Output = Arc<Store>> + Send,
{
    spending::budgets_tell_what_is_held(new().await).await;
    spending::usage_adds_up_by_day_and_provider(new().await).await;
    spending::a_window_tells_what_is_used(new().await).await;
    spending::calls_wait_until_they_are_tried(new().await).await;
}

/// Every rule about batches, each on a store of its own.
///
/// # Panics
/// Where the store breaks one.
pub async fn hold_batches<Store, Made>(new: impl Fn() -> Made + Send + Sync)
where
    Store: Batches + Journal + 'static,
    Made: Future<Output = Arc<Store>> + Send,
{
    batches::a_batch_comes_back_whole(&*new().await).await;
    batches::the_same_request_makes_one_batch(&*new().await).await;
    batches::batches_are_listed_newest_first(&*new().await).await;
    batches::rows_are_read_in_order(&*new().await).await;
    batches::results_have_the_calls(new().await).await;
    batches::a_batch_is_over_when_its_calls_are(new().await).await;
    batch_claims::a_batch_is_one_processs_until_its_lease_ends(&*new().await).await;
    batch_claims::a_row_is_settled_once(&*new().await).await;
    batch_claims::a_cancelled_batch_submits_nothing(&*new().await).await;
    batch_claims::what_was_cancelled_in_the_middle_is_looked_after(&*new().await).await;
}

/// Every rule about batches of several processes. Both are handles to the same store.
///
/// # Panics
/// Where the store breaks one.
pub async fn hold_shared_batches<Store, Made>(new: impl Fn() -> Made + Send + Sync)
where
    Store: Batches,
    Made: Future<Output = (Arc<Store>, Arc<Store>)> + Send,
{
    let (one, other) = new().await;
    batch_claims::one_of_many_claims_a_batch(&*one, &*other).await;
    let (one, other) = new().await;
    batch_claims::one_of_many_requests_makes_it(&*one, &*other).await;
}
