//! Recordings, logs and packets: a redirect to a URL that needs no key.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::get;
use http::{StatusCode, header};

use super::caller::Caller;
use super::codes::{Answer, Refused};
use super::state::SimState;

/// The kinds, with the type of their content. There is no video of a phone call.
const KINDS: [(&str, &str); 6] = [
    ("mono-recording", "audio/wav"),
    ("stereo-recording", "audio/wav"),
    ("customer-recording", "audio/wav"),
    ("assistant-recording", "audio/wav"),
    ("call-logs", "application/gzip"),
    ("pcap", "application/vnd.tcpdump.pcap"),
];

pub(crate) fn routes() -> Router<Arc<SimState>> {
    Router::new()
        .route("/call/{id}/{kind}", get(redirect))
        .route("/storage/{secret}/{kind}", get(content))
}

impl SimState {
    fn storage_secret(&self, id: &str) -> String {
        self.seed.secret(&format!("storage/{id}"))
    }
}

async fn redirect(
    State(sim): State<Arc<SimState>>,
    _: Caller,
    Path((id, kind)): Path<(String, String)>,
) -> Answer {
    let line = sim.host.timeline;
    let calls = sim.calls.lock();
    let record = calls.find(&id).ok_or_else(|| Refused::unknown("call"))?;
    let known = KINDS.iter().any(|(known, _)| *known == kind);
    if !(known && record.course.is_over(line) && record.course.is_answered(line)) {
        return Err(Refused::unknown("recording"));
    }
    let url = format!("http://{}/storage/{}/{kind}", sim.host.address, sim.storage_secret(&id));
    Ok((StatusCode::FOUND, [(header::LOCATION, url)]).into_response())
}

async fn content(
    State(sim): State<Arc<SimState>>,
    Path((secret, kind)): Path<(String, String)>,
) -> Answer {
    let calls = sim.calls.lock();
    let held = calls.records.iter().any(|record| sim.storage_secret(&record.id) == secret);
    let known = KINDS.iter().find(|(known, _)| *known == kind);
    match known.filter(|_| held) {
        Some((_, content)) => {
            Ok(([(header::CONTENT_TYPE, *content)], "a simulated recording").into_response())
        }
        None => Err(Refused::unknown("file")),
    }
}
