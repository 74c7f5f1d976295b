//! Minutes, and the log of use.

use axum::{Json as Answer, extract::State};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde_json::{Value, json};
use switchboard::{Money, journal::server::CallsFilter};

use crate::{
    Service,
    caller::{AgentsRead, CallsRead, UsageRead},
    extract::Permit,
    problem::Result,
    service::CallRecord,
    wire::Time,
};

use super::{directory::business, page, query::Query};

const USUAL: usize = 100;
const MOST: usize = 500;
const MICROS_IN_A_CENT: i64 = 10_000;

/// The minutes of the month.
pub(super) async fn balance(
    State(service): State<Service>,
    permit: Permit<UsageRead>,
) -> Result<Answer<Value>> {
    let allowed = permit.allowed()?;
    let now = service.clock().now();
    permit.be_patient();
    // With what was made at this moment.
    let until = now.checked_add(1.second()).unwrap_or(now);
    let usage = service.usage(allowed, first_of_month(now), until).await?;
    let seconds: u64 = usage.data.iter().map(|row| row.seconds).sum();
    // Without the scope for them, they are not known.
    let numbers = match allowed.caller().allowed::<AgentsRead>() {
        Ok(agents) => Some(service.numbers(agents).await.len()),
        Err(_) => None,
    };
    Ok(Answer(json!({"businesses": [{
        "business_id": business(allowed, None)?.unwrap_or_else(|| "*".to_owned()),
        "minutes_used": seconds.div_ceil(60),
        "phone_numbers": numbers,
        "subscription_status": "active",
    }]})))
}

fn first_of_month(at: Timestamp) -> Timestamp {
    let first = at.to_zoned(TimeZone::UTC).date().first_of_month();
    first.to_zoned(TimeZone::UTC).map_or(at, |midnight| midnight.timestamp())
}

/// The calls that were placed, newest first, as entries of a log. It says nothing about reads.
pub(super) async fn usage(
    State(service): State<Service>,
    permit: Permit<UsageRead>,
    query: Query,
) -> Result<Answer<Value>> {
    let allowed = permit.allowed()?;
    let reads = allowed.caller().allowed::<CallsRead>()?;
    let limit = query.limit(USUAL, MOST)?;
    // `end` itself is part of the time.
    let end = query.time("end")?.map(|end| end.checked_add(1.microsecond()).unwrap_or(end));
    let filter = CallsFilter {
        created_after: query.time("start")?,
        created_before: end,
        ..CallsFilter::default()
    };
    let found = page::read(&service, reads, filter, limit, |_| true).await?;
    let rows: Vec<Value> = found.records.iter().map(row).collect();
    Ok(Answer(json!({"usage": rows, "has_more": found.has_more})))
}

fn row(record: &CallRecord) -> Value {
    let id = record.call.id.as_uuid();
    json!({
        "id": id, "endpoint": "/v1/calls", "method": "POST", "status_code": 201, "call_id": id,
        "cost_cents": record.call.cost.and_then(cents), "created_at": Time(record.call.created_at),
    })
}

/// Cents of a dollar, rounded up. `None` in another currency: KaiCalls' costs are dollars.
fn cents(cost: Money) -> Option<i64> {
    let in_dollars = cost.currency().code() == "USD";
    let rounded_up = cost.micros().saturating_add(MICROS_IN_A_CENT - 1) / MICROS_IN_A_CENT;
    in_dollars.then_some(rounded_up)
}
