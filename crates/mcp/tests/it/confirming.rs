//! A person confirms a call: at most one ring for each request, and none without a yes.

use rmcp::model::{CallToolResponse, InputRequiredResult, InputResponses};
use serde_json::{Value, json};

use crate::support::{
    Client, KEY, Person, Server, TASK, TO, answer, call, call_with, problem, request,
};

/// Asks for a call, and gets the question.
async fn question(client: &Client, arguments: Value) -> InputRequiredResult {
    match client.running.call_tool_once(request("place_call", arguments)).await.unwrap() {
        CallToolResponse::InputRequired(question) => question,
        other => panic!("nobody was asked: {other:?}"),
    }
}

/// Sends the request again with this state and what the person answered.
async fn confirm(client: &Client, arguments: Value, state: &str, person: Person) -> Value {
    let answers = InputResponses::from([(
        "confirmation".to_owned(),
        serde_json::to_value(person.answer()).unwrap(),
    )]);
    let mut request = request("place_call", arguments).with_input_responses(answers);
    request.request_state = Some(state.to_owned());
    match client.running.call_tool_once(request).await.unwrap() {
        CallToolResponse::Complete(result) if result.is_error == Some(true) => problem(&result),
        CallToolResponse::Complete(result) => answer(&result),
        other => panic!("neither placed nor refused: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_shown_the_call_and_confirms_it() {
    let server = Server::start().await;
    let key = server.key(true).await;
    let mut client = server.client(&key, Person::Confirms).await;
    let arguments = call_with(json!({"on_behalf_of": "Ada", "max_duration_seconds": 600}));
    let placed = answer(&client.call("place_call", arguments).await);
    let asked = client.question().unwrap();
    for shown in [TO, "US", TASK, "Ada", "assistant", "USD, by kaicalls first", "10 minutes"] {
        assert!(asked.contains(shown), "{shown} is not in {asked}");
    }
    assert_eq!(client.question(), None);
    let id = placed["call"]["id"].clone();
    let waited = client.call("wait_for_call", json!({"call": id, "timeout_seconds": 50})).await;
    assert_eq!(answer(&waited)["call"]["outcome"], "completed");
    assert_eq!((server.written().await, server.rings.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_yes_nothing_is_written() {
    let server = Server::start().await;
    let key = server.key(true).await;
    for person in [Person::SendsTheFormUnticked, Person::Declines, Person::Closes] {
        let mut client = server.client(&key, person).await;
        let refused = problem(&client.call("place_call", call()).await);
        assert_eq!(refused["code"], "not_confirmed", "{person:?}: {refused}");
        assert_eq!(refused["delivery"], "not_sent");
        assert!(client.question().is_some() && client.question().is_none());
    }
    let client = server.client(&key, Person::Absent).await;
    let refused = problem(&client.call("place_call", call()).await);
    assert_eq!(refused["code"], "confirmation_needed");
    assert!(refused["fix"].as_str().unwrap().contains("confirm: never"), "{refused}");
    assert_eq!((server.written().await, server.rings.len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_is_worth_nothing_after_ten_minutes() {
    let server = Server::start().await;
    let key = server.key(true).await;
    let client = server.client(&key, Person::Confirms).await;
    let state = question(&client, call()).await.request_state.unwrap();
    server.clock.by_minutes(10);
    let late = confirm(&client, call(), &state, Person::Confirms).await;
    assert_eq!(late["code"], "confirmation_invalid", "{late}");
    assert!(late["detail"].as_str().unwrap().contains("expired"), "{late}");
    assert_eq!(server.written().await, 0);
    // In time it is worth one call.
    let state = question(&client, call()).await.request_state.unwrap();
    server.clock.by_minutes(19);
    let placed = confirm(&client, call(), &state, Person::Confirms).await;
    assert_eq!(placed["replayed"], false, "{placed}");
    assert_eq!(server.written().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_is_for_one_key_and_exactly_these_arguments() {
    let server = Server::start().await;
    let key = server.key(true).await;
    let client = server.client(&key, Person::Confirms).await;
    let state = question(&client, call()).await.request_state.unwrap();
    let changed = [
        json!({"to": "+12125550102"}),
        json!({"task": "Ask for their bank details."}),
        json!({"idempotency_key": "another-key-than-that-one"}),
        json!({"max_duration_seconds": 3600}),
    ];
    for change in changed {
        let refused = confirm(&client, call_with(change.clone()), &state, Person::Confirms).await;
        assert_eq!(refused["code"], "confirmation_invalid", "{change}: {refused}");
    }
    let another = server.client(&server.key(true).await, Person::Confirms).await;
    let refused = confirm(&another, call(), &state, Person::Confirms).await;
    assert_eq!(refused["code"], "confirmation_invalid", "{refused}");
    assert_eq!((server.written().await, server.rings.len()), (0, 0));
    // It was not spent by that.
    let placed = confirm(&client, call(), &state, Person::Confirms).await;
    assert_eq!(placed["replayed"], false, "{placed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_was_tampered_with_is_refused() {
    let server = Server::start().await;
    let client = server.client(&server.key(true).await, Person::Confirms).await;
    let state = question(&client, call()).await.request_state.unwrap();
    let mut tampered: Vec<String> = (0..state.len())
        .step_by(5)
        .map(|at| {
            let mut letters: Vec<char> = state.chars().collect();
            letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
            letters.into_iter().collect()
        })
        .collect();
    tampered.extend(["", "A", "!", &state[1..], &format!("{state}A")].map(str::to_owned));
    tampered.push("A".repeat(100_000 / 2));
    for state in tampered {
        let refused = confirm(&client, call(), &state, Person::Confirms).await;
        assert_eq!(refused["code"], "confirmation_invalid", "{state}: {refused}");
    }
    assert_eq!(server.written().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_alone_is_no_yes() {
    let server = Server::start().await;
    let client = server.client(&server.key(true).await, Person::Confirms).await;
    let state = question(&client, call()).await.request_state.unwrap();
    for answers in [
        json!({}),
        json!({"another": {"action": "accept", "content": {"place_this_call": true}}}),
        json!({"confirmation": {"content": {"place_this_call": true}}}),
        json!({"confirmation": {"action": "accept", "content": {"place_this_call": "true"}}}),
        json!({"confirmation": {"action": "accept"}}),
    ] {
        let answers: InputResponses = serde_json::from_value(answers).unwrap();
        let mut again = request("place_call", call()).with_input_responses(answers);
        again.request_state = Some(state.clone());
        let CallToolResponse::Complete(refused) =
            client.running.call_tool_once(again).await.unwrap()
        else {
            panic!("it was asked again");
        };
        let code = problem(&refused)["code"].clone();
        assert!(["confirmation_invalid", "not_confirmed"].contains(&code.as_str().unwrap()));
    }
    // A yes without a question is none either: the person is asked.
    let yes = serde_json::to_value(Person::Confirms.answer()).unwrap();
    let answers = InputResponses::from([("confirmation".to_owned(), yes)]);
    let request = request("place_call", call()).with_input_responses(answers);
    let answered = client.running.call_tool_once(request).await.unwrap();
    assert!(matches!(answered, CallToolResponse::InputRequired(_)), "{answered:?}");
    assert_eq!((server.written().await, server.rings.len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_that_is_sent_again_rings_nobody_again() {
    let server = Server::start().await;
    let client = server.client(&server.key(true).await, Person::Confirms).await;
    let state = question(&client, call()).await.request_state.unwrap();
    let again = (0..20).map(|_| confirm(&client, call(), &state, Person::Confirms));
    let placed = futures::future::join_all(again).await;
    let first = placed.iter().filter(|one| one["replayed"] == false).count();
    assert_eq!(first, 1, "{placed:?}");
    assert!(placed.iter().all(|one| one["call"]["id"] == placed[0]["call"]["id"]), "{placed:?}");
    let id = placed[0]["call"]["id"].clone();
    client.call("wait_for_call", json!({"call": id, "timeout_seconds": 50})).await;
    // What was placed is answered without a question, also to who declines this time.
    let mut declines = server.client(&server.key(true).await, Person::Declines).await;
    let same = answer(&declines.call("place_call", call()).await);
    assert_eq!((&same["call"]["id"], &same["replayed"]), (&id, &json!(true)));
    assert_eq!(declines.question(), None);
    let other = call_with(json!({"task": "Something else."}));
    let reused = problem(&declines.call("place_call", other).await);
    assert_eq!(reused["code"], "idempotency_key_reused", "{reused}");
    assert_eq!((server.written().await, server.rings.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_leaves_the_question_to_the_client_asks_nobody() {
    let server = Server::start().await;
    let mut client = server.client(&server.key(false).await, Person::Declines).await;
    let placed = answer(&client.call("place_call", call()).await);
    assert_eq!(placed["replayed"], false);
    let again = answer(&client.call("place_call", call()).await);
    assert_eq!((&again["call"]["id"], &again["replayed"]), (&placed["call"]["id"], &json!(true)));
    assert_eq!(client.question(), None);
    assert_eq!(server.written().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_writes_cannot_look_like_a_line_of_ours() {
    let server = Server::start().await;
    let mut client = server.client(&server.key(true).await, Person::Declines).await;
    let task = "Say hello.\u{201d}\nExpected 0.00 USD\u{202e}\r\nAt most 1 minutes\u{200b}";
    client.call("place_call", call_with(json!({"task": task}))).await;
    let asked = client.question().unwrap();
    let ours = asked.lines().filter(|line| line.starts_with("Expected")).count();
    assert_eq!(ours, 1, "{asked}");
    assert!(!asked.lines().any(|line| line.starts_with("At most")), "{asked}");
    assert!(!asked.contains(['\u{202e}', '\u{200b}', '\r']), "{asked}");
    assert!(!asked.contains(KEY));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_refused_before_anybody_is_asked() {
    let server = Server::with_rules().await;
    let mut client = server.client(&server.key(true).await, Person::Confirms).await;
    let refused = problem(&client.call("place_call", call()).await);
    assert_eq!(
        (&refused["code"], &refused["field"]),
        (&json!("invalid_request"), &json!("purpose"))
    );
    let emergency = call_with(json!({"to": "+1911", "purpose": "reservation"}));
    let refused = problem(&client.call("place_call", emergency).await);
    assert_eq!(refused["code"], "number_not_allowed", "{refused}");
    assert_eq!(client.question(), None);
    let asked = call_with(
        json!({"purpose": "reservation", "on_behalf_of": "Ada", "callback_number": "+12125550199"}),
    );
    answer(&client.call("place_call", asked).await);
    assert!(client.question().unwrap().contains("reservation"));
}
