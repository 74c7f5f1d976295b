//! The neutral contract for calls on KaiCalls' answers: what goes out, what a failure proves,
//! pages, content and evidence. One file, because it is one trait, method by method.

use std::collections::BTreeSet;

use crate::support::{Asked, CALLEE, Server, config_at, order, plain_order, provider_at};
use futures::TryStreamExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use switchboard_core::{
    Appointment, CallFilter, CallListsExt, CallRequest, Cost, Currency, Delivery, Direction,
    ErrorKind, Money, Outcome, PageRequest, Proof, Provider, ProviderCallId, ProviderState,
    Refusal, Speaker,
};
use switchboard_kaicalls::state;

const SENT: &str = "2026-02-15T14:30:00Z";

fn sent() -> Timestamp {
    SENT.parse().unwrap()
}

#[tokio::test]
async fn an_order_becomes_one_request() {
    let server = Server::answering(201, include_str!("../fixtures/004/call_placed.json")).await;
    let mut request = CallRequest::new(CALLEE, "Book a table");
    request.callee_name = Some("John Smith".into());
    request.business_name = Some("Luigi's".into());
    request.on_behalf_of = Some("Ada".into());
    request.callback_number = Some("+12125550199".into());
    request.first_message = Some("Good evening".into());
    request.instructions = vec!["Ask for the terrace".into(), "Accept 21:00".into()];
    request.appointment = Some(Appointment {
        date: Some("2026-03-01".into()),
        time: Some("20:00".into()),
        party_size: Some(2),
        ..Appointment::default()
    });
    request.language = Some("en-US".into());
    request.lead_id = Some("uuid-lead123".into());
    let mut order = order(request);
    order.webhook_url = Some("https://hooks.example.com/hooks/v1/kaicalls/x".parse().unwrap());
    order.agent = Some("uuid-other".into());

    let placed = provider_at(&server).calls().place(&order).await.unwrap();
    assert_eq!(
        (placed.id.as_str(), placed.state, placed.status_word.as_str()),
        ("uuid-call789", ProviderState::Queued, "queued")
    );
    assert_eq!(placed.raw.value()["conversation_id"], "vapi-conv-xyz");

    let body = server.only().body;
    assert_eq!(
        (&body["agent_id"], &body["to"], &body["name"]),
        (&json!("uuid-other"), &json!(CALLEE), &json!("John Smith"))
    );
    assert_eq!(
        (&body["firstMessage"], &body["lead_id"], &body["max_duration"]),
        (&json!("Good evening"), &json!("uuid-lead123"), &json!(300))
    );
    assert_eq!(body["webhook_url"], "https://hooks.example.com/hooks/v1/kaicalls/x");
    let context = "Book a table\n\nInstructions:\n- Ask for the terrace\n- Accept 21:00\n\nAppointment: on 2026-03-01, at 20:00, for 2 people\n\
        Business that is called: Luigi's\nOn behalf of: Ada\nNumber to call back: +12125550199\nLanguage: en-US";
    assert_eq!(body["context"], context);
}

