//! The smallest client of HTTP/1.1 that keeps its connection, and the requests that it sends.

use std::{
    io::{BufRead, Read, Write},
    net::SocketAddr,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use switchboard::{CallRequest, core::ValidCall};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::mpsc::UnboundedSender,
};
use uuid::Uuid;

use super::Failure;

/// A connection that takes one request after the other.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request and reads its answer's body.
    pub(crate) async fn ask(&mut self, request: &[u8], expected: u16) -> Result<Vec<u8>, Failure> {
        self.0.get_mut().write_all(request).await?;
        let (status, length) = self.head().await?;
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await?;
        if status == expected {
            return Ok(body);
        }
        Err(format!("answered {status}: {}", String::from_utf8_lossy(&body)).into())
    }

    /// Status and length of an answer.
    async fn head(&mut self) -> Result<(u16, usize), Failure> {
        let (mut status, mut length, mut line) = (0, 0, String::new());
        loop {
            line.clear();
            if self.0.read_line(&mut line).await? == 0 {
                return Err("the connection was closed".into());
            }
            let text = line.trim_end();
            if text.is_empty() {
                return Ok((status, length));
            }
            read_line(text, &mut status, &mut length)?;
        }
    }
}

/// The same from a thread of its own, as a client in another process has it. In the server's own
/// threads it would wait for them.
pub(crate) struct Client(std::io::BufReader<std::net::TcpStream>);

impl Client {
    pub(crate) fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = std::net::TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self(std::io::BufReader::new(stream)))
    }

    /// Sends a request and reads its answer. Returns how long that took.
    pub(crate) fn ask(&mut self, request: &[u8], expected: u16) -> Result<Duration, Failure> {
        let start = Instant::now();
        self.0.get_mut().write_all(request)?;
        let (mut status, mut length, mut line) = (0, 0, String::new());
        loop {
            line.clear();
            if self.0.read_line(&mut line)? == 0 {
                return Err("the connection was closed".into());
            }
            if line.trim_end().is_empty() {
                break;
            }
            read_line(&line, &mut status, &mut length)?;
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        let took = start.elapsed();
        if status == expected { Ok(took) } else { Err(format!("answered {status}").into()) }
    }
}

/// Reads a line of an answer's head.
fn read_line(line: &str, status: &mut u16, length: &mut usize) -> Result<(), Failure> {
    if *status == 0 {
        *status = line.split(' ').nth(1).ok_or("no status")?.parse()?;
    } else if let Some((name, value)) = line.split_once(':')
        && name.eq_ignore_ascii_case("content-length")
    {
        *length = value.trim().parse()?;
    }
    Ok(())
}

/// An open stream of events.
pub(crate) struct Stream(Connection);

impl Stream {
    pub(crate) async fn open(address: SocketAddr, request: &[u8]) -> Result<Self, Failure> {
        let mut connection = Connection::open(address).await?;
        connection.0.get_mut().write_all(request).await?;
        match connection.head().await? {
            (200, _) => Ok(Self(connection)),
            (status, _) => Err(format!("a stream was answered with {status}").into()),
        }
    }

    /// Tells when each event arrives, until nobody listens.
    pub(crate) async fn follow(mut self, arrived: UnboundedSender<Instant>) {
        let mut line = String::new();
        loop {
            line.clear();
            match self.0.0.read_line(&mut line).await {
                Ok(0) | Err(_) => return,
                Ok(_) if line.starts_with("data:") && arrived.send(Instant::now()).is_err() => {
                    return;
                }
                Ok(_) => {}
            }
        }
    }
}

/// A request that makes an endpoint for events of new calls.
pub(crate) fn endpoint(url: &str, key: &str) -> Vec<u8> {
    let body = format!(r#"{{"url":"{url}","types":["call.created"]}}"#);
    format!(
        "POST /v1/webhook-endpoints HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A request without a body.
pub(crate) fn get(path: &str, key: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n\r\n")
        .into_bytes()
}

/// Calls that are due in an hour, each to the next of 40,000 numbers.
pub(crate) struct Load {
    key: String,
    due: String,
    next: usize,
}

impl Load {
    pub(crate) fn new(key: &str) -> Self {
        let due = Timestamp::now() + SignedDuration::from_hours(1);
        Self { key: key.to_owned(), due: due.to_string(), next: 0 }
    }

    fn number(&mut self) -> String {
        let n = self.next;
        self.next += 1;
        format!("+1{}555{:04}", ["212", "646", "718", "917"][n / 10_000 % 4], n % 10_000)
    }

    /// A request to place one.
    pub(crate) fn call(&mut self) -> Vec<u8> {
        let body = format!(
            r#"{{"to":"{}","task":"Ask whether they are open on Sunday, and at which hours.","not_before":"{}","allow_duplicate":true,"tags":["reminder"],"metadata":{{"order":"8812"}}}}"#,
            self.number(),
            self.due
        );
        format!(
            "POST /v1/calls HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Idempotency-Key: {}\r\nContent-Length: {}\r\n\r\n{body}",
            self.key,
            Uuid::now_v7(),
            body.len()
        )
        .into_bytes()
    }

    /// The same for the engine.
    pub(crate) fn valid(&mut self) -> Result<ValidCall, Failure> {
        let request = CallRequest::new(
            self.number(),
            "Ask whether they are open on Sunday, and at which hours.",
        )
        .with(|call| {
            call.not_before = Some(self.due.clone());
            call.allow_duplicate = true;
            call.tags = vec!["reminder".to_owned()];
            call.idempotency_key = Some(Uuid::now_v7().to_string());
        });
        Ok(request.validate(Timestamp::now())?)
    }
}
