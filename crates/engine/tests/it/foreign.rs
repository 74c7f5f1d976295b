//! What another process writes to a call reaches the process that has it, whatever it is and
//! wherever the call stands, and whatever becomes of whoever wrote it.

use std::sync::Arc;

use switchboard_core::{
    AttemptError, AttemptId, AttemptState, Call, CallId, CallRequest, CallStatus, Clock, Cost,
    Delivery, ErrorKind, Outcome, Proof, ProviderState, Redial, Refusal,
};
use switchboard_engine::Engine;
use switchboard_journal::{
    Journal, JournalExt, Membership, MemoryJournal,
    state::{Fact, Resolution, Verdict},
};
use switchboard_router::ProviderLimits;
use tokio::time::Instant;

use crate::support::{
    Adjust, id,
    process::{address, books, clock, kill, letter, path},
    report, request, seconds, usd, valid, within,
    world::{Act, World, process_with, shared},
};

/// A process that has a call, and another that only ever says what it learnt.
struct Stage {
    worlds: Vec<Arc<World>>,
    clock: Arc<dyn Clock>,
    books: Arc<MemoryJournal>,
    owner: Engine,
    other: MemoryJournal,
}

/// Nothing that lists show, and calls that last so long.
fn dark(act: Act, lasts: u64) -> World {
    let mut alpha = World::new("alpha", &[act]);
    alpha.shows = false;
    alpha.lasts = seconds(lasts);
    alpha
}

impl Stage {
    fn new(alpha: World) -> Self {
        Self::over(shared([alpha, World::new("beta", &[])]))
    }

    /// Without another provider.
    fn alone(alpha: World) -> Self {
        Self::over(shared([alpha]))
    }

    fn over(worlds: Vec<Arc<World>>) -> Self {
        let (clock, books) = (clock(), books());
        let settle = |builder: switchboard_engine::EngineBuilder| {
            let one = ProviderLimits { concurrent: Some(1), ..ProviderLimits::default() };
            builder.webhooks(address()).limits(id("alpha"), one)
        };
        let owner =
            process_with(&worlds, &clock, Arc::clone(&books) as Arc<dyn Journal>, |_| {}, settle);
        let other = books.another();
        Self { worlds, clock, books, owner, other }
    }

    /// The owner's call, so many seconds later.
    async fn call(&self, request: CallRequest, after: u64) -> (CallId, AttemptId) {
        let id = self.owner.submit(valid(request)).await.unwrap().id;
        tokio::time::sleep(seconds(after)).await;
        (id, self.get(id).await.attempts[0].id)
    }

    async fn get(&self, id: CallId) -> Call {
        self.owner.get(id).await.unwrap()
    }

    /// The other process says it, and is gone.
    async fn say(&self, call: CallId, facts: impl IntoIterator<Item = Fact>) {
        for fact in facts {
            self.other.record(call, fact, self.clock.now()).await.unwrap();
        }
        self.other.leave();
    }

    /// How it stands when the owner has had the time of three sweeps.
    async fn soon(&self, call: CallId) -> Call {
        tokio::time::sleep(seconds(10)).await;
        self.get(call).await
    }
}

fn failed(attempt: AttemptId, delivery: Delivery) -> Fact {
    Fact::Failed {
        attempt,
        delivery,
        error: AttemptError {
            kind: ErrorKind::Provider,
            message: "as it turned out".to_owned(),
            status: None,
            code: None,
        },
    }
}

fn word(attempt: AttemptId, verdict: Verdict) -> Fact {
    let resolution = Resolution {
        verdict,
        call: None,
        by: "somebody at the desk".to_owned(),
        note: "asked the provider".to_owned(),
    };
    Fact::Resolved(attempt, resolution)
}

fn says(state: ProviderState) -> Box<switchboard_core::ProviderCall> {
    Box::new(report("alpha", "alpha-0", state))
}

/// What shows that the call is under way at the provider, by its id.
fn under_way(attempt: AttemptId) -> Vec<Fact> {
    vec![
        Fact::Answered(attempt, says(ProviderState::Queued)),
        Fact::Traced(attempt, "alpha-0".into(), Proof::Webhook),
        Fact::Reported(says(ProviderState::InProgress)),
        word(attempt, Verdict::Placed("alpha-0".into())),
    ]
}

/// Seconds after which a search looks once a minute, and after which it has ended.
const SEARCHED: u64 = 100;
const GIVEN_UP: u64 = 1_000;

