//! A call as it is read.

use serde_json::{Map, Value, json};

use super::reasons::status_of;
use super::state::Record;
use crate::calls::Step;
use crate::host::Timeline;

/// What does not change during a call.
fn fixed(record: &Record) -> Map<String, Value> {
    let wanted = &record.wanted;
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            body.insert(name.to_owned(), value);
        }
    };
    put("call_type", "phone_call".into());
    put("call_id", record.id.clone().into());
    put("direction", "outbound".into());
    put("from_number", wanted.from.clone().into());
    put("to_number", wanted.to.clone().into());
    put("agent_id", wanted.agent_id.clone().into());
    put("agent_version", wanted.agent_version.into());
    put("agent_tag", wanted.agent_tag.clone().into());
    put("agent_name", wanted.agent_name.clone().into());
    put("metadata", wanted.metadata.clone().map_or(Value::Null, Value::Object));
    put(
        "retell_llm_dynamic_variables",
        wanted.variables.clone().map_or(Value::Null, Value::Object),
    );
    put("batch_call_id", wanted.batch.clone().into());
    body
}

/// The answer to the request that placed it.
pub(crate) fn registered(record: &Record) -> Value {
    let mut body = fixed(record);
    body.insert("call_status".to_owned(), "registered".into());
    Value::Object(body)
}

/// The `call_status`.
pub(crate) fn status(record: &Record, step: Step) -> &'static str {
    match step {
        Step::Queued | Step::Ringing => "registered",
        Step::Talking => "ongoing",
        Step::Over => status_of(&record.course.word, record.course.reached),
    }
}

/// The call as it is now. A field without a value is left out.
pub(crate) fn of(record: &Record, line: Timeline) -> Value {
    let line = line.frozen();
    let course = &record.course;
    let step = course.step(line);
    let answered = course.is_answered(line);
    let mut body = fixed(record);
    let mut put = |name: &str, value: Value| {
        body.insert(name.to_owned(), value);
    };
    put("call_status", status(record, step).into());
    if let Some(dialled) = course.dialled {
        put("start_timestamp", dialled.as_millisecond().into());
        put("telephony_identifier", json!({"twilio_call_sid": format!("CA{}", &record.id[5..])}));
    }
    if answered {
        let first = &record.wanted.first_words;
        put("transcript", format!("Agent: {first}\nUser: How can I help?\n").into());
        put("transcript_object", spoken(first));
    }
    if step != Step::Over {
        return Value::Object(body);
    }
    put("disconnection_reason", course.word.clone().into());
    if course.dialled.is_some() {
        let ended = course.times(line).1.unwrap_or_else(|| line.timestamp());
        put("end_timestamp", ended.as_millisecond().into());
        put("duration_ms", millis(record, line).into());
        put("call_cost", cost(record, line));
    }
    if answered {
        let query = if record.wanted.signed_recording { "?X-Amz-Expires=86400" } else { "" };
        let url = format!("https://storage.simulated.invalid/{}/recording.wav{query}", record.id);
        put("recording_url", url.into());
    }
    if record.analyzed {
        put(
            "call_analysis",
            json!({
                "call_summary": if answered { "A simulated talk." } else { "Nobody answered." },
                "call_successful": answered, "in_voicemail": course.word == "voicemail_reached",
                "user_sentiment": "Neutral", "custom_analysis_data": {},
            }),
        );
    }
    Value::Object(body)
}

fn millis(record: &Record, line: Timeline) -> u64 {
    u64::try_from(record.course.talked(line).as_millis()).unwrap_or(u64::MAX)
}

/// Seven cents a minute, in cents, with parts of a cent.
fn cost(record: &Record, line: Timeline) -> Value {
    let seconds = millis(record, line).div_ceil(1000);
    let cents = |tenths: u64| {
        let micros = seconds * tenths * 100_000 / 60;
        format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
            .parse::<serde_json::Number>()
            .map_or(Value::Null, Value::Number)
    };
    json!({
        "combined_cost": cents(70), "total_duration_seconds": seconds,
        "total_duration_unit_price": 0.116_667,
        "product_costs": [
            {"product": "infrastructure", "unit_price": 0.091_667, "cost": cents(55)},
            {"product": "carrier", "unit_price": 0.025, "cost": cents(15)},
        ],
    })
}

fn spoken(first: &str) -> Value {
    json!([
        {"role": "agent", "content": first, "words": [
            {"word": "Hello,", "start": 0.7, "end": 1.0}, {"word": "call.", "start": 2.1, "end": 2.4},
        ]},
        {"role": "user", "content": "How can I help?", "words": [
            {"word": "How", "start": 3.2, "end": 3.4}, {"word": "help?", "start": 3.8, "end": 4.1},
        ]},
    ])
}
