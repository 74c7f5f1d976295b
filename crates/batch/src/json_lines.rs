//! Rows of JSON lines: an object with the fields of a request on each line.

use std::{collections::HashMap, io::Read};

use serde_json::{Map, Value};
use switchboard_core::{CallRequest, text::readable};
use switchboard_table::nearest;

use crate::{
    fault::InputFault,
    fields,
    row::{Row, RowFault},
};

/// What a batch says of each row itself.
const OF_THE_BATCH: [&str; 2] = ["batch", "row_key"];
/// Fields that are objects of fields.
const OBJECTS: [&str; 5] = ["appointment", "redial", "metadata", "consent", "agreed_time"];
/// Fields that no table has a column for.
const NO_COLUMNS: [&str; 1] = ["overrides"];
/// The last part of fields that are points in time.
const TIMES: [&str; 5] = ["at", "expires_at", "from", "to", "until"];

/// The rows of a text of JSON lines.
#[derive(Debug)]
pub struct JsonLines {
    columns: Vec<String>,
    rows: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    line: u64,
    to: Option<String>,
    request: Result<CallRequest, RowFault>,
    /// The column of each cell that is not empty.
    cells: Vec<(usize, String)>,
}

impl JsonLines {
    /// Reads the whole text. Blank lines are skipped. A line that is no request is kept with its
    /// fault.
    ///
    /// # Errors
    /// A text that cannot be read, is not UTF-8, or has no line.
    pub fn read(mut input: impl Read) -> Result<Self, InputFault> {
        let mut bytes = Vec::new();
        input
            .read_to_end(&mut bytes)
            .map_err(|error| InputFault::Table(format!("cannot be read: {error}")))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let read = error.as_bytes().get(..error.utf8_error().valid_up_to());
            let line = 1 + read.unwrap_or_default().iter().filter(|byte| **byte == b'\n').count();
            InputFault::Table(format!("line {line}: is not text in UTF-8: save it as UTF-8"))
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let (mut columns, mut known) = (Vec::new(), HashMap::new());
        let mut rows = Vec::new();
        for (line, text) in (1..).zip(text.split('\n')).filter(|(_, text)| !text.trim().is_empty())
        {
            let object = object(text);
            let mut cells = Vec::new();
            for (name, cell) in object.iter().flat_map(flattened) {
                let next = columns.len();
                let column = *known.entry(name.clone()).or_insert(next);
                if column == next {
                    columns.push(name);
                }
                cells.push((column, cell));
            }
            let to = object.as_ref().ok().and_then(|object| object.get("to"));
            let to = to.and_then(Value::as_str).map(str::to_owned);
            rows.push(Line { line, to, request: object.and_then(request), cells });
        }
        if rows.is_empty() {
            let problem = "contains no call: write a JSON object with to and task on each line";
            return Err(InputFault::Table(problem.to_owned()));
        }
        Ok(Self { columns, rows })
    }

    /// The fields that occur, in the order in which they first do.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Always false: a text without lines is not read.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows in order.
    pub fn rows(&self) -> impl Iterator<Item = Row> + Send + '_ {
        (1..).zip(&self.rows).map(|(number, line)| Row {
            number,
            line: line.line,
            to: line.to.clone(),
            request: line.request.clone(),
        })
    }

    /// The cells of a row by its number, one for each column.
    pub fn cells(&self, number: usize) -> Vec<String> {
        let mut cells = vec![String::new(); self.columns.len()];
        let row = number.checked_sub(1).and_then(|at| self.rows.get(at));
        for (column, text) in row.into_iter().flat_map(|row| &row.cells) {
            if let Some(cell) = cells.get_mut(*column) {
                cell.clone_from(text);
            }
        }
        cells
    }
}

fn object(text: &str) -> Result<Map<String, Value>, RowFault> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(RowFault::of_row("is not a JSON object: write one with to and task")),
        Err(error) => Err(RowFault::of_row(format!(
            "is not JSON at column {}: write one object on each line",
            error.column()
        ))),
    }
}

