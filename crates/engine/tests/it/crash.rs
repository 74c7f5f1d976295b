//! A process that is gone at any step: the next one takes its call up, and no phone rings twice.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use switchboard_core::{Call, CallStatus, Outcome, Redial, Refusal};

use crate::support::{
    process::{Gone, books, clock, dying, kill},
    request, seconds, valid, within,
    world::{Act, World, process, shared},
};

/// What rings where, and how often at most.
struct Case {
    name: &'static str,
    worlds: fn() -> Vec<Arc<World>>,
    redial: Option<Redial>,
    rings: usize,
}

fn again_after_no_answer() -> Redial {
    Redial { on: [Outcome::NoAnswer].into(), times: 1, gap_seconds: 600, per_day: 3 }
}

fn cases() -> Vec<Case> {
    let case = |name, worlds| Case { name, worlds, redial: None, rings: 1 };
    vec![
        case("it rings", || shared([World::new("alpha", &[]), World::new("beta", &[])])),
        case("nothing left at first", || {
            let never_left = Act::NotSent(Duration::ZERO);
            shared([World::new("alpha", &[never_left, never_left]), World::new("beta", &[])])
        }),
        case("this provider refuses", || {
            shared([
                World::new("alpha", &[Act::Refuse(Refusal::ThisProvider)]),
                World::new("beta", &[]),
            ])
        }),
        case("it refuses for all", || {
            shared([
                World::new("alpha", &[Act::Refuse(Refusal::Everyone)]),
                World::new("beta", &[]),
            ])
        }),
        case("it is asked too often", || {
            shared([
                World::new("alpha", &[Act::Refuse(Refusal::RateLimited)]),
                World::new("beta", &[]),
            ])
        }),
        case("the answer is lost", || {
            shared([World::new("alpha", &[Act::RingAndLose]), World::new("beta", &[])])
        }),
        case("the request is lost", || {
            shared([World::new("alpha", &[Act::Lose]), World::new("beta", &[])])
        }),
        case("the answer cannot be read", || {
            shared([World::new("alpha", &[Act::RingUnread]), World::new("beta", &[])])
        }),
        case("the answer is lost, and lists hide the call", || {
            let mut alpha = World::new("alpha", &[Act::RingAndLose]);
            alpha.shows = false;
            shared([alpha, World::new("beta", &[])])
        }),
        case("the answer comes when it is over", || {
            let mut alpha = World::new("alpha", &[]);
            alpha.info.synchronous = true;
            alpha.lasts = seconds(95);
            shared([alpha, World::new("beta", &[])])
        }),
        Case {
            name: "it rings again",
            worlds: || {
                shared([
                    World::new("alpha", &[]).ending(&[Outcome::NoAnswer]),
                    World::new("beta", &[]),
                ])
            },
            redial: Some(again_after_no_answer()),
            rings: 2,
        },
        Case {
            name: "the second ring is refused",
            worlds: || {
                let alpha = World::new("alpha", &[Act::Ring, Act::Refuse(Refusal::Everyone)]);
                shared([alpha.ending(&[Outcome::NoAnswer]), World::new("beta", &[])])
            },
            redial: Some(again_after_no_answer()),
            rings: 1,
        },
    ]
}

/// Lets a call go until its process is gone or it ends; a second process takes it up. How many
/// facts the first one wrote.
async fn live_through(case: &Case, gone: Option<Gone>) -> (Call, Vec<Arc<World>>, usize) {
    let (worlds, clock, books) = ((case.worlds)(), clock(), books());
    let (journal, over, facts) = dying(&books, gone);
    let first = process(&worlds, &clock, journal);
    let asked = request(1).with(|call| call.redial = case.redial.clone());
    let id = first.submit(valid(asked)).await.unwrap().id;
    let ended = async {
        loop {
            let call = within(first.wait(id)).await.unwrap();
            if call.redial_at.is_none() || call.status.is_settled() {
                return call;
            }
        }
    };
    tokio::select! {
        call = ended => return (call, worlds, facts.load(Ordering::SeqCst)),
        () = over.notified() => {}
    }
    // What is under way at the provider goes on for a while.
    tokio::time::sleep(seconds(1)).await;
    kill(&first, &books);
    let second = process(&worlds, &clock, Arc::new(books.another()));
    second.recover().await.unwrap();
    (within(second.wait(id)).await.unwrap(), worlds, facts.load(Ordering::SeqCst))
}

/// The record and the phones tell the same story.
fn check(case: &Case, gone: Option<Gone>, call: &Call, worlds: &[Arc<World>]) {
    let at = format!("{}, {gone:?}: {:?}", case.name, call.attempts);
    let rung: Vec<_> = worlds.iter().flat_map(|world| world.rung()).collect();
    assert!(rung.len() <= case.rings, "it rang {} times: {at}", rung.len());
    let mut acts: Vec<_> = worlds.iter().flat_map(|world| world.acts()).collect();
    acts.sort_by_key(|(when, _)| *when);
    let may_ring = acts.iter().filter(|(_, act)| act.may_ring()).count();
    assert!(may_ring <= case.rings, "sent what may have left: {acts:?}, {at}");
    for ring in 0..2 {
        let live =
            call.attempts.iter().filter(|attempt| attempt.ring == ring && attempt.state.is_live());
        assert!(live.count() <= 1, "{at}");
    }
    let in_doubt = call.status == CallStatus::Indeterminate || call.status == CallStatus::Stalled;
    match rung.last() {
        None => assert!(
            in_doubt || call.status == CallStatus::Refused,
            "nothing rang and it is {}: {at}",
            call.status
        ),
        Some(_) if !worlds[0].shows => {
            assert!(in_doubt || call.status == CallStatus::Closed, "{}: {at}", call.status)
        }
        // The last ring may be in doubt though nothing of it left; the rings before it are known.
        Some(_) if in_doubt => {
            assert!(call.attempts.len() > rung.len(), "what rang is in doubt: {at}")
        }
        Some(last) => {
            assert_eq!(call.status, CallStatus::Closed, "{at}");
            let theirs =
                call.attempts.iter().rev().find_map(|attempt| attempt.provider_call_id.as_ref());
            assert_eq!(theirs.map(|theirs| theirs.as_str()), Some(last.theirs.as_str()), "{at}");
        }
    }
}

#[test]
fn no_step_at_which_a_process_is_gone_makes_a_phone_ring_twice() {
    let run = |case: &Case, gone| {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        let (call, worlds, facts) = runtime.unwrap().block_on(live_through(case, gone));
        check(case, gone, &call, &worlds);
        (call.status, facts)
    };
    let mut points = 0;
    for case in cases() {
        let (_, facts) = run(&case, None);
        assert!(facts >= 4, "{}: {facts} facts", case.name);
        for nth in 0..facts {
            run(&case, Some(Gone::Before(nth)));
            run(&case, Some(Gone::After(nth)));
            points += 2;
        }
    }
    assert!(points > 150, "{points} steps");
}
