//! An operator's word ends a doubt.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use switchboard_core::{
    AttemptState, Call, CallStatus, ErrorKind, Idempotency, Outcome, Proof, Trace,
};
use switchboard_engine::Engine;
use switchboard_journal::{
    Journal,
    state::{Resolution, Verdict},
};

use crate::support::{
    Fake, call,
    fake::unknown,
    process::{books, clock, kill},
    request, run, seconds, start, valid, within,
    world::{Act, World, process, shared},
};

/// An account that takes no key, so that a doubt about one call blocks its agent.
fn keyless(script: &[Act]) -> World {
    let mut world = World::new("alpha", script);
    world.info.idempotency = Idempotency::None;
    world
}

async fn within_the_patience<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(seconds(130), future).await.expect("nobody waits longer than its patience")
}

#[tokio::test(start_paused = true)]
async fn an_indeterminate_call_blocks_its_agent_after_a_restart_until_it_is_resolved() {
    let worlds = shared([keyless(&[Act::Lose])]);
    let (clock, books) = (clock(), books());
    let first = process(&worlds, &clock, Arc::clone(&books) as Arc<dyn Journal>);
    let id = first.submit(call(1)).await.unwrap().id;
    assert_eq!(within(first.wait(id)).await.unwrap().status, CallStatus::Indeterminate);
    kill(&first, &books);

    let second = process(&worlds, &clock, Arc::new(books.another()));
    assert_eq!(second.recover().await.unwrap().calls, 1);
    let blocked = within_the_patience(second.place(call(2))).await.unwrap();
    assert_eq!((blocked.status, worlds[0].orders().len()), (CallStatus::Refused, 1));

    let resolution = Resolution {
        verdict: Verdict::NotPlaced,
        call: None,
        by: "somebody at the desk".to_owned(),
        note: "the provider's support looked it up".to_owned(),
    };
    let resolved = second.resolve(id, resolution).await.unwrap();
    assert_eq!(resolved.status, CallStatus::Refused);
    let next = within_the_patience(second.place(call(3))).await.unwrap();
    assert_eq!((next.status, worlds[0].rings()), (CallStatus::InProgress, 1));
}

fn word(verdict: Verdict) -> Resolution {
    Resolution {
        verdict,
        call: None,
        by: "somebody at the desk".to_owned(),
        note: "the provider's support looked it up".to_owned(),
    }
}

/// A process with a call that is in doubt for good.
async fn indeterminate(act: Act) -> (Engine, Vec<Arc<World>>, Call) {
    let mut alpha = World::new("alpha", &[act]);
    alpha.shows = false;
    alpha.lasts = seconds(3600);
    let worlds = shared([alpha, World::new("beta", &[])]);
    let router = process(&worlds, &clock(), books());
    let call = run(&router, call(1)).await;
    assert_eq!(call.status, CallStatus::Indeterminate);
    (router, worlds, call)
}

