//! Fuzzing of damaged ledgers: any text in any column. Reading returns an error or a call; it never
//! panics and never invents a call.

use jiff::Timestamp;
use rusqlite::Connection;
use switchboard::{CallId, CallRequest, Journal, journal::NewCall};
use switchboard_journal::{Selection, conformance as rules};
use switchboard_ledger::Ledger;
use tempfile::TempDir;
use uuid::Uuid;

use super::Chance;

/// A ledger with a call that went all its way, and a second connection that spoils it.
#[derive(Debug)]
pub struct Pages {
    ledger: Ledger,
    journal: std::sync::Arc<dyn Journal>,
    spoiler: Connection,
    columns: Vec<(String, String)>,
    call: CallId,
    _directory: TempDir,
}

impl Pages {
    /// Writes the ledger.
    ///
    /// # Panics
    /// Where there is no room for it.
    pub async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("calls.db");
        let ledger = Ledger::file(&path, None).await.unwrap();
        let journal = ledger.journal();
        let now = Timestamp::now();
        let request = CallRequest::new("+12125550142", "Ask whether they are open on Sunday.");
        let call = CallId::new(Uuid::now_v7());
        let new = NewCall::new(call, std::sync::Arc::new(request.validate(now).unwrap()), now);
        journal.open(new).await.unwrap();
        rules::send(&journal, call).await;
        let spoiler = Connection::open(&path).unwrap();
        let columns = columns(&spoiler);
        Self { ledger, journal, spoiler, columns, call, _directory: directory }
    }

    /// Writes this text to a random column, reads everything, and restores the column.
    ///
    /// # Panics
    /// If a read panics, or the ledger cannot be restored.
    pub async fn corrupt(&mut self, input: &[u8], chance: &mut Chance) {
        let (table, column) = self.columns[chance.below(self.columns.len())].clone();
        let text = String::from_utf8_lossy(input);
        let before: Option<String> = self
            .spoiler
            .query_row(&format!("SELECT {column} FROM {table} LIMIT 1"), [], |row| row.get(0))
            .unwrap();
        // The schema may reject the text.
        let corrupted =
            self.spoiler.execute(&format!("UPDATE {table} SET {column} = ?1"), [text.as_ref()]);
        drop(format!("{:?}", self.journal.get(self.call).await));
        drop(format!("{:?}", self.journal.request(self.call).await));
        drop(format!("{:?}", self.journal.select(&Selection::default()).await));
        drop(format!("{:?}", self.journal.unfinished().await));
        drop(format!("{:?}", self.ledger.history(self.call).await));
        drop(format!("{:?}", self.ledger.check().await));
        if corrupted.is_ok() {
            self.spoiler.execute(&format!("UPDATE {table} SET {column} = ?1"), [before]).unwrap();
        }
    }

    /// Checks that the call can be read while nothing is corrupted.
    ///
    /// # Panics
    /// If it cannot be read.
    pub async fn is_whole(&mut self) -> bool {
        self.journal.get(self.call).await.unwrap().is_some_and(|call| call.id == self.call)
    }
}

/// All text columns of the tables that are read. The schema does not allow changes of events.
fn columns(connection: &Connection) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for table in ["calls", "attempts"] {
        let mut names = connection
            .prepare("SELECT name FROM pragma_table_info(?1) WHERE type = 'TEXT'")
            .unwrap();
        let rows = names.query_map([table], |row| row.get::<_, String>(0)).unwrap();
        found.extend(rows.map(|name| (table.to_owned(), name.unwrap())));
    }
    found
}
