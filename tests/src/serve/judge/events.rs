//! No event is lost or invented, each stands in its place, and each was delivered.

use std::collections::{HashMap, HashSet};

use switchboard::{
    CallId, CallStatus,
    journal::server::{FeedEvent, Positioned},
};

use crate::serve::judge::told::Told;

/// Everything that was said about events.
#[derive(Debug, Default)]
pub struct Feed {
    /// The feed, read from the ledger at the end.
    pub positions: Vec<Positioned>,
    /// So many of them have to have arrived everywhere. The rest was written when the servers
    /// ended.
    pub arrived: usize,
    /// For each follower its name, the tenant whose events it sees, and the events that it saw.
    pub followers: Vec<(&'static str, Option<String>, Vec<String>)>,
    /// What the endpoint took, with how often it came.
    pub received: HashMap<String, u32>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct EventsJudged {
    /// Events that facts make and that are not in the feed, or not where they belong.
    pub lost: usize,
    /// Events in the feed or at a follower that no fact makes.
    pub invented: usize,
    /// Events that the endpoint never took.
    pub undelivered: usize,
    /// Events that came to the endpoint more than once, which is allowed.
    pub repeated: usize,
    /// What is wrong.
    pub faults: Vec<String>,
}

/// Compares the feed with the facts of all calls, and followers and the endpoint with the feed.
pub fn judge_events(told: &[Told], feed: &Feed) -> EventsJudged {
    let mut judged = EventsJudged::default();
    positions(feed, &mut judged);
    let mut by_call: HashMap<CallId, Vec<&FeedEvent>> = HashMap::new();
    for one in &feed.positions {
        if let Some(call) = one.event.call {
            by_call.entry(call).or_default().push(&one.event);
        }
    }
    for one in told {
        let found = by_call.remove(&one.call.id).unwrap_or_default();
        of_call(one, &found, &mut judged);
    }
    for (call, events) in by_call {
        judged.invented += events.len();
        judged.faults.push(format!("{call} is in the feed and is no call"));
    }
    for (name, tenant, seen) in &feed.followers {
        follower(name, tenant.as_deref(), seen, feed, &mut judged);
    }
    delivered(feed, &mut judged);
    judged
}

/// Each position once, from 1 on, and each event once.
fn positions(feed: &Feed, judged: &mut EventsJudged) {
    let mut ids = HashSet::new();
    for (index, one) in feed.positions.iter().enumerate() {
        if one.position != index as u64 + 1 {
            judged.lost += 1;
            judged.faults.push(format!("position {} is the {}th", one.position, index + 1));
        }
        if !ids.insert(one.event.id) {
            judged.invented += 1;
            judged.faults.push(format!("{} is in the feed twice", one.event.id));
        }
    }
}

/// What the engine tells without a fact: that a call waits.
fn is_told_by_a_fact(event: &FeedEvent) -> bool {
    event.kind != "call.waiting"
}

fn of_call(told: &Told, found: &[&FeedEvent], judged: &mut EventsJudged) {
    let expected: HashSet<_> = told.events.iter().map(|event| event.id).collect();
    let there: HashSet<_> = found.iter().map(|event| event.id).collect();
    let id = told.call.id;
    for event in told.events.iter().filter(|event| !there.contains(&event.id)) {
        judged.lost += 1;
        judged.faults.push(format!(
            "{id}: {} of revision {} is not in the feed",
            event.kind,
            revision(event)
        ));
    }
    let facts = found.iter().filter(|event| is_told_by_a_fact(event));
    for event in facts.clone().filter(|event| !expected.contains(&event.id)) {
        judged.invented += 1;
        judged.faults.push(format!("{id}: no fact makes {}", event.kind));
    }
    let revisions: Vec<u64> = facts.map(|event| revision(event)).collect();
    if !revisions.is_sorted() {
        judged.lost += 1;
        judged.faults.push(format!("{id}: revisions in the order {revisions:?}"));
    }
    // The facts make the call as it is, which no event could otherwise tell.
    if (told.replayed.status, told.replayed.revision) != (told.call.status, told.call.revision) {
        judged.lost += 1;
        judged.faults.push(format!(
            "{id}: is {} at revision {}, its facts make it {} at {}",
            told.call.status, told.call.revision, told.replayed.status, told.replayed.revision
        ));
    }
    // Read without the code that makes events: what every program waits for.
    let count = |kind: &str| found.iter().filter(|event| event.kind == kind).count();
    let ends = usize::from(told.call.status == CallStatus::Closed);
    if (count("call.created"), count("call.ended")) != (1, ends) {
        judged.lost += 1;
        judged.faults.push(format!(
            "{id}: is {}, was created {} times and ended {} times",
            told.call.status,
            count("call.created"),
            count("call.ended")
        ));
    }
}

fn revision(event: &FeedEvent) -> u64 {
    event.data["call"]["revision"].as_u64().unwrap_or_default()
}

/// A follower that resumes sees every event of its tenant once, in order.
fn follower(
    name: &str,
    tenant: Option<&str>,
    seen: &[String],
    feed: &Feed,
    judged: &mut EventsJudged,
) {
    let theirs = |one: &&Positioned| {
        let owner = one.event.tenant.as_ref().map(|tenant| tenant.as_str());
        tenant.is_none() || tenant == owner
    };
    let expected: Vec<String> =
        feed.positions.iter().filter(theirs).map(|one| written(&one.event)).collect();
    let arrived = feed.positions.iter().take(feed.arrived).filter(theirs).count();
    if seen.len() >= arrived && expected.starts_with(seen) {
        return;
    }
    let (all, saw): (HashSet<_>, HashSet<_>) = (expected.iter().collect(), seen.iter().collect());
    let missed = expected.iter().take(arrived).filter(|id| !saw.contains(id)).count();
    let strange = saw.difference(&all).count();
    let twice = seen.len() - saw.len();
    judged.lost += missed;
    judged.invented += strange + twice;
    // Everything is there, and out of order.
    judged.lost += usize::from(missed + strange + twice == 0);
    judged.faults.push(format!(
        "the {name} of {tenant:?} missed {missed} of {arrived} events, saw {twice} twice and {strange} strange ones"
    ));
}

/// The events about calls that the endpoint did not take. What happened before it was made is not
/// its own.
pub fn not_taken(feed: &[Positioned], received: &HashMap<String, u32>) -> Vec<String> {
    let about_calls = feed.iter().filter(|one| one.event.call.is_some());
    let ids = about_calls.map(|one| written(&one.event));
    ids.filter(|id| received.get(id).is_none_or(|times| *times == 0)).collect()
}

fn delivered(feed: &Feed, judged: &mut EventsJudged) {
    judged.undelivered = not_taken(&feed.positions[..feed.arrived], &feed.received).len();
    judged.repeated = feed.received.values().filter(|times| **times > 1).count();
    if judged.undelivered > 0 {
        judged.faults.push(format!("{} events were not delivered", judged.undelivered));
    }
    let all: HashSet<String> = feed.positions.iter().map(|one| written(&one.event)).collect();
    let strange = feed.received.keys().filter(|id| !all.contains(*id)).count();
    if strange > 0 {
        judged.invented += strange;
        judged.faults.push(format!("{strange} events were delivered that are not in the feed"));
    }
}

fn written(event: &FeedEvent) -> String {
    format!("evt_{}", event.id.simple())
}
