//! Webhooks that providers send.

use std::{collections::HashMap, time::Duration};

use parking_lot::Mutex;
use switchboard::{ErrorKind, IncomingWebhook};

use crate::{
    Service,
    problem::{Code, Problem, Result},
};

/// Webhooks that one address accepts in a minute.
const A_MINUTE: u32 = 10;
const MINUTE: Duration = Duration::from_secs(60);
/// With more addresses than this, those of earlier minutes are thrown out.
const MANY: usize = 4_096;
/// The longest path behind `/hooks/v1/`.
const LONGEST: usize = 256;

/// What arrived at each address. Only those that were issued are in it.
#[derive(Debug, Default)]
pub(crate) struct Arrivals(Mutex<HashMap<String, (Duration, u32)>>);

impl Arrivals {
    /// Counts one. `Err` says how long to wait.
    fn count(&self, path: &str, now: Duration) -> Result<(), Duration> {
        let mut by_path = self.0.lock();
        if by_path.len() >= MANY {
            by_path.retain(|_, (since, _)| now.saturating_sub(*since) < MINUTE);
        }
        let (since, count) = by_path.entry(path.to_owned()).or_insert((now, 0));
        if now.saturating_sub(*since) >= MINUTE {
            (*since, *count) = (now, 0);
        }
        if *count >= A_MINUTE {
            return Err(MINUTE.saturating_sub(now.saturating_sub(*since)));
        }
        *count += 1;
        Ok(())
    }
}

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
