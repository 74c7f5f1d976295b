//! Finding the call of a placing request whose answer was lost.

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard_core::{Delivery, ErrorKind, Proof, Provider};
use switchboard_testkit::fault::{After, Fault, FaultScript, Rule};

use crate::{
    lists::{many, page_of},
    reading::record,
    support::{
        CALLEE, Server, plain_order, provider_at,
        sim::{over, quick, started},
    },
};

#[tokio::test]
async fn a_lost_answer_is_traced_by_the_name_of_the_call() {
    let lost = Rule::on("POST", "/call", Fault::Reset).after(After::Ring).nth(1);
    let (simulator, provider) = started(quick().faults(FaultScript::default().rule(lost))).await;
    let sent = Timestamp::now();
    let failed = provider.calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(failed.delivery(), Delivery::Unknown);
    // Another call of the same assistant to the same number, which is not ours.
    let other = plain_order().with(|order| {
        order.attempt = "00000000-0000-0000-0000-000000000009".parse().unwrap();
    });
    let other_call = provider.calls().place(&other).await.unwrap();
    over(&provider, &other_call.id).await;
    let traces = provider.calls().trace(&plain_order(), sent).await.unwrap();
    assert_eq!(traces.len(), 1);
    assert_eq!(traces[0].proof, Proof::Reference);
    assert_eq!(traces[0].call.as_str(), simulator.rings().rings()[0].call_id);
    let nobody = plain_order().with(|order| {
        order.attempt = "00000000-0000-0000-0000-00000000000f".parse().unwrap();
    });
    assert!(provider.calls().trace(&nobody, sent).await.unwrap().is_empty());
    assert_eq!(simulator.rings().count(CALLEE), 2, "tracing places nothing");
}

#[tokio::test]
async fn an_answer_that_was_cut_is_placed_and_traced_too() {
    let cut = Rule::on("POST", "/call", Fault::CutBody { sent: None }).nth(1);
    let (simulator, provider) = started(quick().faults(FaultScript::default().rule(cut))).await;
    let sent = Timestamp::now();
    let failed = provider.calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(failed.delivery(), Delivery::Placed);
    let traces = provider.calls().trace(&plain_order(), sent).await.unwrap();
    assert_eq!(traces.len(), 1);
    assert_eq!(traces[0].call.as_str(), simulator.rings().rings()[0].call_id);
    assert_eq!(simulator.posts_to("/call"), 1);
}

#[tokio::test]
async fn it_asks_for_the_calls_of_the_assistant_since_the_request() {
    let server = Server::answering(200, "[]").await;
    let sent: Timestamp = "2026-11-29T12:10:00Z".parse().unwrap();
    provider_at(&server).calls().trace(&plain_order(), sent).await.unwrap();
    let query: Vec<_> = server.only().query.into_iter().collect();
    let expected = [
        ("assistantId", "assistant-1"),
        // Our clock and the provider's may differ.
        ("createdAtGe", "2026-11-29T12:05:00Z"),
        ("limit", "100"),
    ];
    assert_eq!(query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn it_is_found_behind_many_others() {
    for of_one_moment in [1, 30] {
        let mut rows = many(350, of_one_moment);
        let ours = plain_order().attempt.to_string();
        rows[3]["name"] = json!(ours);
        rows[3]["assistantOverrides"]["metadata"]["switchboard_attempt"] = json!(ours);
        rows[3]["customer"]["externalId"] = json!(ours);
        let server = Server::start(move |asked| (200, page_of(&rows, asked))).await;
        let provider = provider_at(&server);
        let traces = provider.calls().trace(&plain_order(), Timestamp::UNIX_EPOCH).await.unwrap();
        assert_eq!(traces.len(), 1);
        assert_eq!(traces[0].call.as_str(), "call-3");
    }
}

async fn traced(rows: Value) -> Result<usize, ErrorKind> {
    let server = Server::answering(200, rows.to_string()).await;
    let provider = provider_at(&server);
    let traces = provider.calls().trace(&plain_order(), Timestamp::UNIX_EPOCH).await;
    traces.map(|traces| traces.len()).map_err(|error| error.kind())
}

#[tokio::test]
async fn only_our_reference_is_a_proof_and_another_one_beside_it_is_none() {
    let ours = |change: &dyn Fn(&mut Value)| {
        let reference = plain_order().attempt.to_string();
        let mut row = record("call-1");
        row["name"] = json!(reference);
        row["assistantOverrides"] = json!({"metadata": {"switchboard_attempt": reference}});
        row["customer"]["externalId"] = json!(reference);
        change(&mut row);
        row
    };
    let plain = ours(&|_| {});
    assert_eq!(traced(json!([plain])).await, Ok(1));
    assert_eq!(traced(json!([record("call-2"), plain])).await, Ok(1));
    let twice = ours(&|row| row["id"] = json!("call-3"));
    assert_eq!(traced(json!([plain, twice])).await, Ok(2), "it rang twice");
    assert_eq!(traced(json!([])).await, Ok(0));
    // What a row leaves out contradicts nothing.
    for (field, count) in [("name", 1), ("assistantOverrides", 1)] {
        let row = ours(&|row| drop(row.as_object_mut().unwrap().remove(field)));
        assert_eq!(traced(json!([row])).await, Ok(count), "without {field}");
    }
    let name_only = ours(&|row| {
        row.as_object_mut().unwrap().remove("assistantOverrides");
        row["customer"] = json!({"number": CALLEE});
    });
    assert_eq!(traced(json!([name_only])).await, Ok(1));
    let nameless = ours(&|row| {
        row["name"] = json!(null);
        row["assistantOverrides"] = json!({"metadata": {"switchboard_attempt": 1}});
        row["customer"]["externalId"] = json!("");
    });
    assert_eq!(traced(json!([nameless])).await, Ok(0));
    let contradictions = [
        ("/id", json!(null)),
        ("/id", json!("")),
        ("/customer/number", json!("+12125550199")),
        ("/name", json!("renamed")),
        ("/assistantOverrides/metadata/switchboard_attempt", json!("a-2")),
        ("/customer/externalId", json!("a-2")),
    ];
    for (field, value) in contradictions {
        let row = ours(&|row| *row.pointer_mut(field).unwrap() = value.clone());
        assert_eq!(traced(json!([row])).await, Err(ErrorKind::Decode), "{field} {value}");
    }
}

#[tokio::test]
async fn a_list_without_an_end_is_an_error_of_the_trace() {
    // Whatever the time, a hundred rows that are older still.
    let server = Server::start(move |asked| {
        let until = asked.get("createdAtLe").unwrap_or("2026-11-29T12:00:00Z");
        let mut at: Timestamp = until.parse().unwrap();
        let limit: usize = asked.get("limit").unwrap().parse().unwrap();
        let rows: Vec<Value> = (0..limit)
            .map(|_| {
                at = at.checked_sub(std::time::Duration::from_millis(1)).unwrap();
                let mut row = record(&at.to_string());
                row["createdAt"] = json!(at.to_string());
                row
            })
            .collect();
        (200, json!(rows).to_string())
    })
    .await;
    let error = provider_at(&server)
        .calls()
        .trace(&plain_order(), Timestamp::UNIX_EPOCH)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(server.asked().len() <= 100);
}
