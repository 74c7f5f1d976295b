//! Webhooks are kept before they are handled.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use switchboard_core::{Call, CallStatus, Clock, Error, ErrorKind, Outcome, Proof};
use switchboard_engine::Engine;
use switchboard_journal::{Inbox, Journal, MemoryJournal, state::Fact};

use crate::support::{
    call,
    journal::{Meddle, Meddling, Moment},
    process::{address, books, clock, hang_if, kill, letter, path},
    seconds,
    world::{Act, World, process_with, shared},
};

#[tokio::test(start_paused = true)]
async fn a_webhook_that_was_kept_and_not_handled_is_handled_by_the_next_process() {
    let mut alpha = World::new("alpha", &[Act::RingAndLose]);
    alpha.shows = false;
    let worlds = shared([alpha]);
    let (clock, books) = (clock(), books());
    let journal = Meddling::over(
        Arc::clone(&books),
        |fact| hang_if(matches!(fact, Fact::Traced(..))),
        |_| Meddle::No,
    );
    let first =
        process_with(&worlds, &clock, journal, |_| {}, |builder| builder.webhooks(address()));
    let id = first.submit(call(1)).await.unwrap().id;
    tokio::time::sleep(seconds(1)).await;
    let path = path(&worlds[0], 0);
    let hook = first.receive_webhook(&path, letter("alpha-0", &clock));
    assert!(
        tokio::time::timeout(seconds(1), hook).await.is_err(),
        "it is gone while it handles the webhook"
    );
    kill(&first, &books);

    let next = Arc::new(books.another());
    let second = process_with(
        &worlds,
        &clock,
        Arc::clone(&next) as Arc<dyn Journal>,
        |_| {},
        |builder| builder.webhooks(address()),
    );
    assert_eq!(next.pending_webhooks().await.unwrap().len(), 1);
    assert_eq!(second.recover().await.unwrap().uncertain, 1);
    tokio::time::sleep(seconds(1)).await;
    let call = second.get(id).await.unwrap();
    assert_eq!(
        (call.status, call.provider_call_id),
        (CallStatus::InProgress, Some("alpha-0".into()))
    );
    assert!(next.pending_webhooks().await.unwrap().is_empty());
    assert_eq!(worlds[0].orders().len(), 1);
}

/// One process with a call of which only a webhook can tell.
fn in_doubt(journal: Arc<dyn Journal>, clock: &Arc<dyn Clock>) -> (Engine, Vec<Arc<World>>) {
    let mut alpha = World::new("alpha", &[Act::RingAndLose]);
    alpha.shows = false;
    let worlds = shared([alpha]);
    let router =
        process_with(&worlds, clock, journal, |_| {}, |builder| builder.webhooks(address()));
    (router, worlds)
}

#[tokio::test(start_paused = true)]
async fn a_webhook_that_cannot_be_kept_is_not_handled_and_comes_again() {
    let (clock, fails) = (clock(), Arc::new(AtomicUsize::new(0)));
    let journal = {
        let fails = Arc::clone(&fails);
        Meddling::over(
            Arc::default(),
            |_| Meddle::No,
            move |moment| {
                if moment == Moment::TakeIn && fails.fetch_add(1, Ordering::SeqCst) == 0 {
                    return Meddle::Fail(Error::new(ErrorKind::Timeout, "the journal is busy"));
                }
                Meddle::No
            },
        )
    };
    let (router, worlds) = in_doubt(journal, &clock);
    let id = router.submit(call(1)).await.unwrap().id;
    tokio::time::sleep(seconds(1)).await;
    let path = path(&worlds[0], 0);
    router.receive_webhook(&path, letter("alpha-0", &clock)).await.unwrap_err();
    assert_eq!(
        router.get(id).await.unwrap().status,
        CallStatus::Attempting,
        "nothing was done that is not kept"
    );
    router.receive_webhook(&path, letter("alpha-0", &clock)).await.unwrap();
    assert_eq!(router.get(id).await.unwrap().status, CallStatus::InProgress);
}

