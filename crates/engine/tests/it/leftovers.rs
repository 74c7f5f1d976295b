//! What a process left before anything of it was sent: who begins it, until when, and who takes it
//! back.

use std::sync::Arc;

use switchboard_core::{CallId, CallRequest, CallStatus, ErrorKind};
use switchboard_engine::{Cancelled, Submitted, TakesUp};
use switchboard_journal::{CallLog, Journal, NewCall};
use uuid::Uuid;

use crate::support::{
    epoch,
    process::{books, clock},
    request, seconds, valid, within,
    world::{World, process, process_with, shared},
};

fn keyed(n: u32) -> CallRequest {
    request(n).with(|call| call.idempotency_key = Some(format!("row-{n}")))
}

async fn left(journal: &dyn Journal, n: u32) -> CallId {
    let id = CallId::new(Uuid::now_v7());
    journal.open(NewCall::new(id, Arc::new(valid(keyed(n))), epoch())).await.unwrap();
    id
}

#[tokio::test(start_paused = true)]
async fn a_command_begins_what_it_was_asked_for_and_nothing_else() {
    let worlds = shared([World::new("alpha", &[])]);
    let (clock, books) = (clock(), books());
    let mut others = Vec::new();
    for n in 1..=8 {
        others.push(left(&*books, n).await);
    }
    books.leave();
    let command = process_with(
        &worlds,
        &clock,
        Arc::new(books.another()),
        |_| {},
        |builder| builder.takes_up(TakesUp::Asked),
    );
    let recovered = command.recover().await.unwrap();
    assert_eq!((recovered.calls, recovered.not_resumed, recovered.resumed), (8, 8, 0));

    let own = command.submit(valid(request(20))).await.unwrap();
    assert_eq!(within(command.wait(own.id)).await.unwrap().status, CallStatus::Closed);
    tokio::time::sleep(seconds(3600)).await;
    assert_eq!(worlds[0].orders().len(), 1, "one phone, and not nine");
    for id in &others {
        assert_eq!(command.get(*id).await.unwrap().status, CallStatus::Received);
    }

    // Asked for again with the same key, however much later, it is begun.
    let again = command.submit(valid(keyed(3))).await.unwrap();
    assert_eq!(again.id, others[2]);
    assert_eq!(within(command.wait(again.id)).await.unwrap().status, CallStatus::Closed);
    tokio::time::sleep(seconds(3600)).await;
    assert_eq!(worlds[0].orders().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_row_that_was_left_is_begun_by_its_batch_whatever_else_it_says_now() {
    let row = |urgent: bool| {
        request(1).with(|call| {
            call.batch = Some("calls.csv".to_owned());
            call.row_key = Some("ann".to_owned());
            call.urgent = urgent;
        })
    };
    for urgent in [false, true] {
        let worlds = shared([World::new("alpha", &[])]);
        let (clock, books) = (clock(), books());
        let id = CallId::new(Uuid::now_v7());
        books.open(NewCall::new(id, Arc::new(valid(row(false))), epoch())).await.unwrap();
        books.leave();
        let batch = process_with(
            &worlds,
            &clock,
            Arc::new(books.another()),
            |_| {},
            |builder| builder.takes_up(TakesUp::Asked),
        );
        batch.recover().await.unwrap();
        tokio::time::sleep(seconds(3600)).await;
        assert_eq!(worlds[0].orders().len(), 0);
        let submitted = batch.accept(valid(row(urgent))).await.unwrap();
        assert_eq!(matches!(submitted, Submitted::Changed(_)), urgent);
        assert_eq!(submitted.into_call().id, id);
        assert_eq!(within(batch.wait(id)).await.unwrap().status, CallStatus::Closed);
        assert_eq!(worlds[0].orders().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_process_that_stays_begins_what_is_in_time_and_lets_the_rest_expire() {
    for (later, expected) in [(60, CallStatus::Closed), (28 * 60, CallStatus::Refused)] {
        let worlds = shared([World::new("alpha", &[])]);
        let (clock, books) = (clock(), books());
        let id = left(&*books, 1).await;
        books.leave();
        tokio::time::sleep(seconds(later)).await;
        let next = process(&worlds, &clock, Arc::new(books.another()));
        next.recover().await.unwrap();
        let call = within(next.wait(id)).await.unwrap();
        assert_eq!(call.status, expected, "after {later} s");
        assert_eq!(worlds[0].rings(), usize::from(expected == CallStatus::Closed));
        if expected == CallStatus::Refused {
            assert_eq!(call.fault.unwrap().kind, ErrorKind::Expired);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn anybody_takes_back_what_was_not_sent_and_nobody_rings() {
    let worlds = shared([World::new("alpha", &[])]);
    let (clock, books) = (clock(), books());
    let owner = process(&worlds, &clock, Arc::clone(&books) as Arc<dyn Journal>);
    let scheduled = request(1).with(|call| {
        call.not_before =
            Some(epoch().checked_add(jiff::SignedDuration::from_secs(600)).unwrap().to_string())
    });
    let waiting = owner.submit(valid(scheduled)).await.unwrap();
    tokio::time::sleep(seconds(1)).await;
    let other = process_with(
        &worlds,
        &clock,
        Arc::new(books.another()),
        |_| {},
        |builder| builder.takes_up(TakesUp::Asked),
    );
    assert_eq!(other.cancel(waiting.id).await.unwrap(), Cancelled::NothingSent);

    let call = within(owner.wait(waiting.id)).await.unwrap();
    assert_eq!(
        (call.status, call.fault.unwrap().kind),
        (CallStatus::Refused, ErrorKind::Withdrawn)
    );
    tokio::time::sleep(seconds(3600)).await;
    let call = owner.get(waiting.id).await.unwrap();
    assert_eq!(
        (call.status, call.fault.unwrap().kind),
        (CallStatus::Refused, ErrorKind::Withdrawn),
        "it stays so"
    );
    assert_eq!(worlds[0].orders().len(), 0);
    let again = other.cancel(waiting.id).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Conflict);

    // The callee is free for another call.
    let next = owner.submit(valid(request(1))).await;
    assert!(next.is_ok(), "{next:?}");
}
