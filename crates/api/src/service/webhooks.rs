//! Managing webhook endpoints.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use switchboard::{
    CallId, TenantId,
    journal::server::{
        DeliveryFilter, DeliveryId, DisabledBecause, EndpointChange, EndpointFormat, EndpointId,
        EndpointSecrets, FeedEvent, NewEndpoint, WebhookEndpoint as StoredEndpoint,
    },
    router::AuditTopic,
};
use uuid::Uuid;

use crate::{
    Service,
    caller::{Allowed, Caller, CallsContent, WebhooksManage},
    extract::unknown_field,
    idempotency::RequestKey,
    problem::{Code, Problem, Result},
    service::keys::hashed,
    webhooks::{ENDPOINT_SECRET, KAICALLS_EVENTS, secret_text},
    wire::{
        ChangeWebhookEndpoint, CreatedWebhookEndpoint, Event, NewWebhookEndpoint, WebhookDelivery,
        WebhookEndpoint, WebhookEndpointList, WebhookTest,
    },
};

/// Endpoints that a tenant may have.
const AT_MOST: u32 = 16;
const LONGEST_DESCRIPTION: usize = 200;

/// Every type of event that there is.
const TYPES: [&str; 31] = [
    "call.created",
    "call.scheduled",
    "call.waiting",
    "call.placed",
    "call.attempt_failed",
    "call.redial_scheduled",
    "call.ended",
    "call.refused",
    "call.needs_approval",
    "call.withdrawn",
    "call.indeterminate",
    "call.stalled",
    "call.resolved",
    "call.billed",
    "call.transcribed",
    "call.recorded",
    "call.flagged",
    "call.alarm",
    "provider.unhealthy",
    "provider.ejected",
    "provider.paused",
    "budget.warning",
    "budget.exhausted",
    "experiment.changed",
    "experiment.arm_stopped",
    "configuration.applied",
    "configuration.refused",
    "key.created",
    "key.revoked",
    "webhook_endpoint.disabled",
    "webhook_endpoint.test",
];

/// Deliveries, and the position of the next page.
#[derive(Debug, Clone)]
pub struct DeliveriesFound {
    /// The deliveries, newest first.
    pub deliveries: Vec<WebhookDelivery>,
    /// The last of them, if there are more.
    pub next: Option<DeliveryId>,
}

impl Service {
    /// The endpoints of the caller's tenant; an operator sees everybody's.
    ///
    /// # Errors
    /// `journal_unavailable`.
    pub async fn webhook_endpoints(
        &self,
        by: Allowed<'_, WebhooksManage>,
    ) -> Result<WebhookEndpointList> {
        let now = self.clock().now();
        let stored = self.store().endpoints(by.tenant()).await?;
        let data = stored.iter().map(|one| WebhookEndpoint::new(one, now)).collect();
        Ok(WebhookEndpointList { data })
    }

