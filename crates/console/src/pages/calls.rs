//! Lists of calls. The filters are the address.

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use switchboard_api::{
    caller::CallsRead,
    wire::{Call, CallStatus, Outcome},
};

use crate::{
    console::Console,
    failure::{Failure, page},
    fields::Fields,
    frame::{Frame, Place},
    pages::calls_filter::filter,
    text::{Moment, money, or_none},
    visitor::Visitor,
    words::{self, Badge},
};

/// Calls of a page.
const PAGE: u32 = 50;

const STATUSES: [CallStatus; 10] = [
    CallStatus::Received,
    CallStatus::Scheduled,
    CallStatus::Admitted,
    CallStatus::Attempting,
    CallStatus::InProgress,
    CallStatus::Closed,
    CallStatus::Refused,
    CallStatus::NeedsApproval,
    CallStatus::Indeterminate,
    CallStatus::Stalled,
];
pub(super) const OUTCOMES: [Outcome; 10] = [
    Outcome::Completed,
    Outcome::NoAnswer,
    Outcome::Declined,
    Outcome::Busy,
    Outcome::Voicemail,
    Outcome::Menu,
    Outcome::InvalidNumber,
    Outcome::Blocked,
    Outcome::Failed,
    Outcome::Cancelled,
];

/// A call as a row.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) received: Moment,
    pub(super) to: String,
    pub(super) country: String,
    pub(super) agent: String,
    pub(super) provider: String,
    pub(super) badge: Badge,
    pub(super) outcome: Option<&'static str>,
    pub(super) cost: String,
}

impl Row {
    pub(super) fn new(call: &Call) -> Self {
        Self {
            id: call.id.to_string(),
            received: Moment::from(call.created_at),
            to: call.to.clone(),
            country: call.country.clone(),
            agent: or_none(call.agent.as_deref()),
            provider: or_none(call.provider.as_deref()),
            badge: words::status(call.status),
            outcome: call.outcome.map(words::outcome),
            cost: money(call.cost.as_ref()),
        }
    }
}

/// A word that can be chosen.
pub(super) struct Choice {
    pub(super) word: String,
    pub(super) label: &'static str,
    pub(super) chosen: bool,
}

/// A word as JSON spells it.
pub(super) fn word_of(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

#[derive(Template)]
#[template(path = "calls.html")]
struct Calls {
    frame: Frame,
    fields: Fields,
    statuses: Vec<Choice>,
    outcomes: Vec<Choice>,
    filtered: bool,
    calls: Vec<Row>,
    older: Option<String>,
    csv: String,
    operator: bool,
}

pub(crate) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let fields = Fields::read(query.unwrap_or_default().as_bytes());
    let reads = visitor.may::<CallsRead>()?;
    let found = console.service().calls(reads, filter(&fields, PAGE)?).await?;
    let calls = found.records.iter().map(|record| Row::new(&record.seen_by(reads.caller())));
    let query = fields.query_without(&["before", "done"]);
    let chosen = |name: &str, word: &String| fields.all(name).contains(word);
    let statuses = STATUSES.iter().map(|one| {
        let word = word_of(one);
        Choice { chosen: chosen("status", &word), label: words::status(*one).text, word }
    });
    let outcomes = OUTCOMES.iter().map(|one| {
        let word = word_of(one);
        Choice { chosen: chosen("outcome", &word), label: words::outcome(*one), word }
    });
    page(&Calls {
        frame: visitor.frame(Place::Calls, "Calls"),
        statuses: statuses.collect(),
        outcomes: outcomes.collect(),
        filtered: !query.is_empty(),
        calls: calls.collect(),
        older: found.next.map(|id| match query.is_empty() {
            true => format!("/console/calls?before={id}"),
            false => format!("/console/calls?{query}&before={id}"),
        }),
        csv: format!("/console/calls.csv?{query}"),
        operator: reads.tenant().is_none(),
        fields,
    })
}
