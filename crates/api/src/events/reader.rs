//! Takes sequencing turns, follows the feed once for everybody, and forgets what is old.

use std::time::Duration;

use jiff::Timestamp;
use switchboard::journal::server::FeedQuery;

use crate::Service;

/// A turn is taken at least this often: events of other processes are not noticed.
const TURN_EVERY: Duration = Duration::from_secs(1);
/// How long events of this process gather before a turn.
const GATHER: Duration = Duration::from_millis(10);
const PAGE: u32 = 500;
const FORGET_EVERY: Duration = Duration::from_secs(60 * 60);

/// Gives positions to events, for ever. Pauses are of the machine's own time: they pace the work and
/// decide nothing.
pub(crate) async fn sequence(service: Service) {
    loop {
        match service.store().sequence(service.clock().now()).await {
            Ok(true) => continue,
            Ok(false) => service.hub().deliveries_changed(),
            Err(error) => tracing::warn!(%error, "events could not be sequenced"),
        }
        service.store().wants_turn(TURN_EVERY).await;
        tokio::time::sleep(GATHER).await;
    }
}

/// Reads the feed once, and hands it to everybody who follows it, for ever.
pub(crate) async fn follow(service: Service) {
    let hub = service.hub();
    let mut after = loop {
        match service.store().bounds().await {
            Ok(bounds) => break hub.begin(bounds.newest),
            Err(error) => tracing::warn!(%error, "the feed could not be read"),
        }
        tokio::time::sleep(TURN_EVERY).await;
    };
    loop {
        let query = FeedQuery { after, limit: PAGE, ..FeedQuery::default() };
        match service.store().feed(&query).await {
            Ok(page) => {
                hub.hand_out(&page);
                after = page.read_up_to.max(after);
                if page.has_more {
                    continue;
                }
                service.store().changed(after, TURN_EVERY).await;
            }
            Err(error) => {
                tracing::warn!(%error, "the feed could not be read");
                tokio::time::sleep(TURN_EVERY).await;
            }
        }
    }
}

/// Forgets events that are older than they are kept, each hour.
pub(crate) async fn forget(service: Service) {
    loop {
        let keep = service.settings().events.retention;
        let before = service.clock().now().checked_sub(keep).unwrap_or(Timestamp::MIN);
        match service.store().forget(before).await {
            Ok(0) => {}
            Ok(events) => tracing::debug!(events, "old events were forgotten"),
            Err(error) => tracing::warn!(%error, "old events could not be forgotten"),
        }
        service.clock().sleep(FORGET_EVERY).await;
    }
}
