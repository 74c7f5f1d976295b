//! The results of a batch, row by row.

use std::io;

use futures::{Stream, stream};
use switchboard::{
    journal::server::{BatchId, RowResult, RowsQuery, StoredBatch},
    router::AuditTopic,
};
use switchboard_batch::{CALL_COLUMNS, shown_cell};
use switchboard_table::{Column, Writer, alike, harmless};

use crate::{
    Service,
    caller::{Allowed, CallsContent, CallsRead, ScopeName},
    problem::{Problem, Result},
    table_format::TableFormat,
    wire::{BatchRowResult, Money},
};

/// Rows that are in memory at a time.
const PAGE: u32 = 200;

/// The results of a batch, in the order of its rows.
#[derive(Debug)]
pub struct BatchResultsText {
    service: Service,
    batch: StoredBatch,
    format: TableFormat,
    content: bool,
    /// The columns of the batch that are handed back, by their place.
    columns: Vec<usize>,
    after: u32,
    begun: bool,
    over: bool,
    ready: Vec<RowResult>,
}

impl Service {
    /// The results of a batch of the caller's tenant, as they stand while they are read. What the
    /// rows and providers said needs `calls:content`.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn batch_results(
        &self,
        by: Allowed<'_, CallsRead>,
        id: BatchId,
        format: TableFormat,
    ) -> Result<BatchResultsText> {
        let batch = self.find_batch(by, id).await?;
        let content = by.caller().has(ScopeName::CallsContent);
        let is_ours = |name: &String| CALL_COLUMNS.iter().any(|one| alike(one, name));
        let columns = batch.columns.iter().enumerate().filter(|(_, name)| !is_ours(name));
        let columns = if content { columns.map(|(at, _)| at).collect() } else { Vec::new() };
        let mut results = BatchResultsText {
            service: self.clone(),
            batch,
            format,
            content,
            columns,
            after: 0,
            begun: false,
            over: false,
            ready: Vec::new(),
        };
        // What cannot be read at all is an answer of its own.
        results.read_on().await?;
        Ok(results)
    }
}

impl Service {
    /// The same with what the rows and providers said, for somebody who asks for it. That they did
    /// is written down.
    ///
    /// # Errors
    /// `not_found`, `missing_scope`.
    pub async fn open_batch_results(
        &self,
        by: Allowed<'_, CallsContent>,
        id: BatchId,
        format: TableFormat,
    ) -> Result<BatchResultsText> {
        let results = self.batch_results(by.caller().allowed()?, id, format).await?;
        let what = serde_json::json!({"read": "batch_results"});
        self.note(by.caller(), AuditTopic::Call, &id.to_string(), what).await?;
        Ok(results)
    }
}

impl BatchResultsText {
    /// The text, a page at a time. If it breaks off with an error, it is not complete.
    pub fn into_chunks(self) -> impl Stream<Item = Result<Vec<u8>>> + Send {
        stream::try_unfold(self, |mut results| async move {
            Ok(results.next_chunk().await?.map(|chunk| (chunk, results)))
        })
    }

    async fn next_chunk(&mut self) -> Result<Option<Vec<u8>>> {
        if self.ready.is_empty() && !self.over {
            self.read_on().await?;
        }
        let first = !std::mem::replace(&mut self.begun, true);
        let rows = std::mem::take(&mut self.ready);
        if rows.is_empty() && !first {
            return Ok(None);
        }
        let chunk = match self.format {
            TableFormat::Csv => self.csv(rows, first),
            TableFormat::JsonLines => self.json_lines(rows),
        };
        chunk.map(Some).map_err(|error| {
            tracing::error!(%error, "results could not be written");
            Problem::new(crate::Code::Internal, "the results could not be written")
        })
    }

    async fn read_on(&mut self) -> Result<()> {
        let query = RowsQuery { state: None, after: self.after, limit: PAGE };
        let page = self.service.store().batch_results(self.batch.id, query).await?;
        self.over = page.len() < PAGE as usize;
        self.after = page.last().map_or(self.after, |last| last.row.number);
        self.ready = page;
        Ok(())
    }

    fn csv(&self, rows: Vec<RowResult>, with_header: bool) -> io::Result<Vec<u8>> {
        let name = |at: &usize| self.batch.columns.get(*at).cloned().unwrap_or_default();
        // Every cell is made harmless below.
        let columns: Vec<Column> = self
            .columns
            .iter()
            .map(name)
            .chain(CALL_COLUMNS.map(str::to_owned))
            .map(Column::ours)
            .collect();
        let header = match with_header {
            true => 0,
            false => Writer::new(Vec::new(), columns.clone())?.into_inner()?.len(),
        };
        let mut writer = Writer::new(Vec::new(), columns)?;
        for row in rows {
            let cell = |at: &usize| row.row.cells.as_ref().and_then(|cells| cells.get(*at));
            let shown = |at| cell(at).map_or_else(String::new, |cell| shown_cell(cell).into());
            let mut cells: Vec<String> = self.columns.iter().map(shown).collect();
            cells.extend(call_cells(&BatchRowResult::new(&[], row, self.content)));
            writer.write(cells)?;
        }
        let mut text = writer.into_inner()?;
        text.drain(..header.min(text.len()));
        Ok(text)
    }

    fn json_lines(&self, rows: Vec<RowResult>) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        for row in rows {
            let row = BatchRowResult::new(&self.batch.columns, row, self.content);
            serde_json::to_writer(&mut text, &row)?;
            text.push(b'\n');
        }
        Ok(text)
    }
}

/// The cells of [`CALL_COLUMNS`].
fn call_cells(row: &BatchRowResult) -> [String; CALL_COLUMNS.len()] {
    let word = |value: Option<serde_json::Value>| {
        value.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
    };
    let call = row.call.as_ref();
    let cost = call.and_then(|call| call.cost.as_ref());
    let shown = |part: fn(&Money) -> &str| cost.map(part).unwrap_or_default().to_owned();
    let fault = call.and_then(|call| call.fault.as_ref());
    let problem = row.problem.as_ref();
    let status = match call {
        Some(call) => word(serde_json::to_value(call.status).ok()),
        None => word(serde_json::to_value(row.state).ok()),
    };
    let reason = problem
        .map(|problem| problem.reason.clone())
        .or_else(|| fault.map(|fault| fault.code.clone()));
    let detail = problem.map(|problem| {
        let field = problem.field.as_ref().map(|field| format!("{field}: "));
        let fix = problem.fix.as_ref().map(|fix| format!(": {fix}"));
        format!("{}{}{}", field.unwrap_or_default(), problem.problem, fix.unwrap_or_default())
    });
    let detail = detail.or_else(|| fault.map(|fault| fault.message.clone()));
    let harmless = |text: Option<String>| harmless(&text.unwrap_or_default()).into_owned();
    [
        row.row.to_string(),
        row.line.to_string(),
        call.map(|call| call.id.to_string()).unwrap_or_default(),
        status,
        word(call.and_then(|call| serde_json::to_value(call.outcome?).ok())),
        harmless(call.and_then(|call| call.provider.clone())),
        call.and_then(|call| call.duration_seconds).map(|one| one.to_string()).unwrap_or_default(),
        shown(|cost| &cost.amount),
        shown(|cost| &cost.currency),
        harmless(call.and_then(|call| call.summary.clone())),
        harmless(reason),
        harmless(detail),
    ]
}
