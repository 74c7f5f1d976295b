//! Positions: in order, without gaps, forgotten and never given twice.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::future::{join, join_all};
use switchboard_core::CallId;

use super::{
    super::fixtures::{at, completed, open, queued, record, request, send},
    fixtures::{FeedStore, about, endpoint, journal, news, settle_turns, told},
};
use crate::{
    server::{FeedBounds, FeedQuery, Positioned},
    state::Fact,
};

pub(super) async fn reading_goes_on_behind_every_position(store: Arc<dyn FeedStore>) {
    assert_eq!(store.bounds().await.unwrap(), FeedBounds { oldest: 1, newest: 0 });
    let nothing = store.feed(&FeedQuery { limit: 5, ..FeedQuery::default() }).await.unwrap();
    assert_eq!((nothing.events.len(), nothing.read_up_to, nothing.has_more), (0, 0, false));
    for n in 1..=12 {
        store.publish(vec![news(n, n as u64)]).await.unwrap();
    }
    let all = told(&store).await;
    assert_eq!(
        all.iter().map(|one| one.position).collect::<Vec<_>>(),
        (1..=12).collect::<Vec<_>>()
    );
    let published: Vec<_> = (1..=12).map(|n| news(n, n as u64)).collect();
    assert_eq!(all.iter().map(|one| one.event.clone()).collect::<Vec<_>>(), published);
    assert_eq!(store.bounds().await.unwrap(), FeedBounds { oldest: 1, newest: 12 });
    for limit in [1, 5, 100] {
        for start in 0..=12 {
            let (mut after, mut seen) = (start, Vec::new());
            loop {
                let query = FeedQuery { after, limit, ..FeedQuery::default() };
                let page = store.feed(&query).await.unwrap();
                assert!(page.events.len() <= limit as usize);
                assert_eq!(page.has_more, page.read_up_to < 12);
                after = page.read_up_to;
                seen.extend(page.events);
                if !page.has_more {
                    break;
                }
            }
            assert_eq!(seen, all[usize::try_from(start).unwrap()..], "{limit} behind {start}");
        }
    }
    let beyond = store.feed(&FeedQuery { after: 40, limit: 5, ..FeedQuery::default() }).await;
    let beyond = beyond.unwrap();
    assert_eq!((beyond.events.len(), beyond.read_up_to, beyond.has_more), (0, 40, false));
}

pub(super) async fn what_waits_for_its_turn_is_known(store: Arc<dyn FeedStore>) {
    assert_eq!(store.waits_since().await.unwrap(), None);
    store.add_endpoint(endpoint(1)).await.unwrap();
    for n in 1..=3 {
        store.publish(vec![news(n, 2 + n as u64)]).await.unwrap();
        assert_eq!(store.waits_since().await.unwrap(), Some(at(3)), "the oldest one");
    }
    settle_turns(&store, at(9)).await;
    assert_eq!(store.waits_since().await.unwrap(), None);
    store.publish(vec![news(4, 7)]).await.unwrap();
    assert_eq!(store.waits_since().await.unwrap(), Some(at(7)));
}

pub(super) async fn old_positions_are_forgotten_and_never_given_again(store: Arc<dyn FeedStore>) {
    // The third is older than the second: clocks differ.
    for (n, after) in [(1, 1), (2, 5), (3, 2), (4, 8)] {
        store.publish(vec![news(n, after)]).await.unwrap();
    }
    settle_turns(&store, at(9)).await;
    assert_eq!(store.forget(at(1)).await.unwrap(), 0);
    assert_eq!(store.forget(at(3)).await.unwrap(), 1, "only what is before all that stays");
    assert_eq!(store.bounds().await.unwrap(), FeedBounds { oldest: 2, newest: 4 });
    let positions = |events: Vec<Positioned>| -> Vec<u64> {
        events.into_iter().map(|one| one.position).collect()
    };
    assert_eq!(positions(told(&store).await), [2, 3, 4]);
    assert_eq!(store.forget(at(6)).await.unwrap(), 2);
    assert_eq!(store.forget(at(60)).await.unwrap(), 1);
    assert_eq!(store.bounds().await.unwrap(), FeedBounds { oldest: 5, newest: 4 });
    assert_eq!(positions(told(&store).await), [0_u64; 0]);
    assert_eq!(store.forget(at(60)).await.unwrap(), 0);
    // What was forgotten is not known any more.
    store.publish(vec![news(1, 70), news(5, 70)]).await.unwrap();
    assert_eq!(positions(told(&store).await), [5, 6]);
    assert_eq!(store.bounds().await.unwrap(), FeedBounds { oldest: 5, newest: 6 });
}

