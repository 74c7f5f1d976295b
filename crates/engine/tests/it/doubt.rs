//! Attempts of which nobody knows whether they rang: evidence, and what may not count as any.

use switchboard_core::{
    AgentProfile, AttemptState, CallStatus, Delivery, ErrorKind, Idempotency, Outcome,
    PlaceRequest, ProfileName, Proof, ProviderCall, ProviderCallId, Refusal, Result, Trace,
};
use switchboard_router::{Match, Policy, Route};

use crate::support::{
    Fake, Op, call, completed,
    fake::{failure, refused, unknown},
    id, number, queued, request, run, seconds, start, start_with, valid, within,
};

fn trace(theirs: &str, proof: Proof) -> Trace {
    Trace { call: theirs.into(), proof }
}

/// An account that takes no key: a call of it can only be told by its agent and its time.
fn keyless(name: &str) -> Fake {
    let mut fake = Fake::new(name);
    fake.info.idempotency = Idempotency::None;
    fake
}

fn in_doubt_for(
    numbers: &'static [u32],
) -> impl Fn(&PlaceRequest) -> Result<ProviderCall, switchboard_core::PlaceError> + Send + 'static {
    move |order| {
        if numbers.iter().any(|n| order.call.to.e164() == number(*n)) {
            return Err(unknown());
        }
        Ok(queued("alpha", &format!("a-{}", order.call.to.e164())))
    }
}

