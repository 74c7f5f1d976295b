//! Events about what was decided, and about budgets.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use switchboard::{
    Clock as _, Journal, Money,
    core::Currency,
    jiff::Timestamp,
    journal::{
        AuditLog as _,
        conformance::{admitted, attempt, open, record, request, write_intent},
    },
    router::{
        AuditEntry, AuditTopic, BudgetHold, Budgeted, Reservation,
        experiment::{Change, Stage},
    },
};
use switchboard_api::caller::Role;

use super::Outside;

/// Longer than between two looks.
const LOOK: Duration = Duration::from_secs(3);

/// The next event of a stream.
async fn next(stream: &mut super::Stream) -> Value {
    serde_json::from_str(&stream.event().await.1).unwrap()
}

/// Holds so many dollars back for a call of the tenant.
async fn hold(outside: &Outside, n: u32, dollars: i64) {
    let journal: Arc<dyn Journal> = Arc::clone(&outside.store) as Arc<dyn Journal>;
    let call = request(n).with(|call| call.tenant = Some("acme".to_owned()));
    let call = open(&journal, call, 0).await;
    record(&journal, call, admitted()).await;
    let dollar = |hundredths: i64| Money::from_micros(hundredths * 10_000, Currency::USD);
    let period: Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
    let budget = Budgeted { name: "its own".to_owned(), period, limit: dollar(100) };
    let hold = BudgetHold { amount: dollar(dollars), budgets: vec![budget] };
    let reservation = Reservation { hold: Some(hold), ..Reservation::default() };
    write_intent(&journal, call, attempt("kaicalls"), reservation).await.unwrap();
}

#[tokio::test]
async fn a_budget_warns_twice_and_says_that_it_is_exhausted() {
    let outside = Outside::start();
    let key = outside.key(Some("acme"), Role::Caller).await;
    let mut stream = outside.stream("?type=budget.warning&type=budget.exhausted", &key, None).await;
    let mut seen = Vec::new();
    for (n, cents) in [79, 5, 12, 4].into_iter().enumerate() {
        hold(&outside, u32::try_from(n).unwrap(), cents).await;
        outside.clock.advance(LOOK);
        let warned = match n {
            0 => continue,
            _ => next(&mut stream).await,
        };
        assert_eq!(warned["tenant"], "acme");
        assert_eq!(warned["data"]["budget"], "its own");
        assert_eq!(warned["data"]["since"], "2026-03-02T00:00:00Z");
        seen.push((warned["type"].clone(), warned["data"]["share_percent"].clone()));
    }
    let warning = |share: u32| (json!("budget.warning"), json!(share));
    assert_eq!(seen, [warning(80), warning(95), (json!("budget.exhausted"), json!(100))]);
    let budgets = outside.get("/v1/budgets", &key).await;
    assert_eq!(budgets.body["data"][0]["held"]["amount"], "1.00", "{}", budgets.text);
}

#[tokio::test]
async fn operators_hear_what_was_decided_once() {
    let outside = Outside::start();
    let operator = outside.key(None, Role::Operator).await;
    let mut stream = outside.stream("", &operator, None).await;
    let decide = |change: Change| {
        let entry = change.decision("greeting", "ada", outside.clock.now());
        let store = Arc::clone(&outside.store);
        async move { store.append_audit(&entry).await.unwrap() }
    };
    let mut running = Change::of(1);
    running.to = Some(Stage::Running);
    decide(running).await;
    let mut arm = Change::of(1);
    (arm.to, arm.arm) = (Some(Stage::Stopped), Some("b".to_owned()));
    decide(arm).await;
    let refused = AuditEntry {
        topic: AuditTopic::Configuration,
        subject: "configuration".to_owned(),
        what: json!({"version": "v2", "applied": false, "why": "routing.strategy is unknown"}),
        by: "process 7".to_owned(),
        at: outside.clock.now(),
    };
    outside.store.append_audit(&refused).await.unwrap();
    outside.clock.advance(LOOK);
    let mut kinds = Vec::new();
    for _ in 0..3 {
        let event = next(&mut stream).await;
        assert!(event["tenant"].is_null(), "{event}");
        kinds.push(event["type"].as_str().unwrap().to_owned());
    }
    assert_eq!(kinds, ["experiment.changed", "experiment.arm_stopped", "configuration.refused"]);
    // Nothing comes twice: the next event is the next decision's.
    outside.clock.advance(LOOK);
    let mut ramped = Change::of(1);
    ramped.ramp_percent = Some(50);
    decide(ramped).await;
    outside.clock.advance(LOOK);
    let event = next(&mut stream).await;
    assert_eq!(event["data"]["change"]["ramp_percent"], 50, "{event}");
    assert_eq!(
        (&event["data"]["experiment"], &event["data"]["by"]),
        (&json!("greeting"), &json!("ada"))
    );
}
