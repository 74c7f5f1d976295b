//! Costs that come after the end of a call, and change.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use switchboard_core::CallStatus;

use crate::support::{Fake, billed, call, queued, run, seconds, start, usd};

/// A provider whose record has these costs, one after another, once the call is over.
fn growing(costs: &'static [Option<&'static str>]) -> (Fake, Arc<AtomicUsize>) {
    let looks = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&looks);
    let mut alpha =
        Fake::new("alpha").placing(|_| Ok(queued("alpha", "a-1"))).getting(move |theirs| {
            let nth = count.fetch_add(1, Ordering::SeqCst).min(costs.len() - 1);
            Ok(match costs[nth] {
                Some(amount) => billed("alpha", theirs.as_str(), amount),
                None => crate::support::completed("alpha", theirs.as_str()),
            })
        });
    alpha.info.late_costs = true;
    (alpha, looks)
}

#[tokio::test(start_paused = true)]
async fn a_cost_that_comes_late_or_grows_is_taken_and_the_latest_one_counts() {
    let (alpha, _) = growing(&[None, Some("0.05"), Some("0.05"), Some("0.12")]);
    let (router, _) = start(vec![alpha]);
    let done = run(&router, call(1)).await;
    assert_eq!((done.status, done.cost), (CallStatus::Closed, None));
    tokio::time::sleep(seconds(3600)).await;
    let billed = router.get(done.id).await.unwrap();
    assert_eq!(billed.cost, Some(usd("0.12")));
}

#[tokio::test(start_paused = true)]
async fn it_is_looked_for_more_and_more_rarely_and_not_for_ever() {
    let (alpha, looks) = growing(&[Some("0.05")]);
    let (router, _) = start(vec![alpha]);
    let done = run(&router, call(1)).await;
    tokio::time::sleep(seconds(600)).await;
    let early = looks.load(Ordering::SeqCst);
    tokio::time::sleep(seconds(3 * 24 * 3600)).await;
    let all = looks.load(Ordering::SeqCst);
    assert!(early < all && all <= 12, "{early} then {all}");
    tokio::time::sleep(seconds(3 * 24 * 3600)).await;
    assert_eq!(looks.load(Ordering::SeqCst), all, "it is over");
    assert_eq!(router.get(done.id).await.unwrap().cost, Some(usd("0.05")));
}
