//! Text from outside: waits that must not be believed, envelopes of every shape.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use switchboard_core::ErrorKind;
use switchboard_http::{ErrorBody, LONGEST_RETRY_AFTER, from_json, from_value, parse_retry_after};

proptest! {
    #[test]
    fn retry_after_never_panics_and_is_never_more_than_a_quarter_of_an_hour(value in "\\PC{0,60}", now in 0_i64..4_000_000_000) {
        let now = Timestamp::from_second(now).unwrap();
        prop_assert!(parse_retry_after(&value, now).is_none_or(|wait| wait <= LONGEST_RETRY_AFTER));
    }

    #[test]
    fn retry_after_seconds_are_read(seconds in 0_u64..=u64::MAX) {
        let wait = parse_retry_after(&seconds.to_string(), Timestamp::UNIX_EPOCH).unwrap();
        prop_assert_eq!(wait, Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER));
    }

    #[test]
    fn retry_after_dates_are_read(now in 0_i64..4_000_000_000, wait in -1_000_i64..2_000) {
        let now = Timestamp::from_second(now).unwrap();
        let then = now + jiff::SignedDuration::from_secs(wait);
        let date = then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let asked = Some(Duration::from_secs(wait.clamp(0, 900).unsigned_abs()));
        prop_assert_eq!(parse_retry_after(&date, now), asked);
        // The other two forms of RFC 9110, of which the second writes the day with a space in
        // front.
        let rfc_850 = then.strftime("%A, %d-%b-%y %H:%M:%S GMT").to_string();
        prop_assert_eq!(parse_retry_after(&rfc_850, now), asked, "{}", rfc_850);
        let asctime = then.strftime("%a %b %e %H:%M:%S %Y").to_string();
        prop_assert_eq!(parse_retry_after(&asctime, now), asked, "{}", asctime);
    }

    #[test]
    fn an_envelope_of_any_bytes_is_read(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let cut = body.trim_ascii_start().starts_with(b"{") && serde_json::from_slice::<serde_json::Value>(&body).is_err();
        prop_assert_eq!(ErrorBody::parse(&body).complete, !cut);
    }

    #[test]
    fn no_number_passes_an_envelope(
        groups in prop::collection::vec("[1-9]{1,4}", 7..9),
        between in "[-.:_ ,*|·~]{0,2}",
        word in "[a-z_.:-]{0,6}",
        shape in 0..8_usize,
    ) {
        let digits = groups.concat();
        let number = format!("+{}", groups.join(&between));
        let body = match shape {
            7 => serde_json::json!({"error": {"code": format!("{word}{}", &number[1..]), "correlation_id": format!("{word}{}", &number[1..])}}),
            0 => serde_json::json!({"error": {"code": number, "message": number, "details": {"reason": number}, "correlation_id": number}}),
            1 => serde_json::json!({"error": number, "message": number}),
            2 => serde_json::json!({"error": {"details": {"message": number}}}),
            3 => serde_json::json!({"message": number, "code": number[1..]}),
            4 => serde_json::json!({"detail": number, "request_id": number[1..]}),
            5 => serde_json::json!(number),
            _ => serde_json::json!({"error": digits.chars().take(15).collect::<String>().parse::<u64>().unwrap()}),
        };
        let read = format!("{:?}", ErrorBody::parse(body.to_string().as_bytes()));
        // Each of the fields may show the last two.
        prop_assert!(read.chars().filter(char::is_ascii_digit).count() <= 8, "{read}");
        prop_assert!(!read.contains(&number[1..]), "{read}");
    }
}

#[test]
fn waits_that_cannot_be_read() {
    for value in [
        "",
        "-1",
        "soon",
        "1,5",
        "0x10",
        "1 2",
        "Sun, 99 Nov 1994 08:49:37 GMT",
        "Sunday, 99-Nov-94 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Someday, 06-Nov-94 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 CET",
        "Sun Nov 99 08:49:37 1994",
        "Sun Nom  6 08:49:37 1994",
        "Sun Nov  6 08:49:37 94",
        "١٢",
    ] {
        assert_eq!(parse_retry_after(value, Timestamp::UNIX_EPOCH), None, "{value}");
    }
    assert_eq!(parse_retry_after(" 1.5 ", Timestamp::UNIX_EPOCH), Some(Duration::from_secs(2)));
}

#[test]
fn a_wait_that_is_over_is_a_wait_of_nothing() {
    let now: Timestamp = "2026-11-29T12:00:00Z".parse().unwrap();
    for value in [
        "0",
        "0.0",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        // A weekday that contradicts the date changes nothing.
        "Mon, 06 Nov 1994 08:49:37 GMT",
    ] {
        assert_eq!(parse_retry_after(value, now), Some(Duration::ZERO), "{value}");
    }
}