pub(super) async fn a_page_looks_at_so_many_positions(store: Arc<dyn FeedStore>) {
    let many = FeedQuery::LOOKS_AT_MOST + 20;
    for first in (1..=many).step_by(1_000) {
        let last = (first + 1_000).min(many + 1);
        let events = (first..last).map(|n| news(n.into(), 1)).collect();
        store.publish(events).await.unwrap();
    }
    let call = open(&journal(&store), request(1), 2).await;
    settle_turns(&store, at(3)).await;
    let query = FeedQuery { call: Some(call), limit: 5, ..FeedQuery::default() };
    let page = store.feed(&query).await.unwrap();
    assert_eq!((page.events.len(), page.has_more), (0, true));
    assert_eq!(page.read_up_to, FeedQuery::LOOKS_AT_MOST);
    let page = store.feed(&FeedQuery { after: page.read_up_to, ..query }).await.unwrap();
    assert_eq!((page.events.len(), page.has_more), (1, false));
    assert_eq!((page.events[0].position, page.read_up_to), (many + 1, many + 1));
}

pub(super) async fn what_both_publish_is_there_once(
    one: &Arc<dyn FeedStore>,
    other: &Arc<dyn FeedStore>,
) {
    let both = [one, other].map(|store| store.publish(vec![news(1, 1), news(2, 1), news(1, 1)]));
    for published in join_all(both).await {
        published.unwrap();
    }
    for store in [one, other] {
        let mut seen: Vec<_> = told(store).await.into_iter().map(|seen| seen.event).collect();
        seen.sort_by_key(|event| event.id);
        assert_eq!(seen, [news(1, 1), news(2, 1)]);
    }
    other.publish(vec![news(2, 1), news(3, 1)]).await.unwrap();
    let seen = told(one).await;
    assert_eq!(seen.iter().map(|seen| seen.position).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(seen[2].event, news(3, 1));
}

/// One call from the first event to the last.
async fn live(store: Arc<dyn FeedStore>, n: u32) -> CallId {
    let calls = journal(&store);
    let call = open(&calls, request(n), 0).await;
    let tried = send(&calls, call).await;
    let theirs = format!("a-{n}");
    record(&calls, call, Fact::Answered(tried, Box::new(queued("alpha", &theirs)))).await;
    record(&calls, call, Fact::Reported(Box::new(completed("alpha", &theirs)))).await;
    call
}

/// Reads on while others write, until it has seen so many events or nothing comes any more, and
/// takes turns meanwhile.
async fn follow(store: Arc<dyn FeedStore>, over: &AtomicBool, all: usize) -> Vec<Positioned> {
    let (mut seen, mut query) = (Vec::new(), FeedQuery { limit: 10, ..FeedQuery::default() });
    let mut idle = 0;
    while seen.len() < all && idle < 400 {
        idle = if over.load(Ordering::SeqCst) { idle + 1 } else { 0 };
        while store.sequence(at(9)).await.unwrap() {}
        let page = store.feed(&query).await.unwrap();
        query.after = page.read_up_to;
        if !page.events.is_empty() {
            idle = 0;
        }
        seen.extend(page.events);
        if !page.has_more {
            store.changed(query.after, Duration::from_millis(5)).await;
        }
    }
    seen
}

/// Many writers through several handles to one store, and as many that follow: each sees every
/// position once, in order, and each call's revisions in order.
///
/// # Panics
/// Where an event is lost, comes twice or out of order.
pub async fn many_writers_and_followers(stores: &[Arc<dyn FeedStore>]) {
    const WRITERS: u32 = 24;
    const EACH: u32 = 4;
    const ALL: usize = (WRITERS * EACH * 3) as usize;
    let over = AtomicBool::new(false);
    let following = join_all(stores.iter().map(|store| follow(Arc::clone(store), &over, ALL)));
    let writing = async {
        let writers = (0..WRITERS).map(|n| {
            let store = Arc::clone(&stores[n as usize % stores.len()]);
            async move {
                let mut calls = Vec::new();
                for round in 0..EACH {
                    calls.push(live(Arc::clone(&store), n * EACH + round).await);
                }
                calls
            }
        });
        let calls: Vec<CallId> = join_all(writers).await.into_iter().flatten().collect();
        over.store(true, Ordering::SeqCst);
        calls
    };
    let (seen, calls) = join(following, writing).await;
    let all = told(&stores[0]).await;
    assert_eq!(all.len(), ALL);
    for seen in seen {
        assert!(seen == all, "a follower sees the feed as it is");
    }
    let mut of_call: BTreeMap<CallId, Vec<(String, u64)>> = BTreeMap::new();
    for (n, one) in (1..).zip(&all) {
        assert_eq!(one.position, n, "no position is left out");
        let revision = one.event.data["call"]["revision"].as_u64().unwrap();
        of_call.entry(about(&one.event)).or_default().push((one.event.kind.clone(), revision));
    }
    assert_eq!(of_call.len(), calls.len());
    for call in calls {
        let expected = [("call.created", 1), ("call.placed", 6), ("call.ended", 7)];
        let expected = expected.map(|(kind, revision)| (kind.to_owned(), revision));
        assert_eq!(of_call[&call], expected);
    }
}
