//! Who was called, why, and how it went.

use std::time::Duration;

use jiff::Timestamp;
use switchboard::{CallRequest, Outcome};
use switchboard_testkit::SimKind;

use super::chance::Chance;

/// The tenant of the key that is printed.
pub(in crate::commands::serve) const TENANT: &str = "demo";
/// That one, and another, so that an operator sees two.
pub(super) const TENANTS: [&str; 2] = [TENANT, "acme"];
/// The provider that asks for a pause.
pub(in crate::commands::serve) const PAUSED: SimKind = SimKind::Retell;
/// One whom nobody may call.
pub(super) const OPTED_OUT: &str = "+12125550123";

/// A call of the past day.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) at: Timestamp,
    pub(super) request: CallRequest,
    pub(super) course: Course,
    /// How long the callee's phone rang, and how long they talked.
    pub(super) rang: Duration,
    pub(super) talked: Duration,
    pub(super) summary: &'static str,
}

/// How a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// It rang, and ended so.
    Ended(Outcome),
    /// Its provider decides how it ends: the arms of the experiment differ.
    ByProvider,
    /// The first provider could not be reached, the next one took it.
    FailedOver(Outcome),
    /// The provider's answer was lost, and nothing was found out since.
    InDoubt,
}

/// Calls of the experiment, and others.
const EXPERIMENT: u64 = 220;
const OTHERS: u64 = 130;
const DAY: u64 = 24 * 60 * 60;
/// The latest call of the past was accepted so long ago.
const LATEST: u64 = 5 * 60;
/// KaiCalls could not be reached then, in seconds before now.
const OUTAGE: std::ops::Range<u64> = 32_400..34_800;
/// The calls in doubt, in seconds before now.
const DOUBTS: [(u64, &str); 2] = [(10_900, "+12125550187"), (3_100, "+442079460987")];

const AREAS: [&str; 8] = ["212", "312", "415", "512", "617", "702", "206", "305"];
/// All but the last two digits.
const ABROAD: [&str; 4] = ["+4420794604", "+4420794602", "+331990012", "+4930231251"];

const TASKS: [(&str, &str); 6] = [
    (
        "Ask whether a table for two is free on Friday at eight.",
        "A table for two is free on Friday at eight; it is held until seven.",
    ),
    ("Ask for the opening hours on Sunday.", "They are open on Sunday from ten to four."),
    (
        "Ask whether the kitchen can cook without nuts.",
        "The kitchen can cook without nuts, if it is told two hours before.",
    ),
    (
        "Book a room for twelve people on the 14th, if there is one.",
        "There is a room for twelve people on the 14th; they ask for a deposit.",
    ),
    ("Ask whether dogs may sit on the terrace.", "Dogs may sit on the terrace, and not inside."),
    (
        "Move the table of six from seven to half past seven.",
        "The table of six was moved to half past seven.",
    ),
];
const CONFIRM: (&str, &str) = (
    "Confirm the table for tomorrow, and ask whether the guests may come half an hour later.",
    "The table is confirmed, and half an hour later suits them.",
);

/// Everything that happened in the day before now, oldest first.
pub(super) fn parts(now: Timestamp, chance: &mut Chance) -> Vec<Part> {
    let before = |seconds: u64| now.checked_sub(Duration::from_secs(seconds)).unwrap_or(now);
    let mut parts = Vec::new();
    for n in 0..EXPERIMENT {
        let ago = spread(n, EXPERIMENT, chance);
        let area = AREAS[usize::try_from(n).unwrap_or_default() % AREAS.len()];
        let to = format!("+1{area}55501{:02}", n / AREAS.len() as u64);
        let request = request(to, CONFIRM.0, &["confirm"], chance);
        parts.push(part(before(ago), request, Course::ByProvider, CONFIRM.1, chance));
    }
    for n in 0..OTHERS {
        let ago = spread(n, OTHERS, chance);
        let (task, summary) = TASKS[usize::try_from(n).unwrap_or_default() % TASKS.len()];
        let outage = OUTAGE.contains(&ago);
        let to = match outage || chance.percent(35) {
            true => {
                let area = AREAS[usize::try_from(n).unwrap_or_default() % AREAS.len()];
                format!("+1{area}55501{:02}", 50 + n / AREAS.len() as u64)
            }
            false => abroad(n, chance),
        };
        let request = request(to, task, &["question"], chance);
        let outcome = ending(62, chance);
        let course = if outage { Course::FailedOver(outcome) } else { Course::Ended(outcome) };
        parts.push(part(before(ago), request, course, summary, chance));
    }
    for (ago, to) in DOUBTS {
        let request = request(to.to_owned(), TASKS[0].0, &["question"], chance)
            .with(|call| call.agent = Some("evenings".to_owned()));
        parts.push(part(before(ago), request, Course::InDoubt, "", chance));
    }
    parts.sort_by_key(|part| part.at);
    parts
}

/// How a call ends that succeeds this often of a hundred times.
pub(super) fn ending(succeeds: u64, chance: &mut Chance) -> Outcome {
    if chance.percent(succeeds) {
        return Outcome::Completed;
    }
    match chance.below(10) {
        0..=4 => Outcome::NoAnswer,
        5..=7 => Outcome::Voicemail,
        8 => Outcome::Busy,
        _ => Outcome::Failed,
    }
}

/// The `n`th of so many calls over the day, in seconds before now, with fewer in the first hours.
fn spread(n: u64, of: u64, chance: &mut Chance) -> u64 {
    let even = (DAY - LATEST) * n / of;
    DAY.saturating_sub(even).saturating_sub(chance.below((DAY - LATEST) / of)).max(LATEST)
}

fn abroad(n: u64, chance: &mut Chance) -> String {
    let stem = chance.of(&ABROAD).unwrap_or(ABROAD[0]);
    format!("{stem}{:02}", n % 100)
}

fn request(to: String, task: &str, tags: &[&str], chance: &mut Chance) -> CallRequest {
    let tenant = TENANTS[usize::from(chance.percent(20))];
    CallRequest::new(to, task).with(|call| {
        call.tenant = Some(tenant.to_owned());
        call.tags = tags.iter().map(|&tag| tag.to_owned()).collect();
        call.allow_duplicate = true;
        call.metadata = [("order".to_owned(), format!("{}", 10_000 + chance.below(90_000)))].into();
    })
}

fn part(
    at: Timestamp,
    request: CallRequest,
    course: Course,
    summary: &'static str,
    chance: &mut Chance,
) -> Part {
    let rang = Duration::from_millis(4_000 + chance.below(14_000));
    let talked = Duration::from_millis(25_000 + chance.below(130_000));
    Part { at, request, course, rang, talked, summary }
}
