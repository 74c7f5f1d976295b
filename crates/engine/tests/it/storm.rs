//! Many calls at once over providers that fail in every way, against a ledger of which phone really
//! rang.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use switchboard_core::{
    Call, CallRequest, CallStatus, Delivery, ErrorKind, Idempotency, PlaceRequest, Proof,
    ProviderCall, Refusal, RequestLimit, Result, Trace,
};
use switchboard_router::Timings;

use crate::support::{
    Adjust, Fake, Op, completed,
    fake::{failure, panics, refused},
    most_in_any_window, number, queued, seconds, start_with, valid, within,
};

const CALLS: usize = 40;
const CALLEES: u32 = 15;
const PROVIDERS: [&str; 3] = ["alpha", "beta", "gamma"];

/// The truth: which provider rang for which task, and the id under which it keeps the call.
#[derive(Debug, Default)]
struct Rings(Mutex<Vec<(String, &'static str, String)>>);

impl Rings {
    fn ring(&self, provider: &'static str, order: &PlaceRequest) -> String {
        let theirs = format!("{provider}-{}", order.attempt);
        self.0.lock().push((order.call.task.clone(), provider, theirs.clone()));
        theirs
    }

    fn of(&self, task: &str) -> Vec<String> {
        self.0
            .lock()
            .iter()
            .filter(|(rung, _, _)| rung == task)
            .map(|(_, _, theirs)| theirs.clone())
            .collect()
    }

    fn at(&self, provider: &str) -> Vec<String> {
        self.0
            .lock()
            .iter()
            .filter(|(_, at, _)| *at == provider)
            .map(|(_, _, theirs)| theirs.clone())
            .collect()
    }
}

/// A stream of small numbers from a seed (xorshift64*).
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % below
    }
}

/// One placing request: whether the phone rings, and what the router is told of it, are two things.
fn act(
    chance: &mut Chance,
    rings: &Rings,
    provider: &'static str,
    order: &PlaceRequest,
) -> Result<ProviderCall, switchboard_core::PlaceError> {
    match chance.next(12) {
        0..=3 => Ok(queued(provider, &rings.ring(provider, order))),
        4 => {
            rings.ring(provider, order);
            Err(failure(ErrorKind::Timeout, Delivery::Unknown))
        }
        5 => Err(failure(ErrorKind::Timeout, Delivery::Unknown)),
        6 => {
            rings.ring(provider, order);
            Err(failure(ErrorKind::Decode, Delivery::Placed))
        }
        7 => {
            rings.ring(provider, order);
            Err(panics())
        }
        8 | 9 => Err(failure(ErrorKind::Connect, Delivery::NotSent)),
        10 => Err(refused(ErrorKind::RateLimited, Refusal::RateLimited)
            .map(|error| error.with_retry_after(seconds(chance.next(90))))),
        _ => Err(refused(ErrorKind::Forbidden, Refusal::ThisProvider)),
    }
}

fn provider(name: &'static str, seed: u64, rings: &Arc<Rings>, keyless: bool) -> Fake {
    let mut fake = Fake::new(name);
    fake.info.place_limit = Some(RequestLimit { requests: 12, window: seconds(60) });
    fake.info.synchronous = name == "gamma";
    fake.place_takes = seconds(2);
    if keyless {
        fake.info.idempotency = Idempotency::None;
    }
    let (chance, log) = (Mutex::new(Chance(seed | 1)), fake.log());
    let (ledger, traced, listed) = (Arc::clone(rings), Arc::clone(rings), Arc::clone(rings));
    fake.placing(move |order| {
        let answer = act(&mut chance.lock(), &ledger, name, order);
        if answer.as_ref().is_err_and(|error| {
            error.delivery() == Delivery::NotSent && error.error().code().is_none()
        }) {
            // Its slot is given back: no request left.
            log.forget_place(order);
        }
        answer
    })
    .tracing(move |order| {
        // Half of the accounts show evidence of what rang; the others hide it for ever.
        if seed.is_multiple_of(2) {
            return Ok(Vec::new());
        }
        let found =
            traced.of(&order.call.task).into_iter().filter(|theirs| theirs.starts_with(name));
        Ok(found.map(|theirs| Trace { call: theirs.into(), proof: Proof::NumberAndTask }).collect())
    })
    .listing(move || listed.at(name).iter().map(|theirs| completed(name, theirs)).collect())
}

async fn storm(seed: u64, keyless: bool) -> (Vec<Call>, Arc<Rings>) {
    let rings: Arc<Rings> = Arc::default();
    let mut chance = Chance(seed | 1);
    let fakes = PROVIDERS.map(|name| provider(name, chance.next(1 << 31), &rings, keyless)).into();
    let patient = Timings { max_wait: seconds(1800), ..Timings::default() };
    let (router, logs) = start_with(fakes, |_| {}, |builder| builder.timings(patient));
    let mut ids = Vec::new();
    for n in 0..CALLS {
        let callee = chance.next(u64::from(CALLEES)) as u32;
        let request = CallRequest::new(number(callee), format!("task {n}"));
        ids.push(router.submit(valid(request)).await.unwrap().id);
        tokio::time::sleep(seconds(chance.next(5))).await;
    }
    let mut ended = Vec::new();
    for id in ids {
        within(router.wait(id)).await.unwrap();
    }
    tokio::time::sleep(seconds(7200)).await;
    for call in router.calls().await.unwrap() {
        ended.push(call);
    }
    for log in logs {
        let most = most_in_any_window(&log.when(Op::Place), seconds(60));
        assert!(most <= 11, "{most} placing requests in a minute");
    }
    (ended, rings)
}

#[test]
fn no_phone_rings_twice_and_no_record_contradicts_the_truth() {
    let mut seen: HashMap<CallStatus, usize> = HashMap::new();
    for seed in 0..30_u64 {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        let (calls, rings) = runtime
            .block_on(storm(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), seed.is_multiple_of(2)));
        assert_eq!(calls.len(), CALLS);
        let mut held: HashMap<_, usize> = HashMap::new();
        for (n, call) in calls.iter().enumerate() {
            *seen.entry(call.status).or_default() += 1;
            let rang = rings.of(&format!("task {n}"));
            assert!(
                rang.len() <= 1,
                "seed {seed}: it rang {} times: {:?}",
                rang.len(),
                call.attempts
            );
            match call.status {
                CallStatus::Closed => {
                    let theirs = call.provider_call_id.as_ref().map(|theirs| theirs.as_str());
                    assert_eq!(rang.first().map(String::as_str), theirs, "seed {seed}");
                }
                CallStatus::Refused => assert!(rang.is_empty(), "seed {seed}: {call:?}"),
                CallStatus::Indeterminate | CallStatus::Stalled => {
                    *held.entry(call.to).or_default() += 1
                }
                other => panic!("seed {seed}: a call is still {other}"),
            }
            let live = call.attempts.iter().filter(|attempt| attempt.state.is_live()).count();
            assert!(live <= 1, "seed {seed}: {:?}", call.attempts);
        }
        assert!(
            held.values().all(|calls| *calls == 1),
            "seed {seed}: two open calls hold one callee"
        );
    }
    for status in
        [CallStatus::Closed, CallStatus::Refused, CallStatus::Indeterminate, CallStatus::Stalled]
    {
        assert!(
            seen.get(&status).is_some_and(|count| *count > 20),
            "the storm met too few: {seen:?}"
        );
    }
}
