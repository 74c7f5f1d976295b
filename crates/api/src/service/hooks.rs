//! Webhooks that providers send.

use switchboard::{ErrorKind, IncomingWebhook};

use crate::{
    Service,
    problem::{Code, Problem, Result},
};

/// The longest path behind `/hooks/v1/`.
const LONGEST: usize = 256;

impl Service {
    /// Checks the address of a webhook from a provider, before its body is read: its form, its MAC,
    /// and how many came. Costs no query.
    ///
    /// # Errors
    /// `not_found` for everything that is wrong with the address; `rate_limited`.
    pub(crate) fn check_hook(&self, path: &str) -> Result<()> {
        let plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/');
        let engine = self.switchboard().engine();
        let is_ours = path.len() <= LONGEST
            && path.bytes().all(plain)
            && engine.is_webhook_address(path, self.clock().now());
        if !is_ours {
            return Err(nothing_here());
        }
        self.arrivals().count(path, self.clock().uptime()).map_err(|wait| {
            Problem::new(Code::RateLimited, "too much arrived at this address").retry_after(wait)
        })
    }

    /// Stores a webhook from a provider. What it says is looked up afterwards.
    ///
    /// # Errors
    /// As [`Service::check_hook`]; `invalid_request` for a body that cannot be read.
    pub(crate) async fn accept_hook(&self, path: &str, webhook: IncomingWebhook) -> Result<()> {
        let accepted = self.switchboard().accept_webhook(path, webhook).await;
        accepted.map_err(|error| match error.kind() {
            ErrorKind::Unauthorized | ErrorKind::NotFound => nothing_here(),
            ErrorKind::Decode | ErrorKind::InvalidRequest => {
                Problem::new(Code::InvalidRequest, "the body is no webhook of this provider")
            }
            _ => Problem::from(error),
        })
    }
}

fn nothing_here() -> Problem {
    Problem::new(Code::NotFound, "there is nothing at this path")
}
