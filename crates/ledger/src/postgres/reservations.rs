//! What attempts reserve before they are sent: an agent without a call in doubt, slots of rate
//! limits, concurrency slots and shares of budgets.
//!
//! Several processes reserve concurrently. Rows are counted under a lock that is held until the
//! transaction ends; a budget is a sum in one row, which is only updated if it stays within its
//! limit.

use sqlx::{AssertSqlSafe, PgConnection, Row};
use switchboard_core::{Attempt, AttemptId, Money};
use switchboard_journal::{Denied, Settlement};
use switchboard_router::{BudgetHold, Budgeted, ConcurrencySlot, RateSlot, Reservation};
use uuid::Uuid;

use crate::{
    postgres::{
        locks,
        tx::{NOW, TxError, TxResult, violated},
    },
    row::{counted, escape, micros, read_counted},
    window::{Window, wait},
};

const IN_DOUBT: &str = "SELECT EXISTS (SELECT 1 FROM attempts WHERE provider = $1 AND doubt > 0 AND doubt = 2 AND id <> $2 \
                        AND ($3::text IS NULL OR agent IS NULL OR agent = $3))";

const GIVE_BACK: &str = "DELETE FROM slots WHERE attempt_id = $1";
const LEAVE: &str = "DELETE FROM concurrency_slots WHERE attempt_id = ANY($1)";

const SPEND: &str = "UPDATE budgets SET micros = micros + $3, held = held + $3 WHERE name = $1 AND period = $2 AND micros <= $4";
const SPEND_FIRST: &str = "INSERT INTO budgets (name, period, micros, held) SELECT $1::text, $2::bigint, $3::bigint, $3::bigint WHERE 0 <= $4::bigint \
                           ON CONFLICT DO NOTHING";
const HOLD: &str = "INSERT INTO holds (attempt_id, micros, currency, budgets, held_at) VALUES ($1, $2, $3, $4, $5)";
const HELD: &str = "SELECT CASE WHEN released_at IS NULL THEN micros ELSE coalesce(billed_micros, 0) END, currency, budgets, \
                    CASE WHEN released_at IS NULL THEN micros ELSE 0 END FROM holds WHERE attempt_id = $1 FOR UPDATE";
/// A bill may be any number, so the sum is limited to the range of the column.
const CORRECT: &str = "UPDATE budgets SET micros = greatest(-9223372036854775808, least(9223372036854775807, micros::numeric + $3))::bigint, \
                       held = held - $4 WHERE name = $1 AND period = $2";
const SETTLE: &str = "UPDATE holds SET released_at = coalesce(released_at, $2), billed_micros = $3 WHERE attempt_id = $1";

/// Reserves everything for this attempt, or is refused.
pub(super) async fn take(
    connection: &mut PgConnection,
    reservation: &Reservation,
    attempt: &Attempt,
    at: i64,
) -> TxResult<()> {
    if reservation.certain_agent {
        certain(connection, attempt).await?;
    }
    let rate_slots =
        reservation.rate_slots.iter().map(|need| locks::key("slots", &[&need.scope.to_string()]));
    let concurrency_slots = reservation
        .concurrency_slots
        .iter()
        .map(|need| locks::key("concurrency_slots", &[&need.scope.to_string()]));
    let mut keys: Vec<i64> = rate_slots.chain(concurrency_slots).collect();
    if !keys.is_empty() {
        keys.sort_unstable();
        locks::take(connection, &keys).await?;
    }
    for need in &reservation.rate_slots {
        rate_slot(connection, need, attempt.id).await?;
    }
    for need in &reservation.concurrency_slots {
        concurrency_slot(connection, need, attempt.id, at).await?;
    }
    if let Some(hold) = &reservation.hold {
        reserve(connection, hold, attempt.id, at).await?;
    }
    Ok(())
}

