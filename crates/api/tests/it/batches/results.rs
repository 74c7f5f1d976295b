//! Results: every row, safe to open, and as much as the key may see.

use serde_json::{Value, json};
use switchboard_api::caller::Role;

use super::{CSV, JSON_LINES, lines, path, person, results, send, until_done};
use crate::support::{Server, schema::operation};

#[tokio::test(flavor = "multi_thread")]
async fn results_have_the_columns_of_the_batch_and_what_became_of_each_row() {
    let server = Server::start().await;
    let _background = server.background();
    let key = server.key(Some("acme"), Role::Caller).await;
    let reader = server.key(Some("acme"), Role::Reader).await;
    let table = "to,task,metadata.formula,call_status\n\
         +1 212 555 0101,Ask Quillfeather.,=1+1,old\n\
         +1911,\"Say \"\"hello\"\",\nplease.\",@SUM(A1),old\n\
         +12125550102,Ask Quillfeather.,+1+cmd,old\n";
    let path = path(&send(&server, &key, "k", "", (CSV, table)).await);
    until_done(&server, &key, &path).await;

    let csv = results(&server, &key, &path, CSV).await;
    let sheet = switchboard_table::Sheet::read(csv.text.as_bytes()).unwrap();
    let names: Vec<String> = sheet.header().names().map(str::to_owned).collect();
    assert_eq!(
        names,
        [
            "to",
            "task",
            "metadata.formula",
            "call_row",
            "call_line",
            "call_id",
            "call_status",
            "call_outcome",
            "call_provider",
            "call_duration_seconds",
            "call_cost",
            "call_currency",
            "call_summary",
            "call_reason",
            "call_problem",
        ]
    );
    let cells =
        |row: usize| -> Vec<String> { sheet.rows()[row].cells().map(str::to_owned).collect() };
    let first = cells(0);
    assert_eq!(first[..5], ["+1 212 555 0101", "Ask Quillfeather.", "=1+1", "1", "2"]);
    // In the text, a formula is none; whoever reads it as we do gets it back.
    assert!(csv.text.contains(",'=1+1,") && csv.text.contains(",'+1+cmd,"), "{}", csv.text);
    assert_eq!(first[6..10], ["closed", "completed", "kaicalls", "95"]);
    assert!(!first[12].is_empty(), "{first:?}");
    // Nobody could be told by its number: the row keeps none of its cells.
    let second = cells(1);
    assert_eq!(second[..5], ["", "", "", "2", "3"]);
    assert_eq!((second[5].as_str(), second[6].as_str()), ("", "rejected"));
    assert_eq!(second[13], "emergency_number");
    assert_eq!(cells(2)[2], "+1+cmd");
    // The table is a batch again.
    let again = send(&server, &key, "l", "?dry_run=true", (CSV, &csv.text)).await;
    assert_eq!(
        (&again.body["rows"], &again.body["valid"]),
        (&json!(3), &json!(2)),
        "{}",
        again.text
    );

    let json = results(&server, &key, &path, JSON_LINES).await;
    let rows = lines(&json);
    assert_eq!(rows.len(), 3);
    let one = crate::support::Answer { body: rows[0].clone(), ..json };
    operation("getBatchResults").check(&one);
    assert_eq!(rows[0]["input"]["metadata.formula"], "=1+1");
    assert_eq!(
        (&rows[0]["call"]["outcome"], &rows[0]["state"]),
        (&json!("completed"), &json!("submitted"))
    );
    assert_eq!((&rows[1]["input"], &rows[1]["problem"]["line"]), (&Value::Null, &json!(3)));

    // Without the scope, neither the cells nor what was said.
    for kind in [CSV, JSON_LINES] {
        let seen = results(&server, &reader, &path, kind).await;
        for word in ["Quillfeather", "5550101", "555 0101", "metadata.formula"] {
            assert!(!seen.text.contains(word), "{kind}: {}", seen.text);
        }
        assert!(seen.text.contains("closed") && seen.text.contains("emergency_number"));
    }
    let rows = lines(&results(&server, &reader, &path, JSON_LINES).await);
    assert_eq!((&rows[0]["input"], &rows[0]["call"]["summary"]), (&Value::Null, &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn long_results_are_complete_and_have_one_header() {
    const ROWS: usize = 1_001;
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let rows: String = (0..ROWS).map(|n| format!("{},Ask {n}.\n", person(n))).collect();
    let path = path(&send(&server, &key, "k", "", (CSV, &format!("to,task\n{rows}"))).await);
    let csv = results(&server, &key, &path, CSV).await;
    let sheet = switchboard_table::Sheet::read(csv.text.as_bytes()).unwrap();
    let numbers: Vec<String> =
        sheet.rows().iter().map(|row| row.get(2).unwrap().to_owned()).collect();
    assert_eq!(numbers, (1..=ROWS).map(|n| n.to_string()).collect::<Vec<_>>());
    assert!(sheet.rows().iter().all(|row| row.get(5) == Some("waiting")));
    let json = lines(&results(&server, &key, &path, JSON_LINES).await);
    assert_eq!(json.len(), ROWS);
    assert_eq!(json[ROWS - 1]["input"]["task"], format!("Ask {}.", ROWS - 1));
}
