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

/// Reads the feed once, and hands it to everybody who follows it, for ever. Without them it is not
/// read.
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
        match next(&service, after).await {
            Ok((read_up_to, has_more)) => {
                after = read_up_to.max(after);
                if !has_more {
                    service.store().changed(after, TURN_EVERY).await;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the feed could not be read");
                tokio::time::sleep(TURN_EVERY).await;
            }
        }
    }
}

/// Reads on behind this position. Returns up to where, and whether there is more.
async fn next(service: &Service, after: u64) -> switchboard::Result<(u64, bool)> {
    let newest = service.store().bounds().await?.newest;
    if newest <= after || service.hub().skip_to(newest) {
        return Ok((newest, false));
    }
    let query = FeedQuery { after, limit: PAGE, ..FeedQuery::default() };
    let page = service.store().feed(&query).await?;
    service.hub().hand_out(&page);
    Ok((page.read_up_to, page.has_more))
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
