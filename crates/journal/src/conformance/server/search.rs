//! Pages of calls: every call once, whatever is asked for.

#![allow(clippy::unwrap_used)]

use std::{collections::BTreeSet, sync::Arc};

use switchboard_core::{
    Assignment, Call, CallId, CallRequest, CallStatus, Country, Delivery, Outcome, ProviderId,
    TenantId,
};
use uuid::Uuid;

use crate::{
    Journal, JournalExt, NewCall, Opened,
    conformance::fixtures::{
        admitted, at, attempt, completed, failed, fault, queued, record, request, valid,
    },
    server::{COUNTED, CallSearch, CallsFilter, CallsPage},
    state::Fact,
};

/// The id of a call that was received after this many seconds, as the first or second one.
fn id(after: u64, second: bool) -> CallId {
    let millis = u128::try_from(at(after).as_millisecond()).unwrap();
    CallId::new(Uuid::from_u128(millis << 80 | 0x7 << 76 | 0x8 << 60 | u128::from(second)))
}

/// The `n`th request: each property has a period of its own.
fn asked(n: u32) -> CallRequest {
    let person = if n % 4 == 3 { 100 + n } else { n % 6 };
    let to = if n.is_multiple_of(7) {
        format!("+44207946{:04}", person % 1_000)
    } else {
        request(person).to
    };
    CallRequest::new(to, format!("Ask for the {n}th time.")).with(|call| {
        call.tenant = n.is_multiple_of(3).then(|| "acme".to_owned());
        call.agent = n.is_multiple_of(2).then(|| "assistant".to_owned());
        call.tags =
            ["blue", "red"].into_iter().take((n % 7 % 3) as usize).map(str::to_owned).collect();
        call.batch = n.is_multiple_of(5).then(|| "spring".to_owned());
    })
}

/// The `n`th call, received after `n` seconds, in one of four states.
async fn open(journal: &Arc<dyn Journal>, n: u32) -> CallId {
    let id = id(n.into(), false);
    let new = NewCall::new(id, Arc::new(valid(&asked(n))), at(n.into()));
    assert!(matches!(journal.open(new).await.unwrap(), Opened::New(_)));
    match n % 4 {
        0 => {}
        1 => {
            record(journal, id, Fact::Refused(fault())).await;
        }
        _ => place(journal, id, n).await,
    }
    id
}

/// From received to in progress, and for every second call to its end.
async fn place(journal: &Arc<dyn Journal>, id: CallId, n: u32) {
    let provider = if n % 5 == 2 { "beta" } else { "alpha" };
    let experiment = (n % 3 == 2).then(|| Assignment {
        experiment: "greeting".to_owned(),
        version: 1,
        arm: if n.is_multiple_of(2) { "a" } else { "b" }.to_owned(),
    });
    let Fact::Admitted { estimated_cost, plan, .. } = admitted() else { unreachable!() };
    record(journal, id, Fact::Admitted { estimated_cost, experiment, plan }).await;
    let mut tried = attempt(provider);
    if n % 6 == 2 {
        for fact in [Fact::Intended(Box::new(tried.clone())), Fact::Claimed(tried.id)] {
            record(journal, id, fact).await;
        }
        record(journal, id, failed(tried.id, Delivery::NotSent)).await;
        tried = attempt(provider);
    }
    let theirs = format!("{provider}-{n}");
    let answer = Fact::Answered(tried.id, Box::new(queued(provider, &theirs)));
    for fact in [
        Fact::Intended(Box::new(tried.clone())),
        Fact::Claimed(tried.id),
        Fact::Sent(tried.id),
        answer,
    ] {
        record(journal, id, fact).await;
    }
    if n % 4 == 2 {
        record(journal, id, Fact::Reported(Box::new(completed(provider, &theirs)))).await;
    }
}

/// One filter for each property, and some together.
fn filters() -> Vec<CallsFilter> {
    let any = CallsFilter::default;
    let tenant = Some(TenantId::from("acme"));
    let to = |n| Some(valid(&asked(n)).to);
    vec![
        any(),
        CallsFilter { tenant: tenant.clone(), ..any() },
        CallsFilter { statuses: vec![CallStatus::Received, CallStatus::Refused], ..any() },
        CallsFilter { outcomes: vec![Outcome::Completed], ..any() },
        CallsFilter { provider: Some(ProviderId::new("beta".to_owned())), ..any() },
        CallsFilter { agent: Some("assistant".into()), ..any() },
        CallsFilter { country: Some(Country::GB), ..any() },
        CallsFilter { tags: BTreeSet::from(["red".to_owned(), "green".to_owned()]), ..any() },
        CallsFilter { to: to(1), ..any() },
        CallsFilter { to: to(6), tenant: tenant.clone(), ..any() },
        CallsFilter { to: to(2), statuses: vec![CallStatus::Closed], ..any() },
        CallsFilter { experiment: Some("greeting".to_owned()), ..any() },
        CallsFilter { arm: Some("b".to_owned()), ..any() },
        CallsFilter { batch: Some("spring".into()), ..any() },
        CallsFilter { created_after: Some(at(7)), ..any() },
        CallsFilter { created_before: Some(at(11)), ..any() },
        CallsFilter {
            created_after: Some(at(3)),
            created_before: Some(at(20)),
            to: to(1),
            ..any()
        },
        CallsFilter {
            tenant,
            statuses: vec![CallStatus::Closed],
            tags: BTreeSet::from(["blue".to_owned()]),
            created_after: Some(at(4)),
            ..any()
        },
        CallsFilter { provider: Some(ProviderId::new("nobody".to_owned())), ..any() },
    ]
}

