//! People whom the calling rules protect while processes are killed: some are called more often than
//! they may be, by two tenants, and some ask not to be called again.
//!
//! The rules are on. The loops run at any hour, so a table of their own takes the hours away; it also
//! has the limit that the judge knows.

use std::{collections::HashMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use switchboard::{
    Attempt, Call, Journal, PhoneNumber,
    core::Purpose,
    journal::{OptOut, OptOutSource},
    rules::{Effect, Kind, Row, Tables},
};
use switchboard_testkit::Ring;

/// How often a phone may ring in 24 hours.
const MOST: usize = 2;
/// How many calls there are for each person.
const CALLS: usize = 4;
/// Every second person asks not to be called again.
const PEOPLE: usize = 6;

/// The file of the table of rules.
pub const TABLE: &str = "rules.tsv";
/// The section of a configuration that turns the rules on.
pub const SECTION: &str = "[rules]\nfiles = [\"rules.tsv\"]\n";
/// What callees are told to call back.
pub const CALL_BACK: &str = "+14165550199";

/// Where these people are, and nobody else whom a loop calls: their limit must not hide that another
/// phone rang too often.
const PLACE: &str = "CA";

/// The table of rules: nothing is closed, and none of these people's phones may ring more than twice
/// a day.
pub fn table() -> String {
    let mut table = String::from(
        "id\tjurisdiction\tkind\tpurposes\tcallee\trule\teffect\tsource\tchecked\tas_of\n",
    );
    let mut add = |row: &Row, jurisdiction: &str, purposes: &str, rule: &str| {
        let callee = row.callee.map_or("any", |kind| kind.as_str());
        let of = [
            &row.id,
            jurisdiction,
            row.kind.as_str(),
            purposes,
            callee,
            rule,
            row.effect.as_str(),
            "the loop's own",
            row.checked.as_str(),
            "2026-11-29",
        ];
        table.push_str(&of.join("\t"));
        table.push('\n');
    };
    for row in Tables::builtin()
        .rows()
        .filter(|row| row.effect == Effect::Gate && row.purposes.contains(&Purpose::Reservation))
    {
        let place = row.jurisdiction.to_string();
        let is_about_time = matches!(row.kind, Kind::QuietHours | Kind::Days | Kind::Holidays);
        match row.id.as_str() {
            "P-ZONE" => {}
            "P-CAP-DAY" => add(row, PLACE, "reservation", &format!("max {MOST} in 24h")),
            // A row can be replaced, and not taken away: the loop has no calls for this.
            "P-GAP" | "P-CAP-WEEK" => add(row, &place, "political", &row.rule),
            _ if is_about_time => add(row, &place, "political", &row.rule),
            _ => {}
        }
    }
    table
}

/// One call to one of them.
#[derive(Debug, Clone)]
pub struct PersonCall {
    /// Their number.
    pub to: String,
    /// What it is about; differs from the person's other calls.
    pub task: String,
    /// Which of two tenants asks for it.
    pub tenant: usize,
}

/// All calls to all of them: the first of each, then the second of each.
pub fn calls() -> impl Iterator<Item = PersonCall> {
    (0..CALLS).flat_map(|nth| {
        (0..PEOPLE).map(move |person| PersonCall {
            to: number(person),
            task: format!("Ask whether the shop is open on day {nth}."),
            tenant: (person + nth) % 2,
        })
    })
}

/// Until when these calls may be placed: those above the limit would wait for a day.
pub fn not_after() -> String {
    let end = Timestamp::now().checked_add(Duration::from_secs(3_600)).unwrap();
    format!("{end:.0}")
}

fn number(person: usize) -> String {
    format!("+141655501{person:02}")
}

/// True for one of them.
pub fn is_person(number: &str) -> bool {
    number.starts_with("+1416")
}

/// Since when the opt-out of a person is durable.
pub type OptOuts = HashMap<String, Timestamp>;

/// Records that the `nth` of those who ask not to be called again did so. `None` if all did.
///
/// # Panics
/// If it cannot be recorded.
pub async fn opt_out(journal: &Arc<dyn Journal>, nth: usize) -> Option<(String, Timestamp)> {
    let person = (0..PEOPLE).filter(|person| person % 2 == 1).nth(nth)?;
    let to = PhoneNumber::parse(&number(person)).unwrap();
    let opt_out = OptOut::new(OptOutSource::Operator, "the loop", Timestamp::now());
    journal.opt_out(&to, &opt_out).await.unwrap();
    Some((number(person), Timestamp::now()))
}

/// What became of them.
#[derive(Debug, Default)]
pub struct PeopleJudged {
    /// People whose phone rang as often as it may.
    pub at_limit: usize,
    /// Rings that the rules did not allow.
    pub against_rules: usize,
    /// What is wrong, with the number of the person.
    pub faults: Vec<(String, String)>,
}

/// Looks for rings above the limit, and for those that were sent after an opt-out was durable.
pub fn judge(opt_outs: &OptOuts, rings: &[Ring], calls: &[Call]) -> PeopleJudged {
    let mut judged = PeopleJudged::default();
    for to in (0..PEOPLE).map(number) {
        let rang: Vec<&Ring> = rings.iter().filter(|ring| ring.to == to).collect();
        judged.at_limit += usize::from(rang.len() >= MOST);
        if rang.len() > MOST {
            judged.against_rules += rang.len() - MOST;
            let what = format!("rang {} times, may ring {MOST} times a day", rang.len());
            judged.faults.push((to.clone(), what));
        }
        let Some(since) = opt_outs.get(&to) else { continue };
        let attempts =
            || calls.iter().filter(|call| call.to.e164() == to).flat_map(|call| &call.attempts);
        for ring in rang {
            let sent = attempts().find(|one| is_of(one, ring)).and_then(|one| one.sent_at);
            if let Some(sent) = sent.filter(|sent| sent > since) {
                judged.against_rules += 1;
                let what =
                    format!("rang by an attempt of {sent}, and the opt-out was durable at {since}");
                judged.faults.push((to.clone(), what));
            }
        }
    }
    judged
}

fn is_of(attempt: &Attempt, ring: &Ring) -> bool {
    let by_id = attempt.provider_call_id.as_ref().is_some_and(|id| id.as_str() == ring.call_id);
    let key = attempt.idempotency_key.to_string();
    by_id || ring.idempotency_key.as_deref() == Some(key.as_str())
}