/// The known fields as the cells of a table. Of unknown ones nothing is kept.
fn flattened(object: &Map<String, Value>) -> Vec<(String, String)> {
    let mut cells = Vec::new();
    for (name, value) in object {
        match value {
            Value::Object(fields) if name == fields::MONEY => {
                let part = |name| fields.get(name).map(cell).unwrap_or_default();
                cells.push((name.clone(), format!("{} {}", part("amount"), part("currency"))));
            }
            Value::Object(fields) if OBJECTS.contains(&name.as_str()) => {
                let column = |field: &str| {
                    let part = format!("{name}.{field}");
                    fields::column_of(&part).to_owned()
                };
                let each = fields.iter().map(|(field, value)| (column(field), cell(value)));
                cells.extend(each.filter(|(name, _)| fields::named(name).is_some()));
            }
            value if fields::of_requests().any(|known| known == name) => {
                cells.push((name.clone(), cell(value)));
            }
            _ => {}
        }
    }
    cells
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(";"),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

fn request(mut object: Map<String, Value>) -> Result<CallRequest, RowFault> {
    // Null is an omitted field, as an empty cell is.
    object.retain(|_, value| !value.is_null());
    let known = || fields::of_requests().chain(OBJECTS).chain(NO_COLUMNS);
    for name in object.keys() {
        if OF_THE_BATCH.contains(&name.as_str()) {
            return Err(RowFault::new(name, "is set by the batch: leave it out"));
        }
        if !known().any(|one| one == name) {
            let fix = match nearest(name, known()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("use {}", fields::names()),
            };
            return Err(RowFault::new(readable(name), format!("is not known: {fix}")));
        }
    }
    serde_path_to_error::deserialize(Value::Object(object)).map_err(|error| {
        let path = readable(&error.path().to_string());
        let message = error.into_inner().to_string();
        let problem = misfit(&path, &message);
        RowFault::new(path, problem)
    })
}

/// What is wrong with a value, without the value.
fn misfit(path: &str, message: &str) -> String {
    let quoted = || message.split('`').nth(1).map(readable).unwrap_or_default();
    if message.starts_with("missing field") {
        return format!("{} is missing: add it", quoted());
    }
    if message.starts_with("unknown field") {
        return format!("{} is not known: leave it out, or correct its name", quoted());
    }
    let expected = message.rsplit_once(", expected ").map(|(_, expected)| expected);
    if message.starts_with("unknown variant") {
        if path.starts_with("redial") {
            return "is not an outcome: use no_answer, busy, voicemail or failed".to_owned();
        }
        let words = expected.unwrap_or_default().replace('`', "");
        return format!("has an unknown value: write {words}");
    }
    let is_time = path.rsplit('.').next().is_some_and(|last| TIMES.contains(&last));
    if is_time && path.contains('.') && !message.starts_with("invalid type") {
        return "is not a time: write it as 2026-02-14T20:00:00Z".to_owned();
    }
    let write = match expected.unwrap_or_default() {
        "a string" => "write a text in quotes",
        "a boolean" => "write true or false",
        "a sequence" => "write a list",
        "a map" => "write an object",
        "u32" => "write a whole number",
        text if text.starts_with("struct") => "write an object",
        _ => "look at the description of the field",
    };
    format!("has the wrong type: {write}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn one(line: &str) -> Row {
        JsonLines::read(line.as_bytes()).unwrap().rows().next().unwrap()
    }

    #[test]
    fn a_line_is_a_request_and_a_row_of_cells() {
        let text = "\u{feff}{\"to\": \"+442079460018\", \"task\": \"Ask.\", \"urgent\": null}\n\n\
                    {\"task\": \"Ask; tell.\", \"to\": \"+442079460019\", \"tags\": [\"a\", \"b\"], \"metadata\": {\"order no\": \"7\"}, \
                     \"max_cost\": {\"amount\": \"0.50\", \"currency\": \"USD\"}, \"appointment\": {\"party_size\": 4}, \"purpose\": \"marketing\", \"recording\": false, \
                     \"consent\": {\"kind\": \"express\", \"at\": \"2026-07-01T08:00:00Z\"}, \
                     \"overrides\": [{\"rule\": \"P-CAP-DAY\", \"by\": \"Ada\", \"reason\": \"Asked.\", \"until\": \"2027-07-01T08:00:00Z\"}]}\r\n";
        let lines = JsonLines::read(text.as_bytes()).unwrap();
        let rows: Vec<Row> = lines.rows().collect();
        assert_eq!(
            rows.iter().map(|row| (row.number, row.line)).collect::<Vec<_>>(),
            [(1, 1), (2, 3)]
        );
        let second = rows[1].request.as_ref().unwrap();
        assert_eq!((second.tags.len(), second.metadata["order no"].as_str()), (2, "7"));
        assert_eq!(second.max_cost.unwrap().to_string(), "0.50 USD");
        assert!(!rows[0].request.as_ref().unwrap().urgent);
        let cell = |number: usize, column: &str| {
            let at = lines.columns().iter().position(|one| one == column).unwrap();
            lines.cells(number)[at].clone()
        };
        assert_eq!(cell(1, "tags"), "");
        assert_eq!(cell(2, "tags"), "a;b");
        assert_eq!(cell(2, "metadata.order no"), "7");
        assert_eq!(cell(2, "max_cost"), "0.50 USD");
        assert_eq!(cell(2, "appointment.party_size"), "4");
        assert_eq!(
            (cell(2, "purpose"), cell(2, "recording")),
            ("marketing".into(), "false".into())
        );
        assert_eq!(cell(2, "consent"), "express");
        assert_eq!(cell(2, "consent_at"), "2026-07-01T08:00:00Z");
        assert_eq!(second.overrides[0].rule, "P-CAP-DAY");
    }

    #[test]
    fn a_line_that_does_not_fit_names_its_field_and_repeats_no_value() {
        for (line, field, problem) in [
            (r#"{"to": "+4479460018", "task": 794600}"#, "task", "a text in quotes"),
            (
                r#"{"to": "+4479460018", "task": "x", "urgent": "794600"}"#,
                "urgent",
                "true or false",
            ),
            (r#"{"to": "+4479460018", "task": "x", "tags": "794600"}"#, "tags", "a list"),
            (
                r#"{"to": "+4479460018", "task": "x", "purpose": "794600"}"#,
                "purpose",
                "write one of reservation, requested",
            ),
            (
                r#"{"to": "+4479460018", "task": "x", "consent_at": "794600"}"#,
                "consent_at",
                "did you mean consent?",
            ),
            (
                r#"{"to": "+4479460018", "task": "x", "consent": {"words": "794600"}}"#,
                "consent",
                "kind is missing: add it",
            ),
            (
                r#"{"to": "+4479460018", "task": "x", "consent": {"kind": "794600"}}"#,
                "consent.kind",
                "write express or express_written",
            ),
            (
                r#"{"to": "+4479460018", "task": "x", "consent": {"kind": "express", "at": "794600"}}"#,
                "consent.at",
                "write it as 2026-02-14T20:00:00Z",
            ),
            (
                r#"{"to": "+4479460018", "task": "x", "agreed_time": {"from": "2026-12-01T09:00Z"}}"#,
                "agreed_time",
                "to is missing: add it",
            ),
            (r#"{"to": "+4479460018", "taks": "x"}"#, "taks", "did you mean task?"),
            (
                r#"{"to": "+4479460018", "task": "x", "row_key": "794600"}"#,
                "row_key",
                "leave it out",
            ),
            (
                r#"{"to": "+4479460018", "task": "x", "max_cost": "794600"}"#,
                "max_cost",
                "wrong type",
            ),
            (r#"{"to": "+4479460018", "task": "x", "redial": {"on": []}}"#, "redial", "missing"),
            (
                r#"{"to": "+4479460018", "task": "x", "redial": {"on": ["794600"], "times": 1, "gap_seconds": 60}}"#,
                "redial.on[0]",
                "not an outcome",
            ),
            (
                r#"{"to": "+4479460018", "task": "x", "appointment": {"size": 4}}"#,
                "appointment",
                "not known",
            ),
        ] {
            let fault = one(line).request.unwrap_err();
            assert!(fault.field.as_deref().is_some_and(|one| one.starts_with(field)), "{fault}");
            assert!(fault.problem.contains(problem), "{fault}");
            assert!(!fault.to_string().contains("7946"), "{fault}");
        }
        for line in ["[1]", "{\"to\": ", "7946", &"[".repeat(1_000)] {
            let fault = one(line).request.unwrap_err();
            assert!(fault.field.is_none() && !fault.problem.contains("7946"), "{fault}");
        }
        assert!(JsonLines::read("\n \n".as_bytes()).is_err());
        let fault = JsonLines::read(&b"{}\n\xff"[..]).unwrap_err();
        assert!(fault.to_string().starts_with("line 2: "), "{fault}");
    }
}
