//! What happens now.

use std::{sync::Arc, time::Duration};

use askama::Template;
use axum::{extract::State, response::Response};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use switchboard::{
    CallStatus, Money,
    journal::server::{COUNTED, CallsFilter},
};
use switchboard_api::{
    Code, Service,
    caller::{Caller, CallsRead, ProvidersRead, ScopeName, UsageRead},
    problem::Problem,
    service::Overview,
    wire::{Call, Usage},
};

use crate::{
    console::Console,
    failure::{Failure, page},
    figures::Figures,
    frame::{Frame, Place},
    pages::calls::Row,
    plot::{Bar, Bars},
    text::{NONE, count, exact},
    visitor::Visitor,
};

/// Calls that are listed.
const LISTED: u32 = 50;
/// Calls that are counted for the plot.
const PLOTTED: u32 = 5_000;
const BARS: i64 = 12;
const BAR: i64 = 5 * 60;

/// Something that a person should look at.
struct Attention {
    title: String,
    text: String,
    address: String,
}

#[derive(Template)]
#[template(path = "now.html")]
struct Now {
    frame: Frame,
    overview: Overview,
    spent: String,
    unpriced: u64,
    hour: Bars,
    /// The figures are still being read.
    pending: bool,
    calls: Vec<Row>,
    more: bool,
    attention: Vec<Attention>,
}

pub(crate) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let (service, now) = (console.service(), console.service().clock().now());
    let reads = visitor.may::<CallsRead>()?;
    let overview = service.overview(reads).await?;
    let open = CallsFilter { statuses: COUNTED.to_vec(), limit: LISTED, ..CallsFilter::default() };
    let found = service.calls(reads, open).await?;
    let calls: Vec<Call> = found.records.iter().map(|one| one.seen_by(reads.caller())).collect();
    let figures = figures(&console, &visitor, now).await?;
    let pending = figures.is_none();
    let figures = figures.unwrap_or_default();
    let mut attention: Vec<Attention> = calls.iter().filter_map(doubt).collect();
    attention.extend(providers(&console, &visitor));
    page(&Now {
        frame: visitor.frame(Place::Now, "Now"),
        overview,
        spent: if pending { NONE.to_owned() } else { figures.spent.clone() },
        unpriced: figures.unpriced,
        hour: hour(&figures.hour),
        pending,
        calls: calls.iter().map(Row::new).collect(),
        more: found.next.is_some(),
        attention,
    })
}

fn doubt(call: &Call) -> Option<Attention> {
    let title = match CallStatus::from(call.status) {
        CallStatus::Indeterminate => "A call in doubt",
        CallStatus::Stalled => "A call without an end",
        CallStatus::NeedsApproval => "A call that needs approval",
        _ => return None,
    };
    let provider = call.attempts.last().map_or(NONE, |last| last.provider.as_str());
    Some(Attention {
        title: title.to_owned(),
        text: format!("To {} by {provider}", call.to),
        address: format!("/console/calls/{}", call.id),
    })
}

fn providers(console: &Console, visitor: &Visitor) -> Vec<Attention> {
    let Ok(reads) = visitor.may::<ProvidersRead>() else { return Vec::new() };
    let list = console.service().providers(reads);
    let state = list.data.into_iter().filter_map(|one| {
        let text = match (&one.paused_until, &one.out_of_credit_until, one.healthy) {
            _ if !one.enabled => return None,
            (_, Some(_), _) => "Its account is out of credit",
            (_, _, false) => "It does not answer as it should, and gets no calls",
            (Some(_), _, _) => "It asked for a pause",
            (None, None, true) if one.ejected_until.is_some() => "It is left out as an outlier",
            (None, None, true) => return None,
        };
        Some(Attention {
            title: one.provider,
            text: text.to_owned(),
            address: "/console/providers".to_owned(),
        })
    });
    state.collect()
}

