//! A receiver for what providers tell: `POST /hooks/v1/…`.
//!
//!     cargo run -p switchboard-examples --example webhook_receiver
//!
//! THE PROVIDER IS SIMULATED: a small HTTP server in this process answers as KaiCalls' documents
//! say, delivers its webhooks to loopback, and no telephone rings.
//!
//! Each attempt gets an address of its own that nobody can guess. What comes in on it is a hint:
//! the router reads the call at its provider before it believes anything.
#![allow(clippy::print_stdout)]

use std::{error::Error, sync::Arc, time::Duration};

use axum::{
    Router as Web,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use jiff::Timestamp;
use switchboard::{
    CallRequest, Engine, ErrorKind, IncomingWebhook, Switchboard, SystemClock, WebhookAddress,
    kaicalls::{KaiCalls, KaiCallsConfig},
    router::Timings,
};
use switchboard_testkit::{SimConfig, SimKaiCalls};
use tokio::net::TcpListener;

/// Hands a delivery to the router, and tells the provider whether to come again.
async fn receive(
    State(router): State<Engine>,
    Path(tail): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let webhook = IncomingWebhook {
        headers: headers
            .iter()
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect(),
        body: body.to_vec(),
        received_at: Timestamp::now(),
    };
    match router.receive_webhook(&tail, webhook).await.map_err(|error| error.kind()) {
        Ok(()) => StatusCode::OK,
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
    let base = format!("http://{}", listener.local_addr()?);

    let mut config = KaiCallsConfig::new(provider.credential());
    config.base_url = provider.url().parse()?;
    config.agent_id = Some(provider.agent_id().into());
    let kaicalls = Arc::new(KaiCalls::new(config, Arc::new(SystemClock))?);
    let switchboard = Switchboard::builder()
        .provider(kaicalls)
        .without_calling_rules("The telephones are simulated.")
        // In production an https address that the provider reaches, and at least 32 characters of
        // chance from the environment.
        .webhooks(WebhookAddress {
            base: base.parse()?,
            secret: "an example's secret is no secret".into(),
            lifetime: Duration::from_secs(3600),
        })
        // Asking is put off for an hour, so that what happens below happens by webhook alone.
        .timings(Timings { poll_every: Duration::from_secs(3600), ..Timings::default() })
        .build()?;
    let router = switchboard.engine().clone();

    let web = Web::new()
        .route("/hooks/v1/{*tail}", post(receive))
        .layer(DefaultBodyLimit::max(64 * 1024))
        .with_state(router.clone());
    let server = tokio::spawn(async move { axum::serve(listener, web).await });

    let request = CallRequest::new("+12125550123", "Ask whether they are open on Sunday.");
    let call = switchboard.place(&request).await?;
    println!("placed    {}: {}", call.to, call.status);
    let call = tokio::time::timeout(Duration::from_secs(30), router.wait(call.id)).await??;
    println!("over      {}, as a webhook told", call.outcome.ok_or("the call has no outcome")?);

    // A stranger who guesses an address is turned away before his body is looked at.
    let tomorrow = Timestamp::now().as_second() + 86_400;
    let guess = format!("kaicalls/{}.{tomorrow}.1.{}", call.attempts[0].id, "A".repeat(27));
    let forged =
        receive(State(router), Path(guess), HeaderMap::new(), Bytes::from_static(b"{}")).await;
    println!("a stranger's webhook is answered with {forged}");

    let reads = provider.requests().iter().filter(|one| one.method == "GET").count();
    assert_eq!(reads, 1, "the one read that the webhook led to, and no polling");
    assert_eq!(forged, StatusCode::UNAUTHORIZED);
    assert_eq!(provider.rings().len(), 1, "the phone has to ring exactly once");
    println!("\nThe simulated phone rang once, and nobody had to ask how it went.");
    server.abort();
    Ok(())
}
