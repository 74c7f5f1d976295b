//! Webhook endpoints and their deliveries.

use std::time::Duration;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use switchboard::{
    journal::server::{DeliveryFilter, DeliveryId, EndpointId},
    uuid::Uuid,
};
use switchboard_api::{
    caller::WebhooksManage,
    idempotency::RequestKey,
    problem::Problem,
    wire::{
        ChangeWebhookEndpoint, CreatedWebhookEndpoint, NewWebhookEndpoint, WebhookDelivery,
        WebhookDeliveryState, WebhookEndpoint, WebhookFormat, WebhookTest,
    },
};

use crate::{
    console::Console,
    failure::{Failure, page},
    form::Form,
    frame::{Frame, Place},
    text::{Moment, NONE, moment, or_none},
    visitor::{Visitor, go_to},
    words::Badge,
};

const HOUR: u64 = 60 * 60;
/// Deliveries that are shown.
const SHOWN: u32 = 50;

struct Row {
    id: String,
    url: String,
    tenant: String,
    types: String,
    description: String,
    badge: Badge,
    enabled: bool,
    success: Option<Moment>,
    failing: Option<Moment>,
    failures: u32,
    former_secret: Option<Moment>,
}

struct Delivery {
    id: String,
    kind: String,
    badge: Badge,
    tries: u32,
    made: Moment,
    due: Option<Moment>,
    tried: Option<Moment>,
    answer: String,
    took: String,
}

/// A secret that was just made.
struct Secret {
    id: String,
    text: Option<String>,
}

#[derive(Template)]
#[template(path = "webhooks.html")]
struct Webhooks {
    frame: Frame,
    rows: Vec<Row>,
    made: Option<Secret>,
    operator: bool,
    request: String,
}

#[derive(Template)]
#[template(path = "webhook.html")]
struct Endpoint {
    frame: Frame,
    row: Row,
    made: Option<Secret>,
    deliveries: Vec<Delivery>,
    tested: Option<String>,
}

impl Row {
    fn new(endpoint: &WebhookEndpoint) -> Self {
        let badge = match (endpoint.enabled, endpoint.disabled_because.as_deref()) {
            (true, _) if endpoint.failing_since.is_some() => {
                Badge { text: "failing", kind: "warn" }
            }
            (true, _) => Badge { text: "enabled", kind: "good" },
            (false, Some("owner")) => Badge { text: "disabled", kind: "quiet" },
            (false, Some("gone")) => Badge { text: "disabled: it is gone", kind: "bad" },
            (false, _) => Badge { text: "disabled: it failed", kind: "bad" },
        };
        Self {
            id: endpoint.id.clone(),
            url: endpoint.url.clone(),
            tenant: endpoint.tenant.clone().unwrap_or_else(|| "every tenant".to_owned()),
            types: match endpoint.types.is_empty() {
                true => "all".to_owned(),
                false => endpoint.types.join(", "),
            },
            description: or_none(Some(endpoint.description.as_str())),
            badge,
            enabled: endpoint.enabled,
            success: moment(endpoint.last_success_at),
            failing: moment(endpoint.failing_since),
            failures: endpoint.failures,
            former_secret: moment(endpoint.former_secret_until),
        }
    }
}

impl Delivery {
    fn new(delivery: &WebhookDelivery) -> Self {
        let badge = match delivery.state {
            WebhookDeliveryState::Delivered => Badge { text: "delivered", kind: "good" },
            WebhookDeliveryState::Pending => Badge { text: "to be sent", kind: "busy" },
            WebhookDeliveryState::Dead => Badge { text: "given up", kind: "bad" },
        };
        let answer = match (delivery.status, &delivery.failure) {
            (Some(status), None) => status.to_string(),
            (Some(status), Some(failure)) => format!("{status}, {failure}"),
            (None, Some(failure)) => failure.clone(),
            (None, None) => NONE.to_owned(),
        };
        Self {
            id: delivery.id.clone(),
            kind: delivery.kind.clone(),
            badge,
            tries: delivery.attempts,
            made: delivery.created_at.into(),
            due: moment(delivery.due_at),
            tried: moment(delivery.tried_at),
            answer,
            took: delivery.took_milliseconds.map_or(NONE.to_owned(), |it| format!("{it} ms")),
        }
    }
}

fn id_of(text: &str, prefix: &str, what: &str) -> Result<Uuid, Problem> {
    let id = text.strip_prefix(prefix).and_then(|id| Uuid::parse_str(id).ok());
    id.ok_or_else(|| Problem::not_found(what))
}

fn endpoint_of(text: &str) -> Result<EndpointId, Problem> {
    id_of(text, "we_", "webhook endpoint")
}

fn delivery_of(text: &str) -> Result<DeliveryId, Problem> {
    id_of(text, "dl_", "delivery")
}

pub(crate) async fn list(
    State(console): State<Console>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    listed(&console, &visitor, None).await
}

