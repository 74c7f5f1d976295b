//! What calls cost, in PostgreSQL.

use async_trait::async_trait;
use futures::TryStreamExt;
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, PgConnection, Row};
use switchboard_core::{Result, TenantId};
use switchboard_journal::{
    Selection,
    server::{BudgetUse, RateUse, Spending, UsageQuery, UsageSum, UsageSums},
};
use switchboard_router::RateSlot;

use crate::{
    postgres::{
        PostgresJournal,
        inner::read,
        tx::{NOW, TxResult},
    },
    row::{escape, micros},
    spending::{PRICED, Priced, WAITS},
    window::Window,
};

const BUDGET: &str = "SELECT micros, held FROM budgets WHERE name = $1 AND period = $2";

async fn budget_use(
    connection: &mut PgConnection,
    budgets: &[(String, Timestamp)],
) -> TxResult<Vec<BudgetUse>> {
    let mut used = Vec::with_capacity(budgets.len());
    for (name, period) in budgets {
        let query = sqlx::query_as(BUDGET).bind(escape(name)).bind(micros(*period));
        let found: Option<(i64, i64)> = query.fetch_optional(&mut *connection).await?;
        used.push(
            found.map_or(BudgetUse::NOTHING, |(counted, held)| BudgetUse::new(counted, held)),
        );
    }
    Ok(used)
}

async fn usage(connection: &mut PgConnection, query: &UsageQuery) -> TxResult<UsageSums> {
    let (first, last) = (Selection::from_moment(query.from), query.last_id());
    let tenant = query.tenant.as_ref().map(TenantId::as_str);
    let whose = if tenant.is_some() { "tenant = $3" } else { "$3::text IS NULL" };
    let sql = format!("SELECT {PRICED} FROM calls WHERE {whose} AND id >= $1 AND id < $2");
    let mut rows = sqlx::query(AssertSqlSafe(sql))
        .bind(first.as_uuid())
        .bind(last.as_uuid())
        .bind(tenant)
        .fetch(connection);
    let mut sums = UsageSums::default();
    while let Some(row) = rows.try_next().await? {
        let priced = Priced {
            id: row.try_get(0)?,
            created_at: row.try_get(1)?,
            provider: row.try_get(2)?,
            body: row.try_get(3)?,
        };
        priced.add_to(&mut sums, query)?;
    }
    Ok(sums)
}

/// By the server's clock, because the clocks of processes differ.
async fn rate_use(connection: &mut PgConnection, limit: &RateSlot) -> TxResult<RateUse> {
    let sql = format!(
        "SELECT count(*), {NOW}, max(at) FROM slots WHERE limiter = $1 AND at > {NOW} - $2"
    );
    let window = Window::of(limit);
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(escape(&limit.scope.to_string()))
        .bind(window.length.min(i64::MAX / 4))
        .fetch_one(connection)
        .await?;
    let (used, now, last): (i64, i64, Option<i64>) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let whole_in = window.wait(last.or(Some(window.begins(now))), now);
    Ok(RateUse::new(u32::try_from(used).unwrap_or(u32::MAX), whole_in))
}

async fn waiting(connection: &mut PgConnection, tenant: &TenantId, most: u32) -> TxResult<u32> {
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM calls WHERE tenant = $1 AND {WAITS} LIMIT $2) AS waiting"
    );
    let query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(tenant.as_str()).bind(i64::from(most));
    let found: i64 = query.fetch_one(connection).await?;
    Ok(u32::try_from(found).unwrap_or(most))
}

#[async_trait]
impl Spending for PostgresJournal {
    async fn budget_use(&self, budgets: &[(String, Timestamp)]) -> Result<Vec<BudgetUse>> {
        let mut snapshot = self.inner.snapshot().await?;
        read(budget_use(&mut snapshot, budgets).await)
    }

    async fn usage(&self, query: &UsageQuery) -> Result<Vec<UsageSum>> {
        let mut snapshot = self.inner.snapshot().await?;
        Ok(read(usage(&mut snapshot, query).await)?.into_sums())
    }

    async fn rate_use(&self, limit: &RateSlot, _at: Timestamp) -> Result<RateUse> {
        let mut snapshot = self.inner.snapshot().await?;
        read(rate_use(&mut snapshot, limit).await)
    }

    async fn waiting(&self, tenant: &TenantId, at_most: u32) -> Result<u32> {
        let mut snapshot = self.inner.snapshot().await?;
        read(waiting(&mut snapshot, tenant, at_most).await)
    }
}
