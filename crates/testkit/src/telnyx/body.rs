//! A call as it is read, which does not tell how it ended.

use serde_json::{Value, json};

use super::state::{Record, iso};
use crate::calls::Step;
use crate::host::Timeline;

/// The answer to the request that placed it.
pub(crate) fn dialled(record: &Record) -> Value {
    json!({
        "record_type": "call", "call_control_id": record.id, "call_leg_id": record.leg,
        "call_session_id": record.session, "is_alive": false,
        "client_state": record.wanted.client_state,
    })
}

/// The call as it is now.
pub(crate) fn of(record: &Record, line: Timeline) -> Value {
    let line = line.frozen();
    let mut body = dialled(record);
    let course = &record.course;
    let alive = match course.step(line) {
        Step::Ringing | Step::Talking => true,
        Step::Queued | Step::Over => false,
    };
    body["is_alive"] = alive.into();
    body["call_duration"] = course.talked(line).as_secs().into();
    body["start_time"] = course.dialled.map(iso).into();
    body["end_time"] = course.times(line).1.map(iso).into();
    body
}
