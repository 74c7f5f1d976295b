//! Faults of the providers while processes are killed, so that a kill can hit requests that are
//! open, late, in doubt or have an invalid response.

use std::{collections::BTreeMap, time::Duration};

use switchboard_testkit::{
    SimKind,
    fault::{After, Fault, FaultScript, Outage, OutageMode, Rule},
};

use crate::{
    fuzz::Chance,
    kill::{Row, RowKind},
};

/// The maximum time, in milliseconds, from reading a request to the ring.
const LATEST: usize = 900;

/// How long after its sender has ended a request may still make a phone ring.
pub const fn quiet_after() -> Duration {
    Duration::from_millis(LATEST as u64 + 300)
}

/// Draws a script for each of these providers. Two of five loops have no faults; the others have up
/// to three at each provider.
pub fn draw(chance: &mut Chance, providers: [SimKind; 2], rows: &[Row]) -> [FaultScript; 2] {
    if chance.below(5) < 2 {
        return Default::default();
    }
    providers.map(|kind| script(chance, kind, rows))
}

fn script(chance: &mut Chance, kind: SimKind, rows: &[Row]) -> FaultScript {
    let mut script = FaultScript::default();
    for _ in 0..chance.below(4) {
        match chance.below(8) {
            0..5 => script = script.rule(placing(chance, kind.place_path())),
            5 => script = script.rule(reading(chance, kind.reads())),
            6 => script.list.lag_ms = chance.below(3000) as u64,
            _ => missing(chance, rows, &mut script),
        }
    }
    script
}

/// A fault of some placing requests.
fn placing(chance: &mut Chance, path: &str) -> Rule {
    let (fault, after) = match chance.below(12) {
        // Slow, and delivered even if the sender has ended by then.
        0..3 => {
            return every(chance, Rule::on("POST", path, Fault::Pass))
                .delay_ms(100 + chance.below(LATEST - 100) as u64);
        }
        3 => (Fault::answer(500, "internal_error"), After::Ring),
        4 => (Fault::answer(503, "internal_error"), After::Nothing),
        5 => (Fault::Reset, After::Ring),
        6 => (Fault::Reset, After::Nothing),
        7 => (Fault::Close, After::Ring),
        8 => (Fault::answer(429, "rate_limited").with_header("Retry-After", "1"), After::Nothing),
        9 => (Fault::CutBody { sent: None }, After::Answer),
        10 => (Fault::MissingId, After::Answer),
        _ => (Fault::NotJson, After::Ring),
    };
    every(chance, Rule::on("POST", path, fault)).after(after)
}

/// A fault of some reads.
fn reading(chance: &mut Chance, paths: &str) -> Rule {
    let rule = match chance.below(3) {
        0 => Rule::on("GET", paths, Fault::Pass).delay_ms(100 + chance.below(400) as u64),
        1 => Rule::on("GET", paths, Fault::answer(500, "internal_error")),
        _ => Rule::on("GET", paths, Fault::Close),
    };
    every(chance, rule)
}

/// A call that is missing from lists, or a provider that is down for a second.
fn missing(chance: &mut Chance, rows: &[Row], script: &mut FaultScript) {
    if chance.below(2) == 0 {
        let good: Vec<&Row> = rows.iter().filter(|row| row.kind == RowKind::Good).collect();
        script.list.omit.insert(good[chance.below(good.len())].to.clone());
        return;
    }
    let from = chance.below(3000) as u64;
    script.outages.push(Outage {
        from_ms: from,
        until_ms: Some(from + 200 + chance.below(1000) as u64),
        mode: [OutageMode::Refuse, OutageMode::Close, OutageMode::Unavailable][chance.below(3)],
    });
}

fn every(chance: &mut Chance, rule: Rule) -> Rule {
    Rule { every: 2 + chance.below(5) as u64, ..rule }
}

/// Describes a script in one line, for a report.
pub fn told(script: &FaultScript) -> String {
    let mut rules: BTreeMap<String, u32> = BTreeMap::new();
    for rule in &script.rules {
        let method = rule.method.as_deref().unwrap_or("any");
        *rules
            .entry(format!("{method} every {} {:?} after {:?}", rule.every, rule.fault, rule.after))
            .or_default() += 1;
    }
    let (omitted, outages) = (script.list.omit.len(), script.outages.len());
    format!("{rules:?}, list lag {} ms, {omitted} omitted, {outages} outages", script.list.lag_ms)
}
