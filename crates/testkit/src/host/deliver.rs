//! Sends webhooks: a POST to a loopback address, signed if the provider signs, and retried if it
//! was not accepted.
//!
//! A simulator must never send requests to strangers, so deliveries to other addresses are recorded
//! but not sent.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use jiff::Timestamp;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::attempt::WebhookAttempt;
use super::exchange::Host;

/// Headers by name.
pub(crate) type Headers = Vec<(String, String)>;

/// Signs a body at a time. The last argument asks for a signature with a stranger's secret.
pub(crate) type Sign = Arc<dyn Fn(Timestamp, &str, bool) -> Headers + Send + Sync>;

/// Writes the body of an attempt, which is counted from 1.
pub(crate) type WriteBody = Arc<dyn Fn(u32) -> String + Send + Sync>;

/// A webhook to deliver.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub(crate) url: String,
    pub(crate) event: String,
    pub(crate) body: WriteBody,
    /// Headers that are no signature.
    pub(crate) headers: Headers,
    pub(crate) sign: Option<Sign>,
    pub(crate) event_id: Option<String>,
    pub(crate) webhook_id: Option<String>,
    /// The delays before a delivery that was not accepted is sent again.
    pub(crate) retries: Vec<Duration>,
    /// Where it is sent once if it was never accepted.
    pub(crate) failover_url: Option<String>,
    /// The timeout for the response of a receiver.
    pub(crate) timeout: Duration,
}

impl Host {
    /// Sends a webhook in the background, unless the fault script loses it.
    pub(crate) fn send(self: &Arc<Self>, mut delivery: Delivery) {
        let fate = self.faults.webhook();
        if fate.unsigned {
            delivery.sign = None;
        }
        let delivery = Arc::new(delivery);
        for _ in 0..fate.copies {
            let (host, delivery) = (Arc::clone(self), Arc::clone(&delivery));
            self.spawn(async move {
                tokio::time::sleep(fate.delay).await;
                host.deliver(&delivery, fate.forged).await;
            });
        }
    }

    async fn deliver(&self, delivery: &Delivery, forged: bool) {
        let mut pauses = delivery.retries.iter();
        let mut url = delivery.url.as_str();
        let mut failover = delivery.failover_url.as_deref();
        for attempt in 1.. {
            let timestamp = self.timeline.timestamp();
            let body = (delivery.body)(attempt);
            let signature = delivery.sign.as_ref().map(|sign| sign(timestamp, &body, forged));
            let headers: Vec<&(String, String)> =
                delivery.headers.iter().chain(signature.iter().flatten()).collect();
            let sent = post(url, &headers, &body);
            let status = tokio::time::timeout(delivery.timeout, sent).await.ok().flatten();
            self.attempts.lock().push(WebhookAttempt {
                at: timestamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                url: url.to_owned(),
                event: delivery.event.clone(),
                attempt,
                signed: signature.is_some(),
                status,
                event_id: delivery.event_id.clone(),
                webhook_id: delivery.webhook_id.clone(),
            });
            if status.is_some_and(|status| (200..300).contains(&status)) {
                return;
            }
            match (pauses.next(), failover.take()) {
                (Some(pause), other) => {
                    failover = other;
                    tokio::time::sleep(*pause).await;
                }
                (None, Some(other)) => url = other,
                (None, None) => return,
            }
        }
    }
}

/// True for a URL to which a simulator delivers.
pub(crate) fn is_local(url: &str) -> bool {
    url.parse::<Uri>().is_ok_and(|uri| local(&uri).is_some())
}

fn local(uri: &Uri) -> Option<IpAddr> {
    let host = uri.host()?.trim_matches(['[', ']']);
    let address = if host == "localhost" {
        Some(Ipv4Addr::LOCALHOST.into())
    } else {
        host.parse::<IpAddr>().ok()
    };
    address.filter(|address| address.is_loopback() && uri.scheme_str() == Some("http"))
}

/// Returns the status of the response. `None` if the address is not loopback or does not respond.
async fn post(url: &str, headers: &[&(String, String)], body: &str) -> Option<u16> {
    let uri: Uri = url.parse().ok()?;
    let Some(address) = local(&uri) else {
        tracing::info!("a webhook to an address that is not loopback was not sent");
        return None;
    };
    let socket = TcpStream::connect((address, uri.port_u16().unwrap_or(80))).await.ok()?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut head = format!(
        "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\nx-simulated: true\r\n",
        uri.authority()?,
        body.len(),
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut socket = BufReader::new(socket);
    socket.write_all(head.as_bytes()).await.ok()?;
    socket.write_all(body.as_bytes()).await.ok()?;
    socket.flush().await.ok()?;
    let mut line = String::new();
    socket.read_line(&mut line).await.ok()?;
    line.split(' ').nth(1)?.parse().ok()
}
