//! One request and one answer, as text: a browser on this machine asks for a page, and nothing more
//! of HTTP is needed.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Browsers open connections ahead of need and leave them silent.
const PATIENCE: Duration = Duration::from_secs(10);
/// A redirect with two tokens is far below it.
const LONGEST_HEAD: usize = 32 * 1024;

/// What was asked for.
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) host: Option<String>,
}

/// Reads a request without its body; `None` for what is none.
pub(super) async fn read(stream: &mut TcpStream) -> Option<Asked> {
    parse(&tokio::time::timeout(PATIENCE, head(stream)).await.ok()?.ok()?)
}

fn parse(head: &str) -> Option<Asked> {
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    if !version.starts_with("HTTP/1.") || words.next().is_some() || !target.starts_with('/') {
        return None;
    }
    let mut hosts = lines
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.eq_ignore_ascii_case("host"))
        .map(|(_, value)| value.trim().to_owned());
    let host = hosts.next();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Some(Asked {
        method: method.to_owned(),
        path: path.to_owned(),
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        host: host.filter(|_| hosts.next().is_none()),
    })
}

async fn head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() > LONGEST_HEAD || stream.read_buf(&mut head).await? == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    String::from_utf8(head).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Answers and hangs up. No cache keeps it, no other site learns where it came from, and nothing in
/// it runs.
pub(super) async fn answer(
    stream: &mut TcpStream,
    status: &str,
    location: Option<&str>,
    text: &str,
) {
    let location =
        location.map_or_else(String::new, |location| format!("Location: {location}\r\n"));
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Switchboard</title><p>{text}</p></html>\n"
    );
    let answer = format!(
        "HTTP/1.1 {status}\r\n{location}Content-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\
         Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n\r\n{body}",
        body.len()
    );
    // A browser that is gone needs no answer.
    let _ = tokio::time::timeout(PATIENCE, async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await
    })
    .await;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(head in any::<String>(), target in "/[ -~]*", host in "[ -~]*") {
            let _ = parse(&head);
            let asked = parse(&format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
            prop_assert_eq!(asked.is_some(), !target.contains(' '));
            if let Some(asked) = asked {
                prop_assert!(target.starts_with(&asked.path) && !asked.path.contains('?'));
                prop_assert_eq!(asked.host.as_deref(), Some(host.trim()));
            }
        }

        #[test]
        fn two_hosts_are_none(one in "[a-z]+", other in "[a-z]+") {
            let asked = parse(&format!("GET / HTTP/1.1\r\nHost: {one}\r\nhost: {other}\r\n\r\n"));
            prop_assert!(asked.is_some_and(|asked| asked.host.is_none()));
        }
    }
}
