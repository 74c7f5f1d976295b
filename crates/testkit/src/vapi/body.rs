//! A call as it is read.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::state::{Record, SimState, iso};
use crate::calls::Step;
use crate::host::Timeline;

/// The fields of the request that a call gives back.
const GIVEN_BACK: [&str; 13] = [
    "assistant",
    "assistantId",
    "assistantOverrides",
    "assistantVersion",
    "customer",
    "name",
    "phoneNumber",
    "phoneNumberId",
    "schedulePlan",
    "squad",
    "squadId",
    "workflow",
    "workflowId",
];

/// The status.
fn status(record: &Record, line: Timeline) -> &'static str {
    match record.course.step(line) {
        Step::Over => "ended",
        _ if record.scheduled => "scheduled",
        Step::Queued => "queued",
        Step::Ringing => "ringing",
        Step::Talking => "in-progress",
    }
}

/// When the call was last changed.
pub(crate) fn updated(record: &Record, line: Timeline) -> Timestamp {
    let (answered, ended) = record.course.times(line);
    ended.or(answered).or(record.course.dialled).unwrap_or(record.made)
}

/// The call as it is now. A field without a value is left out.
pub(crate) fn of(sim: &SimState, record: &Record) -> Value {
    let line = sim.host.timeline.frozen();
    let course = &record.course;
    let (started, ended) = course.times(line);
    let mut body = json!({
        "id": record.id, "orgId": sim.first("org"), "type": "outboundPhoneCall",
        "status": status(record, line), "createdAt": iso(record.made),
        "updatedAt": iso(updated(record, line)), "phoneCallProvider": record.wanted.provider,
        "phoneCallTransport": "pstn",
    });
    for name in GIVEN_BACK {
        if let Some(value) = record.wanted.sent.get(name).filter(|value| !value.is_null()) {
            body[name] = value.clone();
        }
    }
    if let Some(inline) = body.get_mut("phoneNumber").and_then(Value::as_object_mut) {
        inline.remove("twilioAuthToken");
    }
    if course.dialled.is_some() {
        body["phoneCallProviderId"] = format!("CA{}", record.id.replace('-', "")).into();
    }
    if let Some(started) = started {
        body["startedAt"] = iso(started).into();
    }
    if ended.is_none() && record.wanted.controlled {
        body["monitor"] = json!({"controlUrl": sim.control_url(&record.id)});
    }
    let Some(ended) = ended else {
        return body;
    };
    body["endedAt"] = iso(ended).into();
    body["endedReason"] = course.word.clone().into();
    let cost = cost(record, line);
    body["cost"] = cost["total"].clone();
    body["costs"] = json!([{"type": "vapi", "cost": cost["vapi"]}, {"type": "transport", "cost": cost["transport"]}]);
    body["costBreakdown"] = cost;
    body["artifact"] = artifact(sim, record, started.map(|_| ended));
    if record.settled && started.is_some() {
        body["analysis"] = json!({
            "summary": "A simulated talk.", "structuredData": {}, "successEvaluation": "true",
        });
    }
    body
}

/// The cost in dollars. Until the work after the call is done, the carrier's part is missing. What
/// the platform breaks is free.
fn cost(record: &Record, line: Timeline) -> Value {
    let talked = record.course.talked(line);
    let free = record.course.word.contains("vapifault");
    let seconds = if free { 0 } else { talked.as_secs() };
    let dollars = |cents_a_minute: u64| {
        let micros = seconds * cents_a_minute * 10_000 / 60;
        format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
            .parse::<serde_json::Number>()
            .map_or(Value::Null, Value::Number)
    };
    let transport = if record.settled { 2 } else { 0 };
    json!({
        "vapi": dollars(5), "stt": dollars(1), "llm": dollars(1), "tts": dollars(3), "chat": dollars(0),
        "transport": dollars(transport), "total": dollars(10 + transport),
    })
}

/// What was said, if the call was answered.
fn artifact(sim: &SimState, record: &Record, ended: Option<Timestamp>) -> Value {
    let Some(ended) = ended else {
        return json!({"messages": [], "transcript": ""});
    };
    let first = record.wanted.sent.get("assistantOverrides");
    let first = first.and_then(|overrides| overrides.get("firstMessage")?.as_str());
    let first = first.filter(|_| !sim.config.ignores_instructions);
    let first = first.unwrap_or("Hello, this is a simulated call.");
    let at = |seconds: i64| ended.as_millisecond() + seconds;
    let url = format!("https://storage.simulated.invalid/{}-mono.wav", record.id);
    let later = ended.checked_add(jiff::SignedDuration::from_hours(1)).unwrap_or(ended);
    json!({
        "messages": [
            {"role": "system", "message": "Simulated.", "time": at(0), "secondsFromStart": 0},
            {"role": "bot", "message": first, "time": at(700), "secondsFromStart": 0.7},
            {"role": "user", "message": "Hi, how can I help you?", "time": at(3200), "secondsFromStart": 3.2},
        ],
        "transcript": format!("AI: {first}\nUser: Hi, how can I help you?\n"),
        "recordingUrl": url, "stereoRecordingUrl": url.replace("mono", "stereo"),
        "presignedUrlsExpiresAt": iso(later),
    })
}
