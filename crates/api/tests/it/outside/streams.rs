//! Streams of events.

use std::time::Duration;

use switchboard_api::caller::Role;
use tokio::task::yield_now;

use super::{Block, Outside, Stream};

#[tokio::test]
async fn a_stream_is_resumed_after_every_single_event_without_loss_or_doubles() {
    let outside = Outside::start();
    let key = outside.key(Some("acme"), Role::Caller).await;
    let mut first = outside.stream("", &key, None).await;
    // More than a stream reads at once while it catches up.
    for number in 0..30 {
        outside.publish("acme", "call.ended", number * 5..number * 5 + 5).await;
        outside.publish("other", "call.ended", 0..3).await;
    }
    let all = first.events(150).await;
    for (index, (id, _)) in all.iter().enumerate() {
        // Once as clients of streams do it, once by the address.
        let mut rest = match index % 2 {
            0 => outside.stream("?after=ignored", &key, Some(id)).await,
            _ => outside.stream(&format!("?after={id}"), &key, None).await,
        };
        assert_eq!(rest.events(149 - index).await, all[index + 1..]);
    }
    // One that has caught up goes on with what happens then.
    let mut rest = outside.stream("", &key, Some(&all[100].0)).await;
    outside.publish("acme", "call.ended", 150..152).await;
    let resumed = rest.events(51).await;
    assert_eq!(resumed[..49], all[101..]);
    assert_eq!(resumed[49..], first.events(2).await);
}

#[tokio::test]
async fn one_that_is_too_slow_is_let_go_and_resumes_without_loss() {
    let outside = Outside::start();
    let key = outside.key(Some("acme"), Role::Caller).await;
    let mut slow = outside.stream("", &key, None).await;
    let mut fast = outside.stream("", &key, None).await;
    let first = {
        // It follows before anything happens: what it would catch up with later is read as slowly
        // as it likes.
        let mut next = std::pin::pin!(slow.event());
        assert!(futures::poll!(&mut next).is_pending());
        outside.publish("acme", "call.ended", 0..1).await;
        next.await
    };
    let mut all = vec![fast.event().await];
    assert_eq!(all[0], first);
    for number in 0..100 {
        outside.publish("acme", "call.ended", number * 4 + 1..number * 4 + 5).await;
        all.extend(fast.events(4).await);
    }
    let mut got = vec![first];
    let lagging = loop {
        let block = slow.block().await.expect("it says why it ends");
        match (block.id.clone(), block.data.clone()) {
            (Some(id), Some(data)) => got.push((id, data)),
            _ => break block,
        }
    };
    assert_eq!(lagging.event.as_deref(), Some("lagging"));
    assert_eq!(lagging.id, None, "a client would resume behind what it did not get");
    assert_eq!(slow.block().await, None);
    assert_eq!(got.len(), 257, "the buffer, and what was read before");
    let mut rest = outside.stream("", &key, Some(&got.last().unwrap().0)).await;
    got.extend(rest.events(all.len() - got.len()).await);
    assert_eq!(got, all);
}

/// Moves the clock until a block comes, or the end.
async fn meanwhile(outside: &Outside, stream: &mut Stream, step: Duration) -> Option<Block> {
    let mut next = std::pin::pin!(stream.block());
    loop {
        tokio::select! {
            biased;
            block = &mut next => return block,
            () = yield_now() => outside.clock.advance(step),
        }
    }
}

#[tokio::test]
async fn a_silent_stream_has_comments_and_ends_after_half_an_hour() {
    let outside = Outside::start();
    let key = outside.key(Some("acme"), Role::Caller).await;
    let mut stream = outside.stream("", &key, None).await;
    assert_eq!(stream.block().await, Some(Block::default()), "only `retry`");
    let mut comments = 0;
    while let Some(block) = meanwhile(&outside, &mut stream, Duration::from_secs(1)).await {
        assert!(block.is_comment && block.id.is_none(), "{block:?}");
        comments += 1;
    }
    assert!((100..=120).contains(&comments), "{comments}");
}

#[tokio::test]
async fn streams_end_with_their_key_and_with_the_process() {
    let mut outside = Outside::start();
    let acme = outside.key(Some("acme"), Role::Caller).await;
    let other = outside.key(Some("other"), Role::Caller).await;
    let mut revoked = outside.stream("", &acme, None).await;
    let mut stays = outside.stream("", &other, None).await;
    for stream in [&mut revoked, &mut stays] {
        stream.block().await.unwrap();
    }
    outside.publish("acme", "call.ended", 0..1).await;
    outside.publish("other", "call.ended", 0..1).await;
    revoked.event().await;
    stays.event().await;
    outside.revoke(&acme).await;
    assert_eq!(revoked.block().await, None);
    outside.publish("other", "call.ended", 1..2).await;
    stays.event().await;
    outside.stop().await;
    assert_eq!(stays.block().await, None);
    let late = outside.get("/v1/events/stream", &other).await;
    assert_eq!((late.status.as_u16(), late.code()), (503, "stopping"));
}

#[tokio::test]
async fn streams_are_limited_for_each_key_and_for_the_process() {
    let outside = Outside::with(|api| api.events.streams = 10);
    let acme = outside.key(Some("acme"), Role::Caller).await;
    let other = outside.key(Some("other"), Role::Caller).await;
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(outside.stream("", &acme, None).await);
    }
    let ninth = outside.get("/v1/events/stream", &acme).await;
    assert_eq!((ninth.status.as_u16(), ninth.code()), (429, "too_many_streams"));
    assert!(ninth.headers.contains_key("retry-after"));
    for _ in 0..2 {
        open.push(outside.stream("", &other, None).await);
    }
    let eleventh = outside.get("/v1/events/stream", &other).await;
    assert_eq!((eleventh.status.as_u16(), eleventh.code()), (429, "too_many_streams"));
    // One that is closed makes room for another.
    open.pop();
    open.push(outside.stream("", &other, None).await);
}
