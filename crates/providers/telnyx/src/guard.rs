//! Routes that raw requests may not use: all that may make a phone ring.

use switchboard_http::{Method, lenient_segments};

/// Words in routes that make no phone ring, although a word of the risky ones is in them.
const HARMLESS: [&str; 4] =
    ["call_events", "call_control_applications", "active_calls", "caller_ids"];

/// Whether a request could make a phone ring, erring on the safe side: apart from reads, nothing is let
/// through below calls (but hanging up), TeXML, assistants' scheduled events and canary deploys, and
/// whatever else dials, such as a fax.
pub(crate) fn may_place_calls(method: Method, path: &str) -> bool {
    const RISKY: [&str; 7] = ["call", "texml", "dial", "fax", "scheduled", "canary", "conference"];
    if method == Method::Get {
        return false;
    }
    let Some(segments) = lenient_segments(path) else {
        return true;
    };
    let hangs_up = matches!(segments.as_slice(), [.., calls, _, actions, hangup]
        if calls == "calls" && actions == "actions" && hangup == "hangup");
    let is_risky = |segment: &String| {
        RISKY.iter().any(|word| segment.contains(word)) && !HARMLESS.contains(&segment.as_str())
    };
    !hangs_up && segments.iter().any(is_risky)
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
            "/v2/calls/x/actions/hangup/../transfer",
            "/v2/calls/x/actions/%2e%2e/actions/transfer",
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
            "/v2/calls/x/actions/transfer",
            "/v2/texml/ai_calls/1",
            "/v2/ai/assistants/a/scheduled_events",
            "/v2/ai/assistants/a/canary-deploys",
            "/v2/conferences/c/actions/join",
            "/v2/faxes",
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
            "/v2/calls/x/actions/hangup",
            "/v2/phone_numbers/1",
            "/v2/call_control_applications",
            "/v2/ai/assistants/a/versions/v/promote",
        ] {
            assert!(!may_place_calls(Method::Post, path), "{path}");
        }
    }
}
