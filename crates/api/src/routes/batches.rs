//! Batches: tables of calls that are submitted row by row.

use axum::{
    Json as Answer,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use switchboard::Country;
use switchboard_batch::RowDefaults;
use uuid::Uuid;

use crate::{
    Service,
    caller::{CallsRead, CallsWrite},
    extract::{Permit, TableBody},
    idempotency::RequestKey,
    problem::{Code, Problem, Result},
    routes::{
        calls::REPLAYED,
        params::{BatchPath, Params},
    },
    service::Table,
    table_format::TableFormat,
    wire::{
        BatchCheck, BatchDetails, BatchLine, BatchPage, BatchRowResult, CancelledBatch, ProblemBody,
    },
};

/// Send a batch
///
/// A table of calls, as CSV with a header or as JSON lines, with 10,000 rows at most. The names of
/// columns and fields are those of a request to place a call; of CSV, `metadata.NAME` and
/// `appointment.date` are columns too, and lists are separated by `;`. The batch is accepted as a
/// whole, with the rows that are wrong listed, and its rows are submitted one after the other at the
/// pace of the providers, also if this process ends. A row is identified by person and task, within
/// batches of one name: what was a call before is not called again. With `dry_run=true` the rows are
/// only checked.
#[utoipa::path(
    post, path = "/v1/batches", operation_id = "createBatch", tag = "batches",
    security(("key" = ["calls:write"])),
    params(
        ("Idempotency-Key" = String, Header, description = "A new UUID for each batch that you mean, and the same one to repeat the request. It does not expire. With `dry_run` it is not looked at.", example = "5f0c1b7f-6b1e-4d2a-9a55-2a100199f2f0"),
        ("dry_run" = Option<bool>, Query, description = "`true`: only check the rows. Nothing is stored, and earlier calls are not looked at."),
        ("name" = Option<String>, Query, description = "The name of the batch, 1 to 200 characters. Left out: its id, so that no row is one of an earlier batch."),
        ("tenant" = Option<String>, Query, description = "The tenant that the calls belong to. Only operators' keys need it, and have to name it."),
        ("default_country" = Option<String>, Query, description = "The country in which numbers without `+` are dialled, where a row names none."),
        ("again" = Option<bool>, Query, description = "`true`: call people again who were called with the same task a short time ago."),
        ("failover_on_quota" = Option<bool>, Query, description = "`true`: if a provider is out of credit, the next one may take the call."),
        ("column" = Option<Vec<String>>, Query, description = "`FIELD=COLUMN`: reads a column of another name; `ignore=COLUMN` leaves it out. Only for CSV."),
    ),
    request_body(description = "The table, in at most 1 MiB.", content(
        (String = "text/csv", example = "to,task,metadata.order\n+442079460123,Remind Ada of her appointment on Friday at eight.,8812\n"),
        (BatchLine = "application/jsonl", example = json!({"to": "+442079460123", "task": "Remind Ada of her appointment."})),
        (BatchLine = "application/x-ndjson", example = json!({"to": "+442079460123", "task": "Remind Ada of her appointment."})),
    )),
    responses(
        (status = 200, description = "With `dry_run`: how the rows were read.", body = BatchCheck),
        (status = 201, description = "The batch, new or as it stands.", body = BatchDetails, headers(
            ("Location" = String, description = "The batch's path."),
            ("Idempotent-Replayed" = String, description = "`true` if the same request was accepted before."),
        )),
        (status = 422, description = "`idempotency_key_reused`.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create(
    State(service): State<Service>,
    permit: Permit<CallsWrite>,
    params: Params,
    headers: HeaderMap,
    TableBody { format, body }: TableBody,
) -> Result<Response> {
    params.known(&[
        "dry_run",
        "name",
        "tenant",
        "default_country",
        "again",
        "failover_on_quota",
        "column",
    ])?;
    let country = params.one("default_country")?.map(|code| {
        code.parse::<Country>().map_err(|_| {
            let fix = "write two letters, as GB";
            Problem::invalid("default_country", "is no country", fix)
        })
    });
    let table = Table {
        format,
        body,
        name: params.one("name")?.map(str::to_owned),
        tenant: params.one("tenant")?.map(str::to_owned),
        defaults: RowDefaults {
            again: params.flag("again")?,
            failover_on_quota: params.flag("failover_on_quota")?,
            default_country: country.transpose()?,
            ..RowDefaults::default()
        },
        columns: params.all("column").to_vec(),
    };
    let allowed = permit.allowed()?;
    if params.flag("dry_run")? {
        return Ok(Answer(service.check_batch(allowed, table).await?).into_response());
    }
    let key = RequestKey::required(&headers)?;
    let (batch, replayed) = service.create_batch(allowed, table, &key).await?;
    let path = format!("/v1/batches/{}", batch.batch.id);
    let mut response = (StatusCode::CREATED, Answer(batch)).into_response();
    let headers = response.headers_mut();
    headers.insert(REPLAYED, HeaderValue::from_static(if replayed { "true" } else { "false" }));
    if let Ok(path) = HeaderValue::from_str(&path) {
        headers.insert(header::LOCATION, path);
    }
    Ok(response)
}

/// List batches
///
/// Newest first.
#[utoipa::path(
    get, path = "/v1/batches", operation_id = "listBatches", tag = "batches",
    security(("key" = ["calls:read"])),
    params(
        ("limit" = Option<u32>, Query, description = "How many, 1 to 100. The default is 50.", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before."),
    ),
    responses((status = 200, description = "A page of batches.", body = BatchPage))
)]
pub(super) async fn list(
    State(service): State<Service>,
    permit: Permit<CallsRead>,
    params: Params,
) -> Result<Answer<BatchPage>> {
    params.known(&["limit", "cursor"])?;
    let limit = params.number("limit", 1, 100)?.unwrap_or(50);
    let allowed = permit.allowed()?;
    let tenant = allowed.tenant().map_or("*", |tenant| tenant.as_str());
    let list: [&[u8]; 2] = [b"batches", tenant.as_bytes()];
    let position = params.one("cursor")?.map(|cursor| {
        let position = service.cursors().open(&list, cursor)?;
        Uuid::from_slice(&position)
            .map_err(|_| Problem::new(Code::CursorInvalid, "the cursor is not one of this list"))
    });
    let found = service.list_batches(allowed, position.transpose()?, limit).await?;
    let next = found.next.map(|id| service.cursors().seal(&list, id.as_bytes()));
    Ok(Answer(BatchPage { data: found.batches, has_more: next.is_some(), next_cursor: next }))
}

/// Read a batch
///
/// Where it stands, how many calls have which status, and which rows were rejected.
#[utoipa::path(
    get, path = "/v1/batches/{id}", operation_id = "getBatch", tag = "batches",
    security(("key" = ["calls:read"])),
    params(
        ("id" = uuid::Uuid, Path, description = "The batch's id."),
        ("problems_after" = Option<u32>, Query, description = "`next_problems_after` of the answer before: only rejected rows behind it."),
    ),
    responses((status = 200, description = "The batch.", body = BatchDetails))
)]
pub(super) async fn get(
    State(service): State<Service>,
    permit: Permit<CallsRead>,
    BatchPath(id): BatchPath,
    params: Params,
) -> Result<Answer<BatchDetails>> {
    params.known(&["problems_after"])?;
    let after = params.number("problems_after", 0, u32::MAX)?.unwrap_or_default();
    Ok(Answer(service.batch(permit.allowed()?, id, after).await?))
}

