//! How long an attempt has been in doubt stands in the journal, and not in the process that looks:
//! whoever takes it up goes on where the one before stopped.

use std::{sync::Arc, time::Duration};

use switchboard_core::{CallId, CallStatus, Clock};
use switchboard_engine::Engine;
use switchboard_journal::{CallLog, Journal, MemoryJournal};
use switchboard_router::{OnUnknown, Timings};
use tokio::time::Instant;

use crate::support::{
    Adjust, call,
    clock::Set,
    process::{books, clock, kill},
    run, seconds, within,
    world::{Act, World, process, process_with, shared},
};

/// How long evidence is looked for, as nobody says otherwise.
const PATIENCE: u64 = 15 * 60;
/// The longest pause between two looks, and the time that they take.
const PAUSE: u64 = 61;

/// A call whose process was killed while its request was open.
struct Left {
    worlds: Vec<Arc<World>>,
    clock: Arc<dyn Clock>,
    books: Arc<MemoryJournal>,
    id: CallId,
}

impl Left {
    async fn new(alpha: World) -> Self {
        let worlds = shared([alpha]);
        let (clock, books) = (clock(), books());
        let first = process(&worlds, &clock, Arc::clone(&books) as Arc<dyn Journal>);
        let id = first.submit(call(1)).await.unwrap().id;
        tokio::time::sleep(seconds(5)).await;
        kill(&first, &books);
        Self { worlds, clock, books, id }
    }

    /// A process that takes the call up, and what it has of the journal.
    async fn process(&self, clock: &Arc<dyn Clock>) -> (Engine, Arc<MemoryJournal>) {
        let mine = Arc::new(self.books.another());
        let router = process(&self.worlds, clock, Arc::clone(&mine) as Arc<dyn Journal>);
        router.recover().await.unwrap();
        (router, mine)
    }

    /// A process that lives so long.
    async fn live(&self, time: Duration) -> CallStatus {
        let (router, mine) = self.process(&self.clock).await;
        tokio::time::sleep(time).await;
        let status = router.get(self.id).await.unwrap().status;
        kill(&router, &mine);
        status
    }

    fn looks(&self) -> usize {
        self.worlds[0].looks().len()
    }
}

/// Nothing shows the call.
fn dark(act: Act) -> World {
    let mut alpha = World::new("alpha", &[act]);
    alpha.shows = false;
    alpha
}

#[tokio::test(start_paused = true)]
async fn whoever_takes_a_doubt_up_looks_at_once_however_short_it_lives() {
    let left = Left::new(dark(Act::Hang)).await;
    for nth in 1..=6 {
        assert_eq!(left.live(seconds(1)).await, CallStatus::Attempting);
        assert_eq!(left.looks(), nth, "the {nth}th command");
    }
}

#[tokio::test(start_paused = true)]
async fn a_command_that_ends_at_once_has_looked_and_found() {
    let mut alpha = World::new("alpha", &[Act::RingAndHang]);
    alpha.look_takes = seconds(2);
    let left = Left::new(alpha).await;
    let (router, mine) = left.process(&left.clock).await;
    router.shutdown(seconds(60)).await;
    mine.leave();
    let found = left.books.get(left.id).await.unwrap().unwrap();
    assert_eq!((found.provider_call_id, left.looks()), (Some("alpha-0".into()), 1));
}

#[tokio::test(start_paused = true)]
async fn patience_and_pauses_go_on_from_process_to_process() {
    let left = Left::new(dark(Act::Hang)).await;
    let began = Instant::now();
    let mut commands = 0;
    while left.live(seconds(100)).await == CallStatus::Attempting {
        commands += 1;
    }
    let lasted = began.elapsed();
    assert!(lasted >= seconds(PATIENCE) && lasted <= seconds(PATIENCE + 100 + PAUSE), "{lasted:?}");
    let looks = left.worlds[0].looks();
    // Every process looks at once, and the later ones only a minute later again.
    let first = looks.iter().filter(|at| at.duration_since(began) < seconds(100)).count();
    assert!(first >= 6, "a new doubt is looked at often: {first}");
    assert!(looks.len() - first <= 2 * commands, "an old one is not: {}", looks.len() - first);
}

