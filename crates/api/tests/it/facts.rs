//! The facts that calling rules ask for: every one can be given, lifting a rule needs a scope of its
//! own, and a call shows what the rules decided.

use std::sync::Arc;

use jiff::{Timestamp, civil::date};
use serde_json::{Value, json};
use switchboard::{
    Call, CallId, CallRequest,
    core::{CallFacts, FactUsed, LocalTime, RuleDecision, RuleEffect, RuleFinding, RuleVerdict},
    journal::server::{CallsFilter, ServerStore},
};
use switchboard_api::{caller::Role, wire};

use crate::{
    batches::{CSV, JSON_LINES, send},
    support::{
        Server, TO, call,
        schema::{json_document, operation},
    },
};

fn with(fields: Value) -> Value {
    let mut whole = call();
    whole.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    whole
}

/// The facts of the only call of a server.
async fn stored(server: &Server) -> CallFacts {
    let store: Arc<dyn ServerStore> = server.store.clone();
    let page = store.find(&CallsFilter { limit: 10, ..CallsFilter::default() }).await.unwrap();
    let [(_, Some(asked))] = page.calls.as_slice() else { panic!("{}", page.calls.len()) };
    asked.facts.clone()
}

fn hours_from_now(hours: i64) -> String {
    let at = Timestamp::now() + jiff::SignedDuration::from_hours(hours);
    at.round(jiff::Unit::Second).unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_stored_with_every_fact_that_it_was_given() {
    let server = Server::start().await;
    let operator = server.key(None, Role::Operator).await;
    let (from, to) = (hours_from_now(1), hours_from_now(2));
    let facts = json!({
        "purpose": "debt_collection",
        "callee_kind": "business",
        "callee_line": "toll_free",
        "callee_timezone": "America/New_York",
        "callee_timezone_guess": "America/Chicago",
        "callee_region": "US-NY",
        "consent": {
            "kind": "express_written",
            "at": "2026-07-01T09:00:00Z",
            "words": "I agree.",
            "channel": "form",
            "seller": "Example Ltd",
            "purpose": "marketing",
            "hours": "mon-fri 08:00-22:00",
            "expires_at": "2126-07-01T09:00:00Z",
        },
        "requested_at": "2026-07-01T09:00:00Z",
        "published_number": "its page",
        "relationship": "order 17",
        "agreed_time": {"from": from, "to": to},
        "recording": true,
        "overrides": [{"rule": "P-CAP-DAY", "by": "Ada", "reason": "Asked.", "until": to}],
    });
    let mut whole = with(facts.clone());
    whole["tenant"] = "acme".into();
    let placed = server.place(&operator, "first", &whole).await;
    assert_eq!(placed.status.as_u16(), 201, "{}", placed.text);
    operation("placeCall").check(&placed);
    assert_eq!(placed.body["decision"], Value::Null);

    let read: CallRequest = serde_json::from_value(facts.clone()).unwrap();
    let wanted = read.with(|call| (call.to, call.task) = (TO.to_owned(), "Ask.".to_owned()));
    assert_eq!(stored(&server).await, wanted.revalidate().unwrap().facts);
    // Whatever a request can say for the rules was said above.
    let library = serde_json::to_value(CallRequest::default()).unwrap();
    let document = json_document()["components"]["schemas"]["CallRequest"].clone();
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for fact in names(&facts) {
        assert!(library.get(&fact).is_some(), "{fact}");
        assert!(document["properties"].get(&fact).is_some(), "{fact}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn times_without_an_offset_are_in_the_time_zone_of_the_call() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let facts = json!({
        "timezone": "America/New_York",
        "consent": {"kind": "express", "at": "2026-07-01T09:00"},
        "requested_at": "2026-07-01T10:00",
    });
    let placed = server.place(&key, "first", &with(facts)).await;
    assert_eq!(placed.status.as_u16(), 201, "{}", placed.text);
    let facts = stored(&server).await;
    assert_eq!(facts.consent.unwrap().at, Some("2026-07-01T13:00:00Z".parse().unwrap()));
    assert_eq!(facts.requested_at, Some("2026-07-01T14:00:00Z".parse().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_that_does_not_fit_is_named_with_its_fix() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    for (facts, field) in [
        (json!({"purpose": "sales"}), "purpose"),
        (json!({"callee_region": "Florida"}), "callee_region"),
        (json!({"callee_timezone": "Mars/Olympus"}), "callee_timezone"),
        (json!({"consent": {"at": "2026-07-01T09:00:00Z"}}), "consent.kind"),
        (json!({"consent": {"kind": "express", "at": "July"}}), "consent.at"),
        (json!({"consent": {"kind": "express", "hours": "always"}}), "consent.hours"),
        (json!({"requested_at": hours_from_now(1)}), "requested_at"),
        (
            json!({"agreed_time": {"from": hours_from_now(-2), "to": hours_from_now(-1)}}),
            "agreed_time.to",
        ),
    ] {
        let refused = server.place(&key, "first", &with(facts)).await;
        assert_eq!(refused.status.as_u16(), 400, "{}", refused.text);
        assert_eq!(refused.body["field"], field, "{}", refused.text);
        operation("placeCall").check(&refused);
    }
    assert!(server.rings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_finds_its_call_after_the_agreed_time_is_over() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let agreed = json!({"from": hours_from_now(-1), "to": hours_from_now(1)});
    let whole = with(json!({"agreed_time": agreed}));
    let placed = server.place(&key, "first", &whole).await;
    assert_eq!(placed.status.as_u16(), 201, "{}", placed.text);
    let later = server.next(std::time::Duration::from_secs(2 * 60 * 60));
    let again = later.place(&key, "first", &whole).await;
    assert_eq!(again.header("idempotent-replayed"), "true", "{}", again.text);
    assert_eq!(again.body["id"], placed.body["id"]);
    let other = later.place(&key, "second", &whole).await;
    assert_eq!(other.body["field"], "agreed_time.to", "{}", other.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn lifting_a_rule_needs_a_scope_that_callers_do_not_have() {
    let server = Server::start().await;
    let until = hours_from_now(1);
    let lifted = json!([{"rule": "P-CAP-DAY", "by": "Ada", "reason": "Asked.", "until": until}]);
    let whole = with(json!({"overrides": lifted}));
    let line = json!({"to": TO, "task": "Ask.", "overrides": lifted}).to_string();
    let caller = server.key(Some("acme"), Role::Caller).await;
    let reader = server.key(None, Role::Reader).await;
    let tenant = server.key(Some("acme"), Role::Admin).await;
    for (key, code) in [(&caller, "missing_scope"), (&tenant, "missing_scope")] {
        let refused = [
            server.place(key, "first", &whole).await,
            server.post("/v1/plan", key, &whole).await,
            send(&server, key, "batch", "?name=may", (JSON_LINES, &line)).await,
            send(&server, key, "batch", "?name=may&dry_run=true", (JSON_LINES, &line)).await,
        ];
        for refused in refused {
            assert_eq!((refused.status.as_u16(), refused.code()), (403, code), "{}", refused.text);
            assert_eq!(refused.body["field"], "overrides", "{}", refused.text);
            assert!(refused.body["fix"].as_str().unwrap().contains("calls:override"));
        }
        let each = json!({"calls": [with(json!({"overrides": lifted, "idempotency_key": "a"}))]});
        let refused = server.post("/v1/calls/batch", key, &each).await;
        let told = &refused.body["results"][0];
        assert_eq!(told["problem"]["code"], code, "{}", refused.text);
        assert_eq!(told["problem"]["field"], "calls[0].overrides", "{}", refused.text);
    }
    let planned = server.post("/v1/plan", &reader, &whole).await;
    assert_eq!(planned.code(), "missing_scope", "{}", planned.text);
    let listed = server.get("/v1/calls", &reader).await;
    assert_eq!(listed.body["data"], json!([]));

    for role in [Role::Operator, Role::Admin] {
        let key = server.key(None, role).await;
        let name = format!("by {}", role.as_str());
        let mut whole = whole.clone();
        whole["tenant"] = "acme".into();
        whole["task"] = name.clone().into();
        let placed = server.place(&key, &name, &whole).await;
        assert_eq!(placed.status.as_u16(), 201, "{}", placed.text);
    }
    // A table has no column for it.
    let table = format!("to,task,overrides\n{TO},Ask.,P-CAP-DAY\n");
    let key = server.key(None, Role::Admin).await;
    let refused = send(&server, &key, "table", "?name=may&tenant=acme", (CSV, &table)).await;
    assert_eq!(refused.status.as_u16(), 400, "{}", refused.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_shows_what_the_rules_decided_and_on_what_grounds() {
    let at: Timestamp = "2026-11-30T12:30:00Z".parse().unwrap();
    let opens: Timestamp = "2026-11-30T13:00:00.5Z".parse().unwrap();
    let decision = RuleDecision::new(at, RuleVerdict::Wait, "2026-11-29".into(), "2026f".into())
        .with(|it| {
            it.wait_until = Some(opens);
            it.findings = vec![
                RuleFinding::new(
                    "P-HOURS-REQUESTED".into(),
                    RuleEffect::Stops,
                    "It is 07:30 there.".into(),
                    date(2026, 11, 29),
                )
                .with(|finding| finding.until = Some(opens)),
                RuleFinding::new(
                    "US-FL-CONSENT".into(),
                    RuleEffect::Warns,
                    "There is no consent.".into(),
                    date(2026, 11, 1),
                )
                .with(|finding| finding.needs = Some("consent".into())),
            ];
            it.zones = vec![LocalTime {
                zone: "America/New_York".into(),
                time: date(2026, 11, 30).at(7, 30, 0, 0),
            }];
            it.facts =
                vec![FactUsed { name: "purpose".into(), origin: "route".into(), at: Some(at) }];
            it.tables_are_old = Some(91);
        });
    let request = CallRequest::new(TO, "Ask.").revalidate().unwrap();
    let mut call =
        Call::new(CallId::new(uuid::Uuid::nil()), request.tenant.clone(), request.to, at);
    call.decision = Some(Box::new(decision));
    let shown = wire::Call::new(&call, &request, &wire::View::default());
    let shown = serde_json::to_value(shown).unwrap();
    assert_eq!(
        shown["decision"],
        json!({
            "at": "2026-11-30T12:30:00.000000Z",
            "verdict": "wait",
            "wait_until": "2026-11-30T13:00:00.500000Z",
            "findings": [
                {
                    "rule": "P-HOURS-REQUESTED",
                    "effect": "stops",
                    "message": "It is 07:30 there.",
                    "needs": null,
                    "until": "2026-11-30T13:00:00.500000Z",
                    "as_of": "2026-11-29",
                },
                {
                    "rule": "US-FL-CONSENT",
                    "effect": "warns",
                    "message": "There is no consent.",
                    "needs": "consent",
                    "until": null,
                    "as_of": "2026-11-01",
                },
            ],
            "zones": [{"zone": "America/New_York", "time": "2026-11-30T07:30:00"}],
            "facts": [
                {"name": "purpose", "origin": "route", "at": "2026-11-30T12:30:00.000000Z"},
            ],
            "tables": "2026-11-29",
            "time_zones": "2026f",
            "tables_are_old": 91,
            "off": null,
        })
    );
}
