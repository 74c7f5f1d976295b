//! Pages of calls in PostgreSQL.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use sqlx::{AssertSqlSafe, PgConnection, Row};
use switchboard_core::{Call, CallId, Result, TenantId, ValidCall};
use switchboard_journal::server::{COUNTED, CallSearch, CallsFilter, CallsPage};
use uuid::Uuid;

use crate::{
    key::HashKey,
    postgres::{
        PostgresJournal,
        inner::read,
        queries::{CALL_COLUMNS, attempts, call_row},
        tx::TxResult,
    },
    search::{Found, Seen, Value, Walk, whole},
    select,
};

const RECEIVED: &str = "SELECT created_at FROM calls WHERE id = $1";

async fn find(
    connection: &mut PgConnection,
    filter: &CallsFilter,
    key: &HashKey,
) -> TxResult<CallsPage> {
    let mut before = None;
    if let Some(id) = filter.before.filter(|_| filter.to.is_some()) {
        before = sqlx::query_scalar(RECEIVED)
            .bind(id.as_uuid())
            .fetch_optional(&mut *connection)
            .await?;
    }
    let mut walk = Walk::new(filter, key, before);
    loop {
        let (sql, values) = walk.query('$');
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for value in values {
            query = match value {
                Value::Id(id) => query.bind(id),
                Value::Text(text) => query.bind(text),
                Value::Bytes(bytes) => query.bind(bytes),
                Value::Number(number) => query.bind(number),
            };
        }
        let rows = query.fetch_all(&mut *connection).await?;
        let rows = rows.iter().map(|row| {
            Ok(Seen {
                id: row.try_get(0)?,
                created_at: row.try_get(1)?,
                body: row.try_get(2)?,
                request: row.try_get(3)?,
            })
        });
        if !walk.take(rows.collect::<sqlx::Result<_>>()?)? {
            break;
        }
    }
    let (found, next) = (std::mem::take(&mut walk.found), walk.next);
    Ok(CallsPage { calls: calls(connection, found).await?, next })
}

async fn count(connection: &mut PgConnection) -> TxResult<[u32; COUNTED.len()]> {
    let row = sqlx::query(AssertSqlSafe(select::counts())).fetch_one(connection).await?;
    let mut counts = [0; COUNTED.len()];
    for (index, count) in counts.iter_mut().enumerate() {
        *count = u32::try_from(row.try_get::<i64, _>(index)?).unwrap_or(u32::MAX);
    }
    Ok(counts)
}

/// The calls with these ids, in this order, without erased ones.
pub(crate) async fn calls(connection: &mut PgConnection, ids: Vec<Uuid>) -> TxResult<Vec<Found>> {
    let mut attempts = attempts(connection, &ids).await?;
    let sql = format!("SELECT {CALL_COLUMNS}, request FROM calls WHERE id = ANY($1)");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(&ids).fetch_all(connection).await?;
    let mut found: HashMap<Uuid, Found> = HashMap::new();
    for row in rows {
        let (call, request): (_, Option<String>) = (call_row(&row)?, row.try_get(13)?);
        let id = call.id;
        let attempts = attempts.remove(&id).unwrap_or_default();
        found.extend(whole(call, request.as_deref(), attempts)?.map(|call| (id, call)));
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

#[async_trait]
impl CallSearch for PostgresJournal {
    async fn find(&self, filter: &CallsFilter) -> Result<CallsPage> {
        let mut snapshot = self.inner.snapshot().await?;
        read(find(&mut snapshot, filter, &self.inner.key).await)
    }

    async fn find_one(
        &self,
        id: CallId,
        tenant: Option<&TenantId>,
    ) -> Result<Option<(Call, Option<Arc<ValidCall>>)>> {
        let mut snapshot = self.inner.snapshot().await?;
        let found = read(calls(&mut snapshot, vec![id.as_uuid()]).await)?.pop();
        Ok(found.filter(|(call, _)| tenant.is_none_or(|tenant| *tenant == call.tenant)))
    }

    async fn count(&self) -> Result<[u32; COUNTED.len()]> {
        let mut snapshot = self.inner.snapshot().await?;
        read(count(&mut snapshot).await)
    }
}
