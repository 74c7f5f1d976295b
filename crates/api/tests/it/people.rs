//! What is remembered about people: opt-outs bind every tenant, consents one.

use serde_json::{Value, json};
use switchboard::router::RuleSettings;
use switchboard_api::caller::Role;

use crate::support::{Server, TO};

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_of_one_tenant_binds_all_and_an_operator_takes_it_back() {
    let server = Server::with_policy(|policy| policy.rules = RuleSettings::default()).await;
    let acme = server.key(Some("acme"), Role::Caller).await;
    let other = server.key(Some("other"), Role::Admin).await;
    let operator = server.key(None, Role::Operator).await;
    let ask = json!({"to": TO, "purpose": "transactional", "relationship": "order 7",
        "on_behalf_of": "Ada", "callback_number": "+12125550102", "at": "2026-12-09T18:00:00Z"});
    let stops = async |key: &str| {
        let answer = server.post("/v1/rules/check", key, &ask).await;
        let findings = answer.body["decision"]["findings"].as_array().unwrap().clone();
        findings.iter().any(|one| one["rule"] == "P-OPT-OUT")
    };
    assert!(!stops(&other).await);
    let wish = json!({"to": TO, "how": "written", "note": "Wrote to +1 212 555 0101."});
    let done = server.post("/v1/people/opt-out", &acme, &wish).await;
    assert_eq!((done.status.as_u16(), &done.body["changed"]), (200, &json!(true)), "{}", done.text);
    assert!(done.body["opted_out_at"].is_string());
    assert!(stops(&other).await && stops(&acme).await);

    let shown = server.post("/v1/people/show", &operator, &json!({"to": TO})).await;
    assert_eq!(shown.body["opt_outs"][0]["how"], "written", "{}", shown.text);
    assert!(!shown.text.contains("5550101") && !shown.text.contains("555 0101"), "{}", shown.text);

    // Neither the tenant that asked for it nor another may undo it, or look at the person.
    let back = json!({"to": TO, "words": "Please call me again."});
    for key in [&acme, &other] {
        for (path, body) in
            [("/v1/people/take-back", &back), ("/v1/people/show", &json!({"to": TO}))]
        {
            let refused = server.post(path, key, body).await;
            assert_eq!(refused.status.as_u16(), 403, "{path}: {}", refused.text);
        }
    }
    let taken = server.post("/v1/people/take-back", &operator, &back).await;
    assert_eq!(
        (taken.status.as_u16(), &taken.body["opted_out_at"]),
        (200, &Value::Null),
        "{}",
        taken.text
    );
    assert!(!stops(&other).await);
    let twice = server.post("/v1/people/take-back", &operator, &back).await;
    assert_eq!((twice.status.as_u16(), twice.code()), (404, "not_found"), "{}", twice.text);

    let audit = server.get("/v1/audit?topic=person", &operator).await;
    let whats: Vec<_> =
        audit.body["data"].as_array().unwrap().iter().map(|one| one["what"].clone()).collect();
    assert_eq!(whats.len(), 2, "{}", audit.text);
    assert_eq!(
        (&whats[0]["opt_out"]["how"], whats[1]["take_back"].is_object()),
        (&json!("written"), true)
    );
    assert!(!audit.text.contains("2125550101"), "{}", audit.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_counts_for_the_calls_of_its_tenant() {
    let server = Server::with_policy(|policy| policy.rules = RuleSettings::default()).await;
    let acme = server.key(Some("acme"), Role::Caller).await;
    let other = server.key(Some("other"), Role::Caller).await;
    let operator = server.key(None, Role::Operator).await;
    let ask = json!({"to": TO, "purpose": "survey", "callee_kind": "consumer",
        "on_behalf_of": "Ada", "at": "2026-12-09T18:00:00Z"});
    let needs_consent = async |key: &str| {
        let answer = server.post("/v1/rules/check", key, &ask).await;
        let findings = answer.body["decision"]["findings"].as_array().unwrap().clone();
        findings.iter().any(|one| one["rule"] == "US-TCPA-A1")
    };
    assert!(needs_consent(&acme).await && needs_consent(&other).await);
    let consent = json!({"to": TO, "consent": {"kind": "express", "at": "2026-02-14T20:00:00Z", "words": "I agree."}, "source": "the form"});
    let made = server.post("/v1/people/consents", &acme, &consent).await;
    assert_eq!(
        (made.status.as_u16(), &made.body["tenant"]),
        (201, &json!("acme")),
        "{}",
        made.text
    );
    assert!(!needs_consent(&acme).await && needs_consent(&other).await);
    let shown = server.post("/v1/people/show", &operator, &json!({"to": TO})).await;
    assert_eq!(shown.body["consents"], json!([made.body]));

    for (change, code, field) in [
        (json!({"consent": {"kind": "oral"}}), "invalid_request", "consent.kind"),
        (
            json!({"consent": {"kind": "express", "hours": "always"}}),
            "invalid_request",
            "consent.hours",
        ),
        (
            json!({"consent": {"kind": "express", "at": "2099-01-01T00:00:00Z"}}),
            "invalid_request",
            "consent.at",
        ),
        (json!({"consent": {"kind": "express", "words": " "}}), "invalid_request", "consent.words"),
        (
            json!({"consent": {"kind": "express"}, "tenant": "other"}),
            "tenant_not_allowed",
            "tenant",
        ),
        (json!({"to": "911"}), "number_not_allowed", "to"),
    ] {
        let mut body = consent.clone();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let wrong = server.post("/v1/people/consents", &acme, &body).await;
        assert_eq!((wrong.code(), &wrong.body["field"]), (code, &json!(field)), "{}", wrong.text);
    }
    let nobody = server.post("/v1/people/consents", &operator, &consent).await;
    assert_eq!(nobody.code(), "tenant_missing", "{}", nobody.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn rings_and_calls_of_a_person_are_shown() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Admin).await;
    let operator = server.key(None, Role::Operator).await;
    let call = server.finished(&key, "first").await;
    let shown = server.post("/v1/people/show", &operator, &json!({"to": TO})).await;
    assert_eq!(shown.body["rings"]["last_24_hours"], 1, "{}", shown.text);
    assert_eq!(shown.body["rings"]["last_30_days"], 1);
    assert_eq!(
        (&shown.body["calls"][0]["id"], &shown.body["calls"][0]["tenant"]),
        (&json!(call), &json!("acme"))
    );
    assert_eq!(shown.body["opted_out_at"], Value::Null);
    let stranger = server.post("/v1/people/show", &operator, &json!({"to": "+12125550199"})).await;
    assert_eq!(
        (&stranger.body["calls"], &stranger.body["rings"]["last_at"]),
        (&json!([]), &Value::Null)
    );
}
