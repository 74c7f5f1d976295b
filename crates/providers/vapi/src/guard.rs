//! Routes that raw requests may not use: all that may make a phone ring.

use switchboard_http::{Method, lenient_segments};

/// Parts of the names of routes that may make a phone ring, or that nothing is known of.
const RISKY: [&str; 5] = ["call", "campaign", "dial", "outbound", "control"];

/// Whether a request could make a phone ring, erring on the safe side: apart from reads, no route
/// with such a name is let through, but renaming a call and deleting its data. That covers placing a
/// call, a batch of calls and a scheduled call, which are one route.
pub(crate) fn may_place_calls(method: Method, path: &str) -> bool {
    if method == Method::Get {
        return false;
    }
    let Some(segments) = lenient_segments(path) else {
        return true;
    };
    let is_risky = |segment: &String| RISKY.iter().any(|name| segment.contains(name));
    let before = match (method, segments.as_slice()) {
        (Method::Patch | Method::Delete, [before @ .., route, id])
            if route == "call" && !id.is_empty() =>
        {
            before
        }
        _ => segments.as_slice(),
    };
    before.iter().any(is_risky)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_placing_a_call_is_seen() {
        let spellings = [
            "/call",
            "/Call",
            "call/",
            "//call//",
            "/./call",
            "/assistant/../call",
            "/assistant/%2e%2e/call",
            "/%63all",
            "/%2563all",
            "\\call",
            "/call?x=1",
            "/call%3Fx=1",
            "/call#x",
            "/call;v=1",
            "/call%20",
            "/call%00",
            "/call.json",
            "/v2/call",
            "/call/phone",
            "/call/web",
            "/%ffcall",
            "/campaign",
        ];
        for path in spellings {
            for method in [Method::Post, Method::Put] {
                assert!(may_place_calls(method, path), "{path}");
            }
            assert!(!may_place_calls(Method::Get, path), "{path}");
        }
        for path in ["/call", "/call/1/control", "/call/call/1", "/campaign/1"] {
            for method in [Method::Patch, Method::Delete] {
                assert!(may_place_calls(method, path), "{path}");
            }
        }
    }

    #[test]
    fn harmless_paths_pass() {
        for path in ["/assistant", "/phone-number/1", "/analytics", "/tool"] {
            for method in [Method::Post, Method::Patch, Method::Delete] {
                assert!(!may_place_calls(method, path), "{path}");
            }
        }
        for method in [Method::Patch, Method::Delete] {
            assert!(!may_place_calls(method, "/call/00000000-0000-4000-8000-000000000000"));
        }
    }
}