/// One at a time per agent. An attempt without an agent may use any agent of the provider.
async fn certain(connection: &mut PgConnection, attempt: &Attempt) -> TxResult<()> {
    let provider = attempt.provider.as_str();
    let agent = attempt.agent.as_ref().map(|agent| escape(agent.as_str()));
    match &agent {
        Some(agent) => {
            locks::share(connection, locks::key("provider", &[provider])).await?;
            locks::take(connection, &[locks::key("agent", &[provider, agent])]).await?;
        }
        None => locks::take(connection, &[locks::key("provider", &[provider])]).await?,
    }
    let doubted: bool = sqlx::query_scalar(IN_DOUBT)
        .bind(provider)
        .bind(attempt.id.as_uuid())
        .bind(agent)
        .fetch_one(connection)
        .await?;
    if doubted {
        return Err(Denied::AgentInDoubt.into());
    }
    Ok(())
}

/// Uses the server's clock, because the clocks of processes differ. If it goes back, time stands
/// still. The rest of the statement sees the slots as they were before it inserted one and deleted
/// others.
async fn rate_slot(
    connection: &mut PgConnection,
    need: &RateSlot,
    attempt: AttemptId,
) -> TxResult<()> {
    let take = format!(
        "WITH moment AS (SELECT greatest({NOW}, max(at)) AS now FROM slots WHERE limiter = $1), \
         used AS (SELECT count(*) AS used FROM slots, moment WHERE limiter = $1 AND at > now - $3), \
         forgotten AS (DELETE FROM slots USING moment WHERE limiter = $1 AND at <= now - $3), \
         taken AS (INSERT INTO slots (limiter, at, attempt_id) SELECT $1, now, $4 FROM moment, used WHERE used < $2 RETURNING at) \
         SELECT now, (SELECT at FROM slots WHERE limiter = $1 AND at > now - $3 ORDER BY at \
         OFFSET greatest(0, used - greatest($2, 1)) LIMIT 1), EXISTS (SELECT 1 FROM taken) FROM moment, used"
    );
    let window = Window::of(need);
    let row = sqlx::query(AssertSqlSafe(take))
        .bind(escape(&need.scope.to_string()))
        .bind(window.limit)
        .bind(window.length.min(i64::MAX / 4))
        .bind(attempt.as_uuid())
        .fetch_one(connection)
        .await?;
    let (now, first, taken): (i64, Option<i64>, bool) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    if taken {
        return Ok(());
    }
    Err(Denied::RateLimited { scope: need.scope.clone(), wait: window.wait(first, now) }.into())
}

/// Until the requested time by the server's clock, because the clocks of processes differ.
async fn concurrency_slot(
    connection: &mut PgConnection,
    need: &ConcurrencySlot,
    attempt: AttemptId,
    at: i64,
) -> TxResult<()> {
    let enter = format!(
        "WITH moment AS (SELECT {NOW} AS now), \
         used AS (SELECT count(*) AS used FROM concurrency_slots, moment WHERE scope = $1 AND until > now AND attempt_id <> $4), \
         cleared AS (DELETE FROM concurrency_slots USING moment WHERE scope = $1 AND until <= now), \
         entered AS (INSERT INTO concurrency_slots (scope, attempt_id, until) SELECT $1, $4, now + $3 FROM moment, used WHERE used < $2 \
         ON CONFLICT DO NOTHING) \
         SELECT now, (SELECT until FROM concurrency_slots WHERE scope = $1 AND until > now AND attempt_id <> $4 ORDER BY until \
         OFFSET greatest(0, used - greatest($2, 1)) LIMIT 1), used < $2 FROM moment, used"
    );
    let row = sqlx::query(AssertSqlSafe(enter))
        .bind(escape(&need.scope.to_string()))
        .bind(i64::from(need.limit))
        .bind(micros(need.until).saturating_sub(at).min(i64::MAX / 4))
        .bind(attempt.as_uuid())
        .fetch_one(connection)
        .await?;
    let (now, first, entered): (i64, Option<i64>, bool) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    if entered {
        return Ok(());
    }
    Err(Denied::ConcurrencyFull {
        scope: need.scope.clone(),
        limit: need.limit,
        wait: wait(first, now),
    }
    .into())
}

