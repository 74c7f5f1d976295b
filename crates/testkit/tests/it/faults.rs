//! What each fault looks like to the client, and whether the phone rang before it.

use std::io::ErrorKind;
use std::time::Duration;

use serde_json::json;
use switchboard_testkit::calls::{CallScript, Outcome};
use switchboard_testkit::fault::{After, Envelope, Fault, FaultScript, OutageMode, Rule};
use switchboard_testkit::{Ring, SimConfig, SimKaiCalls, SimKallyAi};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::common::{call, get, read, submission};

const TO: &str = "+12125550101";

fn config() -> SimConfig {
    SimConfig::default().seed(0).speed(100_000.0).outcome(TO, Outcome::Completed)
}

fn on_post(fault: Fault) -> Rule {
    Rule::on("POST", "/v1/calls", fault)
}

async fn kallyai(rule: Rule) -> SimKallyAi {
    SimKallyAi::start(config().faults(FaultScript::default().rule(rule))).await.unwrap()
}

#[tokio::test]
async fn a_500_can_come_before_the_ring_or_after_it() {
    let before = kallyai(on_post(Fault::answer(500, "internal_error"))).await;
    let answer = call(&before, "POST", "/v1/calls", submission(TO)).await;
    assert_eq!(
        (answer.status, answer.json()["error"]["code"].as_str()),
        (500, Some("internal_error"))
    );
    assert_eq!((before.rings().len(), before.rings().posts()), (0, 1));

    let after = kallyai(on_post(Fault::answer(500, "internal_error")).after(After::Ring)).await;
    let answer = call(&after, "POST", "/v1/calls", submission(TO)).await;
    assert_eq!((answer.status, after.rings().count(TO)), (500, 1));
    assert_eq!(get(&after, "/v1/calls").await.json()["total"], 1, "the call goes on");
}

#[tokio::test]
async fn a_reset_is_a_reset_on_the_wire() {
    for (after, rings) in [(After::Nothing, 0), (After::Ring, 1), (After::Answer, 1)] {
        let sim = kallyai(on_post(Fault::Reset).after(after)).await;
        let reply = call(&sim, "POST", "/v1/calls", submission(TO)).await;
        assert_eq!((reply.broken, reply.status), (Some(ErrorKind::ConnectionReset), 0));
        assert_eq!(sim.rings().len(), rings);
    }
}

#[tokio::test]
async fn a_close_is_an_end_of_stream_without_a_response() {
    let sim = kallyai(on_post(Fault::Close).after(After::Ring)).await;
    let reply = call(&sim, "POST", "/v1/calls", submission(TO)).await;
    assert_eq!((reply.broken, reply.head.as_str(), sim.rings().len()), (None, "", 1));
    assert_eq!(sim.requests()[0].status, None);
}

#[tokio::test]
async fn a_hang_neither_responds_nor_closes() {
    let sim = kallyai(on_post(Fault::Hang).after(After::Ring)).await;
    let mut waiting = Box::pin(call(&sim, "POST", "/v1/calls", submission(TO)));
    tokio::select! {
        reply = &mut waiting => panic!("a hanging connection ended: {reply:?}"),
        () = sim.rings().wait_for_rings(1) => {}
    }
    // Compare with requests on another connection, which do get responses.
    for _ in 0..20 {
        tokio::select! {
            biased;
            reply = &mut waiting => panic!("a hanging connection ended: {reply:?}"),
            other = get(&sim, "/v1/calls") => assert_eq!(other.status, 200),
        }
    }
    sim.sever_connections();
    assert_eq!(waiting.await.head, "");
}

#[tokio::test]
async fn a_cut_body_is_shorter_than_its_content_length() {
    let sim = kallyai(on_post(Fault::CutBody { sent: None })).await;
    let reply = call(&sim, "POST", "/v1/calls", submission(TO)).await;
    let announced: usize = reply.header("content-length").unwrap().parse().unwrap();
    assert_eq!((reply.status, reply.broken, reply.body.len()), (201, None, announced / 2));
    assert_eq!(reply.header("x-simulated"), Some("true"));
    assert_eq!(sim.rings().len(), 1);
}

#[tokio::test]
async fn corrupted_responses_ring_and_keep_their_status() {
    let spoiled = [
        (Fault::NotJson, "text"),
        (Fault::EmptyBody, "empty"),
        (Fault::MissingId, "no id"),
        (Fault::HugeBody { bytes: (1 << 20) + 1 }, "huge"),
    ];
    for (fault, what) in spoiled {
        let sim = kallyai(on_post(fault)).await;
        let reply = call(&sim, "POST", "/v1/calls", submission(TO)).await;
        assert_eq!((reply.status, sim.rings().len()), (201, 1), "{what}");
        match what {
            "text" => assert!(serde_json::from_slice::<serde_json::Value>(&reply.body).is_err()),
            "empty" => assert!(reply.body.is_empty()),
            "no id" => {
                assert!(reply.json()["call_id"].is_null() && reply.json()["status"] == "success")
            }
            _ => assert!(reply.body.len() > 1 << 20 && reply.json()["call_id"].is_string()),
        }
    }
}

