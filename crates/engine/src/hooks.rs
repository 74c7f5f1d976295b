//! Addresses for webhooks that nobody can guess, and what comes in on them.
//!
//! Each attempt has its own address, `{provider}/{attempt}.{expires}.{kid}.{mac}`: whoever knows it
//! was told by the provider. The address is checked before the body is looked at, and the body is a
//! hint: the call is read before anything is believed.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use switchboard_core::{
    AttemptId, AttemptState, CallId, Error, ErrorKind, EventKind, IncomingWebhook, Proof,
    ProviderCallId, ProviderId, Result,
};
use switchboard_journal::{StoredWebhook, state::Fact};
use tokio::sync::oneshot;
use url::Url;

use crate::{
    follow,
    lane::Lane,
    order,
    shared::{Engine, Inner},
    stop::stopping,
};

const LARGEST_BODY: usize = 64 * 1024;
const SHORTEST_SECRET: usize = 32;
/// 160 bits.
const MAC_BYTES: usize = 20;

/// Where providers send webhooks, and what makes the addresses unguessable.
#[derive(Debug, Clone)]
pub struct WebhookAddress {
    /// The public address of the receiver; the path `hooks/v1/…` is added.
    pub base: Url,
    /// At least 32 characters of chance.
    pub secret: SecretString,
    /// How long an address holds.
    pub lifetime: Duration,
}

#[derive(Debug)]
pub(crate) struct Hooks {
    address: WebhookAddress,
}

impl Hooks {
    pub(crate) fn new(address: WebhookAddress) -> Result<Self> {
        if address.secret.expose_secret().len() < SHORTEST_SECRET {
            return Err(Error::new(
                ErrorKind::Configuration,
                format!("is too short: give at least {SHORTEST_SECRET} characters of chance"),
            )
            .with_field("webhooks.secret"));
        }
        if address.base.cannot_be_a_base() {
            return Err(Error::new(
                ErrorKind::Configuration,
                "is no web address: write it as https://calls.example.com",
            )
            .with_field("webhooks.base"));
        }
        Ok(Self { address })
    }

    /// An attempt's own address.
    pub(crate) fn address(
        &self,
        provider: &ProviderId,
        attempt: AttemptId,
        now: Timestamp,
    ) -> Option<Url> {
        let expires = now.checked_add(self.address.lifetime).ok()?.as_second();
        let mac = URL_SAFE_NO_PAD.encode(self.mac(provider.as_str(), attempt, expires)?);
        let mut url = self.address.base.clone();
        url.path_segments_mut().ok()?.pop_if_empty().extend([
            "hooks",
            "v1",
            provider.as_str(),
            &format!("{attempt}.{expires}.1.{mac}"),
        ]);
        Some(url)
    }

    fn signer(&self, provider: &str, attempt: AttemptId, expires: i64) -> Option<Hmac<Sha256>> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.address.secret.expose_secret().as_bytes()).ok()?;
        mac.update(format!("{provider}/{attempt}.{expires}.1").as_bytes());
        Some(mac)
    }

    fn mac(&self, provider: &str, attempt: AttemptId, expires: i64) -> Option<[u8; MAC_BYTES]> {
        let full = self.signer(provider, attempt, expires)?.finalize().into_bytes();
        full.get(..MAC_BYTES)?.try_into().ok()
    }

    /// Reads `{provider}/{attempt}.{expires}.{kid}.{mac}`, in constant time where it matters.
    fn read(&self, path: &str, now: Timestamp) -> Option<(ProviderId, AttemptId)> {
        let (provider, token) = path.trim_matches('/').split_once('/')?;
        let [attempt, expires, kid, mac] = token.split('.').collect::<Vec<_>>().try_into().ok()?;
        let (attempt, expires): (AttemptId, i64) = (attempt.parse().ok()?, expires.parse().ok()?);
        let mac = URL_SAFE_NO_PAD.decode(mac).ok().filter(|mac| mac.len() == MAC_BYTES)?;
        self.signer(provider, attempt, expires)?.verify_truncated_left(&mac).ok()?;
        (kid == "1" && now.as_second() < expires)
            .then(|| (ProviderId::new(provider.to_owned()), attempt))
    }
}

