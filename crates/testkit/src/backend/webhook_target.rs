//! A receiver of webhooks on a port of the system's choice.

use std::{io, time::Duration};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap};
use jiff::Timestamp;
use switchboard_core::IncomingWebhook;
use tokio::{net::TcpListener, sync::mpsc};

/// The receiver. It ends with the test's runtime.
#[derive(Debug)]
pub struct WebhookTarget {
    url: String,
    deliveries: mpsc::UnboundedReceiver<IncomingWebhook>,
}

impl WebhookTarget {
    /// Listens. Every delivery is answered with 200.
    ///
    /// # Panics
    /// If no port can be had.
    pub async fn start() -> Self {
        let (sender, deliveries) = mpsc::unbounded_channel();
        let bound = async {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let url = format!("http://{}/hook", listener.local_addr()?);
            io::Result::Ok((listener, url))
        };
        let (listener, url) =
            bound.await.unwrap_or_else(|error| panic!("no port on 127.0.0.1: {error}"));
        let app = Router::new().fallback(take).with_state(sender);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, deliveries }
    }

    /// Where deliveries are sent to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The next delivery, as it came.
    ///
    /// # Panics
    /// If none comes within 20 seconds: the test fails rather than hangs.
    pub async fn next(&mut self) -> IncomingWebhook {
        match tokio::time::timeout(Duration::from_secs(20), self.deliveries.recv()).await {
            Ok(Some(delivery)) => delivery,
            Ok(None) | Err(_) => panic!("no webhook came within 20 seconds"),
        }
    }
}

async fn take(
    State(sender): State<mpsc::UnboundedSender<IncomingWebhook>>,
    headers: HeaderMap,
    body: Bytes,
) {
    let headers = headers
        .iter()
        .map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let delivery = IncomingWebhook { headers, body: body.to_vec(), received_at: Timestamp::now() };
    // Nobody reads the deliveries once the test is over.
    let _ = sender.send(delivery);
}
