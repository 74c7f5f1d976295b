//! Ending in order, and ending because nothing can be written down any more.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::FutureExt;
use jiff::ToSpan;
use switchboard_core::{CallStatus, Error, ErrorKind};
use switchboard_journal::{CallLog, Journal, JournalExt, state::Fact};
use tokio::time::Instant;

use crate::support::{
    call, epoch,
    journal::{Meddle, Meddling, Moment},
    process::{address, books, clock, letter, path},
    request, seconds, valid, within,
    world::{Act, World, process, process_with, shared},
};

#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_for_the_answers_of_open_requests() {
    let worlds = shared([World::new("alpha", &[Act::RingAndDawdle(seconds(10))])]);
    let (clock, books) = (clock(), books());
    let first = process(&worlds, &clock, Arc::clone(&books) as Arc<dyn Journal>);
    let id = first.submit(call(1)).await.unwrap().id;
    tokio::time::sleep(seconds(1)).await;
    let began = Instant::now();
    first.shutdown(seconds(60)).await;
    assert_eq!(began.elapsed(), seconds(9), "until the answer is written down, and no longer");
    let answered = books.get(id).await.unwrap().unwrap();
    assert_eq!(
        (answered.status, answered.provider_call_id),
        (CallStatus::InProgress, Some("alpha-0".into()))
    );

    books.leave();
    let second = process(&worlds, &clock, Arc::new(books.another()));
    assert_eq!(second.recover().await.unwrap().followed, 1);
    assert_eq!(within(second.wait(id)).await.unwrap().status, CallStatus::Closed);
    assert_eq!(worlds[0].orders().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_no_longer_than_its_grace() {
    let worlds = shared([World::new("alpha", &[Act::RingAndHang])]);
    let (clock, books) = (clock(), books());
    let first = process(&worlds, &clock, Arc::clone(&books) as Arc<dyn Journal>);
    let id = first.submit(call(1)).await.unwrap().id;
    tokio::time::sleep(seconds(1)).await;
    let began = Instant::now();
    first.shutdown(seconds(30)).await;
    assert_eq!(began.elapsed(), seconds(30));

    books.leave();
    let second = process(&worlds, &clock, Arc::new(books.another()));
    assert_eq!(second.recover().await.unwrap().uncertain, 1);
    assert_eq!(within(second.wait(id)).await.unwrap().provider_call_id, Some("alpha-0".into()));
    assert_eq!(worlds[0].orders().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_new_is_taken_in_and_nothing_more_is_sent() {
    let worlds = shared([World::new("alpha", &[Act::RingAndHang])]);
    let (clock, books) = (clock(), books());
    let first = process(&worlds, &clock, Arc::clone(&books) as Arc<dyn Journal>);
    let open = first.submit(call(1)).await.unwrap().id;
    let scheduled = request(2).with(|call| {
        call.not_before = Some(epoch().checked_add(10.seconds()).unwrap().to_string())
    });
    let waiting = first.submit(valid(scheduled)).await.unwrap().id;
    tokio::time::sleep(seconds(1)).await;
    let refused = async {
        tokio::time::sleep(seconds(1)).await;
        first.submit(call(3)).await.unwrap_err()
    };
    // The scheduled call's hour comes within the grace.
    let ((), refused) = tokio::join!(first.shutdown(seconds(30)), refused);
    assert_eq!((refused.kind(), refused.code()), (ErrorKind::Conflict, Some("stopping")));
    tokio::time::sleep(seconds(3600)).await;
    assert_eq!(worlds[0].orders().len(), 1);

    books.leave();
    let second = process(&worlds, &clock, Arc::new(books.another()));
    let recovered = second.recover().await.unwrap();
    assert_eq!((recovered.calls, recovered.uncertain, recovered.resumed), (2, 1, 1));
    assert_eq!(within(second.wait(open)).await.unwrap().status, CallStatus::Closed);
    // Its hour is long over.
    let late = within(second.wait(waiting)).await.unwrap();
    assert_eq!((late.status, late.fault.unwrap().kind), (CallStatus::Refused, ErrorKind::Expired));
    assert_eq!((worlds[0].orders().len(), worlds[0].rings()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_bracket_that_is_being_written_when_the_router_stops_is_not_sent() {
    for grace in [0, 30] {
        let worlds = shared([World::new("alpha", &[])]);
        let (clock, books) = (clock(), books());
        let slow = Meddling::over(
            Arc::clone(&books),
            |fact| {
                if matches!(fact, Fact::Intended(_)) {
                    return Meddle::Delay(seconds(5));
                }
                Meddle::No
            },
            |_| Meddle::No,
        );
        let first = process(&worlds, &clock, slow);
        // Whoever waits for a call drives it himself: no stop takes his task away.
        let placing = tokio::spawn({
            let first = first.clone();
            async move { first.place(call(1)).await.map(|call| call.id) }
        });
        tokio::time::sleep(seconds(1)).await;
        first.shutdown(seconds(grace)).await;
        tokio::time::sleep(seconds(60)).await;
        assert_eq!(worlds[0].orders().len(), 0, "sent after a grace of {grace} s");
        placing.abort();
        let id = books.list().await.unwrap()[0].id;

        books.leave();
        let second = process(&worlds, &clock, Arc::new(books.another()));
        assert_eq!(
            second.recover().await.unwrap().resumed,
            1,
            "nothing of it left, and that is known"
        );
        assert_eq!(within(second.wait(id)).await.unwrap().status, CallStatus::Closed);
    }
}

fn full() -> Meddle {
    Meddle::Fail(Error::new(ErrorKind::Journal, "the disk is full"))
}

#[tokio::test(start_paused = true)]
async fn whoever_runs_the_router_is_told_when_the_journal_fails() {
    let worlds = shared([World::new("alpha", &[])]);
    let journal =
        Meddling::new(
            |fact| {
                if matches!(fact, Fact::Admitted { .. }) { full() } else { Meddle::No }
            },
        );
    let router = process(&worlds, &clock(), journal);
    assert!(router.failed().now_or_never().is_none(), "nothing failed yet");
    router.submit(call(1)).await.unwrap();
    tokio::time::timeout(seconds(1), router.failed()).await.unwrap();
    assert_eq!(router.submit(call(2)).await.unwrap_err().kind(), ErrorKind::Journal);
    assert_eq!(worlds[0].orders().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn every_write_that_fails_ends_the_sending() {
    for failing in [Moment::Open, Moment::TakeIn, Moment::Handled] {
        let mut alpha = World::new("alpha", &[]);
        alpha.lasts = seconds(3600);
        let (worlds, clock) = (shared([alpha]), clock());
        let opened = AtomicUsize::new(0);
        // The first call is taken in: its webhook needs it.
        let journal = Meddling::over(
            Arc::default(),
            |_| Meddle::No,
            move |moment| {
                let first = moment == Moment::Open && opened.fetch_add(1, Ordering::SeqCst) == 0;
                if moment == failing && !first { full() } else { Meddle::No }
            },
        );
        let router =
            process_with(&worlds, &clock, journal, |_| {}, |builder| builder.webhooks(address()));
        within(router.place(call(1))).await.unwrap();
        let failed = match failing {
            Moment::Open => router.submit(call(2)).await.map(|_| ()),
            Moment::TakeIn | Moment::Handled | Moment::Written => {
                router.receive_webhook(&path(&worlds[0], 0), letter("alpha-0", &clock)).await
            }
        };
        assert_eq!(failed.unwrap_err().kind(), ErrorKind::Journal, "{failing:?}");
        let told = tokio::time::timeout(Duration::from_secs(1), router.failed()).await;
        assert!(told.is_ok(), "{failing:?}: nobody is told");
        assert_eq!(router.submit(call(3)).await.unwrap_err().kind(), ErrorKind::Journal);
    }
}