impl Engine {
    /// Takes a webhook in. `path` is what stands behind `/hooks/v1/`. The address is checked first;
    /// then the provider's signature, where one is configured; then the call is read at its
    /// provider, and what that read says is written down.
    ///
    /// # Errors
    /// `Unauthorized` for an address that was not given out or has expired, or a wrong signature:
    /// answer 401. `InvalidRequest` for a body over 64 KiB: answer 413. `Decode` for a body that is
    /// no event: answer 400. Anything else: answer 500, the provider comes again.
    pub async fn receive_webhook(&self, path: &str, webhook: IncomingWebhook) -> Result<()> {
        let inner = &self.inner;
        let stranger = || {
            Error::new(ErrorKind::Unauthorized, "this address was not given out, or has expired")
        };
        let hooks = inner.hooks.as_ref().ok_or_else(stranger)?;
        let (provider, attempt) = hooks.read(path, webhook.received_at).ok_or_else(stranger)?;
        if webhook.body.len() > LARGEST_BODY {
            return Err(Error::invalid(
                "body",
                format!("has {} bytes: at most {LARGEST_BODY} are taken", webhook.body.len()),
            ));
        }
        let lane = inner.lane(&provider).ok_or_else(stranger)?;
        let id = inner.journal.call_of(attempt).await?.ok_or_else(stranger)?;
        let receiver = lane
            .provider
            .webhooks()
            .and_then(|webhooks| webhooks.receiver())
            .ok_or_else(stranger)?;
        let calls = receiver
            .receive(&webhook)?
            .into_iter()
            .filter(|event| matches!(event.kind, EventKind::Call(_)))
            .filter_map(|event| event.call)
            .collect();
        let letter =
            StoredWebhook { attempt, body: webhook.body.to_vec(), calls, at: webhook.received_at };
        let (told, answer) = oneshot::channel();
        let strong = Arc::clone(inner);
        // On a task of its own: a provider that hangs up leaves no call between a write and what
        // follows from it.
        inner.spawn(async move {
            let handled = async {
                if !strong.kept(strong.journal.store_webhook(&letter).await)? {
                    return Ok(());
                }
                handle(&strong, &lane, id, &letter).await
            };
            // Nobody listening is fine.
            let _ = told.send(handled.await);
        });
        let stopped = |_| stopping("the engine was stopped before the webhook was handled");
        answer.await.map_err(stopped)?
    }
}

/// A webhook that was kept and not handled by a process that is gone.
pub(crate) async fn handle_again(inner: &Arc<Inner>, letter: StoredWebhook) {
    let handled = async {
        let Some(id) = inner.journal.call_of(letter.attempt).await? else {
            return inner.kept(inner.journal.mark_handled(&letter, inner.now()).await);
        };
        let call = inner.journal.get(id).await?;
        let attempt =
            call.and_then(|call| call.attempts.into_iter().find(|one| one.id == letter.attempt));
        match attempt.and_then(|attempt| inner.lane(&attempt.provider)) {
            Some(lane) => handle(inner, &lane, id, &letter).await,
            None => inner.kept(inner.journal.mark_handled(&letter, inner.now()).await),
        }
    };
    if let Err(error) = handled.await {
        tracing::warn!(attempt = %letter.attempt, %error, "a webhook that was kept could not be handled");
    }
}

/// Reads every call that the webhook names, and writes down what that read says.
async fn handle(
    inner: &Arc<Inner>,
    lane: &Arc<Lane>,
    id: CallId,
    letter: &StoredWebhook,
) -> Result<()> {
    for theirs in &letter.calls {
        hint(inner, lane, id, letter.attempt, theirs).await?;
    }
    inner.kept(inner.journal.mark_handled(letter, inner.now()).await)
}

async fn hint(
    inner: &Arc<Inner>,
    lane: &Arc<Lane>,
    id: CallId,
    attempt: AttemptId,
    theirs: &ProviderCallId,
) -> Result<()> {
    let Some(call) = inner.journal.get(id).await? else {
        return Ok(());
    };
    let Some(tried) = call.attempts.iter().find(|one| one.id == attempt) else {
        return Ok(());
    };
    if tried.provider_call_id.as_ref().is_some_and(|known| known != theirs)
        && tried.state == AttemptState::Placed
    {
        tracing::warn!(call = %id, "a webhook names another call than its attempt has: it is left out");
        return Ok(());
    }
    if tried.state == AttemptState::NotPlaced {
        tracing::error!(call = %id, %attempt, "a webhook speaks of an attempt that was taken as proven silent: look at this call");
        inner.tell(id, "ALARM: a webhook speaks of an attempt that was taken as proven silent");
        return Ok(());
    }
    if call.attempts.last().is_none_or(|last| last.id != attempt) {
        // A ring that is over: nothing of it is open any more.
        return Ok(());
    }
    lane.read_turn(&*inner.clock).await;
    let report = follow::read(lane, theirs).await?;
    if report.to.is_some_and(|to| to != call.to) {
        tracing::warn!(call = %id, "a webhook names a call to somebody else: it is left out");
        return Ok(());
    }
    let since = tried.sent_at.unwrap_or(call.created_at);
    if call.provider_call_id.is_none() {
        inner.record(id, Fact::Traced(attempt, theirs.clone(), Proof::Webhook)).await?;
        lane.settled(attempt);
        let longest = order::longest(inner, lane, id).await;
        follow::placed(inner, lane, id, attempt, theirs.clone(), since, longest, false, false);
    }
    follow::note(inner, lane, id, attempt, since, report).await;
    Ok(())
}
