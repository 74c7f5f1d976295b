//! Routes that raw requests may not use: all that may make a phone ring.

use switchboard_http::{Method, lenient_segments};

/// Whether a request could make a phone ring, erring on the safe side: apart from reads, nothing below
/// `calls` and `runs` is let through but cancelling one call. A run of a published goal is a call.
pub(crate) fn may_place_calls(method: Method, path: &str) -> bool {
    if method == Method::Get {
        return false;
    }
    let Some(segments) = lenient_segments(path) else {
        return true;
    };
    let cancels = matches!(segments.as_slice(), [.., calls, _, cancel] if calls == "calls" && cancel == "cancel");
    !cancels && segments.iter().any(|segment| segment.contains("call") || segment.contains("run"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_placing_a_call_is_seen() {
        let spellings = [
            "/v2/calls",
            "/V2/Calls",
            "v2/calls/",
            "//v2//calls//",
            "/v2/./calls",
            "/v2/calls/call_1/cancel/..",
            "/v2/calls/call_1/cancel/../..",
            "/v2/calls/call_1/%2e%2e",
            "/v2/%63alls",
            "/v2/%2563alls",
            "/v2%2fcalls",
            "/v2\\calls",
            "/v2/calls?x=1",
            "/v2/calls%3Fx=1",
            "/v2/calls#x",
            "/v2/calls;v=1",
            "/v2/calls%20",
            "/v2/calls%00",
            "/v2/calls.json",
            "/v2/%ffcalls",
            "/calls",
            "/v1/calls",
            "/v1/goals/goal_1/runs",
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
        for path in ["/v2/calls/call_1/cancel", "/v1/goals"] {
            assert!(!may_place_calls(Method::Post, path), "{path}");
        }
    }
}
