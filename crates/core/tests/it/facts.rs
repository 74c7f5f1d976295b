//! The facts that calling rules ask for: what is refused and why, that they survive a round trip,
//! and that `Debug` shows no evidence.

use jiff::Timestamp;
use proptest::prelude::*;
use switchboard_core::{
    AgreedTime, CallRequest, CalleeKind, CalleeLine, Consent, ConsentKind, ErrorKind, Purpose,
    RuleOverride,
};

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    time("2026-11-02T12:00:00Z")
}

fn request(change: impl FnOnce(&mut CallRequest)) -> CallRequest {
    CallRequest::new("+442079460018", "Ask.").with(change)
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn agreed(from: &str, to: &str) -> Option<AgreedTime> {
    Some(AgreedTime { from: time(from), to: time(to) })
}

fn consent(change: impl FnOnce(&mut Consent)) -> Option<Consent> {
    Some(Consent::new(ConsentKind::Express).with(change))
}

fn lifted(change: impl FnOnce(&mut RuleOverride)) -> Vec<RuleOverride> {
    let mut lifted = RuleOverride {
        rule: "P-HOURS-MARKETING".to_owned(),
        by: "Ada Example".to_owned(),
        reason: "The customer is on a night shift.".to_owned(),
        until: time("2026-12-01T00:00:00Z"),
    };
    change(&mut lifted);
    vec![lifted]
}

/// A request with every fact, on which the errors below are tried too.
fn complete() -> CallRequest {
    request(|call| {
        call.purpose = Some(Purpose::Transactional);
        call.callee_kind = Some(CalleeKind::Business);
        call.callee_line = Some(CalleeLine::Landline);
        call.callee_timezone = text("America/New_York");
        call.callee_timezone_guess = text("America/Chicago");
        call.callee_region = text("US-FL");
        call.consent = consent(|consent| {
            consent.at = Some(time("2026-10-01T08:00:00Z"));
            consent.words = text("I agree to be called by an AI.");
            consent.channel = text("https://shop.example/form");
            consent.seller = text("Example Ltd");
            consent.purpose = Some(Purpose::Marketing);
            consent.hours = text("mon-fri 08:00-22:00; sat 10:00-14:00");
            consent.expires_at = Some(time("2027-10-01T08:00:00Z"));
        });
        call.requested_at = text("2026-11-02T11:00:00Z");
        call.published_number = text("https://shop.example/contact");
        call.relationship = text("order 17");
        call.agreed_time = agreed("2026-11-03T18:00:00Z", "2026-11-03T19:00:00Z");
        call.recording = Some(true);
        call.overrides = lifted(|_| {});
    })
}

#[test]
fn errors_name_the_field_the_problem_and_the_fix() {
    type Change = fn(&mut CallRequest);
    let rows: &[(Change, &str, &str)] = &[
        (
            |call| call.callee_timezone = text("Mars/Olympus"),
            "callee_timezone",
            "is not an IANA time zone: write one as America/New_York",
        ),
        (
            |call| call.callee_timezone_guess = text("EST5"),
            "callee_timezone_guess",
            "is not an IANA time zone: write one as America/New_York",
        ),
        (
            |call| call.callee_region = text("Florida"),
            "callee_region",
            "is not an ISO 3166 code: write one as FR or US-FL",
        ),
        (|call| call.callee_region = text("US-fl"), "callee_region", "write one as FR or US-FL"),
        (|call| call.callee_region = text("US-"), "callee_region", "write one as FR or US-FL"),
        (|call| call.callee_region = text("XX-FL"), "callee_region", "write one as FR or US-FL"),
        (
            |call| call.consent = consent(|it| it.hours = text("8 to 10")),
            "consent.hours",
            "\"8\" is not a weekday: write mon, tue",
        ),
        (
            |call| call.consent = consent(|it| it.hours = text("mon 22:00-08:00")),
            "consent.hours",
            "divide hours over midnight",
        ),
        (
            |call| call.consent = consent(|it| it.hours = text(" ")),
            "consent.hours",
            "is empty: leave it out instead",
        ),
        (
            |call| call.consent = consent(|it| it.words = Some("w".repeat(2_001))),
            "consent.words",
            "has 2001 characters: shorten it to 2000",
        ),
        (
            |call| call.consent = consent(|it| it.channel = text("")),
            "consent.channel",
            "is empty: leave it out instead",
        ),
        (
            |call| call.consent = consent(|it| it.seller = text("a\u{1b}b")),
            "consent.seller",
            "control character",
        ),
        (
            |call| call.consent = consent(|it| it.at = Some(time("2026-11-02T12:02:00Z"))),
            "consent.at",
            "2026-11-02T12:02:00Z is in the future: it is 2026-11-02T12:00:00Z now; give the time at",
        ),
        (
            |call| {
                call.consent = consent(|it| {
                    it.at = Some(time("2026-10-02T00:00:00Z"));
                    it.expires_at = Some(time("2026-10-02T00:00:00Z"));
                });
            },
            "consent.expires_at",
            "is not after consent.at: correct one of them, or leave expires_at out",
        ),
        (
            |call| call.requested_at = text("2026-11-02T12:01:01Z"),
            "requested_at",
            "is in the future: it is 2026-11-02T12:00:00Z now; give the time at which it happened",
        ),
        (
            |call| call.requested_at = text("yesterday"),
            "requested_at",
            "is not a date and time: write it with its offset",
        ),
        (
            |call| call.requested_at = text("2026-11-01T12:00"),
            "requested_at",
            "has no time zone: add its offset",
        ),
        (
            |call| call.published_number = text(" "),
            "published_number",
            "is empty: leave it out instead",
        ),
        (
            |call| call.published_number = Some("p".repeat(501)),
            "published_number",
            "has 501 characters: shorten it to 500",
        ),
        (
            |call| call.relationship = Some("r".repeat(201)),
            "relationship",
            "has 201 characters: shorten it to 200",
        ),
        (
            |call| call.agreed_time = agreed("2026-11-03T19:00:00Z", "2026-11-03T18:00:00Z"),
            "agreed_time",
            "is empty: let from be before to",
        ),
        (
            |call| call.agreed_time = agreed("2026-11-02T11:00:00Z", "2026-11-02T12:00:00Z"),
            "agreed_time.to",
            "2026-11-02T12:00:00Z is in the past: it is 2026-11-02T12:00:00Z now; agree on another",
        ),
        (|call| call.overrides = lifted(|it| it.rule.clear()), "overrides.rule", "is empty"),
        (|call| call.overrides = lifted(|it| it.by.clear()), "overrides.by", "is empty"),
        (
            |call| call.overrides = lifted(|it| it.reason = " ".to_owned()),
            "overrides.reason",
            "is empty",
        ),
        (
            |call| call.overrides = lifted(|it| it.until = time("2026-11-02T12:00:00Z")),
            "overrides.until",
            "is in the past: it is 2026-11-02T12:00:00Z now; it lifts nothing any more",
        ),
        (
            |call| call.overrides = vec![lifted(|_| {}).remove(0); 33],
            "overrides",
            "has 33 entries: give at most 32",
        ),
    ];
    for (change, field, message) in rows {
        for asked in [request(|_| {}), complete()] {
            let error = asked.with(*change).validate(now()).unwrap_err();
            let found = (error.kind(), error.field());
            assert_eq!(found, (ErrorKind::InvalidRequest, Some(*field)), "{error}");
            assert!(error.message().contains(message), "{message}: {error}");
        }
    }
}

#[test]
fn a_time_that_is_certainly_no_mistake_is_accepted() {
    for asked in [
        // The clocks of two machines differ a little.
        request(|call| call.requested_at = text("2026-11-02T12:01:00Z")),
        request(|call| {
            call.consent = consent(|it| it.at = Some(time("2026-11-02T12:01:00Z")));
        }),
        // Whether expired consent matters is for the rules to say.
        request(|call| {
            call.consent = consent(|it| it.expires_at = Some(time("2026-01-01T00:00:00Z")));
        }),
        // The agreed time has begun.
        request(|call| {
            call.agreed_time = agreed("2026-11-02T11:00:00Z", "2026-11-02T12:00:01Z");
        }),
        request(|call| {
            call.requested_at = text("2026-11-02T07:00");
            call.timezone = text("America/New_York");
        }),
    ] {
        asked.validate(now()).unwrap();
    }
}

#[test]
fn facts_survive_a_round_trip_at_any_later_or_earlier_time() {
    let call = complete().validate(now()).unwrap();
    let facts = &call.facts;
    assert_eq!(facts.purpose, Some(Purpose::Transactional));
    assert_eq!(facts.callee_region.map(|it| it.to_string()).as_deref(), Some("US-FL"));
    assert_eq!(facts.requested_at, Some(time("2026-11-02T11:00:00Z")));
    let stored = serde_json::to_string(&call.to_request()).unwrap();
    let read: CallRequest = serde_json::from_str(&stored).unwrap();
    assert_eq!(read.revalidate().unwrap(), call);
    // Now the agreed time and the override are over, and then the request is still to come.
    for other in ["2027-11-02T12:00:00Z", "2025-11-02T12:00:00Z"] {
        read.validate(time(other)).unwrap_err();
    }
}

#[test]
fn a_request_whose_window_is_over_is_still_read_back() {
    let asked = request(|call| call.not_after = text("2026-11-02T12:00:01Z"));
    let call = asked.validate(now()).unwrap();
    assert_eq!(asked.revalidate().unwrap(), call);
    asked.validate(time("2026-11-02T12:00:01Z")).unwrap_err();
    let empty = asked.with(|call| call.not_before = text("2026-11-02T12:00:01Z"));
    assert_eq!(empty.revalidate().unwrap_err().field(), Some("not_before"));
}

#[test]
fn debug_shows_no_evidence() {
    let asked = complete();
    let call = asked.validate(now()).unwrap();
    let consent = call.facts.consent.as_ref().unwrap();
    for shown in [
        format!("{asked:?}"),
        format!("{call:?}"),
        format!("{:#?}", call.facts),
        format!("{consent:?}"),
    ] {
        for hidden in ["agree to be called", "shop.example", "Example Ltd", "order 17", "Ada"] {
            assert!(!shown.contains(hidden), "{hidden}: {shown}");
        }
        assert!(shown.contains("Express"), "{shown}");
    }
}

#[test]
fn words_of_facts_are_read_as_they_are_written() {
    for purpose in Purpose::ALL {
        assert_eq!(purpose.as_str().parse::<Purpose>().unwrap(), purpose);
        assert_eq!(serde_json::to_value(purpose).unwrap(), purpose.as_str());
    }
    for kind in CalleeKind::ALL {
        assert_eq!(kind.to_string().parse::<CalleeKind>().unwrap(), kind);
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    for line in CalleeLine::ALL {
        assert_eq!(line.to_string().parse::<CalleeLine>().unwrap(), line);
        assert_eq!(serde_json::to_value(line).unwrap(), line.as_str());
    }
    for kind in ConsentKind::ALL {
        assert_eq!(kind.to_string().parse::<ConsentKind>().unwrap(), kind);
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    for (error, field, words) in [
        ("sales".parse::<Purpose>().unwrap_err(), "purpose", "reservation, requested"),
        ("person".parse::<CalleeKind>().unwrap_err(), "callee_kind", "consumer, business"),
        ("voip".parse::<CalleeLine>().unwrap_err(), "callee_line", "mobile, landline, toll_free"),
        ("oral".parse::<ConsentKind>().unwrap_err(), "consent.kind", "express, express_written"),
    ] {
        assert_eq!(error.field(), Some(field));
        let told = format!("has an unknown value: write one of {words}");
        assert!(error.message().starts_with(&told), "{error}");
    }
}

proptest! {
    #[test]
    fn what_is_valid_now_is_read_back_as_the_same_call(
        requested in -100_000_i64..61,
        consented in -100_000_i64..61,
        from in -100_000_i64..100_000,
        length in 1_i64..100_000,
        until in 1_i64..100_000,
    ) {
        let at = |seconds: i64| now() + jiff::SignedDuration::from_secs(seconds);
        let asked = request(|call| {
            call.requested_at = Some(at(requested).to_string());
            call.consent = consent(|it| it.at = Some(at(consented)));
            call.agreed_time = Some(AgreedTime { from: at(from), to: at(from + length) });
            call.overrides = lifted(|it| it.until = at(until));
        });
        match asked.validate(now()) {
            Ok(call) => {
                prop_assert!(from + length > 0);
                prop_assert_eq!(call.to_request().revalidate().unwrap(), call);
            }
            Err(error) => {
                prop_assert!(from + length <= 0);
                prop_assert_eq!(error.field(), Some("agreed_time.to"));
            }
        }
    }
}
