//! Routes that raw requests may not use: all that make a phone ring, according to the documents.

use switchboard_http::Method;

const RUNS: [&str; 3] = ["communication-runs", "communication-jobs", "communication-attempts"];

/// Whether a request could make a phone ring, erring on the safe side: below `calls` and below the
/// communication runs, their jobs and their attempts, only reads are allowed, the two dry runs
/// (`validate`, `preview`), and DELETE for runs. PATCH pauses and cancels a run, but might also let
/// one continue: the typed client has both.
pub(crate) fn places_calls(method: Method, path: &str) -> bool {
    let segments = segments(path);
    let calls = segments.iter().any(|segment| segment == "calls");
    let runs = segments.iter().position(|segment| RUNS.contains(&segment.as_str()));
    let dry = runs.is_some_and(
        |at| matches!(&segments[at + 1..], [word] if word == "validate" || word == "preview"),
    );
    match method {
        Method::Get => false,
        Method::Post => calls || (runs.is_some() && !dry),
        Method::Put | Method::Patch => calls || runs.is_some(),
        Method::Delete => calls,
    }
}

/// The path's segments, read as the most lenient server would.
fn segments(path: &str) -> Vec<String> {
    let mut path = path.to_owned();
    loop {
        let decoded = decoded(&path);
        if decoded == path {
            break;
        }
        path = decoded;
    }
    let path = path.replace('\\', "/");
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut segments = Vec::new();
    for segment in path.split('/') {
        let segment = segment.split(';').next().unwrap_or_default();
        let plain: String = segment
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_control())
            .flat_map(char::to_lowercase)
            .collect();
        match plain.as_str() {
            "" | "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(plain),
        }
    }
    segments
}

/// Removes one layer of percent-encoding; invalid UTF-8 becomes a replacement character.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = match rest {
            [b'%', high, low, ..] => {
                char::from(*high).to_digit(16).zip(char::from(*low).to_digit(16))
            }
            _ => None,
        };
        match code.and_then(|(high, low)| u8::try_from(high * 16 + low).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[3..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_placing_a_call_is_seen() {
        let spellings = [
            "/api/v1/calls",
            "/API/V1/Calls",
            "api/v1/calls/",
            "//api//v1//calls//",
            "/api/v1/./calls",
            "/api/v1/agents/../calls",
            "/api/v1/agents/%2e%2e/calls",
            "/api/v1/%63alls",
            "/api/v1/%2563alls",
            "/api/v1%2fcalls",
            "/api/v1\\calls",
            "/api/v1/calls?x=1",
            "/api/v1/calls%3Fx=1",
            "/api/v1/calls#x",
            "/api/v1/calls;v=1",
            "/api/v1/calls%20",
            "/api/v1/calls%00",
            "/api/v1/calls/batch",
            "/calls",
            "/api/v1/communication-runs",
            "/api/v1/Communication-Runs/",
            "/api/v1/communication-runs/preview/..",
            "/api/v1/communication-runs/retry",
            "/api/v1/communication-jobs",
            "/api/v1/communication-attempts/retry",
        ];
        for path in spellings {
            assert!(places_calls(Method::Post, path), "{path}");
            assert!(places_calls(Method::Put, path), "{path}");
            assert!(!places_calls(Method::Get, path), "{path}");
        }
    }

    #[test]
    fn harmless_paths_pass() {
        for path in [
            "/api/v1/leads",
            "/api/v1/sms/send",
            "/api/v1/communication-runs/validate",
            "/api/v1/communication-runs/preview",
        ] {
            assert!(!places_calls(Method::Post, path), "{path}");
        }
        assert!(!places_calls(Method::Delete, "/api/v1/communication-runs"));
        assert!(
            places_calls(Method::Patch, "/api/v1/communication-runs"),
            "it might let a run go on"
        );
        assert!(places_calls(Method::Put, "/api/v1/communication-runs/preview"));
        assert!(places_calls(Method::Patch, "/api/v1/calls"));
    }
}
