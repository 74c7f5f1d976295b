//! Decides whether a person may be called.
//!
//! | file | purpose |
//! |---|---|
//! | `scope.rs` | which rows are about the call, and where the callee may be |
//! | `known.rs` | the facts that lift rows, and when they hold |
//! | `judge.rs` | whether a row objects at an instant, and until when |
//! | `wait.rs` | the first instant at which no row stops the call |
//! | `clock.rs` | local times, and the instants at which a clock shows them |
//! | `caps.rs` | limits in a form that the ledger can check |
//! | `say.rs` | what the first words have to say |
//! | `message.rs`, `used.rs` | what a decision says, and on what it rests |

mod caps;
mod clock;
mod judge;
mod known;
mod message;
mod say;
mod scope;
mod used;
mod wait;

use jiff::Timestamp;
use switchboard_core::{LocalTime, Purpose, RuleDecision, RuleEffect, RuleFinding, RuleVerdict};

use crate::{Asked, Tables};
use judge::Judge;
use wait::When;

/// Decides whether a person may be called at `now`.
///
/// All rows that are about the call must agree in all zones in which the callee may be. The decision
/// names every row that objects. A call that rows stop now waits until the first instant at which
/// none does; if no time would help, or if it is more than 400 days away, it is refused. A call
/// without a purpose is refused.
pub fn decide(asked: &Asked<'_>, tables: &Tables, now: Timestamp) -> RuleDecision {
    let decision = |verdict| {
        let version = tables.version().to_owned();
        RuleDecision::new(now, verdict, version, Tables::time_zones().to_owned())
            .with(|one| one.tables_are_old = tables.age_if_old(now))
    };
    let Some(purpose) = asked.facts.purpose else {
        return decision(RuleVerdict::Refuse).with(|one| one.findings.push(no_purpose(tables)));
    };
    let judge = Judge::new(asked, tables, purpose);
    let moment = judge.moment(now);
    let objecting = judge.scope.rows.iter().filter(|row| judge.objects(row, &moment));
    let mut findings: Vec<RuleFinding> =
        objecting.map(|row| judge.finding(row, purpose, &moment, false)).collect();
    let mut verdict = RuleVerdict::Allow;
    let mut wait_until = None;
    let stops = findings.iter().filter(|one| one.effect == RuleEffect::Stops);
    // Nothing is open before the last of the instants until which the rows go on objecting.
    let untils = stops.map(|one| one.until).collect::<Vec<_>>();
    if let Some(first) = untils.iter().copied().min() {
        verdict = RuleVerdict::Refuse;
        let last = untils.into_iter().flatten().max();
        if let (Some(_), Some(last)) = (first, last) {
            match judge.when(now, last) {
                When::At(at) => {
                    verdict = RuleVerdict::Wait;
                    wait_until = Some(at);
                }
                When::Never { row, at } => {
                    findings.push(judge.finding(row, purpose, &judge.moment(at), true));
                }
                When::TooFar => judge.ask_for_zone(&mut findings),
            }
        }
    }
    let zones = judge.scope.zones.iter().filter(|_| judge.scope.has_zones);
    let zones = zones.map(|zone| LocalTime {
        zone: zone.name.as_ref().to_owned(),
        time: zone.zone.to_datetime(now),
    });
    let zones = zones.collect();
    decision(verdict).with(|one| {
        one.wait_until = wait_until;
        one.findings = findings;
        one.zones = zones;
        one.facts = judge.facts();
    })
}

fn no_purpose(tables: &Tables) -> RuleFinding {
    let purposes: Vec<_> = Purpose::ALL.iter().map(|one| one.as_str()).collect();
    let message = format!(
        "The call has no purpose, and the rules depend on it: give purpose as one of {}.",
        purposes.join(", ")
    );
    RuleFinding::new("PURPOSE".to_owned(), RuleEffect::Stops, message, tables.as_of())
        .with(|one| one.needs = Some("purpose".to_owned()))
}
