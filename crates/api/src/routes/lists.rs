//! Lists of calls, and batches.

use axum::{Json as Answer, extract::State};
use serde::de::DeserializeOwned;
use switchboard::{
    CallId, Country, PhoneNumber, ProfileName, ProviderId, TenantId, journal::server::CallsFilter,
};
use uuid::Uuid;

use crate::{
    Service,
    caller::{CallsRead, CallsWrite},
    extract::{Json, Permit},
    problem::{Code, Problem, Result},
    routes::params::Params,
    wire::{self, BatchResult, BatchResults, CallPage, NewBatch},
};

const FILTERS: [&str; 14] = [
    "status",
    "outcome",
    "provider",
    "agent",
    "country",
    "tag",
    "to",
    "experiment",
    "arm",
    "batch",
    "tenant",
    "created_after",
    "created_before",
    "limit",
];

/// List calls
///
/// Newest first. Filters combine; `status`, `outcome` and `tag` may be repeated for any of several
/// values. At most 10,000 rows are read for a page, so a page may be short or empty while
/// `has_more` is true.
#[utoipa::path(
    get, path = "/v1/calls", operation_id = "listCalls", tag = "calls",
    security(("key" = ["calls:read"])),
    params(
        ("status" = Option<Vec<wire::CallStatus>>, Query, description = "Only calls with one of these statuses."),
        ("outcome" = Option<Vec<wire::Outcome>>, Query, description = "Only calls with one of these outcomes."),
        ("provider" = Option<String>, Query, description = "Only calls that this provider has."),
        ("agent" = Option<String>, Query, description = "Only calls for this agent profile."),
        ("country" = Option<String>, Query, description = "Only calls to this country."),
        ("tag" = Option<Vec<String>>, Query, description = "Only calls with one of these tags."),
        ("to" = Option<String>, Query, description = "Only calls to this number, in E.164. Needs the scope `calls:content`."),
        ("experiment" = Option<String>, Query, description = "Only calls of this experiment."),
        ("arm" = Option<String>, Query, description = "Only calls of this arm."),
        ("batch" = Option<String>, Query, description = "Only calls of this batch."),
        ("tenant" = Option<String>, Query, description = "Only calls of this tenant. Only for operators' keys."),
        ("created_after" = Option<String>, Query, description = "Only calls received at this time or later, in RFC 3339."),
        ("created_before" = Option<String>, Query, description = "Only calls received before this time."),
        ("limit" = Option<u32>, Query, description = "How many, 1 to 100. The default is 50.", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before, with the same filters."),
    ),
    responses((status = 200, description = "A page of calls.", body = CallPage))
)]
pub(super) async fn list(
    State(service): State<Service>,
    permit: Permit<CallsRead>,
    params: Params,
) -> Result<Answer<CallPage>> {
    let known: Vec<&str> = FILTERS.into_iter().chain(["cursor"]).collect();
    params.known(&known)?;
    let allowed = permit.allowed()?;
    let mut filter = filter(&params)?;
    let tenant = allowed.tenant().map_or("*", |tenant| tenant.as_str());
    let texts = params.canonical(&["limit", "cursor"]);
    let mut list: Vec<&[u8]> = vec![b"calls", tenant.as_bytes()];
    list.extend(texts.iter().map(String::as_bytes));
    if let Some(cursor) = params.one("cursor")? {
        let position = service.cursors().open(&list, cursor)?;
        let id = Uuid::from_slice(&position)
            .map_err(|_| Problem::new(Code::CursorInvalid, "the cursor is not one of this list"))?;
        filter.before = Some(CallId::new(id));
    }
    let found = service.calls(allowed, filter).await?;
    let next = found.next.map(|id| service.cursors().seal(&list, id.as_uuid().as_bytes()));
    let data = found.records.iter().map(|record| record.seen_by(allowed.caller())).collect();
    Ok(Answer(CallPage { data, has_more: next.is_some(), next_cursor: next }))
}

fn filter(params: &Params) -> Result<CallsFilter> {
    Ok(CallsFilter {
        tenant: params.one("tenant")?.map(TenantId::from),
        statuses: words(params, "status")?,
        outcomes: words(params, "outcome")?,
        provider: params.one("provider")?.map(|id| ProviderId::new(id.to_owned())),
        agent: params.one("agent")?.map(ProfileName::from),
        country: params
            .one("country")?
            .map(|code| {
                code.parse::<Country>().map_err(|_| {
                    Problem::invalid("country", "is no country", "write two letters, as GB")
                })
            })
            .transpose()?,
        tags: params.all("tag").iter().cloned().collect(),
        to: params
            .one("to")?
            .map(|to| {
                to.parse::<PhoneNumber>().map_err(|error| {
                    Problem::new(Code::InvalidRequest, error.to_string()).field("to")
                })
            })
            .transpose()?,
        experiment: params.one("experiment")?.map(str::to_owned),
        arm: params.one("arm")?.map(str::to_owned),
        batch: params.one("batch")?.map(Into::into),
        created_after: params.time("created_after")?,
        created_before: params.time("created_before")?,
        before: None,
        limit: params.number("limit", 1, 100)?.unwrap_or(50),
    })
}

/// Words of a closed enum, as JSON spells them.
fn words<T: DeserializeOwned>(params: &Params, name: &'static str) -> Result<Vec<T>> {
    let word = |word: &String| {
        serde_json::from_value(word.as_str().into()).map_err(|_| {
            Problem::invalid(name, "has a word that is not known", "look at the document's enum")
        })
    };
    params.all(name).iter().map(word).collect()
}

/// Place up to 500 calls
///
/// Each call is accepted or refused by itself, with an idempotency key of its own. Send the same
/// batch again after a failure: what was accepted is not placed twice.
#[utoipa::path(
    post, path = "/v1/calls/batch", operation_id = "placeCalls", tag = "calls",
    security(("key" = ["calls:write"])),
    request_body(content = NewBatch, description = "The calls, in at most 1 MiB.", example = json!({"calls": [{"idempotency_key": "5f0c1b7f-6b1e-4d2a-9a55-2a100199f2f0", "to": "+442079460123", "task": "Remind Ada of her appointment."}]})),
    responses((status = 200, description = "One result for each call, in order.", body = BatchResults))
)]
pub(super) async fn batch(
    State(service): State<Service>,
    permit: Permit<CallsWrite>,
    Json(new): Json<NewBatch, 1024>,
) -> Result<Answer<BatchResults>> {
    permit.be_patient();
    let allowed = permit.allowed()?;
    let placed = service.place_batch(allowed, &new.calls).await?;
    let result = |result: Result<crate::service::Placed>| match result {
        Ok(placed) => BatchResult {
            status: 201,
            replayed: placed.replayed,
            call: Some(placed.record.seen_by(allowed.caller())),
            problem: None,
        },
        Err(problem) => BatchResult {
            status: problem.status().as_u16(),
            replayed: false,
            call: None,
            problem: Some(problem.to_json(Some(service.public_url()), None)),
        },
    };
    Ok(Answer(BatchResults { results: placed.into_iter().map(result).collect() }))
}
