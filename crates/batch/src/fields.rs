//! Parses cells into the fields of a request.

use std::str::FromStr;

use serde_json::{Map, Value, json};
use switchboard_core::{CallRequest, CalleeKind, CalleeLine, ConsentKind, Error, Purpose, moment};
use switchboard_table::alike;

use crate::row::RowFault;

/// Fields whose cells are used unchanged.
const TEXTS: [&str; 15] = [
    "to",
    "default_country",
    "task",
    "agent",
    "language",
    "callee_name",
    "business_name",
    "on_behalf_of",
    "callback_number",
    "first_message",
    "lead_id",
    "timezone",
    "not_before",
    "not_after",
    "idempotency_key",
];
const MORE_TEXTS: [&str; 10] = [
    "tenant",
    "appointment.date",
    "appointment.time",
    "appointment.time_preference",
    "callee_timezone",
    "callee_timezone_guess",
    "callee_region",
    "requested_at",
    "published_number",
    "relationship",
];
const BOOLEANS: [&str; 4] = ["urgent", "allow_duplicate", "failover_on_quota", "recording"];
/// Fields whose cells are one of a few words.
const WORDS: [&str; 3] = ["purpose", "callee_kind", "callee_line"];
/// Columns whose names differ from what they are in a request.
const PARTS: [(&str, &str); 10] = [
    ("consent", "consent.kind"),
    ("consent_at", "consent.at"),
    ("consent_words", "consent.words"),
    ("consent_channel", "consent.channel"),
    ("consent_seller", "consent.seller"),
    ("consent_purpose", "consent.purpose"),
    ("consent_hours", "consent.hours"),
    ("consent_expires_at", "consent.expires_at"),
    ("agreed_from", "agreed_time.from"),
    ("agreed_to", "agreed_time.to"),
];
/// Of these, the times. Unlike `not_before`, a request has them as points in time.
const TIMES: [&str; 4] = ["consent_at", "consent_expires_at", "agreed_from", "agreed_to"];
const COUNTS: [&str; 5] = [
    "max_duration_seconds",
    "appointment.party_size",
    "redial.times",
    "redial.gap_seconds",
    "redial.per_day",
];
const LISTS: [&str; 3] = ["tags", "instructions", "redial.on"];
pub(crate) const MONEY: &str = "max_cost";
/// The prefix of a caller's own metadata field.
const METADATA: &str = "metadata.";

/// The field with this column name. Case, spaces, `_` and `-` do not matter, except in what follows
/// `metadata.`.
pub(crate) fn named(column: &str) -> Option<String> {
    let own = column
        .split_at_checked(METADATA.len())
        .filter(|(table, _)| table.eq_ignore_ascii_case(METADATA));
    match own.map(|(_, name)| name.trim()) {
        Some("") => None,
        Some(name) => Some(format!("{METADATA}{name}")),
        None => all().find(|known| alike(known, column)).map(str::to_owned),
    }
}

/// All fields except metadata.
pub(crate) fn all() -> impl Iterator<Item = &'static str> + Clone {
    let texts = TEXTS.iter().chain(&MORE_TEXTS);
    let others = BOOLEANS.iter().chain(&COUNTS).chain(&LISTS).chain(&[MONEY]).chain(&WORDS);
    texts.chain(others).copied().chain(PARTS.iter().map(|(column, _)| *column))
}

/// The fields that a request has under their column names.
pub(crate) fn of_requests() -> impl Iterator<Item = &'static str> + Clone {
    let is_part = |name: &str| PARTS.iter().any(|(column, _)| *column == name);
    all().filter(move |name| !name.contains('.') && !is_part(name))
}

/// The column of a part of a request, for example `consent_at` for `consent.at`.
pub(crate) fn column_of(part: &str) -> &str {
    PARTS.iter().find(|(_, known)| *known == part).map_or(part, |(column, _)| column)
}

/// All fields, for an error message.
pub(crate) fn names() -> String {
    let mut names: Vec<&str> = all().collect();
    names.sort_unstable();
    format!("{} or metadata.ANYTHING", names.join(", "))
}