#[tokio::test(start_paused = true)]
async fn a_doubt_that_outlasted_its_patience_is_looked_at_once_more() {
    for shows in [false, true] {
        let mut left = Left::new(dark(Act::RingAndHang)).await;
        // Somebody writes the doubt down, and then nobody is there for hours.
        left.live(seconds(1)).await;
        tokio::time::sleep(seconds(5 * 3600)).await;
        Arc::get_mut(&mut left.worlds[0]).unwrap().shows = shows;
        let before = left.looks();
        let expected = if shows { CallStatus::InProgress } else { CallStatus::Indeterminate };
        assert_eq!(left.live(seconds(1)).await, expected, "shows: {shows}");
        assert_eq!(left.looks() - before, 1, "shows: {shows}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_that_could_not_be_made_is_none() {
    let mut alpha = dark(Act::RingAndHang);
    alpha.readable = false;
    let left = Left::new(alpha).await;
    left.live(seconds(1)).await;
    tokio::time::sleep(seconds(5 * 3600)).await;
    assert_eq!(
        left.live(seconds(PATIENCE - PAUSE)).await,
        CallStatus::Attempting,
        "nobody could look"
    );
    let (router, _mine) = left.process(&left.clock).await;
    let began = Instant::now();
    assert_eq!(within(router.wait(left.id)).await.unwrap().status, CallStatus::Indeterminate);
    assert!(began.elapsed() <= seconds(PATIENCE + PAUSE), "and it has an end all the same");
}

#[tokio::test(start_paused = true)]
async fn the_patience_of_a_request_that_was_open_for_long_begins_when_it_is_in_doubt() {
    let left = Left::new(dark(Act::Hang)).await;
    tokio::time::sleep(seconds(3600)).await;
    assert_eq!(left.live(seconds(PATIENCE - PAUSE)).await, CallStatus::Attempting);
    assert_eq!(left.live(seconds(2 * PAUSE)).await, CallStatus::Indeterminate);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_differs_neither_skips_the_look_nor_prolongs_the_search() {
    for by in [-36_000, -120, 120, 36_000] {
        let left = Left::new(dark(Act::Hang)).await;
        left.live(seconds(1)).await;
        let (before, began) = (left.looks(), Instant::now());
        let differs: Arc<dyn Clock> = Set::new(&left.clock, by);
        let (router, _mine) = left.process(&differs).await;
        assert_eq!(
            within(router.wait(left.id)).await.unwrap().status,
            CallStatus::Indeterminate,
            "by {by} s"
        );
        assert!(left.looks() > before, "by {by} s");
        assert!(began.elapsed() <= seconds(PATIENCE + PAUSE), "by {by} s: {:?}", began.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_while_evidence_is_looked_for_changes_nothing() {
    for by in [-36_000, 36_000] {
        let worlds = shared([dark(Act::Lose)]);
        let set = Set::new(&clock(), 0);
        let router = process(&worlds, &(Arc::clone(&set) as Arc<dyn Clock>), books());
        let began = Instant::now();
        let id = router.submit(call(1)).await.unwrap().id;
        tokio::time::sleep(seconds(5)).await;
        set.set(by);
        assert_eq!(
            within(router.wait(id)).await.unwrap().status,
            CallStatus::Indeterminate,
            "by {by} s"
        );
        let lasted = began.elapsed();
        assert!(
            lasted >= seconds(PATIENCE) && lasted <= seconds(PATIENCE + PAUSE),
            "by {by} s: {lasted:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn no_clock_that_is_set_brings_the_fence_closer() {
    let fence = seconds(120);
    for by in [-36_000, 36_000] {
        let worlds = shared([dark(Act::Lose), World::new("beta", &[])]);
        let set = Set::new(&clock(), 0);
        let settings = Timings {
            on_unknown: OnUnknown::AssumeNotPlaced { after: fence },
            ..Timings::default()
        };
        let of = Arc::clone(&set) as Arc<dyn Clock>;
        let router =
            process_with(&worlds, &of, books(), |_| {}, |builder| builder.timings(settings));
        let began = Instant::now();
        let turning = async {
            tokio::time::sleep(seconds(5)).await;
            set.set(by);
        };
        let (ended, ()) = tokio::join!(run(&router, call(1)), turning);
        assert_eq!((ended.status, worlds[1].orders().len()), (CallStatus::Closed, 1), "by {by} s");
        let asked = worlds[1].acts()[0].0.duration_since(began);
        assert!(asked >= fence, "by {by} s: the next provider was asked after {asked:?}");
    }
}
