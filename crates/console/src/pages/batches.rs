//! Batches: a table of calls, checked, started, watched and cancelled.

use askama::Template;
use axum::{
    body::Body,
    extract::{Path, RawQuery, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::StreamExt;
use http::header;
use switchboard::{Country, journal::server::BatchId};
use switchboard_api::{
    TableFormat,
    caller::{CallsContent, CallsRead, CallsWrite, ScopeName},
    idempotency::RequestKey,
    problem::Problem,
    service::Table,
    wire::{Batch, BatchCheck, BatchDetails, BatchProblem, BatchState},
};
use switchboard_batch::RowDefaults;
use uuid::Uuid;

use crate::{
    console::Console,
    failure::{Failure, page},
    fields::Fields,
    form::{Form, Upload},
    frame::{Frame, Place},
    text::{Moment, moment},
    visitor::{Visitor, go_to},
    words::{self, Badge},
};

/// Batches of a page.
const PAGE: u32 = 50;

struct Row {
    id: String,
    name: String,
    tenant: String,
    badge: Badge,
    total: u32,
    submitted: u32,
    rejected: u32,
    accepted: Moment,
}

#[derive(Template)]
#[template(path = "batches.html")]
struct Batches {
    frame: Frame,
    rows: Vec<Row>,
    older: Option<String>,
    may_start: bool,
    operator: bool,
}

#[derive(Template)]
#[template(path = "batch_check.html")]
struct Checked {
    frame: Frame,
    check: BatchCheck,
    problems: Vec<Wrong>,
    /// The table as it was sent, so that it need not be chosen again.
    table: String,
    fields: Fields,
    request: String,
}

struct Wrong {
    line: u64,
    field: String,
    problem: String,
    fix: String,
}

#[derive(Template)]
#[template(path = "batch.html")]
struct Shown {
    frame: Frame,
    row: Row,
    /// How many rows are over, of 100.
    percent: u32,
    finished: u32,
    counts: Vec<(String, u32)>,
    problems: Vec<Wrong>,
    more_problems: bool,
    done: Option<Moment>,
    may_cancel: bool,
    may_show: bool,
}

impl Row {
    fn new(batch: &Batch) -> Self {
        let badge = match batch.state {
            BatchState::Submitting => Badge { text: "submitting", kind: "busy" },
            BatchState::Running => Badge { text: "running", kind: "busy" },
            BatchState::Cancelled => Badge { text: "cancelled", kind: "warn" },
            BatchState::Done => Badge { text: "done", kind: "good" },
        };
        Self {
            id: batch.id.to_string(),
            name: batch.name.clone(),
            tenant: batch.tenant.clone(),
            badge,
            total: batch.rows.total,
            submitted: batch.rows.submitted,
            rejected: batch.rows.rejected,
            accepted: batch.created_at.into(),
        }
    }
}

impl Wrong {
    fn new(problem: &BatchProblem) -> Self {
        Self {
            line: problem.line,
            field: problem.field.clone().unwrap_or_default(),
            problem: problem.problem.clone(),
            fix: problem.fix.clone().unwrap_or_default(),
        }
    }
}

fn id_of(text: &str) -> Result<BatchId, Problem> {
    text.parse().map_err(|_| Problem::not_found("batch"))
}

pub(crate) async fn list(
    State(console): State<Console>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    let reads = visitor.may::<CallsRead>()?;
    let before = fields.get("before").map(id_of).transpose()?;
    let found = console.service().list_batches(reads, before, PAGE).await?;
    page(&Batches {
        frame: visitor.frame(Place::Batches, "Batches"),
        rows: found.batches.iter().map(Row::new).collect(),
        older: found.next.map(|id| format!("/console/batches?before={id}")),
        may_start: visitor.has(ScopeName::CallsWrite),
        operator: reads.tenant().is_none(),
    })
}

fn table(fields: &Fields, file: Bytes) -> Result<Table, Problem> {
    let body = if file.is_empty() { Bytes::from(fields.shown("table").to_owned()) } else { file };
    if body.is_empty() {
        let fix = "choose a CSV file with the columns to and task";
        return Err(Problem::invalid("file", "is missing", fix));
    }
    let country = fields.get("default_country").map(|code| {
        code.to_uppercase().parse::<Country>().map_err(|_| {
            Problem::invalid("default_country", "is no country", "write two letters, as GB")
        })
    });
    Ok(Table {
        format: TableFormat::Csv,
        body,
        name: fields.owned("name"),
        tenant: fields.owned("tenant"),
        defaults: RowDefaults {
            again: fields.get("again").is_some(),
            default_country: country.transpose()?,
            ..RowDefaults::default()
        },
        columns: Vec::new(),
    })
}

/// Reads a table and says what would become of it. Nothing is stored.
pub(crate) async fn check(
    State(console): State<Console>,
    visitor: Visitor,
    Upload { fields, file }: Upload,
) -> Result<Response, Failure> {
    let by = visitor.may_in_full::<CallsWrite>()?;
    let table = table(&fields, file)?;
    let text = String::from_utf8(table.body.to_vec()).map_err(|_| {
        Problem::invalid("file", "is not UTF-8", "save it as \"CSV UTF-8\" and choose it again")
    })?;
    let check = console.service().check_batch(by, table).await?;
    page(&Checked {
        frame: visitor.frame(Place::Batches, "Check a batch"),
        problems: check.problems.iter().take(200).map(Wrong::new).collect(),
        check,
        table: text,
        fields,
        request: Uuid::new_v4().to_string(),
    })
}

pub(crate) async fn start(
    State(console): State<Console>,
    visitor: Visitor,
    Upload { fields, file }: Upload,
) -> Result<Response, Failure> {
    let by = visitor.may_in_full::<CallsWrite>()?;
    let key = RequestKey::new(fields.shown("request"))?;
    let (details, _) = console.service().create_batch(by, table(&fields, file)?, &key).await?;
    Ok(go_to(&format!("/console/batches/{}?done=batch", details.batch.id)))
}

pub(crate) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let reads = visitor.may::<CallsRead>()?;
    let BatchDetails { batch, calls, finished_rows, problems, next_problems_after } =
        console.service().batch(reads, id_of(&id)?, 0).await?;
    let by_outcome = calls.outcomes.iter().map(|(word, count)| (words::spaced(word), *count));
    let by_status = calls.statuses.iter().filter(|(word, _)| word.as_str() != "closed");
    let by_status = by_status.map(|(word, count)| (words::spaced(word), *count));
    let over = matches!(batch.state, BatchState::Done | BatchState::Cancelled);
    page(&Shown {
        frame: visitor.frame(Place::Batches, format!("Batch {}", batch.name)),
        row: Row::new(&batch),
        percent: (finished_rows * 100).checked_div(batch.rows.total).unwrap_or(100),
        finished: finished_rows,
        counts: by_outcome.chain(by_status).collect(),
        problems: problems.iter().map(Wrong::new).collect(),
        more_problems: next_problems_after.is_some(),
        done: moment(batch.done_at),
        may_cancel: !over && visitor.has(ScopeName::CallsWrite),
        may_show: visitor.has(ScopeName::CallsContent),
    })
}

pub(crate) async fn cancel(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(_): Form,
) -> Result<Response, Failure> {
    let by = visitor.may_in_full::<CallsWrite>()?;
    let cancelled = console.service().cancel_batch(by, id_of(&id)?).await?;
    Ok(go_to(&format!("/console/batches/{}?done=cancelled", cancelled.batch.id)))
}

/// The results without numbers and words.
pub(crate) async fn results(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let reads = visitor.may::<CallsRead>()?;
    let results = console.service().batch_results(reads, id_of(&id)?, TableFormat::Csv).await?;
    Ok(file(results.into_chunks()))
}

/// The results with numbers and words. It is a form, because it is written down.
pub(crate) async fn whole_results(
    State(console): State<Console>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(_): Form,
) -> Result<Response, Failure> {
    let by = visitor.may_in_full::<CallsContent>()?;
    let results = console.service().open_batch_results(by, id_of(&id)?, TableFormat::Csv).await?;
    Ok(file(results.into_chunks()))
}

fn file(
    chunks: impl futures::Stream<Item = switchboard_api::problem::Result<Vec<u8>>> + Send + 'static,
) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"results.csv\""),
    ];
    let chunks = chunks.map(|chunk| chunk.map(Bytes::from));
    (headers, Body::from_stream(chunks)).into_response()
}
