//! Validation of requests, and the errors for invalid ones.

use jiff::Timestamp;
use switchboard_core::{CallKey, CallRequest, ErrorKind};

fn now() -> Timestamp {
    "2026-02-01T00:00:00Z".parse().unwrap()
}

fn request() -> CallRequest {
    CallRequest::new("+442079460018", "Ask.")
}

#[test]
fn ambiguous_times_are_rejected() {
    const BERLIN: Option<&str> = Some("Europe/Berlin");
    for (text, zone, moment) in [
        ("2026-03-01T09:00:00Z", None, "2026-03-01T09:00:00Z"),
        ("2026-03-01T09:00+05:00", None, "2026-03-01T04:00:00Z"),
        ("2026-03-01 09:00:00-03", None, "2026-03-01T12:00:00Z"),
        // An offset in the text takes precedence over the time zone of the call.
        ("2026-03-01T09:00+05:00", BERLIN, "2026-03-01T04:00:00Z"),
        ("2026-03-01T09:00+01:00[Europe/Berlin]", None, "2026-03-01T08:00:00Z"),
        ("2026-07-01T09:00+02:00[Europe/Berlin]", None, "2026-07-01T07:00:00Z"),
        ("2026-03-01T09:00[Europe/Berlin]", None, "2026-03-01T08:00:00Z"),
        ("2026-03-01T08:00Z[Europe/Berlin]", None, "2026-03-01T08:00:00Z"),
        ("2026-03-01T09:00", BERLIN, "2026-03-01T08:00:00Z"),
        ("2026-07-01 09:00:30", BERLIN, "2026-07-01T07:00:30Z"),
        (" 2026-07-01T09:00 ", Some("America/New_York"), "2026-07-01T13:00:00Z"),
        // The hour that happens twice, with an offset that says which one.
        ("2026-10-25T02:30+01:00[Europe/Berlin]", None, "2026-10-25T01:30:00Z"),
        ("2026-10-25T02:30+02:00[Europe/Berlin]", None, "2026-10-25T00:30:00Z"),
    ] {
        let moment = Some(moment.parse::<Timestamp>().unwrap());
        let timezone = zone.map(str::to_owned);
        let opens = request().with(|call| {
            call.not_before = Some(text.to_owned());
            call.timezone = timezone.clone();
        });
        assert_eq!(opens.validate(now()).unwrap().window.opens, moment, "{text} in {zone:?}");
        let closes = request().with(|call| {
            call.not_after = Some(text.to_owned());
            call.timezone = timezone;
        });
        assert_eq!(closes.validate(now()).unwrap().window.closes, moment, "{text} in {zone:?}");
        assert_eq!(closes.closes().unwrap(), moment);
    }
    for (text, zone, message) in [
        (
            "2026-03-01T09:00+05:00[Europe/Berlin]",
            None,
            "contradicts itself, because Europe/Berlin is at +01",
        ),
        (
            "2026-07-01T09:00+01:00[Europe/Berlin]",
            None,
            "contradicts itself, because Europe/Berlin is at +02",
        ),
        ("2026-07-01T09:00+01:00[Europe/Berlin]", BERLIN, "contradicts itself"),
        ("2026-03-01T09:00[Europe/Berlim]", None, "not a date and time in an IANA time zone"),
        ("2026-03-01T09:00", None, "has no time zone"),
        ("2026-03-01 09:00:00", None, "give the call a timezone"),
        ("2026-03-29T02:30", BERLIN, "twice or never in Europe/Berlin"),
        ("2026-10-25T02:30", BERLIN, "twice or never in Europe/Berlin"),
        ("2026-10-25T02:30[Europe/Berlin]", None, "twice or never in Europe/Berlin"),
        ("2026-03-29T02:30[Europe/Berlin]", None, "twice or never in Europe/Berlin"),
        ("2026-03-01", None, "a day without a time"),
        ("2026-03-01", BERLIN, "a day without a time"),
        ("tomorrow", BERLIN, "is not a date and time"),
        ("09:00", BERLIN, "is not a date and time"),
        ("2026-02-30T09:00Z", None, "is not a date and time"),
        ("01.03.2026 09:00", BERLIN, "is not a date and time"),
    ] {
        for field in ["not_before", "not_after"] {
            let text = Some(text.to_owned());
            let (not_before, not_after) =
                if field == "not_before" { (text, None) } else { (None, text) };
            let asked = request().with(|call| {
                call.not_before = not_before;
                call.not_after = not_after;
                call.timezone = zone.map(str::to_owned);
            });
            let error = asked.validate(now()).unwrap_err();
            assert_eq!(
                (error.kind(), error.field()),
                (ErrorKind::InvalidRequest, Some(field)),
                "{error}"
            );
            assert!(error.message().contains(message), "{error}");
        }
    }
}

#[test]
fn a_time_survives_a_round_trip() {
    let asked = request().with(|call| {
        call.not_before = Some("2026-07-01T09:00".to_owned());
        call.timezone = Some("Europe/Berlin".to_owned());
    });
    let call = asked.validate(now()).unwrap();
    assert_eq!(call.to_request().validate(now()).unwrap(), call);
}

#[test]
fn only_a_key_written_by_the_caller_permits_calling_again() {
    let keyed = request().with(|call| call.idempotency_key = Some("order-17".to_owned()));
    let row = request().with(|call| {
        call.batch = Some("may.csv".to_owned());
        call.row_key = Some("order-17".to_owned());
    });
    let meant = row.clone().with(|call| call.allow_duplicate = true);
    for (asked, again) in [(request(), false), (keyed, true), (row.clone(), false), (meant, true)] {
        let call = asked.validate(now()).unwrap();
        assert_eq!(call.is_meant_again(), again, "{asked:?}");
        assert_eq!(call.to_request().validate(now()).unwrap(), call);
    }
    let row = row.validate(now()).unwrap();
    assert!(matches!(&row.key, Some(CallKey::Derived(key)) if key.as_str() == "order-17"));
}

#[test]
fn errors_of_batches_and_rows_name_the_field_and_the_fix() {
    let row = |batch: Option<&str>, row_key: Option<&str>, idempotency_key: Option<&str>| {
        request().with(|call| {
            call.batch = batch.map(str::to_owned);
            call.row_key = row_key.map(str::to_owned);
            call.idempotency_key = idempotency_key.map(str::to_owned);
        })
    };
    let long = "n".repeat(201);
    for (asked, field, message) in [
        (row(Some(""), None, None), "batch", "is empty"),
        (row(Some("a\nb"), None, None), "batch", "control character"),
        (row(Some("a\u{1b}[31m"), None, None), "batch", "control character"),
        (row(Some(&long), None, None), "batch", "201 characters"),
        (row(None, Some("k"), None), "row_key", "needs a batch"),
        (row(Some("b"), Some("k"), Some("k")), "row_key", "combined with an idempotency_key"),
    ] {
        let error = asked.validate(now()).unwrap_err();
        assert_eq!(error.field(), Some(field), "{error}");
        assert!(error.message().contains(message), "{error}");
    }
    let call = row(Some(" may.csv "), None, Some("k")).validate(now()).unwrap();
    assert_eq!(call.batch.as_ref().map(|batch| batch.as_str()), Some("may.csv"));
}
