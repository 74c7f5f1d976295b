//! What a process learns of the calls of others.

use std::sync::Arc;

use jiff::ToSpan;
use switchboard_engine::Engine;
use switchboard_journal::Journal;

use crate::support::{
    call, epoch,
    process::{books, clock},
    request, seconds, valid, within,
    world::{World, process, shared},
};

/// Attempts that were sent, as far as this process has learnt.
fn sent(router: &Engine) -> u64 {
    router.quality().iter().map(|row| u64::from(row.measured.sent)).sum()
}

#[tokio::test(start_paused = true)]
async fn calls_of_another_process_count_once_they_are_over_however_long_one_waits() {
    let worlds = shared([World::new("alpha", &[])]);
    let (clock, books) = (clock(), books());
    let first = process(&worlds, &clock, Arc::clone(&books) as Arc<dyn Journal>);
    let second = process(&worlds, &clock, Arc::new(books.another()));
    first.recover().await.unwrap();
    second.recover().await.unwrap();
    let in_two_days = request(0)
        .with(|call| call.not_before = Some(epoch().checked_add(48.hours()).unwrap().to_string()));
    let waiting = first.submit(valid(in_two_days)).await.unwrap().id;
    for n in 1..=3 {
        let id = first.submit(call(n)).await.unwrap().id;
        within(first.wait(id)).await.unwrap();
    }
    tokio::time::sleep(seconds(3_600)).await;
    assert_eq!((sent(&first), sent(&second)), (3, 3));
    for n in 4..=6 {
        let id = first.submit(call(n)).await.unwrap().id;
        within(first.wait(id)).await.unwrap();
    }
    tokio::time::sleep(seconds(3_600)).await;
    assert_eq!((sent(&first), sent(&second)), (6, 6), "the one that waits is in nobody's way");
    tokio::time::sleep(seconds(48 * 3_600)).await;
    within(first.wait(waiting)).await.unwrap();
    tokio::time::sleep(seconds(3_600)).await;
    assert_eq!((sent(&first), sent(&second)), (7, 7));
}
