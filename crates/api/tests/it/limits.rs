//! Bounds on calls: how many may wait, and what is left of limits and budgets.

use std::{collections::HashSet, time::Duration};

use http::StatusCode;
use serde_json::{Value, json};
use switchboard::{
    Budget, CallId, CallRequest, Money, TenantId,
    core::{Currency, RequestLimit},
    journal::server::{EventFeed, FeedQuery},
    router::{Allowance, Period},
};
use switchboard_api::caller::Role;

use crate::support::{Server, schema::operation};

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_says_what_is_left_of_the_limit_on_calls() {
    let server = Server::with_policy(|policy| {
        let requests = RequestLimit { requests: 30, window: Duration::from_secs(60) };
        policy.each_tenant = Allowance { requests: Some(requests), ..Allowance::default() };
    })
    .await;
    let key = server.key(Some("acme"), Role::Caller).await;
    server.finished(&key, "first").await;
    let placed = server.place(&key, "later", &later(1)).await;
    let policy = placed.header("ratelimit-policy");
    assert_eq!(policy, "\"requests\";q=600;w=60, \"calls\";q=30;w=60");
    let (requests, calls) = placed.header("ratelimit").split_once(", ").unwrap();
    assert!(requests.starts_with("\"requests\";r=59"), "{requests}");
    let time = calls.strip_prefix("\"calls\";r=29;t=").expect(calls);
    assert!((1..=60).contains(&time.parse::<u32>().unwrap()), "{calls}");
}

/// A call in an hour, to another number each time.
fn later(n: u32) -> Value {
    let at = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    json!({"to": format!("+1212555{:04}", 1_000 + n), "task": "Ask for the price.", "not_before": at.to_string()})
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_calls_wait_as_may_and_no_more() {
    let server = Server::with_policy(|policy| {
        policy
            .tenants
            .insert("small".into(), Allowance { waiting: Some(3), ..Allowance::default() });
    })
    .await;
    let small = server.key(Some("small"), Role::Caller).await;
    let calls = [0, 1, 2].map(later);
    for (n, call) in calls.iter().enumerate() {
        let placed = server.place(&small, &n.to_string(), call).await;
        assert_eq!(placed.status, StatusCode::CREATED, "{}", placed.text);
    }
    let refused = server.place(&small, "more", &later(3)).await;
    operation("placeCall").check(&refused);
    assert_eq!((refused.status.as_u16(), refused.code()), (429, "too_many_waiting"));
    assert_eq!(refused.body["delivery"], "not_sent");
    assert!(!refused.header("retry-after").is_empty());
    // What was accepted is there, whatever else waits.
    let again = server.place(&small, "0", &calls[0]).await;
    assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (201, "true"));
    let other = server.key(Some("other"), Role::Caller).await;
    let placed = server.place(&other, "more", &later(3)).await;
    assert_eq!(placed.status, StatusCode::CREATED, "others wait by themselves: {}", placed.text);
}

/// On one thread, so that thousands of calls begin to wait before anybody reads what is told of them.
#[tokio::test]
async fn of_every_call_that_waits_it_is_told_however_many_begin_at_once() {
    let server = Server::with_policy(|policy| {
        let requests = RequestLimit { requests: 1, window: Duration::from_secs(20) };
        policy.each_tenant = Allowance { requests: Some(requests), ..Allowance::default() };
    })
    .await;
    let engine = server.switchboard.engine();
    let accept = async |n: usize| {
        let to = format!("+1{}555{:04}", ["212", "646"][n / 9_000], 1_000 + n % 9_000);
        let request = CallRequest::new(to, "Ask.").validate(jiff::Timestamp::now()).unwrap();
        engine.accept(request).await.unwrap().into_call().id
    };
    let waits = || -> HashSet<CallId> { engine.waits().into_iter().map(|(id, _)| id).collect() };
    // Some waited before, as calls that were taken over do.
    let (sent, early) = (accept(0).await, accept(1).await);
    while waits() != HashSet::from([early]) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let _background = server.background();
    tokio::time::sleep(Duration::from_millis(1)).await;
    let mut all = HashSet::from([early]);
    for n in 2..4_500 {
        all.insert(accept(n).await);
    }
    assert!(!all.contains(&sent));
    let told = async || -> HashSet<CallId> {
        let kinds = vec!["call.waiting".to_owned()];
        let query = FeedQuery { limit: 10_000, kinds, ..FeedQuery::default() };
        let page = server.store.feed(&query).await.unwrap();
        page.events.into_iter().filter_map(|one| one.event.call).collect()
    };
    let everything = async {
        while told().await != all {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(60), everything).await;
    assert!(in_time.is_ok(), "{} of {} were told", told().await.len(), all.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_says_what_is_spent_and_held() {
    let server = Server::with_policy(|policy| {
        policy.budgets = vec![budget("its own", Some("acme")), budget("everybody's", None)];
    })
    .await;
    let caller = server.key(Some("acme"), Role::Caller).await;
    let operator = server.key(None, Role::Operator).await;
    let id = server.finished(&caller, "first").await;
    // The bill may come after the end.
    let cost = loop {
        let call = server.get(&format!("/v1/calls/{id}"), &caller).await.body;
        if call["cost"].is_object() {
            break call["cost"].clone();
        }
        tokio::task::yield_now().await;
    };
    let own = server.get("/v1/budgets", &caller).await;
    operation("listBudgets").check(&own);
    let budgets = own.body["data"].as_array().unwrap();
    assert_eq!(budgets.len(), 1, "what others spend is not its business: {}", own.text);
    assert_eq!((&budgets[0]["name"], &budgets[0]["tenant"]), (&json!("its own"), &json!("acme")));
    assert_eq!(budgets[0]["spent"], cost, "{}", own.text);
    assert_eq!(budgets[0]["held"], json!({"amount": "0.00", "currency": "USD"}), "{}", own.text);
    assert_eq!(
        (&budgets[0]["period"], &budgets[0]["limit"]["amount"]),
        (&json!("day"), &json!("5.00"))
    );
    let all = server.get("/v1/budgets", &operator).await;
    assert_eq!(all.body["data"].as_array().unwrap().len(), 2, "{}", all.text);
    let usage = server.get("/v1/usage", &caller).await;
    operation("getUsage").check(&usage);
    assert_eq!(usage.body["data"][0]["cost"], cost, "{}", usage.text);
    assert_eq!(
        (&usage.body["data"][0]["calls"], &usage.body["data"][0]["seconds"]),
        (&json!(1), &json!(95))
    );
}

fn budget(name: &str, tenant: Option<&str>) -> Budget {
    Budget {
        name: name.to_owned(),
        limit: Money::from_micros(5_000_000, Currency::USD),
        per: Period::Day,
        tenant: tenant.map(TenantId::from),
        provider: None,
        experiment: None,
    }
}
