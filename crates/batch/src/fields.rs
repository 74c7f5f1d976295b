//! Parses cells into the fields of a request.

use serde_json::{Map, Value, json};
use switchboard_core::CallRequest;
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
const MORE_TEXTS: [&str; 4] =
    ["tenant", "appointment.date", "appointment.time", "appointment.time_preference"];
const BOOLEANS: [&str; 3] = ["urgent", "allow_duplicate", "failover_on_quota"];
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
    texts.chain(&BOOLEANS).chain(&COUNTS).chain(&LISTS).chain(&[MONEY]).copied()
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
    for (field, cell) in cells.filter(|(_, cell)| !cell.is_empty()) {
        let value = value(field, cell).map_err(|problem| RowFault::new(field, problem))?;
        match field.split_once('.') {
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

fn value(field: &str, cell: &str) -> Result<Value, String> {
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
    Ok(cell.into())
}

/// Rewords serde's error, without the value that it is about.
fn reword(message: &str) -> RowFault {
    if message.starts_with("missing field") {
        let named = message.split('`').nth(1).unwrap_or_default();
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
            ]
            .into_iter(),
        )
        .unwrap();
        assert_eq!(request.tags, ["a", "b"]);
        assert!(request.urgent && request.agent.is_none());
        assert_eq!(request.max_cost.unwrap().to_string(), "0.50 USD");
        assert_eq!(request.appointment.unwrap().party_size, Some(4));
        let redial = request.redial.unwrap();
        assert_eq!((redial.times, redial.per_day, redial.on.len()), (2, 3, 2));
        assert_eq!(request.metadata["ticket"], "7");

        // Every field of a request has a column.
        let Value::Object(fields) = serde_json::to_value(CallRequest::default()).unwrap() else {
            panic!()
        };
        // Except the fields that the batch sets itself.
        for field in fields.keys().filter(|field| !matches!(field.as_str(), "batch" | "row_key")) {
            let table = format!("{field}.");
            assert!(
                named(field).is_some()
                    || field == "metadata"
                    || all().any(|known| known.starts_with(&table)),
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
        ] {
            let problem = request([(field, cell)].into_iter()).unwrap_err().to_string();
            let table = field.split('.').next().unwrap();
            assert!(problem.starts_with(table) && !problem.contains("7946"), "{problem}");
        }
        assert!(["colour", "metadata.", "metadata"].iter().all(|none| named(none).is_none()));
        assert_eq!(named("Callee Name").as_deref(), Some("callee_name"));
        assert_eq!(named("Metadata.Order No").as_deref(), Some("metadata.Order No"));
    }
}