#[tokio::test]
async fn a_call_without_an_agent_is_not_sent() {
    let server = Server::answering(201, include_str!("../fixtures/004/call_placed.json")).await;
    let mut config = config_at(&server);
    config.agent_id = None;
    let provider = crate::support::open(&config).unwrap();
    assert!(provider.info().needs_agent);
    let error = provider.calls().place(&plain_order()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery(), error.error().field()),
        (ErrorKind::Configuration, Delivery::NotSent, Some("agent_id"))
    );
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn what_an_answer_proves() {
    let here = Delivery::Refused(Refusal::ThisProvider);
    let everyone = Delivery::Refused(Refusal::Everyone);
    let rows = [
        (201, "", Delivery::Placed),
        (201, "{", Delivery::Placed),
        (201, "{}", Delivery::Placed),
        (201, r#"{"id": " "}"#, Delivery::Placed),
        (202, "", Delivery::Placed),
        (200, r#"{"status":"queued"}"#, Delivery::Placed),
        (307, "", here),
        (400, r#"{"error":{"code":"invalid_request","message":"to is required"}}"#, here),
        (400, r#"{"error":{"code":"number_on_dnc","message":"no"}}"#, everyone),
        (400, r#"{"error":{"code":"new_code","message":"no"}}"#, everyone),
        (401, r#"{"error":{"code":"unauthorized","message":"no"}}"#, here),
        (402, r#"{"error":{"code":"payment_required","message":"no"}}"#, Delivery::Unknown),
        (403, r#"{"error":{"code":"forbidden","message":"no"}}"#, here),
        (403, r#"{"error":{"code":"tcpa_violation","message":"no"}}"#, everyone),
        (404, r#"{"error":{"code":"not_found","message":"no"}}"#, here),
        (422, "", everyone),
        (
            429,
            r#"{"error":{"code":"rate_limited","message":"slow down"}}"#,
            Delivery::Refused(Refusal::RateLimited),
        ),
        (500, r#"{"error":{"code":"call_failed","message":"no"}}"#, Delivery::Unknown),
        (503, "", Delivery::Unknown),
    ];
    for (status, body, delivery) in rows {
        let server = Server::answering(status, body).await;
        let error = provider_at(&server).calls().place(&plain_order()).await.unwrap_err();
        assert_eq!(error.delivery(), delivery, "{status} {body}: {error:?}");
        assert_eq!(error.error().status(), Some(status));
        assert_eq!(server.asked().len(), 1, "{status} {body}");
        assert!(!format!("{error:?} {error}").contains("2125550123"));
    }
}

#[tokio::test]
async fn the_detail_is_read_whole() {
    let server = Server::answering(200, include_str!("../fixtures/004/call.json")).await;
    let call = provider_at(&server).calls().get(&"uuid-call789".into()).await.unwrap();
    assert_eq!(call.state, ProviderState::Ended(Outcome::Completed));
    assert_eq!(call.direction, Some(Direction::Inbound));
    assert_eq!(call.duration, Some(std::time::Duration::from_secs(127)));
    assert_eq!(call.created_at, Some(sent()));
    assert_eq!(call.cost, None, "unknown, not zero");
    assert_eq!(call.raw.value()["quality_dimensions"]["resolution"], 90);

    let other = provider_at(&server).calls().get(&"uuid-other".into()).await.unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Decode, "another call's record is not believed");

    let server = Server::answering(404, r#"{"error":{"code":"not_found","message":"no"}}"#).await;
    assert_eq!(
        provider_at(&server).calls().get(&"x".into()).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[test]
fn status_words() {
    let rows = [
        ("queued", ProviderState::Queued),
        ("scheduled", ProviderState::Scheduled),
        ("ringing", ProviderState::Ringing),
        ("in-progress", ProviderState::InProgress),
        ("in_progress", ProviderState::InProgress),
        ("started", ProviderState::InProgress),
        ("forwarding", ProviderState::InProgress),
        ("completed", ProviderState::Ended(Outcome::Completed)),
        ("ended", ProviderState::Ended(Outcome::Completed)),
        ("failed", ProviderState::Ended(Outcome::Failed)),
        ("no_answer", ProviderState::Ended(Outcome::NoAnswer)),
        ("no-answer", ProviderState::Ended(Outcome::NoAnswer)),
        ("busy", ProviderState::Ended(Outcome::Busy)),
        ("voicemail", ProviderState::Ended(Outcome::Voicemail)),
        ("canceled", ProviderState::Ended(Outcome::Cancelled)),
        ("cancelled", ProviderState::Ended(Outcome::Cancelled)),
        ("Completed", ProviderState::Ended(Outcome::Completed)),
        ("", ProviderState::Unrecognised),
        ("transcribing", ProviderState::Unrecognised),
    ];
    for (word, expected) in rows {
        assert_eq!(state(word), expected, "{word}");
    }
}

/// A provider of `count` calls, `per_second` of them in each second, newest first, that cuts pages
/// and compares as document 004 says.
fn calls(count: usize, per_second: usize) -> impl Fn(&Asked) -> (u16, String) {
    let rows: Vec<(String, Value)> = (0..count)
        .map(|at| {
            let made = sent() - SignedDuration::from_secs(i64::try_from(at / per_second).unwrap());
            let agent = if at % 10 == 0 { "uuid-rare" } else { "uuid-abc123" };
            (
                made.to_string(),
                json!({"id": format!("call-{at}"), "status": "completed", "agent_id": agent, "created_at": made.to_string()}),
            )
        })
        .collect();
    move |asked| {
        let limit: usize = asked.get("limit").map_or(50, |limit| limit.parse().unwrap());
        assert!(limit <= 100);
        let mut older = rows
            .iter()
            .filter(|(made, _)| asked.get("after").is_none_or(|after| made.as_str() < after))
            .map(|(_, row)| row);
        let page: Vec<_> = older.by_ref().take(limit).collect();
        (200, json!({"calls": page, "has_more": older.next().is_some()}).to_string())
    }
}

#[tokio::test]
async fn equal_timestamps_neither_skip_nor_repeat() {
    for (count, per_second) in [(250, 1), (250, 7), (301, 40), (100, 100), (0, 1)] {
        let server = Server::start(calls(count, per_second)).await;
        let all: Vec<_> = provider_at(&server)
            .lists()
            .unwrap()
            .all(CallFilter::default())
            .try_collect()
            .await
            .unwrap();
        let ids: Vec<_> = all.iter().map(|call| call.id.as_str().to_owned()).collect();
        let expected: Vec<_> = (0..count).map(|at| format!("call-{at}")).collect();
        assert_eq!(ids, expected, "{count} calls, {per_second} a second");
        assert!(server.asked().len() <= 2 + count / 50, "{}", server.asked().len());
    }
}

#[tokio::test]
async fn small_pages_go_on_through_equal_timestamps() {
    let server = Server::start(calls(23, 5)).await;
    let provider = provider_at(&server);
    let mut page = PageRequest { limit: Some(2), cursor: None };
    let mut ids = Vec::new();
    loop {
        let answer = provider.lists().unwrap().list(&CallFilter::default(), &page).await.unwrap();
        assert!(answer.items.len() <= 2);
        ids.extend(answer.items.into_iter().map(|call| call.id.as_str().to_owned()));
        match answer.next {
            Some(next) => page.cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(ids, (0..23).map(|at| format!("call-{at}")).collect::<Vec<_>>());
    let error = provider
        .lists()
        .unwrap()
        .list(&CallFilter::default(), &PageRequest { limit: None, cursor: Some("x".into()) })
        .await
        .unwrap_err();
    assert_eq!(error.field(), Some("cursor"));
}

#[tokio::test]
async fn a_list_that_never_ends_is_ended() {
    let server = Server::answering(200, include_str!("../fixtures/004/calls.json")).await;
    let all: Vec<_> = provider_at(&server)
        .lists()
        .unwrap()
        .all(CallFilter::default())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(all.len(), 1);
    assert!(server.asked().len() <= 3);
}

#[tokio::test]
async fn filters_hold_whatever_the_provider_does_with_them() {
    let server = Server::start(calls(250, 1)).await;
    let provider = provider_at(&server);
    let filter = CallFilter {
        since: Some(sent() - SignedDuration::from_secs(120)),
        until: Some(sent() - SignedDuration::from_secs(20)),
        ..CallFilter::default()
    };
    let window: Vec<_> = provider.lists().unwrap().all(filter).try_collect().await.unwrap();
    assert_eq!(window.len(), 100);
    assert_eq!((window[0].id.as_str(), window[99].id.as_str()), ("call-21", "call-120"));
    assert!(server.asked().len() <= 2, "it stops at the window's end");

    // This provider ignores `agent_id`.
    let filter = CallFilter { agent: Some("uuid-rare".into()), ..CallFilter::default() };
    let rare: Vec<_> = provider.lists().unwrap().all(filter).try_collect().await.unwrap();
    assert_eq!(rare.len(), 25);
    assert_eq!(server.asked().last().unwrap().get("agent_id"), Some("uuid-rare"));
}

#[tokio::test]
async fn a_transcript_is_found_in_the_list() {
    let server = Server::start(|asked| match (asked.path.as_str(), asked.get("after")) {
        ("/api/v1/calls", _) => (200, r#"{"id":"call-x","status":"completed","agent_id":"a"}"#.to_owned()),
        ("/api/v1/transcripts", None) => {
            (200, r#"{"transcripts":[{"call_id":"call-w","created_at":"2026-02-15T14:30:00Z"}],"has_more":true}"#.to_owned())
        }
        _ => (
            200,
            r#"{"transcripts":[{"call_id":"call-x","messages":[{"role":"assistant","content":"Hello","seconds_from_start":1.5},{"role":"user","content":"Hi"}]}]}"#
                .to_owned(),
        ),
    })
    .await;
    let transcript =
        provider_at(&server).transcripts().unwrap().transcript(&"call-x".into()).await.unwrap();
    assert_eq!(
        (&transcript.entries[0].speaker, transcript.entries[0].text.as_str()),
        (&Speaker::Agent, "Hello")
    );
    assert_eq!(transcript.entries[0].offset, Some(std::time::Duration::from_millis(1500)));
    assert_eq!(transcript.entries[1].speaker, Speaker::Callee);
    assert_eq!(server.asked().last().unwrap().get("after"), Some("2026-02-15T14:30:01Z"));
    assert_eq!(server.asked().last().unwrap().get("agent_id"), Some("a"));
}

#[tokio::test]
async fn a_transcript_as_text_and_none_at_all() {
    let server = Server::answering(
        200,
        r#"{"id":"c","transcript":"AI: Hello\nUser: Hi: it's me\n","transcripts":[]}"#,
    )
    .await;
    let transcript =
        provider_at(&server).transcripts().unwrap().transcript(&"c".into()).await.unwrap();
    assert_eq!(transcript.entries[1].text, "Hi: it's me");

    let server = Server::answering(200, r#"{"id":"c","transcripts":[]}"#).await;
    assert_eq!(
        provider_at(&server)
            .transcripts()
            .unwrap()
            .transcript(&"c".into())
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn a_recording_falls_back_to_the_detail() {
    let signed = Server::answering(
        200,
        r#"{"id":"uuid-call789","signed_url":"https://s.example.com/x?sig=1","duration":12,"format":"wav"}"#,
    )
    .await;
    let recording =
        provider_at(&signed).recordings().unwrap().recording(&"uuid-call789".into()).await.unwrap();
    assert_eq!(
        (recording.url.as_str(), recording.format.as_deref()),
        ("https://s.example.com/x?sig=1", Some("wav"))
    );

    let detail = Server::start(|asked| match asked.path.as_str() {
        "/api/v1/recordings" => {
            (404, r#"{"error":{"code":"not_found","message":"no"}}"#.to_owned())
        }
        _ => (200, include_str!("../fixtures/004/call.json").to_owned()),
    })
    .await;
    let recording =
        provider_at(&detail).recordings().unwrap().recording(&"uuid-call789".into()).await.unwrap();
    assert_eq!(
        (recording.url.host_str(), recording.format.as_deref()),
        (Some("storage.example.com"), Some("mp3"))
    );
    assert!(!format!("{recording:?}").contains("call_xyz"));

    let another = Server::answering(
        200,
        r#"{"id":"uuid-call789","call_id":"other","signed_url":"https://s.example.com/x"}"#,
    )
    .await;
    assert_eq!(
        provider_at(&another)
            .recordings()
            .unwrap()
            .recording(&"uuid-call789".into())
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::NotFound
    );

    let none = Server::answering(200, r#"{"id":"uuid-call789","recording_url":null}"#).await;
    assert_eq!(
        provider_at(&none)
            .recordings()
            .unwrap()
            .recording(&"uuid-call789".into())
            .await
            .unwrap_err()
            .kind(),
        ErrorKind::NotFound
    );
}

/// An account in which several calls began around the time of sending.
fn evidence(asked: &Asked) -> (u16, String) {
    let at = |seconds: i64| (sent() + SignedDuration::from_secs(seconds)).to_string();
    let details = [
        json!({"id": "ours", "agent_id": "uuid-abc123", "direction": "outbound", "lead_id": "uuid-lead123", "created_at": at(2)}),
        json!({"id": "other-lead", "agent_id": "uuid-abc123", "direction": "outbound", "lead_id": "uuid-else", "created_at": at(4)}),
        json!({"id": "inbound", "agent_id": "uuid-abc123", "direction": "inbound", "created_at": at(3)}),
        json!({"id": "plain", "agent_id": "uuid-abc123", "created_at": at(5)}),
        json!({"id": "logged", "agent_id": "uuid-abc123", "created_at": at(6)}),
        json!({"id": "other-agent", "agent_id": "uuid-zzz", "created_at": at(1)}),
        json!({"id": "too-early", "agent_id": "uuid-abc123", "created_at": at(-300)}),
    ];
    let row = |id: &str, call: &str, method: &str, status: u16| json!({"id": id, "endpoint": "/v1/calls", "method": method, "status_code": status, "call_id": call, "cost_cents": 15, "created_at": at(2)});
    match (asked.path.as_str(), asked.get("id")) {
        ("/api/v1/usage", _) => {
            let rows = [
                row("1", "logged", "POST", 201),
                row("2", "ours", "POST", 201),
                row("3", "other-agent", "POST", 201),
                row("4", "plain", "GET", 200),
                row("5", "plain", "POST", 500),
            ];
            (200, json!({"usage": rows, "has_more": false}).to_string())
        }
        ("/api/v1/calls", Some(id)) => match details.iter().find(|call| call["id"] == id) {
            Some(call) => (200, call.to_string()),
            None => (404, String::new()),
        },
        _ => {
            let list: Vec<Value> = details
                .iter()
                .filter(|call| call["agent_id"] == "uuid-abc123")
                .map(|call| json!({"id": call["id"], "agent_id": call["agent_id"], "created_at": call["created_at"]}))
                .collect();
            (200, json!({"calls": list, "has_more": false}).to_string())
        }
    }
}

#[tokio::test]
async fn evidence_comes_strongest_first_and_contradictions_are_left_out() {
    let server = Server::start(evidence).await;
    let mut request = CallRequest::new(CALLEE, "Confirm");
    request.lead_id = Some("uuid-lead123".into());
    let traces = provider_at(&server).calls().trace(&order(request), sent()).await.unwrap();
    let found: Vec<(&str, Proof)> =
        traces.iter().map(|trace| (trace.call.as_str(), trace.proof)).collect();
    assert_eq!(
        found,
        [("ours", Proof::LeadId), ("logged", Proof::UsageRow), ("plain", Proof::AgentAndTime)]
    );
    assert!(server.asked().iter().all(|asked| asked.method == "GET"), "it only reads");
    let usage = server.asked().into_iter().find(|asked| asked.path == "/api/v1/usage").unwrap();
    assert_eq!(
        (usage.get("start"), usage.get("end")),
        (Some("2026-02-15T14:28:59Z"), Some("2026-02-15T14:33:01Z"))
    );
}

#[tokio::test]
async fn a_search_that_could_not_look_says_so() {
    let refused = Server::answering(403, r#"{"error":{"code":"forbidden","message":"no"}}"#).await;
    assert_eq!(
        provider_at(&refused).calls().trace(&plain_order(), sent()).await.unwrap_err().kind(),
        ErrorKind::Forbidden
    );

    let half = Server::start(|asked| match asked.path.as_str() {
        "/api/v1/usage" => (403, r#"{"error":{"code":"forbidden","message":"no"}}"#.to_owned()),
        _ => evidence(asked),
    })
    .await;
    let found: BTreeSet<ProviderCallId> = provider_at(&half)
        .calls()
        .trace(&plain_order(), sent())
        .await
        .unwrap()
        .into_iter()
        .map(|trace| trace.call)
        .collect();
    assert_eq!(found, ["logged", "ours", "other-lead", "plain"].map(ProviderCallId::from).into());
}

#[tokio::test]
async fn a_candidate_that_cannot_be_read_ends_the_search() {
    let server = Server::start(|asked| match asked.get("id") {
        Some("logged") => (403, r#"{"error":{"code":"forbidden","message":"no"}}"#.to_owned()),
        _ => evidence(asked),
    })
    .await;
    assert_eq!(
        provider_at(&server).calls().trace(&plain_order(), sent()).await.unwrap_err().kind(),
        ErrorKind::Forbidden
    );
}

#[tokio::test]
async fn a_row_without_an_id_ends_the_search_and_is_no_call_of_a_list() {
    for row in [r#"{"status":"queued"}"#, r#"{"id":" ","created_at":"2026-02-15T14:30:00Z"}"#] {
        let server = Server::start(move |asked| match (asked.path.as_str(), asked.get("id")) {
            ("/api/v1/calls", None) => (
                200,
                format!(
                    r#"{{"calls":[{{"id":"plain","agent_id":"uuid-abc123","created_at":"2026-02-15T14:30:00Z"}},{row}],"has_more":false}}"#
                ),
            ),
            _ => evidence(asked),
        })
        .await;
        let provider = provider_at(&server);
        let error = provider.calls().trace(&plain_order(), sent()).await.unwrap_err();
        assert!(error.message().contains("no call id"), "{error}");
        let listed =
            provider.lists().unwrap().list(&Default::default(), &Default::default()).await.unwrap();
        assert_eq!(listed.items.len(), 1, "the others are followed all the same");
    }
    let older = Server::start(|asked| match (asked.path.as_str(), asked.get("id")) {
        ("/api/v1/calls", None) => (
            200,
            r#"{"calls":[{"status":"queued","created_at":"2026-02-15T10:00:00Z"}],"has_more":false}"#.to_owned(),
        ),
        _ => evidence(asked),
    })
    .await;
    assert!(!provider_at(&older).calls().trace(&plain_order(), sent()).await.unwrap().is_empty());
}

#[tokio::test]
async fn usage_is_read_in_slices_whichever_way_it_is_ordered() {
    for newest_first in [true, false] {
        let server = Server::start(move |asked| {
            let inside = |made: &str| asked.get("start").is_none_or(|start| made >= start) && asked.get("end").is_none_or(|end| made <= end);
            let mut rows: Vec<Value> = (0..1200)
                .map(|at| (at, (sent() - SignedDuration::from_secs(at / 3)).to_string()))
                .filter(|(_, made)| inside(made))
                .map(|(at, made)| json!({"id": format!("row-{at}"), "method": "GET", "endpoint": "/v1/calls", "cost_cents": 0.5, "created_at": made}))
                .collect();
            if !newest_first {
                rows.reverse();
            }
            let limit: usize = asked.get("limit").unwrap().parse().unwrap();
            (200, json!({"usage": rows[..limit.min(rows.len())], "has_more": rows.len() > limit}).to_string())
        })
        .await;
        let provider = provider_at(&server);
        let usage = provider.usage().unwrap();
        let all = usage.records(&Default::default()).await.unwrap();
        assert_eq!(all.len(), 1200);
        assert!(all.is_sorted_by_key(|row| std::cmp::Reverse(row.at)));
        assert_eq!(all[0].cost, Some(Cost::Money(Money::from_micros(5_000, Currency::USD))));
        let few = usage
            .records(&switchboard_core::UsageFilter {
                limit: Some(7),
                since: Some(sent()),
                until: None,
            })
            .await
            .unwrap();
        assert_eq!(few.len(), 3);
    }
}