fn ids(page: &CallsPage) -> Vec<CallId> {
    page.calls.iter().map(|(call, _)| call.id).collect()
}

pub(super) async fn pages_neither_lose_nor_double_a_call<Store>(store: Arc<Store>)
where
    Store: CallSearch + Journal + 'static,
{
    const CALLS: u32 = 30;
    let journal: Arc<dyn Journal> = Arc::clone(&store) as Arc<dyn Journal>;
    for n in 0..CALLS {
        open(&journal, n).await;
    }
    let (mut newest, mut found_some) = (CALLS, 0);
    for (nth, filter) in filters().into_iter().enumerate() {
        let mut expected = Vec::new();
        for call in journal.list().await.unwrap().iter().rev() {
            let request = journal.request(call.id).await.unwrap();
            if filter.matches(call, request.as_deref()) {
                expected.push(call.id);
            }
        }
        found_some += usize::from(!expected.is_empty());
        for limit in [1, 4, 100] {
            let mut filter = CallsFilter { limit, ..filter.clone() };
            let mut found = Vec::new();
            loop {
                let page = store.find(&filter).await.unwrap();
                assert!(page.calls.len() <= limit as usize);
                found.extend(ids(&page));
                let Some(next) = page.next else { break };
                assert!(filter.before.is_none_or(|before| next < before), "it goes on");
                filter.before = Some(next);
                // Calls that come in meanwhile are newer than what is still to be read.
                if limit == 4 && newest < CALLS + 12 {
                    open(&journal, newest).await;
                    newest += 1;
                }
            }
            // What came in since the list was made is in front of it.
            found.retain(|id| expected.first().is_none_or(|first| id <= first));
            assert_eq!(found, expected, "filter {nth} by {limit}");
        }
    }
    assert!(newest > CALLS && found_some >= filters().len() - 1);
}

pub(super) async fn a_page_has_whole_calls<Store>(store: Arc<Store>)
where
    Store: CallSearch + Journal + 'static,
{
    let journal: Arc<dyn Journal> = Arc::clone(&store) as Arc<dyn Journal>;
    assert_eq!(ids(&store.find(&CallsFilter::default()).await.unwrap()), []);
    let mut opened = Vec::new();
    for n in 0..12 {
        opened.insert(0, open(&journal, n).await);
    }
    let page = store.find(&CallsFilter { limit: 12, ..CallsFilter::default() }).await.unwrap();
    assert_eq!((ids(&page), page.next), (opened.clone(), None), "nothing is behind the last one");
    for (call, request) in page.calls {
        assert_eq!(Some(&call), journal.get(call.id).await.unwrap().as_ref());
        assert_eq!(request, journal.request(call.id).await.unwrap());
    }
    let tried = |call: &Call| call.attempts.len();
    let two = store.find_one(id(2, false), None).await.unwrap().unwrap();
    assert_eq!(tried(&two.0), 2, "with every attempt");
    let none = store.find(&CallsFilter { limit: 0, ..CallsFilter::default() }).await.unwrap();
    assert_eq!((ids(&none), none.next), (vec![opened[0]], Some(opened[0])));
}

pub(super) async fn a_call_is_its_tenants<Store>(store: Arc<Store>)
where
    Store: CallSearch + Journal + 'static,
{
    let journal: Arc<dyn Journal> = Arc::clone(&store) as Arc<dyn Journal>;
    let call = open(&journal, 3).await;
    let (acme, other) = (TenantId::from("acme"), TenantId::from("other"));
    let (found, request) = store.find_one(call, Some(&acme)).await.unwrap().unwrap();
    assert_eq!(Some(found), journal.get(call).await.unwrap());
    assert_eq!(request.unwrap().to, valid(&asked(3)).to);
    assert!(store.find_one(call, None).await.unwrap().is_some());
    assert!(store.find_one(call, Some(&other)).await.unwrap().is_none());
    assert!(store.find_one(id(3, true), None).await.unwrap().is_none());
    let theirs = CallsFilter { tenant: Some(other), limit: 9, ..CallsFilter::default() };
    assert_eq!(ids(&store.find(&theirs).await.unwrap()), []);
}

pub(super) async fn calls_are_counted_by_status<Store>(store: Arc<Store>)
where
    Store: CallSearch + Journal + 'static,
{
    let journal: Arc<dyn Journal> = Arc::clone(&store) as Arc<dyn Journal>;
    assert_eq!(store.count().await.unwrap(), [0; COUNTED.len()]);
    for n in 0..24 {
        open(&journal, n).await;
    }
    let calls = journal.list().await.unwrap();
    let with = |status| calls.iter().filter(|call| call.status == status).count();
    let expected = COUNTED.map(|status| u32::try_from(with(status)).unwrap());
    assert_eq!(store.count().await.unwrap(), expected);
    let counted: u32 = expected.iter().sum();
    assert!(with(CallStatus::Received) > 0 && with(CallStatus::InProgress) > 0);
    assert!(counted < 24, "what is over is not counted");
}