#[tokio::test(start_paused = true)]
async fn an_operator_who_knows_the_providers_id_has_the_call_followed_to_its_end() {
    let (router, worlds, call) = indeterminate(Act::RingAndLose).await;
    let resolved = router.resolve(call.id, word(Verdict::Placed("alpha-0".into()))).await.unwrap();
    assert_eq!((resolved.status, resolved.fault), (CallStatus::InProgress, None));
    let ended = within(router.wait(call.id)).await.unwrap();
    assert_eq!(
        (ended.status, ended.provider_call_id),
        (CallStatus::Closed, Some("alpha-0".into()))
    );
    assert_eq!((worlds[0].orders().len(), worlds[1].orders().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_an_operator_named_in_time_is_not_given_up_with_the_search() {
    let mut alpha = World::new("alpha", &[Act::RingAndLose]);
    alpha.shows = false;
    alpha.lasts = seconds(3600);
    let worlds = shared([alpha]);
    let router = process(&worlds, &clock(), books());
    let long = request(1).with(|call| call.max_duration_seconds = Some(3600));
    let id = router.submit(valid(long)).await.unwrap().id;
    tokio::time::sleep(seconds(60)).await;
    router.resolve(id, word(Verdict::Placed("alpha-0".into()))).await.unwrap();
    tokio::time::sleep(seconds(20 * 60)).await;
    let later = router.get(id).await.unwrap();
    assert_eq!((later.status, later.fault), (CallStatus::InProgress, None));
    assert_eq!(within(router.wait(id)).await.unwrap().status, CallStatus::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_word_that_a_call_ended_is_about_the_only_call_that_it_can_be() {
    for (shown, named) in [(vec!["a-1"], Some("a-1")), (vec!["a-1", "a-2"], None), (vec![], None)] {
        let late = Arc::new(AtomicBool::new(false));
        let shows = Arc::clone(&late);
        let alpha = Fake::new("alpha").placing(|_| Err(unknown())).tracing(move |_| {
            let shown = if shows.load(Ordering::SeqCst) { shown.clone() } else { Vec::new() };
            let trace = |call: &str| Trace { call: call.into(), proof: Proof::NumberAndTask };
            Ok(shown.into_iter().map(trace).collect())
        });
        let (router, _) = start(vec![alpha]);
        let id = run(&router, call(1)).await.id;
        late.store(true, Ordering::SeqCst);
        let ended = router.resolve(id, word(Verdict::Ended(Outcome::Completed))).await.unwrap();
        assert_eq!(
            (ended.status, ended.provider_call_id),
            (CallStatus::Closed, named.map(Into::into))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_word_is_kept_with_the_call_and_ends_it() {
    let ends = [
        (Verdict::NotPlaced, CallStatus::Refused, None),
        (Verdict::Ended(Outcome::NoAnswer), CallStatus::Closed, Some(Outcome::NoAnswer)),
    ];
    for (verdict, status, outcome) in ends {
        let (router, worlds, call) = indeterminate(Act::Lose).await;
        let ended = router.resolve(call.id, word(verdict)).await.unwrap();
        assert_eq!((ended.status, ended.outcome), (status, outcome));
        let said = ended.attempts[0].evidence.last().unwrap();
        assert_eq!(said.proof, Proof::Operator);
        assert!(
            said.detail.contains("somebody at the desk") && said.detail.contains("looked it up")
        );
        tokio::time::sleep(seconds(3600)).await;
        assert_eq!(
            (worlds[0].orders().len(), worlds[1].orders().len()),
            (1, 0),
            "a settled call is not sent again"
        );
    }
}

/// A success that says nothing of the call: it counts as placed, and is lost from sight. An
/// operator ends it whichever way it went.
#[tokio::test(start_paused = true)]
async fn a_call_that_was_lost_from_sight_is_ended_by_a_word() {
    let ends = [
        (Verdict::NotPlaced, CallStatus::Refused, None),
        (Verdict::Ended(Outcome::Completed), CallStatus::Closed, Some(Outcome::Completed)),
    ];
    for while_it_is_looked_for in [true, false] {
        for (verdict, status, outcome) in ends.clone() {
            let mut alpha = World::new("alpha", &[Act::RingUnread]);
            alpha.shows = false;
            let worlds = shared([alpha, World::new("beta", &[])]);
            let router = process(&worlds, &clock(), books());
            let id = router.submit(call(1)).await.unwrap().id;
            if while_it_is_looked_for {
                tokio::time::sleep(seconds(60)).await;
                assert_eq!(router.get(id).await.unwrap().status, CallStatus::InProgress);
            } else {
                assert_eq!(within(router.wait(id)).await.unwrap().status, CallStatus::Stalled);
            }
            let ended = router.resolve(id, word(verdict)).await.unwrap();
            assert_eq!((ended.status, ended.outcome), (status, outcome));
            tokio::time::sleep(seconds(3600)).await;
            assert_eq!(
                (worlds[0].orders().len(), worlds[1].orders().len()),
                (1, 0),
                "nobody is asked again"
            );
            assert_eq!(router.get(id).await.unwrap().status, status);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_word_without_grounds_or_about_what_is_in_no_doubt_is_turned_away() {
    let (router, _, call) = indeterminate(Act::Lose).await;
    for (by, note) in [("", "because"), ("somebody", "  ")] {
        let empty =
            Resolution { by: by.to_owned(), note: note.to_owned(), ..word(Verdict::NotPlaced) };
        assert_eq!(
            router.resolve(call.id, empty).await.unwrap_err().kind(),
            ErrorKind::InvalidRequest
        );
    }
    router.resolve(call.id, word(Verdict::Ended(Outcome::Completed))).await.unwrap();
    for verdict in
        [Verdict::NotPlaced, Verdict::Placed("alpha-9".into()), Verdict::Ended(Outcome::Busy)]
    {
        let late = router.resolve(call.id, word(verdict)).await.unwrap_err();
        assert_eq!(late.kind(), ErrorKind::Conflict);
    }
    assert_eq!(router.get(call.id).await.unwrap().outcome, Some(Outcome::Completed));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_a_provider_has_may_not_be_called_silent() {
    let mut alpha = World::new("alpha", &[]);
    alpha.lasts = seconds(60);
    let worlds = shared([alpha]);
    let router = process(&worlds, &clock(), books());
    let id = within(router.place(call(1))).await.unwrap().id;
    let silent = router.resolve(id, word(Verdict::NotPlaced)).await.unwrap_err();
    assert_eq!(silent.kind(), ErrorKind::Conflict);
    assert_eq!(within(router.wait(id)).await.unwrap().status, CallStatus::Closed);
}

#[tokio::test(start_paused = true)]
async fn an_early_word_of_silence_lets_the_call_go_on() {
    let worlds = shared([World::new("alpha", &[Act::Lose])]);
    let router = process(&worlds, &clock(), books());
    let id = router.submit(call(1)).await.unwrap().id;
    tokio::time::sleep(seconds(30)).await;
    let resolved = router.resolve(id, word(Verdict::NotPlaced)).await.unwrap();
    assert_eq!(resolved.attempts[0].state, AttemptState::NotPlaced);
    let ended = within(router.wait(id)).await.unwrap();
    assert_eq!(
        (ended.status, worlds[0].rings(), worlds[0].orders().len()),
        (CallStatus::Closed, 1, 2)
    );
    assert_eq!(ended.fault, None, "a call that was completed has no fault");
}

#[tokio::test(start_paused = true)]
async fn a_word_that_ends_a_call_lost_from_sight_frees_its_callee() {
    let mut alpha = World::new("alpha", &[Act::RingUnread]);
    alpha.shows = false;
    let worlds = shared([alpha]);
    let router = process(&worlds, &clock(), books());
    let stalled = run(&router, call(1)).await;
    assert_eq!(stalled.status, CallStatus::Stalled);
    let ended = router.resolve(stalled.id, word(Verdict::Ended(Outcome::Completed))).await.unwrap();
    assert_eq!((ended.status, ended.outcome), (CallStatus::Closed, Some(Outcome::Completed)));
    let next = within(router.place(valid_again())).await.unwrap();
    assert_eq!(next.status, CallStatus::InProgress, "the callee is free");
}

fn valid_again() -> switchboard_core::ValidCall {
    crate::support::valid(
        crate::support::request(1).with(|call| call.task = "Something else.".to_owned()),
    )
}
