//! Requests that no client would send, many of them: each is refused with the right status, and the
//! memory of the process stays as it is.

use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::{Value, json};
use switchboard_tests::{
    serve::{
        Process, Stage, free_address,
        http::{Answer, Connection, ask, request},
    },
    wait::within,
};

use crate::support::{get, place, sqlite};

/// Memory that may come and go with connections and buffers.
const SLACK_KIB: u64 = 24 * 1024;

struct Abused {
    _stage: Stage,
    server: Process,
    address: String,
    key: String,
}

impl Abused {
    async fn start() -> Self {
        let stage = sqlite(|_| {}).await;
        let address = free_address();
        let server = stage.serve(0, &address).await.unwrap();
        let key = stage.key(&["--role", "caller", "--tenant", "acme"]).await;
        Self { _stage: stage, server, address, key }
    }

    /// Sends these bytes, and returns the answer; `None` if the connection ends without one.
    async fn raw(&self, bytes: &[u8]) -> Option<Answer> {
        let mut connection = Connection::open(&self.address).await.unwrap();
        // It may be refused before everything is sent.
        let _ = connection.send(bytes).await;
        within("an answer, or the end", connection.answer()).await.ok()
    }

    /// The head of a request that places a call, with these further headers.
    fn head(&self, more: &str) -> String {
        format!(
            "POST /v1/calls HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\nIdempotency-Key: abuse\r\n{more}\r\n",
            self.key
        )
    }

    /// A body that is declared as JSON.
    fn with_body(&self, body: &[u8]) -> Vec<u8> {
        let more = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        [self.head(&more).as_bytes(), body].concat()
    }

    /// Nothing was placed.
    async fn is_untouched(&self) {
        let calls = get(&self.address, &self.key, "/v1/calls").await.json();
        assert_eq!(calls["data"], json!([]));
    }
}

const JSON: &str = "Content-Type: application/json\r\n";
const GOOD: &str = r#"{"to": "+12015550101", "task": "Ask."}"#;

