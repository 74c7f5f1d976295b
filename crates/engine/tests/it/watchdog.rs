//! A call that lasts longer than it may is hung up, once.

use std::{sync::Arc, time::Duration};

use switchboard_core::{Call, CallRequest, CallStatus, Outcome};
use switchboard_engine::Engine;
use switchboard_journal::Journal;
use tokio::time::Instant;

use crate::support::{
    process::{address, books, clock, kill, letter, path},
    request, seconds, valid, within,
    world::{Act, World, process, process_with, shared},
};

fn two_minutes() -> CallRequest {
    request(1).with(|call| call.max_duration_seconds = Some(120))
}

/// Somebody who talks for an hour.
fn talker(act: Act) -> World {
    let mut alpha = World::new("alpha", &[act]);
    alpha.lasts = seconds(3600);
    alpha
}

fn stopped_once_after(world: &World, began: Instant, after: Duration) {
    let stops = world.stops();
    assert_eq!(stops.len(), 1, "{stops:?}");
    let (at, theirs) = &stops[0];
    assert_eq!(theirs, "alpha-0");
    let took = at.duration_since(began);
    assert!(took >= after && took <= after + seconds(30), "stopped after {took:?}");
}

async fn end(router: &Engine, request: CallRequest) -> Call {
    let id = router.submit(valid(request)).await.unwrap().id;
    let call = within(router.wait(id)).await.unwrap();
    tokio::time::sleep(seconds(3600)).await;
    call
}

#[tokio::test(start_paused = true)]
async fn it_is_stopped_while_its_request_is_open_and_while_it_is_followed() {
    for synchronous in [true, false] {
        let mut alpha = talker(Act::Ring);
        alpha.info.synchronous = synchronous;
        let (worlds, began) = (shared([alpha]), Instant::now());
        let router = process(&worlds, &clock(), books());
        let call = end(&router, two_minutes()).await;
        assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::Cancelled)));
        stopped_once_after(&worlds[0], began, seconds(120));
    }
}

#[tokio::test(start_paused = true)]
async fn the_shortest_of_all_limits_holds() {
    for (theirs, ours, longest) in [(None, 300, 300), (Some(200), 300, 200), (Some(400), 300, 300)]
    {
        let mut alpha = talker(Act::Ring);
        alpha.info.max_duration = theirs.map(seconds);
        let (worlds, began) = (shared([alpha]), Instant::now());
        let router = process_with(
            &worlds,
            &clock(),
            books(),
            |policy| policy.max_duration = seconds(ours),
            |builder| builder,
        );
        end(&router, request(1)).await;
        stopped_once_after(&worlds[0], began, seconds(longest));
        assert_eq!(
            worlds[0].orders()[0].max_duration,
            seconds(longest),
            "the provider is told the same"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn who_ends_in_time_is_not_interrupted() {
    for synchronous in [true, false] {
        let mut alpha = World::new("alpha", &[]);
        alpha.lasts = seconds(110);
        alpha.info.synchronous = synchronous;
        let worlds = shared([alpha]);
        let router = process(&worlds, &clock(), books());
        assert_eq!(end(&router, two_minutes()).await.outcome, Some(Outcome::Completed));
        assert!(worlds[0].stops().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_stopped_however_it_was_found() {
    let found_by_list = talker(Act::RingAndLose);
    let mut told_by_webhook = talker(Act::RingAndLose);
    told_by_webhook.shows = false;
    for alpha in [found_by_list, told_by_webhook] {
        let (worlds, clock, began) = (shared([alpha]), clock(), Instant::now());
        let router =
            process_with(&worlds, &clock, books(), |_| {}, |builder| builder.webhooks(address()));
        let id = router.submit(valid(two_minutes())).await.unwrap().id;
        tokio::time::sleep(seconds(30)).await;
        router.receive_webhook(&path(&worlds[0], 0), letter("alpha-0", &clock)).await.unwrap();
        assert_eq!(within(router.wait(id)).await.unwrap().outcome, Some(Outcome::Cancelled));
        stopped_once_after(&worlds[0], began, seconds(120));
    }
}

#[tokio::test(start_paused = true)]
async fn a_restart_gives_nobody_more_time() {
    for act in [Act::Ring, Act::RingAndHang] {
        let (worlds, clock, books, began) =
            (shared([talker(act)]), clock(), books(), Instant::now());
        let first = process(&worlds, &clock, Arc::clone(&books) as Arc<dyn Journal>);
        let id = first.submit(valid(two_minutes())).await.unwrap().id;
        tokio::time::sleep(seconds(90)).await;
        kill(&first, &books);
        let second = process(&worlds, &clock, Arc::new(books.another()));
        second.recover().await.unwrap();
        assert_eq!(within(second.wait(id)).await.unwrap().outcome, Some(Outcome::Cancelled));
        stopped_once_after(&worlds[0], began, seconds(120));
    }
}
