//! The numbers that calls are made from: a person keeps theirs, and their limits hold.

use std::collections::BTreeMap;

use switchboard_core::{CallStatus, CallerNumber, PhoneNumber, RequestLimit};
use switchboard_router::{NumberPolicy, ProviderLimits, Timings};

use crate::support::{
    Adjust as _, Fake, Op, call, completed, id, run, seconds, start_with, within,
};

/// A long window. Virtual time makes it short, and a whole day would be too long for the tests' patience.
const LONG: u64 = 2 * 3600;

fn number(name: &str, digits: &str, a_day: Option<u32>) -> NumberPolicy {
    let mut number = NumberPolicy::new(CallerNumber {
        name: name.to_owned(),
        number: PhoneNumber::parse(digits).unwrap(),
        id: None,
    });
    number.limits = a_day
        .map(|requests| RequestLimit { requests, window: seconds(LONG) })
        .into_iter()
        .collect();
    number
}

fn alpha() -> Fake {
    Fake::new("alpha").placing(|order| Ok(completed("alpha", &order.attempt.to_string())))
}

#[tokio::test(start_paused = true)]
async fn the_order_and_the_attempt_name_the_number_and_a_person_keeps_it() {
    let numbers = vec![number("east", "+12025550101", None), number("west", "+14155550101", None)];
    let (router, logs) = start_with(
        vec![alpha()],
        |policy| policy.providers[0].numbers = numbers,
        |builder| builder,
    );
    let mut of_person: BTreeMap<u32, String> = BTreeMap::new();
    for round in 0..3 {
        for person in 0..8 {
            let call = run(&router, call(person)).await;
            let from = call.attempts[0].from.clone().unwrap();
            let first = of_person.entry(person).or_insert_with(|| from.clone());
            assert_eq!(*first, from, "round {round}");
            // The same task to the same person would be a duplicate.
            tokio::time::sleep(seconds(3600)).await;
        }
    }
    let used: std::collections::BTreeSet<&String> = of_person.values().collect();
    assert_eq!(used.len(), 2, "both are used");
    for order in logs[0].orders() {
        let from = order.from.unwrap();
        let digits = if from.name == "east" { "+12025550101" } else { "+14155550101" };
        assert_eq!(from.number.e164(), digits);
    }
}

#[tokio::test(start_paused = true)]
async fn a_number_that_has_made_its_calls_gives_way_to_the_next_and_then_the_calls_wait() {
    let numbers =
        vec![number("east", "+12025550101", Some(3)), number("west", "+14155550101", Some(2))];
    let patient = Timings { max_wait: seconds(3 * LONG), ..Timings::default() };
    let (router, logs) = start_with(
        vec![alpha()],
        |policy| policy.providers[0].numbers = numbers,
        |builder| builder.timings(patient),
    );
    let mut ids = Vec::new();
    for n in 0..8 {
        ids.push(router.submit(call(n)).await.unwrap().id);
    }
    tokio::time::sleep(seconds(3600)).await;
    assert_eq!(logs[0].count(Op::Place), 5, "three and two");
    for id in ids {
        assert_eq!(within(router.wait(id)).await.unwrap().status, CallStatus::Closed);
    }
    let placed = logs[0].when(Op::Place);
    assert!(placed[5..].iter().all(|at| *at >= seconds(LONG)), "{placed:?}");
    let mut from: BTreeMap<String, usize> = BTreeMap::new();
    for order in logs[0].orders().into_iter().take(5) {
        *from.entry(order.from.unwrap().name).or_default() += 1;
    }
    assert_eq!(from, [("east".to_owned(), 3), ("west".to_owned(), 2)].into());
}

#[tokio::test(start_paused = true)]
async fn without_patience_a_call_goes_to_another_provider_or_is_refused_with_the_reason() {
    let numbers = vec![number("east", "+12025550101", Some(1))];
    let beta = Fake::new("beta").placing(|order| Ok(completed("beta", &order.attempt.to_string())));
    let (router, logs) = start_with(
        vec![alpha(), beta],
        |policy| policy.providers[0].numbers = numbers.clone(),
        |builder| builder,
    );
    for n in 0..3 {
        assert_eq!(run(&router, call(n)).await.status, CallStatus::Closed);
    }
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 2));
    let (router, _) = start_with(
        vec![alpha()],
        |policy| policy.providers[0].numbers = numbers,
        |builder| builder,
    );
    run(&router, call(1)).await;
    let refused = run(&router, call(2)).await;
    assert_eq!(refused.status, CallStatus::Refused);
}

#[tokio::test(start_paused = true)]
async fn several_limits_of_an_account_hold_at_once() {
    let window = |requests, every| RequestLimit { requests, window: seconds(every) };
    let limits = ProviderLimits {
        placing: Some(window(2, 60)),
        placing_in: vec![window(5, LONG)],
        ..ProviderLimits::default()
    };
    let patient = Timings { max_wait: seconds(3 * LONG), ..Timings::default() };
    let (router, logs) = start_with(
        vec![alpha()],
        |_| {},
        |builder| builder.limits(id("alpha"), limits).timings(patient),
    );
    let mut ids = Vec::new();
    for n in 0..7 {
        ids.push(router.submit(call(n)).await.unwrap().id);
    }
    for id in ids {
        assert_eq!(within(router.wait(id)).await.unwrap().status, CallStatus::Closed);
    }
    let placed = logs[0].when(Op::Place);
    assert!(placed[2] >= seconds(60) && placed[4] >= seconds(120), "{placed:?}");
    assert!(placed[4] < seconds(3600) && placed[5] >= seconds(LONG), "{placed:?}");
}
