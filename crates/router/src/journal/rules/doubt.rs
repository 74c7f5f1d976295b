//! Who speaks for an agent whose last call nobody can name.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use switchboard_core::{AttemptId, Delivery, Proof, Result};
use uuid::Uuid;

use super::{admitted, agents_attempt, bracket, failed, fault, in_doubt, open, record, request};
use crate::{
    journal::{Journal, Needs},
    state::Fact,
};

async fn certain(journal: &Arc<dyn Journal>, n: u32, provider: &str, agent: Option<&str>) -> Result<AttemptId> {
    let needs = Needs {
        certain_agent: true,
        ..Needs::default()
    };
    let call = open(journal, request(n), 0).await;
    record(journal, call, admitted()).await;
    let one = agents_attempt(provider, agent);
    let tried = one.id;
    bracket(journal, call, one, needs).await.map(|_| tried)
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
    bracket(&journal, careless, one, Needs::default()).await.unwrap();

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
    assert!(journal.is_alone(first).await.unwrap());
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
        assert!(journal.is_alone(first).await.unwrap(), "what may not be sent rings nowhere");
        record(&journal, call, Fact::Claimed(tried)).await;
        record(&journal, call, Fact::Sent(tried)).await;
        assert_eq!(journal.is_alone(first).await.unwrap(), alone, "{provider} {agent:?}");
        assert_eq!(journal.is_alone(tried).await.unwrap(), alone);
        record(&journal, call, failed(tried, Delivery::Unknown)).await;
        assert_eq!(journal.is_alone(first).await.unwrap(), alone);
        if !alone {
            record(&journal, call, Fact::Traced(tried, "a-3".into(), Proof::LeadId)).await;
            assert!(journal.is_alone(first).await.unwrap(), "the other's id is known");
        }
    }
    let (call, any) = in_doubt(&journal, 4, agents_attempt("alpha", None)).await;
    assert!(!journal.is_alone(first).await.unwrap(), "it may be this agent's");
    assert!(!journal.is_alone(any).await.unwrap());
    record(&journal, call, failed(any, Delivery::NotSent)).await;
    assert!(journal.is_alone(first).await.unwrap());
    assert!(
        !journal.is_alone(AttemptId::new(Uuid::nil())).await.unwrap(),
        "of what is not known nothing is known"
    );
}
