//! Providers as this process sees them.

use askama::Template;
use axum::{extract::State, response::Response};
use switchboard_api::{
    caller::ProvidersRead,
    wire::{Headroom, ProviderState, QualityRow},
};

use crate::{
    console::Console,
    failure::{Failure, page},
    frame::{Frame, Place},
    text::{Moment, NONE, money, or_none, percent, seconds},
    visitor::Visitor,
    words::Badge,
};

/// A limit as a bar.
struct Limit {
    name: &'static str,
    /// What is used, 0 to 100.
    used: u32,
    text: String,
    frees_at: Option<Moment>,
}

struct Card {
    name: String,
    badge: Badge,
    sentence: String,
    until: Option<Moment>,
    limits: Vec<Limit>,
    doubts: u32,
    domains: String,
    accepts: String,
    quality: Vec<Measured>,
}

struct Measured {
    country: String,
    agent: String,
    sent: u32,
    answered: String,
    talked: String,
    talked_at_least: String,
    failed: String,
    mean: String,
    cost: String,
    drift: String,
}

#[derive(Template)]
#[template(path = "providers.html")]
struct Providers {
    frame: Frame,
    cards: Vec<Card>,
}

pub(crate) async fn show(
    State(console): State<Console>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    let reads = visitor.may::<ProvidersRead>()?;
    let quality = console.service().quality(reads, [None, None, None]).data;
    let list = console.service().providers(reads).data;
    let cards = list.iter().map(|one| Card::new(one, &quality)).collect();
    page(&Providers { frame: visitor.frame(Place::Providers, "Providers"), cards })
}

impl Card {
    fn new(state: &ProviderState, quality: &[QualityRow]) -> Self {
        let (badge, sentence, until) = health(state);
        let limit = |name, headroom: &Option<Headroom>| {
            headroom.as_ref().map(|headroom| Limit::new(name, headroom))
        };
        let limits = [limit("Placing", &state.rate), limit("Calls at once", &state.concurrency)];
        Self {
            name: state.provider.clone(),
            badge,
            sentence: sentence.to_owned(),
            until,
            limits: limits.into_iter().flatten().collect(),
            doubts: state.agents_in_doubt,
            domains: or_none(Some(state.failure_domains.join(", ").as_str())),
            accepts: accepts(state.accepts_in_seconds),
            quality: quality
                .iter()
                .filter(|row| row.provider == state.provider)
                .map(Measured::new)
                .collect(),
        }
    }
}

fn health(state: &ProviderState) -> (Badge, &'static str, Option<Moment>) {
    let badge = |text, kind| Badge { text, kind };
    if !state.enabled {
        return (badge("switched off", "quiet"), "The configuration switched it off.", None);
    }
    if let Some(until) = state.out_of_credit_until {
        let text = "Its account is out of credit. It is tried again at";
        return (badge("out of credit", "bad"), text, Some(until.into()));
    }
    if !state.healthy {
        let text = "It failed too often, and gets no calls. It is probed at";
        return (badge("unhealthy", "bad"), text, state.probe_at.map(Into::into));
    }
    if let Some(until) = state.paused_until {
        let text = "It asked not to be called. That ends at";
        return (badge("paused", "warn"), text, Some(until.into()));
    }
    if let Some(until) = state.ejected_until {
        let text = "It is left out, because it does much worse than the others. That ends at";
        return (badge("left out", "warn"), text, Some(until.into()));
    }
    (badge("healthy", "good"), "Calls go to it.", None)
}

impl Limit {
    fn new(name: &'static str, headroom: &Headroom) -> Self {
        let used = headroom.of.saturating_sub(headroom.free);
        Self {
            name,
            used: (used * 100).checked_div(headroom.of).unwrap_or(100),
            text: format!("{used} of {} used, {} free", headroom.of, headroom.free),
            frees_at: headroom.frees_at.map(Into::into),
        }
    }
}

impl Measured {
    fn new(row: &QualityRow) -> Self {
        let share = |share: Option<f64>| share.map_or(NONE.to_owned(), percent);
        Self {
            country: row.country.clone(),
            agent: or_none(row.agent.as_deref()),
            sent: row.sent,
            answered: share(row.answer_rate),
            talked: share(row.success_rate),
            talked_at_least: percent(row.success_rate_at_least),
            failed: share(row.error_rate),
            mean: row.mean_seconds.map_or(NONE.to_owned(), seconds),
            cost: money(row.mean_cost.as_ref()),
            drift: row.cost_drift.map_or(NONE.to_owned(), |it| format!("{:+.1} %", it * 100.0)),
        }
    }
}

fn accepts(seconds: Option<f64>) -> String {
    match seconds {
        None => NONE.to_owned(),
        Some(seconds) if seconds < 0.1 => "less than 0.1\u{a0}s".to_owned(),
        Some(seconds) => format!("{seconds:.1}\u{a0}s"),
    }
}
