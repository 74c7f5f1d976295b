//! Every typed method against the examples of document 004: what is sent, and what is read.

use crate::support::{KEY, Server, config_at, provider_at};
use rust_decimal::Decimal;
use secrecy::ExposeSecret;
use serde_json::json;
use switchboard_core::{ErrorKind, Provider};
use switchboard_http::Method;
use switchboard_kaicalls::{KaiCallsClient, SessionCredential, api};

fn client(server: &Server) -> KaiCallsClient {
    KaiCallsClient::new(&config_at(server)).unwrap()
}

#[tokio::test]
async fn placing_a_call() {
    let server = Server::answering(201, include_str!("../fixtures/004/call_placed.json")).await;
    let call = api::CreateCall::new("uuid-abc123", "+15125559876")
        .name("John Smith")
        .lead_id("uuid-lead123")
        .context("Following up")
        .first_message("Hey John")
        .webhook_url("https://example.com/hook")
        .max_duration(300_u64);
    let placed = client(&server).calls().create(&call).await.unwrap();
    assert_eq!(placed.id.as_deref(), Some("uuid-call789"));
    assert_eq!(placed.status.as_deref(), Some("queued"));
    assert_eq!(placed.to.as_deref(), Some("+15125559876"));
    assert_eq!(
        placed.created_at.unwrap().timestamp(),
        Some("2026-02-15T14:30:00Z".parse().unwrap())
    );

    let asked = server.only();
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/api/v1/calls"));
    assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));
    assert!(!asked.headers.contains_key("idempotency-key"));
    let body = json!({"agent_id": "uuid-abc123", "to": "+15125559876", "name": "John Smith", "lead_id": "uuid-lead123",
        "context": "Following up", "firstMessage": "Hey John", "webhook_url": "https://example.com/hook", "max_duration": 300});
    assert_eq!(asked.body, body);
    assert!(!format!("{call:?}").contains("5125559876"));
}

#[tokio::test]
async fn reading_calls() {
    let server = Server::answering(200, include_str!("../fixtures/004/call.json")).await;
    let call = client(&server).calls().get("uuid-call789").await.unwrap();
    assert_eq!(call.duration, Some(Decimal::from(127)));
    assert_eq!(call.lead_id.as_deref(), Some("uuid-lead123"));
    assert_eq!(call.quality_dimensions.as_ref().unwrap().empathy, Some(Decimal::from(88)));
    assert_eq!(server.only().get("id"), Some("uuid-call789"));
    let shown = format!("{call:?}");
    assert!(!shown.contains("John") && !shown.contains("storage.example.com"), "{shown}");

    let server = Server::answering(200, include_str!("../fixtures/004/calls.json")).await;
    let query = api::CallQuery::new()
        .limit(100_u32)
        .agent_id("uuid-abc123")
        .status("completed")
        .after("2026-02-15T14:30:00Z");
    let page = client(&server).calls().list(&query).await.unwrap();
    assert_eq!((page.items.len(), page.has_more), (1, Some(true)));
    let asked = server.only();
    assert_eq!((asked.get("limit"), asked.get("agent_id")), (Some("100"), Some("uuid-abc123")));
    assert_eq!(
        (asked.get("status"), asked.get("after")),
        (Some("completed"), Some("2026-02-15T14:30:00Z"))
    );
}

