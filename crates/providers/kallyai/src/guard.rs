//! Routes that raw requests may not use: all that make a phone ring, according to the documents.
//!
//! A call placed by a raw request is in no journal, does not lock its callee, and is retried by
//! rules made for something else. So raw requests to these routes are refused, however the path is
//! spelled: in capitals, percent-encoded (also twice), with doubled slashes, dot segments, path
//! parameters, a query or a trailing slash. Refusing a harmless route by mistake costs the caller a
//! look at this table; letting one through makes somebody's phone ring.

use switchboard_core::{Error, ErrorKind, Result};
use switchboard_http::{Method, lenient_segments, split_query};

struct Ringing {
    /// The last segments of the route; `*` is any one segment.
    route: &'static [&'static str],
    instead: &'static str,
}

const PLACE: &str = "it places a call: use the provider's calls (`Calls::place`), or `calls().create` with a stored key";

const RINGING: [Ringing; 20] = [
    Ringing { route: &["calls"], instead: PLACE },
    Ringing {
        route: &["calls", "*", "reschedule"],
        instead: "it decides when a phone rings: use `calls().reschedule`",
    },
    Ringing {
        route: &["inbound", "calls", "*", "transfer"],
        instead: "it makes the target number ring: use `inbound().transfer`",
    },
    Ringing {
        route: &["inbound", "calls", "*", "takeover"],
        instead: "it may make the user's phone ring: use `inbound().take_over`",
    },
    // With `auto_execute`, and possibly without: the selected channel may be a call.
    Ringing {
        route: &["outreach", "tasks"],
        instead: "a task may be carried out by a phone call (document 002): use `outreach().create`",
    },
    Ringing {
        route: &["outreach", "tasks", "*", "retry"],
        instead: "a task may be carried out by a phone call (document 002): use `outreach().retry`",
    },
    Ringing {
        route: &["coordination", "message"],
        instead: "a message may start a phone call (`call_initiated`, document 002): use `coordination().message`",
    },
    // Goals make phone calls, and these let a goal continue.
    Ringing {
        route: &["goals", "*", "approve-step"],
        instead: "the step may be a phone call: use `coordination().approve_step`",
    },
    Ringing {
        route: &["goals", "*", "continue-negotiating"],
        instead: "the other side may be called again: use `coordination().continue_negotiating`",
    },
    Ringing {
        route: &["goals", "*", "approve-budget"],
        instead: "the goal continues and may call: use `budget().approve`",
    },
    Ringing {
        route: &["goals", "*", "acknowledge-soft-cap"],
        instead: "the goal continues and may call: use `budget().acknowledge_soft_cap`",
    },
    // The documents do not say how these are carried out; this provider usually calls.
    Ringing {
        route: &["actions", "bills", "dispute"],
        instead: "a dispute may be carried out by a phone call: use `actions().bills().dispute`",
    },
    Ringing {
        route: &["actions", "bookings"],
        instead: "a booking may be made by a phone call: use `actions().bookings().create`",
    },
    Ringing {
        route: &["actions", "bookings", "*"],
        instead: "a booking may be cancelled by a phone call: use `actions().bookings().cancel`",
    },
    Ringing {
        route: &["actions", "tasks", "ride"],
        instead: "a ride may be ordered by a phone call: use `actions().ride`",
    },
    Ringing {
        route: &["actions", "tasks", "food"],
        instead: "food may be ordered by a phone call: use `actions().food`",
    },
    Ringing {
        route: &["actions", "tasks", "errand"],
        instead: "an errand may be run by a phone call: use `actions().errand`",
    },
    Ringing {
        route: &["actions", "*", "undo"],
        instead: "an action may be undone by a phone call: use `actions().undo`",
    },
    Ringing {
        route: &["phone-numbers", "verify", "start"],
        instead: "the code may come by a call: use `phone_numbers().start_verification`",
    },
    Ringing {
        route: &["phone-numbers", "*", "verify"],
        instead: "it may make the number ring: use `phone_numbers().verify_ownership`",
    },
];

/// The path of a raw request, without its query.
///
/// # Errors
/// `Unsupported` for a route that makes a phone ring, with what to use instead; `InvalidRequest`
/// for a path with escapes or unusual characters.
pub(crate) fn plain_path(method: Method, path: &str) -> Result<&str> {
    match method {
        Method::Get => {}
        Method::Post | Method::Put | Method::Patch | Method::Delete => {
            if let Some(instead) = rings(path) {
                let message = format!(
                    "{} on this path is not allowed as a raw request: {instead}",
                    method.as_str()
                );
                return Err(Error::new(ErrorKind::Unsupported, message).with_field("path"));
            }
        }
    }
    let (plain, _) = split_query(path);
    let plain = plain.strip_suffix('/').unwrap_or(plain);
    let odd = |c: char| matches!(c, '%' | '\\' | ';' | '{' | '}') || !c.is_ascii_graphic();
    let Some(below) = plain.strip_prefix('/') else {
        return Err(Error::invalid(
            "path",
            "must begin with a slash, for example /v1/search/history",
        ));
    };
    if below.split('/').any(|segment| matches!(segment, "" | "." | "..") || segment.contains(odd)) {
        return Err(Error::invalid(
            "path",
            "must be plain: no escapes, dot segments or doubled slashes",
        ));
    }
    Ok(plain)
}

/// What to use instead if this path may not be written to. Compares the end of the route, so that a
/// prefix makes no difference.
fn rings(path: &str) -> Option<&'static str> {
    let Some(segments) = lenient_segments(path) else {
        return Some("it cannot be read as a path");
    };
    let same = |(wanted, found): (&&str, &String)| *wanted == "*" || *wanted == stem(found);
    let found = RINGING.iter().find(|ringing| {
        let at = segments.len().checked_sub(ringing.route.len());
        at.is_some_and(|at| ringing.route.iter().zip(&segments[at..]).all(same))
    });
    found.map(|ringing| ringing.instead)
}

