//! Sends spans to a collector, with our own HTTP client.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::future::BoxFuture;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{BatchConfigBuilder, BatchSpanProcessor, SpanData, SpanProcessor},
};
use switchboard::{config::TelemetryConfig, url::Url};
use switchboard_http::{Network, OperatorClient};
use tokio::runtime::Handle;

use crate::failure::{Failure, Outcome};

/// Spans are sent this often.
const EVERY: Duration = Duration::from_secs(1);
/// How long the collector may take.
const WITHIN: Duration = Duration::from_secs(10);
/// How long the end of the process waits for the last spans.
const FINISH_WITHIN: Duration = Duration::from_secs(3);

struct Export {
    processor: BatchSpanProcessor,
    percent: u8,
}

/// Set once, when the server starts.
static EXPORT: OnceLock<Export> = OnceLock::new();

pub(super) fn is_started() -> bool {
    EXPORT.get().is_some()
}

/// How many calls of a hundred are traced.
pub(super) fn percent() -> u8 {
    EXPORT.get().map_or(0, |export| export.percent)
}

/// Has a span sent, without waiting for it. What comes too fast is left out.
pub(super) fn send(span: SpanData) {
    if let Some(export) = EXPORT.get() {
        export.processor.on_end(span);
    }
}

/// Begins to send traces.
///
/// # Errors
/// The client cannot be built.
pub(crate) fn start(telemetry: &TelemetryConfig, network: &Network) -> Outcome<()> {
    let mut url = telemetry.otlp_endpoint.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["v1", "traces"]);
    }
    let client = Client {
        http: OperatorClient::with_network(WITHIN, network)?,
        runtime: Handle::current(),
        fails: AtomicBool::new(false),
    };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_protocol(Protocol::HttpJson)
        .with_endpoint(url.as_str())
        .with_timeout(WITHIN)
        .build()
        .map_err(|error| Failure::local(format!("traces cannot be sent: {error}")))?;
    let every = BatchConfigBuilder::default().with_scheduled_delay(EVERY).build();
    let mut processor = BatchSpanProcessor::builder(exporter).with_batch_config(every).build();
    let name = Resource::builder_empty().with_service_name("switchboard");
    let version = opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    processor.set_resource(&name.with_attribute(version).build());
    let _ = EXPORT.set(Export { processor, percent: telemetry.sample_percent });
    Ok(())
}

/// Sends what is still to be sent, at the end of the process.
pub(crate) async fn finish() {
    let finished = tokio::task::spawn_blocking(|| {
        EXPORT.get().map(|export| export.processor.shutdown_with_timeout(FINISH_WITHIN))
    });
    if let Ok(Some(Err(error))) = finished.await {
        tracing::warn!(%error, "the last traces were not sent");
    }
}

/// The processor sends from a thread of its own, and our client from the server's runtime.
#[derive(Debug)]
struct Client {
    http: OperatorClient,
    runtime: Handle,
    /// The last request failed: it is said once.
    fails: AtomicBool,
}

impl Client {
    fn note(&self, failure: Option<String>) {
        let failed_before = self.fails.swap(failure.is_some(), Ordering::Relaxed);
        match failure {
            Some(failure) if !failed_before => {
                tracing::warn!(failure, "traces cannot be sent, and are lost until they can");
            }
            Some(_) | None => {}
        }
    }
}

impl HttpClient for Client {
    fn send_bytes<'life, 'future>(
        &'life self,
        request: Request<Bytes>,
    ) -> BoxFuture<'future, Result<Response<Bytes>, HttpError>>
    where
        'life: 'future,
        Self: 'future,
    {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let url: Url = parts.uri.to_string().parse()?;
            let http = self.http.clone();
            let sent =
                self.runtime.spawn(async move { http.post(&url, parts.headers, body).await });
            let sent = sent.await?;
            self.note(match &sent {
                Ok((200..=299, _)) => None,
                Ok((status, _)) => Some(format!("the collector answered {status}")),
                Err(error) => Some(error.kind().as_str().to_owned()),
            });
            let (status, answer) = sent?;
            Ok(Response::builder().status(status).body(answer)?)
        })
    }
}