#[tokio::test]
async fn agents() {
    let server = Server::start(|asked| {
        match (asked.method.as_str(), asked.path.as_str(), asked.get("id")) {
            ("GET", "/api/v1/agents", None) => {
                (200, include_str!("../fixtures/004/agents.json").to_owned())
            }
            ("GET", "/api/v1/agents/versions", None) => {
                (200, r#"{"versions":[{"version":2},{"version":3}]}"#.to_owned())
            }
            _ => (200, include_str!("../fixtures/004/agent.json").to_owned()),
        }
    })
    .await;
    let client = client(&server);
    assert_eq!(client.agents().list().await.unwrap().items[0].name.as_deref(), Some("Kai"));
    assert_eq!(
        client.agents().get("uuid-abc123").await.unwrap().vapi_assistant_id.as_deref(),
        Some("vapi-asst-789")
    );
    client
        .agents()
        .create(&api::CreateAgent::new("uuid-biz456", "Kai", "Be kind").first_message("Hello"))
        .await
        .unwrap();
    client
        .agents()
        .update(
            &api::UpdateAgent::new("uuid-abc123")
                .outbound_prompt("Be brief")
                .transfer_enabled(false),
        )
        .await
        .unwrap();
    let versions = client
        .agents()
        .versions(&api::VersionQuery::new("uuid-abc123").limit(5_u32))
        .await
        .unwrap();
    assert_eq!(versions.items[1].version, Some(3));

    let asked = server.asked();
    assert_eq!(
        asked[2].body,
        json!({"business_id": "uuid-biz456", "name": "Kai", "system_prompt": "Be kind", "first_message": "Hello"})
    );
    assert_eq!(asked[3].method, "PATCH");
    assert_eq!(
        asked[3].body,
        json!({"id": "uuid-abc123", "outbound_prompt": "Be brief", "transfer_enabled": false})
    );
    assert_eq!(asked[4].get("agent_id"), Some("uuid-abc123"));
}

#[tokio::test]
async fn numbers() {
    let server = Server::start(|asked| match asked.method.as_str() {
        "GET" => (200, include_str!("../fixtures/004/numbers.json").to_owned()),
        "POST" => (
            201,
            r#"{"phone_number": {"id": "uuid-num790", "phone_number": "+15125551235"}}"#.to_owned(),
        ),
        _ => (204, String::new()),
    })
    .await;
    let client = client(&server);
    assert_eq!(client.numbers().list().await.unwrap().items[0].id.as_deref(), Some("uuid-num789"));
    assert_eq!(client.phone_numbers().list(&api::NumberQuery::new()).await.unwrap().items.len(), 1);
    client
        .phone_numbers()
        .available(&api::AvailableQuery::new().country("US").area_code("512").limit(3_u32))
        .await
        .unwrap();
    let rented = client
        .phone_numbers()
        .assign(&api::AssignNumber::new("+15125551235").agent_id("uuid-abc123"))
        .await
        .unwrap();
    assert_eq!(rented.id.as_deref(), Some("uuid-num790"));
    assert_eq!(
        client.phone_numbers().release("+15125551235", None).await.unwrap().success,
        Some(true)
    );
    assert_eq!(
        client.phone_numbers().release("", None).await.unwrap_err().kind(),
        ErrorKind::InvalidRequest
    );

    let asked = server.asked();
    assert_eq!(
        (asked[0].path.as_str(), asked[1].path.as_str()),
        ("/api/v1/numbers", "/api/v1/phone-numbers")
    );
    assert_eq!(
        (asked[2].path.as_str(), asked[2].get("area_code")),
        ("/api/v1/phone-numbers/available", Some("512"))
    );
    assert_eq!(
        (asked[4].method.as_str(), asked[4].get("phone_number")),
        ("DELETE", Some("+15125551235"))
    );
}

#[tokio::test]
async fn account_and_health() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/api/v1/balance" => (200, include_str!("../fixtures/004/balance.json").to_owned()),
        "/api/v1/usage" => (200, include_str!("../fixtures/004/usage.json").to_owned()),
        _ => (200, r#"{"status":"ok"}"#.to_owned()),
    })
    .await;
    let client = client(&server);
    assert_eq!(
        client.account().balance().await.unwrap().items[0].minutes_used,
        Some(Decimal::from(412))
    );
    let usage = client
        .account()
        .usage(&api::UsageQuery::new().start("2026-02-15").limit(500_u32))
        .await
        .unwrap();
    assert_eq!(
        (usage.items[0].status_code, usage.items[0].cost_cents),
        (Some(201), Some(Decimal::from(15)))
    );
    assert_eq!(client.health().await.unwrap().status.as_deref(), Some("ok"));
}