/// What is sent, the status, and the code where it is a problem of ours.
fn table(abused: &Abused) -> Vec<(&'static str, Vec<u8>, u16, &'static str)> {
    let deep = |open: &str, close: &str, levels: usize| {
        format!("{{\"metadata\": {}{}}}", open.repeat(levels), close.repeat(levels)).into_bytes()
    };
    let lengths = |first: usize, second: usize| {
        let more = format!("{JSON}Content-Length: {first}\r\nContent-Length: {second}\r\n");
        format!("{}{GOOD}", abused.head(&more)).into_bytes()
    };
    let chunked = format!("{:x}\r\n{GOOD}\r\n0\r\n\r\n", GOOD.len());
    let both = |first: &str, second: &str| {
        format!("{}{chunked}", abused.head(&format!("{JSON}{first}\r\n{second}\r\n"))).into_bytes()
    };
    let with = |more: &str| {
        let more = format!("{more}Content-Length: {}\r\n", GOOD.len());
        format!("{}{GOOD}", abused.head(&more)).into_bytes()
    };
    let coding = "Transfer-Encoding: chunked";
    let large = format!("{{\"to\": \"+12015550101\", \"task\": \"{}\"}}", "a".repeat(70 * 1024));
    let mut in_pieces = abused.head(&format!("{JSON}{coding}\r\n")).into_bytes();
    for _ in 0..70 {
        in_pieces.extend(format!("400\r\n{}\r\n", "a".repeat(1024)).as_bytes());
    }
    in_pieces.extend(b"0\r\n\r\n");
    let utf16: Vec<u8> = GOOD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let headers: String = (0..80).map(|number| format!("X-{number}: a\r\n")).collect();
    let wide = format!("X-Wide: {}\r\n", "a".repeat(20 * 1024));
    let wider = format!("X-Wide: {}\r\n", "a".repeat(200 * 1024));
    let long = format!("GET /v1/calls?cursor={} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(9 * 1024));
    vec![
        ("a large body", abused.with_body(large.as_bytes()), 413, "body_too_large"),
        ("a large body in pieces", in_pieces, 413, "body_too_large"),
        ("deep lists", abused.with_body(&deep("[", "]", 10_000)), 400, "malformed_json"),
        ("deep objects", abused.with_body(&deep("{\"a\":", "}", 5_000)), 400, "malformed_json"),
        ("half a text", abused.with_body(&GOOD.as_bytes()[..20]), 400, "malformed_json"),
        ("no text", abused.with_body(&[0xff, 0xfe, 0x7b]), 400, "malformed_json"),
        ("UTF-16", abused.with_body(&utf16), 400, "malformed_json"),
        ("UTF-8 that is none", abused.with_body(b"{\"to\": \"\xc3\x28\"}"), 400, "malformed_json"),
        (
            "a form",
            with("Content-Type: application/x-www-form-urlencoded\r\n"),
            415,
            "unsupported_media_type",
        ),
        ("no type", with(""), 415, "unsupported_media_type"),
        (
            "compressed",
            with(&format!("{JSON}Content-Encoding: gzip\r\n")),
            415,
            "unsupported_media_type",
        ),
        ("two lengths", lengths(GOOD.len(), 5), 400, ""),
        ("an unknown coding", both("Transfer-Encoding: gzip", "X-Nothing: 1"), 400, ""),
        ("a length that is none", with(&format!("{JSON}Content-Length: -1\r\n")), 400, ""),
        ("many headers", with(&format!("{JSON}{headers}")), 431, "headers_too_large"),
        ("large headers", with(&format!("{JSON}{wide}")), 431, "headers_too_large"),
        ("very large headers", with(&format!("{JSON}{wider}")), 431, ""),
        ("a long address", long.into_bytes(), 414, "uri_too_long"),
        ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(), 400, ""),
        ("a header with a line break", with(&format!("{JSON}X-A: b\r\n c: d\r\n")), 400, ""),
        // It ends without an answer, which an HTTP/2 client could not read.
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), 0, ""),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_abuse_has_its_status_and_a_thousand_take_no_memory() {
    let abused = Abused::start().await;
    let table = table(&abused);
    let mut wrong = Vec::new();
    for (what, bytes, status, code) in &table {
        match abused.raw(bytes).await {
            Some(answer)
                if answer.status == *status && (code.is_empty() || answer.code() == *code) => {}
            None if *status == 0 => {}
            answer => wrong.push(format!("{what}: {status} {code} expected, not {answer:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    abused.is_untouched().await;
    let before = abused.server.resident_kib();
    for _ in 0..40 {
        join_all(table.iter().map(|(_, bytes, _, _)| abused.raw(bytes))).await;
    }
    let grown = abused.server.resident_kib().saturating_sub(before);
    assert!(grown < SLACK_KIB, "{grown} KiB more");
    abused.is_untouched().await;
    assert_eq!(
        place(&abused.address, &abused.key, "good", "+12015550101").await.unwrap().status,
        201
    );
}

/// A length beside a coding could be read in two ways, by a proxy and by the server. The coding
/// counts, as RFC 9112 has it, and the connection ends with the answer: what follows is no request.
#[tokio::test(flavor = "multi_thread")]
async fn a_length_beside_a_coding_smuggles_no_request() {
    let abused = Abused::start().await;
    let (coding, length) = ("Transfer-Encoding: chunked", "Content-Length: 4");
    let hidden = format!(
        "DELETE /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n",
        abused.key
    );
    for (first, second) in [(coding, length), (length, coding)] {
        let text = format!(
            "POST /v1/plan HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n{JSON}{first}\r\n{second}\r\n\r\n{:x}\r\n{GOOD}\r\n0\r\n\r\n{hidden}",
            abused.key,
            GOOD.len()
        );
        let mut connection = Connection::open(&abused.address).await.unwrap();
        connection.send(text.as_bytes()).await.unwrap();
        let answer = connection.answer().await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("connection"), Some("close"));
        let second = within("the end", connection.answer()).await;
        assert!(second.is_err(), "{second:?}");
    }
}

/// Three hundred connections that send their request a byte at a time, and three hundred that stop
/// in its middle.
#[tokio::test(flavor = "multi_thread")]
async fn slow_heads_and_bodies_are_given_up_in_time_while_others_are_served() {
    let abused = Abused::start().await;
    let before = abused.server.resident_kib();
    let body = abused.head(&format!("{JSON}Content-Length: {}\r\n", GOOD.len()));
    let began = Instant::now();
    let slow = (0..600).map(|number| {
        let (address, body) = (abused.address.clone(), body.clone());
        async move {
            let mut connection = Connection::open(&address).await.unwrap();
            let is_head = number % 2 == 0;
            let text = if is_head { "GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Slow: " } else { &body };
            connection.send(text.as_bytes()).await.unwrap();
            let answer = connection.answer();
            let mut answer = std::pin::pin!(within("a slow request to end", answer));
            (is_head, answer.as_mut().await.ok())
        }
    });
    let slow = tokio::spawn(join_all(slow));
    let mut served = 0;
    while !slow.is_finished() {
        let asked = Instant::now();
        let answer =
            ask(&abused.address, &abused.key, "GET", "/v1/me", &Value::Null).await.unwrap();
        assert_eq!(answer.status, 200);
        assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
        served += 1;
    }
    assert!(served > 10, "{served}");
    for (is_head, answer) in slow.await.unwrap() {
        match answer {
            Some(answer) => assert_eq!(answer.status, 408, "{answer:?}"),
            None => assert!(is_head, "a body has an answer"),
        }
    }
    // Ten seconds, and what a busy machine adds.
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
    let grown = abused.server.resident_kib().saturating_sub(before);
    assert!(grown < SLACK_KIB, "{grown} KiB more");
    abused.is_untouched().await;
}

/// A connection that sends a byte now and then never gets beyond its ten seconds.
#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_trickles_in_is_given_up() {
    let abused = Abused::start().await;
    let mut connection = Connection::open(&abused.address).await.unwrap();
    let text = request("GET", "/v1/me", &[("X-Slow", &"a".repeat(200))], &Value::Null);
    let began = Instant::now();
    let mut sent = 0;
    for byte in text.as_bytes() {
        if connection.send(&[*byte]).await.is_err() || connection.is_over().await {
            break;
        }
        sent += 1;
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    assert!(sent < text.len() && began.elapsed() < Duration::from_secs(25), "{sent}");
}
