//! A value in a path names one thing and never another route.

use crate::support::*;
use switchboard_core::{Delivery, ErrorKind};
use switchboard_http::Request;

/// Every control character there is: C0, DEL and C1.
fn controls() -> impl Iterator<Item = char> {
    (0..=0x1f_u32).chain(0x7f..=0x9f).filter_map(char::from_u32)
}

#[tokio::test]
async fn a_value_that_would_change_the_path_is_refused_with_nothing_sent() {
    let server = Server::answering(answer(200, "{}")).await;
    let client = client(config(&server.url()));
    let mut values: Vec<String> =
        ["", ".", "..", ".\t.", "\t..", "..\n", ".\r"].map(str::to_owned).into();
    for control in controls() {
        values.extend([
            format!("c1{control}"),
            format!("{control}c1"),
            format!("c{control}1"),
            control.to_string(),
        ]);
    }
    for value in values {
        let request = Request::get("calls.get", "/v1/calls/{call_id}").param("call_id", &value);
        let error = client.read(request).await.unwrap_err();
        assert_plain(&error, ErrorKind::InvalidRequest);
        let request =
            Request::post("calls.stop", "/v1/calls/{call_id}/stop").param("call_id", &value);
        assert_error(
            &client.place(request).await.unwrap_err(),
            ErrorKind::InvalidRequest,
            Delivery::NotSent,
        );
    }
    // A path that somebody gave at run time.
    for path in ["/v1/ca\tlls", "/v1/x/.\t./calls", "/v1/\u{85}x"] {
        let error = client.write(Request::post("raw", path.to_owned())).await.unwrap_err();
        assert_plain(&error, ErrorKind::InvalidRequest);
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn every_other_value_stays_one_segment_and_means_what_it_says() {
    let server = Server::answering(answer(200, "{}")).await;
    let client = client(config(&server.url()));
    let values = [
        "a/b",
        "a\\b",
        "a?b",
        "a#b",
        "%2e%2e",
        "..%2f",
        "a%09b",
        "...",
        " ",
        "a;b",
        "é",
        "\u{202e}x",
        "a&b=c",
        "//",
    ];
    for value in values {
        let request =
            Request::get("calls.get", "/v1/calls/{call_id}/recording").param("call_id", value);
        client.read(request).await.unwrap();
        let requests = server.requests();
        let path = requests.last().unwrap().split(' ').nth(1).unwrap();
        let segments: Vec<&str> = path.split('/').collect();
        assert_eq!((segments.len(), segments[4]), (5, "recording"), "{value}: {path}");
        let read = url::Url::parse(&format!("http://x{path}")).unwrap();
        let decoded: Vec<u8> = decode(read.path_segments().unwrap().nth(2).unwrap());
        assert_eq!(String::from_utf8(decoded).unwrap(), value);
    }
}

fn decode(segment: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let [first, tail @ ..] = rest {
        if let [b'%', high, low, after @ ..] = rest {
            let digits = [*high, *low];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            rest = after;
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    bytes
}