#[tokio::test]
async fn keys_take_the_session_and_never_the_key() {
    let server = Server::start(|asked| match asked.method.as_str() {
        "GET" => (200, include_str!("../fixtures/004/keys.json").to_owned()),
        "POST" => (201, include_str!("../fixtures/004/key_created.json").to_owned()),
        _ => (200, include_str!("../fixtures/004/key_revoked.json").to_owned()),
    })
    .await;
    assert_eq!(client(&server).keys().unwrap_err().field(), Some("session"));

    let mut config = config_at(&server);
    config.session = Some(SessionCredential::Cookie("session=abc".into()));
    let client = KaiCallsClient::new(&config).unwrap();
    let keys = client.keys().unwrap();
    let listed = keys.list().await.unwrap();
    assert_eq!(listed.items[0].scopes.as_ref().unwrap().len(), 4);
    assert!(listed.items[0].expires_at.is_none());
    let created = keys
        .create(&api::CreateKey::new().name("My Integration Key").scopes(["calls:read".to_owned()]))
        .await
        .unwrap();
    assert_eq!(created.key.as_ref().unwrap().expose_secret(), "kc_live_abc123def456...");
    assert!(
        !created.raw.value().to_string().contains("def456"),
        "the secret stays out of the raw answer"
    );
    assert_eq!(keys.revoke("uuid-key123").await.unwrap().success, Some(true));
    for asked in server.asked() {
        assert_eq!(asked.headers["cookie"], "session=abc");
        assert!(!asked.headers.contains_key("authorization"));
    }

    config.session = Some(SessionCredential::Bearer("session-token".into()));
    KaiCallsClient::new(&config).unwrap().keys().unwrap().list().await.unwrap();
    assert_eq!(server.asked().last().unwrap().headers["authorization"], "Bearer session-token");
    assert!(!format!("{config:?}").contains("session-token"));
}

