//! Calls in progress are watched with lists, to their end or until they are overdue; then their
//! bills are looked for.

use std::{sync::Arc, time::Duration};

use parking_lot::Mutex;
use switchboard_core::{
    CallStatus, Cost, Credits, Currency, MockUsage, Outcome, Page, ProviderCall, ProviderState,
    Raw, RequestLimit, Tariff, UsageRecord,
};
use switchboard_router::{ProviderLimits, RateDeck};

use crate::support::{
    Adjust, Fake, Log, Op, billed, call, completed, id, most_in_any_window, process::books, queued,
    report, request, run, seconds, start, start_with, usd, valid, within,
};

/// A provider that remembers what it took, lists it newest first in pages of a hundred, and ends
/// all calls at one moment.
fn remembering(name: &'static str, ends: Duration) -> Fake {
    let began = tokio::time::Instant::now();
    let taken: Arc<Mutex<Vec<String>>> = Arc::default();
    let now = move |theirs: &str| -> ProviderCall {
        if began.elapsed() < ends {
            report(name, theirs, ProviderState::InProgress)
        } else {
            completed(name, theirs)
        }
    };
    let mut fake = {
        let taken = Arc::clone(&taken);
        Fake::new(name).placing(move |order| {
            let theirs = order.attempt.to_string();
            taken.lock().push(theirs.clone());
            Ok(queued(name, &theirs))
        })
    };
    fake.lists.expect_list().returning(move |_, page| {
        let taken = taken.lock();
        let from: usize = page.cursor.as_deref().map_or(0, |cursor| cursor.parse().unwrap());
        let items: Vec<ProviderCall> =
            taken.iter().rev().skip(from).take(100).map(|theirs| now(theirs)).collect();
        let next = (from + items.len() < taken.len()).then(|| (from + items.len()).to_string());
        Ok(Page { items, next })
    });
    fake.getting(move |theirs| Ok(now(theirs.as_str())))
}

fn reads(log: &Log) -> Vec<Duration> {
    let reading = |op: &Op| matches!(op, Op::Get | Op::List | Op::Trace);
    log.asked().into_iter().filter(|(_, op)| reading(op)).map(|(at, _)| at).collect()
}