#[tokio::test]
async fn answers_carry_status_headers_body_and_envelope() {
    let sim =
        kallyai(on_post(Fault::answer(429, "rate_limited").with_header("Retry-After", "7")).nth(1))
            .await;
    let limited = call(&sim, "POST", "/v1/calls", submission(TO)).await;
    assert_eq!((limited.status, limited.header("retry-after")), (429, Some("7")));
    assert_eq!(call(&sim, "POST", "/v1/calls", submission(TO)).await.status, 201, "only the first");

    sim.faults().set(FaultScript::default().rule(on_post(Fault::answer(429, "rate_limited"))));
    assert_eq!(call(&sim, "POST", "/v1/calls", submission(TO)).await.header("retry-after"), None);

    sim.faults()
        .set(FaultScript::default().rule(on_post(Fault::raw(204, "")).after(After::Answer)));
    let empty = call(&sim, "POST", "/v1/calls", submission(TO)).await;
    assert_eq!((empty.status, empty.body.len(), sim.rings().len()), (204, 0, 2));

    let redirect =
        Fault::Redirect { status: 307, location: "http://127.0.0.1:9/v1/calls".to_owned() };
    sim.faults().set(FaultScript::default().rule(on_post(redirect)));
    let moved = call(&sim, "POST", "/v1/calls", submission(TO)).await;
    assert_eq!(
        (moved.status, moved.header("location")),
        (307, Some("http://127.0.0.1:9/v1/calls"))
    );

    for (envelope, pointer) in [
        (Envelope::Message, "/error/message"),
        (Envelope::Details, "/error/details/message"),
        (Envelope::Text, "/message"),
        (Envelope::Plain, "/error/message"),
        (Envelope::Quota, "/upgrade_url"),
    ] {
        let fault = Fault::Answer {
            status: 402,
            code: Some("quota_exceeded".to_owned()),
            message: None,
            headers: Default::default(),
            body: None,
            envelope: Some(envelope),
        };
        sim.faults().set(FaultScript::default().rule(on_post(fault)));
        let body = call(&sim, "POST", "/v1/calls", submission(TO)).await.json();
        assert!(body.pointer(pointer).is_some_and(serde_json::Value::is_string), "{body}");
    }
    assert_eq!(sim.rings().len(), 2);
}

#[tokio::test]
async fn rules_choose_by_number_count_and_prefix() {
    let script = FaultScript::from_toml(
        r#"
        [[rule]]
        to = "+12125550102"
        fault = { kind = "answer", status = 503 }

        [[rule]]
        method = "GET"
        path = "/v1/*"
        every = 2
        fault = { kind = "answer", status = 418, body = "tea" }
        "#,
    )
    .unwrap();
    assert_eq!(script, FaultScript::from_json(&serde_json::to_string(&script).unwrap()).unwrap());
    let sim = SimKallyAi::start(config().faults(script)).await.unwrap();
    assert_eq!(call(&sim, "POST", "/v1/calls", submission("+12125550102")).await.status, 503);
    assert_eq!(call(&sim, "POST", "/v1/calls", submission(TO)).await.status, 201);
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(get(&sim, "/v1/calls").await.status);
    }
    assert_eq!(seen, [200, 418, 200, 418]);
    assert_eq!(get(&sim, "/health").await.status, 200);
    assert_eq!(sim.faults().fired(), 3);
    assert!(FaultScript::from_toml("[[rule]]\nfault = { kind = \"sorcery\" }").is_err());
}