#[tokio::test]
async fn webhooks_and_content() {
    let server = Server::start(|asked| match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/api/v1/webhooks") => (
            200,
            r#"{"webhooks":[{"id":"wh_1","url":"https://example.com/h","events":["call.completed"],"webhook_secret_masked":"whsec_****f00d"}],
                "events":["call.completed","call.failed"]}"#
                .to_owned(),
        ),
        ("POST", "/api/v1/webhooks") => (201, r#"{"id":"wh_1","webhook_secret":"whsec_x"}"#.to_owned()),
        ("POST", "/api/v1/webhooks/rotate-secret") => (200, r#"{"webhook":{"id":"wh_1","webhook_secret":"whsec_y"}}"#.to_owned()),
        ("GET", "/api/v1/recordings") => (
            200,
            r#"{"call_id":"c","recording_url":"https://s.example.com/a.mp3","status":"ready"}"#.to_owned(),
        ),
        ("GET", "/api/v1/transcripts") => (200, r#"{"transcripts":[{"call_id":"c","transcript":"AI: Hi"}]}"#.to_owned()),
        _ => (200, r#"{"success":true}"#.to_owned()),
    })
    .await;
    let client = client(&server);
    let listed = client.webhooks().list(None).await.unwrap();
    let row = &listed.items[0];
    assert_eq!(
        (row.id.as_deref(), row.webhook_url.as_deref()),
        (Some("wh_1"), Some("https://example.com/h"))
    );
    assert_eq!(row.webhook_secret_masked.as_deref(), Some("whsec_****f00d"));
    assert_eq!(listed.rest.value()["events"][1], "call.failed");
    let order =
        api::CreateWebhook::new("https://example.com/h").events(["call.completed".to_owned()]);
    assert_eq!(
        client.webhooks().create(&order).await.unwrap().secret.unwrap().expose_secret(),
        "whsec_x"
    );
    assert_eq!(
        client
            .webhooks()
            .rotate_secret("wh_1", None)
            .await
            .unwrap()
            .secret
            .unwrap()
            .expose_secret(),
        "whsec_y"
    );
    assert_eq!(
        client.webhooks().test("wh_1", None, Some(&json!({"a": 1}))).await.unwrap().success,
        Some(true)
    );
    assert_eq!(client.webhooks().delete("wh_1", None).await.unwrap().success, Some(true));
    assert_eq!(client.recordings().get("c").await.unwrap().status.as_deref(), Some("ready"));
    assert_eq!(
        client
            .transcripts()
            .list(&api::TranscriptQuery::new().days(7_u32))
            .await
            .unwrap()
            .items
            .len(),
        1
    );
}

#[tokio::test]
async fn the_raw_way_out_reads_writes_and_never_places_a_call() {
    let server = Server::answering(200, r#"{"leads":[]}"#).await;
    let client = client(&server);
    let answer = client
        .request(Method::Get, "/api/v1/leads?limit=10")
        .unwrap()
        .query("status", "new")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.value().unwrap(), json!({"leads": []}));
    client
        .request(Method::Post, "/api/v1/leads")
        .unwrap()
        .json(&json!({"business_id": "b"}))
        .unwrap()
        .send()
        .await
        .unwrap();
    for path in
        ["/api/v1/calls", "api/v1//Calls/", "/api/v1/%63alls", "/api/v1/communication-runs?x=1"]
    {
        let refused = client.request(Method::Post, path).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unsupported, "{path}");
    }
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!((asked[0].get("limit"), asked[0].get("status")), (Some("10"), Some("new")));

    // A base URL that ends in the middle of the path hides nothing.
    let mut config = config_at(&server);
    config.base_url = format!("{}/api/v1/calls", server.url()).parse().unwrap();
    let refused = KaiCallsClient::new(&config).unwrap().request(Method::Post, "").unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_list_that_is_none_is_an_error_and_not_empty() {
    for body in [r#"{"status":"ok"}"#, r#"{"calls":null}"#, r#""none""#, "null"] {
        let server = Server::answering(200, body).await;
        assert_eq!(
            client(&server).calls().list(&api::CallQuery::new()).await.unwrap_err().kind(),
            ErrorKind::Decode,
            "{body}"
        );
    }
}

#[tokio::test]
async fn fields_of_another_type_lose_nothing_else() {
    let body = r#"{"id": 17, "status": null, "duration": "127.5", "created_at": 1771165800, "to": {"odd": true}, "cost_cents": 0.15, "new": [1]}"#;
    let server = Server::answering(200, body).await;
    let call = client(&server).calls().get("17").await.unwrap();
    assert_eq!(call.id.as_deref(), Some("17"));
    assert_eq!(call.duration, Some("127.5".parse().unwrap()));
    assert_eq!(call.cost_cents, Some("0.15".parse().unwrap()));
    assert_eq!(call.created_at.unwrap().timestamp(), Some("2026-02-15T14:30:00Z".parse().unwrap()));
    assert_eq!((call.status, call.to), (None, None));
    assert_eq!(call.raw.value()["to"]["odd"], true);
    assert_eq!(call.raw.value()["new"][0], 1);
}

/// A list without the row that cannot be read would say that it is not there.
#[tokio::test]
async fn a_row_that_cannot_be_read_is_said() {
    let good = r#"{"id":"id_1","phone_number":"+15125551234","created_at":"2026-02-15T14:30:00Z"}"#;
    for (bad, kind) in [
        ("null", "null"),
        ("7", "a number"),
        ("true", "true or false"),
        ("[]", "a list"),
        (r#""""#, "a text"),
    ] {
        let server = Server::start(move |_| {
            let rows = format!("[{good},{bad},{good}]");
            let names = [
                "agents",
                "versions",
                "numbers",
                "calls",
                "keys",
                "businesses",
                "usage",
                "transcripts",
                "webhooks",
                "events",
                "deliveries",
                "communication_runs",
                "jobs",
                "attempts",
            ];
            let lists: Vec<String> =
                names.iter().map(|name| format!("\"{name}\":{rows}")).collect();
            (200, format!("{{{}}}", lists.join(",")))
        })
        .await;
        let mut config = config_at(&server);
        config.session = Some(SessionCredential::Bearer("session".into()));
        let client = KaiCallsClient::new(&config).unwrap();
        let (filters, none) = (api::Filters::new(), None);
        let errors = [
            client.agents().list().await.map(drop),
            client.agents().versions(&api::VersionQuery::new("a")).await.map(drop),
            client.numbers().list().await.map(drop),
            client.phone_numbers().list(&api::NumberQuery::new()).await.map(drop),
            client.phone_numbers().available(&api::AvailableQuery::new()).await.map(drop),
            client.calls().list(&api::CallQuery::new()).await.map(drop),
            client.keys().unwrap().list().await.map(drop),
            client.account().balance().await.map(drop),
            client.account().usage(&api::UsageQuery::new()).await.map(drop),
            client.transcripts().list(&api::TranscriptQuery::new()).await.map(drop),
            client.webhooks().list(none).await.map(drop),
            client.events().list(&api::EventQuery::new()).await.map(drop),
            client.events().deliveries(&filters).await.map(drop),
            client.communication_runs().list(&api::RunQuery::new()).await.map(drop),
            client.communication_runs().jobs(&filters).await.map(drop),
            client.communication_runs().attempts(&filters).await.map(drop),
        ];
        for error in errors {
            let error = error.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(error.message().contains("row 2") && error.message().contains(kind), "{error}");
        }
    }
}

#[tokio::test]
async fn rows_without_an_id_are_said_where_an_id_is_needed() {
    let server = Server::start(|_| {
        (
            200,
            r#"{"agents":[{"name":"Kai"}],"webhooks":[{"url":"https://example.com/h"}]}"#
                .to_owned(),
        )
    })
    .await;
    let provider = provider_at(&server);
    let agents = provider.agents().unwrap().list().await.unwrap_err();
    let webhooks = provider.webhooks().unwrap().subscriptions().unwrap().list().await.unwrap_err();
    for (error, missing) in [(agents, "no agent id"), (webhooks, "no id")] {
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.message().contains(missing), "{error}");
    }
}

#[tokio::test]
async fn numbers_as_the_sdks_have_them() {
    let server = Server::start(|asked| {
        let body = match (asked.path.as_str(), asked.query.get("phone_number").map(String::as_str)) {
            ("/api/v1/phone-numbers/available", _) => r#"{"available_numbers":["+15125550120","+15125550121"]}"#,
            (_, Some("+15125550120")) => r#"{"number":{"id":"n_1","phone_number":"+15125550120","capabilities":{"voice":true}}}"#,
            (_, Some(_)) => r#"{"number":null}"#,
            (_, None) => r#"{"numbers":[{"phone_number":"+15125550120","compliance":{"status":"approved"}}]}"#,
        };
        (200, body.to_owned())
    })
    .await;
    let client = KaiCallsClient::new(&config_at(&server)).unwrap();
    let offers = client.phone_numbers().available(&api::AvailableQuery::new()).await.unwrap().items;
    assert_eq!(
        offers.iter().map(|offer| offer.phone_number.as_deref()).collect::<Vec<_>>(),
        [Some("+15125550120"), Some("+15125550121")]
    );
    let named = |number: &str| api::NumberQuery::new().phone_number(number);
    let found = client.phone_numbers().list(&named("+15125550120")).await.unwrap().items;
    assert_eq!((found.len(), found[0].id.as_deref()), (1, Some("n_1")));
    assert_eq!(found[0].capabilities.as_ref().unwrap()["voice"], true);
    assert!(client.phone_numbers().list(&named("+15125550199")).await.unwrap().items.is_empty());
    let all = client.phone_numbers().list(&api::NumberQuery::new()).await.unwrap().items;
    assert_eq!(all[0].compliance.as_ref().unwrap()["status"], "approved");

    let offered = provider_at(&server);
    let offered = offered.numbers().unwrap().available(&Default::default()).await.unwrap();
    assert_eq!(offered.iter().filter(|offer| offer.number.is_some()).count(), 2);
}

#[tokio::test]
async fn a_part_of_a_conversation_that_cannot_be_read_is_shown_as_it_came() {
    let server = Server::answering(
        200,
        r#"{"id":"c","transcript":[{"role":"assistant","content":"Hi"},7,{"role":"tool","result":null},"User: Hello"]}"#,
    )
    .await;
    let provider = provider_at(&server);
    let said = provider.transcripts().unwrap().transcript(&"c".into()).await.unwrap().entries;
    let texts: Vec<&str> = said.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(texts, ["Hi", "7", r#"{"result":null,"role":"tool"}"#, "Hello"]);
}
