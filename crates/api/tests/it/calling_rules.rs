//! Asking the calling rules, reading them, and what they say about a table.

use serde_json::{Value, json};
use switchboard::router::RuleSettings;
use switchboard_api::caller::{Role, ScopeName};

use crate::support::{Answer, Server, request};

const LONDON: &str = "+442079460123";
/// Its hours are a rule of law, so that they hold whatever policies a test has.
const LISBON: &str = "+351212345678";

async fn on() -> Server {
    Server::with_policy(|policy| policy.rules = RuleSettings::default()).await
}

/// A reminder of an appointment in Lisbon.
fn reminder(at: &str) -> Value {
    json!({"to": LISBON, "purpose": "transactional", "relationship": "order 7", "on_behalf_of": "Ada Lovelace",
        "at": at})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_say_whether_a_call_is_allowed_and_nothing_is_placed() {
    let server = on().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    for (at, verdict, until) in [
        ("2026-12-09T12:00:00Z", "allow", Value::Null),
        ("2026-12-09T07:00:00Z", "wait", json!("2026-12-09T09:00:00.000000Z")),
    ] {
        let asked = server.post("/v1/rules/check", &key, &reminder(at)).await;
        assert_eq!(asked.status, 200, "{}", asked.text);
        let decision = &asked.body["decision"];
        assert_eq!((&decision["verdict"], &decision["wait_until"]), (&json!(verdict), &until));
        assert_eq!(decision["zones"][0]["zone"], "Europe/Lisbon");
        assert_eq!(asked.body["off"], Value::Null);
    }
    let operator = server.key(None, Role::Operator).await;
    let lifted = |rule: &str| {
        let mut call = reminder("2026-12-09T12:00:00Z");
        call["overrides"] = json!([{"rule": rule, "by": "Ada", "reason": "Asked.", "until": "2099-01-01T00:00:00Z"}]);
        call["tenant"] = json!("acme");
        call
    };
    let open = server.post("/v1/rules/check", &operator, &lifted("P-HOURS-TRANSACTIONAL")).await;
    assert_eq!(open.body["decision"]["verdict"], "allow", "{}", open.text);
    let refused = server.post("/v1/rules/check", &key, &lifted("P-HOURS-TRANSACTIONAL")).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (403, "missing_scope"));

    for (body, code, field) in [
        (json!({"to": LONDON, "at": "soon", "purpose": "reservation"}), "invalid_request", "at"),
        (json!({"to": LONDON}), "invalid_request", "purpose"),
        (json!({"to": "911", "purpose": "reservation"}), "number_not_allowed", "to"),
        (json!({"to": LONDON, "task": "Ask.", "purpose": "reservation"}), "unknown_field", "task"),
    ] {
        let answer = server.post("/v1/rules/check", &key, &body).await;
        assert_eq!(
            (answer.code(), &answer.body["field"]),
            (code, &json!(field)),
            "{}",
            answer.text
        );
    }
    let calls = server.get("/v1/calls", &key).await;
    assert_eq!(calls.body["data"], json!([]));
    assert!(server.rings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_lifted_is_refused_wherever_a_call_is_accepted() {
    let server = on().await;
    let key = server.key(None, Role::Operator).await;
    for (rule, told) in [
        ("P-OPT-OUT", "may not be lifted by anybody"),
        ("P-SUPPRESSION", "may not be lifted by anybody"),
        ("P-ZONE", "may not be lifted by anybody"),
        ("P-AI", "may not be lifted by anybody"),
        ("P-RECORDING", "may not be lifted by anybody"),
        ("US-HOURS", "is no policy of this product"),
        ("P-NO-SUCH-RULE", "there is no rule"),
    ] {
        let overrides = json!([{"rule": rule, "by": "Ada", "reason": "Asked.", "until": "2099-01-01T00:00:00Z"}]);
        let ask = json!({"to": LONDON, "tenant": "acme", "purpose": "reservation", "overrides": overrides});
        let call = json!({"to": LONDON, "tenant": "acme", "task": "Ask.", "purpose": "reservation", "overrides": overrides});
        let check = |what: &str, answer: &Answer, problem: &Value| {
            assert_eq!(problem["field"], "overrides", "{what} {rule}: {}", answer.text);
            let detail = problem["detail"].as_str().or(problem["problem"].as_str()).unwrap_or("");
            let fix = problem["fix"].as_str().unwrap_or("");
            assert!(format!("{detail}: {fix}").contains(told), "{what} {rule}: {}", answer.text);
            assert!(!fix.is_empty(), "{what} {rule} has no fix: {}", answer.text);
        };
        let answer = server.post("/v1/rules/check", &key, &ask).await;
        check("check", &answer, &answer.body);
        let answer = server.post("/v1/plan", &key, &call).await;
        check("plan", &answer, &answer.body);
        let answer = server.place(&key, &format!("key of {rule}"), &call).await;
        check("call", &answer, &answer.body);
        for path in ["/v1/batches?tenant=acme&dry_run=true", "/v1/batches?tenant=acme"] {
            let answer = table(&server, &key, path, &format!("{call}\n")).await;
            let problem = answer.body["problems"][0]["problem"].clone();
            let problem =
                if problem.is_object() { problem } else { answer.body["problems"][0].clone() };
            check(path, &answer, &problem);
        }
    }
    // A table is taken with its row rejected, which is the only thing that the audit log says of these requests.
    let audit = server.get("/v1/audit?topic=call", &key).await;
    let entries = audit.body["data"].as_array().unwrap();
    assert_eq!(entries.len(), 7, "{}", audit.text);
    for entry in entries {
        assert_eq!(
            entry["what"],
            json!({"start_batch": {"rows": 1, "rejected": 1}}),
            "{}",
            audit.text
        );
    }
    assert!(server.rings.is_empty());
}

async fn table(server: &Server, key: &str, path: &str, lines: &str) -> Answer {
    let sent = request(http::Method::POST, path, key)
        .header("content-type", "application/jsonl")
        .header("idempotency-key", uuid(lines))
        .body(axum::body::Body::from(lines.to_owned()));
    server.send(sent.unwrap()).await
}

fn uuid(text: &str) -> String {
    format!("{:x}", text.len() * 31 + text.bytes().map(usize::from).sum::<usize>())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_counts_what_the_rules_say() {
    let server = on().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let row = |to: &str, more: &str| format!("{to},Ask.,{more}\n");
    let csv = [
        "to,task,purpose,relationship,on_behalf_of,not_before\n".to_owned(),
        row("+351212345601", "transactional,order 1,Ada,2099-06-01T12:00:00Z"),
        row("+351212345602", "transactional,order 2,Ada,2099-06-01T02:00:00Z"),
        row("+351212345603", "transactional,order 3,Ada,2099-06-01T03:00:00Z"),
        row("+12125550104", "marketing,,Ada,2099-06-01T15:00:00Z"),
        row("+351212345605", ",order 5,Ada,2099-06-01T12:00:00Z"),
    ]
    .concat();
    let sent = request(http::Method::POST, "/v1/batches?dry_run=true", &key)
        .header("content-type", "text/csv")
        .body(axum::body::Body::from(csv));
    let answer = server.send(sent.unwrap()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!((&answer.body["rows"], &answer.body["valid"]), (&json!(5), &json!(4)));
    assert_eq!(answer.body["problems"][0]["field"], "purpose", "{}", answer.text);
    let rules = &answer.body["rules"];
    assert_eq!((&rules["allowed"], &rules["refused"]), (&json!(1), &json!(1)), "{rules}");
    let waiting = &rules["waiting"][0];
    assert_eq!(
        (&waiting["rows"], &waiting["local_time"]),
        (&json!(2), &json!("2099-06-01T09:00:00"))
    );
    assert_eq!(waiting["zone"], "Europe/Lisbon");
    let by = rules["refused_by"].as_array().unwrap();
    let consent = by.iter().find(|one| one["rule"] == "US-TCPA-A2").unwrap();
    assert_eq!((&consent["rows"], &consent["needs"]), (&json!(1), &json!("consent")));
    let verdicts: Vec<_> =
        rules["rows"].as_array().unwrap().iter().map(|row| row["verdict"].clone()).collect();
    assert_eq!(verdicts, ["allow", "wait", "wait", "refuse"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_listed_in_pages_and_read_one_by_one() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Reader).await;
    let mut path = "/v1/rules?limit=100".to_owned();
    let mut ids = Vec::new();
    loop {
        let page = server.get(&path, &key).await;
        assert_eq!(page.status, 200, "{}", page.text);
        ids.extend(page.body["data"].as_array().unwrap().iter().map(|rule| rule["id"].clone()));
        match page.body["next_cursor"].as_str() {
            Some(cursor) => path = format!("/v1/rules?limit=100&cursor={cursor}"),
            None => break,
        }
    }
    let tables = switchboard::rules::Tables::builtin();
    let all: Vec<_> = tables.rows().map(|row| json!(row.id)).collect();
    assert_eq!(ids, all);

    let some = server.get("/v1/rules?country=US-FL&kind=quiet_hours&purpose=marketing", &key).await;
    let ids: Vec<_> =
        some.body["data"].as_array().unwrap().iter().map(|rule| rule["id"].clone()).collect();
    assert!(ids.contains(&json!("US-FL-HOURS")) && ids.contains(&json!("US-HOURS")), "{ids:?}");
    assert!(!ids.contains(&json!("US-RI-HOURS")), "{ids:?}");
    for (query, field) in [
        ("country=Mars", "country"),
        ("kind=hours", "kind"),
        ("purpose=sales", "purpose"),
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
    ] {
        let wrong = server.get(&format!("/v1/rules?{query}"), &key).await;
        assert_eq!(
            (wrong.status.as_u16(), &wrong.body["field"]),
            (400, &json!(field)),
            "{}",
            wrong.text
        );
    }
    let one = server.get("/v1/rules/US-FL-HOURS", &key).await;
    assert_eq!((&one.body["id"], &one.body["checked"]), (&json!("US-FL-HOURS"), &json!("yes")));
    assert_eq!(one.body["may_be_lifted"], false);
    let wrong = server.get("/v1/rules/US-FL-HORS", &key).await;
    assert_eq!((wrong.status.as_u16(), wrong.code()), (404, "not_found"));
    assert!(wrong.body["fix"].as_str().unwrap().contains("US-FL-HOURS"), "{}", wrong.text);
    assert!(ScopeName::parse("plan:read").is_some());
}