/// Some servers take `calls.json` for `calls`.
fn stem(segment: &str) -> &str {
    segment
        .split_once('.')
        .map_or(segment, |(stem, _)| if stem.is_empty() { segment } else { stem })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_spelling_of_a_ringing_route_passes() {
        let spellings = [
            "/v1/calls",
            "/v1/calls/",
            "/v1/calls//",
            "//v1///calls",
            "/V1/CALLS",
            "/v1/./calls",
            "/v1/x/../calls",
            "/v1/calls/123/..",
            "/v1/%63alls",
            "/v1/%2563alls",
            "/v1%2Fcalls",
            "/v1/calls%2F",
            "/v1/calls?dry_run=true",
            "/v1/calls%3Fx=1",
            "/v1/calls#x",
            "/v1/calls;v=1",
            "/v1/calls.json",
            "/v1\\calls",
            "/v1/ calls ",
            "/v1/calls%00",
            "/v1/calls\t",
            "v1/calls",
            "/api/v1/calls",
            "https://api.kallyai.com/v1/calls",
            "/v1/%ffcalls",
            "/v1/outreach/tasks",
            "/v1/outreach/tasks/7/retry",
            "/v1/coordination/message",
            "/v1/coordination/goals/7/approve-step",
            "/v1/goals/7/approve-budget",
            "/v1/inbound/calls/7/transfer",
            "/v1/coordination/goals/7/continue-negotiating",
            "/v1/goals/7/acknowledge-soft-cap",
            "/v1/actions/bills/dispute",
            "/v1/actions/bookings",
            "/v1/actions/bookings/7",
            "/v1/actions/tasks/ride",
            "/v1/actions/tasks/food",
            "/v1/actions/tasks/errand",
            "/v1/actions/7/undo",
            "/v1/inbound/calls/7/takeover",
            "/v1/calls/7/reschedule",
            "/v1/phone-numbers/7/verify",
            "/v1/phone-numbers/verify/start",
        ];
        for path in spellings {
            for method in [Method::Post, Method::Put, Method::Patch, Method::Delete] {
                assert_eq!(
                    plain_path(method, path).unwrap_err().kind(),
                    ErrorKind::Unsupported,
                    "{path}"
                );
            }
        }
    }

    #[test]
    fn what_rings_nobody_passes_plainly() {
        assert_eq!(plain_path(Method::Post, "/v1/search/quick").unwrap(), "/v1/search/quick");
        assert_eq!(plain_path(Method::Get, "/v1/calls?limit=2").unwrap(), "/v1/calls");
        assert_eq!(plain_path(Method::Post, "/v1/calls/7/stop/").unwrap(), "/v1/calls/7/stop");
        for harmless in [
            "/v1/actions/bookings/restaurants/search",
            "/v1/actions/bills/analyze",
            "/v1/goals/estimate",
            "/v1/coordination/conversations",
            "/v1/outreach/tasks/7/cancel",
        ] {
            assert_eq!(plain_path(Method::Post, harmless).unwrap(), harmless);
        }
        assert_eq!(plain_path(Method::Get, "/v1/outreach/tasks").unwrap(), "/v1/outreach/tasks");
        assert_eq!(
            plain_path(Method::Post, "/v1/messages/mark-read").unwrap(),
            "/v1/messages/mark-read"
        );
    }

    fn disguised(route: &'static str) -> impl Strategy<Value = String> {
        let characters = route.chars().map(|c| {
            let escaped = move |layers: usize| {
                (0..layers)
                    .fold(format!("%{:02x}", u32::from(c)), |text, _| text.replace('%', "%25"))
            };
            prop_oneof![
                3 => Just(c.to_string()),
                1 => Just(c.to_ascii_uppercase().to_string()),
                1 => (0..3_usize).prop_map(escaped),
                1 => Just(if c == '/' { "/.//".to_owned() } else { c.to_string() }),
                1 => Just(if c == '/' { "/x/..\\".to_owned() } else { c.to_string() }),
            ]
        });
        let tail = prop_oneof![
            Just(""),
            Just("/"),
            Just("%2F"),
            Just("?a=b"),
            Just("%3f"),
            Just(";v=1"),
            Just("#"),
            Just("/."),
            Just(".json")
        ];
        (characters.collect::<Vec<_>>(), tail)
            .prop_map(|(characters, tail)| characters.concat() + tail)
    }

    proptest! {
        #[test]
        fn no_disguise_of_a_ringing_route_passes(path in prop_oneof![
            disguised("/v1/calls"), disguised("/v1/coordination/message"), disguised("/v1/outreach/tasks"), disguised("/v1/actions/bookings"),
        ]) {
            prop_assert_eq!(plain_path(Method::Post, &path).map_err(|error| error.kind()), Err(ErrorKind::Unsupported));
        }

        #[test]
        fn any_text_is_answered(path in ".*") {
            if let Ok(plain) = plain_path(Method::Post, &path) {
                prop_assert!(plain.starts_with('/') && plain.bytes().all(|byte| byte.is_ascii_graphic()));
            }
        }
    }

    #[test]
    fn odd_paths_are_refused() {
        for path in [
            "v1/search",
            "/v1//search",
            "/v1/../search",
            "/v1/%73earch",
            "/v1/se arch",
            "/v1/ſearch",
            "/v1/{id}",
            "",
        ] {
            assert_eq!(
                plain_path(Method::Get, path).unwrap_err().kind(),
                ErrorKind::InvalidRequest,
                "{path}"
            );
        }
    }
}
