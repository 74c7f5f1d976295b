//! `POST /mcp`: the streamable transport, without sessions, so that any replica answers any request.
//!
//! The key, or the access token of an issuer, is checked and counted as at every other path, before
//! anything is read. The library that speaks the protocol gets the request without it.

use std::sync::Arc;

use ::http::{Request, header};
use axum::{
    Json, Router,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
};
use switchboard_api::{
    Service, WatchedBody,
    surface::{Entered, LARGEST_BODY},
};
use url::{Host, Url};

use crate::server::{McpServer, Sender};

/// Where it is.
pub const PATH: &str = "/mcp";

/// Where clients read whose access tokens are taken (RFC 9728).
const METADATA: &str = "/.well-known/oauth-protected-resource";

type Protocol = StreamableHttpService<McpServer, NeverSessionManager>;

#[derive(Clone)]
struct Door {
    service: Service,
    protocol: Protocol,
}

/// The path of the MCP server, to be merged with the routes of the API before they are completed.
pub fn router(service: &Service) -> Router {
    let server = McpServer::of_keys(service);
    let settings = settings(service.public_url());
    let protocol = StreamableHttpService::new(
        move || Ok(server.clone()),
        Arc::new(NeverSessionManager::default()),
        settings,
    );
    let door = Door { service: service.clone(), protocol };
    let router = Router::new().route(PATH, post(serve));
    let router = match service.resource_metadata(PATH) {
        Some(metadata) => {
            let serve = move || async move { Json(metadata) };
            router
                .route(METADATA, get(serve.clone()))
                .route(&format!("{METADATA}{PATH}"), get(serve))
        }
        None => router,
    };
    router.with_state(door)
}

fn settings(public_url: &Url) -> StreamableHttpServerConfig {
    let (hosts, origins) = names(public_url);
    StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(LARGEST_BODY)
        .with_allowed_hosts(hosts)
        .with_allowed_origins(origins)
        .enforce_origin_validation()
}

/// The hosts and the origins of an address. A server on this machine has several names.
fn names(public_url: &Url) -> (Vec<String>, Vec<String>) {
    let here = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned);
    let is_here = match public_url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let mut names: Vec<String> = public_url.host_str().map(str::to_owned).into_iter().collect();
    if is_here {
        names.extend(here);
    }
    let port = public_url.port_or_known_default().unwrap_or(443);
    let scheme = public_url.scheme();
    let origins = names.iter().map(|name| format!("{scheme}://{name}:{port}")).collect();
    (names, origins)
}

async fn serve(State(door): State<Door>, request: Request<Body>) -> Response {
    let mut entered = match Entered::with_token(&door.service, request).await {
        Ok(entered) => entered,
        Err(problem) => return door.service.challenge(problem, PATH).into_response(),
    };
    entered.be_patient();
    let mut parts = entered.parts.clone();
    parts.headers.remove(header::AUTHORIZATION);
    parts.extensions.insert(Sender(Arc::clone(&entered.caller)));
    let body = Body::from(std::mem::take(&mut entered.body));
    let response = door.protocol.handle(Request::from_parts(parts, body)).await;
    // A stream counts as a request until it ends.
    response.map(|body| Body::new(WatchedBody::new(Body::new(body), move |_| drop(entered))))
}
