//! The report on shapes holds paths, types and the provider's own words, and nothing of anybody's.

use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard_core::{Clock, Difference, Inspection, JsonType};
use switchboard_http::{Inspector, answer};

answer! {
    /// A call.
    Call {
        /// Its id.
        id: String = ["id", "call_id"],
        /// How it is.
        status: String = ["status"],
        /// How long it took.
        seconds: u64 = ["seconds"],
        /// Why it ended.
        reason: String = ["reason"],
        /// What was said.
        lines: Vec<Line> = ["lines"],
        /// What the caller sent.
        metadata: Value = ["metadata"],
    }
}

answer! {
    /// A line.
    Line {
        /// Who.
        speaker: String = ["speaker"],
    }
}

const SECRETS: [&str; 5] =
    ["+14155550142", "14155550142", "Ada Lovelace", "zanzibar", "018f3b1e-0000-7000-8000"];

/// Nothing here is sent, so no time is asked for.
#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn uptime(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}

fn inspect(rows: &[Value]) -> Inspection {
    let mut look = Inspector::new(&Still);
    let rows: Vec<&Value> = rows.iter().collect();
    look.compare::<Call>("GET /calls", &rows);
    look.words("GET /calls", &rows, "status", |word| word == "ended");
    look.finish()
}

fn has(inspection: &Inspection, path: &str, difference: &Difference) -> bool {
    inspection.shapes.iter().any(|one| one.path == path && one.difference == *difference)
}

#[test]
fn unknown_missing_and_other_fields_are_told_apart() {
    let found = inspect(&[
        json!({"call_id": "c1", "status": "ended", "seconds": {"of": 3}, "lines": [{"speaker": "bot", "tone": 1}]}),
        json!({"id": "c2", "status": "teleported", "metadata": {"anything": 1}, "extra": [1]}),
    ]);
    let unknown = |holds| Difference::UnknownField { holds };
    assert!(has(&found, "extra", &unknown(JsonType::Array)));
    assert!(has(&found, "lines[].tone", &unknown(JsonType::Number)));
    assert!(has(&found, "seconds", &Difference::OtherType { holds: JsonType::Object }));
    assert!(has(&found, "reason", &Difference::MissingField));
    let word = Some("teleported".to_owned());
    assert!(has(&found, "status", &Difference::UnknownWord { word }));
    assert_eq!(found.shapes.len(), 5, "{:?}", found.shapes);
}

#[test]
fn an_answer_that_fits_has_no_differences() {
    let fits = json!({"id": "c1", "status": "ended", "seconds": "3", "reason": "r", "lines": [{"speaker": "bot"}], "metadata": {}});
    let found = inspect(&[fits]);
    assert!(found.shapes.is_empty(), "{:?}", found.shapes);
    assert!(found.compared.contains("GET /calls"));
    assert!(inspect(&[]).compared.is_empty(), "nothing was there to be compared");
}

#[test]
fn no_value_leaks_not_even_as_a_key_or_a_status() {
    let found = inspect(&[
        json!({
            "id": SECRETS[4], "status": SECRETS[2], "seconds": SECRETS[3], "reason": SECRETS[2],
            "zip": SECRETS[3], SECRETS[0]: 1, SECRETS[1]: 2, SECRETS[2]: {"x": SECRETS[3]},
            "metadata": {SECRETS[3]: SECRETS[3]}, "lines": [{"speaker": SECRETS[2], SECRETS[0]: 1}],
        }),
        json!({"status": SECRETS[0]}),
        json!({"status": SECRETS[1]}),
        json!({"status": "x".repeat(65)}),
    ]);
    let report = serde_json::to_string(&found.shapes).unwrap();
    let shown = format!("{report} {:?}", found.shapes);
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    assert!(report.contains(r#""path":"{key}""#), "{report}");
    assert!(report.contains(r#""word":null"#), "{report}");
}