#[test]
fn two_digits_of_a_year_are_never_more_than_fifty_years_ahead() {
    let now: Timestamp = "2026-11-29T12:00:00Z".parse().unwrap();
    let wait = |year: &str| {
        parse_retry_after(&format!("Monday, 29-Nov-{year} 12:00:30 GMT"), now).unwrap()
    };
    assert_eq!(wait("26"), Duration::from_secs(30));
    for ahead in ["27", "50", "76"] {
        assert_eq!(wait(ahead), LONGEST_RETRY_AFTER, "{ahead}");
    }
    for past in ["25", "00", "99", "77"] {
        assert_eq!(wait(past), Duration::ZERO, "{past}");
    }
}

#[test]
fn envelopes_of_every_document() {
    let read = |body: &str| ErrorBody::parse(body.as_bytes());
    let full = read(
        r#"{"error":{"code":"c_x","message":"M","details":{"reason":"R"},"correlation_id":"0b5e-1"}}"#,
    );
    assert_eq!(
        (full.code.as_deref(), full.line().as_deref(), full.correlation_id.as_deref()),
        (Some("c_x"), Some("M: R"), Some("0b5e-1"))
    );
    let older = read(r#"{"error":{"code":"c_x","details":{"message":"M","reason":"R"}}}"#);
    assert_eq!((older.code.as_deref(), older.line().as_deref()), (Some("c_x"), Some("M: R")));
    let flat = read(r#"{"error":"number_on_dnc","message":"On the list"}"#);
    assert_eq!(
        (flat.code.as_deref(), flat.line().as_deref()),
        (Some("number_on_dnc"), Some("On the list"))
    );
    let prose = read(r#"{"error":"Something went wrong"}"#);
    assert_eq!((prose.code, prose.message.as_deref()), (None, Some("Something went wrong")));
    let oauth = read(r#"{"error":"invalid_grant","error_description":"Token expired"}"#);
    assert_eq!(
        (oauth.code.as_deref(), oauth.message.as_deref()),
        (Some("invalid_grant"), Some("Token expired"))
    );
    let quota = read(
        r#"{"plan_type":"personal","minutes_allocated":30,"minutes_used":30,"upgrade_url":"https://x"}"#,
    );
    assert_eq!(
        (quota.code.as_deref(), quota.message.as_deref()),
        (Some("quota_exceeded"), Some("out of minutes"))
    );
    assert_eq!(read("upstream timed out").message.as_deref(), Some("upstream timed out"));
    for empty in ["", "{}", "null", "[]", "<!doctype html><p>Bad Gateway"] {
        assert_eq!(read(empty), ErrorBody { complete: true, ..ErrorBody::default() }, "{empty}");
    }
    assert!(!ErrorBody::incomplete().complete);
}

#[test]
fn decode_errors_name_the_path_and_no_value() {
    #[derive(Debug, serde::Deserialize)]
    struct List {
        #[allow(dead_code)]
        calls: Vec<Call>,
    }
    #[derive(Debug, serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Way {
        In,
    }
    #[derive(Debug, serde::Deserialize)]
    struct Call {
        #[allow(dead_code)]
        id: String,
        #[allow(dead_code)]
        way: Option<Way>,
    }
    for (json, message) in [
        (r#"{"calls":[{"id":"a"},{"id":14155550100}]}"#, "calls[1].id: expected a string"),
        (r#"{"calls":[{}]}"#, "calls[0]: missing field `id`"),
        (r#"{"calls":[{"id":"a","way":"+14155550100"}]}"#, "calls[0].way: expected `in`"),
        (r#"{"calls":[{"id":"a""#, "calls[0].?: the JSON is cut off"),
        (r#"{"calls":[{"id":nope"#, "calls[0].id: not JSON, at line 1 column 18"),
        (r#"{"calls":[]} {}"#, "more text after the end of the JSON"),
    ] {
        let error = from_json::<List>(json.as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Decode, message), "{json}");
    }
    let by_number = r#"{"+14155550100":{"id":1}}"#;
    let error = from_value::<std::collections::HashMap<String, Call>>(
        &serde_json::from_str(by_number).unwrap(),
    )
    .unwrap_err();
    assert_eq!(error.message(), "…00.id: expected a string");
}

#[test]
fn json_that_breaks_off_may_hide_its_code() {
    let cut = ErrorBody::parse(br#"{"error": {"code": "suppression_vi"#);
    assert!(!cut.complete && cut.code.is_none() && cut.message.is_none());
    let refusal = switchboard_http::classify::answer(&switchboard_http::NoCodes, 400, &cut);
    assert_eq!(refusal.delivery, switchboard_core::Delivery::Unknown);
}
