//! A call as JSON, and the options beside it.

use std::{io::Write, process::Stdio};

use serde_json::{Value, json};

use crate::common::{EXAMPLE, Harness, Ran, command};

/// A plan of this request, from stdin, with these options.
fn plan(request: &Value, more: &[&str]) -> Ran {
    let arguments = ["plan", "--config", EXAMPLE, "--json", "--json-request", "-"];
    let mut child = command(&[&arguments[..], more].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(request.to_string().as_bytes()).unwrap();
    Ran::of(child.wait_with_output().unwrap())
}

#[test]
fn a_plan_takes_what_the_api_takes_and_options_replace_it() {
    let request = json!({
        "to": "020 7946 0018", "task": "Ask.", "default_country": "GB", "tags": ["urgent"],
        "max_cost": {"amount": "5", "currency": "USD"}, "redial": {"on": ["busy"], "times": 1, "gap_seconds": 60},
    });
    let planned = plan(&request, &[]);
    assert_eq!(planned.code, 0, "{}", planned.err);
    assert_eq!(
        (&planned.json()["to"], &planned.json()["route"]),
        (&"+442079460018".into(), &"urgent".into())
    );
    let other = plan(&request, &["--to", "+12015550123"]).json();
    assert_eq!((&other["to"], &other["route"]), (&"+12015550123".into(), &"urgent".into()));
    let wrong = plan(&json!({"to": "+442079460018", "task": "x", "tags": "urgent"}), &[]);
    assert_eq!(wrong.code, 2, "{}", wrong.out);
    assert!(wrong.err.contains("tags"), "{}", wrong.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_has_the_fields_of_its_json_and_of_its_options() {
    let harness = Harness::start(|config| config).await;
    let request = json!({
        "to": "+12125550101", "task": "Ask for the opening hours.", "callee_name": "Ada",
        "metadata": {"order": "17"}, "tags": ["one"], "tenant": "acme",
    });
    let file = harness.write("request.json", &request.to_string());
    let options = ["--metadata", "row=3", "--tag", "two", "--business-name", "Acme", "--wait"];
    let placed =
        harness.run(&[&["call", "--json", "--json-request", &file][..], &options].concat()).await;
    assert_eq!(placed.code, 0, "{}{}", placed.out, placed.err);
    let call = placed.json();
    assert_eq!(call["tenant"], "acme");
    assert_eq!(call["metadata"], json!({"order": "17", "row": "3"}));
    assert_eq!(harness.ledger.rings().len(), 1);
}
