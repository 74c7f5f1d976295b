//! A call as it is read.

use serde_json::{Map, Value, json};

use super::state::Record;
use super::words::end;
use crate::calls::Step;
use crate::host::Timeline;

/// The answer to the request that placed it.
pub(crate) fn queued(record: &Record) -> Value {
    let wanted = &record.wanted;
    json!({
        "id": record.id, "object": "call", "call_id": null, "status": "queued", "call_outcome": null,
        "result_status": "pending", "result": null, "error": null, "transcript": [],
        "task": wanted.task, "phone": wanted.phone, "region": wanted.region, "locale": wanted.locale,
        "result_schema": wanted.schema, "metadata": wanted.metadata,
        "created_at": at(record.made), "completed_at": null,
    })
}

fn at(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The call as it is now.
pub(crate) fn of(record: &Record, line: Timeline) -> Value {
    let line = line.frozen();
    let mut body = queued(record);
    let course = &record.course;
    let answered = course.is_answered(line);
    if answered {
        body["transcript"] = json!([
            {"offset_seconds": 0.7, "speaker": "bot", "text": "Hello, this is a simulated call."},
            {"offset_seconds": 3.2, "speaker": "user", "text": "Hi, how can I help you?"},
            {"offset_seconds": 5.0, "speaker": "bot", "text": record.wanted.task},
        ]);
    }
    match course.step(line) {
        Step::Queued => return body,
        Step::Ringing | Step::Talking => {
            body["status"] = "in_progress".into();
            return body;
        }
        Step::Over => {}
    }
    let end = end(&course.word);
    body["status"] = end.status.into();
    body["call_outcome"] = end.outcome.into();
    body["completed_at"] = course.times(line).1.map(at).into();
    if course.dialled.is_some() {
        body["call_id"] = format!("pcall_{}", &record.id[5..]).into();
    }
    if let Some((code, detail)) = end.error {
        body["error"] = json!({
            "code": code, "message": "The simulated call failed.", "detail_code": detail,
        });
    }
    let with_result = answered && end.status == "completed";
    body["result_status"] = match (with_result, answered, record.settled) {
        (_, true, false) => "pending",
        (true, _, _) => "available",
        (false, true, true) => "unavailable",
        (false, false, _) if end.status == "failed" => "unavailable",
        (false, false, _) => "not_applicable",
    }
    .into();
    if body["result_status"] == "available" {
        body["result"] = result(&record.wanted.schema);
    }
    body
}

/// A result that fits the schema.
fn result(schema: &Value) -> Value {
    let properties = schema["properties"].as_object();
    let fields: Map<String, Value> = properties
        .into_iter()
        .flatten()
        .map(|(name, property)| {
            let value = match property["type"].as_str() {
                Some("boolean") => json!(true),
                Some("integer") => json!(1),
                Some("number") => json!(1.5),
                _ => json!("simulated"),
            };
            (name.clone(), value)
        })
        .collect();
    Value::Object(fields)
}
