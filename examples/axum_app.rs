//! A web application with axum that places calls: one route places, another one receives what the
//! provider reports, and the end waits for calls that are being sent.
//!
//!     cargo run -p switchboard-examples --example axum_app
//!
//! THE PROVIDER IS SIMULATED: a small HTTP server in this process answers as KaiCalls' documents
//! say, and no telephone rings.
#![allow(clippy::print_stdout)]

use std::{error::Error, future::IntoFuture, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::{Body, Bytes, to_bytes},
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, Request, StatusCode},
    routing::post,
};
use serde::Deserialize;
use switchboard::{
    CallEventKind, CallId, CallRequest, Clock, Delivery, ErrorKind, IncomingWebhook, Outcome,
    Switchboard, SystemClock, Timings, WebhookAddress,
    kaicalls::{KaiCalls, KaiCallsConfig},
};
use switchboard_testkit::{
    SimConfig, SimKaiCalls,
    fault::{Fault, Rule},
};
use tokio::{net::TcpListener, sync::oneshot};
use tower::ServiceExt;

/// What a guest asks for.
#[derive(Deserialize)]
struct Booking {
    restaurant: String,
    guests: u32,
}

/// `POST /bookings` calls the restaurant. The key of the request is the key of the call: a second
/// click, or a request that is sent again, is the same call.
async fn book(
    State(calls): State<Switchboard>,
    headers: HeaderMap,
    Json(booking): Json<Booking>,
) -> Result<(StatusCode, Json<CallId>), (StatusCode, String)> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let task = format!("Book a table for {} on Friday at eight.", booking.guests);
    let request = CallRequest::new(booking.restaurant, task)
        .with(|call| call.idempotency_key = key.map(str::to_owned));
    // The call is written down when this returns, and goes on by itself.
    match calls.submit(&request).await {
        Ok(call) => Ok((StatusCode::ACCEPTED, Json(call.id))),
        Err(error) => {
            let status = match error.kind() {
                ErrorKind::InvalidRequest | ErrorKind::NumberNotAllowed => StatusCode::BAD_REQUEST,
                ErrorKind::Conflict => StatusCode::CONFLICT,
                _ => StatusCode::SERVICE_UNAVAILABLE,
            };
            Err((status, error.to_string())) // it names the field and the fix, and no secret
        }
    }
}

/// `POST /hooks/v1/…` takes what the provider reports. It is a hint: the call is read at its provider.
async fn hook(
    State(calls): State<Switchboard>,
    Path(tail): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let headers = headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect();
    let webhook = IncomingWebhook { headers, body: body.to_vec(), received_at: SystemClock.now() };
    match calls.accept_webhook(&tail, webhook).await.map_err(|error| error.kind()) {
        Ok(()) => StatusCode::OK, // it is stored
        Err(ErrorKind::Unauthorized) => StatusCode::UNAUTHORIZED,
        Err(ErrorKind::InvalidRequest) => StatusCode::PAYLOAD_TOO_LARGE,
        Err(ErrorKind::Decode) => StatusCode::BAD_REQUEST,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR, // the provider comes again
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let provider = SimKaiCalls::start(SimConfig::default().seed(0).speed(600.0)).await?;
    println!("KaiCalls is simulated at {}: no telephone will ring.\n", provider.url());
    let listener = TcpListener::bind("127.0.0.1:0").await?;

    let mut account = KaiCallsConfig::new(provider.credential());
    account.base_url = provider.url().parse()?;
    account.agent_id = Some(provider.agent_id().into());
    let calls = Switchboard::builder()
        .provider(Arc::new(KaiCalls::new(account, Arc::new(SystemClock))?))
        .without_calling_rules("The telephones are simulated.")
        .webhooks(WebhookAddress {
            base: format!("http://{}", listener.local_addr()?).parse()?,
            secret: "an example's secret is no secret".into(),
            lifetime: Duration::from_secs(3600),
        })
        // Asking is put off for an hour, so that the end of a call is known by webhook alone.
        .timings(Timings { poll_every: Duration::from_secs(3600), ..Timings::default() })
        .build()?;
    let app = Router::new()
        .route("/bookings", post(book))
        .route("/hooks/v1/{*tail}", post(hook).layer(DefaultBodyLimit::max(64 * 1024)))
        .with_state(calls.clone());
    let (stop, stopped) = oneshot::channel::<()>(); // in production: tokio::signal::ctrl_c()
    let server = axum::serve(listener, app.clone()).with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    let server = tokio::spawn(server.into_future());

    let id = click(&app, "guest-1", "+12125550123").await?;
    assert_eq!(id, click(&app, "guest-1", "+12125550123").await?, "a second click, the same call");
    let call = tokio::time::timeout(Duration::from_secs(30), calls.wait(id)).await??;
    println!("over      {}, as a webhook told", call.outcome.ok_or("the call has no outcome")?);
    assert_eq!(call.outcome, Some(Outcome::Completed));

    // The application is told to end while the provider has not answered yet.
    provider.faults().add(Rule::on("POST", "/api/v1/calls", Fault::Pass).delay_ms(300));
    let mut events = calls.events();
    let id = click(&app, "guest-2", "+12125550124").await?;
    while !matches!(events.recv().await?.kind, CallEventKind::Sent { .. }) {}
    let _ = stop.send(());
    calls.shutdown(Duration::from_secs(30)).await; // nothing new is sent, and the answer is waited for
    server.await??;
    let call = calls.get(id).await?;
    println!("shut down {}, and nothing is in doubt", call.status);
    assert_eq!(call.attempts[0].delivery, Some(Delivery::Placed));
    assert_eq!(provider.rings().len(), 2, "two guests, two rings");
    Ok(())
}

/// What the page of a guest sends.
async fn click(app: &Router, key: &str, restaurant: &str) -> Result<CallId, Box<dyn Error>> {
    let request = Request::post("/bookings")
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .body(Body::from(format!(r#"{{"restaurant": "{restaurant}", "guests": 2}}"#)))?;
    let answer = app.clone().oneshot(request).await?;
    let Json(id) = Json::from_bytes(&to_bytes(answer.into_body(), 1024).await?)?;
    Ok(id)
}
