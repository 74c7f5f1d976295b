//! The fence: absence that counts as silence, for those who ask for it.

use std::{sync::Arc, time::Duration};

use switchboard_core::{AttemptState, Call, CallStatus, ErrorKind, Proof, Trace};
use switchboard_engine::Engine;
use switchboard_journal::Journal;
use switchboard_router::{OnUnknown, Timings};
use tokio::time::Instant;

use crate::support::{
    Adjust, Fake, call, completed,
    fake::unknown,
    policy,
    process::{books, clock, kill},
    run, seconds, start_with, within,
    world::{Act, World, process_with, shared},
};

const FENCE: Duration = Duration::from_secs(120);

fn fenced(after: Duration) -> Timings {
    Timings { on_unknown: OnUnknown::AssumeNotPlaced { after }, ..Timings::default() }
}

async fn beyond_the_fence(alpha: World) -> (Call, Vec<Arc<World>>) {
    let worlds = shared([alpha, World::new("beta", &[])]);
    let router =
        process_with(&worlds, &clock(), books(), |_| {}, |builder| builder.timings(fenced(FENCE)));
    (run(&router, call(1)).await, worlds)
}

#[test]
fn parking_is_the_default() {
    assert_eq!(Timings::default().on_unknown, OnUnknown::Park);
    assert_eq!(OnUnknown::default(), OnUnknown::Park);
}

#[tokio::test(start_paused = true)]
async fn a_fence_that_a_sender_could_jump_is_refused() {
    for (after, fits) in [(1, false), (69, false), (70, true)] {
        let alpha = Fake::new("alpha");
        let builder =
            Engine::builder(policy(std::slice::from_ref(&alpha))).timings(fenced(seconds(after)));
        let built = builder.provider(alpha.build()).build();
        assert_eq!(built.is_ok(), fits, "{after} s");
        if let Err(error) = built {
            assert_eq!(error.kind(), ErrorKind::Configuration);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_before_the_fence_and_the_next_provider_is_asked_after_it() {
    let began = Instant::now();
    let (call, worlds) = beyond_the_fence(World::new("alpha", &[Act::Lose])).await;
    assert_eq!((call.status, call.attempts.len()), (CallStatus::Closed, 2));
    assert_eq!(call.attempts[0].state, AttemptState::NotPlaced);
    assert!(
        call.attempts[0].evidence.iter().any(|evidence| evidence.proof == Proof::AssumedNotPlaced)
    );
    assert_eq!((worlds[0].orders().len(), worlds[1].orders().len()), (1, 1));
    let again = worlds[1].acts()[0].0.duration_since(began);
    assert!(again >= FENCE, "sent again {again:?} after the first");
}

#[tokio::test(start_paused = true)]
async fn what_was_found_before_the_fence_is_the_call() {
    let (call, worlds) = beyond_the_fence(World::new("alpha", &[Act::RingAndLose])).await;
    assert_eq!((call.status, call.provider_call_id), (CallStatus::Closed, Some("alpha-0".into())));
    assert_eq!((worlds[0].orders().len(), worlds[1].orders().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_cannot_be_read_shows_no_absence() {
    let mut alpha = World::new("alpha", &[Act::RingAndLose]);
    alpha.readable = false;
    let (call, worlds) = beyond_the_fence(alpha).await;
    assert_eq!(call.status, CallStatus::Indeterminate);
    assert_eq!(
        (worlds[0].orders().len(), worlds[1].orders().len()),
        (1, 0),
        "nobody looked, and it rang twice"
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_may_be_the_one_is_no_absence() {
    // Two calls fit, and either may be it.
    let alpha = Fake::new("alpha").placing(|_| Err(unknown())).tracing(|_| {
        let trace = |theirs: &str| Trace { call: theirs.into(), proof: Proof::NumberAndTask };
        Ok(vec![trace("a-1"), trace("a-2")])
    });
    let beta = Fake::new("beta").placing(|_| Ok(completed("beta", "b-1")));
    let (router, logs) =
        start_with(vec![alpha, beta], |_| {}, |builder| builder.timings(fenced(FENCE)));
    assert_eq!(run(&router, call(1)).await.status, CallStatus::Indeterminate);
    assert_eq!((logs[0].orders().len(), logs[1].orders().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_placed_for_certain_is_never_fenced() {
    let mut alpha = World::new("alpha", &[Act::RingUnread]);
    alpha.shows = false;
    let (call, worlds) = beyond_the_fence(alpha).await;
    assert_eq!(call.status, CallStatus::Stalled);
    assert_eq!((worlds[0].orders().len(), worlds[1].orders().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn the_fence_counts_from_the_sending_over_a_restart() {
    let worlds = shared([World::new("alpha", &[Act::Hang]), World::new("beta", &[])]);
    let (clock, books, began) = (clock(), books(), Instant::now());
    let first = process_with(
        &worlds,
        &clock,
        Arc::clone(&books) as Arc<dyn Journal>,
        |_| {},
        |builder| builder.timings(fenced(FENCE)),
    );
    let id = first.submit(call(1)).await.unwrap().id;
    tokio::time::sleep(seconds(100)).await;
    kill(&first, &books);
    let second = process_with(
        &worlds,
        &clock,
        Arc::new(books.another()),
        |_| {},
        |builder| builder.timings(fenced(FENCE)),
    );
    second.recover().await.unwrap();
    assert_eq!(within(second.wait(id)).await.unwrap().status, CallStatus::Closed);
    let all: Vec<_> = worlds.iter().flat_map(|world| world.acts()).collect();
    let again = all[1].0.duration_since(began);
    assert!(again >= FENCE && again < FENCE + seconds(60), "{again:?}");
}
