//! What is counted for metrics: the first result of each attempt, and why calls wait.

use switchboard_core::{Delivery, ErrorKind, Refusal};
use switchboard_engine::WaitReason;

use crate::support::{
    Fake, call, completed, fake::refused, queued, report, request, run, seconds, start, valid,
    within,
};

#[tokio::test(start_paused = true)]
async fn each_attempt_is_counted_once_by_its_first_result() {
    let alpha = Fake::new("alpha")
        .placing_times(1, |_| Err(refused(ErrorKind::Forbidden, Refusal::ThisProvider)))
        // Nobody else may be asked, and the call ends with it.
        .placing_times(1, |_| Err(refused(ErrorKind::Forbidden, Refusal::Everyone)));
    let beta = Fake::new("beta").placing(|_| Ok(completed("beta", "b-1")));
    let (engine, _logs) = start(vec![alpha, beta]);
    assert_eq!(engine.attempts(), []);
    for n in 1..=2 {
        run(&engine, call(n)).await;
    }
    let mut counts: Vec<_> = engine
        .attempts()
        .into_iter()
        .map(|(provider, delivery, count)| (provider.as_str().to_owned(), delivery, count))
        .collect();
    counts.sort_by_key(|one| format!("{one:?}"));
    let expected = [
        ("alpha".to_owned(), Delivery::Refused(Refusal::Everyone), 1),
        ("alpha".to_owned(), Delivery::Refused(Refusal::ThisProvider), 1),
        ("beta".to_owned(), Delivery::Placed, 1),
    ];
    assert_eq!(counts, expected);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_has_one_reason_until_it_goes_on() {
    let began = tokio::time::Instant::now();
    let alpha = Fake::new("alpha")
        .placing_times(1, |_| Ok(queued("alpha", "a-1")))
        .placing(|_| Ok(completed("alpha", "a-2")))
        .listing(move || {
            vec![if began.elapsed() < seconds(60) {
                report("alpha", "a-1", switchboard_core::ProviderState::InProgress)
            } else {
                completed("alpha", "a-1")
            }]
        });
    let (engine, _logs) = start(vec![alpha]);
    within(engine.place(call(1))).await.unwrap();
    assert!(engine.waits().is_empty());
    let mut again = request(1);
    again.task = "Ask for a table for two.".to_owned();
    let second = engine.submit(valid(again)).await.unwrap().id;
    tokio::time::sleep(seconds(1)).await;
    assert!(matches!(engine.waits()[..], [(_, WaitReason::CalleeBusy)]), "{:?}", engine.waits());
    within(engine.wait(second)).await.unwrap();
    assert!(engine.waits().is_empty(), "{:?}", engine.waits());
}
