//! Who speaks for an agent whose last call nobody can name.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use switchboard_core::{AttemptId, Delivery, Outcome, Proof, Result};
use switchboard_router::Reservation;
use uuid::Uuid;

use super::fixtures::{
    admitted, agents_attempt, failed, fault, in_doubt, open, record, request, send, write_intent,
};
use crate::{
    Journal,
    state::{Fact, Resolution, Verdict},
};

async fn certain(
    journal: &Arc<dyn Journal>,
    n: u32,
    provider: &str,
    agent: Option<&str>,
) -> Result<AttemptId> {
    let reservation = Reservation { certain_agent: true, ..Reservation::default() };
    let call = open(journal, request(n), 0).await;
    record(journal, call, admitted()).await;
    let one = agents_attempt(provider, agent);
    let tried = one.id;
    write_intent(journal, call, one, reservation).await.map(|_| tried)
}

pub(super) async fn an_agent_in_doubt_takes_no_call(journal: Arc<dyn Journal>) {
    // One whose answer is open is in nobody's way.
    certain(&journal, 0, "alpha", Some("a")).await.unwrap();
    certain(&journal, 1, "alpha", Some("a")).await.unwrap();
    let (call, tried) = in_doubt(&journal, 2, agents_attempt("alpha", Some("a"))).await;
    let mut n = 10;
    for given_up in [false, true] {
        if given_up {
            record(&journal, call, Fact::Reconciling(tried)).await;
            record(&journal, call, Fact::GaveUp(fault())).await;
        }
        for (provider, agent, goes_on) in [
            ("alpha", Some("a"), false),
            ("alpha", None, false),
            ("alpha", Some("b"), true),
            ("beta", Some("a"), true),
            ("beta", None, true),
        ] {
            n += 1;
            let taken = certain(&journal, n, provider, agent).await;
            match taken {
                Ok(_) => assert!(goes_on, "{provider} {agent:?}"),
                Err(error) => assert_eq!((goes_on, error.code()), (false, Some("agent_in_doubt"))),
            }
        }
    }
    let careless = open(&journal, request(30), 0).await;
    record(&journal, careless, admitted()).await;
    let one = agents_attempt("alpha", Some("a"));
    write_intent(&journal, careless, one, Reservation::default()).await.unwrap();

    record(&journal, call, Fact::Traced(tried, "a-1".into(), Proof::LeadId)).await;
    certain(&journal, 31, "alpha", Some("a")).await.unwrap();
    // Who names no agent may be any.
    let (call, tried) = in_doubt(&journal, 32, agents_attempt("alpha", None)).await;
    let error = certain(&journal, 33, "alpha", Some("b")).await.unwrap_err();
    assert_eq!(error.code(), Some("agent_in_doubt"));
    record(&journal, call, failed(tried, Delivery::NotSent)).await;
    certain(&journal, 34, "alpha", Some("b")).await.unwrap();
}

