//! Reading a table: what is checked, and how it is told.

use serde_json::json;
use switchboard_api::caller::Role;

use super::{CSV, JSON_LINES, send};
use crate::support::{Server, schema::operation};

const TABLE: &str = "Phone,Task,metadata.order,colour\n\
     +12125550101,Ask.,1,red\n\
     212 555 0102,Ask.,2,red\n\
     +1911,Ask.,3,red\n\
     \n\
     +12125550101,Ask.,4,red\n\
     +12125550103,,5,red\n\
     +12125550104,Ask.\n\
     +12125550105,Ask.,6,red\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_how_each_row_is_read_and_stores_nothing() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let query =
        "?dry_run=true&name=may&column=to%3DPhone&column=ignore%3Dcolour&default_country=US";
    let check = send(&server, &key, "k", query, (CSV, TABLE)).await;
    operation("createBatch").check(&check);
    assert_eq!(check.status.as_u16(), 200, "{}", check.text);
    assert_eq!(
        (&check.body["name"], &check.body["rows"], &check.body["valid"]),
        (&json!("may"), &json!(7), &json!(3))
    );
    let told: Vec<_> = check.body["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["row"].clone(), one["line"].clone(), one["field"].clone()))
        .collect();
    let place = |row: u32, line: u32, field: serde_json::Value| (json!(row), json!(line), field);
    assert_eq!(
        told,
        [
            place(3, 4, json!("to")),
            place(4, 6, json!(null)),
            place(5, 7, json!("task")),
            place(6, 8, json!(null)),
        ]
    );
    let problems = &check.body["problems"];
    assert_eq!(problems[0]["reason"], "emergency_number");
    assert_eq!(problems[1]["reason"], "possible_duplicate");
    assert_eq!(problems[1]["problem"], "is the same as row 1");
    assert!(problems[1]["fix"].as_str().unwrap().contains("idempotency_key"));
    assert!(problems[2]["fix"].is_string(), "{}", check.text);
    assert_eq!(check.body["reasons"]["possible_duplicate"], 1);
    assert_eq!(check.body["default_country_used"], json!({"US": 1}));
    assert!(!check.text.contains("5550101") && !check.text.contains("1911"), "{}", check.text);
    let list = server.get("/v1/batches", &key).await;
    assert_eq!(list.body["data"], json!([]));
    assert!(server.rings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_wrong_are_listed_and_the_others_are_accepted() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let lines = "{\"to\": \"+12125550101\", \"task\": \"Ask.\", \"tags\": [\"a\"]}\n\
         {\"to\": \"+12125550102\", \"taks\": \"Ask.\"}\n\
         nonsense\n\
         {\"to\": \"+12125550103\", \"task\": \"Ask.\", \"tenant\": \"other\"}\n";
    let sent = send(&server, &key, "k", "", (JSON_LINES, lines)).await;
    operation("createBatch").check(&sent);
    let path = super::path(&sent);
    assert_eq!(sent.body["batch"]["name"], sent.body["batch"]["id"]);
    assert_eq!(sent.body["batch"]["state"], "submitting");
    let rows = &sent.body["batch"]["rows"];
    assert_eq!(
        (&rows["total"], &rows["waiting"], &rows["rejected"]),
        (&json!(4), &json!(1), &json!(3))
    );
    let problems = sent.body["problems"].as_array().unwrap();
    let told: Vec<_> =
        problems.iter().map(|one| (&one["row"], &one["field"], &one["fix"])).collect();
    assert_eq!(told[0], (&json!(2), &json!("taks"), &json!("did you mean task?")));
    assert_eq!((told[1].0, told[1].1), (&json!(3), &json!(null)));
    assert_eq!(told[2], (&json!(4), &json!("tenant"), &json!("leave it out")));
    assert_eq!(problems[2]["reason"], "tenant_not_allowed");
    let read = server.get(&path, &key).await;
    operation("getBatch").check(&read);
    assert_eq!(read.body, sent.body);
    assert_eq!(read.body["finished_rows"], 3);
    let rest = server.get(&format!("{path}?problems_after=3"), &key).await;
    assert_eq!(rest.body["problems"].as_array().unwrap().len(), 1);
}

/// The status, the code and the field of the answer to a query with a table.
type Case<'a> = (u16, &'a str, &'a str, &'a str, (&'a str, &'a str));

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_cannot_be_used_is_refused_as_a_whole() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let operator = server.key(None, Role::Admin).await;
    let good = "to,task\n+12125550101,Ask.\n";
    let many = format!("to,task\n{}", "+12125550101,Ask.\n".repeat(10_001));
    let wide: String = (0..201).map(|n| format!(",metadata.{n}")).collect();
    let wide = format!("to,task{wide}\n+12125550101,Ask.{}\n", ",".repeat(201));
    let large = format!("to,task\n+12125550101,{}\n", "x".repeat(1 << 20));
    let cases: [Case<'_>; 14] = [
        (400, "invalid_request", "body", "", (CSV, "")),
        (400, "invalid_request", "body", "", (CSV, "to,task\n")),
        (400, "invalid_request", "body", "", (CSV, "to,taks\n+12125550101,Ask.\n")),
        (400, "invalid_request", "body", "", (CSV, "to\n+12125550101\n")),
        (400, "invalid_request", "body", "", (CSV, &many)),
        (400, "invalid_request", "body", "", (CSV, &wide)),
        (400, "invalid_request", "body", "", (JSON_LINES, "\n\n")),
        (400, "invalid_request", "column", "?column=to%3DPhone", (CSV, good)),
        (400, "invalid_request", "column", "?column=to%3DPhone", (JSON_LINES, "{}")),
        (400, "invalid_request", "name", "?name=%20", (CSV, good)),
        (400, "invalid_request", "again", "?again=yes", (CSV, good)),
        (400, "unknown_field", "agian", "?agian=true", (CSV, good)),
        (413, "body_too_large", "", "", (CSV, &large)),
        (415, "unsupported_media_type", "Content-Type", "", ("application/json", "[]")),
    ];
    for (status, code, field, query, table) in cases {
        for dry in ["", "dry_run=true"] {
            let query = format!("?{}&{dry}", query.trim_start_matches('?'));
            let query = query.trim_end_matches('&').replace("?&", "?");
            let answer = send(&server, &key, "k", &query, table).await;
            operation("createBatch").check(&answer);
            let what = (answer.status.as_u16(), answer.code());
            assert_eq!(what, (status, code), "{query} {}", answer.text);
            assert_eq!(answer.body["field"].as_str().unwrap_or_default(), field, "{}", answer.text);
            assert_eq!(answer.body["delivery"], "not_sent");
            assert!(!answer.text.contains("5550101"), "{}", answer.text);
        }
    }
    let nobodys = send(&server, &operator, "k", "", (CSV, good)).await;
    assert_eq!((nobodys.status.as_u16(), nobodys.code()), (400, "tenant_missing"));
    let theirs = send(&server, &key, "k", "?tenant=other", (CSV, good)).await;
    assert_eq!((theirs.status.as_u16(), theirs.code()), (403, "tenant_not_allowed"));
    let named = send(&server, &operator, "k", "?tenant=other", (CSV, good)).await;
    assert_eq!((named.status.as_u16(), &named.body["batch"]["tenant"]), (201, &json!("other")));
    assert_eq!(server.get("/v1/batches", &key).await.body["data"], json!([]));
}
