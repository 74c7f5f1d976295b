//! Two processes over one journal: one falls silent, the other takes its calls over, and the first
//! comes back.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use jiff::{Timestamp, ToSpan};
use switchboard_core::{AttemptState, CallFailure, CallStatus, Clock, ErrorKind, Outcome};
use switchboard_journal::{Journal, JournalExt, state::Fact};
use tokio::sync::watch;

use crate::support::{
    call, epoch,
    journal::{Meddle, Meddling, Moment},
    process::{books, clock, kill},
    request, seconds, valid, within,
    world::{Act, World, process, shared},
};

/// A process's clock, whose sleeps do not end while the process is paused: it says nothing and
/// looks at nothing.
#[derive(Debug)]
struct Pausing {
    inner: Arc<dyn Clock>,
    paused: watch::Sender<bool>,
}

impl Pausing {
    fn new(inner: &Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { inner: Arc::clone(inner), paused: watch::channel(false).0 })
    }

    fn pause(&self) {
        self.paused.send_replace(true);
    }

    fn wake(&self) {
        self.paused.send_replace(false);
    }
}

impl Clock for Pausing {
    fn now(&self) -> Timestamp {
        self.inner.now()
    }

    fn uptime(&self) -> Duration {
        self.inner.uptime()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let (slept, mut paused) = (self.inner.sleep(duration), self.paused.subscribe());
        Box::pin(async move {
            slept.await;
            // Nobody who can wake it: it sleeps on.
            if paused.wait_for(|paused| !paused).await.is_err() {
                std::future::pending().await
            }
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_process_that_was_silent_too_long_may_not_move_its_calls_on() {
    let worlds = shared([World::new("alpha", &[])]);
    let (clock, books) = (clock(), books());
    let pausing = Pausing::new(&clock);
    let first = process(
        &worlds,
        &(Arc::clone(&pausing) as Arc<dyn Clock>),
        Arc::clone(&books) as Arc<dyn Journal>,
    );
    let _second = process(&worlds, &clock, Arc::new(books.another()));
    let scheduled = request(1)
        .with(|call| call.not_before = Some(epoch().checked_add(1.minute()).unwrap().to_string()));
    let id = first.submit(valid(scheduled)).await.unwrap().id;
    tokio::time::sleep(seconds(10)).await;
    pausing.pause();
    tokio::time::sleep(seconds(45)).await;

    let fault =
        CallFailure { kind: ErrorKind::NoProvider, message: "an old process says so".to_owned() };
    for fact in [
        Fact::Admitted { estimated_cost: None, experiment: None, plan: None },
        Fact::Refused(fault),
    ] {
        let refused = books.record(id, fact, clock.now()).await.unwrap_err();
        assert_eq!(refused.code(), Some("not_owner"));
    }
    tokio::time::sleep(seconds(45)).await;
    assert_eq!(worlds[0].rings(), 1, "the other one placed it");
    pausing.wake();
    assert_eq!(within(first.wait(id)).await.unwrap().status, CallStatus::Closed);
    tokio::time::sleep(seconds(3600)).await;
    assert_eq!(worlds[0].orders().len(), 1, "the first one placed it as well");
}

/// The first process sends and falls silent; its answer comes when the second has the call. Whether
/// the first is gone afterwards.
async fn answered_late(act: Act, gone: bool) {
    let mut alpha = World::new("alpha", &[act]);
    alpha.shows = false;
    alpha.lasts = seconds(400);
    let worlds = shared([alpha, World::new("beta", &[])]);
    let (clock, books) = (clock(), books());
    let pausing = Pausing::new(&clock);
    let first = process(
        &worlds,
        &(Arc::clone(&pausing) as Arc<dyn Clock>),
        Arc::clone(&books) as Arc<dyn Journal>,
    );
    let second = process(&worlds, &clock, Arc::new(books.another()));
    // It has said that it lives.
    tokio::time::sleep(seconds(5)).await;
    let id = first.submit(call(1)).await.unwrap().id;
    tokio::time::sleep(seconds(1)).await;
    pausing.pause();
    tokio::time::sleep(seconds(60)).await;
    let taken = second.get(id).await.unwrap();
    assert_eq!(
        taken.attempts[0].state,
        AttemptState::Reconciling,
        "the second one has it, and doubts"
    );
    tokio::time::sleep(seconds(65)).await;

    let answered = second.get(id).await.unwrap();
    assert_eq!(
        (answered.status, answered.provider_call_id),
        (CallStatus::InProgress, Some("alpha-0".into()))
    );
    if gone {
        kill(&first, &books);
    } else {
        pausing.wake();
    }
    let ended = within(second.wait(id)).await.unwrap();
    assert_eq!((ended.status, ended.outcome), (CallStatus::Closed, Some(Outcome::Completed)));
    assert_eq!((worlds[0].orders().len(), worlds[1].orders().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_is_evidence_whoever_has_the_call() {
    answered_late(Act::RingAndDawdle(seconds(120)), false).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_answered_late_is_followed_by_whoever_has_it() {
    answered_late(Act::RingAndDawdle(seconds(120)), true).await;
}

#[tokio::test(start_paused = true)]
async fn proof_that_nothing_left_lets_the_new_owner_go_on() {
    let worlds = shared([World::new("alpha", &[Act::NotSent(seconds(60))])]);
    let (clock, books) = (clock(), books());
    let pausing = Pausing::new(&clock);
    let first = process(
        &worlds,
        &(Arc::clone(&pausing) as Arc<dyn Clock>),
        Arc::clone(&books) as Arc<dyn Journal>,
    );
    let second = process(&worlds, &clock, Arc::new(books.another()));
    // It has said that it lives.
    tokio::time::sleep(seconds(5)).await;
    let id = first.submit(call(1)).await.unwrap().id;
    tokio::time::sleep(seconds(1)).await;
    pausing.pause();
    let ended = within(second.wait(id)).await.unwrap();
    pausing.wake();
    tokio::time::sleep(seconds(3600)).await;
    assert_eq!((ended.status, ended.attempts.len()), (CallStatus::Closed, 2));
    assert_eq!((worlds[0].orders().len(), worlds[0].rings()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_process_that_slept_between_its_bracket_and_its_first_byte_sends_nothing() {
    let worlds = shared([World::new("alpha", &[])]);
    let (clock, books) = (clock(), books());
    let pausing = Pausing::new(&clock);
    // Long after the second one has taken the call over.
    let slow = Meddling::over(
        Arc::clone(&books),
        |_| Meddle::No,
        |moment| {
            if moment == Moment::Written {
                return Meddle::Delay(seconds(100));
            }
            Meddle::No
        },
    );
    let first = process(&worlds, &(Arc::clone(&pausing) as Arc<dyn Clock>), slow);
    let second = process(&worlds, &clock, Arc::new(books.another()));
    let id = first.submit(call(1)).await.unwrap().id;
    // Admitted takes a hundred seconds, and so does the bracket; the beats go on until then.
    tokio::time::sleep(seconds(110)).await;
    pausing.pause();
    assert_eq!(second.get(id).await.unwrap().attempts[0].state, AttemptState::Sent);
    tokio::time::sleep(seconds(60)).await;
    assert_eq!(second.get(id).await.unwrap().attempts[0].state, AttemptState::Reconciling);
    let ended = within(second.wait(id)).await.unwrap();
    assert_eq!((ended.status, worlds[0].rings()), (CallStatus::Closed, 1));
    let order = &worlds[0].orders()[0];
    assert_eq!(
        order.attempt, ended.attempts[1].id,
        "the second one's, after the proof that the first one's never left"
    );
}

#[tokio::test(start_paused = true)]
async fn what_one_process_leaves_is_taken_by_one_other() {
    let worlds = shared([World::new("alpha", &[])]);
    let (clock, books) = (clock(), books());
    let first = process(&worlds, &clock, Arc::clone(&books) as Arc<dyn Journal>);
    let others = [(); 3].map(|()| process(&worlds, &clock, Arc::new(books.another())));
    let mut ids = Vec::new();
    for n in 0..30 {
        let scheduled = request(n).with(|call| {
            call.not_before =
                (n % 3 != 0).then(|| epoch().checked_add(1.minute()).unwrap().to_string())
        });
        ids.push(first.submit(valid(scheduled)).await.unwrap().id);
    }
    tokio::time::sleep(seconds(1)).await;
    kill(&first, &books);
    for id in ids {
        assert_eq!(within(others[0].wait(id)).await.unwrap().status, CallStatus::Closed);
    }
    tokio::time::sleep(seconds(600)).await;
    assert_eq!((worlds[0].orders().len(), worlds[0].rings()), (30, 30));
}

#[tokio::test(start_paused = true)]
async fn who_is_long_at_taking_over_lives_all_the_while() {
    let mut alpha = World::new("alpha", &[Act::RingAndDawdle(seconds(900))]);
    alpha.lasts = seconds(1200);
    let worlds = shared([alpha]);
    let (clock, books) = (clock(), books());
    let first = process(&worlds, &clock, Arc::clone(&books) as Arc<dyn Journal>);
    // Each of its writes takes far longer than the lease of thirty seconds.
    let slow =
        Meddling::over(Arc::new(books.another()), |_| Meddle::Delay(seconds(100)), |_| Meddle::No);
    let heir = process(&worlds, &clock, slow);
    let id = first.submit(call(1)).await.unwrap().id;
    tokio::time::sleep(seconds(5)).await;
    kill(&first, &books);
    // It has the call, and has not written down yet that it is in doubt.
    tokio::time::sleep(seconds(10)).await;
    let other = process(&worlds, &clock, Arc::new(books.another()));
    tokio::time::sleep(seconds(75)).await;
    assert_eq!(other.get(id).await.unwrap().attempts[0].state, AttemptState::Sent);
    assert!(!other.attends(id), "it was taken from a process that lives");
    tokio::time::sleep(seconds(30)).await;
    assert_ne!(heir.get(id).await.unwrap().attempts[0].state, AttemptState::Sent);
    assert!(heir.attends(id) && !other.attends(id));
}
