//! Reading and following events.

use axum::{
    Json as Answer,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, header};

use crate::{
    Service,
    caller::{Allowed, EventsRead},
    extract::Permit,
    problem::{Problem, Result},
    routes::params::Params,
    service::EventQuery,
    wire::{EventPage, ProblemBody},
};

/// List events
///
/// Oldest first. Send `next_cursor` as `after` to read on, also if there was no event: nothing is
/// left out and nothing comes twice. Without `after`, it begins at the oldest event that is kept.
#[utoipa::path(
    get, path = "/v1/events", operation_id = "listEvents", tag = "events",
    security(("key" = ["events:read"])),
    params(
        ("after" = Option<String>, Query, description = "The cursor of a page or an event of a stream: only events behind it."),
        ("type" = Option<Vec<String>>, Query, description = "Only events of these types."),
        ("call" = Option<String>, Query, description = "Only events about this call."),
        ("limit" = Option<u32>, Query, description = "How many, 1 to 100. The default is 50.", minimum = 1, maximum = 100),
    ),
    responses(
        (status = 200, description = "A page of events.", body = EventPage),
        (status = 410, description = "`events_gone`: events behind this cursor are not kept any more. `oldest` is the cursor of all that is.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(service): State<Service>,
    permit: Permit<EventsRead>,
    params: Params,
) -> Result<Answer<EventPage>> {
    params.known(&["after", "type", "call", "limit"])?;
    let limit = params.number("limit", 1, 100)?.unwrap_or(50);
    Ok(Answer(service.events(permit.allowed()?, query(&params)?, limit).await?))
}

/// Follow events
///
/// Server-sent events. The `id` of each is a cursor: a client that connects again with it as
/// `Last-Event-ID`, or as `after`, misses nothing. Without either, it begins now. The data of an
/// event is the JSON that `GET /v1/events` and webhooks have. `event: lagging` without an id says
/// that the connection was too slow: connect again. A stream ends after 30 minutes.
#[utoipa::path(
    get, path = "/v1/events/stream", operation_id = "followEvents", tag = "events",
    security(("key" = ["events:read"])),
    params(
        ("after" = Option<String>, Query, description = "The cursor of a page or an event: only events behind it."),
        ("type" = Option<Vec<String>>, Query, description = "Only events of these types."),
        ("call" = Option<String>, Query, description = "Only events about this call."),
        ("Last-Event-ID" = Option<String>, Header, description = "As `after`, and before it. Clients of server-sent events send it by themselves."),
    ),
    responses(
        (status = 200, description = "The events.", body = String, content_type = "text/event-stream"),
        (status = 410, description = "`events_gone`: events behind this cursor are not kept any more. `oldest` is the cursor of all that is.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn follow(
    State(service): State<Service>,
    permit: Permit<EventsRead>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response> {
    params.known(&["after", "type", "call"])?;
    let mut query = query(&params)?;
    if let Some(last) = headers.get("last-event-id").filter(|last| !last.is_empty()) {
        let last = last.to_str().map_err(|_| {
            let fix = "send the id of an event of this stream";
            Problem::invalid("Last-Event-ID", "is no id of an event", fix)
        })?;
        query.after = Some(last.to_owned());
    }
    stream(&service, permit.allowed()?, query).await
}

/// The answer that streams events.
pub(crate) async fn stream(
    service: &Service,
    by: Allowed<'_, EventsRead>,
    query: EventQuery,
) -> Result<Response> {
    let stream = service.event_stream(by, query).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(stream.into_bytes())).into_response())
}

fn query(params: &Params) -> Result<EventQuery> {
    let call = params.one("call")?.map(|id| {
        id.parse().map_err(|_| Problem::invalid("call", "is no id of a call", "send a call's `id`"))
    });
    Ok(EventQuery {
        after: params.one("after")?.map(str::to_owned),
        kinds: params.all("type").to_vec(),
        call: call.transpose()?,
    })
}
