//! Pages of calls in SQLite.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, ToSql, params_from_iter};
use switchboard_core::{Call, CallId, Result, TenantId, ValidCall};
use switchboard_journal::server::{COUNTED, CallSearch, CallsFilter, CallsPage};
use uuid::Uuid;

use crate::{
    key::HashKey,
    row::AttemptRow,
    search::{Found, Seen, Value, Walk, whole},
    select,
    sqlite::{
        SqliteJournal,
        queries::{ATTEMPT_COLUMNS, CALL_COLUMNS, attempt_row, call_row},
        tx::TxResult,
    },
};

const RECEIVED: &str = "SELECT created_at FROM calls WHERE id = ?1";

fn find(connection: &Connection, filter: &CallsFilter, key: &HashKey) -> TxResult<CallsPage> {
    let mut before = None;
    if let Some(id) = filter.before.filter(|_| filter.to.is_some()) {
        before = connection
            .prepare_cached(RECEIVED)?
            .query_row([id.as_uuid().as_bytes()], |row| row.get(0))
            .optional()?;
    }
    let mut walk = Walk::new(filter, key, before);
    loop {
        let (sql, values) = walk.query('?');
        let values = values.into_iter().map(|value| -> Box<dyn ToSql> {
            match value {
                Value::Id(id) => Box::new(id.into_bytes()),
                Value::Text(text) => Box::new(text),
                Value::Bytes(bytes) => Box::new(bytes),
                Value::Number(number) => Box::new(number),
            }
        });
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(values), |row| {
            Ok(Seen {
                id: Uuid::from_bytes(row.get(0)?),
                created_at: row.get(1)?,
                body: row.get(2)?,
                request: row.get(3)?,
            })
        })?;
        if !walk.take(rows.collect::<rusqlite::Result<_>>()?)? {
            break;
        }
    }
    Ok(CallsPage { calls: calls(connection, &walk.found)?, next: walk.next })
}

/// The calls with these ids, in this order, without erased ones.
pub(crate) fn calls(connection: &Connection, ids: &[Uuid]) -> TxResult<Vec<Found>> {
    let marks = vec!["?"; ids.len()].join(", ");
    let mut attempts: HashMap<Uuid, Vec<AttemptRow>> = HashMap::new();
    let sql = format!(
        "SELECT {ATTEMPT_COLUMNS}, call_id FROM attempts WHERE call_id IN ({marks}) ORDER BY call_id, position"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(ids.iter().map(Uuid::as_bytes)))?;
    while let Some(row) = rows.next()? {
        attempts.entry(Uuid::from_bytes(row.get(13)?)).or_default().push(attempt_row(row)?);
    }
    let sql = format!("SELECT {CALL_COLUMNS}, request FROM calls WHERE id IN ({marks})");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(ids.iter().map(Uuid::as_bytes)))?;
    let mut found: HashMap<Uuid, Found> = HashMap::new();
    while let Some(row) = rows.next()? {
        let (call, request): (_, Option<String>) = (call_row(row)?, row.get(13)?);
        let id = call.id;
        let attempts = attempts.remove(&id).unwrap_or_default();
        found.extend(whole(call, request.as_deref(), attempts)?.map(|call| (id, call)));
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

#[async_trait]
impl CallSearch for SqliteJournal {
    async fn find(&self, filter: &CallsFilter) -> Result<CallsPage> {
        let (filter, key) = (filter.clone(), self.key);
        self.read(move |connection| find(connection, &filter, &key)).await
    }

    async fn find_one(
        &self,
        id: CallId,
        tenant: Option<&TenantId>,
    ) -> Result<Option<(Call, Option<Arc<ValidCall>>)>> {
        let found = self.read(move |connection| calls(connection, &[id.as_uuid()])).await?.pop();
        Ok(found.filter(|(call, _)| tenant.is_none_or(|tenant| *tenant == call.tenant)))
    }

    async fn count(&self) -> Result<[u32; COUNTED.len()]> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&select::counts())?;
            Ok(statement.query_row([], |row| {
                let mut counts = [0; COUNTED.len()];
                for (index, count) in counts.iter_mut().enumerate() {
                    *count = row.get(index)?;
                }
                Ok(counts)
            })?)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use switchboard_core::CallStatus;

    use super::*;
    use crate::sqlite::schema;

    /// How SQLite reads the rows of a page.
    fn plan(connection: &Connection, filter: &CallsFilter) -> String {
        let key = HashKey::new([7; 32]);
        let (sql, values) = Walk::new(filter, &key, Some(1)).query('?');
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let nothing = values.iter().map(|_| rusqlite::types::Null);
        let steps = statement.query_map(params_from_iter(nothing), |row| row.get(3)).unwrap();
        steps.collect::<rusqlite::Result<Vec<String>>>().unwrap().join("; ")
    }

    #[test]
    fn calls_are_counted_in_ranges_of_an_index() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        let sql = format!("EXPLAIN QUERY PLAN {}", select::counts());
        let mut statement = connection.prepare(&sql).unwrap();
        let steps = statement.query_map([], |row| row.get(3)).unwrap();
        let steps: Vec<String> = steps.collect::<rusqlite::Result<_>>().unwrap();
        let searches: Vec<&String> = steps.iter().filter(|step| step.contains("calls")).collect();
        assert_eq!(searches.len(), COUNTED.len(), "{steps:?}");
        for step in searches {
            assert_eq!(step, "SEARCH calls USING COVERING INDEX calls_by_status (status=?)");
        }
    }

    #[test]
    fn a_page_is_a_range_of_an_index() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        let before = Some(CallId::new(Uuid::max()));
        let tenant = Some(TenantId::from("acme"));
        let filters = [
            CallsFilter { before, ..CallsFilter::default() },
            CallsFilter { before, tenant: tenant.clone(), ..CallsFilter::default() },
            CallsFilter {
                before,
                tenant: tenant.clone(),
                statuses: vec![CallStatus::Closed, CallStatus::Refused],
                ..CallsFilter::default()
            },
            CallsFilter {
                before,
                tenant: tenant.clone(),
                created_after: Some(jiff::Timestamp::UNIX_EPOCH),
                ..CallsFilter::default()
            },
            CallsFilter {
                before,
                tenant,
                to: Some("+442079460018".parse().unwrap()),
                ..CallsFilter::default()
            },
        ];
        let plans: Vec<String> = filters.iter().map(|filter| plan(&connection, filter)).collect();
        let expected = [
            "SEARCH calls USING INDEX sqlite_autoindex_calls_1 (id<?)",
            "SEARCH calls USING INDEX calls_of_tenant (tenant=? AND id<?)",
            "SEARCH calls USING INDEX calls_of_tenant (tenant=? AND id<?)",
            "SEARCH calls USING INDEX calls_of_tenant (tenant=? AND id>? AND id<?)",
            "SEARCH calls USING INDEX calls_by_person (to_hash=? AND created_at<?); USE TEMP B-TREE FOR LAST TERM OF ORDER BY",
        ];
        assert_eq!(plans, expected);
    }

    #[test]
    fn open_calls_are_ranges_of_the_index_by_status() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        let filter = CallsFilter {
            before: Some(CallId::new(Uuid::max())),
            tenant: Some(TenantId::from("acme")),
            statuses: COUNTED.to_vec(),
            ..CallsFilter::default()
        };
        let plan = plan(&connection, &filter);
        let range = "SEARCH calls USING INDEX calls_by_status (status=? AND id<?)";
        assert_eq!(plan.matches(range).count(), COUNTED.len(), "{plan}");
        assert_eq!(plan.matches(" calls ").count(), COUNTED.len(), "{plan}");
    }
}
