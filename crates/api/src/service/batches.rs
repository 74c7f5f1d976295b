//! Batches: reading a table, accepting it as a whole, and telling where it stands.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};
use switchboard::{
    Country,
    core::text::readable,
    journal::server::{
        BatchId, BatchesQuery, NewBatch, NewBatchRow, RowProblem, RowState, RowsQuery, StoredBatch,
    },
    router::AuditTopic,
};
use switchboard_batch::{Checked, Checker, Input, InputFault, Rejection, RowDefaults};
use uuid::Uuid;

use crate::{
    Service,
    caller::{Allowed, CallsRead, CallsWrite},
    idempotency::RequestKey,
    problem::{Code, Problem, Result},
    service::batch_rules::{Asked, number},
    table_format::TableFormat,
    wire::{Batch, BatchCalls, BatchCheck, BatchDetails, BatchProblem, BatchRules},
};

/// The most rows of a batch.
const MOST_ROWS: usize = 10_000;
/// The most columns: each row of the results has all of them.
const MOST_COLUMNS: usize = 200;

/// A table of calls as it was sent.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its form.
    pub format: TableFormat,
    /// The text.
    pub body: Bytes,
    /// The name of the batch. `None`: its id.
    pub name: Option<String>,
    /// The tenant, if an operator names one.
    pub tenant: Option<String>,
    /// Settings for rows that do not set them.
    pub defaults: RowDefaults,
    /// `FIELD=COLUMN`, for columns of other names.
    pub columns: Vec<String>,
}

/// Batches, and the position of the next page.
#[derive(Debug, Clone)]
pub struct BatchesFound {
    /// The batches, newest first.
    pub batches: Vec<Batch>,
    /// The last of them, if there are more.
    pub next: Option<BatchId>,
}

/// A table that was read, and each of its rows.
struct Read {
    input: Input,
    rows: Vec<Checked>,
}

impl Read {
    /// True if a row lifts policy rules.
    fn lifts_rules(&self) -> bool {
        self.rows.iter().any(|row| match &row.call {
            Ok(call) => !call.facts.overrides.is_empty(),
            Err(rejection) => {
                rejection.field.as_deref().is_some_and(|field| field.starts_with("overrides"))
            }
        })
    }
}

impl Service {
    /// Reads a table and checks its rows. Nothing is stored.
    ///
    /// # Errors
    /// `invalid_request` for a table that cannot be used at all; `tenant_missing`,
    /// `tenant_not_allowed`; `missing_scope`; `busy`.
    pub async fn check_batch(
        &self,
        by: Allowed<'_, CallsWrite>,
        table: Table,
    ) -> Result<BatchCheck> {
        let tenant = by.acts_for(table.tenant.as_deref())?;
        let given = table.name.clone();
        let name = given.clone().unwrap_or_else(|| "batch".to_owned());
        let read = self.read_table(table, name, tenant.as_str()).await?;
        by.caller().may_lift(read.lifts_rules())?;
        let mut check = BatchCheck {
            name: given.map(|name| name.trim().to_owned()),
            rows: 0,
            valid: 0,
            reasons: BTreeMap::new(),
            default_country_used: BTreeMap::new(),
            problems: Vec::new(),
            rules: BatchRules::default(),
        };
        let valid = read.rows.iter().filter_map(|row| Some((row.number, row.call.clone().ok()?)));
        let Asked { rules, rejected } = self.ask_rules(valid.collect()).await?;
        let mut rejected: BTreeMap<usize, Rejection> = rejected.into_iter().collect();
        check.rules = rules;
        for row in read.rows {
            check.rows += 1;
            let call = row.call.and_then(|call| match rejected.remove(&row.number) {
                Some(rejection) => Err(rejection),
                None => Ok(call),
            });
            match call {
                Ok(call) => {
                    check.valid += 1;
                    if row.default_country_used {
                        let country = call.country().to_string();
                        *check.default_country_used.entry(country).or_default() += 1;
                    }
                }
                Err(rejection) => {
                    let problem = problem_of(&rejection);
                    *check.reasons.entry(problem.reason.clone()).or_default() += 1;
                    check.problems.push(BatchProblem::new(number(row.number), row.line, problem));
                }
            }
        }
        Ok(check)
    }

