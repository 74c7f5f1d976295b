//! Routes that raw requests may not use: all that may make a phone ring.

use switchboard_http::{Method, lenient_segments};

/// Routes with `call` in their name that make no phone ring.
const HARMLESS: [&str; 6] = [
    "list-calls",
    "update-call",
    "stop-call",
    "delete-call",
    "rerun-call-analysis",
    "listen-live-call",
];

/// Whether a request could make a phone ring, erring on the safe side: apart from reads, no route
/// with `call` in its name is let through but the harmless ones. That covers placing a call, a batch
/// of calls, a registered call and a web call, and steering or taking over a live call, which may
/// transfer it. Ids of calls begin with `call_` and are no routes.
pub(crate) fn may_place_calls(method: Method, path: &str) -> bool {
    if method == Method::Get {
        return false;
    }
    let Some(segments) = lenient_segments(path) else {
        return true;
    };
    let is_risky = |segment: &String| {
        segment.contains("call")
            && !segment.starts_with("call_")
            && !HARMLESS.contains(&segment.as_str())
    };
    segments.iter().any(is_risky)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_placing_a_call_is_seen() {
        let spellings = [
            "/v2/create-phone-call",
            "/V2/Create-Phone-Call",
            "v2/create-phone-call/",
            "//v2//create-phone-call//",
            "/v2/./create-phone-call",
            "/v2/stop-call/../create-phone-call",
            "/v2/stop-call/%2e%2e/create-phone-call",
            "/v2/create-phone-%63all",
            "/v2/create-phone-%2563all",
            "/v2%2fcreate-phone-call",
            "/v2\\create-phone-call",
            "/v2/create-phone-call?x=1",
            "/v2/create-phone-call%3Fx=1",
            "/v2/create-phone-call#x",
            "/v2/create-phone-call;v=1",
            "/v2/create-phone-call%20",
            "/v2/create-phone-call%00",
            "/v2/create-phone-call.json",
            "/v2/%ffcreate",
            "/create-phone-call",
            "/v3/create-phone-call",
            "/create-batch-call",
            "/v2/register-phone-call",
            "/v2/create-web-call",
            "/v2/update-live-call/call_1",
            "/v2/take-over-live-call/call_1",
        ];
        for path in spellings {
            for method in [Method::Post, Method::Put, Method::Patch, Method::Delete] {
                assert!(may_place_calls(method, path), "{path}");
            }
            assert!(!may_place_calls(Method::Get, path), "{path}");
        }
    }

    #[test]
    fn harmless_paths_pass() {
        for path in [
            "/v3/list-calls",
            "/v2/stop-call/call_1",
            "/v2/update-call/call_1",
            "/v2/delete-call/call_1",
            "/v2/listen-live-call/call_1",
            "/rerun-call-analysis/call_1",
            "/create-contact",
            "/publish-agent-version/agent_1",
        ] {
            assert!(!may_place_calls(Method::Post, path), "{path}");
        }
    }
}
