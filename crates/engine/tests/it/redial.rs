//! Ringing again, because the caller asked for it, and never more often.

use std::sync::Arc;

use jiff::ToSpan;
use switchboard_core::{Call, CallRequest, CallStatus, Outcome, ProviderState, Redial, Refusal};
use switchboard_engine::Engine;
use switchboard_journal::{Journal, JournalExt, state::Fact};
use tokio::time::Instant;

use crate::support::{
    Fake, epoch,
    process::{address, books, clock, letter, path},
    queued, report, request, run, seconds, start, usd, valid, within,
    world::{Act, World, process, process_with, shared},
};

fn again(times: u32, gap_seconds: u32, per_day: u32) -> Option<Redial> {
    Some(Redial { on: [Outcome::NoAnswer, Outcome::Busy].into(), times, gap_seconds, per_day })
}

fn asking(redial: Option<Redial>) -> CallRequest {
    request(1).with(|call| call.redial = redial)
}

/// One process over one world.
fn alone(alpha: World) -> (Engine, Vec<Arc<World>>) {
    let worlds = shared([alpha]);
    let router =
        process_with(&worlds, &clock(), books(), |_| {}, |builder| builder.webhooks(address()));
    (router, worlds)
}

/// A call's end after every ring that it asks for.
async fn to_the_end(router: &Engine, request: CallRequest) -> Call {
    let id = router.submit(valid(request)).await.unwrap().id;
    within(router.wait(id)).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn it_rings_again_after_its_gap_and_ends_as_the_last_ring_did() {
    for synchronous in [false, true] {
        let mut alpha = World::new("alpha", &[]).ending(&[Outcome::NoAnswer]);
        alpha.info.synchronous = synchronous;
        let (router, worlds) = alone(alpha);
        let call = to_the_end(&router, asking(again(3, 600, 5))).await;

        assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::Completed)));
        assert_eq!((call.redial_at, call.provider_call_id), (None, Some("alpha-1".into())));
        let rings: Vec<_> =
            call.attempts.iter().map(|attempt| (attempt.ring, attempt.outcome)).collect();
        assert_eq!(rings, [(0, Some(Outcome::NoAnswer)), (1, Some(Outcome::Completed))]);
        let rung = worlds[0].rung();
        assert!(
            rung[1].at.duration_since(rung[0].at) >= seconds(20 + 600),
            "the gap counts from the end"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn another_ring_is_another_request_to_the_provider() {
    let (router, worlds) =
        alone(World::new("alpha", &[]).ending(&[Outcome::NoAnswer, Outcome::Busy]));
    for key in [None, Some("the caller's own".to_owned())] {
        let asked = asking(again(3, 600, 9)).with(|call| {
            call.idempotency_key = key;
            call.allow_duplicate = true;
        });
        to_the_end(&router, asked).await;
    }
    let orders = worlds[0].orders();
    assert_eq!(orders.len(), 4);
    for (n, order) in orders.iter().enumerate() {
        for later in &orders[n + 1..] {
            assert_ne!(
                order.idempotency_key, later.idempotency_key,
                "a provider that honours keys would answer with the ring before"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn it_rings_as_often_as_it_was_asked_to_and_no_more() {
    let (router, worlds) = alone(World::new("alpha", &[]).ending(&[Outcome::NoAnswer; 9]));
    let call = to_the_end(&router, asking(again(2, 60, 9))).await;
    tokio::time::sleep(seconds(48 * 3600)).await;
    assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::NoAnswer)));
    assert_eq!((worlds[0].orders().len(), worlds[0].rings()), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn nobody_who_did_not_ask_is_rung_again() {
    let ends = [
        (again(3, 60, 9), Outcome::Voicemail),
        (again(3, 60, 9), Outcome::Completed),
        (again(3, 60, 9), Outcome::Cancelled),
        (None, Outcome::NoAnswer),
    ];
    for (redial, outcome) in ends {
        let (router, worlds) = alone(World::new("alpha", &[]).ending(&[outcome]));
        let call = to_the_end(&router, asking(redial)).await;
        tokio::time::sleep(seconds(3600)).await;
        assert_eq!((call.outcome, worlds[0].orders().len()), (Some(outcome), 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_person_is_rung_no_more_often_a_day_than_the_policy_allows_over_all_calls() {
    let (router, worlds) = alone(World::new("alpha", &[]).ending(&[Outcome::NoAnswer; 9]));
    let another = request(1).with(|call| call.task = "Something else.".to_owned());
    to_the_end(&router, another).await;
    let call = to_the_end(&router, asking(again(9, 600, 3))).await;
    assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::NoAnswer)));
    assert!(call.fault.unwrap().message.contains("rang 3 times"));
    tokio::time::sleep(seconds(48 * 3600)).await;
    assert_eq!(worlds[0].rings(), 3, "one of the other call, two of this one");
}

#[tokio::test(start_paused = true)]
async fn it_does_not_ring_again_after_its_window() {
    // It ends after twenty seconds and is seen within four more.
    for (closes, rings) in [(615, 1), (640, 2)] {
        let (router, worlds) = alone(World::new("alpha", &[]).ending(&[Outcome::NoAnswer]));
        let asked = asking(again(3, 600, 9)).with(|call| {
            call.not_after = Some(epoch().checked_add(closes.seconds()).unwrap().to_string())
        });
        let call = to_the_end(&router, asked).await;
        assert_eq!(
            (call.status, worlds[0].orders().len()),
            (CallStatus::Closed, rings),
            "closes after {closes} s"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_rang_is_never_refused() {
    let alpha = World::new("alpha", &[Act::Ring, Act::Refuse(Refusal::Everyone)])
        .ending(&[Outcome::NoAnswer]);
    let (router, worlds) = alone(alpha);
    let call = to_the_end(&router, asking(again(3, 600, 9))).await;
    assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::NoAnswer)));
    assert_eq!(call.attempts.len(), 2);
    assert!(call.fault.is_some(), "and says why it did not ring again");
    assert_eq!((worlds[0].orders().len(), worlds[0].rings()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn the_bills_of_all_rings_are_added_up() {
    let mut alpha = World::new("alpha", &[]).ending(&[Outcome::NoAnswer, Outcome::Busy]);
    alpha.bill = Some(usd("0.30"));
    let (router, _) = alone(alpha);
    let id = to_the_end(&router, asking(again(3, 600, 9))).await.id;
    tokio::time::sleep(seconds(1)).await;
    let call = router.get(id).await.unwrap();
    assert_eq!(call.cost, Some(usd("0.90")));
    assert!(call.attempts.iter().all(|attempt| attempt.billed == Some(usd("0.30"))));
}

/// A call whose first ring is over and whose second is under way.
async fn in_its_second_ring()
-> (Engine, Vec<Arc<World>>, Call, Arc<dyn switchboard_core::Clock>, Arc<dyn Journal>) {
    let mut alpha = World::new("alpha", &[]).ending(&[Outcome::NoAnswer]);
    alpha.lasts = seconds(100);
    let (worlds, clock, books) = (shared([alpha]), clock(), books());
    let journal = Arc::clone(&books) as Arc<dyn Journal>;
    let router = process_with(
        &worlds,
        &clock,
        Arc::clone(&journal),
        |_| {},
        |builder| builder.webhooks(address()),
    );
    let id = router.submit(valid(asking(again(3, 60, 9)))).await.unwrap().id;
    tokio::time::sleep(seconds(200)).await;
    let call = router.get(id).await.unwrap();
    assert_eq!((call.status, call.attempts.len()), (CallStatus::InProgress, 2));
    (router, worlds, call, clock, journal)
}

#[tokio::test(start_paused = true)]
async fn what_is_still_said_of_an_earlier_ring_changes_nothing() {
    let (router, worlds, before, clock, journal) = in_its_second_ring().await;
    router.receive_webhook(&path(&worlds[0], 0), letter("alpha-0", &clock)).await.unwrap();
    for state in [
        ProviderState::InProgress,
        ProviderState::Ended(Outcome::NoAnswer),
        ProviderState::Ended(Outcome::Completed),
    ] {
        let late = Fact::Reported(Box::new(report("alpha", "alpha-0", state)));
        journal.record(before.id, late, clock.now()).await.unwrap();
    }
    let after = router.get(before.id).await.unwrap();
    assert_eq!((after.status, after.outcome, after.redial_at), (before.status, None, None));
    assert_eq!((after.provider_call_id, after.attempts), (Some("alpha-1".into()), before.attempts));
    assert_eq!(within(router.wait(before.id)).await.unwrap().outcome, Some(Outcome::Completed));
    assert_eq!(worlds[0].rings(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_names_the_ring_before_is_no_answer() {
    // As a provider says that answers a repeated key with the first call.
    let alpha = Fake::new("alpha")
        .placing(|_| Ok(queued("alpha", "a-1")))
        .listing(|| vec![report("alpha", "a-1", ProviderState::Ended(Outcome::NoAnswer))]);
    let (router, logs) = start(vec![alpha]);
    let call = run(&router, valid(asking(again(3, 60, 9)))).await;
    assert_eq!(
        call.status,
        CallStatus::Indeterminate,
        "nobody knows what became of the second ring"
    );
    assert_eq!((logs[0].orders().len(), call.attempts[1].provider_call_id.clone()), (2, None));
}

#[tokio::test(start_paused = true)]
async fn two_processes_that_see_one_end_ring_again_once() {
    let worlds = shared([World::new("alpha", &[]).ending(&[Outcome::NoAnswer])]);
    let (clock, books) = (clock(), books());
    let first = process_with(
        &worlds,
        &clock,
        Arc::clone(&books) as Arc<dyn Journal>,
        |_| {},
        |builder| builder.webhooks(address()),
    );
    let second = process_with(
        &worlds,
        &clock,
        Arc::new(books.another()),
        |_| {},
        |builder| builder.webhooks(address()),
    );
    let id = first.submit(valid(asking(again(5, 600, 9)))).await.unwrap().id;
    tokio::time::sleep(seconds(20)).await;
    for body in ["alpha-0", "alpha-0 again"] {
        for router in [&second, &first] {
            router.receive_webhook(&path(&worlds[0], 0), letter(body, &clock)).await.unwrap();
        }
    }
    tokio::time::sleep(seconds(3600)).await;
    assert_eq!(second.get(id).await.unwrap().outcome, Some(Outcome::Completed));
    assert_eq!((worlds[0].orders().len(), worlds[0].rings()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_cancelled_between_rings_stays_so_whatever_is_still_said_of_its_ring() {
    let (worlds, clock) =
        (shared([World::new("alpha", &[]).ending(&[Outcome::NoAnswer])]), clock());
    let router =
        process_with(&worlds, &clock, books(), |_| {}, |builder| builder.webhooks(address()));
    let id = router.submit(valid(asking(again(3, 600, 9)))).await.unwrap().id;
    tokio::time::sleep(seconds(60)).await;
    let waiting = router.get(id).await.unwrap();
    assert_eq!(waiting.status, CallStatus::Scheduled);
    assert!(waiting.redial_at.is_some());

    router.cancel(id).await.unwrap();
    let over = router.get(id).await.unwrap();
    assert_eq!((over.status, over.outcome), (CallStatus::Closed, Some(Outcome::NoAnswer)));
    router.receive_webhook(&path(&worlds[0], 0), letter("alpha-0", &clock)).await.unwrap();
    tokio::time::sleep(seconds(48 * 3600)).await;
    assert_eq!(router.get(id).await.unwrap().status, CallStatus::Closed);
    assert_eq!(worlds[0].orders().len(), 1, "it rang after it was cancelled");
}

#[tokio::test(start_paused = true)]
async fn a_ring_that_the_cap_forbade_is_not_made_up_for_the_next_day() {
    let (worlds, clock) =
        (shared([World::new("alpha", &[]).ending(&[Outcome::NoAnswer; 9])]), clock());
    let router =
        process_with(&worlds, &clock, books(), |_| {}, |builder| builder.webhooks(address()));
    let call = to_the_end(&router, asking(again(9, 600, 1))).await;
    assert_eq!((call.status, worlds[0].rings()), (CallStatus::Closed, 1));
    let until = Instant::now() + seconds(26 * 3600);
    while Instant::now() < until {
        let hook = letter(&format!("alpha-0 at {}", clock.now()), &clock);
        router.receive_webhook(&path(&worlds[0], 0), hook).await.unwrap();
        tokio::time::sleep(seconds(1800)).await;
    }
    assert_eq!(worlds[0].orders().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_next_ring_waits_for_nobody_else_and_holds_nobody_up_before() {
    let worlds = shared([World::new("alpha", &[]).ending(&[Outcome::NoAnswer])]);
    let router = process(&worlds, &clock(), books());
    let id = router.submit(valid(asking(again(3, 3600, 9)))).await.unwrap().id;
    tokio::time::sleep(seconds(60)).await;
    let another = request(1).with(|call| call.task = "Something else.".to_owned());
    let between = within(router.place(valid(another))).await.unwrap();
    assert_eq!(between.status, CallStatus::InProgress, "the callee is free between rings");
    assert_eq!(within(router.wait(id)).await.unwrap().outcome, Some(Outcome::Completed));
    assert_eq!(worlds[0].rings(), 3);
}
