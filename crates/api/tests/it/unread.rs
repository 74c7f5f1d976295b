//! Requests that are answered before their body was read: the connection stays of use, or the
//! answer says that it does not.

use std::time::Duration;

use switchboard_api::caller::Role;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use crate::support::Server;

const PATIENCE: Duration = Duration::from_secs(30);

struct Connection(TcpStream);

impl Connection {
    async fn open(server: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = server.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self(TcpStream::connect(address).await.unwrap())
    }

    async fn write(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// The head of the next answer; its body is read, too.
    async fn answer(&mut self) -> String {
        let mut text = Vec::new();
        let head = loop {
            let byte = timeout(PATIENCE, self.0.read_u8()).await.unwrap().unwrap();
            text.push(byte);
            if text.ends_with(b"\r\n\r\n") {
                break String::from_utf8(text).unwrap().to_lowercase();
            }
        };
        let length = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        timeout(PATIENCE, self.0.read_exact(&mut body)).await.unwrap().unwrap();
        head
    }
}

fn head(key: &str, path: &str, more: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nIdempotency-Key: k\r\n{more}\r\n\r\n"
    )
}

#[tokio::test]
async fn a_refused_request_leaves_its_connection_of_use() {
    let server = Server::start().await;
    let key = server.key(Some("acme"), Role::Caller).await;
    let mut connection = Connection::open(&server).await;
    let body = r#"{"to": "+12125550101", "task": "Ask."}"#;
    let length = format!("Content-Length: {}", body.len());
    for (key, path, status) in [
        ("sb_nonsense", "/v1/calls", "401"),
        (key.as_str(), "/v1/nothing", "404"),
        (key.as_str(), "/v1/me", "405"),
        (key.as_str(), "/v1/keys", "403"),
        (key.as_str(), "/v1/plan", "200"),
    ] {
        // In two pieces, as many clients send it: the body may come after the answer is known.
        connection.write(&head(key, path, &length)).await;
        connection.write(body).await;
        let answer = connection.answer().await;
        assert!(answer.starts_with(&format!("http/1.1 {status}")), "{path}: {answer}");
        assert!(!answer.contains("connection: close"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn an_answer_says_that_its_connection_is_closed() {
    let server = Server::start().await;
    for more in [
        // Too much to read it for nothing.
        "Content-Length: 10000000",
        // It asks before it sends.
        "Content-Length: 10\r\nExpect: 100-continue",
        // It does not come.
        "Content-Length: 10",
    ] {
        let mut connection = Connection::open(&server).await;
        connection.write(&head("sb_nonsense", "/v1/calls", more)).await;
        let answer = connection.answer().await;
        assert!(answer.starts_with("http/1.1 401"), "{more}: {answer}");
        assert!(answer.contains("connection: close"), "{more}: {answer}");
    }
}
