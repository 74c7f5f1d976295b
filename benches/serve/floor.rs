//! What no server of this API can do without, as bare routes.

use std::{collections::BTreeMap, net::SocketAddr, path::Path, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use serde::Deserialize;
use switchboard::{
    CallId, CallRequest, Journal,
    journal::{JournalExt, NewCall, Opened, state::Fact},
};
use switchboard_ledger::SqliteJournal;
use tokio::net::TcpListener;
use uuid::Uuid;

use super::Failure;

/// The fields that the benchmark sends.
#[derive(Deserialize)]
struct Body {
    to: String,
    task: String,
    not_before: String,
    allow_duplicate: bool,
    tags: Vec<String>,
    metadata: BTreeMap<String, String>,
}

pub(crate) async fn serve(router: Router) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

/// Parses and checks a call, writes it down and then that it is due later.
pub(crate) async fn accepting(ledger: &Path) -> Result<SocketAddr, Failure> {
    let journal: Arc<dyn Journal> = Arc::new(SqliteJournal::open(ledger).await?);
    serve(Router::new().route("/v1/calls", post(accept)).with_state(journal)).await
}

async fn accept(
    State(journal): State<Arc<dyn Journal>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match accepted(&*journal, &headers, &body).await {
        Ok(json) => (StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], json)
            .into_response(),
        Err(failure) => (StatusCode::BAD_REQUEST, failure.to_string()).into_response(),
    }
}

async fn accepted(
    journal: &dyn Journal,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Vec<u8>, Failure> {
    let body: Body = serde_json::from_slice(body)?;
    let key = headers.get("idempotency-key").ok_or("no key")?.to_str()?;
    let request = CallRequest::new(body.to, body.task).with(|call| {
        call.not_before = Some(body.not_before);
        call.allow_duplicate = body.allow_duplicate;
        call.tags = body.tags;
        call.metadata = body.metadata;
        call.idempotency_key = Some(key.to_owned());
    });
    let now = Timestamp::now();
    let call = NewCall::new(CallId::new(Uuid::now_v7()), Arc::new(request.validate(now)?), now);
    let id = call.id;
    let (Opened::New(_) | Opened::Replayed(_) | Opened::Changed(_)) = journal.open(call).await?;
    let recorded = journal.record(id, Fact::Scheduled, now).await?;
    Ok(serde_json::to_vec(&*recorded.call)?)
}

/// Answers so many bytes.
pub(crate) async fn answering(length: usize) -> Result<SocketAddr, Failure> {
    let body = Bytes::from(vec![b'x'; length]);
    let answer = move || {
        let body = body.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], body) }
    };
    serve(Router::new().route("/v1/me", get(answer))).await
}
