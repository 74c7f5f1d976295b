//! Routes that raw requests may not use: all that make a phone ring, according to the documents.

use switchboard_http::{Method, lenient_segments};

const RUNS: [&str; 3] = ["communication-runs", "communication-jobs", "communication-attempts"];

/// Whether a request could make a phone ring, erring on the safe side: below `calls` and below the
/// communication runs, their jobs and their attempts, only reads are allowed, the two dry runs
/// (`validate`, `preview`), and DELETE for runs. PATCH pauses and cancels a run, but might also let
/// one continue: the typed client has both. PATCH of a workspace might resume it, and its runs.
pub(crate) fn places_calls(method: Method, path: &str) -> bool {
    let Some(segments) = lenient_segments(path) else {
        return method != Method::Get;
    };
    let calls = segments.iter().any(|segment| segment == "calls");
    let runs = segments.iter().position(|segment| RUNS.contains(&segment.as_str()));
    let dry = runs.is_some_and(
        |at| matches!(&segments[at + 1..], [word] if word == "validate" || word == "preview"),
    );
    let workspaces = segments.iter().any(|segment| segment == "workspaces");
    match method {
        Method::Get => false,
        Method::Post => calls || (runs.is_some() && !dry),
        Method::Put | Method::Patch => calls || runs.is_some() || workspaces,
        Method::Delete => calls,
    }
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
        assert!(places_calls(Method::Patch, "/api/v1/workspaces"), "it might resume its runs");
        assert!(!places_calls(Method::Post, "/api/v1/workspaces"));
    }
}
