//! A small HTTP/1.1 client, which shows what a library would hide: connections that break, answers
//! that come in pieces, and requests that no library would send.

use std::{io, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

/// How long [`ask`] waits for a whole answer.
const PATIENCE: Duration = Duration::from_secs(75);

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The status line and the headers.
    pub head: String,
    /// The body, without its transfer coding.
    pub body: String,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The `code` of a problem; empty if the body is none.
    pub fn code(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        body["code"].as_str().unwrap_or_default().to_owned()
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the connection ended early")
}

/// A request as text. A body that is not null is sent as JSON.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> String {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: switchboard\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if body.is_null() {
        return text + "\r\n";
    }
    let body = body.to_string();
    text + &format!(
        "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// One request with this key on a connection of its own.
///
/// # Errors
/// The connection cannot be made, breaks, or has no whole answer within a minute or so.
pub async fn ask(
    address: &str,
    key: &str,
    method: &str,
    path: &str,
    body: &Value,
) -> io::Result<Answer> {
    let bearer = format!("Bearer {key}");
    let headers = [("Authorization", bearer.as_str()), ("Connection", "close")];
    let text = request(method, path, &headers, body);
    timeout(PATIENCE, async { Connection::open(address).await?.exchange(&text).await }).await?
}

/// A connection that is kept.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// It is refused.
    pub async fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// Sends these bytes, whatever they are.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes).await
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn exchange(&mut self, request: &str) -> io::Result<Answer> {
        self.send(request.as_bytes()).await?;
        self.answer().await
    }

    /// Reads a whole answer.
    ///
    /// # Errors
    /// The connection broke before its end.
    pub async fn answer(&mut self) -> io::Result<Answer> {
        let (status, head) = self.head().await?;
        let mut body = Vec::new();
        if let Some(length) = header(&head, "content-length") {
            body.resize(length.parse().map_err(io::Error::other)?, 0);
            self.stream.read_exact(&mut body).await?;
        } else if header(&head, "transfer-encoding").is_some() {
            while let Some(piece) = self.piece().await? {
                body.extend(piece);
            }
        } else if status != 204 && status != 304 {
            self.stream.read_to_end(&mut body).await?;
        }
        let body = String::from_utf8(body).map_err(io::Error::other)?;
        Ok(Answer { status, head, body })
    }

    /// Reads the status line and the headers.
    ///
    /// # Errors
    /// The connection broke before their end.
    pub async fn head(&mut self) -> io::Result<(u16, String)> {
        let mut head = String::new();
        loop {
            let before = head.len();
            if self.stream.read_line(&mut head).await? == 0 {
                return Err(cut());
            }
            if &head[before..] == "\r\n" {
                break;
            }
        }
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Ok((status.ok_or_else(cut)?, head))
    }

    /// Reads a piece of a body that comes in pieces. `None` at its end.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn piece(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(cut());
        }
        let length = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        let mut piece = vec![0; length + 2];
        self.stream.read_exact(&mut piece).await?;
        piece.truncate(length);
        Ok((length > 0).then_some(piece))
    }

    /// True if the other side has closed it, or said more than was asked.
    pub async fn is_over(&mut self) -> bool {
        let moment = Duration::from_millis(1);
        timeout(moment, self.stream.fill_buf()).await.is_ok()
    }
}