#[tokio::test]
async fn refused_connections_come_back_on_the_same_port() {
    let sim = kallyai(Rule::default()).await;
    sim.refuse_connections().await;
    assert_eq!(
        TcpStream::connect(sim.address()).await.unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
    sim.accept_connections().await;
    assert_eq!(get(&sim, "/v1/calls").await.status, 200);
}

#[tokio::test]
async fn a_simulator_that_was_shut_down_leaves_its_port_to_the_next() {
    let first = SimKallyAi::start(config()).await.unwrap();
    let (address, credential) = (first.address(), first.credential().to_owned());
    assert_eq!(get(&first, "/v1/calls").await.status, 200);
    first.shutdown().await;
    assert_eq!(TcpStream::connect(address).await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    let second = SimKallyAi::start(config().listen(address)).await.unwrap();
    assert_eq!((second.address(), second.credential()), (address, credential.as_str()));
    assert_eq!(get(&second, "/v1/calls").await.status, 200);
    assert!(SimKallyAi::start(config().speed(0.0)).await.is_err());
}

#[tokio::test]
async fn a_connection_that_is_kept_carries_several_requests_and_then_a_fault() {
    let sim = kallyai(Rule::on("GET", "/v1/calls", Fault::Reset).nth(3)).await;
    let mut socket = TcpStream::connect(sim.address()).await.unwrap();
    let request = format!(
        "GET /v1/calls HTTP/1.1\r\nhost: sim\r\nauthorization: Bearer {}\r\n\r\n",
        sim.credential()
    );
    for _ in 0..2 {
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut seen = Vec::new();
        while !seen.ends_with(b"}") {
            let mut part = [0; 4096];
            let read = socket.read(&mut part).await.unwrap();
            seen.extend_from_slice(&part[..read]);
        }
        assert!(seen.starts_with(b"HTTP/1.1 200"));
    }
    socket.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(read(socket).await.broken, Some(ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn outages_begin_and_end_by_the_scripts_clock() {
    let sim = kallyai(Rule::default()).await;
    let outage = |mode: &str, until: u64| {
        FaultScript::from_json(&json!({"outage": [{"mode": mode, "until_ms": until}]}).to_string())
            .unwrap()
    };
    assert_eq!(outage("refuse", 1).outages[0].mode, OutageMode::Refuse);
    sim.faults().set(outage("unavailable", 3_600_000));
    assert_eq!(get(&sim, "/health").await.status, 503);
    sim.faults().set(outage("close", 3_600_000));
    assert_eq!(get(&sim, "/v1/calls").await.head, "");
    sim.faults().set(outage("refuse", 200));
    while TcpStream::connect(sim.address()).await.is_ok() {
        tokio::task::yield_now().await;
    }
    while TcpStream::connect(sim.address()).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(get(&sim, "/v1/calls").await.status, 200);
}

#[tokio::test]
async fn lists_can_lag_and_omit() {
    let script = FaultScript::from_toml("[list]\nomit = [\"+12125550101\"]").unwrap();
    let sim = SimKallyAi::start(config().faults(script)).await.unwrap();
    let id = call(&sim, "POST", "/v1/calls", submission(TO)).await.json()["call_id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(get(&sim, "/v1/calls").await.json()["total"], 0);
    assert_eq!(get(&sim, &format!("/v1/calls/{id}")).await.status, 200);
    sim.faults().set(FaultScript::from_toml("[list]\nlag_ms = 3600000").unwrap());
    assert_eq!(get(&sim, "/v1/calls").await.json()["total"], 0);
    sim.faults().clear();
    assert_eq!(get(&sim, "/v1/calls").await.json()["total"], 1);
}

#[tokio::test]
async fn the_ledger_file_has_the_ring_before_the_response() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let rule = Rule::on("POST", "*", Fault::Hang).after(After::Ring);
    let script = FaultScript::default().rule(rule);
    let slow = CallScript::new(Outcome::Completed).talking_for(Duration::from_secs(3600));
    let sim = SimKaiCalls::start(
        SimConfig::default().seed(0).outcome(TO, slow).ledger_file(file.path()).faults(script),
    )
    .await
    .unwrap();
    let request =
        call(&sim, "POST", "/api/v1/calls", json!({"agent_id": sim.agent_id(), "to": TO}));
    tokio::select! {
        reply = request => panic!("{reply:?}"),
        () = sim.rings().wait_for_rings(1) => {}
    }
    let text = std::fs::read_to_string(file.path()).unwrap();
    let ring: Ring = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!((ring.to.as_str(), text.lines().count()), (TO, 1));
    sim.shutdown().await;

    let again = SimKaiCalls::start(config().ledger_file(file.path())).await.unwrap();
    let body = json!({"agent_id": again.agent_id(), "to": TO});
    let second = call(&again, "POST", "/api/v1/calls", body).await.json();
    assert_ne!(second["id"].as_str(), Some(ring.call_id.as_str()), "ids stay apart over a restart");
    assert_eq!(again.rings().duplicates().get(TO), Some(&2));
}

#[tokio::test]
async fn a_request_is_processed_even_if_the_caller_disconnects() {
    let sim = kallyai(Rule::default()).await;
    let body = submission(TO).to_string();
    let head = format!(
        "POST /v1/calls HTTP/1.1\r\nhost: sim\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        sim.credential(),
        body.len()
    );
    let mut socket = TcpStream::connect(sim.address()).await.unwrap();
    socket.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    sim.rings().wait_for_rings(1).await;
    drop(socket);
    assert_eq!(sim.rings().count(TO), 1);

    let mut half = TcpStream::connect(sim.address()).await.unwrap();
    half.write_all(head.as_bytes()).await.unwrap();
    half.shutdown().await.unwrap();
    let _ = read(half).await;
    assert_eq!(sim.rings().posts(), 1, "a request that never arrived in full is no call");
}