/// The figures of the caller's tenant, as of a moment ago. `None`: they are still being read.
async fn figures(
    console: &Console,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<Option<Arc<Figures>>, Problem> {
    let service = console.service().clone();
    let caller = visitor.may::<CallsRead>()?.caller().clone();
    // Two keys of a tenant may not see the same.
    let sees = if caller.has(ScopeName::UsageRead) { "with usage" } else { "without usage" };
    let key = (caller.tenant().cloned(), sees.to_owned());
    let read = || async move {
        let made = async {
            let (spent, unpriced) = today(&service, &caller, now).await?;
            let hour = last_hour(&service, &caller, now).await?;
            Ok::<_, Problem>(Figures { spent, unpriced, hour })
        };
        let made = made.await;
        made.inspect_err(|problem| tracing::warn!(detail = problem.detail(), "no figures")).ok()
    };
    Ok(console.figures().last(key, console.service().clock(), read).await)
}

/// What calls of today cost as far as it is known, and how many bills are not.
async fn today(
    service: &Service,
    caller: &Caller,
    now: Timestamp,
) -> Result<(String, u64), Problem> {
    let Ok(reads) = caller.allowed::<UsageRead>() else { return Ok((NONE.to_owned(), 0)) };
    let midnight = now.to_zoned(TimeZone::UTC).start_of_day().map_or(now, |at| at.timestamp());
    match service.usage(reads, midnight, now + Duration::from_secs(1)).await {
        Ok(usage) => Ok((spent(&usage), usage.data.iter().map(|row| row.unpriced).sum())),
        // The page shows the rest.
        Err(problem) if problem.code() == Code::Busy => Ok((NONE.to_owned(), 0)),
        Err(problem) => Err(problem),
    }
}

/// Sums in each currency.
fn spent(usage: &Usage) -> String {
    let mut sums = Vec::<Money>::new();
    for cost in usage.data.iter().filter_map(|row| exact(row.cost.as_ref()?)) {
        match sums.iter_mut().find(|sum| sum.currency() == cost.currency()) {
            Some(sum) => *sum = sum.checked_add(cost).unwrap_or(*sum),
            None => sums.push(cost),
        }
    }
    let shown: Vec<String> = sums.iter().map(ToString::to_string).collect();
    if shown.is_empty() { NONE.to_owned() } else { shown.join(", ") }
}

/// The calls of the last hour, by five minutes.
async fn last_hour(
    service: &Service,
    caller: &Caller,
    now: Timestamp,
) -> Result<Vec<(String, u64)>, Problem> {
    let begin = (now.as_second() / BAR + 1 - BARS) * BAR;
    let filter = CallsFilter {
        created_after: Timestamp::from_second(begin)
            .ok()
            .or_else(|| now.checked_sub(1.hour()).ok()),
        limit: PLOTTED,
        ..CallsFilter::default()
    };
    let found = service.calls(caller.allowed::<CallsRead>()?, filter).await?;
    let mut counts = vec![0_u64; usize::try_from(BARS).unwrap_or_default()];
    for record in &found.records {
        let at = (record.call.created_at.as_second() - begin) / BAR;
        if let Some(count) = usize::try_from(at).ok().and_then(|at| counts.get_mut(at)) {
            *count += 1;
        }
    }
    let label = |at: i64| {
        Timestamp::from_second(begin + at * BAR)
            .map(|from| from.to_zoned(TimeZone::UTC).strftime("%H:%M").to_string())
            .unwrap_or_default()
    };
    Ok((0..).map(label).zip(counts).collect())
}

fn hour(counts: &[(String, u64)]) -> Bars {
    let bar = |(label, number): &(String, u64)| Bar {
        label: label.clone(),
        value: *number as f64,
        shown: number.to_string(),
    };
    let all = count(counts.iter().map(|(_, number)| number).sum(), "call", "calls");
    Bars {
        title: format!("Calls received in the last hour: {all}"),
        unit: "calls in five minutes",
        each: "From",
        bars: counts.iter().map(bar).collect(),
    }
}
