//! Converts a fault to what is sent over the connection.

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::Value;

use super::connection::{End, Seizure};
use super::surface::Surface;
use crate::fault::{Envelope, Fault};

/// How a request ends.
pub(crate) enum Effect {
    Respond(Response<Body>),
    Seize(Seizure),
}

/// A complete response, which can be corrupted.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

impl Answer {
    /// A placeholder for the response of a request that was stopped before there was one.
    pub(crate) fn none() -> Self {
        Self {
            status: StatusCode::CREATED,
            body: Bytes::from_static(b"{\"status\":\"in_progress\"}"),
        }
    }
}

/// Applies a fault to a response.
pub(crate) fn corrupt(fault: &Fault, surface: Surface, answer: &Answer) -> Effect {
    match fault {
        Fault::Pass => Effect::Respond(json(answer.status, answer.body.clone())),
        Fault::Answer { status, code, message, headers, body, envelope } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let text = match (body, code) {
                (Some(body), _) => body.clone(),
                (None, Some(code)) => {
                    let message = message.as_deref().unwrap_or("The simulator was told to fail");
                    error_body(*envelope, surface, status, code, message).to_string()
                }
                (None, None) => String::new(),
            };
            let mut response = json(status, Bytes::from(text));
            for (name, value) in headers {
                if let (Ok(name), Ok(value)) =
                    (HeaderName::try_from(name), HeaderValue::try_from(value))
                {
                    response.headers_mut().insert(name, value);
                }
            }
            Effect::Respond(response)
        }
        Fault::Redirect { status, location } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::TEMPORARY_REDIRECT);
            let mut response = json(status, Bytes::new());
            if let Ok(location) = HeaderValue::try_from(location) {
                response.headers_mut().insert(header::LOCATION, location);
            }
            Effect::Respond(response)
        }
        Fault::Hang => Effect::Seize(Seizure { bytes: Vec::new(), end: End::Hang }),
        Fault::Close => Effect::Seize(Seizure { bytes: Vec::new(), end: End::Close }),
        Fault::Reset => Effect::Seize(Seizure { bytes: Vec::new(), end: End::Reset }),
        Fault::CutBody { sent } => {
            let whole = answer.body.len();
            let sent = sent.unwrap_or(whole / 2).min(whole.saturating_sub(1));
            let mut bytes = format!(
                "HTTP/1.1 {} {}\r\ncontent-type: application/json\r\nx-simulated: true\r\ncontent-length: {whole}\r\n\r\n",
                answer.status.as_u16(),
                answer.status.canonical_reason().unwrap_or("Simulated"),
            )
            .into_bytes();
            bytes.extend_from_slice(&answer.body[..sent]);
            Effect::Seize(Seizure { bytes, end: End::Close })
        }
        Fault::NotJson => {
            Effect::Respond(json(answer.status, Bytes::from_static(b"<html>Bad gateway</html>")))
        }
        Fault::EmptyBody => Effect::Respond(json(answer.status, Bytes::new())),
        Fault::MissingId => {
            let mut value: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            remove_ids(&mut value);
            if let Some(data) = value.get_mut("data") {
                remove_ids(data);
            }
            Effect::Respond(json(answer.status, Bytes::from(value.to_string())))
        }
        Fault::HugeBody { bytes } => {
            let mut body = answer.body.to_vec();
            body.resize(body.len().max(*bytes), b' ');
            Effect::Respond(json(answer.status, Bytes::from(body)))
        }
    }
}

fn remove_ids(value: &mut Value) {
    if let Value::Object(fields) = value {
        let telnyx = ["call_control_id", "call_leg_id", "call_session_id"];
        for id in ["id", "call_id", "conversation_id"].into_iter().chain(telnyx) {
            fields.remove(id);
        }
    }
}

fn error_body(
    envelope: Option<Envelope>,
    surface: Surface,
    status: StatusCode,
    code: &str,
    message: &str,
) -> Value {
    let flat = surface.envelope == Envelope::Details && status == StatusCode::PAYMENT_REQUIRED;
    let usual = if flat && code == "quota_exceeded" { Envelope::Quota } else { surface.envelope };
    envelope.unwrap_or(usual).render(status, code, message, "fault script")
}

fn json(status: StatusCode, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