/// Cancel a batch
///
/// Rows that wait are not submitted, and calls of which nothing was sent are withdrawn. Calls that
/// providers have go on; `POST /v1/calls/{id}/stop` stops one of them. Send it again after a failure.
#[utoipa::path(
    post, path = "/v1/batches/{id}/cancel", operation_id = "cancelBatch", tag = "batches",
    security(("key" = ["calls:write"])),
    params(("id" = uuid::Uuid, Path, description = "The batch's id.")),
    responses((status = 200, description = "The batch, and what became of its calls.", body = CancelledBatch))
)]
pub(super) async fn cancel(
    State(service): State<Service>,
    permit: Permit<CallsWrite>,
    BatchPath(id): BatchPath,
) -> Result<Answer<CancelledBatch>> {
    permit.be_patient();
    Ok(Answer(service.cancel_batch(permit.allowed()?, id).await?))
}

/// Read the results of a batch
///
/// Every row in order, with what became of it, as it stands now: as JSON lines, or with `Accept:
/// text/csv` as a table with the columns of the batch and columns that begin with `call_`. Its cells
/// are safe to open in a spreadsheet. Without the scope `calls:content`, the cells of the batch and
/// the summaries are left out. If the connection breaks off, the text is not complete.
#[utoipa::path(
    get, path = "/v1/batches/{id}/results", operation_id = "getBatchResults", tag = "batches",
    security(("key" = ["calls:read"])),
    params(("id" = uuid::Uuid, Path, description = "The batch's id.")),
    responses((status = 200, description = "The rows.", content(
        (BatchRowResult = "application/jsonl"),
        (String = "text/csv"),
    )))
)]
pub(super) async fn results(
    State(service): State<Service>,
    permit: Permit<CallsRead>,
    BatchPath(id): BatchPath,
    headers: HeaderMap,
) -> Result<Response> {
    let format = wanted(&headers);
    let text = service.batch_results(permit.allowed()?, id, format).await?;
    let kind = match format {
        TableFormat::Csv => "text/csv",
        TableFormat::JsonLines => "application/jsonl",
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        // A browser does not show it as a page.
        (header::CONTENT_DISPOSITION, "attachment"),
    ];
    Ok((headers, Body::from_stream(text.into_chunks())).into_response())
}

/// The form that the client names first, of those that there are.
fn wanted(headers: &HeaderMap) -> TableFormat {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut kinds = accepted.flat_map(|text| text.split(','));
    let named = kinds.find_map(|kind| {
        TableFormat::of_media_type(kind.split(';').next().unwrap_or_default().trim())
    });
    named.unwrap_or(TableFormat::JsonLines)
}