#[tokio::test(start_paused = true)]
async fn a_hundred_and_fifty_calls_are_followed_with_lists_and_inside_the_read_limit() {
    let alpha = remembering("alpha", seconds(300));
    let lane = ProviderLimits {
        reading: Some(RequestLimit { requests: 30, window: seconds(60) }),
        ..ProviderLimits::default()
    };
    let (router, logs) =
        start_with(vec![alpha], |_| {}, |builder| builder.limits(id("alpha"), lane));
    let mut ids = Vec::new();
    for n in 0..150 {
        ids.push(router.submit(call(n)).await.unwrap().id);
    }
    tokio::time::sleep(seconds(299)).await;
    assert_eq!(logs[0].count(Op::Get), 0, "while they talk, lists are enough");
    let lists = logs[0].count(Op::List);
    assert!((100..=180).contains(&lists), "{lists} lists in five minutes");
    for id in ids {
        assert_eq!(within(router.wait(id)).await.unwrap().outcome, Some(Outcome::Completed));
    }
    assert!(most_in_any_window(&reads(&logs[0]), seconds(60)) <= 30);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_lists_leave_out_is_read_by_itself() {
    let alpha = Fake::new("alpha")
        .placing(|_| Ok(queued("alpha", "a-1")))
        .getting(|_| Ok(completed("alpha", "a-1")));
    let (router, logs) = start(vec![alpha]);
    assert_eq!(run(&router, call(1)).await.status, CallStatus::Closed);
    assert!(logs[0].count(Op::List) >= 3, "absence from one list proves nothing");
    assert!((1..=2).contains(&logs[0].count(Op::Get)), "{} single reads", logs[0].count(Op::Get));
}

#[tokio::test(start_paused = true)]
async fn the_detail_is_read_once_at_the_end() {
    let alpha = Fake::new("alpha")
        .placing(|_| Ok(queued("alpha", "a-1")))
        .listing(|| vec![completed("alpha", "a-1")])
        .getting(|_| {
            let mut detail = completed("alpha", "a-1");
            detail.summary = Some("They open at nine.".to_owned());
            detail.duration = Some(seconds(42));
            Ok(detail)
        });
    let (router, logs) = start(vec![alpha]);
    let call = run(&router, call(1)).await;
    assert_eq!(
        (call.summary.as_deref(), call.duration),
        (Some("They open at nine."), Some(seconds(42)))
    );
    assert_eq!(logs[0].count(Op::Get), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_end_nobody_sees_is_stalled_and_a_late_end_still_counts() {
    let began = tokio::time::Instant::now();
    let alpha = Fake::new("alpha")
        .placing(|_| Ok(queued("alpha", "a-1")))
        .listing(|| vec![report("alpha", "a-1", ProviderState::Unrecognised)])
        .getting(|_| Ok(report("alpha", "a-1", ProviderState::Unrecognised)));
    let (router, logs) = start(vec![alpha]);
    let mut short = request(1);
    short.max_duration_seconds = Some(60);
    let call = run(&router, valid(short)).await;
    assert_eq!(call.status, CallStatus::Stalled);
    let stalled = began.elapsed();
    assert!(
        stalled >= seconds(180) && stalled < seconds(190),
        "its longest duration and the grace: {stalled:?}"
    );
    assert_eq!((logs[0].count(Op::Place), logs[0].count(Op::Get)), (1, 1), "one last look");
}

#[tokio::test(start_paused = true)]
async fn lists_that_fail_do_not_end_the_watch() {
    let mut alpha = Fake::new("alpha").placing(|_| Ok(queued("alpha", "a-1")));
    alpha.lists.expect_list().times(20).returning(|_, _| {
        Err(switchboard_core::Error::new(switchboard_core::ErrorKind::Provider, "is down"))
    });
    let (router, logs) = start(vec![alpha.listing(|| vec![completed("alpha", "a-1")])]);
    assert_eq!(run(&router, call(1)).await.status, CallStatus::Closed);
    assert_eq!(logs[0].count(Op::List), 21);
}

fn row(theirs: &str, cost: Option<Cost>) -> UsageRecord {
    UsageRecord {
        provider: id("alpha"),
        id: None,
        at: None,
        what: None,
        call: Some(theirs.into()),
        cost,
        raw: Raw::default(),
    }
}

#[tokio::test(start_paused = true)]
async fn bills_come_from_the_usage_log_and_an_unknown_one_stays_null() {
    let mut alpha =
        Fake::new("alpha").placing(|order| Ok(completed("alpha", order.call.to.e164())));
    let mut usage = MockUsage::new();
    let (first, second) = (crate::support::number(1), crate::support::number(2));
    usage.expect_records().returning(move |_| {
        Ok(vec![
            row(&first, Some(Cost::Credits(Credits::from_micros(1_500_000)))),
            row(&second, None),
            row("a call of somebody else", Some(Cost::Money(usd("9.99")))),
        ])
    });
    alpha.usage = Some(usage);
    let (router, _) = start_with(
        vec![alpha],
        |policy| {
            let tariff = Tariff { rows: Vec::new(), credit_price: Some(usd("0.20")) };
            policy.providers[0].deck = RateDeck::new(&tariff, Currency::USD).unwrap();
        },
        |builder| builder,
    );
    let first = run(&router, call(1)).await.id;
    let second = run(&router, call(2)).await.id;
    tokio::time::sleep(seconds(120)).await;
    let (first, second) = (router.get(first).await.unwrap(), router.get(second).await.unwrap());
    assert_eq!(first.cost, Some(usd("0.30")));
    assert_eq!(first.attempts[0].cost, Some(Cost::Credits(Credits::from_micros(1_500_000))));
    assert_eq!((second.cost, second.attempts[0].cost), (None, None));
}

#[tokio::test(start_paused = true)]
async fn costs_can_be_settled_on_demand_and_a_record_with_a_bill_needs_no_log() {
    let mut alpha = Fake::new("alpha").placing(|_| Ok(completed("alpha", "a-1")));
    let mut usage = MockUsage::new();
    usage.expect_records().returning(|_| Ok(vec![row("a-1", Some(Cost::Money(usd("0.07"))))]));
    alpha.usage = Some(usage);
    let (router, _) = start(vec![alpha]);
    let id = run(&router, call(1)).await.id;
    router.settle_costs().await.unwrap();
    assert_eq!(router.get(id).await.unwrap().cost, Some(usd("0.07")));

    let mut beta = Fake::new("beta").placing(|_| Ok(billed("beta", "b-1", "0.11")));
    let mut usage = MockUsage::new();
    usage.expect_records().never();
    beta.usage = Some(usage);
    let (router, _) = start(vec![beta]);
    let id = run(&router, call(1)).await.id;
    tokio::time::sleep(seconds(600)).await;
    assert_eq!(router.get(id).await.unwrap().cost, Some(usd("0.11")));
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_panics_in_a_read_does_not_end_the_watch() {
    let mut alpha = Fake::new("alpha").placing(|_| Ok(queued("alpha", "a-1")));
    alpha.lists.expect_list().times(1).returning(|_, _| panic!("the backend has a fault"));
    let (router, _) = start(vec![alpha.listing(|| vec![completed("alpha", "a-1")])]);
    assert_eq!(run(&router, call(1)).await.status, CallStatus::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_bill_that_a_process_waited_for_is_looked_for_by_the_next() {
    let books = books();
    let asked = |rows: Vec<UsageRecord>| {
        let mut alpha =
            Fake::new("alpha").placing(|order| Ok(completed("alpha", order.call.to.e164())));
        let mut usage = MockUsage::new();
        usage.expect_records().returning(move |_| Ok(rows.clone()));
        alpha.usage = Some(usage);
        let journal = Arc::new(books.another());
        start_with(vec![alpha], |_| {}, |builder| builder.journal(journal)).0
    };
    let first = asked(Vec::new());
    let id = run(&first, call(1)).await.id;
    assert_eq!(first.get(id).await.unwrap().cost, None);
    first.stop_now();

    let next = asked(vec![row(&crate::support::number(1), Some(Cost::Money(usd("0.40"))))]);
    next.recover().await.unwrap();
    next.settle_costs().await.unwrap();
    assert_eq!(next.get(id).await.unwrap().cost, Some(usd("0.40")));
}