    /// Accepts a batch: it is written down with all its rows when this returns, and goes on by
    /// itself, in whichever process. The same key with the same request gives the same batch, as it
    /// stands. Returns true if it was accepted before.
    ///
    /// # Errors
    /// As [`Service::check_batch`]; `idempotency_key_reused`, `journal_unavailable`.
    pub async fn create_batch(
        &self,
        by: Allowed<'_, CallsWrite>,
        table: Table,
        key: &RequestKey,
    ) -> Result<(BatchDetails, bool)> {
        let tenant = by.acts_for(table.tenant.as_deref())?;
        let id = Uuid::now_v7();
        let name = table.name.clone().unwrap_or_else(|| id.to_string());
        let request_hash = hash_of(&table);
        let created_at = self.clock().now();
        let read = self.read_table(table, name.clone(), tenant.as_str()).await?;
        by.caller().may_lift(read.lifts_rules())?;
        let Read { input, rows } = read;
        let row = |row: Checked| NewBatchRow {
            number: number(row.number),
            line: row.line,
            person: row.person,
            cells: input.cells(row.number),
            request: match row.call {
                Ok(call) => Ok(Box::new(call.to_request())),
                Err(rejection) => Err(problem_of(&rejection)),
            },
        };
        let new = NewBatch {
            id,
            request_key: key_of(tenant.as_str(), key),
            tenant,
            name: name.trim().to_owned(),
            created_by: by.caller().operator().unwrap_or(by.caller().id().as_str()).to_owned(),
            created_at,
            request_hash,
            columns: input.columns(),
            rows: rows.into_iter().map(row).collect(),
        };
        let stored = StoredBatch::new(&new);
        let (stored, replayed) = match self.store().add_batch(new).await? {
            None => (stored, false),
            Some(before) if before.request_hash == request_hash => (before, true),
            Some(before) => {
                let detail = "the key was used for another batch";
                return Err(Problem::new(Code::IdempotencyKeyReused, detail)
                    .field("Idempotency-Key")
                    .fix("send a new key for each batch that you mean")
                    .with("batch", before.id.to_string()));
            }
        };
        self.batches().notify_one();
        if !replayed {
            let rejected = stored.rows.get(&RowState::Rejected).copied().unwrap_or_default();
            let total: u32 = stored.rows.values().sum();
            let what = json!({"start_batch": {"rows": total, "rejected": rejected}});
            self.note(by.caller(), AuditTopic::Call, &id.to_string(), what).await?;
        }
        Ok((self.batch_details(&stored, 0).await?, replayed))
    }

    /// Batches of the caller's tenant, newest first; an operator sees everybody's.
    ///
    /// # Errors
    /// `journal_unavailable`.
    pub async fn list_batches(
        &self,
        by: Allowed<'_, CallsRead>,
        before: Option<BatchId>,
        limit: u32,
    ) -> Result<BatchesFound> {
        let query = BatchesQuery { tenant: by.tenant().cloned(), before, limit: limit + 1 };
        let mut found = self.store().batches(&query).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| more).map(|last| last.id);
        Ok(BatchesFound { batches: found.iter().map(Batch::from).collect(), next })
    }

    /// A batch of the caller's tenant, with the rejected rows behind this one.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn batch(
        &self,
        by: Allowed<'_, CallsRead>,
        id: BatchId,
        problems_after: u32,
    ) -> Result<BatchDetails> {
        let stored = self.find_batch(by, id).await?;
        self.batch_details(&stored, problems_after).await
    }

    /// A batch that the caller's tenant has, whatever the scope.
    pub(super) async fn find_batch<S>(
        &self,
        by: Allowed<'_, S>,
        id: BatchId,
    ) -> Result<StoredBatch> {
        let found = self.store().batch(id, by.tenant()).await?;
        found.ok_or_else(|| Problem::not_found("batch"))
    }

    async fn batch_details(
        &self,
        stored: &StoredBatch,
        problems_after: u32,
    ) -> Result<BatchDetails> {
        let counts = self.store().batch_counts(stored.id).await?;
        let mut calls = BatchCalls::default();
        for (status, count) in counts.statuses {
            calls.statuses.insert(status.as_str().to_owned(), count);
            calls.settled += if status.is_settled() { count } else { 0 };
        }
        for (outcome, count) in counts.outcomes {
            calls.outcomes.insert(outcome.as_str().to_owned(), count);
        }
        let query = RowsQuery {
            state: Some(RowState::Rejected),
            after: problems_after,
            limit: RowsQuery::MOST,
        };
        let rejected = self.store().batch_rows(stored.id, query).await?;
        let more = rejected.len() == RowsQuery::MOST as usize;
        let next = rejected.last().filter(|_| more).map(|last| last.number);
        let problems = rejected
            .into_iter()
            .filter_map(|row| Some(BatchProblem::new(row.number, row.line, row.problem?)));
        let batch = Batch::from(stored);
        let rows = batch.rows;
        Ok(BatchDetails {
            finished_rows: rows.rejected + rows.cancelled + rows.erased + calls.settled,
            batch,
            calls,
            problems: problems.collect(),
            next_problems_after: next,
        })
    }

    /// Reads and checks a table on a thread where it holds up no other request.
    async fn read_table(&self, table: Table, name: String, tenant: &str) -> Result<Read> {
        let now = self.clock().now();
        let fallback = self.switchboard().engine().policy().default_country;
        let tenant = tenant.to_owned();
        let _turn = self.table_turn().await?;
        let work = move || read(&table, &name, tenant, fallback, now);
        let mut read = match tokio::task::spawn_blocking(work).await {
            Ok(read) => read?,
            Err(_) => return Err(Problem::new(Code::Internal, "the table could not be read")),
        };
        let engine = self.switchboard().engine();
        for row in &mut read.rows {
            let wrong = row.call.as_ref().ok().and_then(|call| engine.check_overrides(call).err());
            if let Some(error) = wrong {
                row.call = Err(Rejection::from(error));
            }
        }
        Ok(read)
    }
}

