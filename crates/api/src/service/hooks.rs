//! Webhooks that providers send.

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;
use switchboard::{ErrorKind, IncomingWebhook, ProviderId};

use crate::{
    HookResult, Service,
    problem::{Code, Problem, Result},
};

/// The longest path behind `/hooks/v1/`.
const LONGEST: usize = 256;

impl Service {
    /// Takes a webhook from a provider, and returns when it is stored. What it says is looked up
    /// afterwards. The address is checked before the body is read, which costs no query.
    ///
    /// # Errors
    /// `not_found` for everything that is wrong with the address; `rate_limited`;
    /// `invalid_request` for a body that cannot be read; those of reading the body.
    pub(crate) async fn take_hook<Reading>(
        &self,
        path: &str,
        headers: &HeaderMap,
        body: Reading,
    ) -> Result<()>
    where
        Reading: Future<Output = Result<Bytes>> + Send,
    {
        let mut provider = None;
        let taken = async {
            provider = Some(self.check_hook(path)?);
            self.count_hook(path)?;
            let webhook = incoming(headers, body.await?, self.clock().now());
            self.accept_hook(path, webhook).await
        };
        let taken = taken.await;
        if let Some(observer) = self.observer() {
            observer.arrived(provider.as_ref(), result(taken.as_ref().err()));
        }
        taken
    }

    /// The provider whose address this is: one that was issued, and has not expired.
    fn check_hook(&self, path: &str) -> Result<ProviderId> {
        let plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/');
        let engine = self.switchboard().engine();
        let is_ours = path.len() <= LONGEST
            && path.bytes().all(plain)
            && engine.is_webhook_address(path, self.clock().now());
        let provider = path.trim_matches('/').split('/').next().filter(|_| is_ours);
        provider.map(|id| ProviderId::new(id.to_owned())).ok_or_else(nothing_here)
    }

    fn count_hook(&self, path: &str) -> Result<()> {
        self.arrivals().count(path, self.clock().uptime()).map_err(|wait| {
            Problem::new(Code::RateLimited, "too much arrived at this address").retry_after(wait)
        })
    }

    async fn accept_hook(&self, path: &str, webhook: IncomingWebhook) -> Result<()> {
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

fn incoming(headers: &HeaderMap, body: Bytes, received_at: Timestamp) -> IncomingWebhook {
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let headers = headers.iter().filter_map(header).collect();
    IncomingWebhook { headers, body: body.to_vec(), received_at }
}

fn result(problem: Option<&Problem>) -> HookResult {
    match problem.map(Problem::code) {
        None => HookResult::Stored,
        Some(Code::NotFound) => HookResult::NotFound,
        Some(Code::RateLimited) => HookResult::RateLimited,
        Some(Code::InvalidRequest | Code::BodyTooLarge | Code::RequestTimeout) => {
            HookResult::Invalid
        }
        Some(_) => HookResult::Failed,
    }
}

fn nothing_here() -> Problem {
    Problem::new(Code::NotFound, "there is nothing at this path")
}
