//! What calls cost, in SQLite.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use switchboard_core::{Result, TenantId};
use switchboard_journal::{
    Selection,
    server::{BudgetUse, RateUse, Spending, UsageQuery, UsageSum, UsageSums},
};
use switchboard_router::RateSlot;
use uuid::Uuid;

use crate::{
    row::{escape, micros},
    spending::{PRICED, Priced, WAITS},
    sqlite::{SqliteJournal, tx::TxResult},
    window::Window,
};

const BUDGET: &str = "SELECT micros, held FROM budgets WHERE name = ?1 AND period = ?2";
const SLOTS: &str = "SELECT count(*), max(at) FROM slots WHERE limiter = ?1 AND at > ?2";

fn budget_use(connection: &Connection, name: &str, period: Timestamp) -> TxResult<BudgetUse> {
    let found = connection
        .prepare_cached(BUDGET)?
        .query_row((escape(name), micros(period)), |row| {
            Ok(BudgetUse::new(row.get(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}

fn usage(connection: &Connection, query: &UsageQuery) -> TxResult<UsageSums> {
    let (first, last) = (Selection::from_moment(query.from), query.last_id());
    let tenant = query.tenant.as_ref().map(TenantId::as_str);
    let whose = if tenant.is_some() { "tenant = ?3" } else { "?3 IS NULL" };
    let sql = format!("SELECT {PRICED} FROM calls WHERE {whose} AND id >= ?1 AND id < ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let ids = (first.as_uuid(), last.as_uuid());
    let mut rows = statement.query((ids.0.as_bytes(), ids.1.as_bytes(), tenant))?;
    let mut sums = UsageSums::default();
    while let Some(row) = rows.next()? {
        let priced = Priced {
            id: Uuid::from_bytes(row.get(0)?),
            created_at: row.get(1)?,
            provider: row.get(2)?,
            body: row.get(3)?,
        };
        priced.add_to(&mut sums, query)?;
    }
    Ok(sums)
}

#[async_trait]
impl Spending for SqliteJournal {
    async fn budget_use(&self, budgets: &[(String, Timestamp)]) -> Result<Vec<BudgetUse>> {
        let budgets = budgets.to_vec();
        self.read(move |connection| {
            budgets.iter().map(|(name, period)| budget_use(connection, name, *period)).collect()
        })
        .await
    }

    async fn usage(&self, query: &UsageQuery) -> Result<Vec<UsageSum>> {
        let query = query.clone();
        let sums = self.read(move |connection| usage(connection, &query)).await?;
        Ok(sums.into_sums())
    }

    async fn rate_use(&self, limit: &RateSlot, at: Timestamp) -> Result<RateUse> {
        let (limiter, window) = (escape(&limit.scope.to_string()), Window::of(limit));
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(SLOTS)?;
            let now = micros(at);
            let (used, last): (u32, Option<i64>) = statement
                .query_row((limiter, window.begins(now)), |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(RateUse::new(used, window.wait(last.or(Some(window.begins(now))), now)))
        })
        .await
    }

    async fn waiting(&self, tenant: &TenantId, at_most: u32) -> Result<u32> {
        let tenant = tenant.clone();
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM calls WHERE tenant = ?1 AND {WAITS} LIMIT ?2)"
        );
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            Ok(statement.query_row((tenant.as_str(), at_most), |row| row.get(0))?)
        })
        .await
    }
}