pub(super) async fn who_is_alone(journal: Arc<dyn Journal>) {
    let (_, first) = in_doubt(&journal, 0, agents_attempt("alpha", Some("a"))).await;
    assert!(journal.is_unambiguous_by_agent(first).await.unwrap());
    let others = [
        (1, "alpha", Some("b"), true),
        (2, "beta", Some("a"), true),
        (3, "alpha", Some("a"), false),
    ];
    for (n, provider, agent, alone) in others {
        let call = open(&journal, request(n), 0).await;
        record(&journal, call, admitted()).await;
        let one = agents_attempt(provider, agent);
        let tried = one.id;
        record(&journal, call, Fact::Intended(Box::new(one))).await;
        assert!(
            journal.is_unambiguous_by_agent(first).await.unwrap(),
            "what may not be sent rings nowhere"
        );
        record(&journal, call, Fact::Claimed(tried)).await;
        record(&journal, call, Fact::Sent(tried)).await;
        assert_eq!(
            journal.is_unambiguous_by_agent(first).await.unwrap(),
            alone,
            "{provider} {agent:?}"
        );
        assert_eq!(journal.is_unambiguous_by_agent(tried).await.unwrap(), alone);
        record(&journal, call, failed(tried, Delivery::Unknown)).await;
        assert_eq!(journal.is_unambiguous_by_agent(first).await.unwrap(), alone);
        if !alone {
            record(&journal, call, Fact::Traced(tried, "a-3".into(), Proof::LeadId)).await;
            assert!(
                journal.is_unambiguous_by_agent(first).await.unwrap(),
                "the other's id is known"
            );
        }
    }
    let (call, any) = in_doubt(&journal, 4, agents_attempt("alpha", None)).await;
    assert!(!journal.is_unambiguous_by_agent(first).await.unwrap(), "it may be this agent's");
    assert!(!journal.is_unambiguous_by_agent(any).await.unwrap());
    record(&journal, call, failed(any, Delivery::NotSent)).await;
    assert!(journal.is_unambiguous_by_agent(first).await.unwrap());
    assert!(
        !journal.is_unambiguous_by_agent(AttemptId::new(Uuid::nil())).await.unwrap(),
        "of what is not known nothing is known"
    );
}

pub(super) async fn an_end_without_an_id_leaves_its_neighbours_unproven(journal: Arc<dyn Journal>) {
    let (_, first) = in_doubt(&journal, 0, agents_attempt("alpha", Some("a"))).await;
    let (call, ended) = in_doubt(&journal, 1, agents_attempt("alpha", Some("a"))).await;
    let word = |theirs: Option<&str>| Resolution {
        verdict: Verdict::Ended(Outcome::Completed),
        call: theirs.map(Into::into),
        by: "an operator".to_owned(),
        note: "the callee says so".to_owned(),
    };
    record(&journal, call, Fact::Resolved(ended, word(None))).await;
    assert!(
        !journal.is_unambiguous_by_agent(first).await.unwrap(),
        "one of the provider's calls is the other's, and nobody knows which"
    );
    let taken = certain(&journal, 2, "alpha", Some("a")).await.unwrap_err();
    assert_eq!(taken.code(), Some("agent_in_doubt"), "of the first one");

    let (call, named) = in_doubt(&journal, 3, agents_attempt("beta", Some("a"))).await;
    let (_, neighbour) = in_doubt(&journal, 4, agents_attempt("beta", Some("a"))).await;
    record(&journal, call, Fact::Resolved(named, word(Some("b-1")))).await;
    assert!(
        journal.is_unambiguous_by_agent(neighbour).await.unwrap(),
        "it is known which one is the other's"
    );
    assert_eq!(
        journal
            .owner(&switchboard_core::ProviderId::from_static("beta"), &"b-1".into())
            .await
            .unwrap(),
        Some(call)
    );
}

pub(super) async fn two_tenants_with_one_task_are_not_told_apart_by_it(journal: Arc<dyn Journal>) {
    let ours = request(0);
    let theirs = ours.clone().with(|call| call.tenant = Some("another".to_owned()));
    let elsewhere = ours.clone().with(|call| {
        call.tenant = Some("a third".to_owned());
        call.task = "Ask for the price of a haircut.".to_owned();
    });
    let mut attempts = Vec::new();
    for asked in [ours, theirs, elsewhere] {
        let call = open(&journal, asked, 0).await;
        attempts.push((call, send(&journal, call).await));
    }
    let alone = async |n: usize| {
        let (_, attempt) = attempts[n];
        journal.is_unambiguous_by_task(attempt).await.unwrap()
    };
    assert_eq!((alone(0).await, alone(1).await, alone(2).await), (false, false, true));
    let (call, attempt) = attempts[1];
    record(&journal, call, Fact::Traced(attempt, "a-1".into(), Proof::LeadId)).await;
    assert!(alone(0).await, "the other's id is known");
}