/// Builds the request of a row. An empty cell is an omitted field.
///
/// # Errors
/// The field, and what its cell should look like. The cell itself is not repeated, since it may
/// contain a phone number.
pub(crate) fn request<'a>(
    cells: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<CallRequest, RowFault> {
    let mut fields = Map::new();
    let cells: Vec<_> = cells.filter(|(_, cell)| !cell.is_empty()).collect();
    let zone = cells.iter().find(|(field, _)| *field == "timezone").map(|(_, cell)| *cell);
    for (field, cell) in cells {
        let value = value(field, cell, zone).map_err(|problem| RowFault::new(field, problem))?;
        let part = PARTS.iter().find(|(column, _)| *column == field).map(|(_, part)| *part);
        match part.unwrap_or(field).split_once('.') {
            None => {
                fields.insert(field.to_owned(), value);
            }
            Some((table, name)) => {
                let table = fields.entry(table).or_insert_with(|| json!({}));
                if let Value::Object(table) = table {
                    table.insert(name.to_owned(), value);
                }
            }
        }
    }
    serde_json::from_value(Value::Object(fields)).map_err(|error| reword(&error.to_string()))
}

fn value(field: &str, cell: &str, zone: Option<&str>) -> Result<Value, String> {
    if BOOLEANS.contains(&field) {
        return match cell.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Ok(true.into()),
            "false" | "no" | "0" => Ok(false.into()),
            _ => Err("is neither true nor false: use one of them".to_owned()),
        };
    }
    if COUNTS.contains(&field) {
        let count: Result<u32, _> = cell.parse();
        return count
            .map(Value::from)
            .map_err(|_| "is not a whole number: use digits only".to_owned());
    }
    if LISTS.contains(&field) {
        let items = cell.split(';').map(str::trim).filter(|item| !item.is_empty());
        return Ok(items.map(Value::from).collect());
    }
    if field == MONEY {
        return match cell.split_once(' ') {
            Some((amount, currency)) => Ok(json!({"amount": amount, "currency": currency.trim()})),
            None => Err("is not an amount with a currency: write it like 0.50 USD".to_owned()),
        };
    }
    if TIMES.contains(&field) {
        let time = moment("not_before", cell, zone).map_err(|_| {
            "is not an unambiguous time: write it as 2026-02-14T20:00:00Z, or with a timezone as \
             2026-02-14T20:00"
        })?;
        return Ok(time.to_string().into());
    }
    match field {
        "purpose" | "consent_purpose" => word::<Purpose>(cell),
        "callee_kind" => word::<CalleeKind>(cell),
        "callee_line" => word::<CalleeLine>(cell),
        "consent" => word::<ConsentKind>(cell),
        _ => Ok(cell.into()),
    }
}

/// A cell that is one of a few words. Case does not matter, and `-` or a space may stand for `_`.
fn word<T: FromStr<Err = Error>>(cell: &str) -> Result<Value, String> {
    let word = cell.to_ascii_lowercase().replace(['-', ' '], "_");
    word.parse::<T>().map_err(|error| error.message().to_owned())?;
    Ok(word.into())
}