async fn listed(
    console: &Console,
    visitor: &Visitor,
    made: Option<CreatedWebhookEndpoint>,
) -> Result<Response, Failure> {
    let by = visitor.may_in_full::<WebhooksManage>()?;
    let found = console.service().webhook_endpoints(by).await?;
    page(&Webhooks {
        frame: visitor.frame(Place::Webhooks, "Webhooks"),
        rows: found.data.iter().map(Row::new).collect(),
        made: made.map(|made| Secret { id: made.endpoint.id, text: made.secret }),
        operator: by.tenant().is_none(),
        request: Uuid::new_v4().to_string(),
    })
}

pub(crate) async fn create(
    State(console): State<Console>,
    visitor: Visitor,
    Form(fields): Form,
) -> Result<Response, Failure> {
    let by = visitor.may_in_full::<WebhooksManage>()?;
    let types = fields.shown("types").split([',', ' ', '\n', '\r']);
    let new = NewWebhookEndpoint {
        url: fields.needed("url", "write its address, as https://example.com/hook")?.to_owned(),
        types: types.filter(|one| !one.is_empty()).map(str::to_owned).collect(),
        format: WebhookFormat::Standard,
        metadata: fields.get("metadata").is_some(),
        description: fields.shown("description").to_owned(),
        enabled: true,
        tenant: fields.owned("tenant"),
    };
    let request = RequestKey::new(fields.shown("request"))?;
    let made = console.service().create_webhook_endpoint(by, &new, Some(&request)).await?;
    listed(&console, &visitor, Some(made)).await
}

pub(crate) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    shown(&console, &visitor, endpoint_of(&id)?, None, None).await
}

async fn shown(
    console: &Console,
    visitor: &Visitor,
    id: EndpointId,
    made: Option<CreatedWebhookEndpoint>,
    tested: Option<&WebhookTest>,
) -> Result<Response, Failure> {
    let by = visitor.may_in_full::<WebhooksManage>()?;
    let endpoint = console.service().webhook_endpoint(by, id).await?;
    let filter = DeliveryFilter {
        endpoint: Some(id),
        tenant: None,
        state: None,
        before: None,
        limit: SHOWN,
    };
    let found = console.service().webhook_deliveries(by, id, filter).await?;
    page(&Endpoint {
        frame: visitor.frame(Place::Webhooks, "Webhook endpoint"),
        row: Row::new(&endpoint),
        made: made.map(|made| Secret { id: made.endpoint.id, text: made.secret }),
        deliveries: found.deliveries.iter().map(Delivery::new).collect(),
        tested: tested.map(|test| match (test.delivered, test.status, &test.failure) {
            (true, Some(status), _) => {
                format!("The test event was delivered: it answered {status}.")
            }
            (true, None, _) => "The test event was delivered.".to_owned(),
            (false, _, Some(failure)) => format!("The test event was not delivered: {failure}."),
            (false, _, None) => "The test event was not delivered.".to_owned(),
        }),
    })
}

/// What is done to an endpoint, and how its page looks then.
pub(crate) async fn act(
    State(console): State<Console>,
    visitor: Visitor,
    Path((id, what)): Path<(String, String)>,
    Form(fields): Form,
) -> Result<Response, Failure> {
    let by = visitor.may_in_full::<WebhooksManage>()?;
    let (service, endpoint) = (console.service(), endpoint_of(&id)?);
    let enable = |enabled| ChangeWebhookEndpoint {
        enabled: Some(enabled),
        ..ChangeWebhookEndpoint::default()
    };
    match what.as_str() {
        "test" => {
            let test = service.test_webhook_endpoint(by, endpoint).await?;
            return shown(&console, &visitor, endpoint, None, Some(&test)).await;
        }
        "rotate" => {
            let hours = fields.number("hours", 0, 168)?.unwrap_or(0);
            let overlap = Duration::from_secs(u64::from(hours) * HOUR);
            let made = service.rotate_webhook_secret(by, endpoint, overlap).await?;
            return shown(&console, &visitor, endpoint, Some(made), None).await;
        }
        "recover" => {
            let since = fields.time("since")?.ok_or_else(|| {
                Problem::invalid("since", "is empty", "say from when on events are sent again")
            })?;
            service.recover_webhook_endpoint(by, endpoint, since).await?;
        }
        "enable" => {
            service.change_webhook_endpoint(by, endpoint, enable(true)).await?;
        }
        "disable" => {
            service.change_webhook_endpoint(by, endpoint, enable(false)).await?;
        }
        "remove" => {
            service.remove_webhook_endpoint(by, endpoint).await?;
            return Ok(go_to("/console/webhooks?done=removed"));
        }
        "redeliver" => {
            service.redeliver(by, delivery_of(fields.shown("delivery"))?).await?;
        }
        _ => return Err(Problem::not_found("change").into()),
    }
    Ok(go_to(&format!("/console/webhooks/{id}?done=endpoint")))
}
