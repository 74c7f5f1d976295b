//! The calls of a list as CSV: without numbers and words, as they are on the page.

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::header;
use switchboard_api::{Code, caller::CallsRead, problem::Problem, wire::Call};
use switchboard_table::{Column, Writer};

use crate::{
    console::Console,
    failure::Failure,
    fields::Fields,
    pages::{calls::word_of, calls_filter::filter},
    visitor::Visitor,
};

/// The most calls of a file.
const MOST: usize = 10_000;
const PAGE: u32 = 500;

const OURS: [&str; 12] = [
    "id", "received", "status", "outcome", "to", "country", "provider", "attempts", "cost",
    "currency", "seconds", "ended",
];
const OTHERS: [&str; 5] = ["tenant", "agent", "batch", "experiment", "arm"];

pub(crate) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    let reads = visitor.may::<CallsRead>()?;
    let mut filter = filter(&fields, PAGE)?;
    let unwritten =
        |_: std::io::Error| Problem::new(Code::Internal, "the table could not be written");
    let columns = OURS.map(Column::ours).into_iter().chain(OTHERS.map(Column::others));
    let mut writer = Writer::new(Vec::new(), columns).map_err(unwritten)?;
    let mut written = 0;
    while written < MOST {
        let found = console.service().calls(reads, filter.clone()).await?;
        for record in &found.records {
            writer.write(cells(&record.seen_by(reads.caller()))).map_err(unwritten)?;
        }
        written += found.records.len();
        match found.next {
            Some(next) => filter.before = Some(next),
            None => break,
        }
    }
    let text = writer.into_inner().map_err(unwritten)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"calls.csv\""),
    ];
    Ok((headers, text).into_response())
}

fn cells(call: &Call) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let of = |part: fn(&switchboard_api::wire::Experiment) -> &String| {
        call.experiment.as_ref().map(|one| part(one).clone()).unwrap_or_default()
    };
    let (amount, currency) = match &call.cost {
        Some(cost) => (cost.amount.clone(), cost.currency.clone()),
        None => Default::default(),
    };
    vec![
        call.id.to_string(),
        word_of(&call.created_at),
        word_of(&call.status),
        call.outcome.map(|outcome| word_of(&outcome)).unwrap_or_default(),
        call.to.clone(),
        call.country.clone(),
        text(&call.provider),
        call.attempts.len().to_string(),
        amount,
        currency,
        call.duration_seconds.map(|seconds| seconds.to_string()).unwrap_or_default(),
        call.ended_at.map(|at| word_of(&at)).unwrap_or_default(),
        call.tenant.clone(),
        text(&call.agent),
        text(&call.batch),
        of(|one| &one.name),
        of(|one| &one.arm),
    ]
}
