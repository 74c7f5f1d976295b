//! The calls of the demo, from the built-in table or the user's own.

use std::{io::Read, path::Path};

use jiff::{Timestamp, tz::TimeZone};
use switchboard::{
    CallRequest,
    core::{Purpose, time_zone},
};
use switchboard_table::{Meaning, Sheet, SheetRow, alike};

use crate::failure::{Failure, Outcome};

const BUILT_IN: &str = include_str!("calls.csv");
const COLUMNS: [&str; 8] =
    ["to", "task", "purpose", "agent", "language", "tags", "idempotency_key", "callee"];
/// The values of the column `callee`.
const CALLEES: [(&str, Callee); 8] = [
    ("completed", Callee::Completed),
    ("no_answer", Callee::NoAnswer),
    ("busy", Callee::Busy),
    ("voicemail", Callee::Voicemail),
    ("do_not_call", Callee::DoNotCall),
    ("answer_lost", Callee::AnswerLost),
    ("asleep", Callee::Asleep),
    ("opted_out", Callee::OptedOut),
];
/// Somewhere it is night in one of them.
const ZONES: [&str; 6] = [
    "Pacific/Auckland",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Europe/Paris",
    "America/New_York",
    "America/Los_Angeles",
];

/// What the simulated callee does, unless the seed decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Callee {
    /// Answers and talks.
    Completed,
    /// Does not answer.
    NoAnswer,
    /// Is on another call.
    Busy,
    /// Has a voicemail box that answers.
    Voicemail,
    /// Is on the providers' do-not-call list.
    DoNotCall,
    /// Answers and talks, but the provider's response to us is lost on its way.
    AnswerLost,
    /// Asked to be called, an hour ago, and lives where it is night now.
    Asleep,
    /// Asked not to be called again, before the demo.
    OptedOut,
}

/// One row of the table: a call to place.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// The number to call, as written in the table.
    pub(super) to: String,
    task: String,
    purpose: Option<Purpose>,
    agent: Option<String>,
    language: Option<String>,
    /// Words that routes match.
    tags: Vec<String>,
    idempotency_key: Option<String>,
    /// For the simulators only; it is not sent.
    pub(super) callee: Option<Callee>,
}

impl Row {
    /// The request that a product would make at this time.
    pub(super) fn request(&self, now: Timestamp) -> CallRequest {
        CallRequest::new(self.to.as_str(), self.task.as_str()).with(|call| {
            call.purpose = self.purpose;
            call.agent = self.agent.clone();
            call.language = self.language.clone();
            call.tags = self.tags.clone();
            call.idempotency_key = self.idempotency_key.clone();
            if self.callee == Some(Callee::Asleep) {
                let asked = now.saturating_sub(jiff::SignedDuration::from_hours(1));
                call.requested_at = asked.ok().map(|at| at.to_string());
                call.callee_timezone = Some(where_it_is_night(now).to_owned());
            }
        })
    }
}

/// The zone whose time is nearest to two in the morning.
fn where_it_is_night(now: Timestamp) -> &'static str {
    let from_two = |zone: &&str| {
        let zone = time_zone(zone).unwrap_or(TimeZone::UTC);
        let hours = i16::from(now.to_zoned(zone).hour()) - 2;
        hours.abs().min(24 - hours.abs())
    };
    ZONES.into_iter().min_by_key(from_two).unwrap_or("UTC")
}

/// The rows of a file, or the built-in ones.
pub(super) fn read(file: Option<&Path>) -> Outcome<Vec<Row>> {
    let Some(path) = file else {
        return parse(BUILT_IN.as_bytes())
            .map_err(|problem| Failure::local(format!("the built-in calls: {problem}")));
    };
    let problem =
        |problem: String| Failure::input("--calls", format!("{}: {problem}", path.display()));
    let opened =
        std::fs::File::open(path).map_err(|error| problem(format!("cannot be read: {error}")))?;
    let rows = parse(opened).map_err(problem)?;
    if rows.is_empty() {
        return Err(Failure::input(
            "--calls",
            "contains no call: add a line with to and task below the header",
        ));
    }
    Ok(rows)
}

