//! Budgets and usage.

use std::{collections::BTreeMap, time::Duration};

use askama::Template;
use axum::{extract::State, response::Response};
use jiff::{Timestamp, tz::TimeZone};
use switchboard::{Currency, Money};
use switchboard_api::{
    caller::UsageRead,
    wire::{self, Budget, UsageRow},
};

use crate::{
    console::Console,
    failure::{Failure, page},
    frame::{Frame, Place},
    plot::{Bar, Bars},
    text::{Moment, NONE, exact, money, or_none, percent_of, seconds},
    visitor::Visitor,
};

/// How far usage goes back.
const DAYS: u64 = 30;
const DAY: u64 = 24 * 60 * 60;

struct Held {
    name: String,
    period: String,
    since: Moment,
    whose: String,
    limit: String,
    spent: String,
    held: String,
    left: String,
    /// Of the limit, 0 to 100.
    spent_percent: f64,
    held_percent: f64,
}

struct Used {
    day: String,
    provider: String,
    calls: u64,
    lasted: String,
    cost: String,
    unpriced: u64,
}

#[derive(Template)]
#[template(path = "money.html")]
struct Page {
    frame: Frame,
    budgets: Vec<Held>,
    rows: Vec<Used>,
    plots: Vec<Bars>,
    /// Usage is still being read.
    pending: bool,
}

pub(crate) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let reads = visitor.may::<UsageRead>()?;
    let service = console.service();
    let now = service.clock().now();
    let from = now.checked_sub(Duration::from_secs(DAYS * DAY)).unwrap_or(Timestamp::MIN);
    let (reader, caller) = (service.clone(), reads.caller().clone());
    let read = || async move {
        let reads = caller.allowed::<UsageRead>().ok()?;
        let usage = reader.usage(reads, from, now + Duration::from_secs(1)).await;
        usage.inspect_err(|problem| tracing::warn!(detail = problem.detail(), "no usage")).ok()
    };
    let key = (reads.tenant().cloned(), String::new());
    let usage = console.usage().last(key, service.clock(), read).await;
    let used = usage.as_ref().map_or(&[][..], |usage| &usage.data);
    let budgets = service.budgets(reads).await?;
    page(&Page {
        frame: visitor.frame(Place::Money, "Money"),
        budgets: budgets.data.iter().map(Held::new).collect(),
        plots: if used.is_empty() { Vec::new() } else { plots(used, now) },
        rows: used.iter().rev().map(Used::new).collect(),
        pending: usage.is_none(),
    })
}

impl Held {
    fn new(budget: &Budget) -> Self {
        let micros = |amount: &wire::Money| exact(amount).map_or(0, Money::micros);
        let [limit, spent, held] = [&budget.limit, &budget.spent, &budget.held].map(micros);
        let left = exact(&budget.limit).map(|limit| {
            Money::from_micros((limit.micros() - spent - held).max(0), limit.currency())
        });
        let parts = [
            budget.tenant.as_ref().map(|it| format!("calls of {it}")),
            budget.provider.as_ref().map(|it| format!("calls by {it}")),
            budget.experiment.as_ref().map(|it| format!("calls of the experiment {it}")),
        ];
        let whose: Vec<String> = parts.into_iter().flatten().collect();
        let spent_percent = percent_of(spent, limit);
        Self {
            name: budget.name.clone(),
            period: budget.period.clone(),
            since: budget.since.into(),
            whose: if whose.is_empty() { "all calls".to_owned() } else { whose.join(", ") },
            limit: money(Some(&budget.limit)),
            spent: money(Some(&budget.spent)),
            held: money(Some(&budget.held)),
            left: left.map_or(NONE.to_owned(), |left| left.to_string()),
            spent_percent,
            held_percent: percent_of(held, limit).min(100.0 - spent_percent),
        }
    }
}

impl Used {
    fn new(row: &UsageRow) -> Self {
        Self {
            day: row.day.clone(),
            provider: or_none(row.provider.as_deref()),
            calls: row.calls,
            lasted: if row.seconds == 0 { NONE.to_owned() } else { seconds(row.seconds as f64) },
            cost: money(row.cost.as_ref()),
            unpriced: row.unpriced,
        }
    }
}

/// Calls by day, and what they cost in each currency.
fn plots(rows: &[UsageRow], now: Timestamp) -> Vec<Bars> {
    let days = (0..DAYS).filter_map(|back| now.checked_sub(Duration::from_secs(back * DAY)).ok());
    let days: Vec<String> =
        days.map(|day| day.to_zoned(TimeZone::UTC).date().to_string()).collect();
    // A day without calls has its place too.
    let mut calls: BTreeMap<&str, u64> = days.iter().map(|day| (day.as_str(), 0)).collect();
    let mut costs = Vec::<(&str, Money)>::new();
    for row in rows {
        *calls.entry(&row.day).or_default() += row.calls;
        costs.extend(row.cost.as_ref().and_then(exact).map(|cost| (row.day.as_str(), cost)));
    }
    let of_calls = calls.iter().map(|(day, number)| Bar {
        label: (*day).to_owned(),
        value: *number as f64,
        shown: number.to_string(),
    });
    let mut plots = vec![Bars {
        title: "Calls by day, last 30 days".to_owned(),
        unit: "calls",
        each: "Day",
        bars: of_calls.collect(),
    }];
    let mut currencies: Vec<Currency> = costs.iter().map(|(_, cost)| cost.currency()).collect();
    currencies.sort_by_key(|currency| currency.code());
    currencies.dedup();
    for currency in currencies {
        let bar = |day: &&str| {
            let its = costs.iter().filter(|(on, cost)| on == day && cost.currency() == currency);
            let sum = Money::from_micros(its.map(|(_, cost)| cost.micros()).sum(), currency);
            // The height of a bar, and nothing that is counted with.
            Bar { label: (*day).to_owned(), value: sum.micros() as f64, shown: sum.to_string() }
        };
        plots.push(Bars {
            title: format!("Known cost by day, last 30 days, in {}", currency.code()),
            unit: "billed so far",
            each: "Day",
            bars: calls.keys().map(bar).collect(),
        });
    }
    plots
}