#[tokio::test(start_paused = true)]
async fn evidence_closes_the_call_and_is_written_down() {
    for proof in
        [Proof::NumberAndTask, Proof::LeadId, Proof::Webhook, Proof::UsageRow, Proof::AgentAndTime]
    {
        let alpha = keyless("alpha")
            .placing(|_| Err(unknown()))
            .tracing(move |_| Ok(vec![trace("a-1", proof)]))
            .listing(|| vec![completed("alpha", "a-1")]);
        let (router, logs) = start(vec![alpha, Fake::new("beta").never_placing()]);

        let call = run(&router, call(1)).await;

        assert_eq!((call.status, call.outcome), (CallStatus::Closed, Some(Outcome::Completed)));
        assert_eq!(call.attempts.len(), 1);
        assert_eq!(call.attempts[0].state, AttemptState::Placed);
        let proofs: Vec<Proof> =
            call.attempts[0].evidence.iter().map(|evidence| evidence.proof).collect();
        assert!(proofs.contains(&proof), "{proofs:?} lacks {proof:?}");
        assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn the_strongest_evidence_is_believed_and_two_calls_are_none() {
    let alpha = keyless("alpha")
        .placing(|_| Err(unknown()))
        .tracing(|_| Ok(vec![trace("a-1", Proof::LeadId), trace("a-2", Proof::AgentAndTime)]))
        .listing(|| vec![completed("alpha", "a-1")]);
    let (router, _) = start(vec![alpha]);
    assert_eq!(run(&router, call(1)).await.provider_call_id, Some("a-1".into()));

    let alpha = keyless("alpha").placing(|_| Err(unknown())).tracing(|_| {
        Ok(vec![trace("a-1", Proof::NumberAndTask), trace("a-2", Proof::NumberAndTask)])
    });
    let (router, _) = start(vec![alpha]);
    let call = run(&router, call(1)).await;
    assert_eq!((call.status, call.provider_call_id), (CallStatus::Indeterminate, None));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_another_one_owns_is_no_evidence() {
    let alpha = Fake::new("alpha")
        .placing(in_doubt_for(&[2]))
        .tracing(|_| Ok(vec![trace(&format!("a-{}", number(1)), Proof::NumberAndTask)]));
    let (router, _) = start(vec![alpha]);
    within(router.place(call(1))).await.unwrap();
    assert_eq!(run(&router, call(2)).await.status, CallStatus::Indeterminate);
}

#[tokio::test(start_paused = true)]
async fn evidence_that_comes_late_is_waited_for() {
    let began = tokio::time::Instant::now();
    let alpha = Fake::new("alpha")
        .placing(|_| Err(unknown()))
        .tracing(move |_| {
            if began.elapsed() < seconds(600) {
                return Err(failure(ErrorKind::Provider, Delivery::NotSent).into_error());
            }
            Ok(vec![trace("a-1", Proof::NumberAndTask)])
        })
        .listing(|| vec![completed("alpha", "a-1")]);
    let (router, logs) = start(vec![alpha]);
    assert_eq!(run(&router, call(1)).await.status, CallStatus::Closed);
    assert_eq!(logs[0].count(Op::Place), 1);
}

#[tokio::test(start_paused = true)]
async fn without_evidence_the_call_is_indeterminate_and_the_callee_stays_locked() {
    let alpha = Fake::new("alpha").placing(|_| Err(unknown()));
    let (router, logs) = start(vec![alpha, Fake::new("beta").never_placing()]);
    let began = tokio::time::Instant::now();

    let first = run(&router, call(1)).await;
    assert_eq!(first.status, CallStatus::Indeterminate);
    let looked = began.elapsed();
    assert!(looked >= seconds(15 * 60) && looked < seconds(17 * 60), "{looked:?}");

    let mut other = request(1);
    other.task = "Ask for the price of a haircut.".to_owned();
    let second = run(&router, valid(other)).await;
    assert_eq!(second.status, CallStatus::Refused);
    assert!(second.attempts.is_empty());
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn an_agent_in_doubt_takes_no_new_call_where_there_is_no_key() {
    let alpha = keyless("alpha").placing(in_doubt_for(&[1]));
    let (router, logs) = start(vec![alpha]);
    let first = router.submit(call(1)).await.unwrap();
    tokio::time::sleep(seconds(1)).await;

    let second = run(&router, call(2)).await;

    assert_eq!(
        (second.status, second.fault.unwrap().kind),
        (CallStatus::Refused, ErrorKind::NoProvider)
    );
    assert_eq!(logs[0].count(Op::Place), 1);
    assert_eq!(within(router.wait(first.id)).await.unwrap().status, CallStatus::Indeterminate);
    let plan = router.plan(&call(3));
    let why: Vec<_> = plan.rejected.iter().map(|one| one.rejection.code()).collect();
    assert_eq!(why, ["agent_in_doubt"], "whoever plans sees it before the journal says so");
    let third = run(&router, call(3)).await;
    assert_eq!(third.status, CallStatus::Refused, "nothing was proved, so the doubt stays");
    assert_eq!(logs[0].count(Op::Place), 1);
}

#[tokio::test(start_paused = true)]
async fn an_agent_in_doubt_takes_calls_again_once_it_is_proved() {
    let alpha = keyless("alpha")
        .placing(in_doubt_for(&[1]))
        .tracing(|_| Ok(vec![trace("a-1", Proof::AgentAndTime)]));
    let (router, logs) = start(vec![alpha]);
    router.submit(call(1)).await.unwrap();
    tokio::time::sleep(seconds(1)).await;
    let second = within(router.place(call(2))).await.unwrap();
    assert_eq!(second.status, CallStatus::InProgress);
    let placed = logs[0].when(Op::Place);
    assert!(placed[1] >= seconds(2), "not before the evidence came: {placed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_doubt_blocks_nobody_where_a_key_tells_calls_apart() {
    let alpha = Fake::new("alpha").placing(in_doubt_for(&[1]));
    let (router, logs) = start(vec![alpha]);
    router.submit(call(1)).await.unwrap();
    tokio::time::sleep(seconds(1)).await;
    assert_eq!(within(router.place(call(2))).await.unwrap().status, CallStatus::InProgress);
    assert!(logs[0].when(Op::Place)[1] <= seconds(1));
}

fn two_agents(policy: &mut Policy) {
    for name in ["anna", "bert"] {
        let profile = AgentProfile {
            name: ProfileName::new(name),
            agents: [(id("alpha"), format!("agent-{name}").into())].into(),
            languages: Vec::new(),
            expected_duration: None,
        };
        policy.profiles.insert(ProfileName::new(name), profile);
    }
}

#[tokio::test(start_paused = true)]
async fn a_doubt_blocks_its_own_agent_alone() {
    let alpha = keyless("alpha").placing(in_doubt_for(&[1]));
    let (router, logs) = start_with(vec![alpha], two_agents, |builder| builder);
    let by = |n: u32, agent: &str| {
        let mut request = request(n);
        request.agent = Some(agent.to_owned());
        valid(request)
    };
    router.submit(by(1, "anna")).await.unwrap();
    tokio::time::sleep(seconds(1)).await;
    assert_eq!(within(router.place(by(2, "bert"))).await.unwrap().status, CallStatus::InProgress);
    assert_eq!(within(router.place(by(3, "anna"))).await.unwrap().status, CallStatus::Refused);
    let agents: Vec<_> = logs[0].orders().into_iter().map(|order| order.agent.unwrap()).collect();
    assert_eq!(agents, ["agent-anna".into(), "agent-bert".into()]);
}

/// Two calls are sent at once and both end in doubt; each of them has one call that may be it.
async fn both_in_doubt(proof: Proof) -> Vec<(CallStatus, Option<ProviderCallId>)> {
    let mut alpha = keyless("alpha")
        .placing(|_| Err(unknown()))
        .tracing(move |order| Ok(vec![trace(&format!("a-{}", order.call.to.e164()), proof)]))
        .listing(|| {
            vec![
                completed("alpha", &format!("a-{}", number(1))),
                completed("alpha", &format!("a-{}", number(2))),
            ]
        });
    alpha.place_takes = seconds(5);
    let (router, logs) = start(vec![alpha]);
    let first = router.submit(call(1)).await.unwrap();
    let second = router.submit(call(2)).await.unwrap();
    let mut ends = Vec::new();
    for id in [first.id, second.id] {
        let call = within(router.wait(id)).await.unwrap();
        ends.push((call.status, call.provider_call_id));
    }
    assert_eq!(logs[0].count(Op::Place), 2);
    ends
}

#[tokio::test(start_paused = true)]
async fn two_doubts_of_one_agent_are_never_proved_by_agent_and_time() {
    for proof in [Proof::AgentAndTime, Proof::UsageRow] {
        assert_eq!(
            both_in_doubt(proof).await,
            [(CallStatus::Indeterminate, None), (CallStatus::Indeterminate, None)]
        );
    }
    let ends = both_in_doubt(Proof::NumberAndTask).await;
    assert!(
        ends.iter().all(|(status, theirs)| *status == CallStatus::Closed && theirs.is_some()),
        "{ends:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refused_neighbour_leaves_the_evidence_alone() {
    let mut alpha = keyless("alpha")
        .placing(|order| {
            Err(if order.call.to.e164() == number(1) {
                unknown()
            } else {
                refused(ErrorKind::Forbidden, Refusal::ThisProvider)
            })
        })
        .tracing(|_| Ok(vec![trace("a-1", Proof::AgentAndTime)]))
        .listing(|| vec![completed("alpha", "a-1")]);
    alpha.place_takes = seconds(5);
    let (router, _) = start(vec![alpha]);
    let first = router.submit(call(1)).await.unwrap();
    router.submit(call(2)).await.unwrap();
    assert_eq!(within(router.wait(first.id)).await.unwrap().status, CallStatus::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_doubt_does_not_hold_up_calls_on_a_route_without_it() {
    let alpha = keyless("alpha").placing(|_| Err(unknown()));
    let beta = Fake::new("beta").placing(|_| Ok(completed("beta", "b-1")));
    let (router, logs) = start_with(
        vec![alpha, beta],
        |policy| {
            policy.routes.push(Route {
                name: "beta first".to_owned(),
                when: Match { tags: ["elsewhere".to_owned()].into(), ..Match::default() },
                providers: vec![id("beta")],
                strategy: None,
                busy_callee: Default::default(),
                failover_on_quota: false,
                facts: Default::default(),
            });
        },
        |builder| builder,
    );
    router.submit(call(1)).await.unwrap();
    let mut elsewhere = request(2);
    elsewhere.tags = vec!["elsewhere".to_owned()];
    assert_eq!(run(&router, valid(elsewhere)).await.status, CallStatus::Closed);
    assert_eq!((logs[0].count(Op::Place), logs[1].count(Op::Place)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_neighbours_call_whose_id_was_never_read_proves_nothing() {
    // The neighbour was placed for certain and its id never found. Its call is the only one that
    // the list shows: it is not ours.
    let began = tokio::time::Instant::now();
    let mut alpha = Fake::new("alpha")
        .placing(|order| {
            Err(if order.call.to.e164() == number(1) {
                failure(ErrorKind::Decode, Delivery::Placed)
            } else {
                unknown()
            })
        })
        .tracing(move |order| {
            let shown = order.call.to.e164() == number(2) && began.elapsed() > seconds(905);
            Ok(shown.then(|| trace("the neighbour's", Proof::AgentAndTime)).into_iter().collect())
        });
    alpha.place_takes = seconds(1);
    let (router, _) = start(vec![alpha]);
    let first = router.submit(call(1)).await.unwrap();
    tokio::time::sleep(seconds(30)).await;
    let second = router.submit(call(2)).await.unwrap();
    assert_eq!(within(router.wait(first.id)).await.unwrap().status, CallStatus::Stalled);
    let second = within(router.wait(second.id)).await.unwrap();
    assert_eq!((second.status, second.provider_call_id), (CallStatus::Indeterminate, None));
}