fn read(
    table: &Table,
    name: &str,
    tenant: String,
    fallback: Option<Country>,
    now: Timestamp,
) -> Result<Read> {
    let mut checker = Checker::new(name, table.defaults.clone(), fallback)
        .map_err(|fault| {
            let text = fault.to_string();
            let problem = text.split(": ").next().unwrap_or_default().to_owned();
            Problem::invalid("name", problem, "write 1 to 200 characters that can be printed")
        })?
        .of_tenant(tenant);
    let input = match table.format {
        TableFormat::Csv => Input::csv(&*table.body, &table.columns, "?column="),
        TableFormat::JsonLines if table.columns.is_empty() => Input::json_lines(&*table.body),
        TableFormat::JsonLines => {
            let fix = "leave it out: lines of JSON name their fields themselves";
            return Err(Problem::invalid("column", "goes with text/csv", fix));
        }
    };
    let input = input.map_err(|fault| {
        let field = match fault {
            InputFault::Columns(_) => "column",
            InputFault::Table(_) => "body",
        };
        let text = fault.to_string();
        match text.rsplit_once(": ") {
            Some((problem, fix)) => Problem::invalid(field, problem.to_owned(), fix),
            None => Problem::invalid(field, text, "look at the description of batches"),
        }
    })?;
    if input.len() > MOST_ROWS {
        let fix = format!("send at most {MOST_ROWS} in one batch");
        return Err(Problem::invalid("body", "has too many rows", fix));
    }
    if input.columns().len() > MOST_COLUMNS {
        let fix = format!("send at most {MOST_COLUMNS}");
        return Err(Problem::invalid("body", "has too many columns", fix));
    }
    let rows = input.rows().map(|row| checker.check(row, now)).collect();
    Ok(Read { input, rows })
}

/// A rejection as it is kept and shown. Messages may repeat parts of a row, so numbers are masked.
pub(crate) fn problem_of(rejection: &Rejection) -> RowProblem {
    let (problem, fix) = rejection.problem_and_fix();
    RowProblem {
        reason: rejection.reason.clone(),
        field: rejection.field.as_deref().map(readable),
        problem: readable(problem),
        fix: fix.map(readable),
    }
}

/// The key of a request, within its tenant. Batches have keys of their own.
fn key_of(tenant: &str, key: &RequestKey) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"batch\0");
    hash.update((tenant.len() as u64).to_be_bytes());
    hash.update(tenant.as_bytes());
    hash.update(key.as_str().as_bytes());
    hash.finalize().into()
}

/// What a repeated request has to have in common with the first one.
fn hash_of(table: &Table) -> [u8; 32] {
    let mut hash = Sha256::new();
    let RowDefaults { again, failover_on_quota, default_country, overrides: _ } = &table.defaults;
    let mut parts = vec![
        format!("{:?}", table.format),
        format!("{:?}", table.name),
        format!("{again} {failover_on_quota} {default_country:?}"),
    ];
    parts.extend(table.columns.iter().cloned());
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.update(&table.body);
    hash.finalize().into()
}