#[tokio::test(start_paused = true)]
async fn a_call_that_turns_out_to_be_under_way_is_followed_to_its_end() {
    for after in [SEARCHED, GIVEN_UP] {
        for nth in 0..4 {
            let stage = Stage::new(dark(Act::RingAndLose, after + 60));
            let long = request(1).with(|call| call.max_duration_seconds = Some(3_600));
            let (call, attempt) = stage.call(long, after).await;
            let fact = under_way(attempt)[nth].clone();
            let what = format!("{fact:?} after {after} s");
            stage.say(call, [fact]).await;
            assert_eq!(stage.get(call).await.status, CallStatus::InProgress, "{what}");
            // Its own end, and then the time of some looks.
            tokio::time::sleep(seconds(60 + 30)).await;
            let ended = stage.get(call).await;
            assert_eq!(
                (ended.status, ended.outcome),
                (CallStatus::Closed, Some(Outcome::Completed)),
                "{what}"
            );
            assert_eq!(stage.worlds[0].rings(), 1, "{what}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_placed_under_an_id_that_nobody_read_is_looked_for() {
    for after in [SEARCHED, GIVEN_UP] {
        let stage = Stage::new(dark(Act::RingAndLose, 10_000));
        let (call, attempt) = stage.call(request(1), after).await;
        stage.say(call, [failed(attempt, Delivery::Placed)]).await;
        assert_eq!(stage.get(call).await.status, CallStatus::InProgress, "after {after} s");
        let stalled = within(stage.owner.wait(call)).await.unwrap();
        assert_eq!(stalled.status, CallStatus::Stalled, "after {after} s");
        assert_eq!((stage.worlds[0].rings(), stage.worlds[1].rings()), (1, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_turns_out_to_have_reached_nobody_goes_on() {
    let proofs = |attempt| {
        [
            failed(attempt, Delivery::NotSent),
            failed(attempt, Delivery::Refused(Refusal::ThisProvider)),
            word(attempt, Verdict::NotPlaced),
        ]
    };
    for nth in 0..3 {
        let stage = Stage::new(dark(Act::Lose, 30));
        let (call, attempt) = stage.call(request(1), SEARCHED).await;
        let fact = proofs(attempt)[nth].clone();
        let what = format!("{fact:?}");
        stage.say(call, [fact]).await;
        let on = stage.soon(call).await;
        assert_eq!((on.status, on.attempts.len()), (CallStatus::InProgress, 2), "{what}");
        assert_eq!(stage.worlds[0].rings() + stage.worlds[1].rings(), 1, "{what}");
        assert_eq!(
            within(stage.owner.wait(call)).await.unwrap().status,
            CallStatus::Closed,
            "{what}"
        );
    }
}

/// To the first person, whose line is held, or to the second, for whom the provider has no free concurrency slot.
fn asking_more(n: u32) -> CallRequest {
    request(n).with(|call| call.task = "Ask for the price of a haircut.".to_owned())
}

#[tokio::test(start_paused = true)]
async fn what_a_call_keeps_is_free_when_another_process_saw_its_end() {
    let ends = |attempt| {
        [
            vec![Fact::Answered(attempt, says(ProviderState::Ended(Outcome::Completed)))],
            vec![
                Fact::Traced(attempt, "alpha-0".into(), Proof::Webhook),
                Fact::Reported(says(ProviderState::Ended(Outcome::Completed))),
            ],
            vec![word(attempt, Verdict::Ended(Outcome::Completed))],
            vec![failed(attempt, Delivery::Refused(Refusal::NeedsApproval))],
        ]
    };
    // The concurrency slot at the provider has an end of its own by the time at which the search is given up.
    for (after, waiting) in [(SEARCHED, 1), (SEARCHED, 2), (GIVEN_UP, 1)] {
        for nth in 0..4 {
            let stage = Stage::alone(dark(Act::RingAndLose, 10_000));
            let (call, attempt) = stage.call(request(1), after).await;
            let next = stage.owner.submit(valid(asking_more(waiting))).await.unwrap().id;
            tokio::time::sleep(seconds(20)).await;
            assert!(stage.get(next).await.attempts.is_empty(), "it waits");
            let facts = ends(attempt)[nth].clone();
            let what = format!("{facts:?} after {after} s");
            stage.say(call, facts).await;
            assert!(stage.get(call).await.status.is_settled(), "{what}");
            assert_eq!(stage.soon(next).await.status, CallStatus::InProgress, "{what}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_a_call_is_told() {
    let stage = Stage::new(dark(Act::RingAndLose, 10_000));
    let (call, attempt) = stage.call(request(1), SEARCHED).await;
    let began = Instant::now();
    let told = tokio::spawn({
        let owner = stage.owner.clone();
        async move { owner.wait(call).await }
    });
    stage.say(call, [word(attempt, Verdict::Ended(Outcome::Busy))]).await;
    assert_eq!(told.await.unwrap().unwrap().outcome, Some(Outcome::Busy));
    assert!(began.elapsed() <= seconds(4));
}

fn ringing_again() -> CallRequest {
    request(1).with(|call| {
        call.redial =
            Some(Redial { on: [Outcome::NoAnswer].into(), times: 1, gap_seconds: 60, per_day: 5 })
    })
}

#[tokio::test(start_paused = true)]
async fn a_ring_that_another_process_saw_end_is_followed_by_the_one_that_was_asked_for() {
    let ends = |attempt| {
        [
            vec![Fact::Answered(attempt, says(ProviderState::Ended(Outcome::NoAnswer)))],
            vec![
                Fact::Traced(attempt, "alpha-0".into(), Proof::Webhook),
                Fact::Reported(says(ProviderState::Ended(Outcome::NoAnswer))),
            ],
        ]
    };
    for owner_lives in [true, false] {
        for nth in 0..2 {
            let stage = Stage::new(dark(Act::RingAndLose, 5).ending(&[Outcome::NoAnswer]));
            let (call, attempt) = stage.call(ringing_again(), SEARCHED).await;
            let facts = ends(attempt)[nth].clone();
            let what = format!("{facts:?}, the owner lives: {owner_lives}");
            if !owner_lives {
                kill(&stage.owner, &stage.books);
            }
            stage.say(call, facts).await;
            assert_eq!(stage.get(call).await.status, CallStatus::Closed, "{what}");
            let heir = process_with(
                &stage.worlds,
                &stage.clock,
                Arc::new(stage.books.another()),
                |_| {},
                |builder| builder,
            );
            tokio::time::sleep(seconds(10)).await;
            let again = heir.get(call).await.unwrap();
            assert_eq!(
                (again.status, again.redial_at.is_some()),
                (CallStatus::Scheduled, true),
                "{what}"
            );
            tokio::time::sleep(seconds(300)).await;
            let ended = heir.get(call).await.unwrap();
            assert_eq!(
                (ended.status, ended.outcome),
                (CallStatus::Closed, Some(Outcome::Completed)),
                "{what}"
            );
            assert_eq!(stage.worlds[0].rings() + stage.worlds[1].rings(), 2, "{what}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_but_an_end_that_was_seen_makes_a_phone_ring_again() {
    let later = |attempt| {
        [
            word(attempt, Verdict::Ended(Outcome::NoAnswer)),
            Fact::Billed(attempt, Cost::Money(usd("0.20")), Some(usd("0.20"))),
            Fact::Transcribed(switchboard_core::Transcript::default()),
        ]
    };
    let stage = Stage::new(dark(Act::RingAndLose, 5).ending(&[Outcome::NoAnswer]));
    let (call, attempt) = stage.call(ringing_again(), SEARCHED).await;
    for fact in later(attempt) {
        let what = format!("{fact:?}");
        stage.say(call, [fact]).await;
        tokio::time::sleep(seconds(600)).await;
        assert_eq!(stage.get(call).await.status, CallStatus::Closed, "{what}");
    }
    assert_eq!(stage.worlds[0].orders().len() + stage.worlds[1].orders().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_end_that_is_told_while_the_request_is_open_rings_again_once() {
    let stage = Stage::new(dark(Act::RingAndDawdle(seconds(60)), 5).ending(&[Outcome::NoAnswer]));
    let (call, attempt) = stage.call(ringing_again(), 10).await;
    stage
        .say(
            call,
            [
                Fact::Traced(attempt, "alpha-0".into(), Proof::Webhook),
                Fact::Reported(says(ProviderState::Ended(Outcome::NoAnswer))),
            ],
        )
        .await;
    tokio::time::sleep(seconds(600)).await;
    let ended = stage.get(call).await;
    assert_eq!((ended.status, ended.outcome), (CallStatus::Closed, Some(Outcome::Completed)));
    assert_eq!(ended.attempts.len(), 2);
    assert_eq!(stage.worlds[0].orders().len() + stage.worlds[1].orders().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_webhook_that_another_replica_takes_and_dies_of_is_not_lost_on_the_owner() {
    let stage = Stage::new(dark(Act::RingAndLose, 200));
    let (call, _) = stage.call(request(1), SEARCHED).await;
    let replica = process_with(
        &stage.worlds,
        &stage.clock,
        Arc::new(stage.books.another()),
        |_| {},
        |builder| builder.webhooks(address()),
    );
    let hook = letter("alpha-0", &stage.clock);
    replica.receive_webhook(&path(&stage.worlds[0], 0), hook).await.unwrap();
    replica.stop_now();
    assert_eq!(stage.get(call).await.status, CallStatus::InProgress);
    tokio::time::sleep(seconds(130)).await;
    assert_eq!(stage.get(call).await.status, CallStatus::Closed);
    assert_eq!(stage.get(call).await.attempts[0].state, AttemptState::Placed);
}

#[tokio::test(start_paused = true)]
async fn news_is_acted_on_once() {
    let stage = Stage::new(dark(Act::RingAndLose, 10_000));
    let (call, attempt) = stage.call(request(1), SEARCHED).await;
    stage.say(call, [failed(attempt, Delivery::Unknown)]).await;
    assert_eq!(stage.books.news().await.unwrap().len(), 1);
    stage.soon(call).await;
    assert!(stage.books.news().await.unwrap().is_empty());
    assert_eq!(stage.get(call).await.status, CallStatus::Attempting, "it is still looked for");
    assert_eq!(within(stage.owner.wait(call)).await.unwrap().status, CallStatus::Indeterminate);
}
