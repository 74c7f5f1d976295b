//! The law over every script: what may have rung is the last thing that was sent.

use proptest::{collection::vec, prelude::*};
use switchboard_core::{CallOrder, CallStatus, Delivery, ErrorKind, ProviderCall, Refusal, Result};

use crate::support::{
    Fake, Op, completed,
    fake::{failure, panics, refused},
    request, run, seconds, start, valid,
};

/// What a provider does with a placing request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Takes,
    NotSent,
    OurFault,
    Refuses(Refusal),
    TooMany(u64),
    PlacedWithoutId,
    Unknown,
    Panics,
}

impl Act {
    fn perform(
        self,
        provider: &str,
        order: &CallOrder,
    ) -> Result<ProviderCall, switchboard_core::PlaceError> {
        match self {
            Act::Takes => Ok(completed(provider, &order.attempt.to_string())),
            Act::NotSent => Err(failure(ErrorKind::Connect, Delivery::NotSent)),
            Act::OurFault => Err(failure(ErrorKind::InvalidRequest, Delivery::NotSent)),
            Act::Refuses(refusal) => Err(refused(ErrorKind::Forbidden, refusal)),
            Act::TooMany(wait) => Err(refused(ErrorKind::RateLimited, Refusal::RateLimited)
                .map(|error| error.with_retry_after(seconds(wait)))),
            Act::PlacedWithoutId => Err(failure(ErrorKind::Decode, Delivery::Placed)),
            Act::Unknown => Err(failure(ErrorKind::Timeout, Delivery::Unknown)),
            Act::Panics => Err(panics()),
        }
    }

    fn proves_silence(self) -> bool {
        match self {
            Act::NotSent | Act::OurFault | Act::Refuses(_) | Act::TooMany(_) => true,
            Act::Takes | Act::PlacedWithoutId | Act::Unknown | Act::Panics => false,
        }
    }

    /// Nobody at all may be asked after it.
    fn ends_it(self) -> bool {
        match self {
            Act::Refuses(Refusal::Everyone | Refusal::NeedsApproval) => true,
            Act::Refuses(Refusal::ThisProvider | Refusal::RateLimited | Refusal::Quota)
            | Act::NotSent
            | Act::OurFault
            | Act::TooMany(_) => false,
            Act::Takes | Act::PlacedWithoutId | Act::Unknown | Act::Panics => true,
        }
    }
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => Just(Act::Takes),
        4 => Just(Act::NotSent),
        1 => Just(Act::OurFault),
        2 => Just(Act::Refuses(Refusal::ThisProvider)),
        1 => Just(Act::Refuses(Refusal::RateLimited)),
        1 => Just(Act::Refuses(Refusal::Quota)),
        1 => Just(Act::Refuses(Refusal::NeedsApproval)),
        1 => Just(Act::Refuses(Refusal::Everyone)),
        2 => (0_u64..200).prop_map(Act::TooMany),
        1 => Just(Act::PlacedWithoutId),
        2 => Just(Act::Unknown),
        1 => Just(Act::Panics),
    ]
}

/// Runs one call over providers that act so, and says what they did in the order in which they were
/// asked.
async fn acts(scripts: &[Vec<Act>], quota_opt_in: bool) -> (CallStatus, Vec<(usize, Act)>) {
    let mut fakes = Vec::new();
    for (n, script) in scripts.iter().enumerate() {
        let name = format!("provider-{n}");
        let mut fake = Fake::new(&name);
        for act in script.iter().copied() {
            let name = name.clone();
            fake = fake.placing_times(1, move |order| act.perform(&name, order));
        }
        fakes.push(
            fake.placing(move |order| Act::Refuses(Refusal::ThisProvider).perform(&name, order)),
        );
    }
    let (router, logs) = start(fakes);
    let mut request = request(1);
    request.failover_on_quota = quota_opt_in;
    let call = run(&router, valid(request)).await;
    let settled: Vec<usize> = logs.iter().map(|log| log.count(Op::Place)).collect();
    tokio::time::sleep(seconds(3600)).await;
    let later: Vec<usize> = logs.iter().map(|log| log.count(Op::Place)).collect();
    assert_eq!(settled, later, "nothing is sent for a call that is settled");

    let mut next = vec![0; scripts.len()];
    let asked = call.attempts.iter().map(|attempt| {
        let n: usize = attempt.provider.as_str().trim_start_matches("provider-").parse().unwrap();
        let act = scripts[n].get(next[n]).copied().unwrap_or(Act::Refuses(Refusal::ThisProvider));
        next[n] += 1;
        (n, act)
    });
    let asked: Vec<(usize, Act)> = asked.collect();
    assert_eq!(
        asked.len(),
        settled.iter().sum::<usize>(),
        "every attempt that was sent is in the record"
    );
    (call.status, asked)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn nothing_is_sent_after_what_may_have_rung(scripts in vec(vec(act(), 0..6), 1..4), quota_opt_in: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let (status, asked) = runtime.block_on(acts(&scripts, quota_opt_in));
        for (n, (provider, act)) in asked.iter().enumerate() {
            prop_assert!(n + 1 == asked.len() || !act.ends_it(), "{:?}", asked);
            let stays = *act == Act::Refuses(Refusal::Quota) && !quota_opt_in;
            prop_assert!(!stays || asked[n..].iter().all(|(next, _)| next == provider), "{:?}", asked);
            let repeats = asked.iter().filter(|(one, act)| one == provider && matches!(act, Act::TooMany(_) | Act::Refuses(Refusal::RateLimited | Refusal::Quota)));
            prop_assert!(repeats.count() <= 4, "{:?}", asked);
        }
        let last = asked.last().map(|(_, act)| *act);
        let expected: &[CallStatus] = match last {
            None => &[CallStatus::Refused],
            Some(Act::Takes) => &[CallStatus::Closed],
            Some(Act::PlacedWithoutId) => &[CallStatus::Stalled],
            Some(Act::Unknown | Act::Panics) => &[CallStatus::Indeterminate],
            Some(Act::Refuses(Refusal::NeedsApproval)) => &[CallStatus::NeedsApproval],
            Some(Act::Refuses(_) | Act::NotSent | Act::OurFault | Act::TooMany(_)) => &[CallStatus::Refused],
        };
        prop_assert!(expected.contains(&status), "{:?} after {:?}", status, asked);
        prop_assert!(asked.iter().filter(|(_, act)| !act.proves_silence()).count() <= 1, "{:?}", asked);
    }
}
