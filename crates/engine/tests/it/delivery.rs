//! One test for each row of the delivery table.

use switchboard_core::{
    AttemptState, CallStatus, Delivery, ErrorKind, Outcome, Proof, Refusal, Trace,
};
use switchboard_router::BreakerPolicy;

use crate::support::{
    Adjust, Fake, Op, call, completed,
    fake::{failure, not_sent, panics, refused, unknown},
    id, queued, request, run, seconds, start, start_with, valid, within,
};

#[tokio::test(start_paused = true)]
async fn what_never_left_is_tried_three_times_here_and_then_elsewhere() {
    let alpha = Fake::new("alpha").placing(|_| Err(not_sent()));
    let beta = Fake::new("beta").placing_times(1, |_| Ok(completed("beta", "b-1")));
    // A breaker that never opens: it is the loop that has to stop.
    let patient = BreakerPolicy { failures: 1_000, ..BreakerPolicy::default() };
    let (router, logs) =
        start_with(vec![alpha, beta], |_| {}, |builder| builder.breaker(id("alpha"), patient));

    let call = run(&router, call(1)).await;

    assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::Completed)));
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (3, 1));
    let providers: Vec<&str> =
        call.attempts.iter().map(|attempt| attempt.provider.as_str()).collect();
    assert_eq!(providers, ["alpha", "alpha", "alpha", "beta"]);
    let states: Vec<AttemptState> = call.attempts.iter().map(|attempt| attempt.state).collect();
    assert_eq!(states[..3], [AttemptState::NotPlaced; 3]);
    assert_eq!(states[3], AttemptState::Placed);
    let keys: Vec<_> = logs[0].orders().iter().map(|order| order.idempotency_key).collect();
    assert!(keys.iter().all(|key| *key == keys[0]), "a retry is the same request");
    assert_ne!(keys[0], logs[1].orders()[0].idempotency_key, "another provider is another request");
}

#[tokio::test(start_paused = true)]
async fn our_own_fault_is_not_retried_here() {
    let alpha =
        Fake::new("alpha").placing(|_| Err(failure(ErrorKind::Configuration, Delivery::NotSent)));
    let beta = Fake::new("beta").placing_times(1, |_| Ok(completed("beta", "b-1")));
    let (router, logs) = start(vec![alpha, beta]);
    run(&router, call(1)).await;
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_one_provider_goes_to_the_next_at_once() {
    let alpha = Fake::new("alpha")
        .placing(|_| Err(refused(ErrorKind::CountryNotSupported, Refusal::ThisProvider)));
    let beta = Fake::new("beta").placing_times(1, |_| Ok(completed("beta", "b-1")));
    let (router, logs) = start(vec![alpha, beta]);

    let call = run(&router, call(1)).await;

    assert_eq!(call.provider.unwrap().as_str(), "beta");
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 1));
    assert_eq!(logs[0].when(Op::Place), logs[1].when(Op::Place), "no time passed between them");
}