/// Releases the concurrency slots of attempts that have ended or reached no phone.
pub(super) async fn leave(connection: &mut PgConnection, attempts: &[AttemptId]) -> TxResult<()> {
    let attempts: Vec<Uuid> = attempts.iter().map(|attempt| attempt.as_uuid()).collect();
    sqlx::query(LEAVE).bind(attempts).execute(connection).await?;
    Ok(())
}

async fn reserve(
    connection: &mut PgConnection,
    hold: &BudgetHold,
    attempt: AttemptId,
    at: i64,
) -> TxResult<()> {
    for budget in &hold.budgets {
        if !(spend(connection, SPEND, budget, hold.amount).await?
            || spend(connection, SPEND_FIRST, budget, hold.amount).await?
            // Another process inserted the row in the meantime.
            || spend(connection, SPEND, budget, hold.amount).await?)
        {
            return Err(Denied::OverBudget {
                budget: budget.name.clone(),
                limit: budget.limit,
                amount: hold.amount,
            }
            .into());
        }
    }
    sqlx::query(HOLD)
        .bind(attempt.as_uuid())
        .bind(hold.amount.micros())
        .bind(hold.amount.currency().code())
        .bind(counted(hold)?)
        .bind(at)
        .execute(connection)
        .await
        .map_err(|error| match violated(&error) {
            Some("holds_pkey") => TxError::from(Denied::HoldExists),
            Some(_) | None => error.into(),
        })?;
    Ok(())
}

async fn spend(
    connection: &mut PgConnection,
    sql: &'static str,
    budget: &Budgeted,
    amount: Money,
) -> TxResult<bool> {
    let spent = sqlx::query(sql)
        .bind(escape(&budget.name))
        .bind(micros(budget.period))
        .bind(amount.micros())
        .bind(budget.limit.micros().saturating_sub(amount.micros()))
        .execute(connection)
        .await?;
    Ok(spent.rows_affected() > 0)
}

/// Releases what is proven unused, and corrects a hold to the billed amount.
pub(super) async fn settle(
    connection: &mut PgConnection,
    settlement: Settlement,
    at: i64,
) -> TxResult<()> {
    match settlement {
        Settlement::Nothing { attempt, unsent } => {
            correct(connection, attempt, None, at).await?;
            if unsent {
                sqlx::query(GIVE_BACK).bind(attempt.as_uuid()).execute(connection).await?;
            }
        }
        Settlement::Bill { attempt, amount } => {
            correct(connection, attempt, Some(amount), at).await?
        }
    }
    Ok(())
}

/// Corrects the amount that the attempt counts for in its budgets. A bill in another currency is
/// ignored.
async fn correct(
    connection: &mut PgConnection,
    attempt: AttemptId,
    billed: Option<Money>,
    at: i64,
) -> TxResult<()> {
    let Some(row) =
        sqlx::query(HELD).bind(attempt.as_uuid()).fetch_optional(&mut *connection).await?
    else {
        return Ok(());
    };
    let (counts, currency, budgets, held): (i64, String, String, i64) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
    if billed.is_some_and(|billed| billed.currency().code() != currency) {
        return Ok(());
    }
    let billed = billed.map(Money::micros);
    let change = billed.unwrap_or(0).saturating_sub(counts);
    for budget in read_counted(&budgets, attempt)? {
        sqlx::query(CORRECT)
            .bind(budget.name)
            .bind(budget.period)
            .bind(change)
            .bind(held)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query(SETTLE).bind(attempt.as_uuid()).bind(at).bind(billed).execute(connection).await?;
    Ok(())
}
