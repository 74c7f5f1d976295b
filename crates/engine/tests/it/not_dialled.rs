//! Calls that a provider accepts and, by its own record, never dials.

use std::sync::atomic::{AtomicUsize, Ordering};

use switchboard_core::{AttemptState, CallStatus, ErrorKind, Outcome, ProviderState, Refusal};

use crate::support::{Fake, Op, call, completed, queued, report, run, seconds, start};

/// A provider that accepts a call, says these things of it one after the other, and repeats the
/// last one.
fn accepting(name: &'static str, states: Vec<ProviderState>) -> Fake {
    let said = AtomicUsize::new(0);
    Fake::new(name).placing(move |_| Ok(queued(name, "a-1"))).getting(move |_| {
        let nth = said.fetch_add(1, Ordering::SeqCst).min(states.len() - 1);
        Ok(report(name, "a-1", states[nth]))
    })
}

fn dropping(refusal: Refusal) -> Fake {
    accepting("alpha", vec![ProviderState::NotDialled(refusal)])
}

#[tokio::test(start_paused = true)]
async fn another_provider_is_asked_for_what_was_never_dialled() {
    for refusal in [Refusal::ThisProvider, Refusal::RateLimited] {
        let alpha = dropping(refusal);
        let beta = Fake::new("beta").placing_times(1, |_| Ok(completed("beta", "b-1")));
        let (router, logs) = start(vec![alpha, beta]);
        let call = run(&router, call(1)).await;
        assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::Completed)));
        assert_eq!(call.provider.unwrap().as_str(), "beta");
        assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 1), "{refusal:?}");
        assert!(call.attempts[0].was_never_dialled());
        assert_eq!(call.attempts[1].state, AttemptState::Placed);
        assert_eq!(call.attempts[1].ring, 0, "it is no redial");
    }
}

#[tokio::test(start_paused = true)]
async fn what_binds_everyone_goes_to_nobody_else() {
    let (router, logs) = start(vec![dropping(Refusal::Everyone), Fake::new("beta")]);
    let call = run(&router, call(1)).await;
    assert_eq!(call.status, CallStatus::Refused);
    assert_eq!(call.fault.unwrap().kind, ErrorKind::Blocked);
    assert_eq!(logs[1].count(Op::Place), 0);
}

#[tokio::test(start_paused = true)]
async fn credit_is_waited_for_and_an_approval_is_not_gone_around() {
    for (refusal, outcome) in
        [(Refusal::Quota, None), (Refusal::NeedsApproval, Some(Outcome::Failed))]
    {
        let (router, logs) = start(vec![dropping(refusal), Fake::new("beta")]);
        let placed = router.place(call(1)).await.unwrap();
        tokio::time::sleep(seconds(20)).await;
        let call = router.get(placed.id).await.unwrap();
        assert_eq!(call.outcome, outcome, "{refusal:?}");
        assert_eq!(logs[1].count(Op::Place), 0, "{refusal:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_rang_is_not_called_again_whatever_the_record_says_later() {
    let states = vec![ProviderState::Ringing, ProviderState::NotDialled(Refusal::ThisProvider)];
    let (router, logs) = start(vec![accepting("alpha", states), Fake::new("beta")]);
    let call = run(&router, call(1)).await;
    assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::Failed)));
    assert_eq!(logs[1].count(Op::Place), 0);
}