#[tokio::test(start_paused = true)]
async fn refused_by_everybody_each_is_asked_once() {
    let alpha =
        Fake::new("alpha").placing(|_| Err(refused(ErrorKind::Forbidden, Refusal::ThisProvider)));
    let beta = Fake::new("beta")
        .placing(|_| Err(refused(ErrorKind::LanguageNotSupported, Refusal::ThisProvider)));
    let (router, logs) = start(vec![alpha, beta]);

    let call = run(&router, call(1)).await;

    assert_eq!(call.status, CallStatus::Refused);
    assert_eq!(
        call.fault.unwrap().kind,
        ErrorKind::LanguageNotSupported,
        "the last reason is told"
    );
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_here_goes_elsewhere_at_once() {
    for wait in [Some(seconds(30)), None] {
        let alpha = Fake::new("alpha").placing(move |_| {
            let error = refused(ErrorKind::RateLimited, Refusal::RateLimited);
            Err(match wait {
                Some(wait) => error.map(|error| error.with_retry_after(wait)),
                None => error,
            })
        });
        let beta = Fake::new("beta").placing_times(1, |_| Ok(completed("beta", "b-1")));
        let (router, logs) = start(vec![alpha, beta]);
        let call = run(&router, call(1)).await;
        assert_eq!(call.provider.unwrap().as_str(), "beta");
        assert_eq!(logs[0].when(Op::Place), logs[1].when(Op::Place));
    }
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_at_the_only_provider_waits_as_long_as_it_says() {
    let alpha = Fake::new("alpha")
        .placing_times(1, |_| {
            Err(refused(ErrorKind::RateLimited, Refusal::RateLimited)
                .map(|error| error.with_retry_after(seconds(30))))
        })
        .placing_times(1, |_| Ok(completed("alpha", "a-1")));
    let (router, logs) = start(vec![alpha]);

    let call = run(&router, call(1)).await;

    assert_eq!(call.status, CallStatus::Closed);
    let placed = logs[0].when(Op::Place);
    assert_eq!(placed.len(), 2);
    let waited = placed[1] - placed[0];
    assert!(waited >= seconds(30), "{waited:?} is too soon");
    assert!(waited < seconds(31), "{waited:?} is needlessly late");
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_without_a_time_waits_between_a_second_and_a_minute() {
    for n in 0..20 {
        let alpha = Fake::new("alpha")
            .placing_times(1, |_| Err(refused(ErrorKind::RateLimited, Refusal::RateLimited)))
            .placing_times(1, |_| Ok(completed("alpha", "a-1")));
        let (router, logs) = start(vec![alpha]);
        run(&router, call(n)).await;
        let placed = logs[0].when(Op::Place);
        let waited = placed[1] - placed[0];
        assert!(waited >= seconds(1) && waited < seconds(62), "{waited:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_longer_than_our_patience_is_refused_and_not_cut_short() {
    let alpha = Fake::new("alpha").placing(|_| {
        Err(refused(ErrorKind::RateLimited, Refusal::RateLimited)
            .map(|error| error.with_retry_after(seconds(600))))
    });
    let (router, logs) = start(vec![alpha]);
    let call = run(&router, call(1)).await;
    assert_eq!((call.status, logs[0].count(Op::Place)), (CallStatus::Refused, 1));
    assert_eq!(call.fault.unwrap().kind, ErrorKind::RateLimited);
}

#[tokio::test(start_paused = true)]
async fn out_of_credit_goes_elsewhere_only_where_the_caller_allows_it() {
    let broke =
        || Fake::new("alpha").placing(|_| Err(refused(ErrorKind::QuotaExceeded, Refusal::Quota)));

    let (router, logs) = start(vec![broke(), Fake::new("beta").never_placing()]);
    let stays = run(&router, call(1)).await;
    assert_eq!(
        (stays.status, logs[1].count(Op::Place)),
        (CallStatus::Refused, 0),
        "it waits for credit, and then gives up"
    );
    assert_eq!(stays.fault.unwrap().kind, ErrorKind::QuotaExceeded);

    let beta = Fake::new("beta").placing_times(1, |_| Ok(completed("beta", "b-1")));
    let (router, logs) = start(vec![broke(), beta]);
    let mut allowed = request(1);
    allowed.failover_on_quota = true;
    let goes = run(&router, valid(allowed)).await;
    assert_eq!(
        (goes.status, logs[0].count(Op::Place), logs[1].count(Op::Place)),
        (CallStatus::Closed, 1, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_needs_approval_waits_for_it_and_goes_nowhere_else() {
    let alpha = Fake::new("alpha")
        .placing(|_| Err(refused(ErrorKind::NeedsApproval, Refusal::NeedsApproval)));
    let (router, logs) = start(vec![alpha, Fake::new("beta").never_placing()]);
    let mut eager = request(1);
    eager.failover_on_quota = true;
    let call = run(&router, valid(eager)).await;
    assert_eq!(call.status, CallStatus::NeedsApproval);
    assert_eq!(call.fault.unwrap().kind, ErrorKind::NeedsApproval);
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_about_the_person_binds_every_provider() {
    let alpha = Fake::new("alpha").placing(|_| Err(refused(ErrorKind::Blocked, Refusal::Everyone)));
    let (router, logs) = start(vec![alpha, Fake::new("beta").never_placing()]);
    let call = run(&router, call(1)).await;
    assert_eq!((call.status, call.fault.unwrap().kind), (CallStatus::Refused, ErrorKind::Blocked));
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn placed_with_an_id_that_could_not_be_read_is_found_and_never_sent_again() {
    let alpha = Fake::new("alpha")
        .placing(|_| Err(failure(ErrorKind::Decode, Delivery::Placed)))
        .tracing(|_| Ok(vec![Trace { call: "a-7".into(), proof: Proof::NumberAndTask }]))
        .listing(|| vec![completed("alpha", "a-7")]);
    let (router, logs) = start(vec![alpha, Fake::new("beta").never_placing()]);

    let call = run(&router, call(1)).await;

    assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::Completed)));
    assert_eq!(call.provider_call_id.unwrap().as_str(), "a-7");
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn placed_with_an_id_that_is_never_found_is_stalled_and_never_sent_again() {
    let alpha = Fake::new("alpha").placing(|_| Err(failure(ErrorKind::Decode, Delivery::Placed)));
    let (router, logs) = start(vec![alpha, Fake::new("beta").never_placing()]);
    let call = run(&router, call(1)).await;
    assert_eq!(call.status, CallStatus::Stalled);
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_panics_has_told_nothing() {
    let alpha = Fake::new("alpha").placing(|_| Err(panics()));
    let (router, logs) = start(vec![alpha, Fake::new("beta").never_placing()]);
    let call = run(&router, call(1)).await;
    assert_eq!(call.status, CallStatus::Indeterminate);
    assert_eq!(call.attempts[0].delivery, Some(Delivery::Unknown));
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_leaves_does_not_stop_the_call() {
    let mut alpha = Fake::new("alpha").placing(|_| Ok(completed("alpha", "a-1")));
    alpha.place_takes = seconds(10);
    let (router, logs) = start(vec![alpha]);

    let left = tokio::time::timeout(seconds(1), router.place(call(1))).await;
    assert!(left.is_err(), "the caller gave up while the request was open");

    let id = router.calls().await.unwrap()[0].id;
    let call = within(router.wait(id)).await.unwrap();
    assert_eq!((call.status, logs[0].count(Op::Place)), (CallStatus::Closed, 1));
}

#[tokio::test(start_paused = true)]
async fn a_providers_answer_with_another_calls_id_is_unknown() {
    let alpha = Fake::new("alpha").placing(|_| Ok(queued("alpha", "a-1")));
    let (router, logs) = start(vec![alpha, Fake::new("beta").never_placing()]);
    let first = within(router.place(call(1))).await.unwrap();
    assert_eq!(first.status, CallStatus::InProgress);

    let second = run(&router, call(2)).await;

    assert_eq!(second.status, CallStatus::Indeterminate);
    assert_eq!(second.provider_call_id, None);
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn two_providers_on_one_platform_are_no_backup_of_each_other() {
    let twin = |name: &str| {
        let mut fake = Fake::new(name);
        fake.info.failure_domains = "one platform".into();
        fake
    };
    let alpha = twin("alpha").placing(|_| Err(not_sent()));
    let beta = twin("beta").never_placing();
    let gamma = Fake::new("gamma").placing_times(1, |_| Ok(completed("gamma", "c-1")));
    let (router, logs) = start(vec![alpha, beta, gamma]);
    let call = run(&router, call(1)).await;
    assert_eq!(call.provider.unwrap().as_str(), "gamma");
    assert_eq!(logs[1].count(Op::Place), 0);

    // A refusal is about the account, not about the platform.
    let alpha =
        twin("alpha").placing(|_| Err(refused(ErrorKind::Forbidden, Refusal::ThisProvider)));
    let beta = twin("beta").placing_times(1, |_| Ok(completed("beta", "b-1")));
    let (router, _) = start_with(vec![alpha, beta], |_| {}, |builder| builder);
    assert_eq!(run(&router, self::call(2)).await.provider.unwrap().as_str(), "beta");
}

#[tokio::test(start_paused = true)]
async fn nobody_else_is_asked_while_nobody_knows() {
    let alpha = Fake::new("alpha").placing(|_| Err(unknown()));
    let (router, logs) = start(vec![alpha, Fake::new("beta").never_placing()]);
    let call = run(&router, call(1)).await;
    assert_eq!(call.status, CallStatus::Indeterminate);
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 0));
}
