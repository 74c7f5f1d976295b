//! Sends webhooks: a POST to a loopback address, signed if there is a secret, and retried if it was
//! not accepted.
//!
//! A simulator must never send requests to strangers, so deliveries to other addresses are recorded
//! but not sent.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::Uri;
use sha2::Sha256;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::state::{SimState, WebhookAttempt};

/// The timeout for the response of a receiver.
const PATIENCE: Duration = Duration::from_secs(5);

impl SimState {
    /// Sends a webhook in the background.
    pub(crate) fn send(self: &Arc<Self>, parcel: Parcel) {
        let fate = self.host.faults.webhook();
        let message = Arc::new(Message { parcel, forged: fate.forged });
        for _ in 0..fate.copies {
            let (sim, message) = (Arc::clone(self), Arc::clone(&message));
            self.host.spawn(async move {
                tokio::time::sleep(fate.delay).await;
                sim.deliver(&message).await;
            });
        }
    }

    async fn deliver(&self, message: &Message) {
        let mut pauses = self.config.webhook_retries.iter();
        for attempt in 1.. {
            let timestamp = self.host.timeline.timestamp();
            let signature = message.signature(timestamp.as_second());
            let sent = tokio::time::timeout(PATIENCE, message.post(signature.as_ref())).await;
            let status = sent.ok().flatten();
            self.attempts.lock().push(WebhookAttempt {
                at: timestamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                url: message.parcel.url.clone(),
                event: message.parcel.event.clone(),
                attempt,
                signed: signature.is_some(),
                status,
                event_id: message.parcel.event_id.clone(),
                webhook_id: message.parcel.webhook_id.clone(),
            });
            if status.is_some_and(|status| (200..300).contains(&status)) {
                return;
            }
            match pauses.next() {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return,
            }
        }
    }
}

/// A webhook to deliver.
pub(crate) struct Parcel {
    pub(crate) url: String,
    pub(crate) event: String,
    pub(crate) body: String,
    pub(crate) secret: Option<String>,
    pub(crate) event_id: Option<String>,
    pub(crate) webhook_id: Option<String>,
}

struct Message {
    parcel: Parcel,
    forged: bool,
}

impl Message {
    /// The timestamp in Unix seconds, and `sha256=` followed by the hexadecimal HMAC-SHA256 of
    /// `seconds.body`.
    fn signature(&self, seconds: i64) -> Option<(String, String)> {
        let secret =
            if self.forged { Some("a stranger's secret") } else { self.parcel.secret.as_deref() }?;
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
        mac.update(format!("{seconds}.{}", self.parcel.body).as_bytes());
        let hex: String =
            mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        Some((seconds.to_string(), format!("sha256={hex}")))
    }

    /// Returns the status of the response. `None` if the address is not loopback or does not
    /// respond.
    async fn post(&self, signature: Option<&(String, String)>) -> Option<u16> {
        let uri: Uri = self.parcel.url.parse().ok()?;
        let host = uri.host()?.trim_matches(['[', ']']);
        let address = if host == "localhost" {
            Some(Ipv4Addr::LOCALHOST.into())
        } else {
            host.parse::<IpAddr>().ok()
        };
        let local =
            address.filter(|address| address.is_loopback() && uri.scheme_str() == Some("http"));
        let Some(address) = local else {
            tracing::info!("a webhook to an address that is not loopback was not sent");
            return None;
        };
        let socket = TcpStream::connect((address, uri.port_u16().unwrap_or(80))).await.ok()?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let mut head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             connection: close\r\nx-simulated: true\r\n",
            uri.authority()?,
            self.parcel.body.len(),
        );
        if let Some((timestamp, signature)) = signature {
            head.push_str(&format!(
                "x-kaicalls-timestamp: {timestamp}\r\nx-kaicalls-signature: {signature}\r\n"
            ));
        }
        head.push_str("\r\n");
        let mut socket = BufReader::new(socket);
        socket.write_all(head.as_bytes()).await.ok()?;
        socket.write_all(self.parcel.body.as_bytes()).await.ok()?;
        socket.flush().await.ok()?;
        let mut line = String::new();
        socket.read_line(&mut line).await.ok()?;
        line.split(' ').nth(1)?.parse().ok()
    }
}