/// Rewords serde's error, without the value that it is about.
fn reword(message: &str) -> RowFault {
    if message.starts_with("missing field") {
        let named = message.split('`').nth(1).unwrap_or_default();
        let missing = match named {
            "kind" => Some(("consent", "is missing: write express or express_written")),
            "from" => Some(("agreed_from", "is missing: write when the agreed time begins")),
            "to" => Some(("agreed_to", "is missing: write when the agreed time ends")),
            _ => None,
        };
        if let Some((field, problem)) = missing {
            return RowFault::new(field, problem);
        }
        let problem = format!(
            "{named} is missing: add the columns redial.on, redial.times and redial.gap_seconds"
        );
        return RowFault::new("redial", problem);
    }
    if message.starts_with("unknown variant") {
        let problem =
            "is not a list of outcomes: use no_answer, busy, voicemail or failed, separated by ;";
        return RowFault::new("redial.on", problem);
    }
    RowFault::new(MONEY, "is not an amount with a currency: write it like 0.50 USD")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_field_of_a_request_is_a_column() {
        let request = request(
            [
                ("to", "+442079460018"),
                ("task", "Ask."),
                ("tags", "a; b;"),
                ("urgent", "Yes"),
                ("max_duration_seconds", "90"),
                ("max_cost", "0.50 USD"),
                ("appointment.date", "2026-02-14"),
                ("appointment.party_size", "4"),
                ("redial.on", "busy;no_answer"),
                ("redial.times", "2"),
                ("redial.gap_seconds", "600"),
                ("metadata.ticket", "7"),
                ("agent", ""),
                ("timezone", "Europe/London"),
                ("purpose", "Debt collection"),
                ("callee_kind", "business"),
                ("callee_line", "toll-free"),
                ("callee_timezone", "Europe/London"),
                ("callee_timezone_guess", "Europe/Dublin"),
                ("callee_region", "GB-SCT"),
                ("consent", "express_written"),
                ("consent_at", "2026-07-01T09:00"),
                ("consent_words", "I agree."),
                ("consent_channel", "form"),
                ("consent_seller", "Example Ltd"),
                ("consent_purpose", "marketing"),
                ("consent_hours", "mon-fri 08:00-22:00"),
                ("consent_expires_at", "2027-07-01T09:00Z"),
                ("requested_at", "2026-07-01T09:00"),
                ("published_number", "its page"),
                ("relationship", "order 17"),
                ("agreed_from", "2026-12-01T09:00+02:00"),
                ("agreed_to", "2026-12-01T09:00"),
                ("recording", "no"),
            ]
            .into_iter(),
        )
        .unwrap();
        assert_eq!(request.tags, ["a", "b"]);
        assert!(request.urgent && request.agent.is_none());
        assert_eq!(request.max_cost.unwrap().to_string(), "0.50 USD");
        assert_eq!(request.appointment.as_ref().unwrap().party_size, Some(4));
        let redial = request.redial.clone().unwrap();
        assert_eq!((redial.times, redial.per_day, redial.on.len()), (2, 3, 2));
        assert_eq!(request.metadata["ticket"], "7");

        assert_eq!(request.purpose, Some(Purpose::DebtCollection));
        assert_eq!(request.callee_kind, Some(CalleeKind::Business));
        assert_eq!(request.callee_line, Some(CalleeLine::TollFree));
        assert_eq!(request.recording, Some(false));
        let consent = request.consent.clone().unwrap();
        assert_eq!(consent.kind, ConsentKind::ExpressWritten);
        assert_eq!(consent.purpose, Some(Purpose::Marketing));
        // Times without an offset are in the row's time zone.
        let times = [consent.at, consent.expires_at].map(|at| at.unwrap().to_string());
        assert_eq!(times, ["2026-07-01T08:00:00Z", "2027-07-01T09:00:00Z"]);
        let agreed = request.agreed_time.unwrap();
        let times = [agreed.from, agreed.to].map(|at| at.to_string());
        assert_eq!(times, ["2026-12-01T07:00:00Z", "2026-12-01T09:00:00Z"]);
        let call = request.revalidate().unwrap();
        assert_eq!(call.facts.requested_at.unwrap().to_string(), "2026-07-01T08:00:00Z");

        // Every field of a request has a column.
        let Value::Object(fields) = serde_json::to_value(CallRequest::default()).unwrap() else {
            panic!()
        };
        // Except the fields that the batch sets itself, and what operators decide about one call.
        let without = ["batch", "row_key", "overrides"];
        for field in fields.keys().filter(|field| !without.contains(&field.as_str())) {
            let table = format!("{field}.");
            assert!(
                named(field).is_some()
                    || field == "metadata"
                    || all().any(|known| known.starts_with(&table))
                    || PARTS.iter().any(|(_, part)| part.starts_with(&table)),
                "{field} has no column"
            );
        }
    }

    #[test]
    fn a_cell_that_does_not_fit_names_its_field_and_is_not_repeated() {
        for (field, cell) in [
            ("urgent", "7946"),
            ("max_duration_seconds", "7946x"),
            ("max_cost", "7946"),
            ("max_cost", "x7946 USD"),
            ("max_cost", "1 7946"),
            ("redial.on", "7946"),
            ("redial.times", "7"),
            ("purpose", "7946"),
            ("callee_kind", "7946"),
            ("callee_line", "7946"),
            ("consent", "7946"),
            ("consent_purpose", "7946"),
            ("consent_at", "7946"),
            ("consent_words", "7946"),
            ("agreed_from", "7946"),
            ("agreed_to", "2026-12-01T09:00:07.7946Z"),
            ("recording", "7946"),
        ] {
            let problem = request([(field, cell)].into_iter()).unwrap_err().to_string();
            let table = field.split(['.', '_']).next().unwrap();
            assert!(problem.starts_with(table) && !problem.contains("7946"), "{problem}");
        }
        let lonely = |field| request([(field, "2026-12-01T09:00Z")].into_iter()).unwrap_err();
        assert_eq!(
            lonely("consent_at").to_string(),
            "consent: is missing: write express or express_written"
        );
        assert!(lonely("agreed_from").to_string().starts_with("agreed_to: is missing"));
        assert!(lonely("agreed_to").to_string().starts_with("agreed_from: is missing"));
        assert!(["colour", "metadata.", "metadata"].iter().all(|none| named(none).is_none()));
        assert_eq!(named("Callee Name").as_deref(), Some("callee_name"));
        assert_eq!(named("Metadata.Order No").as_deref(), Some("metadata.Order No"));
    }
}
