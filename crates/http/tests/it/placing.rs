//! Every way in which a request that places a call can fail: what it proves, and how often the
//! server saw it.

use std::time::Duration;

use crate::support::*;
use switchboard_core::{Delivery, ErrorKind};
use switchboard_http::Request;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

const SHORT: Duration = Duration::from_millis(250);

async fn closed_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[tokio::test]
async fn an_ordinary_call_is_one_ordinary_post() {
    let server = Server::answering(answer(201, r#"{"id":"c_1"}"#)).await;
    let answer = client(config(&server.url())).place(placing()).await.unwrap();
    assert_eq!((answer.status(), answer.value().unwrap()["id"].as_str()), (201, Some("c_1")));
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].starts_with("POST /v1/calls HTTP/1.1\r\n"));
    assert_eq!(header(&requests[0], "content-length"), Some("21"));
    assert_eq!(header(&requests[0], "transfer-encoding"), None);
    assert_eq!(header(&requests[0], "content-type"), Some("application/json"));
    assert_eq!(header(&requests[0], "authorization"), Some("Bearer secret-token"));
    assert_eq!(header(&requests[0], "idempotency-key"), Some("key-1"));
    assert!(requests[0].ends_with(r#"{"to":"+14155550100"}"#));
}

#[tokio::test]
async fn connection_refused() {
    assert_error(&failed(&closed_port().await).await, ErrorKind::Connect, Delivery::NotSent);
}

#[tokio::test]
async fn a_name_that_does_not_resolve() {
    assert_error(&failed("http://name.invalid").await, ErrorKind::Connect, Delivery::NotSent);
}

#[tokio::test]
async fn connect_timeout_on_a_full_backlog() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut kept = Vec::new();
    while let Ok(Ok(stream)) = tokio::time::timeout(SHORT, TcpStream::connect(address)).await {
        kept.push(stream);
        assert!(kept.len() < 16, "the backlog never fills");
    }
    let mut config = config(&format!("http://{address}"));
    config.connect_timeout = SHORT;
    let error = client(config).place(placing()).await.unwrap_err();
    assert_error(&error, ErrorKind::Connect, Delivery::NotSent);
}

#[tokio::test]
async fn connect_timeout_in_the_tls_handshake() {
    let server = Server::new([Act::HangUnread]).await;
    let mut config = config(&server.url().replace("http:", "https:"));
    config.connect_timeout = SHORT;
    let error = client(config).place(placing()).await.unwrap_err();
    assert_error(&error, ErrorKind::Connect, Delivery::NotSent);
}

#[tokio::test]
async fn total_timeout_while_connecting_is_not_sent_although_the_library_does_not_call_it_connect()
{
    let server = Server::new([Act::HangUnread]).await;
    let mut config = config(&server.url().replace("http:", "https:"));
    config.place_timeout = SHORT;
    let error = client(config).place(placing()).await.unwrap_err();
    assert_error(&error, ErrorKind::Timeout, Delivery::NotSent);
}

#[tokio::test]
async fn tls_to_a_port_that_speaks_plain_http() {
    let server = Server::new([Act::Blurt(answer(400, "{}"))]).await;
    let error = failed(&server.url().replace("http:", "https:")).await;
    assert_error(&error, ErrorKind::Connect, Delivery::NotSent);
    assert_eq!(server.posts(), 0);
}

#[tokio::test]
async fn a_request_that_cannot_be_built_is_not_sent() {
    let server = Server::answering(answer(201, "{}")).await;
    let client = client(config(&server.url()));
    for request in [
        Request::post("calls.place", "/v1/calls").header("x-note", "line\nbreak"),
        Request::post("calls.place", "/v1/calls/{id}/again"),
        Request::post("calls.place", "/v1/calls/{id}/again").param("id", ""),
        Request::post("calls.place", "/v1/calls/{id}/again").param("id", ".."),
    ] {
        assert_error(
            &client.place(request).await.unwrap_err(),
            ErrorKind::InvalidRequest,
            Delivery::NotSent,
        );
    }
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn timeout_without_the_server_reading_is_unknown() {
    let server = Server::new([Act::HangUnread]).await;
    let mut config = config(&server.url());
    config.place_timeout = SHORT;
    assert_error(
        &client(config).place(placing()).await.unwrap_err(),
        ErrorKind::Timeout,
        Delivery::Unknown,
    );
}

#[tokio::test]
async fn timeout_after_the_server_read_is_unknown() {
    let server = Server::new([Act::Hang]).await;
    let mut config = config(&server.url());
    config.place_timeout = SHORT;
    assert_error(
        &client(config).place(placing()).await.unwrap_err(),
        ErrorKind::Timeout,
        Delivery::Unknown,
    );
    assert_eq!(server.posts(), 1);
}

#[tokio::test]
async fn closed_at_once_without_reading() {
    // Which of the two it is depends on who is quicker; neither claims more than is known, and
    // nothing is sent twice.
    let server = Server::new([Act::CloseUnread]).await;
    let client = client(config(&server.url()));
    for _ in 0..50 {
        let error = client.place(placing()).await.unwrap_err();
        match error.delivery() {
            Delivery::NotSent | Delivery::Unknown => {
                assert_error(&error, ErrorKind::Transport, error.delivery())
            }
            Delivery::Placed | Delivery::Refused(_) => panic!("{error:?}"),
        }
        assert_eq!(server.posts(), 0);
    }
}

#[tokio::test]
async fn closed_after_reading_is_unknown_and_sent_once() {
    let server = Server::new([Act::Close, Act::Answer(answer(201, "{}"))]).await;
    assert_error(&failed(&server.url()).await, ErrorKind::Transport, Delivery::Unknown);
    assert_eq!(server.posts(), 1);
}

#[tokio::test]
async fn reset_after_reading_is_unknown_and_sent_once() {
    let server = Server::new([Act::Reset, Act::Answer(answer(201, "{}"))]).await;
    assert_error(&failed(&server.url()).await, ErrorKind::Transport, Delivery::Unknown);
    assert_eq!(server.posts(), 1);
}

#[tokio::test]
async fn not_http_is_unknown() {
    for garbage in
        ["HTTP/1.0 what\r\n\r\n", "SSH-2.0-OpenSSH_9.9\r\n", "\r\n\r\n\r\n", "HTTP/1.1 2"]
    {
        let server = Server::answering(garbage).await;
        assert_error(&failed(&server.url()).await, ErrorKind::Transport, Delivery::Unknown);
        assert_eq!(server.posts(), 1, "{garbage:?}");
    }
}

#[tokio::test]
async fn a_connection_that_switches_protocols_is_unknown() {
    let server = Server::answering(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: other\r\nconnection: upgrade\r\n\r\n",
    )
    .await;
    assert_eq!(failed(&server.url()).await.delivery(), Delivery::Unknown);
    assert_eq!(server.posts(), 1);
}

#[tokio::test]
async fn http_1_0_is_read() {
    let server = Server::answering("HTTP/1.0 201 Created\r\n\r\n{\"id\":\"c_1\"}").await;
    let answer = client(config(&server.url())).place(placing()).await.unwrap();
    assert_eq!(answer.value().unwrap()["id"], "c_1");
    assert_eq!(server.posts(), 1);
}

#[tokio::test]
async fn a_201_that_breaks_off_is_placed() {
    let server =
        Server::answering("HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{\"id\":").await;
    let error = failed(&server.url()).await;
    assert_error(&error, ErrorKind::Transport, Delivery::Placed);
    assert_eq!((error.error().status(), server.posts()), (Some(201), 1));
}

#[tokio::test]
async fn a_201_whose_chunks_break_off_is_placed() {
    let server = Server::answering(
        "HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"id\"\r\n",
    )
    .await;
    assert_error(&failed(&server.url()).await, ErrorKind::Transport, Delivery::Placed);
    assert_eq!(server.posts(), 1);
}

#[tokio::test]
async fn a_201_whose_body_never_ends_is_placed() {
    let server = Server::new([Act::AnswerThenHang(
        "HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{".into(),
    )])
    .await;
    let mut config = config(&server.url());
    config.place_timeout = SHORT;
    assert_error(
        &client(config).place(placing()).await.unwrap_err(),
        ErrorKind::Timeout,
        Delivery::Placed,
    );
    assert_eq!(server.posts(), 1);
}

#[tokio::test]
async fn a_201_that_is_not_json_is_placed() {
    let server = Server::answering(answer(201, "<html>Created</html>")).await;
    let answer = client(config(&server.url())).place(placing()).await.unwrap();
    assert_plain(&answer.value().unwrap_err(), ErrorKind::Decode);
    assert!(answer.raw().is_none());
    assert_eq!(server.posts(), 1);
}

#[tokio::test]
async fn a_201_of_another_shape_is_placed_and_its_values_stay_unseen() {
    #[derive(serde::Deserialize, Debug)]
    struct Placed {
        #[allow(dead_code)]
        call: Call,
    }
    #[derive(serde::Deserialize, Debug)]
    struct Call {
        #[allow(dead_code)]
        seconds: u32,
    }
    let server = Server::answering(answer(
        201,
        r#"{"call":{"seconds":"+14155550100, expected \"secret-token"}}"#,
    ))
    .await;
    let answer = client(config(&server.url())).place(placing()).await.unwrap();
    let error = answer.json::<Placed>().unwrap_err();
    assert_plain(&error, ErrorKind::Decode);
    assert_eq!(error.message(), "call.seconds: expected u32");
}

#[tokio::test]
async fn a_201_over_the_cap_is_placed_whether_it_says_its_length_or_not() {
    let large = "x".repeat((1 << 20) + 1);
    let chunked = format!(
        "HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n{:x}\r\n{large}\r\n0\r\n\r\n",
        large.len()
    );
    for raw in [answer(201, &large), chunked] {
        let server = Server::answering(raw).await;
        assert_error(&failed(&server.url()).await, ErrorKind::Decode, Delivery::Placed);
        assert_eq!(server.posts(), 1);
    }
}

#[tokio::test]
async fn a_2xx_without_a_body_is_placed() {
    for raw in [
        answer(201, ""),
        answer(202, ""),
        "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_owned(),
        "HTTP/1.1 201 Created\r\nconnection: close\r\n\r\n".to_owned(),
    ] {
        let server = Server::answering(raw).await;
        let answer = client(config(&server.url())).place(placing()).await.unwrap();
        assert!(answer.is_empty());
        assert_plain(&answer.value().unwrap_err(), ErrorKind::Decode);
        assert_eq!(server.posts(), 1);
    }
}

#[tokio::test]
async fn a_redirect_is_refused_and_never_followed() {
    let other = Server::answering(answer(201, "{}")).await;
    for status in [301, 302, 303, 307, 308] {
        let server = Server::answering(answer_with(
            status,
            &format!("location: {}/v1/calls\r\n", other.url()),
            "",
        ))
        .await;
        let error = failed(&server.url()).await;
        assert_error(&error, ErrorKind::Configuration, refused());
        assert_eq!((error.error().status(), server.posts()), (Some(status), 1));
    }
    assert_eq!(other.requests().len(), 0);
}

#[tokio::test]
async fn a_redirect_to_itself_is_seen_once() {
    let server = Server::answering(answer_with(307, "location: /v1/calls\r\n", "")).await;
    assert_error(&failed(&server.url()).await, ErrorKind::Configuration, refused());
    assert_eq!(server.posts(), 1);
}

#[tokio::test]
async fn a_100_continue_is_not_the_answer() {
    let server = Server::new([Act::Continue(answer(201, "{}"))]).await;
    assert_eq!(client(config(&server.url())).place(placing()).await.unwrap().status(), 201);
    assert_eq!(server.posts(), 1);
}

fn large() -> Request {
    Request::post("calls.place", "/v1/calls").json(&"x".repeat(8 << 20)).unwrap()
}

#[tokio::test]
async fn an_answer_while_the_body_is_being_sent_counts() {
    let server = Server::new([Act::AnswerEarly(answer(201, "{}"))]).await;
    assert_eq!(client(config(&server.url())).place(large()).await.unwrap().status(), 201);
    assert_eq!(server.posts(), 1);
    let server = Server::new([Act::AnswerEarly(answer(413, "{}"))]).await;
    let error = client(config(&server.url())).place(large()).await.unwrap_err();
    assert_error(&error, ErrorKind::InvalidRequest, refused());
    assert_eq!(server.posts(), 1);
}

#[tokio::test]
async fn an_early_answer_followed_by_a_reset_never_claims_silence_wrongly() {
    let server = Server::new([Act::AnswerEarlyThenReset(answer(201, "{}"))]).await;
    let client = client(config(&server.url()));
    for turn in 1..=4 {
        let placed = match client.place(large()).await {
            Ok(_) => Delivery::Placed,
            Err(error) => error.delivery(),
        };
        assert!(!placed.proves_no_ring(), "{placed:?}");
        assert_eq!(server.posts(), turn);
    }
}

#[tokio::test]
async fn a_placing_request_without_a_body_proves_less() {
    let server = Server::new([Act::Close]).await;
    let error = client(config(&server.url()))
        .place(Request::post("calls.again", "/v1/again"))
        .await
        .unwrap_err();
    assert_error(&error, ErrorKind::Transport, Delivery::Unknown);
    assert_eq!(header(&server.requests()[0], "content-length"), Some("0"));
}

#[tokio::test]
async fn every_call_has_a_connection_of_its_own() {
    let server =
        Server::new([Act::Keep("HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}".into())])
            .await;
    let client = client(config(&server.url()));
    for _ in 0..5 {
        client.place(placing()).await.unwrap();
    }
    assert_eq!((server.posts(), server.connections()), (5, 5));
    for _ in 0..5 {
        client.read(Request::get("calls.list", "/v1/calls")).await.unwrap();
    }
    assert_eq!(server.connections(), 6, "reads share one");
}
