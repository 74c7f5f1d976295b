//! Signs and sends webhooks.

use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

use super::state::SimState;
use crate::host::{Delivery, Headers, Sign};

/// The timeout for the response of a receiver.
const PATIENCE: Duration = Duration::from_secs(5);

impl SimState {
    /// Sends a webhook in the background.
    pub(crate) fn send(self: &Arc<Self>, parcel: Parcel) {
        let Parcel { url, event, body, secret, event_id, webhook_id } = parcel;
        let sign = secret.map(|secret| -> Sign {
            Arc::new(move |at, body, forged| {
                signature(if forged { "a stranger's secret" } else { &secret }, at, body)
            })
        });
        self.host.send(Delivery {
            url,
            event,
            body: Arc::new(move |_| body.clone()),
            headers: Vec::new(),
            sign,
            event_id,
            webhook_id,
            retries: self.config.webhook_retries.clone(),
            failover_url: None,
            timeout: PATIENCE,
        });
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

/// The timestamp in Unix seconds, and `sha256=` followed by the hexadecimal HMAC-SHA256 of
/// `seconds.body`.
fn signature(secret: &str, at: Timestamp, body: &str) -> Headers {
    let seconds = at.as_second();
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return Headers::new();
    };
    mac.update(format!("{seconds}.{body}").as_bytes());
    let hex: String =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    vec![
        ("x-kaicalls-timestamp".to_owned(), seconds.to_string()),
        ("x-kaicalls-signature".to_owned(), format!("sha256={hex}")),
    ]
}
