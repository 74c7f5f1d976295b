//! The end of a process with everything open.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use futures::future::join_all;
use rustix::process::Signal;
use serde_json::Value;
use switchboard_tests::{
    callee,
    serve::{
        Process, free_address,
        http::{Connection, request},
    },
    wait::within,
};

use crate::support::{get, place, settled, sqlite, stream};

const STREAMS: usize = 1_000;
/// Requests under way have ten seconds, providers' answers three, and the rest is a busy machine.
const ENDS_WITHIN: Duration = Duration::from_secs(25);

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_in_time_with_streams_slow_requests_and_calls_under_way_and_loses_nothing() {
    let stage = sqlite(|setting| {
        // A call takes minutes.
        setting.speed = 2.0;
        setting.server = "settle_seconds = 0\ndrain_seconds = 3\n".to_owned();
    })
    .await;
    let address = free_address();
    let mut server = stage.serve(0, &address).await.unwrap();
    let key = stage.key(&["--role", "caller", "--tenant", "acme"]).await;
    let streams = join_all((0..STREAMS).map(|_| stream(&address, &key))).await;
    let mut ids = Vec::new();
    for call in 0..8 {
        let placed = place(&address, &key, &format!("call-{call}"), &callee(call)).await.unwrap();
        ids.push(placed.json()["id"].as_str().unwrap().to_owned());
    }
    stage.sims.rings.wait_for_rings(4).await;
    // Requests that wait for a call, and one whose body does not come.
    let waiting = ids.iter().map(|id| {
        let path = format!("/v1/calls/{id}?wait_for=settled&timeout=55");
        let bearer = format!("Bearer {key}");
        let text = request("GET", &path, &[("Authorization", &bearer)], &Value::Null);
        let address = address.clone();
        tokio::spawn(async move { Connection::open(&address).await?.exchange(&text).await })
    });
    let waiting: Vec<_> = waiting.collect();
    let mut slow = Connection::open(&address).await.unwrap();
    let head = format!(
        "POST /v1/calls HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: 80\r\n\r\n{{"
    );
    slow.send(head.as_bytes()).await.unwrap();
    // They are being served once another one, sent later, was answered.
    assert_eq!(get(&address, &key, "/v1/me").await.status, 200);

    let began = Instant::now();
    server.signal(Signal::TERM);
    // Each stream has its proper end, and none is cut.
    let ends = streams.into_iter().map(|mut stream| async move {
        loop {
            match stream.piece().await {
                Ok(Some(_)) => {}
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    });
    let ended = within("all streams to end", join_all(ends)).await;
    let cut = ended.iter().filter(|properly| !**properly).count();
    assert_eq!(cut, 0, "{cut} of {STREAMS} streams were cut");
    let status = server.ended(ENDS_WITHIN).await.unwrap();
    assert!(status.success(), "{status}");
    assert!(began.elapsed() < ENDS_WITHIN, "{:?}", began.elapsed());
    drop(server);
    for one in waiting {
        // Answered, or ended: then the client asks the next process.
        if let Ok(answer) = one.await.unwrap() {
            assert!(matches!(answer.status, 200 | 503), "{answer:?}");
        }
    }

    let rang = stage.sims.rings.len();
    let _next = stage.serve(0, &address).await.unwrap();
    for (call, id) in ids.iter().enumerate() {
        let again = place(&address, &key, &format!("call-{call}"), &callee(call)).await.unwrap();
        assert_eq!(again.json()["id"], id.as_str(), "the same key is the same call");
        let found = get(&address, &key, &format!("/v1/calls/{id}")).await;
        assert_eq!(found.status, 200, "{found:?}");
    }
    assert!(stage.sims.rings.len() >= rang && stage.sims.rings.duplicates().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_reads_stops_no_request() {
    let stage = sqlite(|_| {}).await;
    let key = stage.key(&["--role", "caller", "--tenant", "acme"]).await;
    let address = free_address();
    let mut command = stage.command(&["serve", "--json", "--listen", &address]);
    // A pipe of the usual 64 KiB, whose other end is open and never read.
    command.stderr(Stdio::piped());
    let server = Process::start(command).await.unwrap();
    let bearer = format!("Bearer {key}");
    let text = request("GET", "/v1/me", &[("Authorization", &bearer)], &Value::Null);
    let mut connection = Connection::open(&address).await.unwrap();
    within("two thousand answers", async {
        for _ in 0..2_000 {
            assert_eq!(connection.exchange(&text).await.unwrap().status, 200);
        }
    })
    .await;
    let placed = place(&address, &key, "unread", &callee(1)).await.unwrap();
    let id = placed.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(settled(&address, &key, &id).await["status"], "closed");
    let status = server.terminate(ENDS_WITHIN).await.unwrap();
    assert!(status.success(), "{status}");
}
