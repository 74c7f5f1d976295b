//! Waits until everything has arrived, once no server is killed any more.

use std::time::Duration;

use switchboard::{
    Call, CallStatus, Ledger,
    jiff::Timestamp,
    journal::server::{CallsFilter, FeedQuery, Positioned},
};
use tokio::time::{Instant, sleep};

use crate::serve::{Endpoint, Follower, judge::not_taken};

/// The name of the endpoint that gets everybody's events.
pub(super) const ENDPOINT: &str = "all";
/// How long nothing at all may settle or arrive. Limits and a busy machine may make it last long.
const WITHIN: Duration = Duration::from_secs(120);

/// For each follower its name and the tenant whose events it sees.
pub(super) type Followers = [(&'static str, Option<&'static str>, Follower); 4];

/// Waits until every call is settled and none is in doubt.
pub(super) async fn settle(ledger: &Ledger, wanted: usize) -> Result<(), String> {
    use CallStatus::{Admitted, Attempting, InProgress, Indeterminate, Received, Scheduled};
    let open = vec![Received, Scheduled, Admitted, Attempting, InProgress, Indeterminate];
    let (mut until, mut fewest) = (Instant::now() + WITHIN, usize::MAX);
    let filter = CallsFilter { statuses: open, limit: 1000, ..CallsFilter::default() };
    loop {
        let open = found(ledger, filter.clone()).await;
        if open.is_empty() {
            return Ok(());
        }
        if open.len() < fewest {
            (until, fewest) = (Instant::now() + WITHIN, open.len());
        }
        if Instant::now() > until {
            let of = |call: &Call| format!("{} {}", call.id, call.status);
            let some: Vec<String> = open.iter().take(5).map(of).collect();
            return Err(format!("{} of {wanted} calls do not settle: {some:?}", open.len()));
        }
        sleep(Duration::from_millis(300)).await;
    }
}

/// Waits until the feed has not changed for a while and everybody has seen all of it. Returns how
/// long it is.
pub(super) async fn quiet(
    ledger: &Ledger,
    followers: &Followers,
    endpoint: &Endpoint,
) -> Result<usize, (String, usize)> {
    let (mut until, mut fewest) = (Instant::now() + WITHIN, usize::MAX);
    let mut before = 0;
    loop {
        let feed = whole_feed(ledger).await;
        let (mut missing, mut left) = (Vec::new(), 0);
        for (name, tenant, follower) in followers {
            let theirs = feed.iter().filter(|one| {
                tenant.is_none() || one.event.tenant.as_ref().map(|of| of.as_str()) == *tenant
            });
            let (all, seen) = (theirs.count(), follower.count().await);
            left += all.saturating_sub(seen);
            if seen < all && !follower.is_broken() {
                missing.push(format!("the {name} of {tenant:?} has {seen} of {all}"));
            }
        }
        let not_taken = not_taken(&feed, &endpoint.received(ENDPOINT).await).len();
        if not_taken > 0 {
            missing.push(format!("the endpoint misses {not_taken} of {}", feed.len()));
        }
        left += not_taken;
        if left < fewest {
            (until, fewest) = (Instant::now() + WITHIN, left);
        }
        if missing.is_empty() && feed.len() == before {
            return Ok(feed.len());
        }
        if Instant::now() > until {
            return Err((format!("not everything arrives: {missing:?}"), feed.len()));
        }
        before = feed.len();
        // Positions are given each second at the latest.
        sleep(Duration::from_millis(1500)).await;
    }
}

/// The feed, once nobody writes any more.
pub(super) async fn last_feed(ledger: &Ledger) -> Vec<Positioned> {
    while ledger.server().sequence(Timestamp::now()).await.unwrap() {}
    whole_feed(ledger).await
}

async fn whole_feed(ledger: &Ledger) -> Vec<Positioned> {
    let (mut feed, mut after) = (Vec::new(), 0);
    loop {
        let query = FeedQuery { after, limit: 1000, ..FeedQuery::default() };
        let page = ledger.server().feed(&query).await.unwrap();
        feed.extend(page.events);
        after = page.read_up_to;
        if !page.has_more {
            return feed;
        }
    }
}

/// Every call that matches.
pub(super) async fn found(ledger: &Ledger, mut filter: CallsFilter) -> Vec<Call> {
    let mut calls = Vec::new();
    loop {
        let page = ledger.server().find(&filter).await.unwrap();
        calls.extend(page.calls.into_iter().map(|(call, _)| call));
        filter.before = page.next;
        if filter.before.is_none() {
            return calls;
        }
    }
}
