//! What a call was asked to do, by whom, and which row of a batch it is.

use serde_json::{Value, json};
use switchboard::{
    Call, Ledger, ValidCall,
    journal::server::{BatchesQuery, RowsQuery},
};

use crate::failure::Outcome;

/// How many batches are looked through for a call's row.
const BATCHES: u32 = 200;

/// The row of a batch that a server took.
#[derive(Debug)]
pub(super) struct BatchRow {
    number: u32,
    line: u64,
    /// A key's id, or an operator's name.
    sent_by: String,
}

impl BatchRow {
    /// Finds the row. `None` for other calls: the rows of `switchboard batch` are known by their
    /// person and task, wherever they are in the file.
    pub(super) async fn find(ledger: &Ledger, call: &Call) -> Outcome<Option<Self>> {
        let Some(name) = &call.batch else {
            return Ok(None);
        };
        let store = ledger.server();
        let query =
            BatchesQuery { tenant: Some(call.tenant.clone()), before: None, limit: BATCHES };
        for batch in store.batches(&query).await? {
            if batch.name != name.as_str() {
                continue;
            }
            let mut query = RowsQuery { limit: RowsQuery::MOST, ..RowsQuery::default() };
            loop {
                let rows = store.batch_rows(batch.id, query).await?;
                if let Some(row) = rows.iter().find(|row| row.call == Some(call.id)) {
                    let sent_by = batch.created_by;
                    return Ok(Some(Self { number: row.number, line: row.line, sent_by }));
                }
                match rows.last() {
                    Some(last) => query.after = last.number,
                    None => break,
                }
            }
        }
        Ok(None)
    }

    /// As JSON.
    pub(super) fn json(&self) -> Value {
        json!({"row": self.number, "line": self.line, "sent_by": self.sent_by})
    }
}

/// The lines of a table about a request. `text` masks what has to be masked, and cuts what is long.
pub(super) fn rows(
    call: &Call,
    request: Option<&ValidCall>,
    row: Option<&BatchRow>,
    text: impl Fn(&str) -> String,
) -> Vec<(&'static str, Option<String>)> {
    let batch = call.batch.as_ref().map(|batch| match row {
        Some(row) => format!("{batch}, row {} on line {}", row.number, row.line),
        None => batch.to_string(),
    });
    let shown = |value: Option<&String>| value.map(|value| text(value));
    let tags = request.map(|its| its.tags.iter().map(String::as_str).collect::<Vec<_>>());
    let sender = row.map(|row| format!(", sent by {}", row.sent_by)).unwrap_or_default();
    vec![
        ("name", shown(request.and_then(|its| its.callee_name.as_ref()))),
        ("business", shown(request.and_then(|its| its.business_name.as_ref()))),
        ("task", shown(request.map(|its| &its.task))),
        ("agent", call.agent.as_ref().map(ToString::to_string)),
        ("asked by", Some(format!("tenant {}{sender}", call.tenant))),
        ("on behalf of", shown(request.and_then(|its| its.on_behalf_of.as_ref()))),
        ("batch", batch),
        ("tags", tags.filter(|tags| !tags.is_empty()).map(|tags| tags.join(", "))),
    ]
}