    /// An endpoint of the caller's tenant.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn webhook_endpoint(
        &self,
        by: Allowed<'_, WebhooksManage>,
        id: EndpointId,
    ) -> Result<WebhookEndpoint> {
        let found = self.find_endpoint(by, id).await?;
        Ok(WebhookEndpoint::new(&found, self.clock().now()))
    }

    /// Makes an endpoint. With the same `request_key`, returns the one that was made before, without
    /// its secret.
    ///
    /// # Errors
    /// `invalid_request`, `url_not_allowed`, `too_many_endpoints`, `tenant_not_allowed`;
    /// `missing_scope` for a format that needs another scope.
    pub async fn create_webhook_endpoint(
        &self,
        by: Allowed<'_, WebhooksManage>,
        new: &NewWebhookEndpoint,
        request_key: Option<&RequestKey>,
    ) -> Result<CreatedWebhookEndpoint> {
        let tenant = match (by.tenant(), &new.tenant) {
            (None, None) => None,
            _ => Some(by.acts_for(new.tenant.as_deref())?),
        };
        let format = EndpointFormat::from(new.format);
        if format == EndpointFormat::Kaicalls {
            by.caller().allowed::<CallsContent>()?;
        }
        let (mut settings, secret) = self.new_endpoint(tenant, &new.url, format)?;
        settings.kinds = match format {
            EndpointFormat::Standard => kinds(&new.types)?,
            EndpointFormat::Kaicalls if new.types.is_empty() => settings.kinds,
            EndpointFormat::Kaicalls => {
                let fix = "leave it out: this format has a form for ended calls alone";
                return Err(Problem::invalid("types", "does not go with this format", fix));
            }
        };
        settings.metadata = metadata(format, new.metadata)?;
        settings.description = description(&new.description)?;
        settings.request_key = request_key.map(|key| hashed(by.caller(), key));
        let id = settings.id;
        let mut stored = StoredEndpoint::new(settings.clone());
        if let Some(before) = self.store().add_endpoint(settings).await? {
            let endpoint = WebhookEndpoint::new(&before, self.clock().now());
            return Ok(CreatedWebhookEndpoint { secret: None, endpoint });
        }
        if !new.enabled {
            let change = EndpointChange {
                disabled: Some(Some(DisabledBecause::Owner)),
                ..EndpointChange::default()
            };
            stored = self.changed(id, change).await?;
        }
        self.note_endpoint(by.caller(), &stored, "created").await?;
        let endpoint = WebhookEndpoint::new(&stored, self.clock().now());
        Ok(CreatedWebhookEndpoint { secret: Some(secret_text(&secret)), endpoint })
    }

    /// Makes an endpoint in KaiCalls' format for one call, as its request named it. It goes when the
    /// call is settled and everything was delivered.
    ///
    /// # Errors
    /// `url_not_allowed`.
    pub async fn create_call_endpoint(
        &self,
        by: Allowed<'_, CallsContent>,
        tenant: &TenantId,
        call: CallId,
        url: &str,
        since: Timestamp,
    ) -> Result<()> {
        let kaicalls = EndpointFormat::Kaicalls;
        let (mut settings, _) = self.new_endpoint(Some(tenant.clone()), url, kaicalls)?;
        settings.call = Some(call);
        // The same request makes the same endpoint.
        let key = RequestKey::new(&format!("webhook_url of {call}"))?;
        settings.request_key = Some(hashed(by.caller(), &key));
        let id = settings.id;
        if self.store().add_endpoint(settings).await?.is_none() {
            // What happened between the call's acceptance and now.
            self.store().recover_endpoint(id, since, self.clock().now()).await?;
        }
        Ok(())
    }

    /// Checks an address before anything is written.
    ///
    /// # Errors
    /// `url_not_allowed`.
    pub fn check_webhook_url(&self, field: &str, url: &str) -> Result<()> {
        let client = self.poster().client().map_err(Problem::from)?;
        client.check(url).map_err(|refused| {
            let (detail, fix) = refused.explain();
            Problem::new(Code::UrlNotAllowed, detail).field(field).fix(fix)
        })?;
        let own = self.public_url();
        let is_own = url::Url::parse(url).is_ok_and(|url| url.origin() == own.origin());
        if is_own {
            let detail = "has the address of this server";
            return Err(Problem::new(Code::UrlNotAllowed, detail)
                .field(field)
                .fix("use the address of your own receiver"));
        }
        Ok(())
    }

    /// Changes an endpoint.
    ///
    /// # Errors
    /// `not_found`, `invalid_request`, `url_not_allowed`.
    pub async fn change_webhook_endpoint(
        &self,
        by: Allowed<'_, WebhooksManage>,
        id: EndpointId,
        change: ChangeWebhookEndpoint,
    ) -> Result<WebhookEndpoint> {
        let found = self.find_endpoint(by, id).await?;
        if let Some(url) = &change.url {
            self.check_webhook_url("url", url)?;
        }
        if change.types.is_some() && found.settings.format == EndpointFormat::Kaicalls {
            let fix = "leave it out: this format has a form for ended calls alone";
            return Err(Problem::invalid("types", "does not go with this format", fix));
        }
        let change = EndpointChange {
            url: change.url,
            kinds: change.types.as_deref().map(kinds).transpose()?,
            metadata: change
                .metadata
                .map(|wanted| metadata(found.settings.format, wanted))
                .transpose()?,
            description: change.description.as_deref().map(description).transpose()?,
            disabled: change.enabled.map(|enabled| (!enabled).then_some(DisabledBecause::Owner)),
            secrets: None,
        };
        let stored = self.changed(id, change).await?;
        self.note_endpoint(by.caller(), &stored, "changed").await?;
        self.hub().deliveries_changed();
        Ok(WebhookEndpoint::new(&stored, self.clock().now()))
    }

    /// Removes an endpoint and its deliveries.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn remove_webhook_endpoint(
        &self,
        by: Allowed<'_, WebhooksManage>,
        id: EndpointId,
    ) -> Result<()> {
        let found = self.find_endpoint(by, id).await?;
        if !self.store().remove_endpoint(id).await? {
            return Err(Problem::not_found("webhook endpoint"));
        }
        self.note_endpoint(by.caller(), &found, "removed").await
    }

    /// Replaces an endpoint's secret. The old one signs too for this long.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn rotate_webhook_secret(
        &self,
        by: Allowed<'_, WebhooksManage>,
        id: EndpointId,
        overlap: Duration,
    ) -> Result<CreatedWebhookEndpoint> {
        let found = self.find_endpoint(by, id).await?;
        let now = self.clock().now();
        let (secret, sealed) = self.new_secret(id)?;
        let until = now.checked_add(overlap).unwrap_or(now);
        let former = (!overlap.is_zero()).then_some((found.settings.secrets.current, until));
        let secrets = EndpointSecrets { current: sealed, former };
        let change = EndpointChange { secrets: Some(secrets), ..EndpointChange::default() };
        let stored = self.changed(id, change).await?;
        self.note_endpoint(by.caller(), &stored, "secret_rotated").await?;
        let endpoint = WebhookEndpoint::new(&stored, now);
        Ok(CreatedWebhookEndpoint { secret: Some(secret_text(&secret)), endpoint })
    }

    /// Sends a `webhook_endpoint.test` to an endpoint, once, and says what it answered.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn test_webhook_endpoint(
        &self,
        by: Allowed<'_, WebhooksManage>,
        id: EndpointId,
    ) -> Result<WebhookTest> {
        let found = self.find_endpoint(by, id).await?;
        let now = self.clock().now();
        let data = json!({"webhook_endpoint": {"id": format!("we_{}", id.simple())}});
        let mut event = FeedEvent::new(Uuid::now_v7(), "webhook_endpoint.test", now, data);
        if let Some(tenant) = &found.settings.tenant {
            event = event.of_tenant(tenant.clone());
        }
        let event = Event::from(&event);
        let sent = self.poster().post(&found, &event.id, now, event.to_json()).await;
        Ok(WebhookTest {
            delivered: sent.failure.is_none(),
            status: sent.status,
            failure: sent.failure.map(str::to_owned),
        })
    }

    /// Sends again what was not delivered and what was missed, from this time on. Returns how many
    /// events.
    ///
    /// # Errors
    /// `not_found`; `conflict` if the endpoint is disabled.
    pub async fn recover_webhook_endpoint(
        &self,
        by: Allowed<'_, WebhooksManage>,
        id: EndpointId,
        since: Timestamp,
    ) -> Result<u64> {
        let found = self.find_endpoint(by, id).await?;
        if found.disabled.is_some() {
            let detail = "the endpoint is disabled: enable it first";
            return Err(Problem::new(Code::Conflict, detail));
        }
        let events = self.store().recover_endpoint(id, since, self.clock().now()).await?;
        self.note_endpoint(by.caller(), &found, "recovered").await?;
        self.hub().deliveries_changed();
        Ok(events)
    }

    /// The deliveries to an endpoint, newest first.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn webhook_deliveries(
        &self,
        by: Allowed<'_, WebhooksManage>,
        id: EndpointId,
        mut filter: DeliveryFilter,
    ) -> Result<DeliveriesFound> {
        self.find_endpoint(by, id).await?;
        let limit = filter.limit.max(1);
        filter.endpoint = Some(id);
        filter.limit = limit.saturating_add(1);
        let mut found = self.store().deliveries(&filter).await?;
        let has_more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().map(|last| last.id).filter(|_| has_more);
        Ok(DeliveriesFound { deliveries: found.iter().map(WebhookDelivery::from).collect(), next })
    }

    /// Makes a delivery due at once, with all its tries before it.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn redeliver(
        &self,
        by: Allowed<'_, WebhooksManage>,
        id: DeliveryId,
    ) -> Result<WebhookDelivery> {
        let missing = || Problem::not_found("delivery");
        let found = self.store().delivery(id).await?.ok_or_else(missing)?;
        let of = self.find_endpoint(by, found.endpoint).await.map_err(|problem| {
            if problem.code() == Code::NotFound { missing() } else { problem }
        })?;
        if !self.store().redeliver(id, self.clock().now()).await? {
            return Err(missing());
        }
        self.note_endpoint(by.caller(), &of, "redelivered").await?;
        self.hub().deliveries_changed();
        let now = self.store().delivery(id).await?.ok_or_else(missing)?;
        Ok(WebhookDelivery::from(&now))
    }

    async fn find_endpoint(
        &self,
        by: Allowed<'_, WebhooksManage>,
        id: EndpointId,
    ) -> Result<StoredEndpoint> {
        let found = self.store().endpoint(id).await?;
        found
            .filter(|one| by.tenant().is_none() || one.settings.tenant.as_ref() == by.tenant())
            .ok_or_else(|| Problem::not_found("webhook endpoint"))
    }

    async fn changed(&self, id: EndpointId, change: EndpointChange) -> Result<StoredEndpoint> {
        let changed = self.store().change_endpoint(id, change).await?;
        changed.ok_or_else(|| Problem::not_found("webhook endpoint"))
    }

    fn new_endpoint(
        &self,
        tenant: Option<TenantId>,
        url: &str,
        format: EndpointFormat,
    ) -> Result<(NewEndpoint, [u8; ENDPOINT_SECRET])> {
        self.check_webhook_url("url", url)?;
        let id = Uuid::now_v7();
        let (secret, sealed) = self.new_secret(id)?;
        let kinds: &[&str] = match format {
            EndpointFormat::Standard => &[],
            EndpointFormat::Kaicalls => &KAICALLS_EVENTS,
        };
        let settings = NewEndpoint {
            id,
            tenant,
            url: url.to_owned(),
            kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            call: None,
            format,
            metadata: false,
            description: String::new(),
            secrets: EndpointSecrets { current: sealed, former: None },
            created_at: self.clock().now(),
            request_key: None,
            at_most: AT_MOST,
        };
        Ok((settings, secret))
    }

    /// A new secret, and the same sealed for this endpoint.
    fn new_secret(&self, id: EndpointId) -> Result<([u8; ENDPOINT_SECRET], Vec<u8>)> {
        let failed = || Problem::new(Code::Internal, "the secret could not be made");
        let mut secret = [0; ENDPOINT_SECRET];
        getrandom::fill(&mut secret).map_err(|_| failed())?;
        let sealed = self.poster().seal.seal(id, &secret).ok_or_else(failed)?;
        Ok((secret, sealed))
    }

    async fn note_endpoint(&self, by: &Caller, of: &StoredEndpoint, what: &str) -> Result<()> {
        let id = format!("we_{}", of.settings.id.simple());
        let said = json!({"event": what, "tenant": of.settings.tenant});
        self.note(by, AuditTopic::WebhookEndpoint, &id, said).await
    }
}

fn kinds(types: &[String]) -> Result<Vec<String>> {
    if let Some(wrong) = types.iter().find(|one| !TYPES.contains(&one.as_str())) {
        let near = unknown_field("types", wrong, TYPES.iter().copied());
        let fix = near.how_to_fix().unwrap_or_default().to_owned();
        return Err(Problem::invalid("types", "has a type that is not known", fix));
    }
    let mut kinds = types.to_vec();
    kinds.sort_unstable();
    kinds.dedup();
    Ok(kinds)
}

fn metadata(format: EndpointFormat, wanted: bool) -> Result<bool> {
    match format {
        EndpointFormat::Kaicalls if wanted => {
            let fix = "leave it out: this format has no place for it";
            Err(Problem::invalid("metadata", "does not go with this format", fix))
        }
        EndpointFormat::Kaicalls | EndpointFormat::Standard => Ok(wanted),
    }
}

fn description(text: &str) -> Result<String> {
    let text = switchboard::core::text::one_line(text);
    if text.chars().count() <= LONGEST_DESCRIPTION {
        return Ok(text);
    }
    let fix = format!("write at most {LONGEST_DESCRIPTION} characters");
    Err(Problem::invalid("description", "is too long", fix))
}