fn parse(text: impl Read) -> Result<Vec<Row>, String> {
    let sheet = Sheet::read(text).map_err(|fault| fault.to_string())?;
    let header = sheet.header();
    let meaning = |name: &str| {
        COLUMNS.into_iter().find(|known| alike(known, name)).map_or(Meaning::Unknown, Meaning::Is)
    };
    header
        .columns(COLUMNS, meaning)
        .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
    for needed in ["to", "task"] {
        if header.find(needed).is_none() {
            return Err(format!("the table has no column {needed:?}: add it"));
        }
    }
    let cell = |row: &SheetRow, column: &str| {
        let text = row.get(header.find(column)?)?;
        (!text.is_empty()).then(|| text.to_owned())
    };
    sheet
        .rows()
        .iter()
        .map(|row| {
            if let Some(fault) = row.fault() {
                return Err(fault.to_string());
            }
            let tags = cell(row, "tags").unwrap_or_default();
            let tags = tags.split(';').map(str::trim).filter(|tag| !tag.is_empty());
            Ok(Row {
                to: cell(row, "to").unwrap_or_default(),
                task: cell(row, "task").unwrap_or_default(),
                purpose: cell(row, "purpose").map(|word| purpose(&word, row.line())).transpose()?,
                agent: cell(row, "agent"),
                language: cell(row, "language"),
                tags: tags.map(str::to_owned).collect(),
                idempotency_key: cell(row, "idempotency_key"),
                callee: cell(row, "callee").map(|word| callee(&word, row.line())).transpose()?,
            })
        })
        .collect()
}

fn purpose(word: &str, line: u64) -> Result<Purpose, String> {
    word.parse().map_err(|error| format!("line {line}: the column purpose: {error}"))
}

fn callee(word: &str, line: u64) -> Result<Callee, String> {
    CALLEES.iter().find(|(known, _)| alike(known, word)).map(|(_, callee)| *callee).ok_or_else(
        || {
            let known: Vec<&str> = CALLEES.iter().map(|(known, _)| *known).collect();
            format!("line {line}: the column callee takes {}, or nothing", known.join(", "))
        },
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use switchboard::ErrorKind;

    use super::*;

    #[test]
    fn the_built_in_calls_cover_every_case() {
        let rows = read(None).unwrap();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let checked: Vec<_> = rows.iter().map(|row| row.request(now).validate(now)).collect();
        let countries: BTreeSet<_> = checked.iter().flatten().map(|call| call.country()).collect();
        let refused: BTreeSet<_> = checked
            .iter()
            .flat_map(|one| one.as_ref().err())
            .map(|error| error.code().unwrap())
            .collect();
        let american =
            checked.iter().flatten().filter(|call| call.country().as_str() == "US").count();

        assert!(rows.len() >= 40, "{} rows", rows.len());
        assert!(countries.len() >= 12, "{countries:?}");
        assert!(american > 60, "{american} calls for which KaiCalls is asked first");
        assert_eq!(
            refused.into_iter().collect::<Vec<_>>(),
            ["emergency_number", "number_not_e164", "premium_rate_number"]
        );
        for error in checked.iter().flat_map(|one| one.as_ref().err()) {
            assert_eq!(error.kind(), ErrorKind::NumberNotAllowed, "{error}");
        }
    }

    #[test]
    fn it_is_night_somewhere_at_any_time() {
        for hour in 0..48 {
            let now = Timestamp::from_second(1_800_000_000 + hour * 1_800).unwrap();
            let local = now.to_zoned(time_zone(where_it_is_night(now)).unwrap());
            assert!(local.hour() >= 22 || local.hour() < 8, "{local}");
        }
    }

    #[test]
    fn errors_in_a_table_name_their_line() {
        for (text, expected) in [
            ("to,task\n+442079460018\n", "line 2"),
            ("to,colour\n+442079460018,red\n", "colour"),
            ("to,callee\n+442079460018,busy\n", "no column \"task\""),
            ("to,task,callee\n+442079460018,Ask.,sleeping\n", "line 2: the column callee takes"),
            ("to,task,purpose\n+442079460018,Ask.,sale\n", "line 2: the column purpose"),
        ] {
            let problem = parse(text.as_bytes()).unwrap_err();
            assert!(problem.contains(expected), "{text:?}: {problem}");
            assert!(!problem.contains("2079460018"), "{problem}");
        }
    }
}