#[tokio::test(start_paused = true)]
async fn a_webhook_is_accepted_before_its_call_is_read_and_is_handled_afterwards() {
    let (clock, journal) = (clock(), Arc::new(MemoryJournal::new()));
    let (router, worlds) = in_doubt(Arc::clone(&journal) as Arc<dyn Journal>, &clock);
    let id = router.submit(call(1)).await.unwrap().id;
    tokio::time::sleep(seconds(1)).await;
    let path = path(&worlds[0], 0);
    // The provider does not know this call yet: it cannot be read, but the webhook is kept.
    router.accept_webhook(&path, letter("alpha-7", &clock)).await.unwrap();
    assert_eq!(journal.pending_webhooks().await.unwrap().len(), 1, "it is kept");
    tokio::time::sleep(seconds(1)).await;
    assert_eq!(router.get(id).await.unwrap().status, CallStatus::Attempting);
    // This one can be read.
    router.accept_webhook(&path, letter("alpha-0", &clock)).await.unwrap();
    tokio::time::sleep(seconds(1)).await;
    assert_eq!(router.get(id).await.unwrap().status, CallStatus::InProgress);
    assert_eq!(journal.pending_webhooks().await.unwrap().len(), 1, "only the other is left");
    // It is tried again until it turns out to be about another call than the attempt's.
    tokio::time::sleep(seconds(10)).await;
    assert!(journal.pending_webhooks().await.unwrap().is_empty());
    let wrong = router.accept_webhook("alpha/nonsense", letter("alpha-0", &clock)).await;
    assert_eq!(wrong.unwrap_err().kind(), ErrorKind::Unauthorized);
}

#[tokio::test(start_paused = true)]
async fn the_same_body_is_handled_once_and_another_is_handled_too() {
    let (clock, journal) = (clock(), Arc::new(MemoryJournal::new()));
    let (router, worlds) = in_doubt(Arc::clone(&journal) as Arc<dyn Journal>, &clock);
    let id = router.submit(call(1)).await.unwrap().id;
    tokio::time::sleep(seconds(1)).await;
    let path = path(&worlds[0], 0);
    for _ in 0..3 {
        router.receive_webhook(&path, letter("alpha-0", &clock)).await.unwrap();
    }
    let evidence = |call: &Call| {
        call.attempts[0].evidence.iter().filter(|one| one.proof == Proof::Webhook).count()
    };
    let call = router.get(id).await.unwrap();
    assert_eq!((call.status, evidence(&call)), (CallStatus::InProgress, 1));
    // Between two rounds of the follower, which writes down what it reads.
    tokio::time::sleep(seconds(17)).await;
    let before = router.get(id).await.unwrap();
    router.receive_webhook(&path, letter("alpha-0", &clock)).await.unwrap();
    assert_eq!(router.get(id).await.unwrap(), before, "it was handled when it came first");
    tokio::time::sleep(seconds(3)).await;
    router.receive_webhook(&path, letter("alpha-0 has ended", &clock)).await.unwrap();
    assert_eq!(router.get(id).await.unwrap().outcome, Some(Outcome::Completed));
    assert!(journal.pending_webhooks().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_webhook_whose_call_could_not_be_read_is_handled_when_it_comes_again() {
    let (clock, journal) = (clock(), Arc::new(MemoryJournal::new()));
    let (router, worlds) = in_doubt(Arc::clone(&journal) as Arc<dyn Journal>, &clock);
    let id = router.submit(call(1)).await.unwrap().id;
    tokio::time::sleep(seconds(1)).await;
    let path = path(&worlds[0], 0);
    let unreadable = router.receive_webhook(&path, letter("alpha-7", &clock)).await.unwrap_err();
    assert_eq!(unreadable.kind(), ErrorKind::NotFound);
    assert_eq!(journal.pending_webhooks().await.unwrap().len(), 1, "it is kept");
    assert_eq!(router.get(id).await.unwrap().status, CallStatus::Attempting);
    // The provider's own records catch up: a later call has that id.
    for n in 2..9 {
        router.submit(call(n)).await.unwrap();
    }
    tokio::time::sleep(seconds(1)).await;
    let late = router.receive_webhook(&path, letter("alpha-7", &clock)).await;
    assert!(late.is_ok(), "{late:?}");
    assert!(journal.pending_webhooks().await.unwrap().is_empty());
    assert_eq!(
        router.get(id).await.unwrap().provider_call_id,
        None,
        "it is a call to somebody else"
    );
}
